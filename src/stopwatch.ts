/** Where the seconds of a start go. Steps that run beside each other each end at their own time. */
export interface Stopwatch {
  readonly mark: (step: string) => void;
  /** `modules 0.62 s, config 0.01 s …`: each from the end of the one before. */
  line(): string;
}

/** @param now milliseconds since the process began. */
export function createStopwatch(now: () => number): Stopwatch {
  const marks: { readonly step: string; readonly at: number }[] = [];
  return {
    mark: (step) => void marks.push({ step, at: now() }),
    line: () => marks.map(({ step, at }) => `${step} ${(at / 1_000).toFixed(2)}`).join(', '),
  };
}
