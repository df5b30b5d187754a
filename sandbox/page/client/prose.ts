/** Draws markdown with Discord's elements. */
import { el } from './dom.ts';
import { type Block, type Inline, parseInline, parseMarkdown } from './markdown.ts';
import { styledTime } from './time.ts';
import type { ViewState } from './view-state.ts';

/** @param where code blocks look different inside an embed */
export function prose(
  source: string,
  view: ViewState,
  where: 'message' | 'embed',
): readonly Node[] {
  return parseMarkdown(source).map((block) => drawBlock(block, view, where));
}

/** Draws the markup within one line. */
export function inlineProse(source: string, view: ViewState): readonly Node[] {
  return parseInline(source).map((node) => drawInline(node, view));
}

function drawBlock(block: Block, view: ViewState, where: 'message' | 'embed'): Node {
  const inside = 'inside' in block ? block.inside.map((node) => drawInline(node, view)) : [];
  switch (block.kind) {
    case 'paragraph':
      return el('div', { class: 'line' }, ...inside);
    case 'small':
      return el('small', { class: 'small-print' }, ...inside);
    case 'quote':
      return el('blockquote', {}, ...inside);
    case 'heading':
      return el(
        'div',
        { class: `heading h${block.level}`, role: 'heading', 'aria-level': block.level },
        ...inside,
      );
    case 'list': {
      const items = block.items.map((item) =>
        el('li', {}, ...item.map((node) => drawInline(node, view))),
      );
      return el(block.ordered ? 'ol' : 'ul', {}, ...items);
    }
    case 'pre': {
      const embed = where === 'embed';
      const content = block.language === 'ansi' ? drawAnsi(block.text) : [block.text];
      return el('discord-code', { multiline: true, embed }, ...content);
    }
    default:
      return block satisfies never;
  }
}

const TAGS = {
  bold: 'strong',
  italic: 'em',
  underline: 'u',
  strike: 's',
  spoiler: 'discord-spoiler',
} as const;

function drawInline(node: Inline, view: ViewState): Node {
  switch (node.kind) {
    case 'text':
      return document.createTextNode(node.text);
    case 'break':
      return el('br');
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strike':
    case 'spoiler':
      return el(TAGS[node.kind], {}, ...drawInside(node.inside, view));
    case 'code':
      return el('code', { class: 'inline-code' }, node.text);
    case 'link':
      return el(
        'a',
        { class: 'link', href: node.url, target: '_blank', rel: 'noopener noreferrer' },
        ...drawInside(node.inside, view),
      );
    case 'time':
      return drawTime(node.unixSeconds, node.style, view);
    case 'mention':
      return drawMention(node.of, node.id, view);
    default:
      return node satisfies never;
  }
}

function drawInside(inside: readonly Inline[], view: ViewState): readonly Node[] {
  return inside.map((each) => drawInline(each, view));
}

function drawTime(unixSeconds: number, style: string, view: ViewState): Node {
  const nowMs = view.nowMs();
  const title = styledTime(unixSeconds, 'F', nowMs);
  const marks = { 'data-unix': unixSeconds, 'data-style': style };
  return el('time', { class: 'stamp', title, ...marks }, styledTime(unixSeconds, style, nowMs));
}

/** Updates relative times without an edit of the message. */
export function refreshTimes(root: ParentNode, nowMs: number): void {
  for (const stamp of root.querySelectorAll<HTMLElement>('time.stamp[data-style="R"]')) {
    const text = styledTime(Number(stamp.dataset['unix']), 'R', nowMs);
    if (stamp.textContent !== text) stamp.textContent = text;
  }
}

function drawMention(of: string, id: string, view: ViewState): Node {
  if (of === 'everyone') return el('span', { class: 'mention' }, `@${id}`);
  if (of === 'command') return el('span', { class: 'mention' }, `/${id}`);
  if (of === 'channel') return el('span', { class: 'mention' }, `# ${view.channelName(id)}`);
  const role = of === 'role' ? view.role(id) : undefined;
  if (role) {
    const style = role.color ? `color:${role.color};background:${role.color}22` : undefined;
    return el('span', { class: 'mention', style }, `@${role.name}`);
  }
  return el(
    'span',
    { class: 'mention' },
    `@${of === 'user' ? view.person(id).name : 'unknown role'}`,
  );
}

const ANSI: Readonly<Record<string, string>> = {
  30: '#4e5058',
  31: '#dc322f',
  32: '#859900',
  33: '#b58900',
  34: '#268bd2',
  35: '#d33682',
  36: '#2aa198',
  37: '#ffffff',
};

function drawAnsi(text: string): readonly (Node | string)[] {
  let style = '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins a colour
  return text.split(/(\u001b\[[\d;]*m)/).flatMap((part) => {
    if (!part.startsWith('\u001b[')) return part === '' ? [] : [el('span', { style }, part)];
    const codes = part.slice(2, -1).split(';');
    if (codes.includes('0') || part === '\u001b[m') style = '';
    const color = codes.map((code) => ANSI[code]).find((each) => each !== undefined);
    if (color) style += `color:${color};`;
    if (codes.includes('1')) style += 'font-weight:700;';
    return [];
  });
}
