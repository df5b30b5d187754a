/**
 * Takes the README's screenshots: starts Rotor from scratch, lets the market run for some months, and
 * captures the page on a wide screen and on a phone. Needs Chromium: CHROMIUM=/path names it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { findChromium } from '../tests/support/chromium.ts';
import { startRotor } from '../tests/support/process.ts';

const MONTHS = 3;

/** Each screenshot waits for its subject. */
const PICTURES = [
  { name: 'desk-desktop', width: 1280, height: 1100, show: 'text=Rebalanced' },
  { name: 'desk-phone', width: 390, height: 844, show: 'text=Rebalanced' },
  { name: 'desk-chart', width: 390, height: 844, show: 'img[src*="alpha"], img[alt*="SPY"]' },
] as const;

const executablePath = findChromium();
if (!executablePath) throw new Error('no Chromium was found; name one with CHROMIUM=/path');

const folder = mkdtempSync(join(tmpdir(), 'rotor-screenshot-'));
const rotor = startRotor({ STATE_DIR: folder, SANDBOX_PORT: '0', SANDBOX_SPEED: 'second' });
try {
  const address = (await rotor.said(/desk at \S+/)).replace('desk at ', '');
  console.log(`market runs at ${address}`);
  await rotor.said(/monthly-\S+ (complete|partial)/, MONTHS);
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  await settle(await browser.newPage(), address);
  for (const { name, width, height, show } of PICTURES) {
    const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: 2 });
    await page.goto(address);
    // A first visit shows the tour, which hides half of a phone's screen.
    await page.locator('#tour-close').click();
    const shown = page.locator(show).last();
    await shown.waitFor();
    await shown.scrollIntoViewIfNeeded();
    await page.waitForFunction('[...document.images].every((image) => image.complete)');
    await page.screenshot({ path: `docs/${name}.png` });
    console.log(`docs/${name}.png`);
  }
  await browser.close();
} finally {
  await rotor.end('SIGINT');
  rmSync(folder, { recursive: true, force: true });
}

/**
 * At a session per second the posts lag behind the market because of Discord's limits: waits until they
 * have caught up.
 */
async function settle(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByTitle('Pause the market').click();
  await page
    .getByText(/(closes|opens).* in \d/)
    .first()
    .waitFor({ timeout: 120_000 });
  await page.close();
}
