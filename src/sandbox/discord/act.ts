/** What a person does in the channel: the hands of tests and of the page. */
import { inputsOf } from './component-rules.ts';
import type { Desk } from './desk.ts';
import { directChannel } from './guild-routes.ts';
import { type Interaction, KINDS, type Outcome } from './interactions.ts';
import { isJson, type Json, listOf, textOf } from './json.ts';
import { allows } from './permissions.ts';
import { FLAGS, type StoredMessage } from './records.ts';
import { type Options, type OptionValue, slashData } from './slash.ts';
import { foundingId } from './snowflake.ts';
import type { Person, PersonKey } from './world.ts';

/** Where a person acts: the desk's channel unless said otherwise. */
export type Place = 'channel' | 'direct' | 'other-guild' | { readonly channelId: string };

export interface Who {
  readonly user: PersonKey;
  readonly in?: Place;
}

export interface SlashRequest extends Who {
  /** The command with its sub-commands: `rebalance`, `model show`. */
  readonly command: string;
  readonly options?: Options;
}

export interface ComponentRequest extends Who {
  readonly messageId: string;
  readonly customId: string;
}

export interface Began {
  readonly interactionId: string;
  /** The first answer, which may be that the bot is thinking. */
  readonly first: Promise<Outcome>;
  /** The first answer with content. */
  readonly final: Promise<Outcome>;
}

export interface Act {
  /** The commands that this person's client would offer. */
  commands(who: Who): readonly Json[];
  /** @throws RangeError when the client would not let it be sent */
  slash(request: SlashRequest): Began;
  autocomplete(request: SlashRequest & { readonly focused: string }): Promise<readonly Json[]>;
  /** @throws RangeError for a button that is not there, or not to be pressed */
  press(request: ComponentRequest): Began;
  choose(request: ComponentRequest & { readonly values: readonly string[] }): Began;
  /** Sends the form that the outcome of `interactionId` opened. */
  submit(
    request: Who & {
      readonly interactionId: string;
      readonly values: Readonly<Record<string, string>>;
    },
  ): Began;
  /** Delivers an interaction a second time, as a gateway may. */
  replay(interactionId: string): void;
  /** A plain message of a person. */
  say(who: Who & { readonly content: string }): StoredMessage;
  /** Puts a reply that only this person sees out of sight. */
  dismiss(who: Who & { readonly messageId: string }): void;
  /** What this person sees in a channel, oldest first. */
  sees(who: Who, limit?: number): readonly StoredMessage[];
}

export interface ActParts extends Desk {
  readonly deliver: (payload: Json) => void;
}

const OTHER_GUILD = foundingId(101);
const OTHER_CHANNEL = foundingId(102);

