/** RUNBOOK.md as a machine reads it: situations, and in each its commands with what they should show. */
import { readFileSync } from 'node:fs';

export interface Block {
  /** `home`, `server`, `other-server`, `root`, `browser`, or `discord` with the role in `role`. */
  readonly where: string;
  readonly role: string | undefined;
  /** The exit code that the text names. */
  readonly exit: number;
  readonly command: string;
  /** What the answer holds. */
  readonly shows: readonly string[];
  /** The number of its step in the text. */
  readonly step: number;
}

export interface Situation {
  readonly heading: string;
  readonly blocks: readonly Block[];
}

const FENCE = /^ *```(.*)$/;

/** By the headings of the second level; those without a command are left out. */
export function situationsIn(file: string): readonly Situation[] {
  const [, ...parts] = readFileSync(file, 'utf8').split(/^## /m);
  return parts
    .map((part) => ({ heading: part.slice(0, part.indexOf('\n')), blocks: blocksIn(part) }))
    .filter(({ blocks }) => blocks.length > 0);
}

function blocksIn(text: string): readonly Block[] {
  const blocks: Block[] = [];
  let step = 0;
  let open: { info: string; lines: string[] } | undefined;
  for (const line of text.split('\n')) {
    const fence = FENCE.exec(line);
    if (fence && open) {
      blocks.push({ ...placeOf(open.info), command: commandOf(open.lines), shows: [], step });
      open = undefined;
    } else if (fence) open = { info: fence[1] ?? '', lines: [] };
    else if (open) open.lines.push(line.trim());
    else {
      step = Number(/^(\d+)\. /.exec(line)?.[1] ?? step);
      addShown(blocks, line);
    }
  }
  return blocks;
}

/** One line is one command. */
function commandOf(lines: readonly string[]): string {
  const [command = '', ...more] = lines;
  if (command === '' || more.length > 0) throw new Error(`one command, found ${lines.join('; ')}`);
  return command;
}

/** `sh server exit=2` or `discord operator` or `browser`. */
function placeOf(info: string): Pick<Block, 'where' | 'role' | 'exit'> {
  const [kind = '', place = '', exit = ''] = info.split(' ');
  const code = Number(/^exit=(\d+)$/.exec(exit)?.[1] ?? 0);
  if (kind === 'discord') return { where: kind, role: place, exit: code };
  return { where: kind === 'sh' ? place : kind, role: undefined, exit: code };
}

function addShown(blocks: Block[], line: string): void {
  const last = blocks.at(-1);
  if (!last || !line.trim().startsWith('→')) return;
  const shows = [...line.matchAll(/`([^`]+)`/g)].map(([, text]) => text ?? '');
  blocks[blocks.length - 1] = { ...last, shows: [...last.shows, ...shows] };
}

export interface Slash {
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
}

/** `/halt reason:two words`: the options as somebody types them. */
export function slashOf(command: string): Slash {
  const [name = '', ...words] = command.split(' ');
  const options: Record<string, string> = {};
  let present = '';
  for (const word of words) {
    const [, option, begin] = /^([a-z]+):(.*)$/.exec(word) ?? [];
    if (option !== undefined) {
      present = option;
      options[option] = begin ?? '';
    } else options[present] += ` ${word}`;
  }
  return { name: name.slice(1), options };
}
