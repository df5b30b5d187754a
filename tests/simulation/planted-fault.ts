/** One place in the code, and what takes its place. */
export interface Change {
  /** From the root of the repository. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  /** What takes its place. */
  readonly put: string;
}

/** A fault, made by changing one place in the code. */
export interface PlantedFault extends Change {
  /** What is wrong, in words. */
  readonly fault: string;
  /** Further checks that keep the fault from doing any harm: they are removed with it. */
  readonly coveredBy?: readonly SecondCheck[];
  /** Why ordinary simulated years are not known to find it. */
  readonly unfound?: string;
}

/** A check that stands behind another one. */
export interface SecondCheck extends Change {
  /** What it does, in words. */
  readonly check: string;
}
