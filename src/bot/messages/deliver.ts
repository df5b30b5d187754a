/** Sends messages to one person, or into the dashboard's thread. */
import { randomUUID } from 'node:crypto';
import { digest } from '../bot-state.ts';
import { type Channel, closedIsUndefined, type Message } from '../discord/channel.ts';
import type { Deliver, Post } from '../post.ts';
import type { DashboardThread } from './dashboard-thread.ts';

/** Dependencies of createDeliver. */
export interface DeliverParts {
  readonly direct: (userId: string) => Promise<Channel>;
  readonly thread: DashboardThread;
  readonly drawn: (post: Post) => Promise<Message>;
}

/** Creates the delivery; each call sends a new message. */
export function createDeliver({ direct, thread, drawn }: DeliverParts): Deliver {
  return async (place, userId, posts) => {
    const opened = place === 'thread' ? thread.open() : direct(userId);
    const channel = await opened.catch(closedIsUndefined);
    if (!channel) return 'closed';
    for (const post of posts) {
      const nonce = digest(randomUUID());
      const sent = await channel.send(await drawn(post), nonce).catch(closedIsUndefined);
      if (sent === undefined) return 'closed';
    }
    return 'sent';
  };
}
