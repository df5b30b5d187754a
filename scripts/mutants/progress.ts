/** The file in which a run of tests writes down what became of each mutant, line by line. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** One thing that happened. */
export type Step =
  /** A test is green without a mutant, and came by these; `loading` while its file was loaded. */
  | {
      readonly kind: 'met';
      readonly tests: string;
      readonly loading: boolean;
      readonly ids: readonly number[];
    }
  | { readonly kind: 'try'; readonly id: number; readonly test: string }
  | { readonly kind: 'killed'; readonly id: number; readonly test: string }
  /** Red without any mutant, or red after one: what it says counts for nothing. */
  | { readonly kind: 'red'; readonly test: string; readonly said: string }
  | { readonly kind: 'done'; readonly tests: string };

/** Adds one line. */
export function note(file: string, step: Step): void {
  appendFileSync(file, `${JSON.stringify(step)}\n`);
}

/** Everything so far; nothing where no line was written yet. */
export function stepsIn(file: string): readonly Step[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line): Step => JSON.parse(line));
}

/** The mutants that some test has turned red for. */
export function killedIn(steps: readonly Step[]): ReadonlySet<number> {
  return new Set(steps.flatMap((step) => (step.kind === 'killed' ? [step.id] : [])));
}
