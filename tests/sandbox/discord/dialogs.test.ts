/** What goes back and forth in one conversation with the bot, by the real client. */
import {
  ActionRowBuilder,
  ApplicationCommandOptionType,
  ButtonBuilder,
  ButtonStyle,
  type ChatInputCommandInteraction,
  type Interaction,
  LabelBuilder,
  MessageFlags,
  ModalBuilder,
  type TextChannel,
  TextInputBuilder,
  TextInputStyle,
} from 'discord.js';
import { afterEach, describe, expect, it } from 'vitest';
import { fakeTime } from './fake-time.ts';
import { type Handler, type Pair, pair } from './support.ts';

let open: Pair | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const { Subcommand, SubcommandGroup, String: Text } = ApplicationCommandOptionType;
const ticker = { name: 'ticker', description: 'x', type: Text, autocomplete: true } as const;
const COMMANDS = [
  { name: 'ping', description: 'x' },
  {
    name: 'explain',
    description: 'x',
    options: [
      { name: 'ticker', description: 'x', type: Subcommand, options: [ticker] },
      {
        name: 'past',
        description: 'x',
        type: SubcommandGroup,
        options: [{ name: 'decision', description: 'x', type: Subcommand, options: [ticker] }],
      },
    ],
  },
] as const;

const start = async (handle: Handler, parts: Parameters<typeof pair>[1] = {}): Promise<Pair> => {
  open = await pair(handle, parts);
  const path = `/applications/${open.discord.applicationId}/guilds/${open.discord.guildId}/commands`;
  await open.client.rest.put(path as '/applications', { body: COMMANDS });
  return open;
};

const button = (id: string) =>
  new ActionRowBuilder<ButtonBuilder>().addComponents(
    new ButtonBuilder().setCustomId(id).setLabel(id).setStyle(ButtonStyle.Danger),
  );
const word = new TextInputBuilder()
  .setCustomId('word')
  .setStyle(TextInputStyle.Short)
  .setMinLength(3)
  .setMaxLength(7);
const form = new ModalBuilder()
  .setCustomId('flatten')
  .setTitle('Sell everything')
  .addLabelComponents(new LabelBuilder().setLabel('Type FLATTEN').setTextInputComponent(word));

describe('a form', () => {
  const flattening: Handler = async (interaction) => {
    if (interaction.isChatInputCommand()) {
      await interaction.reply({ content: 'sure?', components: [button('go')] });
    }
    if (interaction.isButton()) await interaction.showModal(form);
    if (interaction.isModalSubmit() && interaction.isFromMessage()) {
      const typed = interaction.fields.getTextInputValue('word');
      await interaction.update({ content: `typed ${typed}`, components: [] });
    }
  };
  const opened = async () => {
    const { discord } = await start(flattening);
    const asked = await discord.act.slash({ user: 'admin', command: 'ping' }).final;
    if (asked.kind !== 'reply') throw new Error(asked.kind);
    const messageId = asked.message.id;
    const pressed = discord.act.press({ user: 'admin', messageId, customId: 'go' });
    expect(await pressed.first).toMatchObject({ kind: 'modal', modal: { custom_id: 'flatten' } });
    const submit = (typed: string) =>
      discord.act.submit({
        user: 'admin',
        interactionId: pressed.interactionId,
        values: { word: typed },
      });
    return { discord, submit, messageId };
  };

  it('opens from a button, and the typed text changes the message of that button', async () => {
    const { submit, messageId } = await opened();
    expect(await submit('FLATTEN').final).toMatchObject({
      kind: 'update',
      message: { id: messageId, content: 'typed FLATTEN', components: [] },
    });
  });

  it('is not sent while the typed text is missing, too short or too long', async () => {
    const { submit } = await opened();
    expect(() => submit('')).toThrow(/must be filled/);
    expect(() => submit('no')).toThrow(/3 to 7/);
    expect(() => submit('FLATTENS')).toThrow(/3 to 7/);
  });
});

describe('an ephemeral answer', () => {
  const secretive: Handler = async (interaction) => {
    if (interaction.isChatInputCommand()) {
      const flags = MessageFlags.Ephemeral;
      await interaction.reply({ content: 'page 1', components: [button('next')], flags });
    }
    if (interaction.isButton()) {
      const page = Number(interaction.message.content.split(' ')[1]) + 1;
      await interaction.update({ content: `page ${page}`, components: [button('next')] });
    }
  };

  it('has buttons that change it, only for the person whom it answers', async () => {
    const { discord } = await start(secretive);
    const asked = await discord.act.slash({ user: 'viewer', command: 'ping' }).final;
    if (asked.kind !== 'reply') throw new Error(asked.kind);
    const press = (user: 'viewer' | 'admin') =>
      discord.act.press({ user, messageId: asked.message.id, customId: 'next' });
    expect(() => press('admin')).toThrow(/does not see/);
    expect(await press('viewer').final).toMatchObject({ message: { content: 'page 2' } });
    expect(await press('viewer').final).toMatchObject({
      kind: 'update',
      message: { content: 'page 3', flags: MessageFlags.Ephemeral },
    });
    expect(discord.act.sees({ user: 'viewer' })).toHaveLength(1);
    expect(discord.act.sees({ user: 'admin' })).toEqual([]);
  });

  it('is edited, followed and deleted with its token', async () => {
    const steps = Promise.withResolvers<void>();
    const { discord } = await start(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.deferReply({ flags: MessageFlags.Ephemeral });
      await interaction.editReply('first');
      await interaction.followUp({ content: 'second', flags: MessageFlags.Ephemeral });
      await interaction.deleteReply();
      steps.resolve();
    });
    discord.act.slash({ user: 'viewer', command: 'ping' });
    await steps.promise;
    const seen = discord.act.sees({ user: 'viewer' }).map(({ content }) => content);
    expect(seen).toEqual(['second']);
    expect(discord.act.sees({ user: 'operator' })).toEqual([]);
  });
});

