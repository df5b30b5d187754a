/** Runs the related tests against every mutant of some files. */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Mutant, mutantsOf } from './mutants.ts';
import { killedIn, note, stepsIn } from './progress.ts';
import { type Imports, relatedTests } from './related-tests.ts';

/** For hangs that no switch notices: a run that records nothing for this long. */
const HANG_MS = 300_000;
const LOOK_MS = 2_000;

/** Settings of one run. */
export interface MutantRun {
  readonly root: string;
  readonly imports: Imports;
  /** The files to change, one place at a time. */
  readonly sources: readonly string[];
  /** Those that count as killed without a try. */
  readonly isKnown: (mutant: Mutant) => boolean;
  /** Most tests that try one mutant. */
  readonly mostTests: number;
  /** Most imports between a test and the source. */
  readonly furthest: number;
  /** The file in which the steps are recorded. */
  readonly progress: string;
}

/** All mutants, and those for which a test failed. */
export interface Outcome {
  readonly mutants: readonly Mutant[];
  readonly killed: ReadonlySet<number>;
  /** Tests without a result: red without a mutant, or after one. */
  readonly red: readonly string[];
}

/** Every mutant of the files in their current state, numbered from 0 in this order. */
export function mutantsIn(root: string, sources: readonly string[]): readonly Mutant[] {
  const found: Mutant[] = [];
  for (const file of sources) {
    found.push(...mutantsOf(file, readFileSync(join(root, file), 'utf8'), found.length));
  }
  return found;
}

/** Tries all: first those reached by tests in one load, then those reached while loading. */
export async function tryMutants(run: MutantRun): Promise<Outcome> {
  const mutants = mutantsIn(run.root, run.sources);
  rmSync(run.progress, { force: true });
  for (const { id } of mutants.filter(run.isKnown)) {
    note(run.progress, { kind: 'killed', id, test: 'an earlier run' });
  }
  const tests = relatedTests(run.imports, run.sources, run.furthest);
  await runAll(run, tests, mutants.length);
  await tryLoaded(run, tests, mutants);
  const steps = stepsIn(run.progress);
  const red = steps.flatMap((step) => (step.kind === 'red' ? [`${step.test}, ${step.said}`] : []));
  return { mutants, killed: killedIn(steps), red };
}

/** After a hang the run continues without the mutant that caused it, which counts as killed. */
async function runAll(run: MutantRun, tests: readonly string[], count: number): Promise<void> {
  for (;;) {
    const steps = stepsIn(run.progress);
    const done = new Set(steps.map((step) => (step.kind === 'done' ? step.tests : '')));
    const left = tests.filter((file) => !done.has(file));
    if (left.length === 0) return;
    if ((await vitest(run, left, { MUTANTS_COUNT: String(count) })) !== 'hung') return;
    const last = stepsIn(run.progress).at(-1);
    if (last?.kind !== 'try') throw new Error(`tests hang without a mutant: ${left.join(' ')}`);
    note(run.progress, { ...last, kind: 'killed' });
  }
}

/** Constants and tables are created while a file is loaded; each needs a run of its own. */
async function tryLoaded(
  run: MutantRun,
  near: readonly string[],
  mutants: readonly Mutant[],
): Promise<void> {
  const steps = stepsIn(run.progress);
  const met = steps.flatMap((step) => (step.kind === 'met' ? [step] : []));
  const loaded = new Set(met.flatMap(({ ids, loading }) => (loading ? ids : [])));
  const killed = killedIn(steps);
  for (const { id, file } of mutants.filter(
    (each) => loaded.has(each.id) && !killed.has(each.id),
  )) {
    const own = new Set(mutants.flatMap((each) => (each.file === file ? [each.id] : [])));
    const reach = new Set(
      met.flatMap(({ ids, tests }) => (ids.some((each) => own.has(each)) ? [tests] : [])),
    );
    const tests = near.filter((each) => reach.has(each)).slice(0, run.mostTests);
    const ended = await vitest(run, tests, { MUTANT: String(id) });
    if (ended !== 0) note(run.progress, { kind: 'killed', id, test: tests.join(' ') });
  }
}

/** The exit code of vitest, or `hung`. */
async function vitest(
  run: MutantRun,
  tests: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number | 'hung' | null> {
  const tool = join(run.root, 'node_modules/vitest/vitest.mjs');
  const options = ['--config', 'scripts/mutants/vitest.config.ts', '--reporter=dot'];
  if (env['MUTANT'] !== undefined) options.push('--bail=1');
  const child = spawn(process.execPath, [tool, 'run', ...options, ...tests], {
    cwd: run.root,
    stdio: 'ignore',
    env: {
      ...process.env,
      ...env,
      MUTANTS_SOURCES: run.sources.join('\n'),
      MUTANTS_TESTS: String(run.mostTests),
      MUTANTS_PROGRESS: run.progress,
    },
  });
  const begun = Date.now();
  let hung = false;
  const timer = setInterval(() => {
    const wrote = statSync(run.progress, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    hung = Date.now() - Math.max(begun, wrote) > HANG_MS;
    if (hung) child.kill('SIGKILL');
  }, LOOK_MS);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(timer);
  return hung ? 'hung' : code;
}
