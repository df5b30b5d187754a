/** One external service or resource that Rotor needs. */
export interface Check {
  readonly name: string;
  readonly pass: boolean;
  /** The finding. */
  readonly detail: string;
  /** Remedy if it failed; empty if it passed. */
  readonly remedy: string;
}

/** A passed check. */
export function pass(name: string, detail: string): Check {
  return { name, pass: true, detail, remedy: '' };
}

/** A failed check, and what to do. */
export function fail(name: string, detail: string, remedy: string): Check {
  return { name, pass: false, detail, remedy };
}

/** A check in one line, followed by its remedy. */
export function lineOf({ name, pass, detail, remedy }: Check): string {
  const line = `${pass ? 'pass' : 'FAIL'}  ${name}: ${detail}`;
  return pass ? line : `${line}\n      ${remedy}`;
}

/** The error in one line; never a stack. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error);
}