describe('a command with sub-commands', () => {
  it('is sent and completed by its path', async () => {
    const paths: string[] = [];
    const { discord } = await start(async (interaction) => {
      if (interaction.isAutocomplete()) {
        const { name, value } = interaction.options.getFocused(true);
        await interaction.respond([{ name: `${pathOf(interaction)} ${name}`, value }]);
      }
      if (!interaction.isChatInputCommand()) return;
      paths.push(`${pathOf(interaction)} ${interaction.options.getString('ticker')}`);
      await interaction.reply('x');
    });
    const options = { ticker: 'XLK' };
    await discord.act.slash({ user: 'viewer', command: 'explain ticker', options }).final;
    await discord.act.slash({ user: 'viewer', command: 'explain past decision', options }).final;
    expect(paths).toEqual(['ticker XLK', 'past decision XLK']);
    const asking = { user: 'viewer', options, focused: 'ticker' } as const;
    const offered = await discord.act.autocomplete({ ...asking, command: 'explain past decision' });
    expect(offered).toEqual([{ name: 'past decision ticker', value: 'XLK' }]);
    expect(() => discord.act.slash({ user: 'viewer', command: 'explain' })).toThrow(/sub-command/);
  });

  const pathOf = (interaction: Interaction): string => {
    if (!interaction.isChatInputCommand() && !interaction.isAutocomplete()) return '';
    const { options } = interaction;
    return [options.getSubcommandGroup(), options.getSubcommand()].filter(Boolean).join(' ');
  };
});

describe('an answer', () => {
  /** A bot that answers when the test says so. */
  const hesitating = async () => {
    const time = fakeTime();
    const came = Promise.withResolvers<ChatInputCommandInteraction>();
    const { discord } = await start(
      async (interaction) => {
        if (interaction.isChatInputCommand()) came.resolve(interaction);
      },
      { realNow: time.now, timers: time.timers },
    );
    const began = discord.act.slash({ user: 'viewer', command: 'ping' });
    return { time, discord, began, interaction: await came.promise };
  };

  it('that comes after 3 s is refused with 10062', async () => {
    const { time, interaction, began } = await hesitating();
    time.advance(3_001);
    await expect(interaction.reply('late')).rejects.toMatchObject({ code: 10062 });
    expect(await began.final).toMatchObject({ kind: 'failed' });
  });

  it('can be completed for 15 minutes, then the token is invalid (50027)', async () => {
    const { time, interaction } = await hesitating();
    await interaction.deferReply();
    time.advance(15 * 60_000);
    await interaction.editReply('just');
    time.advance(1);
    await expect(interaction.editReply('late')).rejects.toMatchObject({ code: 50027 });
  });

  it('to a replayed interaction is refused with 40060, and there is one message', async () => {
    const codes: unknown[] = [];
    const twice = Promise.withResolvers<void>();
    const { discord } = await start(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.reply('pong').catch((fault: { readonly code: unknown }) => {
        codes.push(fault.code);
        twice.resolve();
      });
    });
    const { interactionId, final } = discord.act.slash({ user: 'viewer', command: 'ping' });
    await final;
    discord.act.replay(interactionId);
    await twice.promise;
    expect(codes).toEqual([40060]);
    expect(discord.act.sees({ user: 'viewer' })).toHaveLength(1);
  });
});

describe('a button in a thread', () => {
  it('names the thread as its channel', async () => {
    const from = Promise.withResolvers<string>();
    const { discord, client } = await start(async (interaction) => {
      if (interaction.isButton()) from.resolve(interaction.channelId);
      if (interaction.isButton()) await interaction.deferUpdate();
    });
    const channel = (await client.channels.fetch(discord.channelId)) as TextChannel;
    const thread = await channel.threads.create({ name: 'rebalance' });
    const { id: messageId } = await thread.send({ content: 'plan', components: [button('ok')] });
    await discord.act.press({ user: 'approver', messageId, customId: 'ok' }).final;
    expect(await from.promise).toBe(thread.id);
  });
});
