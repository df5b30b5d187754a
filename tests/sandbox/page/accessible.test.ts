import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import { mountPage } from '#sandbox/page/server.ts';
import { startDiscord } from '#tests/sandbox/discord/support.ts';
import { findChromium, launchChromium, newPage } from '#tests/support/chromium.ts';

const OPEN = Date.UTC(2025, 10, 24, 14, 35);
const SERIOUS = `axe.run().then(({ violations }) => violations
  .filter(({ impact }) => impact === 'serious' || impact === 'critical')
  .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))`;
const executablePath = findChromium();

/** Lines of the pins that begin above the lower edge of the pane and end below it. */
const CUT = `(() => {
  const list = document.getElementById('pins-list');
  const edge = list.getBoundingClientRect().bottom;
  const texts = document.createTreeWalker(list, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const cut = [];
  while (texts.nextNode()) {
    range.selectNodeContents(texts.currentNode);
    const isCut = [...range.getClientRects()].some(({ top, bottom }) => top < edge - 1 && edge + 1 < bottom);
    if (isCut) cut.push(texts.currentNode.textContent);
  }
  return cut;
})()`;

/** A message of the bot with an embed and a button, as most of the channel is, and a command. Returns its id. */
async function said(discord: SandboxDiscord): Promise<string> {
  const { channelId, applicationId, guildId } = discord;
  const card = await asBot(discord, 'POST', `/channels/${channelId}/messages`, {
    embeds: [{ title: '● HEALTHY', description: 'No open **problems**.', color: 0x2ecc71 }],
    components: [
      { type: 1, components: [{ type: 2, style: 3, label: 'Approve', custom_id: 'a' }] },
    ],
  });
  const content = Array.from({ length: 40 }, (_, index) => `pinned line ${index + 1}`).join('\n');
  const { id } = await asBot(discord, 'POST', `/channels/${channelId}/messages`, { content });
  await asBot(discord, 'PUT', `/channels/${channelId}/messages/pins/${id}`);
  const commands = Array.from({ length: 20 }, (_, index) => ({
    name: `command-${index}`,
    description: 'What it shows, in a sentence',
  }));
  await asBot(
    discord,
    'PUT',
    `/applications/${applicationId}/guilds/${guildId}/commands`,
    commands,
  );
  return card.id ?? '';
}

