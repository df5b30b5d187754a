/** The file in which a test run records the result of each mutant, line by line. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** One recorded event. */
export type Step =
  /** A test is green without a mutant, and reached these; `loading` while its file was loaded. */
  | {
      readonly kind: 'met';
      readonly tests: string;
      readonly loading: boolean;
      readonly ids: readonly number[];
    }
  | { readonly kind: 'try'; readonly id: number; readonly tests: string; readonly test: string }
  | { readonly kind: 'killed'; readonly id: number; readonly test: string }
  /** Red without any mutant, or red after one: its results do not count. */
  | { readonly kind: 'red'; readonly test: string; readonly said: string }
  | { readonly kind: 'done'; readonly tests: string };

/** Adds one line. */
export function note(file: string, step: Step): void {
  appendFileSync(file, `${JSON.stringify(step)}\n`);
}

/** All events so far; empty if none was recorded yet. */
export function stepsIn(file: string): readonly Step[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line): Step => JSON.parse(line));
}

/** Mutants for which a test failed. */
export function killedIn(steps: readonly Step[]): ReadonlySet<number> {
  return new Set(steps.flatMap((step) => (step.kind === 'killed' ? [step.id] : [])));
}
