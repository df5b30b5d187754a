/** Content of a message before anything is drawn or sent; pure data, so that it can be compared. */
import type {
  APIActionRowComponent,
  APIButtonComponent,
  APIEmbed,
  APIEmbedField,
} from 'discord.js';
import type { Mode } from '#core/domain/account.ts';
import type { Chart } from './charts/chart.ts';
import type { TextFile } from './discord/channel.ts';
import { cut, escape } from './format.ts';

/** A message before its chart is drawn. */
export interface Post {
  readonly content?: string;
  readonly embeds: readonly APIEmbed[];
  readonly components?: readonly APIActionRowComponent<APIButtonComponent>[];
  /** Drawn into the last embed when sent; replaced by its numbers as text when that fails. */
  readonly chart?: Chart;
  /** Attachment for text too long for a message. */
  readonly file?: TextFile;
  /** Several attachments; together within Discord's limit for one message. */
  readonly files?: readonly TextFile[];
  /** The one role that this message may mention. */
  readonly mention?: string;
}

/** Sends posts to one person or into the dashboard's thread; `closed`: that place accepts no messages. */
export type Deliver = (
  place: 'direct' | 'thread',
  userId: string,
  posts: readonly Post[],
) => Promise<'sent' | 'closed'>;

/** Severity colours, by the sign at the start of the title. The mode is shown as text, not as a colour. */
const COLOURS: readonly (readonly [sign: RegExp, colour: number])[] = [
  [/^[■✗]/, 0xe74c3c],
  [/^▲/, 0xf1c40f],
  [/^[●✓]/, 0x2ecc71],
];
/** No sign: news, an answer, a plan. */
const PLAIN_COLOUR = 0x95a5a6;

/** Red: bad; yellow: needs attention; green: good; grey: neutral. */
export function colourOf(title: string): number {
  return COLOURS.find(([sign]) => sign.test(title))?.[1] ?? PLAIN_COLOUR;
}

/** Texts of an embed. */
export interface EmbedParts {
  readonly mode: Mode;
  readonly title: string;
  readonly body?: string | undefined;
  readonly fields?: readonly APIEmbedField[];
  /** Shown in the footer after the mode. */
  readonly note?: string | undefined;
}

/** Creates an embed: the mode as text, severity as a colour, texts cut to Discord's limits. */
export function embed({ mode, title, body, fields = [], note }: EmbedParts): APIEmbed {
  const footer = note === undefined ? `ROTOR ${mode}` : `ROTOR ${mode} · ${note}`;
  return {
    title: cut(title, 256),
    color: colourOf(title),
    ...(body === undefined || body === '' ? {} : { description: cut(body, 4096) }),
    ...(fields.length > 0 ? { fields: fields.slice(0, 25).map(fitted) } : {}),
    footer: { text: cut(footer, 256) },
  };
}

/** An inline field; Discord rejects empty texts, so they become a dash. */
export function field(name: string, value: string, inline = true): APIEmbedField {
  return { name, value, inline };
}

function fitted({ name, value, inline = false }: APIEmbedField): APIEmbedField {
  const shown = (text: string, max: number): string => (text.trim() === '' ? '–' : cut(text, max));
  return { name: shown(name, 256), value: shown(value, 1024), inline };
}

/** A plain sentence as a private answer. */
export function notice(text: string): Post {
  return { content: cut(text, 2000), embeds: [] };
}

/** A sentence that ends with someone else's text. */
export function quoting(sentence: string, foreign: string): string {
  return `${sentence}: ${escape(foreign)}`;
}

const LIMITS: Readonly<
  Record<'content' | 'title' | 'description' | 'name' | 'value' | 'footer', number>
> = {
  content: 2000,
  title: 256,
  description: 4096,
  name: 256,
  value: 1024,
  footer: 2048,
};
const TOTAL = 6000;

/** Reasons why Discord would reject this message; empty if it would accept it. */
export function faultsOf(post: Post): readonly string[] {
  const texts = post.embeds.flatMap(textsOf);
  const faults = [...texts, ['content', post.content ?? ''] as const]
    .filter(([kind, text]) => text.length > LIMITS[kind])
    .map(([kind, text]) => `${kind}: at most ${LIMITS[kind]} characters, found ${text.length}`);
  const empty = texts.filter(([kind, text]) => kind !== 'description' && text.trim() === '');
  faults.push(...empty.map(([kind]) => `${kind}: is empty`));
  const total = texts.reduce((sum, [, text]) => sum + text.length, 0);
  if (total > TOTAL) faults.push(`all embeds: at most ${TOTAL} characters, found ${total}`);
  if (post.embeds.length > 10) faults.push(`at most 10 embeds, found ${post.embeds.length}`);
  const fields = post.embeds.map((embed) => embed.fields?.length ?? 0);
  if (fields.some((count) => count > 25))
    faults.push(`at most 25 fields, found ${fields.join(', ')}`);
  if (post.content === undefined && post.embeds.length === 0) faults.push('the message is empty');
  return [...faults, ...buttonFaults(post)];
}

type Piece = readonly [keyof typeof LIMITS, string];

function textsOf(embed: APIEmbed): readonly Piece[] {
  const fields = embed.fields ?? [];
  return [
    ['title', embed.title ?? '?'],
    ['description', embed.description ?? ''],
    ...fields.flatMap(({ name, value }): Piece[] => [
      ['name', name],
      ['value', value],
    ]),
    ['footer', embed.footer?.text ?? '?'],
  ];
}

function buttonFaults({ components = [] }: Post): readonly string[] {
  const faults =
    components.length > 5 ? [`at most 5 rows of buttons, found ${components.length}`] : [];
  for (const { components: buttons } of components) {
    if (buttons.length > 5) faults.push(`at most 5 buttons in a row, found ${buttons.length}`);
    for (const button of buttons) {
      if ('custom_id' in button && button.custom_id.length > 100)
        faults.push('a custom id is too long');
      if ('label' in button && (button.label?.length ?? 0) > 80) faults.push('a label is too long');
    }
  }
  return faults;
}
