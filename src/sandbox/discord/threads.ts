/** Threads, from a message or on their own. */
import { invalidForm, threadExists } from './faults.ts';
import type { Feed } from './feed.ts';
import { badValue, textProblems } from './form.ts';
import { type Json, numberOf, textOf } from './json.ts';
import type { Messages } from './messages.ts';
import {
  FLAGS,
  MESSAGE_TYPES,
  type StoredMessage,
  type TextChannel,
  type Thread,
} from './records.ts';
import type { Snowflakes } from './snowflake.ts';
import type { Store } from './store.ts';

export interface Threads {
  /** @throws ApiFault 50035, or 160004 when the message has one */
  fromMessage(message: StoredMessage, body: Json): Thread;
  /** @throws ApiFault 50035 */
  inChannel(channel: TextChannel, body: Json): Thread;
}

export interface ThreadParts {
  readonly store: Store;
  readonly feed: Feed;
  readonly messages: Messages;
  readonly ids: Snowflakes;
  readonly shownNow: () => number;
  readonly botId: string;
  readonly guildId: string;
}

const ARCHIVE_MINUTES: readonly number[] = [60, 1440, 4320, 10080];

export function createThreads(parts: ThreadParts): Threads {
  const { store, feed, messages, botId, guildId } = parts;
  const begin = (id: string, parentId: string, body: Json): Thread => {
    const autoArchiveMinutes = numberOf(body, 'auto_archive_duration') ?? 1440;
    const problems = [
      ...textProblems(body, 'name', [], { min: 1, max: 100 }),
      ...(ARCHIVE_MINUTES.includes(autoArchiveMinutes)
        ? []
        : [badValue(['auto_archive_duration'], 'Value must be one of {60, 1440, 4320, 10080}.')]),
    ];
    if (problems.length > 0) throw invalidForm(problems);
    const thread: Thread = {
      kind: 'thread',
      id,
      guildId,
      parentId,
      ownerId: botId,
      name: textOf(body, 'name') ?? '',
      isPrivate: body['type'] === 12,
      autoArchiveMinutes,
      createdTimestamp: new Date(parts.shownNow()).toISOString(),
      archived: false,
    };
    store.put('channel', id, thread);
    feed.publish({ kind: 'thread-created', thread });
    return thread;
  };
  return {
    fromMessage: (message, body) => {
      if ((message.flags & FLAGS.hasThread) !== 0) throw threadExists();
      const thread = begin(message.id, message.channelId, body);
      messages.replace({ ...message, flags: message.flags | FLAGS.hasThread });
      const origin = { channelId: thread.id, authorId: message.authorId };
      const reference = { channelId: message.channelId, messageId: message.id };
      messages.announce(MESSAGE_TYPES.threadStarter, origin, '', reference);
      return thread;
    },
    inChannel: (channel, body) => {
      const thread = begin(parts.ids.next(), channel.id, body);
      const reference = { channelId: thread.id, messageId: thread.id };
      const origin = { channelId: channel.id, authorId: botId };
      messages.announce(MESSAGE_TYPES.threadCreated, origin, thread.name, reference);
      return thread;
    },
  };
}
