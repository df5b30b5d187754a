/** Prepares a post for sending: draws its chart, marks it late, makes it silent, adds a first sentence. */
import { type EpochMs, epochMs } from '#core/domain/units.ts';
import type { Log, PostBook } from '#core/ports.ts';
import { readBotState, writeBotState } from '../bot-state.ts';
import type { Draw } from '../charts/draw.ts';
import type { Message } from '../discord/channel.ts';
import { withText } from '../discord/payload.ts';
import { cut, instantOf } from '../format.ts';
import type { Post } from '../post.ts';

/** Dependencies of createMessageRenderer. */
export interface RendererParts {
  readonly posts: PostBook;
  readonly draw: Draw;
  readonly log: Log;
  /** Whether it is quiet hours now. */
  readonly isQuiet: () => boolean;
  /** Introductory sentence of messages in that channel. */
  readonly sentence: (channelId: string) => string | undefined;
}

/** How loud a message is, and since when it is late. */
export interface RenderOptions {
  /** `normal` is silent in quiet hours; `critical` never is. */
  readonly sound?: 'silent' | 'normal' | 'critical';
  /** The original instant, when the message is late. */
  readonly lateFrom?: EpochMs | undefined;
}

/** The post as rendered for a channel; its chart is drawn once. */
export type RenderedPost = (channelId: string) => Promise<Message>;

/** Renders the post of a subject for a channel: marked when late, silent in quiet hours. */
export function createMessageRenderer(
  parts: RendererParts,
): (subject: string, post: Post, options: RenderOptions) => RenderedPost {
  const { posts, draw, log, isQuiet, sentence } = parts;

  /** A message that came late stays marked after edits. */
  function latenessOf(subject: string, lateFrom: EpochMs | undefined): EpochMs | undefined {
    const name = `late ${subject}`;
    const isNew = (posts.find(subject)?.messageId ?? '') === '';
    if (lateFrom !== undefined && isNew) writeBotState(posts, name, String(lateFrom));
    const from = readBotState(posts, name);
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

/** Draws the chart into the last embed. If drawing fails, the numbers are added as text. */
export async function toMessage(post: Post, draw: Draw, log: Log): Promise<Message> {
  const { content = '', embeds, components = [], chart, file, files = [], mention } = post;
  const documents = file ? [file, ...files] : files;
  const bare = { content, embeds, components, file: undefined, documents, mention };
  if (!chart) return bare;
  const bytes = await draw(chart).catch((error: unknown) => {
    log.warn(`chart ${chart.name} was not drawn; its numbers go out as text`, {
      error: String(error),
    });
    return undefined;
  });
  if (!bytes) return { ...bare, embeds: withText(embeds, chart.alt) };
  const last = embeds.at(-1) ?? {};
  const pictured = { ...last, image: { url: `attachment://${chart.name}` } };
  return {
    ...bare,
    embeds: [...embeds.slice(0, -1), pictured],
    file: { name: chart.name, alt: chart.alt, bytes },
  };
}

/** Puts the sentence first, if there is one. */
function led(message: Message, sentence: string | undefined): Message {
  if (sentence === undefined) return message;
  const content = [sentence, message.content].filter((part) => part !== '').join('\n');
  return { ...message, content: cut(content, 2000) };
}

/** Adds the original instant to the footer. */
function lateSince(message: Message, from: EpochMs | undefined): Message {
  if (from === undefined) return message;
  const mark = `late, from ${instantOf(from)}`;
  const last = message.embeds.at(-1);
  if (!last) return { ...message, content: cut(`${message.content}\n-# ${mark}`, 2000) };
  const text = [last.footer?.text, mark].filter((part) => part !== undefined).join(' · ');
  const footer = { ...last.footer, text: cut(text, 2048) };
  return { ...message, embeds: [...message.embeds.slice(0, -1), { ...last, footer }] };
}
