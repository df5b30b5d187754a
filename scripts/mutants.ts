/**
 * `npm run mutants -- FOLDER|FILE…`: changes the code deliberately, one place at a time, and checks whether
 * a test fails. All files are tried in one run of the tests. `--list` prints the mutants only. `--furthest N`
 * includes tests with up to N imports between them and the code (2); at most `--tests N` try one
 * mutant (16); `--alive` tries only those that the report names as alive. `--report` writes the results into docs/mutants.md; without a folder it only rewrites the
 * report from earlier runs.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureWorkingTree } from './measure/tree.ts';
import { EQUIVALENT, type Equivalent } from './mutants/equivalent.ts';
import type { Mutant } from './mutants/mutants.ts';
import { importsAtRunTime } from './mutants/related-tests.ts';
import { type FileResult, inWords, isListed, type Results, reportText } from './mutants/report.ts';
import { mutantsIn, type Outcome, tryMutants } from './mutants/try-mutants.ts';

const { values: options, positionals: places } = parseArgs({
  allowPositionals: true,
  options: {
    alive: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    furthest: { type: 'string', default: '2' },
    tests: { type: 'string', default: '16' },
    report: { type: 'boolean', default: false },
  },
});

const root = join(import.meta.dirname, '..');
const resultsFile = join(root, 'scripts/mutants/results.json');
const tree = measureWorkingTree(root);
const under = (place: string): readonly string[] => {
  const folder = place.endsWith('/') ? place : `${place}/`;
  return [...tree.keys()].filter((file) => file === place || file.startsWith(folder));
};

function readResults(): Results {
  return JSON.parse(readFileSync(resultsFile, 'utf8'));
}

function resultOf(source: string, { mutants, killed }: Outcome): FileResult {
  const text = readFileSync(join(root, source), 'utf8');
  const left = mutants.filter(({ id }) => !killed.has(id));
  const alive = left.filter((mutant) => !EQUIVALENT.some((each) => isListed(each, mutant, text)));
  return {
    mutants: mutants.length,
    killed: mutants.length - left.length,
    equivalent: left.length - alive.length,
    alive: alive.map(inWords),
  };
}

function listedAndKilled(source: string, { mutants, killed }: Outcome): readonly Equivalent[] {
  const text = readFileSync(join(root, source), 'utf8');
  return EQUIVALENT.filter((each) => {
    const meant = mutants.filter((mutant) => isListed(each, mutant, text));
    return meant.length > 0 && meant.every(({ id }) => killed.has(id));
  });
}

function isEquivalent(mutant: Mutant): boolean {
  const text = readFileSync(join(root, mutant.file), 'utf8');
  return EQUIVALENT.some((each) => isListed(each, mutant, text));
}

function keep(source: string, result: FileResult): void {
  const all = Object.entries({ ...readResults(), [source]: result });
  const sorted = all.filter(([file]) => tree.has(file)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(resultsFile, `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`);
}

async function run(sources: readonly string[]): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'rotor-mutants-'));
  console.log(`steps in ${home}`);
  const imports = importsAtRunTime(root, tree);
  const outcome = await tryMutants({
    root,
    imports,
    sources,
    furthest: Number(options.furthest),
    mostTests: Number(options.tests),
    isKnown: options.alive ? killedBefore() : () => false,
    progress: join(home, 'steps'),
  });
  for (const each of outcome.red) console.log(`says nothing: ${each}`);
  for (const source of sources) tell(source, outcome);
  rmSync(home, { recursive: true });
}

/** Lines may have moved since the last run. Equivalent ones are tried again, to be counted as such. */
function killedBefore(): (mutant: Mutant) => boolean {
  const results = readResults();
  const change = (text: string): string => text.slice(text.indexOf(':'));
  const alive = new Map(
    Object.entries(results).map(([file, each]) => [file, new Set(each.alive.map(change))]),
  );
  return (mutant) =>
    alive.get(mutant.file)?.has(change(inWords(mutant))) === false && !isEquivalent(mutant);
}

function tell(source: string, all: Outcome): void {
  const outcome = { ...all, mutants: all.mutants.filter(({ file }) => file === source) };
  const result = resultOf(source, outcome);
  for (const { from, to } of listedAndKilled(source, outcome)) {
    console.log(`killed, though listed as equivalent: ${from} → ${to}`);
  }
  for (const each of result.alive) console.log(`ALIVE ${source}:${each}`);
  const { mutants, killed, equivalent } = result;
  console.log(`${source}: ${mutants} mutants, ${killed} killed, ${equivalent} equivalent`);
  if (options.report) keep(source, result);
}

const sources = places.flatMap(under);
if (options.list) {
  for (const mutant of mutantsIn(root, sources)) console.log(`${mutant.file}:${inWords(mutant)}`);
} else {
  if (sources.length === 0 && !options.report) throw new Error('name a folder or a file of src');
  await run(sources);
}
if (options.report) {
  const all = [...tree.keys()].filter((file) => file.startsWith('src/')).toSorted();
  writeFileSync(join(root, 'docs/mutants.md'), reportText(readResults(), all));
}
