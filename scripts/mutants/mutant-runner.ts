/**
 * A vitest runner that runs each test once unchanged, and then once for each mutant that the test reached
 * and no test has killed yet. Nothing is restarted or reloaded for a mutant.
 */
import { relative } from 'node:path';
import { type RunnerTestCase, type RunnerTestFile, TestRunner } from 'vitest';
import { killedIn, note, stepsIn } from './progress.ts';
import { createSwitch } from './switch.ts';

/** The real timers, even if a test fakes the clock. */
const { setTimeout, clearTimeout } = globalThis;

/** A test hangs after this multiple of its normal duration, and not before a minimum. */
const TIMES_LONGER = 30;
const AT_LEAST_MS = 20_000;

const progress = process.env['MUTANTS_PROGRESS'] ?? '';
const one = process.env['MUTANT'];
const mutants = createSwitch(one === undefined ? undefined : Number(one));
Object.assign(globalThis, { __mutants: mutants });

const nameOf = ({ file, name }: RunnerTestCase): string =>
  `${relative(process.cwd(), file.filepath)}: ${name}`;

// Vitest uses the default export of its runner's file.
export default class MutantRunner extends TestRunner {
  readonly #killed = new Set(killedIn(stepsIn(progress)));

  async runTask(test: RunnerTestCase): Promise<void> {
    const run = async (): Promise<void> => TestRunner.getTestFn(test)();
    if (one !== undefined) return run();
    this.#noteMet(test, true);
    const begun = performance.now();
    if (await turnsRed(run, Infinity)) {
      return note(progress, { kind: 'red', test: nameOf(test), said: 'without a mutant' });
    }
    const limitMs = Math.max(AT_LEAST_MS, (performance.now() - begun) * TIMES_LONGER);
    for (const id of this.#noteMet(test, false)) {
      if (!this.#killed.has(id)) await this.#tryMutant(test, id, run, limitMs);
    }
    mutants.met();
  }

  async #tryMutant(
    test: RunnerTestCase,
    id: number,
    run: () => Promise<void>,
    limitMs: number,
  ): Promise<void> {
    note(progress, { kind: 'try', id, test: nameOf(test) });
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

  #noteMet({ file }: RunnerTestCase, loading: boolean): readonly number[] {
    const ids = mutants.met();
    const tests = relative(process.cwd(), file.filepath);
    if (ids.length > 0) note(progress, { kind: 'met', tests, loading, ids });
    return ids;
  }

  override onAfterRunFiles(files: RunnerTestFile[]): void {
    super.onAfterRunFiles(files);
    for (const { filepath } of files) {
      note(progress, { kind: 'done', tests: relative(process.cwd(), filepath) });
    }
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
