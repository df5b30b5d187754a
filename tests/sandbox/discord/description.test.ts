/** What goes over the wire, against Discord's own description of its API. */
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
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Exchange } from '#sandbox/discord/rest.ts';
import {
  hasSpec,
  openApi,
  templateOf,
  validateRequest,
  validateResponse,
} from '#tests/support/openapi.ts';
import { call, type Pair, PIXEL, pair } from './support.ts';

const SPEC = 'discord-openapi.json';
const exchanges: Exchange[] = [];
const fetched = Promise.withResolvers<void>();
let open: Pair;

const guildOf = async (client: Client, id: string) =>
  (await client.guilds.fetch({ guild: id, force: true })).channels.fetch();

/** Everything that a bot does in a day, by the real client. */
beforeAll(async () => {
  open = await pair(
    async (interaction) => {
      if (interaction.isAutocomplete()) await interaction.respond([{ name: 'a', value: 'a' }]);
      if (interaction.isButton()) await interaction.update('pressed');
      if (!interaction.isChatInputCommand()) return;
      await interaction.deferReply();
      const files = [new AttachmentBuilder(PIXEL, { name: 'a.png' })];
      await interaction.editReply({ content: 'done', files });
      await interaction.followUp('and more');
      await interaction.fetchReply();
      fetched.resolve();
    },
    { observe: (exchange) => exchanges.push(exchange) },
  );
  const { client, discord } = open;
  const option = { name: 'o', description: 'x', type: 3 as const, autocomplete: true };
  await client.application.commands.set(
    [{ name: 'ping', description: 'x', options: [option] }],
    discord.guildId,
  );
  await client.application.commands.fetch();
  const channel = (await client.channels.fetch(discord.channelId, { force: true })) as TextChannel;
  const button = new ButtonBuilder().setCustomId('b').setLabel('B').setStyle(ButtonStyle.Primary);
  const message = await channel.send({
    content: 'x <@&123456789012345678>',
    embeds: [new EmbedBuilder().setTitle('t').addFields({ name: 'n', value: 'v' }).setTimestamp(0)],
    components: [new ActionRowBuilder<ButtonBuilder>().addComponents(button)],
  });
  await message.edit('y');
  await message.pin();
  await channel.messages.fetchPins();
  await channel.messages.fetch({ limit: 10 });
  await channel.messages.fetch(message.id);
  const thread = await message.startThread({ name: 'thread', autoArchiveDuration: 1440 });
  await channel.threads.create({ name: 'another' });
  const line = await thread.send({ content: 'x', flags: MessageFlags.SuppressNotifications });
  await line.edit('filled');
  await thread.messages.fetch({ limit: 5, before: line.id });
  await line.delete();
  await thread.join();
  await channel.threads.fetchActive();
  await thread.setArchived(true);
  await client.channels.fetch(thread.id, { force: true });
  discord.act.overwriteForBot(discord.channelId, { deny: ['AddReactions'] });
  await client.channels.fetch(discord.channelId, { force: true });
  await guildOf(client, discord.guildId);
  await channel.sendTyping();
  await discord.act.slash({ user: 'viewer', command: 'ping' }).final;
  await discord.act.autocomplete({ user: 'viewer', command: 'ping', focused: 'o' });
  await discord.act.press({ user: 'viewer', messageId: message.id, customId: 'b' }).final;
  await fetched.promise;
  await message.unpin();
  await message.delete();
  const guild = await client.guilds.fetch({ guild: discord.guildId, force: true });
  await guild.roles.fetch();
  await guild.members.fetch({ user: discord.users[0]?.id ?? '', force: true });
  await (await client.users.fetch(discord.users[0]?.id ?? '', { force: true })).send('hello');
  const direct = await (await client.users.fetch(discord.ownerId)).createDM();
  await direct.messages.fetch({ limit: 5 });
  await (await direct.send('and')).edit('more');
  await call(discord, 'GET', '/users/@me');
  await call(discord, 'GET', '/gateway');
  await call(discord, 'POST', `/channels/${discord.channelId}/messages`, { content: '' });
});
afterAll(() => open.close());

describe.skipIf(!hasSpec(SPEC))('the official description of Discord (needs ../shared)', () => {
  const spec = hasSpec(SPEC) ? openApi(SPEC) : undefined;
  const each = (
    check: (exchange: Exchange, template: string) => readonly string[],
  ): readonly string[] =>
    exchanges.flatMap((exchange) => {
      const template = spec && templateOf(spec, exchange.path);
      return template ? check(exchange, template) : [`${exchange.path}: not described`];
    });

  it('describes every answer that the sandbox gave', () => {
    expect(exchanges.length).toBeGreaterThanOrEqual(45);
    const faults = each(({ method, status, response }, template) =>
      spec ? validateResponse(spec, method, template, status, response) : [],
    );
    expect([...new Set(faults)]).toEqual([]);
  });

  it('describes every request that the client sent', () => {
    const plain = (exchange: Exchange): boolean =>
      exchange.request.uploads.length === 0 && exchange.method !== 'GET' && exchange.status < 400;
    const faults = each((exchange, template) => {
      const { method, request } = exchange;
      const empty = JSON.stringify(request.json) === '{}';
      return spec && plain(exchange) && !empty
        ? validateRequest(spec, method, template, request.json)
        : [];
    });
    expect([...new Set(faults)]).toEqual([]);
  });
});
