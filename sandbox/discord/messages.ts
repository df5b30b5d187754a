/** Creates, edits and deletes messages; each change is sent to the feed. */
import { attachmentOf, type Draft, mentionsIn } from './draft.ts';
import { emptyMessage, tooManyPins } from './faults.ts';
import type { Feed } from './feed.ts';
import {
  type Cause,
  FLAGS,
  MESSAGE_TYPES,
  NO_MENTIONS,
  type StoredAttachment,
  type StoredMessage,
} from './records.ts';
import type { Snowflakes } from './snowflake.ts';
import type { Store } from './store.ts';

/** Origin of a message. */
export interface Origin {
  readonly channelId: string;
  readonly authorId: string;
  readonly cause?: Cause;
  readonly visibleTo?: string;
  /** Shown as thinking until it is edited. */
  readonly loading?: boolean;
}

/** The only place where messages change. */
export interface Messages {
  create(draft: Draft, origin: Origin): StoredMessage;
  edit(message: StoredMessage, draft: Draft): StoredMessage;
  remove(message: StoredMessage): void;
  /** Adds the system message about the pin, as Discord does. @throws ApiFault 30003 at 250 pins */
  pin(message: StoredMessage, byUserId: string): void;
  unpin(message: StoredMessage): void;
  /** Posts a system message. */
  announce(
    type: number,
    origin: Origin,
    content: string,
    reference: StoredMessage['reference'],
  ): StoredMessage;
  /** Replaces a record and sends the change. */
  replace(message: StoredMessage): void;
}

interface MessageParts {
  readonly store: Store;
  readonly feed: Feed;
  readonly ids: Snowflakes;
  readonly realNow: () => number;
  /** Roles that a mention notifies. */
  readonly mentionable: ReadonlySet<string>;
  /** Time shown in the channel. */
  readonly shownNow: () => number;
}

const MAX_PINS = 250;
const NONCE_MS = 5 * 60_000;

/** Reads the messages in the store. */
export function createMessages(parts: MessageParts): Messages {
  const { store, feed } = parts;
  const replace = (message: StoredMessage): void => {
    store.putMessage(message);
    feed.publish({ kind: 'message-updated', message });
  };
  const add = (message: StoredMessage): StoredMessage => {
    store.putMessage(message);
    feed.publish({ kind: 'message-created', message });
    return message;
  };
  const announce: Messages['announce'] = (type, origin, content, reference) =>
    add({ ...blank(origin, parts), type, content, reference });

  return {
    create: (draft, origin) =>
      sameNonce(draft, origin, parts) ?? add(created(draft, origin, parts)),
    edit: (message, draft) => {
      const next = edited(message, draft, parts);
      if (isEmpty(next)) throw emptyMessage();
      replace(next);
      return next;
    },
    replace,
    announce,
    remove: (message) => {
      store.removeMessage(message.id);
      feed.publish({ kind: 'message-deleted', message });
      if (message.pinnedTimestamp) feed.publish({ kind: 'pins', channelId: message.channelId });
    },
    pin: (message, byUserId) => {
      if (message.pinnedTimestamp !== undefined) return;
      const { channelId, id: messageId } = message;
      if (store.pinnedIn(channelId).length >= MAX_PINS) throw tooManyPins();
      replace({ ...message, pinnedTimestamp: stamp(parts) });
      feed.publish({ kind: 'pins', channelId });
      const origin = { channelId, authorId: byUserId };
      announce(MESSAGE_TYPES.pinned, origin, '', { channelId, messageId });
    },
    unpin: (message) => {
      if (message.pinnedTimestamp === undefined) return;
      replace({ ...message, pinnedTimestamp: undefined });
      feed.publish({ kind: 'pins', channelId: message.channelId });
    },
  };
}

function stamp({ shownNow }: MessageParts): string {
  return new Date(shownNow()).toISOString().replace('Z', '000+00:00');
}

