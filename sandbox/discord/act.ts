/** Actions of a person in the channel, for tests and the page. */
import { createGuildActs, type GuildActs } from './act-guild.ts';
import { type Actor, type ChannelRef, createContext, offeredCommands } from './context.ts';
import { parseDraft } from './draft.ts';
import type { Interaction, Outcome } from './interaction-book.ts';
import { filledModal, fullName, payloadOf, resolver } from './interaction-payload.ts';
import { KINDS } from './interactions.ts';
import { type Json, listOf } from './json.ts';
import type { DiscordParts } from './parts.ts';
import type { StoredMessage } from './records.ts';
import { type Options, slashData } from './slash.ts';

interface SlashRequest extends Actor {
  /** The command with its sub-commands: `rebalance`, `model show`. */
  readonly command: string;
  readonly options?: Options;
}

interface ComponentRequest extends Actor {
  readonly messageId: string;
  readonly customId: string;
}

/** An interaction that was sent to the bot. */
export interface StartedInteraction {
  readonly interactionId: string;
  /** The first answer, which may be "thinking". */
  readonly first: Promise<Outcome>;
  /** The first answer with content. */
  readonly final: Promise<Outcome>;
}

/** All actions of a person in the sandbox. */
export interface PersonActions extends GuildActs {
  /** The channel of the action; opens a direct channel if necessary. */
  place(who: Actor): ChannelRef;
  /** The commands that this person's client would offer. */
  commands(who: Actor): readonly Json[];
  /** @throws RangeError when the client would not let it be sent */
  slash(request: SlashRequest): StartedInteraction;
  autocomplete(request: SlashRequest & { readonly focused: string }): Promise<readonly Json[]>;
  /** @throws RangeError for a button that does not exist or is disabled */
  press(request: ComponentRequest): StartedInteraction;
  choose(request: ComponentRequest & { readonly values: readonly string[] }): StartedInteraction;
  /** Submits the form that the outcome of `interactionId` opened. */
  submit(
    request: Actor & {
      readonly interactionId: string;
      readonly values: Readonly<Record<string, string>>;
    },
  ): StartedInteraction;
  /** The first answer of an interaction started earlier. */
  outcomeOf(interactionId: string): Promise<Outcome>;
  /** Delivers an interaction a second time, as the gateway sometimes does. */
  replay(interactionId: string): void;
  /** A plain message of a person. */
  say(who: Actor & { readonly content: string }): StoredMessage;
  /** Hides a reply that only this person sees. */
  dismiss(who: Actor & { readonly messageId: string }): void;
  /** Messages that this person sees in a channel, oldest first. */
  sees(who: Actor, limit?: number): readonly StoredMessage[];
}

interface ActParts extends DiscordParts {
  readonly deliver: (payload: Json) => void;
}

/** Remembers the last 500 interactions, for replays and forms. */
export function createPersonActions(parts: ActParts): PersonActions {
  const { store, interactions } = parts;
  const { personOf, placeOf } = createContext(parts);
  const { begin, modalOf, replay } = createInteractionStarter(parts);
  const component = (request: ComponentRequest, values?: readonly string[]): StartedInteraction => {
    const source = store.message(request.messageId);
    const data = componentData(source, request, personOf(request.user).id, values);
    return begin(there(request, source?.channelId), { kind: KINDS.component, data, source });
  };
  return {
    ...createGuildActs(parts),
    place: placeOf,
    commands: (who) => offeredCommands(parts, personOf(who.user), placeOf(who).guildId),
    slash: (request) => begin(request, { kind: KINDS.command, data: commandData(parts, request) }),
    autocomplete: async (request) => {
      const data = commandData(parts, request, request.focused);
      const outcome = await begin(request, { kind: KINDS.autocomplete, data }).first;
      return outcome.kind === 'choices' ? outcome.choices : [];
    },
    press: (request) => component(request),
    choose: (request) => component(request, request.values),
    submit: (request) => {
      const { modal, interaction } = modalOf(request.interactionId);
      const { sourceId, channelId } = interaction;
      const source = sourceId === undefined ? undefined : store.message(sourceId);
      const data = filledModal(modal, request.values);
      return begin(there(request, channelId), { kind: KINDS.modal, data, source });
    },
    outcomeOf: interactions.first,
    replay,
    say: (request) => {
      const { id: authorId } = personOf(request.user);
      const { channelId } = placeOf(request);
      return parts.messages.create(
        { ...EMPTY_DRAFT, content: request.content },
        { channelId, authorId },
      );
    },
    dismiss: ({ user, messageId }) => {
      const message = store.message(messageId);
      if (message?.visibleTo === personOf(user).id) parts.messages.remove(message);
    },
    sees: (who, limit = 100) => {
      const { id: me } = personOf(who.user);
      const all = store.messagesOf(placeOf(who).channelId, { limit, withPrivate: true });
      return all.filter(({ visibleTo }) => visibleTo === undefined || visibleTo === me).reverse();
    },
  };
}

