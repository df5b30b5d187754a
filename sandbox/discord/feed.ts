/** Notifies the gateway and the page of changes in the sandbox's Discord. */
import type { StoredChannel, StoredMessage, TextChannel, Thread } from './records.ts';
import type { Role, User } from './world.ts';

/** The bot's presence. */
export interface Presence {
  readonly status: string;
  /** Text of a custom status or an activity. */
  readonly text: string | undefined;
}

/** A change sent to clients and pages. */
export type Change =
  | { readonly kind: 'message-created'; readonly message: StoredMessage }
  | { readonly kind: 'message-updated'; readonly message: StoredMessage }
  | { readonly kind: 'message-deleted'; readonly message: StoredMessage }
  | { readonly kind: 'pins'; readonly channelId: string }
  | { readonly kind: 'thread-created'; readonly thread: Thread }
  | { readonly kind: 'thread-updated'; readonly thread: Thread }
  | { readonly kind: 'channel-updated'; readonly channel: TextChannel }
  | { readonly kind: 'channel-deleted'; readonly channel: StoredChannel }
  | { readonly kind: 'role'; readonly role: Role }
  | { readonly kind: 'member'; readonly user: User }
  | { readonly kind: 'typing'; readonly channelId: string }
  | { readonly kind: 'commands' }
  | { readonly kind: 'presence'; readonly presence: Presence | undefined };

/** Notifies every listener, in order. */
export interface Feed {
  publish(change: Change): void;
  listen(listener: (change: Change) => void): () => void;
}

/** Creates a feed without listeners. */
export function createFeed(): Feed {
  const listeners = new Set<(change: Change) => void>();
  return {
    publish: (change) => {
      for (const listener of [...listeners]) listener(change);
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
