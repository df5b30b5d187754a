/** The one thread on the dashboard, for what nobody wants to read in the channel. */
import type { PostBook } from '#core/ports.ts';
import { type Channel, ChannelClosed, MessageGone, MessageRefused } from '../discord/channel.ts';

/** Subject of the dashboard's first message, on which the thread hangs. */
export const HEADER = 'header';

/** The thread, begun when something is to stand in it. */
export interface DashboardThread {
  /** Undefined while there is no dashboard, or where no thread may be begun. */
  open(): Promise<Channel | undefined>;
  /** It takes nothing any more; the next `open` begins another. */
  lose(): void;
}

/** What a thread on the dashboard needs. */
export interface DashboardThreadParts {
  readonly posts: PostBook;
  /** Gives the channel or thread of an id. */
  readonly messageStore: { at(channelId: string): Channel };
}

/** Where it stands is kept in the post book. */
export function createDashboardThread(parts: DashboardThreadParts): DashboardThread {
  const { posts, messageStore } = parts;
  const name = `thread:${HEADER}`;
  return {
    async open() {
      const known = posts.find(name);
      if (known && known.contentHash !== 'gone') return messageStore.at(known.channelId);
      const { channelId, messageId = '' } = posts.find(HEADER) ?? {};
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
