/** Which expressions can be evaluated twice without an effect. Pure. */
import { childrenOf, isNode, type Node } from '../measure/syntax.ts';

/** Pure if all their parts are. */
const PURE = new Set([
  'ArrayExpression',
  'BinaryExpression',
  'ChainExpression',
  'ConditionalExpression',
  'Identifier',
  'Literal',
  'LogicalExpression',
  'MemberExpression',
  'ObjectExpression',
  'ParenthesizedExpression',
  'Property',
  'SpreadElement',
  'TemplateElement',
  'TemplateLiteral',
  'TSAsExpression',
  'TSSatisfiesExpression',
]);

const PURE_METHODS = new Set(
  `at book concat difference endsWith entries every filter find findIndex findLast findLastIndex flat flatMap
  get has includes indexOf intersection isFinite isInteger join keys localeCompare map max min padEnd padStart
  reduce repeat replaceAll round floor ceil trunc abs sqrt sign slice some split startsWith toFixed
  toISOString toLowerCase toReversed toSorted toUpperCase trim union values fromEntries from parse`.split(
    /\s+/,
  ),
);

const PURE_FUNCTIONS = ['BigInt', 'Boolean', 'Number', 'String'];
const PURE_CLASSES = new Set(['Date', 'Map', 'Set']);

/** Imports whose functions are pure. Those of one file, or of one folder, may pass on what they change. */
const PURE_IMPORTS = /^#core\/(domain|decide)\/|^\.\/(units|calendar|new-york)\.ts$/;

/** Names of functions without an effect. */
export function pureFunctions(program: Node): ReadonlySet<string> {
  const names = childrenOf(program).flatMap((node) => {
    const from = isNode(node['source']) ? String(node['source']['value']) : '';
    if (node.type !== 'ImportDeclaration' || !PURE_IMPORTS.test(from)) return [];
    return childrenOf(node).map((each) => nameIn(each['local']));
  });
  return new Set([...PURE_FUNCTIONS, ...names]);
}

function nameIn(node: unknown): string {
  return isNode(node) ? String(node['name']) : '';
}

/** Whether the expression only reads. @param known names of functions without an effect. */
export function isPure(node: Node, known: ReadonlySet<string>): boolean {
  const arePure = (nodes: readonly Node[]): boolean => nodes.every((each) => isPure(each, known));
  if (node.type.startsWith('TS') && !PURE.has(node.type)) return true;
  if (PURE.has(node.type)) return arePure(childrenOf(node));
  if (node.type === 'UnaryExpression') {
    return node['operator'] !== 'delete' && arePure(childrenOf(node));
  }
  if (node.type === 'NewExpression') {
    return (
      PURE_CLASSES.has(nameIn(node['callee'])) &&
      givenTo(node).every((each) => isArgument(each, known))
    );
  }
  return node.type === 'CallExpression' && isPureCall(node, known);
}

function isPureCall(node: Node, known: ReadonlySet<string>): boolean {
  const { callee } = node;
  if (!isNode(callee) || !givenTo(node).every((each) => isArgument(each, known))) return false;
  if (callee.type !== 'MemberExpression') return known.has(nameIn(callee));
  const { object, property } = callee;
  return PURE_METHODS.has(nameIn(property)) && isNode(object) && isPure(object, known);
}

function givenTo(call: Node): readonly Node[] {
  return [call['arguments']].flat().filter(isNode);
}

/** Also a function that is given to `map`, `some` and others like them. */
function isArgument(node: Node, known: ReadonlySet<string>): boolean {
  if (node.type !== 'ArrowFunctionExpression') return isPure(node, known);
  const { body } = node;
  return node['async'] !== true && isNode(body) && isPure(body, known);
}