/** The message already sent with an enforced nonce. */
function sameNonce(
  draft: Draft,
  { channelId, authorId }: Origin,
  { store, realNow }: MessageParts,
): StoredMessage | undefined {
  if (!draft.enforceNonce) return undefined;
  return store
    .messagesOf(channelId, { limit: 50, withPrivate: true })
    .find(
      (each) =>
        each.nonce === draft.nonce &&
        each.authorId === authorId &&
        realNow() - each.createdMs < NONCE_MS,
    );
}

function created(draft: Draft, origin: Origin, parts: MessageParts): StoredMessage {
  const base = blank(origin, parts);
  const fallback = origin.cause ? ['users'] : ['users', 'roles', 'everyone'];
  const content = draft.content ?? '';
  const { channelId } = origin;
  return {
    ...base,
    type: typeOf(draft, origin),
    flags: base.flags | draft.flags | (origin.loading ? FLAGS.loading : 0),
    content,
    embeds: draft.embeds ?? [],
    components: draft.components ?? [],
    attachments: keepFiles(draft, base.id, parts),
    nonce: draft.nonce,
    mentions: mentionsIn(content, draft.allowedMentions, fallback, parts.mentionable),
    reference: draft.replyTo === undefined ? undefined : { channelId, messageId: draft.replyTo },
  };
}

function edited(message: StoredMessage, draft: Draft, parts: MessageParts): StoredMessage {
  const kept = message.attachments.filter(({ id }) => draft.keep?.includes(id) ?? true);
  return {
    ...message,
    flags:
      (message.flags & ~FLAGS.loading & ~FLAGS.suppressEmbeds) |
      (draft.flags & FLAGS.suppressEmbeds),
    content: draft.content ?? message.content,
    embeds: draft.embeds ?? message.embeds,
    components: draft.components ?? message.components,
    attachments: [...kept, ...keepFiles(draft, message.id, parts)],
    editedTimestamp: (message.flags & FLAGS.loading) === 0 ? stamp(parts) : undefined,
    mentions:
      draft.content === undefined
        ? message.mentions
        : mentionsIn(draft.content, draft.allowedMentions, ['users'], parts.mentionable),
  };
}

function keepFiles(
  draft: Draft,
  messageId: string,
  { ids, store }: MessageParts,
): readonly StoredAttachment[] {
  return draft.uploads.map((upload) => {
    const attachment = attachmentOf(ids.next(), upload);
    store.putFile(attachment.id, messageId, upload.bytes);
    return attachment;
  });
}

function blank(origin: Origin, parts: MessageParts): StoredMessage {
  const made = { id: parts.ids.next(), createdMs: parts.realNow(), timestamp: stamp(parts) };
  return blankMessage(origin, made);
}

function blankMessage(
  origin: Origin,
  made: Pick<StoredMessage, 'id' | 'createdMs' | 'timestamp'>,
): StoredMessage {
  const { channelId, authorId, cause, visibleTo } = origin;
  return {
    ...made,
    channelId,
    authorId,
    cause,
    visibleTo,
    type: MESSAGE_TYPES.plain,
    flags: visibleTo === undefined ? 0 : FLAGS.ephemeral,
    content: '',
    embeds: [],
    components: [],
    attachments: [],
    editedTimestamp: undefined,
    pinnedTimestamp: undefined,
    nonce: undefined,
    mentions: NO_MENTIONS,
    reference: undefined,
  };
}

function typeOf(draft: Draft, origin: Origin): number {
  if (origin.cause?.commandName !== undefined) return MESSAGE_TYPES.command;
  return draft.replyTo === undefined ? MESSAGE_TYPES.plain : MESSAGE_TYPES.reply;
}

function isEmpty({ content, embeds, components, attachments }: StoredMessage): boolean {
  return (
    content.trim() === '' && [embeds, components, attachments].every((part) => part.length === 0)
  );
}
