/** A change of one place in the code. */
export interface PlantedFault {
  /** What is wrong, in words. */
  readonly fault: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  /** What takes its place. */
  readonly put: string;
}