export function createAct(parts: ActParts): Act {
  const { world, store, interactions, ids, rights } = parts;
  const sent = new Map<string, Json>();
  const modals = new Map<string, { readonly modal: Json; readonly interaction: Interaction }>();

  const personOf = (key: PersonKey): Person => {
    const person = world.people.find((each) => each.key === key);
    if (!person) throw new RangeError(`person: nobody is "${key}"`);
    return person;
  };
  const placeOf = (
    who: Who,
  ): { readonly channelId: string; readonly guildId: string | undefined } => {
    const place = who.in ?? 'channel';
    if (place === 'channel') return { channelId: world.channelId, guildId: world.guildId };
    if (place === 'direct') {
      return { channelId: directChannel(parts, personOf(who.user).id).id, guildId: undefined };
    }
    if (place !== 'other-guild') return { channelId: place.channelId, guildId: world.guildId };
    const name = 'elsewhere';
    const other = {
      kind: 'text',
      id: OTHER_CHANNEL,
      guildId: OTHER_GUILD,
      name,
      topic: '',
    } as const;
    store.put('channel', OTHER_CHANNEL, other);
    return { channelId: OTHER_CHANNEL, guildId: OTHER_GUILD };
  };

  const begin = (who: Who, what: { kind: number; data: Json; source?: StoredMessage }): Began => {
    const id = ids.next();
    const place = placeOf(who);
    const interaction: Interaction = {
      id,
      token: `sandbox-interaction-${id}`,
      kind: what.kind,
      userId: personOf(who.user).id,
      guildId: place.guildId,
      channelId: place.channelId,
      commandName: what.kind === KINDS.command ? fullName(what.data) : undefined,
      sourceId: what.source?.id,
    };
    const payload = payloadOf(parts, interaction, personOf(who.user), what);
    sent.set(id, payload);
    interactions.open(interaction);
    parts.deliver(payload);
    const first = interactions.first(id).then((outcome) => {
      if (outcome.kind === 'modal') modals.set(id, { modal: outcome.modal, interaction });
      return outcome;
    });
    return { interactionId: id, first, final: interactions.final(id) };
  };

  const commands = (who: Who): readonly Json[] => {
    const { guildId } = placeOf(who);
    const bits = rights.bitsOfUser(personOf(who.user));
    const offered = (command: Json): boolean => {
      const needed = textOf(command, 'default_member_permissions');
      if (needed === undefined) return true;
      return needed === '0' ? allows(bits, 1n << 3n) : allows(bits, BigInt(needed));
    };
    const contexts = (command: Json): boolean => {
      const list = command['contexts'];
      return !Array.isArray(list) || list.includes(guildId === undefined ? 1 : 0);
    };
    const own = guildId === world.guildId ? parts.commands.list(guildId) : [];
    return [...own, ...parts.commands.list(undefined).filter(contexts)].filter(offered);
  };
  const data = (request: SlashRequest, focused?: string): Json => {
    const everywhere = [...parts.commands.list(world.guildId), ...parts.commands.list(undefined)];
    // The other places are for what no client sends, yet a bot must refuse.
    const list = request.in === undefined ? commands(request) : everywhere;
    return slashData({ list, request, focused, resolve: resolver(parts) });
  };

  const component = (request: ComponentRequest): { source: StoredMessage; part: Json } => {
    const source = store.message(request.messageId);
    const hidden =
      source?.visibleTo !== undefined && source.visibleTo !== personOf(request.user).id;
    if (!source || hidden) throw new RangeError('component: this person does not see that message');
    const parts = source.components.flatMap((row) => listOf(row, 'components'));
    const part = parts.find((each) => each['custom_id'] === request.customId);
    if (!part) throw new RangeError(`component: no "${request.customId}" on that message`);
    if (part['disabled'] === true)
      throw new RangeError(`component: "${request.customId}" is disabled`);
    return { source, part };
  };

  return {
    commands,
    slash: (request) => begin(request, { kind: KINDS.command, data: data(request) }),
    autocomplete: async (request) => {
      const what = { kind: KINDS.autocomplete, data: data(request, request.focused) };
      const outcome = await begin(request, what).first;
      return outcome.kind === 'choices' ? outcome.choices : [];
    },
    press: (request) => {
      const { source, part } = component(request);
      const data = { custom_id: request.customId, component_type: part['type'] };
      return begin(inChannelOf(request, source), { kind: KINDS.component, data, source });
    },
    choose: (request) => {
      const { source, part } = component(request);
      const { customId: custom_id, values } = request;
      const data = { custom_id, component_type: part['type'], values };
      return begin(inChannelOf(request, source), { kind: KINDS.component, data, source });
    },
    submit: (request) => {
      const opened = modals.get(request.interactionId);
      if (!opened) throw new RangeError('modal: that interaction opened none');
      const { modal, interaction } = opened;
      const source =
        interaction.sourceId === undefined ? undefined : store.message(interaction.sourceId);
      const data = filledModal(modal, request.values);
      const place = { ...request, in: request.in ?? { channelId: interaction.channelId } };
      return begin(place, { kind: KINDS.modal, data, ...(source && { source }) });
    },
    replay: (interactionId) => {
      const payload = sent.get(interactionId);
      if (!payload) throw new RangeError('replay: no such interaction');
      parts.deliver(payload);
    },
    say: (request) => {
      const origin = { channelId: placeOf(request).channelId, authorId: personOf(request.user).id };
      const draft = { ...NOTHING, content: request.content };
      return parts.messages.create(draft, origin);
    },
    dismiss: ({ user, messageId }) => {
      const message = store.message(messageId);
      if (message?.visibleTo === personOf(user).id) parts.messages.remove(message);
    },
    sees: (who, limit = 100) => {
      const { channelId } = placeOf(who);
      const me = personOf(who.user).id;
      const all = store.messagesOf(channelId, { limit, withPrivate: true });
      return all.filter(({ visibleTo }) => visibleTo === undefined || visibleTo === me).reverse();
    },
  };

  function inChannelOf<T extends Who>(request: T, source: StoredMessage): T {
    return { ...request, in: request.in ?? { channelId: source.channelId } };
  }
}

