/** Where the seconds of a start go, said once when both ways have come to their end. */
export interface Stopwatch {
  readonly mark: (step: string) => void;
}

/** The desk may trade, and people see it; they run beside each other. */
const ENDS = ['reconcile', 'header'];

/**
 * @param now milliseconds since the process began
 * @param say `modules 0.62, journal 0.70 …`: when each step ended, in seconds
 */
export function createStopwatch(now: () => number, say: (line: string) => void): Stopwatch {
  const marks = new Map<string, number>();
  return {
    mark(step) {
      if (marks.has(step)) return;
      marks.set(step, now());
      if (!ENDS.includes(step) || !ENDS.every((each) => marks.has(each))) return;
      say([...marks].map(([name, at]) => `${name} ${(at / 1_000).toFixed(2)}`).join(', '));
    },
  };
}
