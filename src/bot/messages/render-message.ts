/** What a post becomes before it is sent: drawn, marked late, silent, led by a sentence. */
import { type EpochMs, epochMs } from '#core/domain/units.ts';
import type { Log, PostBook } from '#core/ports.ts';
import { readBotState, writeBotState } from '../bot-state.ts';
import type { Draw } from '../charts/draw.ts';
import type { Message } from '../discord/channel.ts';
import { withText } from '../discord/payload.ts';
import { cut, instantOf } from '../format.ts';
import type { Post } from '../post.ts';

/** What a renderer needs: the state of late messages, the drawing, and the sentences of channels. */
export interface RendererParts {
  readonly posts: PostBook;
  readonly draw: Draw;
  readonly log: Log;
  /** Whether people want to hear only what is critical now. */
  readonly isQuiet: () => boolean;
  /** What a message that stands in that channel says first. */
  readonly sentence: (channelId: string) => string | undefined;
}

/** How loud a message is, and since when it is late. */
export interface RenderOptions {
  /** `normal` is silent in quiet hours; `critical` never is. */
  readonly sound?: 'silent' | 'normal' | 'critical';
  /** Set when it comes too late: the instant of what it tells. */
  readonly lateFrom?: EpochMs | undefined;
}

/** How the post reads in a channel; drawn once. */
export type RenderedPost = (channelId: string) => Promise<Message>;

/** Makes of a subject's post what is sent to a channel: marked late, silent in quiet hours. */
export function createMessageRenderer(
  parts: RendererParts,
): (subject: string, post: Post, options: RenderOptions) => RenderedPost {
  const { posts, draw, log, isQuiet, sentence } = parts;

  /** A message that came too late stays marked with every edit. */
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

/** Draws the picture into the last embed. One that cannot be drawn leaves the numbers as text. */
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
