/** One rule for a deployment file. */
export interface Rule<Subject> {
  readonly name: string;
  readonly says: string;
  /** The same rule in a well-known checklist. */
  readonly like?: string;
  /** The violations, as text; empty if the rule is kept. */
  readonly faults: (subject: Subject) => readonly string[];
}

/** Names of the broken rules. */
export function broken<S>(rules: readonly Rule<S>[], subject: S): readonly string[] {
  return rules.filter(({ faults }) => faults(subject).length > 0).map(({ name }) => name);
}
