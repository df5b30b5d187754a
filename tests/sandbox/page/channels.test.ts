/** The channels on the page: channels, threads, direct messages. */
import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  type Client,
  EmbedBuilder,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  type TextChannel,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import type { Market } from '#sandbox/page/market.ts';
import { mountPage } from '#sandbox/page/server.ts';
import { connect, type Handler, startDiscord } from '#tests/sandbox/discord/support.ts';
import { findChromium, launchChromium, newPage } from '#tests/support/chromium.ts';

const OPEN = Date.UTC(2025, 10, 24, 14, 35);
const market: Market = {
  now: () => epochMs(OPEN),
  speed: () => 'minute',
  setSpeed: () => undefined,
  onChange: () => () => undefined,
  label: 'sample data',
};
const SILENT = MessageFlags.SuppressNotifications;

let discord: SandboxDiscord;
let client: Client<true>;
let threadId = '';

const word = new TextInputBuilder().setCustomId('word').setStyle(TextInputStyle.Short);
const form = new ModalBuilder()
  .setCustomId('flatten')
  .setTitle('Sell everything')
  .addLabelComponents(
    new LabelBuilder()
      .setLabel('Type FLATTEN')
      .setDescription('All positions are sold at the market.')
      .setTextInputComponent(word),
  );
const button = (id: string, label: string, style: ButtonStyle) =>
  new ButtonBuilder().setCustomId(id).setLabel(label).setStyle(style);

const answer: Handler = async (interaction) => {
  if (interaction.isButton()) await interaction.showModal(form);
  if (interaction.isModalSubmit()) {
    const typed = interaction.fields.getTextInputValue('word');
    await interaction.reply({ content: `typed ${typed}`, flags: MessageFlags.Ephemeral });
  }
  if (interaction.isChatInputCommand()) await interaction.reply(`here: ${interaction.channelId}`);
};

beforeAll(async () => {
  discord = await startDiscord({ shownNow: () => OPEN });
  await mountPage({ discord, market }).ready;
  client = await connect(discord, answer);
  await client.application.commands.set([{ name: 'ping', description: 'x' }], discord.guildId);
  const channel = (await client.channels.fetch(discord.channelId)) as TextChannel;
  const row = new ActionRowBuilder<ButtonBuilder>().addComponents(
    button('approve', 'Approve', ButtonStyle.Success),
    button('flatten', 'Flatten…', ButtonStyle.Danger),
  );
  const message = await channel.send({
    content: `**ROTOR** | RUN <@&${discord.roles.approver}>`,
    embeds: [new EmbedBuilder().setTitle('Rebalance of December').setDescription('why now')],
    components: [row],
  });
  await message.pin();
  const thread = await message.startThread({ name: 'Rebalance 2025-12-01' });
  threadId = thread.id;
  await thread.send('decision');
  await thread.send({ content: 'BUY 12 XLK accepted', flags: SILENT });
  await channel.threads.create({ name: 'Incident: data late' });
  await channel.send({ content: 'a quiet word', flags: SILENT });
  discord.act.say({ user: 'second-approver', content: 'looks right to me' });
  discord.act.say({ user: 'app', content: 'alert acknowledged' });
  const owner = await client.users.fetch(discord.ownerId);
  await owner.send('The channel is gone; alerts come here.');
});
afterAll(async () => {
  await client.destroy();
  await discord.close();
});

