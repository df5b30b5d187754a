/**
 * Plants each fault of tests/simulation/planted-faults.ts in a copy of the tree and simulates years there
 * until a law is broken that holds without it: `npm run plant`; words after `--` select faults by name, or
 * a group by its title.
 * `--years N` ends a search, 5 unless given; `--seed N` is the first story, 1 unless given; `--part 2/3` takes
 * the second of three parts of the list, each for a process of its own. A fault that a second check covers is
 * planted without both; `--alone` leaves the second check in place. `--report` writes what is found into
 * docs/planted-faults.md. Exit 1 when a fault is not found.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Change, PlantedFault } from '../tests/simulation/planted-fault.ts';
import { PLANTED_GROUPS } from '../tests/simulation/planted-faults.ts';
import { copyTree } from './breaks/copy-tree.ts';
import { type Finding, reportText } from './plant/report.ts';

const SESSIONS_A_YEAR = 252;
/** Stories of a few weeks meet as many faults a rebalance as whole years, and more rebalances. */
const SESSIONS = 24;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    years: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    part: { type: 'string', default: '1/1' },
    alone: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
  },
});
const most = Math.ceil((Number(values.years) * SESSIONS_A_YEAR) / SESSIONS);
const first = Number(values.seed);
const [part = 1, parts = 1] = values.part.split('/').map(Number);
/** Said of a fault with which nothing can be simulated: it is found at once. */
const CANNOT_RUN = 'nothing can be simulated';
const root = join(import.meta.dirname, '..');
const page = join(root, 'docs', 'planted-faults.md');
const home = mkdtempSync(join(tmpdir(), 'rotor-planted-'));

interface Broken {
  readonly law: string;
  readonly seed: number;
  readonly text: string;
}

/** Laws that are broken in the first story that breaks any, in the tree. */
function brokenIn(tree: string, seed: number, count: number): readonly Broken[] {
  const options = ['--seed', seed, '--years', count, '--sessions', SESSIONS].map(String);
  const script = join(tree, 'scripts', 'simulate.ts');
  const { said, error } = simulated(
    [script, ...options, '--brief', '--stop', '--threads', '1'],
    tree,
  );
  const broken = [...said.matchAll(/^VIOLATION of "([^"]+)" in seed (\d+): (.*)$/gm)].map(
    ([, law = '', of, text = '']) => ({ law, seed: Number(of), text }),
  );
  const [, text] = /^\w*Error: (.*)$/m.exec(error) ?? [];
  return text !== undefined && broken.length === 0 ? [{ law: CANNOT_RUN, seed, text }] : broken;
}

/** Output of a run, and its errors where it cannot even run. */
function simulated(args: readonly string[], cwd: string): { said: string; error: string } {
  const options = { cwd, encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  const { stdout, stderr, error } = spawnSync(process.execPath, args, options);
  if (error) throw error;
  return { said: stdout, error: stderr };
}

const known = new Map<number, readonly string[]>();

/** The laws that the story of the seed breaks in the tree as it is. */
function withoutFault(seed: number): readonly string[] {
  const laws = known.get(seed) ?? brokenIn(root, seed, 1).map(({ law }) => law);
  known.set(seed, laws);
  return laws;
}

/** The first law that is broken with the fault and holds without it. */
function findFault(tree: string): Broken | undefined {
  for (let seed = first; seed < first + most; ) {
    const found = brokenIn(tree, seed, first + most - seed);
    const news = found.find(({ law, seed: of }) => !withoutFault(of).includes(law));
    if (news || found.length === 0) return news;
    seed = Math.max(...found.map(({ seed: of }) => of)) + 1;
  }
  return undefined;
}

/** Makes the changes; answers what puts everything back. */
function change(changes: readonly Change[]): () => void {
  const undone = changes.map(({ file, find, put }) => {
    const path = join(home, file);
    const whole = readFileSync(path, 'utf8');
    if (whole.split(find).length !== 2) throw new Error(`${file} does not hold it once: ${find}`);
    writeFileSync(
      path,
      whole.replace(find, () => put),
    );
    return () => writeFileSync(path, whole);
  });
  return () => {
    for (const undo of undone.reverse()) undo();
  };
}

function plant(planted: PlantedFault): boolean {
  const { coveredBy = [] } = planted;
  const checks = values.alone ? [] : coveredBy;
  const without = checks.map(({ check }) => `, without: ${check}`).join('');
  const fault = `${planted.fault}${without}`;
  const undo = change([planted, ...checks]);
  const found = findFault(home);
  undo();
  const stories = found ? found.seed - first + 1 : most;
  const years = (stories * SESSIONS) / SESSIONS_A_YEAR;
  const isAlone = checks.length === 0;
  tellReport({ fault: planted.fault, isAlone, years, law: found?.law });
  console.log(
    found
      ? `found in ${years.toFixed(1)} years  ${fault}  by "${found.law}": ${found.text.slice(0, 150)}`
      : `NOT found in ${years.toFixed(1)} years  ${fault}`,
  );
  return found !== undefined;
}

/** Written after each fault: the next one may take minutes. */
function tellReport(finding: Finding): void {
  if (!values.report) return;
  const before = existsSync(page) ? readFileSync(page, 'utf8') : '';
  writeFileSync(page, reportText(before, PLANTED_GROUPS, [finding]));
}

const words = positionals.join(' ');
const named = Object.entries(PLANTED_GROUPS).flatMap(([title, faults]) =>
  faults.filter(({ fault }) => fault.includes(words) || title === words),
);
const chosen = named.filter((_, place) => place % parts === part - 1);
try {
  copyTree(root, home);
  const found = chosen.filter(plant).length;
  console.log(`${found} of ${chosen.length} found`);
  process.exitCode = found === chosen.length && found > 0 ? 0 : 1;
} finally {
  rmSync(home, { recursive: true, force: true });
}
