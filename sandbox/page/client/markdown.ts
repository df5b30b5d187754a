/** Discord's markdown as a tree; drawing it is another file's work. */
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

export type Block =
  | { readonly kind: 'paragraph' | 'small' | 'quote'; readonly inside: readonly Inline[] }
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly inside: readonly Inline[] }
  | {
      readonly kind: 'list';
      readonly ordered: boolean;
      readonly items: readonly (readonly Inline[])[];
    }
  | { readonly kind: 'pre'; readonly language: string; readonly text: string };

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

/** Lines of one kind are one block. */
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

interface Rule {
  readonly pattern: RegExp;
  readonly build: (match: RegExpExecArray) => Inline;
}

const wrap =
  (kind: 'bold' | 'italic' | 'underline' | 'strike' | 'spoiler') =>
  (match: RegExpExecArray): Inline => ({ kind, inside: parseInline(match[1] ?? '') });

/** In order: the first that matches at a place wins. */
const RULES: readonly Rule[] = [
  { pattern: /^\\([^a-zA-Z0-9\s])/, build: (match) => ({ kind: 'text', text: match[1] ?? '' }) },
  {
    pattern: /^(`+)([\s\S]*?[^`])\1(?!`)/,
    build: (match) => ({ kind: 'code', text: match[2] ?? '' }),
  },
  {
    pattern: /^<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>/,
    build: (match) => ({ kind: 'time', unixSeconds: Number(match[1]), style: match[2] ?? 'f' }),
  },
  {
    pattern: /^<@!?(\d{17,20})>/,
    build: (match) => ({ kind: 'mention', of: 'user', id: match[1] ?? '' }),
  },
  {
    pattern: /^<@&(\d{17,20})>/,
    build: (match) => ({ kind: 'mention', of: 'role', id: match[1] ?? '' }),
  },
  {
    pattern: /^<#(\d{17,20})>/,
    build: (match) => ({ kind: 'mention', of: 'channel', id: match[1] ?? '' }),
  },
  {
    pattern: /^<\/([-\w ]+):\d{17,20}>/,
    build: (match) => ({ kind: 'mention', of: 'command', id: match[1] ?? '' }),
  },
  {
    pattern: /^@(everyone|here)\b/,
    build: (match) => ({ kind: 'mention', of: 'everyone', id: match[1] ?? '' }),
  },
  {
    pattern: /^\[([^\]\n]+)\]\((https?:\/\/[^\s)]+)\)/,
    build: (match) => ({ kind: 'link', url: match[2] ?? '', inside: parseInline(match[1] ?? '') }),
  },
  {
    pattern: /^https?:\/\/[^\s<>]*[^\s<>.,:;"')\]]/,
    build: (match) => ({ kind: 'link', url: match[0], inside: [{ kind: 'text', text: match[0] }] }),
  },
  {
    pattern: /^\*\*\*([\s\S]+?)\*\*\*(?!\*)/,
    build: (match) => ({
      kind: 'bold',
      inside: [{ kind: 'italic', inside: parseInline(match[1] ?? '') }],
    }),
  },
  { pattern: /^\*\*([\s\S]+?)\*\*(?!\*)/, build: wrap('bold') },
  { pattern: /^__([\s\S]+?)__(?!_)/, build: wrap('underline') },
  { pattern: /^~~([\s\S]+?)~~/, build: wrap('strike') },
  { pattern: /^\|\|([\s\S]+?)\|\|/, build: wrap('spoiler') },
  { pattern: /^\*(?=\S)((?:\*\*|[^*])+?)\*(?!\*)/, build: wrap('italic') },
  { pattern: /^_(?=\S)([^_]+?)_(?!\w)/, build: wrap('italic') },
];

export function parseInline(source: string): readonly Inline[] {
  const nodes: Inline[] = [];
  let plain = '';
  const flush = (): void => {
    if (plain !== '') nodes.push({ kind: 'text', text: plain });
    plain = '';
  };
  for (let rest = source; rest !== ''; ) {
    const found = matchRule(rest, /\w$/.test(plain));
    if (!found) {
      plain += rest[0];
      rest = rest.slice(1);
      continue;
    }
    flush();
    nodes.push(found.node);
    rest = rest.slice(found.length);
  }
  flush();
  return nodes;
}

function matchRule(
  rest: string,
  insideWord: boolean,
): { readonly node: Inline; readonly length: number } | undefined {
  if (rest[0] === '\n') return { node: { kind: 'break' }, length: 1 };
  // snake_case is no emphasis.
  if (insideWord && rest[0] === '_') return undefined;
  for (const { pattern, build } of RULES) {
    const match = pattern.exec(rest);
    if (match) return { node: build(match), length: match[0].length };
  }
  return undefined;
}
