/** Signs of life of the process, on a clock that never jumps. */

export interface Pulse {
  /** The engine's tick came, or its start went on. */
  ticked(): void;
  /** The engine does what is due: from the first call until it ends. */
  atWork(): void;
  workEnded(): void;
  /** A look at the broker has ended. */
  looked(answered: boolean): void;
  /** The lease was renewed, which writes to the journal's disk; or why not. */
  renewed(problem?: string): void;
  ages(): PulseAges;
}

/** Milliseconds since each; undefined for what did not happen yet. */
export interface PulseAges {
  readonly upMs: number;
  /** Between two looks. */
  readonly intervalMs: number;
  readonly ticks: number;
  readonly tickMs: number | undefined;
  /** Since the work began that goes on. */
  readonly workMs: number | undefined;
  readonly lookMs: number | undefined;
  /** Since the broker last answered everything that a look asks. */
  readonly answerMs: number | undefined;
  readonly renewMs: number | undefined;
  readonly renewProblem: string | undefined;
}

export function createPulse(now: () => number, intervalMs: number): Pulse {
  const began = now();
  const at: Record<'tick' | 'work' | 'look' | 'answer' | 'renew', number | undefined> = {
    tick: undefined,
    work: undefined,
    look: undefined,
    answer: undefined,
    renew: undefined,
  };
  let ticks = 0;
  let renewProblem: string | undefined;
  const since = (instant: number | undefined): number | undefined =>
    instant === undefined ? undefined : now() - instant;
  return {
    ticked() {
      ticks += 1;
      at.tick = now();
    },
    atWork() {
      at.work ??= now();
    },
    workEnded() {
      at.work = undefined;
    },
    looked(answered) {
      at.look = now();
      if (answered) at.answer = now();
    },
    renewed(problem) {
      renewProblem = problem;
      if (problem === undefined) at.renew = now();
    },
    ages: () => ({
      upMs: now() - began,
      intervalMs,
      ticks,
      tickMs: since(at.tick),
      workMs: since(at.work),
      lookMs: since(at.look),
      answerMs: since(at.answer),
      renewMs: since(at.renew),
      renewProblem,
    }),
  };
}
