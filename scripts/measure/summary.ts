/** Sums the measures of a tree by folder and in total. */
import { circlesOf, countArrows, grouped, longestChain, within } from './graph.ts';
import type { MeasuredFile, MeasuredTree } from './tree.ts';

/** A function is long above this many lines. */
export const LONG_LINES = 60;
/** A function is complex above this cyclomatic complexity. */
export const COMPLEX = 10;

/** The sums of one folder or of several. */
export interface Sums {
  readonly files: number;
  readonly codeLines: number;
  readonly longFunctions: number;
  readonly complexFunctions: number;
  readonly exports: number;
  readonly documented: number;
  /** Files that exactly one other file of the product imports; imports by tests do not count. */
  readonly oneImporter: number;
}

/** The reported measures of a tree. */
export interface Summary {
  /** The product by folder: src, sandbox and scripts. */
  readonly folders: Readonly<Record<string, Sums>>;
  readonly total: Sums;
  readonly tests: Sums;
  /** Top-level entries: each entry of src (`cli.ts` and `cli/` are one), sandbox, scripts. */
  readonly rooms: readonly string[];
  /** Pairs of rooms in which one imports the other, including types. */
  readonly arrows: number;
  /** The same between folders, where all files directly in src are one. */
  readonly folderArrows: number;
  /** Cycles of files, including imports of types. */
  readonly circles: readonly (readonly string[])[];
  /** Number of files on the longest import chain within a folder. */
  readonly levels: Readonly<Record<string, number>>;
  /** Locations of long and complex functions, as `file:line name`. */
  readonly long: readonly string[];
  readonly complex: readonly string[];
}

const LEVELS_OF = ['src/core/engine', 'src/bot', 'src/core/market'];

const isTest = (file: string): boolean => file.startsWith('tests/');
const isProduct = (file: string): boolean => /^(src|sandbox|scripts)\//.test(file);

/** The room of a file: `src/core`, `src/config` for `src/config.ts` too, `sandbox`, `scripts`. */
function roomOf(file: string): string {
  return /^src\/[^/.]+/.exec(file)?.[0] ?? topFolderOf(file);
}

/** `src/core`, `src` for a file directly in it, `sandbox`, `scripts`. */
function topFolderOf(file: string): string {
  return /^src\/[^/]+(?=\/)/.exec(file)?.[0] ?? file.replace(/\/.*/, '');
}

/** The folder in which a file is counted: the top-level one, except that the parts of core are separate. */
function folderOf(file: string): string {
  return /^src\/core\/[^/]+(?=\/)/.exec(file)?.[0] ?? topFolderOf(file);
}

/** Sums the measures of a tree. */
export function summarize(tree: MeasuredTree): Summary {
  const graph = within(new Map([...tree].map(([file, { targets }]) => [file, targets])), isProduct);
  const product = [...tree.values()].filter(({ file }) => isProduct(file));
  const importers = new Map<string, number>();
  for (const target of [...graph.values()].flatMap((targets) => [...targets])) {
    importers.set(target, (importers.get(target) ?? 0) + 1);
  }
  const sum = (files: readonly MeasuredFile[]): Sums => sumsOf(files, importers);
  const folders = Map.groupBy(product, ({ file }) => folderOf(file));
  const rooms = grouped(graph, roomOf);
  return {
    folders: Object.fromEntries([...folders].toSorted().map(([name, own]) => [name, sum(own)])),
    total: sum(product),
    tests: sum([...tree.values()].filter(({ file }) => isTest(file))),
    rooms: [...rooms.keys()].toSorted(),
    arrows: countArrows(rooms),
    folderArrows: countArrows(grouped(graph, topFolderOf)),
    circles: circlesOf(graph),
    levels: Object.fromEntries(
      LEVELS_OF.map((folder) => [
        folder,
        longestChain(within(graph, (file) => file.startsWith(`${folder}/`))).length,
      ]),
    ),
    long: named(product, ({ lines }) => lines > LONG_LINES),
    complex: named(product, ({ complexity }) => complexity > COMPLEX),
  };
}

type MeasuredFunction = MeasuredFile['functions'][number];

function named(
  files: readonly MeasuredFile[],
  counts: (each: MeasuredFunction) => boolean,
): readonly string[] {
  return files.flatMap(({ file, functions }) =>
    functions.filter(counts).map(({ name, line }) => `${file}:${line} ${name}`),
  );
}

function sumsOf(files: readonly MeasuredFile[], importers: ReadonlyMap<string, number>): Sums {
  const exported = files.flatMap(({ exports }) => exports);
  return {
    files: files.length,
    codeLines: files.reduce((sum, { codeLines }) => sum + codeLines, 0),
    longFunctions: named(files, ({ lines }) => lines > LONG_LINES).length,
    complexFunctions: named(files, ({ complexity }) => complexity > COMPLEX).length,
    exports: exported.length,
    documented: exported.filter(({ documented }) => documented).length,
    oneImporter: files.filter(({ file }) => importers.get(file) === 1).length,
  };
}
