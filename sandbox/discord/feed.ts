/** What happened in the sandbox's Discord, for those who look on: the gateway and the page. */
import type { StoredChannel, StoredMessage, TextChannel, Thread } from './records.ts';
import type { Role, User } from './world.ts';

/** What the bot says that it does. */
export interface Presence {
  readonly status: string;
  /** What a custom status or an activity says. */
  readonly text: string | undefined;
}

/** Something that clients and pages are told. */
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

/** Tells every listener, in order. */
export interface Feed {
  publish(change: Change): void;
  listen(listener: (change: Change) => void): () => void;
}

/** A feed that nobody listens to yet. */
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
