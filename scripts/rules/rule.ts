/** One thing that a file of the deployment must keep. */
export interface Rule<Subject> {
  readonly name: string;
  readonly says: string;
  /** Where a well-known checklist asks for the same. */
  readonly like?: string;
  /** What breaks it, in words; nothing where it is kept. */
  readonly faults: (subject: Subject) => readonly string[];
}

/** The names of the rules that are broken. */
export function broken<S>(rules: readonly Rule<S>[], subject: S): readonly string[] {
  return rules.filter(({ faults }) => faults(subject).length > 0).map(({ name }) => name);
}
