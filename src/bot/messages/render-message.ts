/** What a post becomes before it is sent: drawn, marked late, silent, led by a sentence. */
import { type EpochMs, epochMs } from '#core/domain/units.ts';
import type { Log, PostBook } from '#core/ports.ts';
import { keepNote, noteOf } from '../bot-state.ts';
import type { Draw } from '../charts/draw.ts';
import { type Message, toMessage } from '../discord/channel.ts';
import { cut, instantOf } from '../format.ts';
import type { Post } from '../post.ts';

export interface DraftParts {
  readonly posts: PostBook;
  readonly draw: Draw;
  readonly log: Log;
  /** Whether people want to hear only what is critical now. */
  readonly isQuiet: () => boolean;
  /** What a message that stands in that channel says first. */
  readonly sentence: (channelId: string) => string | undefined;
}

export interface DraftOptions {
  /** `normal` is silent in quiet hours; `critical` never is. */
  readonly sound?: 'silent' | 'normal' | 'critical';
  /** Set when it comes too late: the instant of what it tells. */
  readonly lateFrom?: EpochMs | undefined;
}

/** How the post reads in a channel; drawn once. */
export type Draft = (channelId: string) => Promise<Message>;

export function createDrafts(
  parts: DraftParts,
): (subject: string, post: Post, options: DraftOptions) => Draft {
  const { posts, draw, log, isQuiet, sentence } = parts;

  /** A message that came too late stays marked with every edit. */
  function latenessOf(subject: string, lateFrom: EpochMs | undefined): EpochMs | undefined {
    const name = `late ${subject}`;
    const isNew = (posts.find(subject)?.messageId ?? '') === '';
    if (lateFrom !== undefined && isNew) keepNote(posts, name, String(lateFrom));
    const from = noteOf(posts, name);
    return from === undefined ? undefined : epochMs(Number(from));
  }

  return (subject, post, { sound = 'normal', lateFrom }) => {
    const silent = sound === 'silent' || (sound === 'normal' && isQuiet());
    const from = latenessOf(subject, lateFrom);
    let drawn: Promise<Message> | undefined;
    return async (channelId) => {
      drawn ??= toMessage(post, draw, log);
      return { ...led(lateSince(await drawn, from), sentence(channelId)), silent };
    };
  };
}

/** The sentence before everything else, where one is due. */
function led(message: Message, sentence: string | undefined): Message {
  if (sentence === undefined) return message;
  const content = [sentence, message.content].filter((part) => part !== '').join('\n');
  return { ...message, content: cut(content, 2000) };
}

/** The instant of what is told, in the small print. */
function lateSince(message: Message, from: EpochMs | undefined): Message {
  if (from === undefined) return message;
  const mark = `late, from ${instantOf(from)}`;
  const last = message.embeds.at(-1);
  if (!last) return { ...message, content: cut(`${message.content}\n-# ${mark}`, 2000) };
  const text = [last.footer?.text, mark].filter((part) => part !== undefined).join(' · ');
  const footer = { ...last.footer, text: cut(text, 2048) };
  return { ...message, embeds: [...message.embeds.slice(0, -1), { ...last, footer }] };
}
