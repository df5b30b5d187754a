/** A Chromium of this machine, for tests that look at the page; they are skipped by name without. */
import { existsSync } from 'node:fs';

const PLACES = [
  process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export function findChromium(): string | undefined {
  return PLACES.find((place) => existsSync(place));
}

/** Nothing is asked of the network, and nothing is kept. */
export const CHROMIUM_ARGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
