/** How urgent an alert is, least urgent first. */
export type Severity = 'info' | 'warning' | 'error' | 'critical';

/** Something a person should know. `subject` is what makes two alerts the same trouble. */
export interface Alert {
  readonly subject: string;
  readonly severity: Severity;
  /** A short name of the trouble: `order refused`, `data late`. */
  readonly title: string;
  /** One or two sentences: the thing, what was expected, what was found. */
  readonly text: string;
  /** The action to take, or the one that Rotor takes by itself. */
  readonly remedy: string;
}