const NOTHING = {
  content: undefined,
  embeds: undefined,
  components: undefined,
  flags: 0,
  nonce: undefined,
  enforceNonce: false,
  replyTo: undefined,
  keep: undefined,
  uploads: [],
  allowedMentions: undefined,
} as const;

function payloadOf(
  { world, present, store, rights }: ActParts,
  interaction: Interaction,
  person: Person,
  { data, source }: { readonly data: Json; readonly source?: StoredMessage },
): Json {
  const { id, token, kind, guildId, channelId } = interaction;
  const channel = store.get<Parameters<typeof present.channel>[0]>('channel', channelId);
  const permissions = String(rights.bitsOfUser(person));
  // A role belongs to one guild: elsewhere the same person has none of them.
  const member = present.member(guildId === world.guildId ? person : { ...person, roles: [] });
  return {
    id,
    token,
    type: kind,
    version: 1,
    application_id: world.applicationId,
    data,
    channel_id: channelId,
    ...(channel && { channel: { ...present.channel(channel), permissions } }),
    ...(guildId === undefined
      ? { user: present.user(person.id), context: 1 }
      : {
          guild_id: guildId,
          guild: { id: guildId, locale: 'en-US', features: [] },
          guild_locale: 'en-US',
          member: { ...member, permissions },
          context: 0,
        }),
    ...(source && { message: present.message(source) }),
    app_permissions: String(rights.bitsOfUser(world.bot)),
    authorizing_integration_owners: guildId === undefined ? { '0': '0' } : { '0': guildId },
    attachment_size_limit: 10_485_760,
    locale: 'en-US',
    entitlements: [],
  };
}

/** `model show` of a command with its sub-command. */
function fullName(data: Json): string {
  const inner = listOf(data, 'options').find(({ type }) => type === 1 || type === 2);
  return [textOf(data, 'name'), ...(inner ? [fullName(inner)] : [])].join(' ');
}

function resolver({ world, present, rights }: ActParts): (type: number, id: OptionValue) => Json {
  return (type, value) => {
    const id = String(value);
    const person = [...world.people, world.bot].find((each) => each.id === id);
    const role = rights.roles().find((each) => each.id === id);
    if (type === 6 && person) {
      return { users: { [id]: present.user(id) }, members: { [id]: present.member(person) } };
    }
    return type === 8 && role ? { roles: { [id]: present.role(role) } } : {};
  };
}

function filledModal(modal: Json, values: Readonly<Record<string, string>>): Json {
  const filled = (input: Json): Json => {
    const customId = textOf(input, 'custom_id') ?? '';
    const value = values[customId] ?? textOf(input, 'value') ?? '';
    const isMissing = value === '' && input['required'] !== false;
    if (isMissing) throw new RangeError(`modal: "${customId}" must be filled`);
    return { type: input['type'], id: input['id'] ?? 0, custom_id: customId, value };
  };
  const components = listOf(modal, 'components').map((row) =>
    isJson(row['component'])
      ? { type: row['type'], id: 0, component: filled(row['component']) }
      : { type: row['type'], id: 0, components: inputsOf(row).map(filled) },
  );
  return { custom_id: modal['custom_id'], components };
}

/** Whether the bot is still thinking in this message. */
export function isThinking(message: StoredMessage): boolean {
  return (message.flags & FLAGS.loading) !== 0;
}
