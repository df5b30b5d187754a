/** Every mutant of a file, and the file's text with a switch at each of them. Pure. */
import { childrenOf, isNode, type Node, parseFile } from '../measure/syntax.ts';
import { isForTypes, type Place, replacementsOf } from './mutators.ts';

/** One change in one place. */
export interface Mutant {
  readonly id: number;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** The original code and its replacement, each on one line. */
  readonly from: string;
  readonly to: string;
}

/** Type nodes, which are gone at run time; of these three the expression remains. */
const KEPT_TS = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression']);

/** The mutants of a file in the order of its text, numbered from 0. */
export function mutantsOf(file: string, text: string): readonly Mutant[] {
  const { program } = parseFile(file, text);
  const found: Mutant[] = [];
  const add = ({ start, end }: Node, to: string): void => {
    const line = text.slice(0, start).split('\n').length;
    const from = text.slice(start, end);
    if (from !== to) found.push({ id: found.length, file, line, start, end, from, to });
  };
  const visit = (node: Node, parent: Node | undefined, inChain: boolean): void => {
    const constant = constantOf(node, parent);
    if (constant) return add(constant, '0');
    const statement = node.type === 'ExpressionStatement' ? node['expression'] : undefined;
    if (isNode(statement)) add(statement, 'undefined');
    const place: Place = { parent, text, inChain };
    for (const to of replacementsOf(node, place)) add(node, to);
    for (const child of codeIn(node)) {
      if (isForTypes(node) && child === node['right']) continue;
      visit(child, node, isBefore(child, node, inChain));
    }
  };
  visit(program, undefined, false);
  return found;
}

/** The number assigned to a constant of the file; its parts are not changed separately. */
function constantOf(node: Node, parent: Node | undefined): Node | undefined {
  if (node.type !== 'Program' && node.type !== 'ExportNamedDeclaration') {
    if (node.type !== 'VariableDeclarator' || parent?.['atTop'] !== true) return undefined;
    const { init } = node;
    return isNode(init) && isNumber(init) ? init : undefined;
  }
  for (const child of childrenOf(node)) {
    if (child.type === 'VariableDeclaration') Object.assign(child, { atTop: true });
  }
  return undefined;
}

function isNumber(node: Node): boolean {
  if (node.type === 'Literal') return typeof node['value'] === 'number' && node['value'] !== 0;
  return (
    node.type === 'BinaryExpression' && [node['left'], node['right']].filter(isNode).every(isNumber)
  );
}

/** Its children in source order, without types and imports. */
function codeIn(node: Node): readonly Node[] {
  const isCode = ({ type }: Node): boolean =>
    (!type.startsWith('TS') || KEPT_TS.has(type)) && type !== 'ImportDeclaration';
  return childrenOf(node)
    .filter(isCode)
    .toSorted((one, other) => one.start - other.start);
}

/** Whether the child is the object of a `?.` in the chain above. */
function isBefore(child: Node, node: Node, inChain: boolean): boolean {
  if (node.type === 'ChainExpression') return true;
  return inChain && (node['object'] === child || node['callee'] === child);
}

/**
 * The text with a switch at each mutant: `(__m(3) ? (a <= b) : (a < b))`.
 * @param mutants those of exactly this text.
 */
export function withSwitches(file: string, text: string, mutants: readonly Mutant[]): string {
  const { program } = parseFile(file, text);
  const byPlace = Map.groupBy(mutants, ({ start, end }) => `${start} ${end}`);
  const done = new Set<string>();
  const render = (node: Node): string => {
    let [out, at] = ['', node.start];
    for (const child of codeIn(node)) {
      if (child.start < at) continue;
      out += text.slice(at, child.start) + render(child);
      at = child.end;
    }
    out += text.slice(at, node.end);
    const place = `${node.start} ${node.end}`;
    if (done.has(place)) return out;
    done.add(place);
    for (const { id, to } of byPlace.get(place) ?? []) out = `(__m(${id}) ? (${to}) : (${out}))`;
    return out;
  };
  const whole = text.slice(0, program.start) + render(program) + text.slice(program.end);
  return `${whole}\nfunction __m(id) { return globalThis.__mutants?.hit(id) ?? false; }\n`;
}
