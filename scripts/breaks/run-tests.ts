/** Runs test files in a copy of the tree, however long that takes, and detects hangs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** One test in vitest's JSON report. */
interface Test {
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

/** The parts of vitest's JSON report used here. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly Test[];
  }[];
}

/**
 * A run hangs when no test has ended for this long. A slow machine takes longer in total, but never this
 * long for one test, so the verdict does not depend on speed.
 */
export const HANG_MS = 15 * 60_000;

/** Disables each test's own limit, which a slow machine would exceed. The limit above stays. */
const NO_LIMITS = ['--testTimeout=0', '--hookTimeout=0'];

/**
 * Runs vitest in `folder`.
 * @returns its report, or `hung` when no test ended for {@link HANG_MS}.
 * @throws Error when vitest ends without a report.
 */
export async function runTests(
  folder: string,
  options: readonly string[],
): Promise<Report | 'hung'> {
  const output = join(folder, 'report.json');
  rmSync(output, { force: true });
  const tool = join('node_modules', 'vitest', 'vitest.mjs');
  // The verbose reporter prints each test when it ends, which shows progress.
  const reporting = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${output}`];
  const args = [tool, 'run', '--pool=threads', ...reporting, ...NO_LIMITS, ...options];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  if (await endsOrHangs(child, HANG_MS)) return 'hung';
  if (!existsSync(output)) throw new Error(`vitest left no report of ${options.join(' ')}`);
  return JSON.parse(readFileSync(output, 'utf8'));
}

/** A process that prints its progress. */
export type Printing = Pick<ChildProcess, 'stdout' | 'once' | 'kill'>;

/** Resolves when the process ends: true when it was killed because it printed nothing for `hangMs`. */
export async function endsOrHangs(child: Printing, hangMs: number): Promise<boolean> {
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    child.kill('SIGKILL');
  }, hangMs);
  child.stdout?.on('data', () => timer.refresh());
  await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  return hung;
}

/** The tests of one file with that status in a report. */
export function testsOf(report: Report, file: string, status: string): readonly Test[] {
  return report.testResults
    .filter(({ name }) => name.endsWith(file))
    .flatMap(({ assertionResults }) => assertionResults)
    .filter((test) => test.status === status);
}
