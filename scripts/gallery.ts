/**
 * Posts every message in each of its states to the sandbox's Discord through the real discord.js, and takes
 * screenshots of its page, on a wide screen and on a phone. Lists the rows that do not fit. `npm run
 * gallery [-- STATE …]`; the images are in data/gallery.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { connect } from '#bot/discord/gateway.ts';
import { UNLIMITED } from '#sandbox/discord/rate-limits.ts';
import { createSandboxDiscord } from '#sandbox/discord/server.ts';
import { mountPage } from '#sandbox/page/server.ts';
import { createDraw } from '../src/bot/charts/draw.ts';
import { epochMs } from '../src/core/domain/units.ts';
import { findChromium, launchChromium } from '../tests/support/chromium.ts';
import { NOW } from '../tests/support/desk.ts';
import { silentLog } from '../tests/support/log.ts';
import { scenesOf } from '../tests/support/scenes.ts';
import { STATES, type State } from '../tests/support/states.ts';

const FOLDER = 'data/gallery';
const WIDTHS = [
  ['desktop', 1280, 2400],
  ['phone', 390, 2400],
] as const;

const executablePath = findChromium();
if (!executablePath) throw new Error('no Chromium was found; name one with CHROMIUM=/path');

const wanted = process.argv.slice(2);
const states = STATES.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
if (states.length === 0) {
  throw new Error(`expected a state of ${STATES.map(({ name }) => name).join(', ')}`);
}

/** Rows of a code block that need horizontal scrolling, and anything wider than the screen. */
const OVERFLOWS = `(root) => [...root.querySelectorAll('pre, code, discord-embed, img')]
  .filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0)
  .map((each) => each.tagName.toLowerCase() + ': ' + each.textContent.trim().slice(0, 40))`;

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const draw = createDraw(undefined);
const browser = await launchChromium();
const shown: { readonly file: string; readonly title: string }[] = [];
let overflows = 0;
for (const state of states) {
  await photograph(browser, state);
}
await browser.close();
writeFileSync(`${FOLDER}/index.html`, page());
console.log(`${shown.length} pictures in ${FOLDER}, ${overflows} of them do not fit`);
if (overflows > 0) process.exitCode = 1;

async function photograph(browser: Browser, state: State): Promise<void> {
  const discord = await createSandboxDiscord({
    stateFile: undefined,
    realNow: Date.now,
    shownNow: () => NOW,
    rateLimits: UNLIMITED,
  });
  const scenes = await scenesOf(state, { draw, alertRoleId: discord.roles.alert });
  console.log(`${state.name}: ${scenes.length} messages`);
  await mountPage({
    discord,
    market: {
      now: () => epochMs(NOW),
      speed: () => 'pause',
      setSpeed: () => {},
      onChange: () => () => {},
      label: 'sample data',
    },
  }).ready;
  const gateway = await connect({
    discord: { ...discord, token: discord.token },
    log: silentLog,
    onInteraction: () => {},
    onFatal: (reason) => {
      throw new Error(reason);
    },
  });
  const ids: string[] = [];
  for (const [index, { message }] of scenes.entries()) {
    ids.push(await gateway.channel.send(message, `${state.name} ${index}`.slice(-25)));
  }
  for (const [screen, width, height] of WIDTHS) {
    const view = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: 2 });
    await view.goto(discord.baseUrl);
    await view.locator(`[data-id="${ids.at(-1)}"]`).waitFor();
    for (const [index, id] of ids.entries()) {
      await shoot(view, id, `${state.name}-${screen}`, index, scenes[index]?.name ?? '');
    }
    await view.close();
  }
  await gateway.destroy();
  await discord.close();
}

async function shoot(
  view: Page,
  id: string,
  where: string,
  index: number,
  title: string,
): Promise<void> {
  const message = view.locator(`#messages [data-id="${id}"]`);
  await message.scrollIntoViewIfNeeded();
  await view.waitForFunction('[...document.images].every((image) => image.complete)');
  const root = `document.querySelector('#messages [data-id="${id}"]')`;
  const wide = (await view.evaluate(`(${OVERFLOWS})(${root})`)) as readonly string[];
  if (wide.length > 0) {
    overflows += 1;
    console.log(`  ${where}, ${title}: ${wide.join('; ')}`);
  }
  const slug = title
    .replace(/[^\w]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
  const file = `${where}-${String(index + 1).padStart(2, '0')}-${slug}.png`;
  await message.screenshot({ path: `${FOLDER}/${file}` });
  shown.push({ file, title: `${where} ${title}` });
}

function page(): string {
  const figures = shown.map(
    ({ file, title }) =>
      `<figure><img src="${file}" loading="lazy"><figcaption>${escaped(title)}</figcaption></figure>`,
  );
  return `<!doctype html><meta charset="utf-8"><title>Rotor gallery</title>
<style>body{background:#313338;color:#dbdee1;font:14px sans-serif;columns:2}
figure{break-inside:avoid;margin:0 0 1em}img{max-width:100%}</style>${figures.join('\n')}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
