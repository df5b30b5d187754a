/**
 * A vitest runner that runs each test once unchanged, and then once for each mutant that the test reached
 * and no test has killed yet. Nothing is restarted or reloaded for a mutant. A limited number of tests try
 * a mutant, only some of them from one file, because those that no test detects cost most of the time.
 */
import { basename, relative } from 'node:path';
import { type RunnerTestCase, type RunnerTestFile, type RunnerTestSuite, TestRunner } from 'vitest';
import { killedIn, note, stepsIn } from './progress.ts';
import { createSwitch } from './switch.ts';

/** The real timers, even if a test fakes the clock. */
const { setTimeout, clearTimeout } = globalThis;

/** A test hangs after this multiple of its normal duration, and not before a minimum. */
const TIMES_LONGER = 30;
const AT_LEAST_MS = 20_000;

/** The tests for a mutant are from at least this many files, apart from tests of the same name. */
const FILES = 4;

const progress = process.env['MUTANTS_PROGRESS'] ?? '';
const one = process.env['MUTANT'];
const sources = (process.env['MUTANTS_SOURCES'] ?? '').split('\n');
const ownNames = new Set(sources.map((file) => basename(file, '.ts')));
const count = Number(process.env['MUTANTS_COUNT']);
const mostTests = Number(process.env['MUTANTS_TESTS']);
const mutants = createSwitch(one === undefined ? undefined : Number(one));
Object.assign(globalThis, { __mutants: mutants });

const fileOf = ({ file }: RunnerTestCase): string => relative(process.cwd(), file.filepath);
const nameOf = (test: RunnerTestCase): string => `${fileOf(test)}: ${test.name}`;

// Vitest uses the default export of its runner's file.
export default class MutantRunner extends TestRunner {
  readonly #killed: Set<number>;
  /** Number of tests that did not detect a mutant, by mutant and also by test file. */
  readonly #tries = new Map<number | string, number>();

  // One runner is created for each test file.
  constructor(...given: ConstructorParameters<typeof TestRunner>) {
    super(...given);
    const steps = stepsIn(progress);
    this.#killed = new Set(killedIn(steps));
    for (const step of steps) if (step.kind === 'try') this.#countTry(step.id, step.tests);
  }

  async runTask(test: RunnerTestCase): Promise<void> {
    const run = async (): Promise<void> => TestRunner.getTestFn(test)();
    if (one !== undefined) return run();
    if (this.#killed.size === count) return;
    this.#noteMet(test, true);
    const begun = performance.now();
    if (await turnsRed(run, Infinity)) {
      return note(progress, { kind: 'red', test: nameOf(test), said: 'without a mutant' });
    }
    const again = async (): Promise<void> => renew(test).then(run);
    const limitMs = Math.max(AT_LEAST_MS, (performance.now() - begun) * TIMES_LONGER);
    for (const id of this.#noteMet(test, false)) {
      if (!this.#killed.has(id) && this.#mayTry(id, test)) {
        await this.#tryMutant(test, id, again, limitMs);
      }
    }
    mutants.met();
  }

  async #tryMutant(
    test: RunnerTestCase,
    id: number,
    run: () => Promise<void>,
    limitMs: number,
  ): Promise<void> {
    note(progress, { kind: 'try', id, tests: fileOf(test), test: nameOf(test) });
    mutants.turnOn(id);
    const isRed = await turnsRed(run, limitMs);
    mutants.turnOff();
    if (!isRed) return;
    // The mutant may have left state in the process that turns the test red.
    if (await turnsRed(run, limitMs)) {
      note(progress, { kind: 'red', test: nameOf(test), said: `after mutant ${id}` });
      return;
    }
    this.#killed.add(id);
    note(progress, { kind: 'killed', id, test: nameOf(test) });
  }

  #mayTry(id: number, test: RunnerTestCase): boolean {
    if (ownNames.has(basename(fileOf(test), '.test.ts'))) return true;
    const all = this.#tries.get(id) ?? 0;
    const ofFile = this.#tries.get(`${id} ${fileOf(test)}`) ?? 0;
    if (all >= mostTests || ofFile >= mostTests / FILES) return false;
    this.#countTry(id, fileOf(test));
    return true;
  }

  #countTry(id: number, tests: string): void {
    for (const key of [id, `${id} ${tests}`]) this.#tries.set(key, (this.#tries.get(key) ?? 0) + 1);
  }

  #noteMet(test: RunnerTestCase, loading: boolean): readonly number[] {
    const ids = mutants.met();
    if (ids.length > 0) note(progress, { kind: 'met', tests: fileOf(test), loading, ids });
    return ids;
  }

  override onAfterRunFiles(files: RunnerTestFile[]): void {
    super.onAfterRunFiles(files);
    for (const { filepath } of files) {
      note(progress, { kind: 'done', tests: relative(process.cwd(), filepath) });
    }
  }
}

/** Ends the last run of the test and begins the next one, with a new folder and whatever else it needs. */
async function renew(test: RunnerTestCase): Promise<void> {
  const suites: RunnerTestSuite[] = [];
  for (let { suite } = test; suite; suite = suite.suite) suites.push(suite);
  suites.push(test.file);
  const hooks = (name: 'beforeEach' | 'afterEach') =>
    suites.map((suite) => ({ suite, hooks: TestRunner.getSuiteHooks(suite)[name] }));
  for (const { suite, hooks: all } of hooks('afterEach')) {
    for (const hook of all.toReversed()) await hook(test.context, suite);
  }
  for (const { suite, hooks: all } of hooks('beforeEach').reverse()) {
    for (const hook of all) await hook(test.context, suite);
  }
}

async function turnsRed(run: () => Promise<void>, limitMs: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<true>((resolve) => {
    if (limitMs < Infinity) timer = setTimeout(() => resolve(true), limitMs);
  });
  const red = run().then(
    () => false,
    () => true,
  );
  const isRed = await Promise.race([red, late]);
  clearTimeout(timer);
  return isRed;
}
