/** Parses Discord's markdown into a tree; another file draws it. */
import { rulesExtended, SimpleMarkdown } from 'discord-markdown-parser';
import type { SingleASTNode } from 'discord-markdown-parser/dist/simple-markdown/index.js';

/** An inline node. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'bold' | 'italic' | 'underline' | 'strike' | 'spoiler';
      readonly inside: readonly Inline[];
    }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly url: string; readonly inside: readonly Inline[] }
  | { readonly kind: 'time'; readonly unixSeconds: number; readonly style: string }
  | {
      readonly kind: 'mention';
      readonly of: 'user' | 'role' | 'channel' | 'command' | 'everyone';
      readonly id: string;
    }
  | { readonly kind: 'break' };

/** One or more whole lines. */
export type Block =
  | { readonly kind: 'paragraph' | 'small' | 'quote'; readonly inside: readonly Inline[] }
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly inside: readonly Inline[] }
  | {
      readonly kind: 'list';
      readonly ordered: boolean;
      readonly items: readonly (readonly Inline[])[];
    }
  | { readonly kind: 'pre'; readonly language: string; readonly text: string };

/** Never fails: anything that is not markup stays text. */
export function parseMarkdown(source: string): readonly Block[] {
  return source.split(/(```[\s\S]*?```)/).flatMap((part) => {
    const fence = /^```(?:([\w+-]+)\n)?\n?([\s\S]*?)\n?```$/.exec(part);
    if (!fence) return parseLines(part.replace(/^\n|\n$/g, ''));
    return [{ kind: 'pre', language: fence[1] ?? '', text: fence[2] ?? '' }] as const;
  });
}

const HEADING = /^(#{1,3}) +(.+)$/;
const SMALL = /^-# +(.+)$/;
const QUOTE = /^> (.*)$/;
const BULLET = /^ *[-*] +(.+)$/;
const NUMBER = /^ *\d+\. +(.+)$/;

function parseLines(text: string): readonly Block[] {
  if (text === '') return [];
  const blocks: Block[] = [];
  for (const line of text.split('\n')) {
    const last = blocks.at(-1);
    const next = parseLine(line);
    const joined = last && join(last, next);
    if (joined) blocks[blocks.length - 1] = joined;
    else blocks.push(next);
  }
  return blocks;
}

function parseLine(line: string): Block {
  const heading = HEADING.exec(line);
  if (heading) {
    const level = (heading[1] ?? '#').length as 1 | 2 | 3;
    return { kind: 'heading', level, inside: parseInline(heading[2] ?? '') };
  }
  const small = SMALL.exec(line)?.[1];
  if (small !== undefined) return { kind: 'small', inside: parseInline(small) };
  const quote = QUOTE.exec(line)?.[1];
  if (quote !== undefined) return { kind: 'quote', inside: parseInline(quote) };
  const bullet = BULLET.exec(line)?.[1];
  if (bullet !== undefined) return { kind: 'list', ordered: false, items: [parseInline(bullet)] };
  const number = NUMBER.exec(line)?.[1];
  if (number !== undefined) return { kind: 'list', ordered: true, items: [parseInline(number)] };
  return { kind: 'paragraph', inside: parseInline(line) };
}

/** Merges adjacent lines of the same kind. */
function join(last: Block, next: Block): Block | undefined {
  if (last.kind === 'list' && next.kind === 'list' && last.ordered === next.ordered) {
    return { ...last, items: [...last.items, ...next.items] };
  }
  const flows = last.kind === 'paragraph' || last.kind === 'quote';
  if (flows && next.kind === last.kind) {
    return { ...last, inside: [...last.inside, { kind: 'break' }, ...next.inside] };
  }
  return undefined;
}

const { escape, autolink, url, em, strong, underline, strikethrough, inlineCode } = rulesExtended;
const { text, br, spoiler, user, channel, role, everyone, here } = rulesExtended;
const { timestamp, slashCommand, link } = rulesExtended;
/** Inline rules; blocks are parsed above, and emoji images are not drawn. */
const INLINE = Object.entries({
  ...{ escape, autolink, url, em, strong, underline, strikethrough, inlineCode },
  ...{ text, br, spoiler, user, channel, role, everyone, here, timestamp, slashCommand, link },
}).flatMap(([name, rule]) => (rule ? [[name, rule] as const] : []));
const parse = SimpleMarkdown.parserFor(Object.fromEntries(INLINE));

/** The markup within one line. */
export function parseInline(source: string): readonly Inline[] {
  return joined(parse(source, { inline: true }).map(inlineOf));
}

const WRAPS: Readonly<Record<string, 'bold' | 'italic' | 'underline' | 'strike' | 'spoiler'>> = {
  strong: 'bold',
  em: 'italic',
  underline: 'underline',
  strikethrough: 'strike',
  spoiler: 'spoiler',
};

function inlineOf(node: SingleASTNode): Inline {
  const { type, content } = node;
  const kind = WRAPS[type];
  if (kind) return { kind, inside: joined(content.map(inlineOf)) };
  switch (type) {
    case 'br':
      return { kind: 'break' };
    case 'inlineCode':
      return { kind: 'code', text: content };
    case 'link':
    case 'url':
    case 'autolink':
      if (!/^https?:/.test(node['target'])) return { kind: 'text', text: textOf(content) };
      return { kind: 'link', url: node['target'], inside: joined(content.map(inlineOf)) };
    case 'timestamp':
      return { kind: 'time', unixSeconds: Number(node['timestamp']), style: node['format'] ?? 'f' };
    case 'user':
    case 'role':
    case 'channel':
      return { kind: 'mention', of: type, id: node['id'] };
    case 'slashCommand':
      return { kind: 'mention', of: 'command', id: node['fullName'] };
    case 'everyone':
    case 'here':
      return { kind: 'mention', of: 'everyone', id: type };
    default:
      return { kind: 'text', text: content };
  }
}

function textOf(nodes: readonly SingleASTNode[]): string {
  return nodes.map(({ content }) => (Array.isArray(content) ? textOf(content) : content)).join('');
}

/** The parser splits text at each character that could have started markup. */
function joined(nodes: readonly Inline[]): readonly Inline[] {
  const whole: Inline[] = [];
  for (const node of nodes) {
    const last = whole.at(-1);
    if (last?.kind === 'text' && node.kind === 'text') {
      whole[whole.length - 1] = { kind: 'text', text: last.text + node.text };
    } else whole.push(node);
  }
  return whole;
}
