/** Changes that people make to the guild and its channel without the bot. */
import type { DiscordParts } from './parts.ts';
import { allows, bitsOf, type PermissionName } from './permissions.ts';
import type { StoredChannel, StoredMessage, Thread } from './records.ts';
import type { PersonKey, RoleKey } from './world.ts';

/** By default a moderator. */
interface OnMessage {
  readonly user?: PersonKey;
  readonly messageId: string;
}

/** Actions of moderators in the guild. */
export interface GuildActs {
  giveRole(user: PersonKey, role: RoleKey): void;
  takeRole(user: PersonKey, role: RoleKey): void;
  /** @throws RangeError when this person's client would not offer it */
  pin(request: OnMessage): void;
  unpin(request: OnMessage): void;
  /** Deletes their own message, or any as a moderator. */
  deleteMessage(request: OnMessage): void;
  /** Deletes a channel with all its content, or a thread. A channel exists again after a restart. */
  deleteChannel(channelId: string): void;
  /** Permissions that a channel grants to or denies the bot; empty lists clear them. */
  overwriteForBot(
    channelId: string,
    change: {
      readonly allow?: readonly PermissionName[];
      readonly deny?: readonly PermissionName[];
    },
  ): void;
  archiveThread(threadId: string, next?: { readonly locked?: boolean }): void;
  /** Whether this person accepts direct messages from the bot. */
  setDirectOpen(user: PersonKey, open: boolean): void;
}

/** Each takes effect at once. */
export function createGuildActs(parts: DiscordParts): GuildActs {
  const { store, messages, feed, people, rights } = parts;
  const channelOf = (id: string): StoredChannel => {
    const channel = store.get<StoredChannel>('channel', id);
    if (!channel) throw new RangeError(`channel: there is no ${id}`);
    return channel;
  };
  const messageFor = (
    { user = 'admin', messageId }: OnMessage,
    needed: PermissionName,
  ): StoredMessage => {
    const message = store.message(messageId);
    if (!message || message.visibleTo !== undefined) throw new RangeError('message: it is gone');
    const person = people.named(user);
    const isOwn = needed === 'ManageMessages' && message.authorId === person.id;
    const may = allows(rights.bitsIn(channelOf(message.channelId), person), bitsOf([needed]));
    if (!isOwn && !may) throw new RangeError(`message: ${user} lacks ${needed}`);
    return message;
  };
  const dropChannel = (channel: StoredChannel): void => {
    store.drop('channel', channel.id);
    store.removeMessagesOf(channel.id);
    feed.publish({ kind: 'channel-deleted', channel });
  };
  const threadsOf = (channelId: string): readonly Thread[] =>
    store
      .all<StoredChannel>('channel')
      .filter((each) => each.kind === 'thread')
      .filter(({ parentId }) => parentId === channelId);

  return {
    giveRole: people.giveRole,
    takeRole: people.takeRole,
    pin: (request) => {
      const { id } = people.named(request.user ?? 'admin');
      messages.pin(messageFor(request, 'PinMessages'), id);
    },
    unpin: (request) => messages.unpin(messageFor(request, 'PinMessages')),
    deleteMessage: (request) => messages.remove(messageFor(request, 'ManageMessages')),
    deleteChannel: (channelId) => {
      const channel = channelOf(channelId);
      for (const thread of threadsOf(channelId)) dropChannel(thread);
      dropChannel(channel);
    },
    overwriteForBot: rights.overwriteForBot,
    archiveThread: (threadId, { locked = false } = {}) => {
      const thread = channelOf(threadId);
      if (thread.kind !== 'thread') throw new RangeError('archive: only a thread');
      parts.threads.set(thread, { archived: true, locked });
    },
    setDirectOpen: (user, open) => {
      const { id } = people.named(user);
      if (open) store.drop('closed-direct', id);
      else store.put('closed-direct', id, true);
    },
  };
}