const executablePath = findChromium();
describe.skipIf(!executablePath).each([
  ['a desktop', 1280, 900],
  ['a phone', 390, 844],
])('the page on %s (needs Chromium)', (_device, width, height) => {
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  const visit = async (address = ''): Promise<void> => {
    page = await newPage(browser, width, height);
    page.on('pageerror', (fault) => faults.push(fault.message));
    await page.goto(`${discord.baseUrl}/${address}`);
    await page.locator('#messages discord-message').first().waitFor();
    if (await page.locator('#pins').isVisible()) await page.locator('#pins-toggle').click();
  };
  const choose = async (selector: string): Promise<void> => {
    const menu = page.locator('#menu');
    if (await menu.isVisible()) await menu.click();
    await page.locator(selector).click();
  };
  const fits = async (): Promise<void> => {
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await page.evaluate(overflow)).toBe(0);
  };

  it('opens a thread from below its message, and counts its messages', async () => {
    await visit();
    const preview = page.locator(`#messages [data-id="${threadId}"] discord-thread`);
    expect(await preview.getAttribute('cta')).toBe('2 Messages');
    await preview.click();
    expect(await page.locator('#thread-name').textContent()).toBe('Rebalance 2025-12-01');
    await page.locator('#thread-messages discord-message', { hasText: 'BUY 12 XLK' }).waitFor();
    await fits();
    await page.locator('#thread-close').click();
    expect(await page.locator('#thread').isVisible()).toBe(false);
    await page.close();
  });

  it('lists threads below their channel until they are archived', async () => {
    await visit();
    await choose(`[data-thread="${threadId}"]`);
    await page.locator('#thread-messages discord-message').first().waitFor();
    expect(await page.locator('#thread-archived').isVisible()).toBe(false);
    discord.act.archiveThread(threadId);
    await page.locator('#thread-archived').waitFor();
    await expect.poll(() => page.locator(`[data-thread="${threadId}"]`).count()).toBe(0);
    const thread = await client.channels.fetch(threadId, { force: true });
    if (thread?.isThread()) await thread.setArchived(false);
    await page.locator('#thread-archived').waitFor({ state: 'hidden' });
    await page.close();
  });

  it('shows the second channel, where commands can be sent too', async () => {
    await visit();
    const said = `from ${width}`;
    discord.act.say({ user: 'admin', in: { channelId: discord.fallbackChannelId }, content: said });
    await choose(`[data-place="${discord.fallbackChannelId}"]`);
    await page.locator('#messages discord-message', { hasText: said }).waitFor();
    expect(await page.locator('#channel-name').textContent()).toBe('# rotor-alerts');
    expect(await page.locator('#messages', { hasText: 'a quiet word' }).count()).toBe(0);
    await page.locator('#box').pressSequentially('/ping');
    await page.keyboard.press('Enter');
    const here = `here: ${discord.fallbackChannelId}`;
    await page.locator('#messages discord-message', { hasText: here }).first().waitFor();
    await fits();
    await page.close();
  });

  it('shows direct messages to their recipient', async () => {
    await visit();
    await choose('[data-me=admin]');
    await page.locator('[data-me=admin][aria-checked=true]').waitFor({ state: 'attached' });
    await choose('.channel-link:last-child');
    await page.locator('#messages discord-message', { hasText: 'alerts come here' }).waitFor();
    expect(await page.locator('#channel-name').textContent()).toBe('@ Rotor');
    await choose('[data-me=viewer]');
    await expect.poll(() => page.getByText('alerts come here').count()).toBe(0);
    await fits();
    await page.close();
  });

  it('opens the channel in its URL', async () => {
    await visit(`#${discord.channelId}/${threadId}`);
    await page.locator('#thread-messages discord-message', { hasText: 'BUY 12 XLK' }).waitFor();
    await page.close();
  });

  it('marks messages sent without a notification, and no others', async () => {
    await visit();
    const quiet = page.locator('#messages discord-message', { hasText: 'a quiet word' });
    expect(await quiet.locator('.silent').isVisible()).toBe(true);
    expect(await page.locator('#messages .silent').count()).toBe(1);
    await page.close();
  });

  it('opens the form of a button, and marks the answer as private', async () => {
    await visit();
    await choose('[data-me=approver]');
    await page.locator('#messages [data-custom-id=flatten]').click();
    await page.locator('.modal input').fill('FLATTEN');
    await fits();
    await page.locator('.modal .primary').click();
    const reply = page.locator('#messages discord-message', { hasText: 'typed FLATTEN' }).last();
    await reply.locator('.only-you').waitFor();
    await page.close();
  });

  it('shows people in the colour of their role, and roles as they change', async () => {
    await visit();
    await expect
      .poll(() => page.locator('[data-me=approver] small').textContent())
      .toBe('Approver, Viewer');
    const colour = await page.locator('[data-me=approver] b').getAttribute('style');
    expect(colour).toContain('#e0a84e');
    discord.act.takeRole('approver', 'approver');
    await expect.poll(() => page.locator('[data-me=approver] small').textContent()).toBe('Viewer');
    discord.act.giveRole('approver', 'approver');
    expect(await page.locator('[data-me=app]').count()).toBe(0);
    await page.close();
  });

  it('had no error', () => {
    expect(faults).toEqual([]);
  });
});
