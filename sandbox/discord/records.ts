/** Stored records of the sandbox: messages, channels and files. */
import type { Json } from './json.ts';

/** Bits of a message's flags. */
export const FLAGS = {
  suppressEmbeds: 1 << 2,
  hasThread: 1 << 5,
  ephemeral: 1 << 6,
  loading: 1 << 7,
  suppressNotifications: 1 << 12,
  componentsV2: 1 << 15,
} as const;

/** Discord's types of messages. */
export const MESSAGE_TYPES = {
  plain: 0,
  pinned: 6,
  threadCreated: 18,
  reply: 19,
  command: 20,
  threadStarter: 21,
} as const;

/** A file of a message, without its bytes. */
export interface StoredAttachment {
  readonly id: string;
  readonly filename: string;
  readonly description: string | undefined;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** Only for images. */
  readonly widthPx: number | undefined;
  readonly heightPx: number | undefined;
}

/** The interaction that a message answers. */
export interface Cause {
  readonly interactionId: string;
  readonly kind: number;
  /** The slash command with its sub-command, without the slash; undefined for a component's answer. */
  readonly commandName: string | undefined;
  readonly userId: string;
  readonly guildId: string | undefined;
}

/** A message as stored. */
export interface StoredMessage {
  readonly id: string;
  readonly channelId: string;
  readonly authorId: string;
  readonly type: number;
  readonly flags: number;
  readonly content: string;
  readonly embeds: readonly Json[];
  readonly components: readonly Json[];
  readonly attachments: readonly StoredAttachment[];
  /** Real time, for ages and limits. */
  readonly createdMs: number;
  /** The time shown, ISO 8601. */
  readonly timestamp: string;
  readonly editedTimestamp: string | undefined;
  readonly pinnedTimestamp: string | undefined;
  readonly nonce: string | number | undefined;
  readonly mentions: Mentions;
  readonly reference: { readonly channelId: string; readonly messageId: string } | undefined;
  readonly cause: Cause | undefined;
  /** The only person who sees an ephemeral message. */
  readonly visibleTo: string | undefined;
}

/** Who is notified by a message. */
export interface Mentions {
  readonly everyone: boolean;
  readonly userIds: readonly string[];
  readonly roleIds: readonly string[];
}

/** No mentions. */
export const NO_MENTIONS: Mentions = { everyone: false, userIds: [], roleIds: [] };

/** A channel as stored. */
export type StoredChannel = TextChannel | DirectChannel | Thread;

/** A text channel of a guild. */
export interface TextChannel {
  readonly kind: 'text';
  readonly id: string;
  readonly guildId: string;
  readonly name: string;
  readonly topic: string;
  readonly overwrites?: readonly Overwrite[];
}

/** Permissions that a channel grants and denies one member: bits in decimal. */
export interface Overwrite {
  readonly id: string;
  readonly allow: string;
  readonly deny: string;
}

/** Direct messages between the bot and one person. */
export interface DirectChannel {
  readonly kind: 'direct';
  readonly id: string;
  readonly recipientId: string;
}

/** A thread below a text channel. */
export interface Thread {
  readonly kind: 'thread';
  readonly id: string;
  readonly guildId: string;
  readonly parentId: string;
  readonly ownerId: string;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly autoArchiveMinutes: number;
  readonly createdTimestamp: string;
  readonly archived: boolean;
  readonly locked?: boolean;
  /** Real time of the last activity, after which it is archived when its time is up. */
  readonly activeMs?: number;
}
