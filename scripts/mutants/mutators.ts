/** The ways to change one node of the code. Pure. */
import { childrenOf, isNode, type Node } from '../measure/syntax.ts';

/** The text that replaces a node. */
export type Replacement = string;

/** Context of a node, as far as it determines the possible changes. */
export interface Place {
  readonly parent: Node | undefined;
  readonly text: string;
  /** In `a?.b.c()`, everything before a part of it: the whole chain ends if `a` is undefined. */
  readonly inChain: boolean;
}

const OTHER_OPERATOR: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '++': '--',
  '--': '++',
};

const COMPARISONS = new Set(['<', '<=', '>', '>=', '===', '!==']);

const OTHER_METHOD: Readonly<Record<string, string>> = {
  'Math.min': 'Math.max',
  'Math.max': 'Math.min',
  'Math.floor': 'Math.ceil',
  'Math.ceil': 'Math.floor',
  'Math.round': 'Math.floor',
  'Math.trunc': 'Math.floor',
  '.some': '.every',
  '.every': '.some',
  '.find': '.findLast',
  '.findLast': '.find',
  '.startsWith': '.endsWith',
  '.endsWith': '.startsWith',
};

/** Calls that are replaced by their own object, or by their argument. */
const LEFT_OUT = new Set(['.filter', '.toSorted', '.sort', '.toReversed', '.trim', 'Math.abs']);

/** `list[place] ?? 0` where the index always exists: the fallback only satisfies the type checker. */
export function isForTypes({ type, operator, left }: Node): boolean {
  return (
    type === 'LogicalExpression' && operator === '??' && isNode(left) && left['computed'] === true
  );
}

/** Every change of the node itself, not of its children. */
export function replacementsOf(node: Node, place: Place): readonly Replacement[] {
  return MUTATORS[node.type]?.(node, place) ?? [];
}

type Mutator = (node: Node, place: Place) => readonly Replacement[];

const MUTATORS: Readonly<Record<string, Mutator>> = {
  ArrayExpression: withoutEachElement,
  AssignmentExpression: otherOperator,
  BinaryExpression: (node, place) => [
    ...alwaysOrNever(node, place),
    ...(COMPARISONS.has(String(node['operator'])) || !isOfText(node)
      ? otherOperator(node, place)
      : []),
  ],
  CallExpression: (node, place) => [...alwaysOrNever(node, place), ...otherCall(node, place)],
  ExpressionStatement: () => [],
  Identifier: alwaysOrNever,
  Literal: otherLiteral,
  LogicalExpression: (node, { text }) => [
    ...(isForTypes(node) ? [] : [textOf(node['left'], text)]),
    textOf(node['right'], text),
  ],
  MemberExpression: alwaysOrNever,
  ObjectExpression: withoutEachProperty,
  UnaryExpression: (node, { text }) =>
    ['!', '-'].includes(String(node['operator'])) ? [textOf(node['argument'], text)] : [],
  UpdateExpression: otherOperator,
};

function textOf(node: unknown, text: string): string {
  return isNode(node) ? text.slice(node.start, node.end) : '';
}

/**
 * A condition that is always true or always false; in `a && b` the parts are removed one by one instead.
 */
function alwaysOrNever(node: Node, { parent, inChain }: Place): readonly Replacement[] {
  if (inChain) return [];
  const isTest = parent?.['test'] === node && parent.type !== 'SwitchCase';
  if (isTest)
    return parent.type.endsWith('IfStatement') || parent.type === 'ConditionalExpression'
      ? ['true', 'false']
      : ['false'];
  const isComparison = COMPARISONS.has(String(node['operator']));
  return isComparison && parent?.type !== 'LogicalExpression' ? ['true', 'false'] : [];
}

function otherOperator(node: Node, { text }: Place): readonly Replacement[] {
  const operator = String(node['operator']);
  const other = OTHER_OPERATOR[operator];
  if (other === undefined) return [];
  const [left, right] = [node['left'] ?? node['argument'], node['right']];
  if (!isNode(left)) return [];
  if (!isNode(right)) return [text.slice(node.start, node.end).replace(operator, other)];
  const between = text.slice(left.end, right.start).replace(operator, other);
  return [textOf(left, text) + between + textOf(right, text)];
}

/** Concatenated strings. */
function isOfText(node: unknown): boolean {
  if (!isNode(node)) return false;
  if (node.type === 'TemplateLiteral') return true;
  if (node.type === 'Literal') return typeof node['value'] === 'string';
  return node['operator'] === '+' && (isOfText(node['left']) || isOfText(node['right']));
}

function otherCall(node: Node, { text, parent, inChain }: Place): readonly Replacement[] {
  const { callee } = node;
  if (inChain || parent?.type === 'ExpressionStatement' || !isNode(callee)) return [];
  const object = textOf(callee['object'], text);
  const isMath = object === 'Math';
  const name = `${isMath ? object : ''}.${textOf(callee['property'], text)}`;
  if (LEFT_OUT.has(name)) return [isMath ? argumentsOf(node, text) : object];
  const other = OTHER_METHOD[name];
  if (other === undefined) return [];
  return [`${isMath ? '' : object}${other}${text.slice(callee.end, node.end)}`];
}

function argumentsOf(node: Node, text: string): string {
  return [node['arguments']]
    .flat()
    .map((each) => textOf(each, text))
    .join(', ');
}

function otherLiteral(node: Node, { parent }: Place): readonly Replacement[] {
  const { value } = node;
  const isKey = parent?.['key'] === node || parent?.type === 'UnaryExpression';
  if (typeof value === 'boolean') return [String(!value)];
  if (typeof value === 'number' && !isKey) return [value === 0 ? '1' : '0'];
  return [];
}

function withoutEachElement(node: Node, { text, parent }: Place): readonly Replacement[] {
  const elements = [node['elements']].flat().filter(isNode);
  if (parent?.type === 'TSAsExpression' || elements.length < 2) return [];
  const isPlain = elements.every(({ value }) => typeof value === 'string');
  return isPlain ? withoutEach(elements, text, '[]') : [];
}

/** Removes one changed property of a copied object, so that it keeps its old value. */
function withoutEachProperty(node: Node, { text }: Place): readonly Replacement[] {
  const properties = childrenOf(node);
  return properties[0]?.type === 'SpreadElement' && properties.length > 1
    ? withoutEach(properties, text, '{}')
    : [];
}

function withoutEach(
  parts: readonly Node[],
  text: string,
  [open, close]: string,
): readonly Replacement[] {
  return parts
    .filter((part) => part.type !== 'SpreadElement' || part !== parts[0])
    .map((part) => {
      const others = parts.filter((other) => other !== part).map((other) => textOf(other, text));
      return `${open}${others.join(', ')}${close}`;
    });
}
