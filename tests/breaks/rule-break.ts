/** One rule of the trading core broken in the plainest way, and the test that must notice. */
export interface RuleBreak {
  /** The rule in words, as it stands while nothing is broken. */
  readonly rule: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  /** What takes its place. */
  readonly put: string;
  /** The test file that must turn red. */
  readonly tests: string;
  /** A part of the name of the test in it that must. */
  readonly test: string;
}
