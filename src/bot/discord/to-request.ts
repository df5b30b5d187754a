/** Discord's interactions as the router's requests. */
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
import type { Log } from '#core/ports.ts';
import type { Draw } from '../charts/draw.ts';
import type { Asker } from '../interactions/access.ts';
import type { Asked, Options } from '../interactions/command.ts';
import type { Request } from '../interactions/request.ts';
import { notice, type Post } from '../post.ts';
import { type Message, toMessage } from './channel.ts';
import { payload } from './payload.ts';

/** Whoever left the server has no roles. */
const UNKNOWN_MEMBER = 10_007;

type Answerable = ChatInputCommandInteraction | ButtonInteraction | ModalSubmitInteraction;

/** Undefined for kinds that Rotor does not use. */
export function toRequest(interaction: Interaction, draw: Draw, log: Log): Request | undefined {
  const drawn = (post: Post): Promise<Message> => toMessage(post, draw, log);
  if (interaction.isAutocomplete()) return completion(interaction);
  if (interaction.isChatInputCommand()) {
    const options = optionsOf(interaction);
    const name = interaction.commandName;
    const ask = (form: Asked) => interaction.showModal(modalOf(form)).then(() => undefined);
    return {
      ...base(interaction),
      ...answers(interaction, drawn),
      ask,
      kind: 'command',
      name,
      options,
    };
  }
  if (interaction.isButton()) {
    const name = interaction.customId;
    return {
      ...base(interaction),
      ...answers(interaction, drawn),
      ...updates(interaction, drawn),
      kind: 'component',
      name,
    };
  }
  if (interaction.isModalSubmit()) {
    const fields = [...interaction.fields.fields.values()];
    return {
      ...base(interaction),
      ...answers(interaction, drawn),
      kind: 'form',
      name: interaction.customId,
      options: new Map(
        fields.flatMap((each) =>
          'value' in each && typeof each.value === 'string'
            ? [[each.customId, each.value] as const]
            : [],
        ),
      ),
    };
  }
  return undefined;
}

function modalOf({ id, title, fields }: Asked): APIModalInteractionResponseCallbackData {
  return {
    custom_id: id,
    title,
    components: fields.map((field) => ({
      type: ComponentType.ActionRow,
      components: [
        {
          type: ComponentType.TextInput,
          custom_id: field.id,
          label: field.label,
          style: TextInputStyle.Short,
          required: true,
          max_length: field.max,
          ...(field.placeholder === undefined ? {} : { placeholder: field.placeholder }),
        },
      ],
    })),
  };
}

const impossible = (): Promise<never> => Promise.reject(new Error('not an answer to this kind'));

function base(interaction: Interaction) {
  return {
    id: interaction.id,
    typed: '',
    focused: '',
    roles: () => rolesNow(interaction),
    ask: impossible,
    options: new Map() as Options,
    asker: askerOf(interaction),
    deferUpdate: impossible,
    update: impossible,
    follow: impossible,
    choose: impossible,
  };
}

/** Roles come with the interaction itself, as they are at that moment. */
function askerOf(interaction: Interaction): Asker {
  const { user, guildId, channelId, member } = interaction;
  const roles = member?.roles ?? [];
  return {
    id: user.id,
    name: user.username,
    bot: user.bot,
    roleIds: Array.isArray(roles) ? roles : [...roles.cache.keys()],
    guildId: guildId ?? undefined,
    channelId: channelId ?? undefined,
  };
}

/** Asked of Discord anew, past the library's cache. */
async function rolesNow({ guild, user }: Interaction): Promise<readonly string[] | undefined> {
  const member = await guild?.members
    .fetch({ user: user.id, force: true, cache: false })
    .catch((error: unknown) => {
      if (error instanceof DiscordAPIError && error.code === UNKNOWN_MEMBER) return 'gone';
      return undefined;
    });
  if (member === 'gone') return [];
  return member === undefined ? undefined : [...member.roles.cache.keys()];
}

function optionsOf(interaction: ChatInputCommandInteraction | AutocompleteInteraction): Options {
  return new Map(
    interaction.options.data.flatMap(({ name, value }) =>
      value === undefined || value === null ? [] : [[name, value] as const],
    ),
  );
}

/** After `defer` an answer fills the deferred message in, else it is the first response. */
function answers(
  interaction: Answerable,
  drawn: (post: Post) => Promise<Message>,
): Pick<Request, 'reply' | 'defer'> {
  return {
    defer: async (audience) => {
      await interaction.deferReply(audience === 'asker' ? { flags: MessageFlags.Ephemeral } : {});
    },
    reply: async (post, audience) => {
      const message = payload(await drawn(post));
      if (interaction.deferred || interaction.replied) {
        return (await interaction.editReply(message)).id;
      }
      const flags = audience === 'asker' ? { flags: MessageFlags.Ephemeral as const } : {};
      const response = await interaction.reply({ ...message, ...flags, withResponse: true });
      return response.resource?.message?.id;
    },
  };
}

function updates(
  interaction: ButtonInteraction,
  drawn: (post: Post) => Promise<Message>,
): Pick<Request, 'deferUpdate' | 'update' | 'follow'> {
  return {
    deferUpdate: async () => {
      await interaction.deferUpdate();
    },
    update: async (post) => {
      return (await interaction.editReply(payload(await drawn(post)))).id;
    },
    follow: async (text) => {
      const message = {
        ...payload(await drawn(notice(text))),
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
