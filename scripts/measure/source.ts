/** The measures of one source file: lines of code, functions, exports and imports. */
import { childrenOf, isNode, type Node, nameOf, parseFile, walk } from './syntax.ts';

/** A function, method or arrow function. */
export interface MeasuredFunction {
  /** Its own name or that of the variable it is assigned to; `<anonymous>` for a callback. */
  readonly name: string;
  /** Line of the file where it begins, from 1. */
  readonly line: number;
  /** Number of lines. */
  readonly lines: number;
  /** Cyclomatic complexity: 1, and 1 more for each branch, loop, case and logical operator. */
  readonly complexity: number;
}

/** An import, re-export, `import()` or import type, as written. */
export interface MeasuredImport {
  readonly from: string;
  /** Line of the file where it begins, from 1. */
  readonly line: number;
  /** The imported names, as exported; empty when everything is imported. */
  readonly names: readonly string[];
  /** True when nothing remains of it at run time. */
  readonly typeOnly: boolean;
}

/** All measures of one file. */
export interface MeasuredSource {
  /** Lines that contain more than comments and whitespace. */
  readonly codeLines: number;
  readonly functions: readonly MeasuredFunction[];
  readonly exports: readonly MeasuredExport[];
  readonly imports: readonly MeasuredImport[];
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

const BRANCHES = new Set([
  'IfStatement',
  'ConditionalExpression',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',

  'LogicalExpression',
]);

/**
 * Measures the text of one file, independently of other files.
 * @throws Error with the parser's message when the text is not valid TypeScript.
 */
export function measureSource(file: string, text: string): MeasuredSource {
  const { program, comments } = parseFile(file, text);
  const functions: MeasuredFunction[] = [];
  const imports: MeasuredImport[] = [];
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length;
  walk(program, (node, parent) => {
    const line = (): number => lineAt(node.start);
    if (FUNCTIONS.has(node.type)) {
      const name = nameOf(node) ?? (parent && nameOf(parent)) ?? '<anonymous>';
      const lines = text.slice(node.start, node.end).split('\n').length;
      functions.push({ name, line: line(), lines, complexity: 1 + branchesIn(node) });
    }
    const from = importedFrom(node);
    if (from !== undefined)
      imports.push({ from, line: line(), names: namesOf(node), typeOnly: isTypeOnly(node) });
  });
  const docs = comments.filter(({ type, value }) => type === 'Block' && value.startsWith('*'));
  return {
    codeLines: countLines(withoutComments(text, comments)),
    functions,
    exports: exportsOf(program, text, new Set(docs.map(({ end }) => end))),
    imports,
  };
}

function countLines(text: string): number {
  return text.split('\n').filter((line) => line.trim() !== '').length;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function withoutComments(text: string, comments: readonly Span[]): string {
  const starts = [0, ...comments.map(({ end }) => end)];
  const ends = [...comments.map(({ start }) => start), text.length];
  // A multi-line comment keeps its line ends, so that the code before and after it stays separate.
  const gaps = [...comments.map(({ start, end }) => text.slice(start, end)), ''];
  return starts
    .map((start, index) => text.slice(start, ends[index]) + gaps[index]?.replaceAll(/[^\n]/g, ''))
    .join('');
}

/** Branches of a function, without those of nested functions, which are counted separately. */
function branchesIn(node: Node): number {
  return childrenOf(node)
    .filter((child) => !FUNCTIONS.has(child.type))
    .reduce((sum, child) => sum + Number(isBranch(child)) + branchesIn(child), 0);
}

function isBranch(node: Node): boolean {
  // `default:` is not a decision.
  if (node.type === 'SwitchCase') return isNode(node['test']);
  return BRANCHES.has(node.type);
}

function importedFrom(node: Node): string | undefined {
  const source = node['source'];
  const value = isNode(source) ? source['value'] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function isTypeOnly(node: Node): boolean {
  if (node.type === 'TSImportType') return true;
  return node['importKind'] === 'type' || node['exportKind'] === 'type';
}

function namesOf(node: Node): readonly string[] {
  return childrenOf(node)
    .map(
      (each) => each['imported'] ?? (each.type === 'ExportSpecifier' ? each['local'] : undefined),
    )
    .map((name) => (isNode(name) ? name['name'] : undefined))
    .filter((name) => typeof name === 'string');
}

/** A name that a file declares and exports. */
interface MeasuredExport {
  readonly name: string;
  readonly documented: boolean;
}

/**
 * The exports of a file. A re-export counts in the file that declares it.
 * @param docEnds offsets just after the last character of each doc comment.
 */
function exportsOf(
  program: Node,
  text: string,
  docEnds: ReadonlySet<number>,
): readonly MeasuredExport[] {
  const documented = new Set<string>();
  const exported = new Set<string>();
  for (const statement of childrenOf(program)) {
    const isExport = statement.type === 'ExportNamedDeclaration';
    const names = declaredNames(isExport ? statement['declaration'] : statement);
    const hasDoc = docEnds.has(text.slice(0, statement.start).trimEnd().length);
    for (const name of hasDoc ? names : []) documented.add(name);
    for (const name of isExport ? [...names, ...listedNames(statement)] : []) exported.add(name);
  }
  return [...exported].map((name) => ({ name, documented: documented.has(name) }));
}

function declaredNames(declaration: unknown): readonly string[] {
  if (!isNode(declaration)) return [];
  const declarators =
    declaration.type === 'VariableDeclaration' ? childrenOf(declaration) : [declaration];
  return declarators.map(nameOf).filter((name) => name !== undefined);
}

/** The local names of `export { a, b as c }`; none when they come from another file. */
function listedNames(statement: Node): readonly string[] {
  if (isNode(statement['source'])) return [];
  return childrenOf(statement)
    .filter(({ type }) => type === 'ExportSpecifier')
    .map(({ local }) => (isNode(local) ? local['name'] : undefined))
    .filter((name) => typeof name === 'string');
}
