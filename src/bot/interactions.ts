/** Discord's interactions as the router's requests. */
import {
  type AutocompleteInteraction,
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Interaction,
  MessageFlags,
} from 'discord.js';
import type { Log } from '#core/ports.ts';
import type { Asker } from './access.ts';
import { type Message, toMessage } from './channel.ts';
import type { Draw } from './charts/draw.ts';
import type { Options } from './command.ts';
import { payload } from './payload.ts';
import { notice, type Post } from './post.ts';
import type { Request } from './router.ts';

type Answerable = ChatInputCommandInteraction | ButtonInteraction;

/** Undefined for kinds that Rotor does not use. */
export function toRequest(interaction: Interaction, draw: Draw, log: Log): Request | undefined {
  const drawn = (post: Post): Promise<Message> => toMessage(post, draw, log);
  if (interaction.isAutocomplete()) return completion(interaction);
  if (interaction.isChatInputCommand()) {
    const options = optionsOf(interaction);
    const name = interaction.commandName;
    return { ...base(interaction), ...answers(interaction, drawn), kind: 'command', name, options };
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
  return undefined;
}

const impossible = (): Promise<never> => Promise.reject(new Error('not an answer to this kind'));

function base(interaction: Interaction) {
  return {
    id: interaction.id,
    typed: '',
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

function optionsOf(interaction: ChatInputCommandInteraction): Options {
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
      await interaction.editReply(payload(await drawn(post)));
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
    typed: interaction.options.getFocused(),
    reply: impossible,
    defer: impossible,
    choose: async (choices) => {
      await interaction.respond([...choices]);
    },
  };
}
