import {
  ActionRowBuilder,
  AttachmentBuilder,
  ButtonBuilder,
  ButtonStyle,
  type Client,
  EmbedBuilder,
  MessageFlags,
  type TextChannel,
} from 'discord.js';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import type { Speed } from '#sandbox/page/dto.ts';
import type { Market } from '#sandbox/page/market.ts';
import { mountPage } from '#sandbox/page/server.ts';
import { connect, PIXEL, startDiscord } from '#tests/sandbox/discord/support.ts';
import { findChromium, launchChromium, newPage } from '#tests/support/chromium.ts';

const OPEN = Date.UTC(2025, 10, 24, 14, 35);
let discord: SandboxDiscord;
let client: Client<true>;

const market = (): Market => {
  let speed: Speed = 'minute';
  const listeners = new Set<() => void>();
  return {
    now: () => epochMs(OPEN),
    speed: () => speed,
    setSpeed: (next) => {
      speed = next;
      for (const listener of listeners) listener();
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    label: 'sample data',
  };
};
const clock = market();

beforeAll(async () => {
  discord = await startDiscord({ shownNow: () => OPEN });
  await mountPage({ discord, market: clock }).ready;
  client = await connect(discord, async (interaction) => {
    if (interaction.isAutocomplete())
      await interaction.respond([{ name: 'Technology', value: 'XLK' }]);
    if (interaction.isButton()) {
      await interaction.reply({ content: 'only for you', flags: MessageFlags.Ephemeral });
    }
    if (!interaction.isChatInputCommand()) return;
    const ticker = interaction.options.getString('ticker');
    const state = interaction.options.getString('state');
    const reason = interaction.options.getString('reason');
    if (state) await interaction.reply(`only ${state}`);
    else if (reason) await interaction.reply(`because ${reason}`);
    else await interaction.reply(ticker ? `chart of ${ticker}` : 'pong');
  });
  const ticker = {
    name: 'ticker',
    description: 'which',
    type: 3 as const,
    required: true,
    autocomplete: true,
  };
  const state = { name: 'state', description: 'which', type: 3 as const };
  const reason = { name: 'reason', description: 'why', type: 3 as const, required: true };
  await client.application.commands.set(
    [
      { name: 'ping', description: 'Answer' },
      { name: 'chart', description: 'Draw', options: [ticker] },
      { name: 'find', description: 'Find', options: [state] },
      { name: 'stop', description: 'Stop', options: [reason] },
    ],
    discord.guildId,
  );
  const channel = (await client.channels.fetch(discord.channelId)) as TextChannel;
  const confirm = new ButtonBuilder()
    .setCustomId('confirm')
    .setLabel('Confirm')
    .setStyle(ButtonStyle.Success);
  const message = await channel.send({
    content: '**ROTOR** | RUN',
    embeds: [
      new EmbedBuilder()
        .setTitle('Desk')
        .setDescription('next <t:1764340500:R>')
        .setImage('attachment://alpha.png'),
    ],
    files: [new AttachmentBuilder(PIXEL, { name: 'alpha.png' })],
    components: [new ActionRowBuilder<ButtonBuilder>().addComponents(confirm)],
  });
  await message.pin();
});
afterAll(async () => {
  await client.destroy();
  await discord.close();
});

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(`${discord.baseUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

describe('the page', () => {
  it('allows no requests to any other host', async () => {
    const response = await fetch(`${discord.baseUrl}/`);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/https?:|\*/);
    expect(await response.text()).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  it('says that it is a sandbox and a simulation', async () => {
    const html = await (await fetch(`${discord.baseUrl}/`)).text();
    const words = html.replace(/<[^>]+>/g, '');
    expect(words).toContain('Sandbox – sample data, no real money. This page imitates Discord.');
  });

  it('obeys no other page in the same browser', async () => {
    const body = { speed: 'pause' };
    const foreign = await post('/desk/speed', body, { origin: 'http://elsewhere.example' });
    expect(foreign.status).toBe(403);
    const form = await fetch(`${discord.baseUrl}/desk/speed`, {
      method: 'POST',
      body: '{"speed":"pause"}',
    });
    expect(await form.json()).toMatchObject({ kind: 'refused' });
    expect(clock.speed()).toBe('minute');
  });

  it('lets a moderator change roles, unpin and delete, and send Discord away', async () => {
    const isOperator = () =>
      discord.users.find(({ key }) => key === 'operator')?.roles.includes(discord.roles.operator);
    await post('/desk/role', { user: 'operator', role: 'operator', has: false });
    expect(isOperator()).toBe(false);
    await post('/desk/role', { user: 'operator', role: 'operator', has: true });
    expect(isOperator()).toBe(true);
    const { id: messageId } = discord.act.say({ user: 'viewer', content: 'mine' });
    const asViewer = await post('/desk/unpin', { user: 'viewer', messageId });
    expect(await asViewer.json()).toMatchObject({ kind: 'refused' });
    discord.act.pin({ messageId });
    await post('/desk/unpin', { user: 'admin', messageId });
    expect(discord.store.message(messageId)?.pinnedTimestamp).toBeUndefined();
    await post('/desk/delete', { user: 'admin', messageId });
    expect(discord.store.message(messageId)).toBeUndefined();
    const away = await startDiscord();
    await mountPage({ discord: away, market: clock }).ready;
    const body = JSON.stringify({ forMs: 60_000, how: 'unavailable' });
    const headers = { 'content-type': 'application/json' };
    await fetch(`${away.baseUrl}/desk/outage`, { method: 'POST', body, headers });
    expect((await fetch(`${away.apiBase}/v10/gateway`)).status).toBe(503);
    await away.close();
  });

  it('tells a person what their client would not send', async () => {
    const answer = await post('/desk/slash', { user: 'viewer', command: 'chart', options: {} });
    expect(await answer.json()).toEqual({
      kind: 'refused',
      reason: 'option "ticker": it is required',
    });
  });
});

const executablePath = findChromium();
describe.skipIf(!executablePath)('the page in a browser (needs Chromium)', () => {
  let browser: Browser;
  const asked: string[] = [];
  const faults: string[] = [];
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  const visit = async (width: number, height: number): Promise<Page> => {
    const page = await newPage(browser, width, height);
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', (fault) => faults.push(fault.message));
    page.on('console', (line) => line.type() === 'error' && faults.push(line.text()));
    await page.goto(discord.baseUrl);
    await page.locator('#messages discord-message').first().waitFor();
    return page;
  };

  it('shows the bot’s posts: text, embed, image and relative time', async () => {
    const page = await visit(1280, 900);
    const message = page.locator('#messages discord-message').first();
    expect(await message.locator('strong').first().textContent()).toBe('ROTOR');
    expect(await message.locator('.embed-title').textContent()).toBe('Desk');
    expect(await message.locator('time.stamp').textContent()).toBe('in 4 days');
    const width = message.locator('.discord-embed-image');
    await expect
      .poll(() =>
        width.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
      )
      .toBe(1);
    await page.close();
  });

  it('sends a typed command and shows the reply', async () => {
    const page = await visit(1280, 900);
    await page.locator('#box').pressSequentially('/ping');
    await page.keyboard.press('Enter');
    const reply = page.locator('#messages discord-message', { hasText: 'pong' });
    await reply.last().waitFor();
    expect(await reply.last().locator('discord-command').getAttribute('command')).toBe('ping');
    await page.close();
  });

  it('completes an option with the bot’s suggestions', async () => {
    const page = await visit(390, 844);
    await page.locator('#box').pressSequentially('/chart ');
    await page.locator('[data-option=ticker]').pressSequentially('te');
    await page.locator('.suggestion', { hasText: 'Technology' }).click();
    await page.locator('#send').click();
    await page.locator('#messages discord-message', { hasText: 'chart of XLK' }).waitFor();
    await page.close();
  });

  it('takes options typed as text, and sends nothing while it does not know what a text means', async () => {
    const page = await visit(1280, 900);
    const box = page.locator('#box');
    await box.click();
    await page.keyboard.type('/find state:open');
    await page.keyboard.press('Enter');
    await page.locator('#messages discord-message', { hasText: 'only open' }).waitFor();
    await page.keyboard.type('/stop reason:at 10:30');
    await page.keyboard.press('Enter');
    await page.getByText('because at 10:30').waitFor();
    await page.keyboard.type('/find stat=open');
    await page.keyboard.press('Enter');
    await page.getByText('/find: stat=open is none of its options.').waitFor();
    expect(await box.inputValue()).toBe('stat=open');
    await page.close();
  });

  it('shows a reply to a button only to the person who pressed it, until dismissed', async () => {
    const page = await visit(1280, 900);
    const onlooker = await visit(1280, 900);
    await onlooker.locator('[data-me=viewer]').click();
    await onlooker.locator('[data-me=viewer][aria-checked=true]').waitFor();
    const secret = page.locator('#messages discord-message', { hasText: 'only for you' });
    await page.locator('#messages [data-custom-id=confirm]').click();
    await secret.waitFor();
    discord.act.say({ user: 'admin', content: 'said after it' });
    await onlooker.locator('#messages discord-message', { hasText: 'said after it' }).waitFor();
    expect(await onlooker.getByText('only for you').count()).toBe(0);
    await onlooker.close();
    await page.locator('[data-me=viewer]').click();
    await expect.poll(() => secret.count()).toBe(0);
    await page.locator('[data-me=operator]').click();
    await secret.waitFor();
    await secret.locator('.linkish').click();
    await expect.poll(() => secret.count()).toBe(0);
    await page.close();
  });

  it('changes the speed of the market', async () => {
    const page = await visit(1280, 900);
    await page.locator('[data-speed=second]').click();
    await expect.poll(() => clock.speed()).toBe('second');
    await expect
      .poll(() => page.locator('[data-speed=second]').getAttribute('aria-pressed'))
      .toBe('true');
    expect(await page.locator('#side .market-clock').textContent()).toBe(
      'Mon, Nov 24, 2025, 09:35 ET',
    );
    await page.close();
  });

  it.each([
    [1280, 900, true],
    [390, 844, false],
  ])('fits %i px by %i px, with the pins open: %s', async (width, height, open) => {
    const page = await visit(width, height);
    expect(await page.locator('#pins').isVisible()).toBe(open);
    await page.locator('#pins-toggle').click();
    expect(await page.locator('#pins').isVisible()).toBe(!open);
    expect(await page.locator('#pins-list discord-message').count()).toBe(1);
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await page.evaluate(overflow)).toBe(0);
    await page.close();
  });

  it('made no request to any other host, and had no error', () => {
    const outside = asked.filter(
      (url) => !url.startsWith(discord.baseUrl) && !url.startsWith('data:'),
    );
    expect(asked.length).toBeGreaterThan(10);
    expect(outside).toEqual([]);
    expect(faults).toEqual([]);
  });
});
