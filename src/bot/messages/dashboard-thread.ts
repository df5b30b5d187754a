/** The dashboard's thread, for messages that would clutter the channel. */
import type { PostBook } from '#core/ports.ts';
import { type Channel, ChannelClosed, MessageGone, MessageRefused } from '../discord/channel.ts';

/** Subject of the dashboard's first message, which carries the thread. */
export const HEADER = 'header';

/** The thread, started when the first message needs it. */
export interface DashboardThread {
  /** Returns undefined when there is no dashboard, or when no thread can be started. */
  open(): Promise<Channel | undefined>;
  /** The thread no longer accepts messages; the next `open` starts a new one. */
  lose(): void;
}

/** Dependencies of createDashboardThread. */
export interface DashboardThreadParts {
  readonly posts: PostBook;
  /** Returns the channel or thread with this id. */
  readonly messageStore: { at(channelId: string): Channel };
}

/** Creates the thread access; the thread's id is kept in the post book. */
export function createDashboardThread(parts: DashboardThreadParts): DashboardThread {
  const { posts, messageStore } = parts;
  const name = `thread:${HEADER}`;
  return {
    async open() {
      const known = posts.find(name);
      const { channelId, messageId = '' } = posts.find(HEADER) ?? {};
      // A thread belongs to one message: a header that was sent again has none yet.
      const isHere = known?.messageId === messageId || messageId === '';
      if (known && isHere && known.contentHash !== 'gone') return messageStore.at(known.channelId);
      if (channelId === undefined || messageId === '') return undefined;
      const id = await messageStore
        .at(channelId)
        .startThread(messageId, 'Notices')
        .catch(refusedIsUndefined);
      if (id === undefined) return undefined;
      posts.save(name, { channelId: id, messageId, contentHash: 'stands' });
      return messageStore.at(id);
    },
    lose() {
      const ref = posts.find(name);
      if (ref) posts.save(name, { ...ref, contentHash: 'gone' });
    },
  };
}

function refusedIsUndefined(error: unknown): undefined {
  const isNo =
    error instanceof ChannelClosed ||
    error instanceof MessageRefused ||
    error instanceof MessageGone;
  if (isNo) return undefined;
  throw error;
}