interface What {
  readonly kind: number;
  readonly data: Json;
  /** The message whose component was used. */
  readonly source?: StoredMessage | undefined;
}

/** Starts interactions and sends them to the bot. */
function createInteractionStarter(parts: ActParts): {
  begin(who: Actor, what: What): StartedInteraction;
  /** @throws RangeError when the interaction opened no form */
  modalOf(interactionId: string): OpenedModal;
  readonly replay: PersonActions['replay'];
} {
  const { interactions } = parts;
  const { personOf, placeOf } = createContext(parts);
  const sent = new Map<string, Json>();
  const modals = new Map<string, OpenedModal>();
  return {
    begin: (who, what) => {
      const person = personOf(who.user);
      const id = parts.ids.next();
      const interaction: Interaction = {
        ...placeOf(who),
        id,
        token: `sandbox-interaction-${id}`,
        kind: what.kind,
        userId: person.id,
        commandName: what.kind === KINDS.command ? fullName(what.data) : undefined,
        sourceId: what.source?.id,
      };
      const payload = payloadOf(parts, interaction, person, what);
      remember(sent, id, payload);
      interactions.open(interaction);
      parts.deliver(payload);
      const first = interactions.first(id).then((outcome) => {
        if (outcome.kind === 'modal') remember(modals, id, { modal: outcome.modal, interaction });
        return outcome;
      });
      return { interactionId: id, first, final: interactions.final(id) };
    },
    modalOf: (interactionId) => {
      const opened = modals.get(interactionId);
      if (!opened) throw new RangeError('modal: that interaction opened none');
      return opened;
    },
    replay: (interactionId) => {
      const payload = sent.get(interactionId);
      if (!payload) throw new RangeError('replay: no such interaction');
      parts.deliver(payload);
    },
  };
}

interface OpenedModal {
  readonly modal: Json;
  readonly interaction: Interaction;
}

/** @throws RangeError for a component that this person cannot use */
function componentData(
  source: StoredMessage | undefined,
  { customId }: ComponentRequest,
  personId: string,
  values: readonly string[] | undefined,
): Json {
  const part = partOf(source, customId, personId);
  return { custom_id: customId, component_type: part['type'], ...(values && { values }) };
}

/** @throws RangeError when the client would not let it be sent */
function commandData(parts: ActParts, request: SlashRequest, focused?: string): Json {
  const { commands, world } = parts;
  const { personOf, placeOf } = createContext(parts);
  // Other places are for requests that no client sends but a bot must still refuse.
  const list =
    request.in === undefined
      ? offeredCommands(parts, personOf(request.user), placeOf(request).guildId)
      : [...commands.list(world.guildId), ...commands.list(undefined)];
  return slashData({ list, request, focused, resolve: resolver(parts) });
}

const EMPTY_DRAFT = parseDraft({}, []);
const REMEMBERED = 500;

function remember<T>(map: Map<string, T>, id: string, value: T): void {
  map.set(id, value);
  const oldest = map.keys().next().value;
  if (map.size > REMEMBERED && oldest !== undefined) map.delete(oldest);
}

function there<T extends Actor>(request: T, channelId: string | undefined): T {
  const place = request.in ?? (channelId === undefined ? undefined : { channelId });
  return place === undefined ? request : { ...request, in: place };
}

/** @throws RangeError for a component that this person cannot use */
function partOf(source: StoredMessage | undefined, customId: string, personId: string): Json {
  const hidden = source?.visibleTo !== undefined && source.visibleTo !== personId;
  if (!source || hidden) throw new RangeError('component: this person does not see that message');
  const part = source.components
    .flatMap((row) => listOf(row, 'components'))
    .find((each) => each['custom_id'] === customId);
  if (!part) throw new RangeError(`component: no "${customId}" on that message`);
  if (part['disabled'] === true) throw new RangeError(`component: "${customId}" is disabled`);
  return part;
}
