/** Every mutant of a file. Pure. */
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

/** The mutants of a file in the order of its text. @param first number of the first one. */
export function mutantsOf(file: string, text: string, first = 0): readonly Mutant[] {
  const { program } = parseFile(file, text);
  const found: Mutant[] = [];
  const add = ({ start, end }: Node, to: string): void => {
    const line = text.slice(0, start).split('\n').length;
    const from = text.slice(start, end);
    const id = first + found.length;
    if (from !== to) found.push({ id, file, line, start, end, from, to });
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
export function codeIn(node: Node): readonly Node[] {
  const isCode = ({ type }: Node): boolean =>
    (!type.startsWith('TS') || KEPT_TS.has(type)) && type !== 'ImportDeclaration';
  return childrenOf(node)
    .filter(isCode)
    .toSorted((one, other) => one.start - other.start);
}

/** Whether the child is the object of a `?.` in the chain above. */
export function isBefore(child: Node, node: Node, inChain: boolean): boolean {
  if (node.type === 'ChainExpression') return true;
  return inChain && (node['object'] === child || node['callee'] === child);
}
