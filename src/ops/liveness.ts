/**
 * Whether the process makes progress: records activity on a monotonic clock, evaluates it, and ends a
 * process whose engine hangs. A blocked event loop can only be detected by another process:
 * `healthcheck.ts`.
 */

/** Records activity of the engine and the lease. */
export interface Activity {
  /** The engine ticked, or its start made progress. */
  ticked(): void;
  /** The engine is working, from the first call until `workEnded`. */
  atWork(): void;
  workEnded(): void;
  /** A refresh from the broker has ended. */
  refreshed(answered: boolean): void;
  /** The lease was renewed, which writes to the journal's disk; or why it was not. */
  renewed(problem?: string): void;
  ages(): ActivityAges;
}

/** Milliseconds since each; undefined if it has not happened yet. */
export interface ActivityAges {
  readonly upMs: number;
  /** Interval of refreshes. */
  readonly intervalMs: number;
  readonly ticks: number;
  readonly tickMs: number | undefined;
  /** Since the current work began. */
  readonly workMs: number | undefined;
  readonly refreshMs: number | undefined;
  /** Since the broker last answered all requests of a refresh. */
  readonly answerMs: number | undefined;
  readonly renewMs: number | undefined;
  readonly renewProblem: string | undefined;
}

/** Starts counting. `now` returns monotonic milliseconds. */
export function createActivity(now: () => number, intervalMs: number): Activity {
  const began = now();
  const at: Partial<Record<'tick' | 'work' | 'look' | 'answer' | 'renew', number | undefined>> = {};
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
    refreshed(answered) {
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
      refreshMs: since(at.look),
      answerMs: since(at.answer),
      renewMs: since(at.renew),
      renewProblem,
    }),
  };
}

/** One missed interval is allowed, two are an error. */
export const MISSED_INTERVALS = 2;
/** A refresh takes at most half a minute, whatever the broker does; this is far more. */
const HUNG_MS = 90_000;
/** A rebalance waits ten minutes for its sells and ten for its buys; this is far more. */
const STUCK_MS = 2 * 60 * 60_000;
/** The very first start fetches years of bars. */
const STARTING_MS = 10 * 60_000;

/**
 * Whether the process is alive: it answers, and the engine's refreshes and work complete. External services
 * do not count: a broker outage must not restart a healthy process.
 */
export function liveness(ages: ActivityAges): { readonly alive: boolean; readonly detail: string } {
  const { upMs, refreshMs, workMs = 0, tickMs = upMs } = ages;
  if (refreshMs === undefined) {
    return { alive: tickMs <= STARTING_MS, detail: `starting for ${seconds(upMs)}` };
  }
  if (workMs > STUCK_MS) return { alive: false, detail: atWork(workMs) };
  const hungMs = Math.max(HUNG_MS, MISSED_INTERVALS * ages.intervalMs);
  return { alive: refreshMs <= hungMs, detail: `looked ${seconds(refreshMs)} ago` };
}

/** How long the current work has taken, as text. */
export function atWork(workMs: number): string {
  return `working for ${seconds(workMs)}`;
}

/** A duration in whole seconds, as text. */
export function seconds(durationMs: number): string {
  return `${Math.round(durationMs / 1_000)} s`;
}

/** Consecutive failed checks: a process that was suspended completes a refresh before that. */
export const CHECKS_UNTIL_HUNG = 4;

/** Returns a check to run every few seconds; calls `fail` once, when the engine hangs. */
export function createWatchdog(ages: () => ActivityAges, fail: (error: Error) => void): () => void {
  let stuck = 0;
  return () => {
    const { alive, detail } = liveness(ages());
    stuck = alive ? 0 : stuck + 1;
    if (stuck === CHECKS_UNTIL_HUNG) fail(new Error(`the engine hangs: ${detail}`));
  };
}
