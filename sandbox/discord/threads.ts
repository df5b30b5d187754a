/** Threads, from a message or on their own, and their archiving. */

import type { Problem } from './faults.ts';
import {
  archivedThread,
  invalidForm,
  lockedThread,
  missingPermissions,
  threadExists,
} from './faults.ts';
import type { Feed } from './feed.ts';
import { badValue, textProblems } from './form.ts';
import { type Json, numberOf, textOf } from './json.ts';
import type { Messages } from './messages.ts';
import {
  FLAGS,
  MESSAGE_TYPES,
  type StoredChannel,
  type StoredMessage,
  type TextChannel,
  type Thread,
} from './records.ts';
import type { Snowflakes } from './snowflake.ts';
import type { Store } from './store.ts';

/** Starts, archives and reopens threads. */
export interface Threads {
  /** @throws ApiFault 50035, or 160004 when the message already has one */
  fromMessage(message: StoredMessage, body: Json): Thread;
  /** @throws ApiFault 50035 */
  inChannel(channel: TextChannel, body: Json): Thread;
  /** A change by the bot of its own thread. @throws ApiFault 50035, 50013 */
  change(thread: Thread, body: Json): Thread;
  /** A change by a moderator. */
  set(thread: Thread, next: { readonly archived: boolean; readonly locked: boolean }): Thread;
  /** Archives a thread that was inactive for its time; ignores other channels. */
  settle(channelId: string | undefined): void;
  /** For a new message: unarchives its thread. @throws ApiFault 160005 when it is locked */
  wake(channel: StoredChannel): void;
  /** For a change of its content. @throws ApiFault 50083 */
  refuseArchived(channel: StoredChannel): void;
  active(): readonly Thread[];
}

interface ThreadParts {
  readonly store: Store;
  readonly feed: Feed;
  readonly messages: Messages;
  readonly ids: Snowflakes;
  readonly realNow: () => number;
  readonly shownNow: () => number;
  readonly botId: string;
  readonly guildId: string;
}

const ARCHIVE_MINUTES: readonly number[] = [60, 1440, 4320, 10080];
const MINUTE_MS = 60_000;

/** Reads the threads in the store. */
export function createThreads(parts: ThreadParts): Threads {
  const { store, messages, botId } = parts;
  const put = (thread: Thread): Thread => putThread(thread, 'thread-updated', parts);
  const settle = (thread: Thread): Thread =>
    !thread.archived && quietMs(thread, parts) > thread.autoArchiveMinutes * MINUTE_MS
      ? put({ ...thread, archived: true })
      : thread;
  return {
    fromMessage: (message, body) => {
      if ((message.flags & FLAGS.hasThread) !== 0) throw threadExists();
      const thread = begin(message.id, message.channelId, body, parts);
      messages.replace({ ...message, flags: message.flags | FLAGS.hasThread });
      const origin = { channelId: thread.id, authorId: message.authorId };
      const reference = { channelId: message.channelId, messageId: message.id };
      messages.announce(MESSAGE_TYPES.threadStarter, origin, '', reference);
      return thread;
    },
    inChannel: (channel, body) => {
      const thread = begin(parts.ids.next(), channel.id, body, parts);
      const reference = { channelId: thread.id, messageId: thread.id };
      const origin = { channelId: channel.id, authorId: botId };
      messages.announce(MESSAGE_TYPES.threadCreated, origin, thread.name, reference);
      return thread;
    },
    change: (thread, body) => put(changed(thread, body, parts)),
    set: (thread, next) => put({ ...thread, ...next, activeMs: parts.realNow() }),
    settle: (channelId) => {
      const channel = channelId && store.get<StoredChannel>('channel', channelId);
      if (channel && channel.kind === 'thread') settle(channel);
    },
    wake: (channel) => {
      if (channel.kind !== 'thread' || !(channel.archived || channel.locked)) return;
      if (channel.locked) throw lockedThread();
      put({ ...channel, archived: false, activeMs: parts.realNow() });
    },
    refuseArchived: (channel) => {
      if (channel.kind === 'thread' && channel.archived) throw archivedThread();
    },
    active: () =>
      store
        .all<StoredChannel>('channel')
        .filter((each) => each.kind === 'thread')
        .map(settle)
        .filter(({ archived }) => !archived),
  };
}

function putThread(
  thread: Thread,
  kind: 'thread-created' | 'thread-updated',
  { store, feed }: ThreadParts,
): Thread {
  store.put('channel', thread.id, thread);
  feed.publish({ kind, thread });
  return thread;
}

/** @throws ApiFault 50035 */
function begin(id: string, parentId: string, body: Json, parts: ThreadParts): Thread {
  refuseProblems([...nameProblems(body), ...durationProblems(body)]);
  return putThread(newThread(id, parentId, body, parts), 'thread-created', parts);
}

/** @throws ApiFault 50035, 50013 */
function changed(thread: Thread, body: Json, { botId, realNow }: ThreadParts): Thread {
  const named = body['name'] === undefined ? [] : nameProblems(body);
  refuseProblems([...named, ...durationProblems(body)]);
  // Its owner may archive a thread; locking needs the permission to manage threads.
  if (body['locked'] === true || thread.ownerId !== botId) throw missingPermissions();
  const archived = body['archived'] === undefined ? thread.archived : body['archived'] === true;
  return {
    ...thread,
    archived,
    name: textOf(body, 'name') ?? thread.name,
    autoArchiveMinutes: numberOf(body, 'auto_archive_duration') ?? thread.autoArchiveMinutes,
    ...(!archived && { activeMs: realNow() }),
  };
}

/** Time since the last message in it. */
function quietMs(thread: Thread, { store, realNow }: ThreadParts): number {
  const last = store.messagesOf(thread.id, { limit: 1 })[0]?.createdMs ?? 0;
  return realNow() - Math.max(last, thread.activeMs ?? 0);
}

function newThread(id: string, parentId: string, body: Json, parts: ThreadParts): Thread {
  return {
    kind: 'thread',
    id,
    guildId: parts.guildId,
    parentId,
    ownerId: parts.botId,
    name: textOf(body, 'name') ?? '',
    isPrivate: body['type'] === 12,
    autoArchiveMinutes: numberOf(body, 'auto_archive_duration') ?? 1440,
    createdTimestamp: new Date(parts.shownNow()).toISOString(),
    archived: false,
    locked: false,
    activeMs: parts.realNow(),
  };
}

function refuseProblems(problems: readonly Problem[]): void {
  if (problems.length > 0) throw invalidForm(problems);
}

function nameProblems(body: Json): readonly Problem[] {
  return textProblems(body, 'name', [], { min: 1, max: 100 });
}

function durationProblems(body: Json): readonly Problem[] {
  const minutes = body['auto_archive_duration'];
  if (minutes === undefined || minutes === null) return [];
  return ARCHIVE_MINUTES.includes(Number(minutes))
    ? []
    : [badValue(['auto_archive_duration'], 'Value must be one of {60, 1440, 4320, 10080}.')];
}
