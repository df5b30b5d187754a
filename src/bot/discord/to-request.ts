/** Converts Discord's interactions to router requests. */
import {
  type APIModalInteractionResponseCallbackData,
  type AutocompleteInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  ComponentType,
  DiscordAPIError,
  type Interaction,
  MessageFlags,
  type ModalSubmitInteraction,
  TextInputStyle,
} from 'discord.js';
import type { Asker } from '../interactions/access.ts';
import type { Modal, Options } from '../interactions/command.ts';
import type { Request } from '../interactions/request.ts';
import { notice, type Post } from '../post.ts';
import type { Message } from './channel.ts';
import { DiscordBlocked } from './circuit-breaker.ts';
import { payload } from './payload.ts';
import { rolesOf } from './roles-of.ts';

type Answerable = ChatInputCommandInteraction | ButtonInteraction | ModalSubmitInteraction;

/** Renders a post's chart. */
type Drawn = (post: Post) => Promise<Message>;

/** Returns undefined for kinds that Rotor does not use. */
export function toRequest(interaction: Interaction, drawn: Drawn): Request | undefined {
  if (interaction.isAutocomplete()) return completion(interaction);
  if (interaction.isChatInputCommand()) return command(interaction, drawn);
  if (interaction.isButton()) {
    return {
      ...base(interaction),
      ...answers(interaction, drawn),
      ...updates(interaction, drawn),
      kind: 'component',
      name: interaction.customId,
      privateAgeMs: privateAgeOf(interaction),
    };
  }
  return interaction.isModalSubmit() ? form(interaction, drawn) : undefined;
}

/** Both instants come from Discord's clock. */
function privateAgeOf({ message, createdTimestamp }: ButtonInteraction): number | undefined {
  const isPrivate = message.flags.has(MessageFlags.Ephemeral);
  return isPrivate ? createdTimestamp - message.createdTimestamp : undefined;
}

function command(interaction: ChatInputCommandInteraction, drawn: Drawn): Request {
  return {
    ...base(interaction),
    ...answers(interaction, drawn),
    ask: (modal) => interaction.showModal(modalOf(modal)).then(() => undefined),
    kind: 'command',
    name: interaction.commandName,
    options: optionsOf(interaction),
  };
}

function form(interaction: ModalSubmitInteraction, drawn: Drawn): Request {
  const options = [...interaction.fields.fields.values()].flatMap((each) =>
    'value' in each && typeof each.value === 'string' ? [[each.customId, each.value] as const] : [],
  );
  return {
    ...base(interaction),
    ...answers(interaction, drawn),
    kind: 'form',
    name: interaction.customId,
    options: new Map(options),
  };
}

function modalOf({ id, title, text, fields }: Modal): APIModalInteractionResponseCallbackData {
  return {
    custom_id: id,
    title,
    components: [
      ...(text === undefined ? [] : [{ type: ComponentType.TextDisplay as const, content: text }]),
      ...fields.map(inputOf),
    ],
  };
}

function inputOf({ id, label, max, placeholder }: Modal['fields'][number]) {
  const input = {
    type: ComponentType.TextInput as const,
    style: TextInputStyle.Short as const,
    ...{ custom_id: id, label, required: true, max_length: max },
    ...(placeholder === undefined ? {} : { placeholder }),
  };
  return { type: ComponentType.ActionRow as const, components: [input] };
}

const impossible = (): Promise<never> => Promise.reject(new Error('not an answer to this kind'));

function base(interaction: Interaction) {
  return {
    id: interaction.id,
    typed: '',
    focused: '',
    roles: (userId = interaction.user.id) => rolesOf(interaction.guild, userId),
    ask: impossible,
    options: new Map() as Options,
    asker: askerOf(interaction),
    deferUpdate: impossible,
    update: impossible,
    follow: impossible,
    share: impossible,
    choose: impossible,
  };
}

/** The roles come with the interaction, as of that moment. */
function askerOf(interaction: Interaction): Asker {
  const { user, guildId, channelId, channel, member } = interaction;
  const roles = member?.roles ?? [];
  return {
    id: user.id,
    name: user.username,
    bot: user.bot,
    roleIds: Array.isArray(roles) ? roles : [...roles.cache.keys()],
    guildId: guildId ?? undefined,
    channelId: channelId ?? undefined,
    parentId: channel?.isThread() ? (channel.parentId ?? undefined) : undefined,
  };
}

function optionsOf(interaction: ChatInputCommandInteraction | AutocompleteInteraction): Options {
  return new Map(
    interaction.options.data.flatMap(({ name, value }) =>
      value === undefined || value === null ? [] : [[name, visible(value)] as const],
    ),
  );
}

/** Invisible characters without a meaning, which come with pasted text: `XLK` with one is no ticker. */
const INVISIBLE = /[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/g;

function visible(value: string | number | boolean): string | number | boolean {
  return typeof value === 'string' ? value.replace(INVISIBLE, '') : value;
}

/** After `defer` an answer replaces the deferred message; otherwise it is the first response. */
function answers(interaction: Answerable, drawn: Drawn): Pick<Request, 'reply' | 'defer'> {
  return {
    defer: async (audience) => {
      await interaction.deferReply(audience === 'asker' ? { flags: MessageFlags.Ephemeral } : {});
    },
    reply: async (post, audience) => {
      const message = payload(await drawn(post));
      if (interaction.deferred || interaction.replied) {
        return (await edited(interaction, message)).id;
      }
      const flags = audience === 'asker' ? { flags: MessageFlags.Ephemeral as const } : {};
      const response = await interaction.reply({ ...message, ...flags, withResponse: true });
      return response.resource?.message?.id;
    },
  };
}

/**
 * An edit may be repeated. When only its answer was lost, an apology would take the place of what was shown,
 * such as a plan with its buttons.
 */
function edited(interaction: Answerable, message: ReturnType<typeof payload>) {
  return interaction.editReply(message).catch((error: unknown) => {
    if (error instanceof DiscordAPIError || error instanceof DiscordBlocked) throw error;
    return interaction.editReply(message);
  });
}

function updates(
  interaction: ButtonInteraction,
  drawn: Drawn,
): Pick<Request, 'deferUpdate' | 'update' | 'follow' | 'share'> {
  return {
    deferUpdate: async () => {
      await interaction.deferUpdate();
    },
    update: async (post) => {
      return (await edited(interaction, payload(await drawn(post)))).id;
    },
    share: async (post) => (await interaction.followUp(payload(await drawn(post)))).id,
    follow: async (said) => {
      const post = typeof said === 'string' ? notice(said) : said;
      const message = {
        ...payload(await drawn(post)),
        flags: MessageFlags.Ephemeral as const,
      };
      await (interaction.deferred ? interaction.followUp(message) : interaction.reply(message));
    },
  };
}

function completion(interaction: AutocompleteInteraction): Request {
  return {
    ...base(interaction),
    kind: 'completion',
    name: interaction.commandName,
    options: optionsOf(interaction),
    typed: interaction.options.getFocused(),
    focused: interaction.options.getFocused(true).name,
    reply: impossible,
    defer: impossible,
    choose: async (choices) => {
      await interaction.respond([...choices]);
    },
  };
}
