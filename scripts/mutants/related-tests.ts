/** Test files that can fail when a source changes, the nearest first. */
import { basename, dirname } from 'node:path';
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
 * Test files: those of the same name, then those in the mirrored folder and in the ones above, then those
 * with 1, 2, … imports between them and a source. Only tests of the same room (`src/core`: `tests/core`):
 * others start processes or draw messages.
 */
export function relatedTests(
  imports: Imports,
  sources: readonly string[],
  furthest: number,
): readonly string[] {
  const tests = [...imports.keys()].filter((file) => file.endsWith('.test.ts'));
  const rank = (test: string): number =>
    Math.min(...sources.map((source) => rankFor(imports, source, test, furthest)));
  const byRank = Map.groupBy(tests, rank);
  return [...byRank.keys()]
    .filter((each) => each <= furthest)
    .toSorted((a, b) => a - b)
    .flatMap((each) => cheapestFirst(imports, byRank.get(each) ?? []));
}

/** Lower is nearer: -2 for the same name, -1 for the mirrored folder, 0 for those above, then the imports. */
function rankFor(imports: Imports, source: string, test: string, furthest: number): number {
  const mirrored = source.replace(/^src/, 'tests');
  if (roomOf(test) !== roomOf(mirrored)) return Infinity;
  if (basename(test, '.test.ts') === basename(source, '.ts')) return -2;
  const folder = dirname(test);
  if (folder === roomOf(test)) return distance(imports, test, source, furthest);
  if (folder === dirname(mirrored)) return -1;
  return mirrored.startsWith(`${folder}/`) ? 0 : distance(imports, test, source, furthest);
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
