/**
 * Copies of the dashboard's messages in places where they do not belong any more: they would show an old
 * state for ever. They are deleted as soon as their place allows it, also after a restart.
 */
import { z } from 'zod';
import type { PostBook, PostRef } from '#core/ports.ts';
import { readBotState, writeBotState } from '../bot-state.ts';
import { type Channel, ChannelClosed, MessageRefused } from '../discord/channel.ts';

/** All copies that are still to be deleted. */
export interface StrayCopies {
  /** The message no longer belongs where it is; the next `sweep` deletes it. */
  leave(ref: PostRef): void;
  /** Deletes the copies; those in a place that refuses are kept, and tried `again` only when that is wanted. */
  sweep(again: boolean): Promise<void>;
}

const STATE = 'stray copies';
/** Those in a channel that was deleted are never deleted themselves. */
const MAX_KEPT = 30;
const stored = z.array(z.object({ channelId: z.string(), messageId: z.string() }));

/** Creates the list over the post book, which survives restarts. */
export function createStrayCopies(
  posts: PostBook,
  at: (channelId: string) => Pick<Channel, 'remove'>,
): StrayCopies {
  const read = () => stored.parse(JSON.parse(readBotState(posts, STATE) ?? '[]'));
  const write = (copies: z.infer<typeof stored>): void =>
    writeBotState(posts, STATE, JSON.stringify(copies.slice(-MAX_KEPT)));
  /** Rejected requests count: with too many of them Discord bans the IP address. */
  const refused = new Set<string>();
  return {
    leave: ({ channelId, messageId }) => write([...read(), { channelId, messageId }]),
    async sweep(again) {
      if (again) refused.clear();
      for (const { channelId, messageId } of read()) {
        if (refused.has(messageId)) continue;
        const isDone = await at(channelId)
          .remove(messageId)
          .then(() => true, refusedIsFalse);
        if (isDone) write(read().filter((each) => each.messageId !== messageId));
        else refused.add(messageId);
      }
    },
  };
}

function refusedIsFalse(error: unknown): false {
  if (error instanceof ChannelClosed || error instanceof MessageRefused) return false;
  throw error;
}