async function asBot(
  { apiBase, token }: SandboxDiscord,
  method: string,
  path: string,
  body: unknown = {},
): Promise<{ readonly id?: string }> {
  const headers = { authorization: `Bot ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${apiBase}/v10${path}`, {
    method,
    headers,
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text || '{}');
}

describe.skipIf(!executablePath)('The accessible page (needs Chromium)', () => {
  let browser: Browser;
  let discord: SandboxDiscord;
  let cardId: string;
  beforeAll(async () => {
    discord = await startDiscord({ shownNow: () => OPEN });
    const market = {
      now: () => epochMs(OPEN),
      speed: () => 'minute' as const,
      setSpeed: () => undefined,
      onChange: () => () => undefined,
      label: 'sample data',
    };
    await mountPage({ discord, market }).ready;
    cardId = await said(discord);
    for (let line = 1; line <= 40; line += 1) {
      discord.act.say({ user: 'admin', content: `line ${line}` });
    }
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await discord.close();
  });
  const visit = async (width: number) => {
    const page = await newPage(browser, width, 800);
    await page.goto(discord.baseUrl);
    await page.locator('#messages discord-message').first().waitFor();
    return page;
  };

  it.each([1400, 1024, 390])('has no serious axe finding at %i px', async (width) => {
    const page = await visit(width);
    await page.evaluate(axe.source);
    expect(await page.evaluate(SERIOUS)).toEqual([]);
    await page.close();
  });

  it.each([1400, 390])(
    'has no serious axe finding in the open list of commands at %i px',
    async (width) => {
      const page = await visit(width);
      await page.locator('#box').focus();
      await page.keyboard.type('/');
      await page.locator('.suggestion').first().waitFor();
      const box = page.locator('#box');
      expect(await box.getAttribute('aria-expanded')).toBe('true');
      expect(await box.getAttribute('aria-activedescendant')).toBe('suggestion-0');
      await page.evaluate(axe.source);
      expect(await page.evaluate(SERIOUS)).toEqual([]);
      await page.keyboard.press('Escape');
      expect(await box.getAttribute('aria-expanded')).toBe('false');
      expect(await box.getAttribute('aria-activedescendant')).toBe(null);
      await page.close();
    },
  );

  it.each([1400, 1024, 390])(
    'never covers more than a third with the pins at %i px, nor their icon with their number',
    async (width) => {
      const page = await visit(width);
      const pins = page.locator('#pins');
      if (!(await pins.isVisible())) await page.locator('#pins-toggle').click();
      await pins.getByText('pinned line 1').first().waitFor();
      const share = "document.getElementById('pins').clientHeight / innerHeight";
      expect(await page.evaluate(share)).toBeLessThanOrEqual(1 / 3);
      await expect.poll(() => page.evaluate(CUT)).toEqual([]);
      const free = `(({ width }, icon) => width - icon.width)(
        document.getElementById('pins-toggle').getBoundingClientRect(),
        document.querySelector('#pins-toggle .icon').getBoundingClientRect(),
      )`;
      expect(await page.evaluate(free)).toBeGreaterThan(30);
      await page.close();
    },
  );

  it('shows the tour until it is dismissed', async () => {
    const page = await visit(1024);
    await page.locator('#tour').waitFor();
    await page.locator('#tour-close').click();
    await page.reload();
    await page.locator('#messages discord-message').first().waitFor();
    expect(await page.locator('#tour').isVisible()).toBe(false);
    await page.close();
  });

  it.each([760, 777, 801, 900])('cuts no line of the pins at a height of %i px', async (height) => {
    const page = await visit(1280);
    await page.setViewportSize({ width: 1280, height });
    await page.locator('#pins-list').getByText('pinned line 1').first().waitFor();
    await expect.poll(() => page.evaluate(CUT)).toEqual([]);
    expect(
      await page.evaluate("document.getElementById('pins-list').clientHeight"),
    ).toBeGreaterThan(100);
    await page.close();
  });

  it('can be used with the keyboard alone', async () => {
    const page = await visit(1024);
    const focused = () =>
      page.evaluate('document.activeElement.id || document.activeElement.textContent');
    await page.keyboard.press('Tab');
    await page.keyboard.press('/');
    await page.locator('.suggestion').first().waitFor();
    expect(await focused()).toBe('box');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Approve' }).focus();
    await asBot(discord, 'PATCH', `/channels/${discord.channelId}/messages/${cardId}`, {
      embeds: [{ title: '● STILL HEALTHY' }],
    });
    await page.getByText('STILL HEALTHY').first().waitFor();
    await expect.poll(focused).toBe('Approve');
    await asBot(discord, 'PATCH', `/channels/${discord.channelId}/messages/${cardId}`, {
      components: [],
    });
    await expect.poll(focused).toBe('messages');
    await page.close();
  });

  it('keeps the scroll position of a reader above the end, and offers to jump to the end', async () => {
    const page = await visit(1024);
    const list = page.locator('#messages');
    await list.evaluate('document.getElementById("messages").scrollTop = 0');
    await expect.poll(() => list.evaluate('document.getElementById("messages").scrollTop')).toBe(0);
    discord.act.say({ user: 'admin', content: 'news' });
    const bar = page.getByText('1 new message · Jump to present').first();
    await bar.waitFor();
    await bar.click();
    await page.getByText('news', { exact: true }).waitFor();
    await expect.poll(() => bar.isVisible()).toBe(false);
    expect(await page.evaluate('document.activeElement.id')).toBe('messages');
    await list.evaluate('document.getElementById("messages").scrollTop = 0');
    await page.locator('#box').fill('my own');
    await page.keyboard.press('Enter');
    await page.getByText('my own', { exact: true }).waitFor();
    const left =
      '(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight)(document.getElementById("messages"))';
    await expect.poll(() => page.evaluate(left)).toBeLessThan(5);
    await page.close();
  });
});
