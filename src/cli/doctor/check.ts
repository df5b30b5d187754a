/** One outside thing that Rotor needs. */
export interface Check {
  readonly name: string;
  readonly pass: boolean;
  /** What was found. */
  readonly detail: string;
  /** What to do where it did not pass; empty where it did. */
  readonly remedy: string;
}

/** A check that found what it wants. */
export function pass(name: string, detail: string): Check {
  return { name, pass: true, detail, remedy: '' };
}

/** A check that did not, and what to do. */
export function fail(name: string, detail: string, remedy: string): Check {
  return { name, pass: false, detail, remedy };
}

/** A check in one line for people, its remedy below. */
export function lineOf({ name, pass, detail, remedy }: Check): string {
  const line = `${pass ? 'pass' : 'FAIL'}  ${name}: ${detail}`;
  return pass ? line : `${line}\n      ${remedy}`;
}

/** What went wrong, in one line; never a stack. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error);
}
