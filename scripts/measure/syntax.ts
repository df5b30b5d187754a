/** The syntax tree of a TypeScript file, and ways to walk it. */
import { type Comment, parseSync, visitorKeys } from 'oxc-parser';

/** One node of the tree; its other fields depend on its `type`. */
export interface Node {
  readonly type: string;
  /** Offset of its first character in the text. */
  readonly start: number;
  /** Offset just after its last character. */
  readonly end: number;
  readonly [key: string]: unknown;
}

/** Narrows a value of a node's field to a node. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/**
 * Parses one file.
 * @throws Error with the parser's message when the text is not valid TypeScript.
 */
export function parseFile(
  file: string,
  text: string,
): { readonly program: Node; readonly comments: readonly Comment[] } {
  const { program, comments, errors } = parseSync(file, text);
  const error = errors[0];
  if (error) throw new Error(`${file}: ${error.message}`);
  if (!isNode(program)) throw new Error(`${file}: the parser gave no tree`);
  return { program, comments };
}

/** The direct children of a node, in the order of the text. */
export function childrenOf(node: Node): readonly Node[] {
  return (visitorKeys[node.type] ?? []).flatMap((key) => [node[key]].flat()).filter(isNode);
}

/** Calls `visit` for a node and everything below it, parents first. */
export function walk(
  node: Node,
  visit: (node: Node, parent: Node | undefined) => void,
  parent?: Node,
): void {
  visit(node, parent);
  for (const child of childrenOf(node)) walk(child, visit, node);
}

/** The identifier that names a declaration, method or property. */
export function nameOf(node: Node): string | undefined {
  const name = node['id'] ?? node['key'];
  return isNode(name) && typeof name['name'] === 'string' ? name['name'] : undefined;
}
