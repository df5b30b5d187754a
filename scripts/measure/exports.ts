/** The exports of one file and whether a doc comment stands before each. */
import { childrenOf, isNode, type Node, nameOf } from './syntax.ts';

/** A name that a file declares and exports. */
export interface MeasuredExport {
  readonly name: string;
  readonly documented: boolean;
}

/**
 * The exports of a file. A re-export counts in the file that declares it.
 * @param docEnds offsets behind the last character of each doc comment.
 */
export function exportsOf(
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
