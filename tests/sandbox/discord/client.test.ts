import {
  ActionRowBuilder,
  AttachmentBuilder,
  ButtonBuilder,
  ButtonStyle,
  type ChatInputCommandInteraction,
  type Client,
  EmbedBuilder,
  type Interaction,
  MessageFlags,
  ModalBuilder,
  type TextChannel,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import { afterEach, describe, expect, it } from 'vitest';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import { type Handler, type Pair, PIXEL, pair } from './support.ts';

let open: Pair | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const start = async (handle?: Handler): Promise<Pair> => {
  open = await pair(handle);
  await register(open);
  return open;
};

const register = async ({ client, discord }: Pair): Promise<void> => {
  await client.application.commands.set(
    [
      { name: 'ping', description: 'Answer' },
      {
        name: 'chart',
        description: 'Draw a sector',
        options: [
          { name: 'ticker', description: 'Which', type: 3, required: true, autocomplete: true },
        ],
      },
    ],
    discord.guildId,
  );
};

const onCommand =
  (answer: (interaction: ChatInputCommandInteraction) => Promise<unknown>): Handler =>
  async (interaction) => {
    if (interaction.isChatInputCommand()) await answer(interaction);
  };

const channelOf = async (client: Client, discord: SandboxDiscord): Promise<TextChannel> =>
  (await client.channels.fetch(discord.channelId)) as TextChannel;

const row = (...ids: string[]) =>
  new ActionRowBuilder<ButtonBuilder>().addComponents(
    ids.map((id) => new ButtonBuilder().setCustomId(id).setLabel(id).setStyle(ButtonStyle.Primary)),
  );

describe('the real discord.js client', () => {
  it('logs in with only its API address changed', async () => {
    const { client, discord } = await start();
    expect(client.user.id).toBe(discord.botUserId);
    expect(client.guilds.cache.get(discord.guildId)?.channels.cache.has(discord.channelId)).toBe(
      true,
    );
  });

  it('answers a slash command in the channel', async () => {
    const { discord } = await start(onCommand((interaction) => interaction.reply('pong')));
    const outcome = await discord.act.slash({ user: 'viewer', command: 'ping' }).final;
    expect(outcome).toMatchObject({ kind: 'reply', message: { content: 'pong', type: 20 } });
  });

  it('defers and then shows an embed with an image', async () => {
    const { discord } = await start(
      onCommand(async (interaction) => {
        await interaction.deferReply();
        const embed = new EmbedBuilder().setTitle('Alpha').setImage('attachment://alpha.png');
        const files = [new AttachmentBuilder(PIXEL, { name: 'alpha.png', description: 'a line' })];
        await interaction.editReply({ embeds: [embed], files });
      }),
    );
    const began = discord.act.slash({ user: 'viewer', command: 'ping' });
    expect(await began.first).toMatchObject({ kind: 'thinking' });
    const outcome = await began.final;
    if (outcome.kind !== 'reply') throw new Error(outcome.kind);
    const [attachment] = outcome.message.attachments;
    expect(attachment).toMatchObject({ filename: 'alpha.png', widthPx: 1, description: 'a line' });
    expect(discord.store.file(attachment?.id ?? '')).toEqual(PIXEL);
    const shown = discord.pageView.message(outcome.message)['embeds'];
    expect(JSON.stringify(shown)).toContain(`/attachments/${discord.channelId}/${attachment?.id}/`);
  });

  it('tells the bot which roles the asking member has', async () => {
    const { discord } = await start(
      onCommand(async (interaction) => {
        if (!interaction.inCachedGuild()) throw new Error('no guild');
        await interaction.reply([...interaction.member.roles.cache.keys()].sort().join(' '));
      }),
    );
    const roles = async (user: 'operator' | 'stranger') => {
      const outcome = await discord.act.slash({ user, command: 'ping' }).final;
      return outcome.kind === 'reply' ? outcome.message.content.split(' ') : [];
    };
    expect(await roles('operator')).toContain(discord.roles.operator);
    expect(await roles('stranger')).toEqual([discord.guildId]);
  });

  it('shows an ephemeral reply only to the person it answers', async () => {
    const { discord } = await start(
      onCommand((interaction) =>
        interaction.reply({ content: 'just you', flags: MessageFlags.Ephemeral }),
      ),
    );
    await discord.act.slash({ user: 'viewer', command: 'ping' }).final;
    expect(discord.act.sees({ user: 'viewer' }).map((each) => each.content)).toEqual(['just you']);
    expect(discord.act.sees({ user: 'operator' })).toEqual([]);
  });

  it('offers the bot’s completions', async () => {
    const { discord } = await start(async (interaction) => {
      if (!interaction.isAutocomplete()) return;
      const typed = interaction.options.getFocused();
      await interaction.respond([{ name: `${typed} Technology`, value: 'XLK' }]);
    });
    const choices = await discord.act.autocomplete({
      user: 'viewer',
      command: 'chart',
      options: { ticker: 'XL' },
      focused: 'ticker',
    });
    expect(choices).toEqual([{ name: 'XL Technology', value: 'XLK' }]);
  });

  it('changes the message of a pressed button', async () => {
    const { discord, client } = await start(async (interaction) => {
      if (interaction.isButton()) await interaction.update({ content: 'pressed', components: [] });
    });
    const channel = await channelOf(client, discord);
    const message = await channel.send({ content: 'press', components: [row('go')] });
    const request = { user: 'operator', messageId: message.id, customId: 'go' } as const;
    expect(await discord.act.press(request).final).toMatchObject({
      kind: 'update',
      message: { content: 'pressed', components: [] },
    });
  });

  it('keeps a deferred update and a later edit on the message of the button', async () => {
    const { discord, client } = await start(async (interaction) => {
      if (!interaction.isButton()) return;
      await interaction.deferUpdate();
      await interaction.editReply({ content: 'done' });
    });
    const channel = await channelOf(client, discord);
    const message = await channel.send({ content: 'press', components: [row('go')] });
    await discord.act.press({ user: 'viewer', messageId: message.id, customId: 'go' }).final;
    await expect.poll(() => discord.store.message(message.id)?.content).toBe('done');
  });

  it('opens a form and receives the typed text', async () => {
    const { discord } = await start(async (interaction: Interaction) => {
      if (interaction.isChatInputCommand()) {
        const input = new TextInputBuilder()
          .setCustomId('reason')
          .setLabel('Why?')
          .setStyle(TextInputStyle.Short);
        const inputs = new ActionRowBuilder<TextInputBuilder>().addComponents(input);
        await interaction.showModal(
          new ModalBuilder().setCustomId('why').setTitle('Reason').addComponents(inputs),
        );
      }
      if (interaction.isModalSubmit()) {
        await interaction.reply(`because ${interaction.fields.getTextInputValue('reason')}`);
      }
    });
    const began = discord.act.slash({ user: 'admin', command: 'ping' });
    expect(await began.final).toMatchObject({ kind: 'modal', modal: { title: 'Reason' } });
    const { interactionId } = began;
    const values = { reason: 'drill' };
    const outcome = await discord.act.submit({ user: 'admin', interactionId, values }).final;
    expect(outcome).toMatchObject({ kind: 'reply', message: { content: 'because drill' } });
  });

  it('replaces the image of a message', async () => {
    const { discord, client } = await start();
    const channel = await channelOf(client, discord);
    const message = await channel.send({
      files: [new AttachmentBuilder(PIXEL, { name: 'a.png' })],
    });
    await message.edit({
      attachments: [],
      files: [new AttachmentBuilder(PIXEL, { name: 'b.png' })],
    });
    const names = discord.store.message(message.id)?.attachments.map((each) => each.filename);
    expect(names).toEqual(['b.png']);
  });

  it('pins a message, lists it and announces it in the channel', async () => {
    const { discord, client } = await start();
    const channel = await channelOf(client, discord);
    const message = await channel.send('header');
    await message.pin();
    const pins = await channel.messages.fetchPins();
    expect(pins.items.map(({ message: each }) => each.id)).toEqual([message.id]);
    expect(discord.act.sees({ user: 'viewer' }).at(-1)).toMatchObject({ type: 6 });
    await message.unpin();
    expect((await channel.messages.fetchPins()).items).toEqual([]);
  });

  it('opens a thread on a message and posts in it', async () => {
    const { discord, client } = await start();
    const channel = await channelOf(client, discord);
    const message = await channel.send('rebalance');
    const thread = await message.startThread({ name: 'fills' });
    await thread.send('bought 3 XLK');
    expect(thread.id).toBe(message.id);
    const inside = discord.act.sees({ user: 'viewer', in: { channelId: thread.id } });
    expect(inside.at(-1)?.content).toBe('bought 3 XLK');
  });

  it('writes to a person directly', async () => {
    const { discord, client } = await start();
    const user = await client.users.fetch(discord.users[0]?.id ?? '');
    await user.send('hello');
    const seen = discord.act.sees({ user: 'viewer', in: 'direct' });
    expect(seen.map((each) => each.content)).toEqual(['hello']);
  });

  it('sends a message with an enforced nonce once', async () => {
    const { discord, client } = await start();
    const channel = await channelOf(client, discord);
    const twice = { content: 'fill', nonce: 'outbox-7', enforceNonce: true };
    const first = await channel.send(twice);
    const second = await channel.send(twice);
    expect(second.id).toBe(first.id);
    expect(discord.act.sees({ user: 'viewer' })).toHaveLength(1);
  });

  it('lets a person act where the bot should refuse', async () => {
    const guilds: (string | null)[] = [];
    const { discord } = await start(
      onCommand(async (interaction) => {
        guilds.push(interaction.guildId);
        await interaction.reply('seen');
      }),
    );
    await discord.act.slash({ user: 'admin', command: 'ping', in: 'direct' }).final;
    await discord.act.slash({ user: 'admin', command: 'ping', in: 'other-guild' }).final;
    expect(guilds[0]).toBeNull();
    expect(guilds[1]).toMatch(/^\d{17,19}$/);
    expect(guilds[1]).not.toBe(discord.guildId);
  });

  it('delivers an interaction a second time on request', async () => {
    const ids: string[] = [];
    const { discord } = await start(
      onCommand(async (interaction) => {
        ids.push(interaction.id);
        if (ids.length === 1) await interaction.reply('once');
      }),
    );
    const began = discord.act.slash({ user: 'viewer', command: 'ping' });
    await began.final;
    discord.act.replay(began.interactionId);
    await expect.poll(() => ids).toEqual([began.interactionId, began.interactionId]);
  });
});
