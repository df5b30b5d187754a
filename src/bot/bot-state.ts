/** Small pieces of bot state that must survive a restart, stored with its messages in the post book. */
import { hash } from 'node:crypto';
import type { PostBook } from '#core/ports.ts';

const place = (name: string): string => `note:${name}`;

/** Text stored under the name; undefined when there is none. */
export function readBotState(posts: PostBook, name: string): string | undefined {
  return posts.find(place(name))?.contentHash;
}

/** Stores the text under the name, replacing the old one. */
export function writeBotState(posts: PostBook, name: string, text: string): void {
  posts.save(place(name), { channelId: '', messageId: '', contentHash: text });
}

/** A hash of 24 characters: Discord allows 25 in a nonce. */
export function digest(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 24);
}
