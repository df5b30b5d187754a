/** Test files that can fail when a source changes, the nearest first. */
import { basename } from 'node:path';
import { aliasesOf, type MeasuredTree, resolveImport } from '../measure/tree.ts';

/** For each file, its imports at run time: paths of the tree, and packages. */
export type Imports = ReadonlyMap<string, ReadonlySet<string>>;

/** The imports of a tree without imports of types, which no mutant changes. */
export function importsAtRunTime(root: string, tree: MeasuredTree): Imports {
  const aliases = aliasesOf(root);
  return new Map(
    [...tree].map(([file, { imports }]) => {
      const used = imports.filter(({ typeOnly }) => !typeOnly);
      return [file, new Set(used.map(({ from }) => resolveImport(file, from, aliases) ?? from))];
    }),
  );
}

/**
 * Test files in groups: the one of the same name, then those with 1, 2, … imports between them and the
 * source. Only tests of the same room (`src/core`: `tests/core`): others start processes or draw messages.
 */
export function relatedTests(
  imports: Imports,
  source: string,
  furthest: number,
): readonly (readonly string[])[] {
  const room = roomOf(source).replace(/^src/, 'tests');
  const tests = [...imports.keys()].filter(
    (file) => file.endsWith('.test.ts') && roomOf(file) === room,
  );
  const byDistance = Map.groupBy(tests, (file) =>
    basename(file, '.test.ts') === basename(source, '.ts')
      ? 0
      : distance(imports, file, source, furthest),
  );
  return [...byDistance.keys()]
    .filter((each) => each <= furthest)
    .toSorted((a, b) => a - b)
    .map((each) => cheapestFirst(imports, byDistance.get(each) ?? []));
}

function roomOf(file: string): string {
  return file.split('/').slice(0, 2).join('/');
}

/** Number of imports on the shortest path from a file to the source; Infinity if too far. */
function distance(imports: Imports, from: string, source: string, furthest: number): number {
  let layer = [from];
  const seen = new Set(layer);
  for (let steps = 1; steps <= furthest; steps++) {
    layer = [...new Set(layer.flatMap((file) => [...(imports.get(file) ?? [])]))];
    if (layer.includes(source)) return steps;
    layer = layer.filter((file) => !seen.has(file));
    for (const file of layer) seen.add(file);
  }
  return Infinity;
}

/** Tests of pure functions first, then of the whole app, property tests with many examples last. */
function cheapestFirst(imports: Imports, tests: readonly string[]): readonly string[] {
  const cost = (file: string): number => {
    const used = [...(imports.get(file) ?? [])];
    return (
      Number(used.includes('fast-check')) * 2 + Number(used.includes('tests/support/world.ts'))
    );
  };
  return tests.toSorted((one, other) => cost(one) - cost(other));
}
