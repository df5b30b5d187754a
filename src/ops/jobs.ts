/**
 * Everything that repeats while Rotor runs: the engine's ticks and refreshes, the lease, health, the dead
 * man's switch.
 */
import type { RunningEngine } from '#core/engine/engine.ts';
import { OccupiedError, sentence } from '#core/errors.ts';
import type { Journal, Log, Pacer } from '#core/ports.ts';
import type { Lease } from '#core/store/lease.ts';
import { createPacer, createStepWatch, cronHeartbeat } from '#src/time.ts';
import type { SafeMode } from './crash-loop.ts';
import { type Health, type HealthParts, startHealth } from './health.ts';
import type { Lifecycle, ProcessEnd } from './lifecycle.ts';
import { type Activity, createActivity, createWatchdog } from './liveness.ts';
import type { HealthInputs } from './readiness.ts';
import { createReplicaWatch, type ReplicaWatch } from './replica-watch.ts';

/** The part of the bot needed to start, stop and monitor it. */
interface RunningBot {
  start(): Promise<void>;
  stop(reason: string): Promise<void>;
  health(): HealthInputs['discord'];
}

/** Dependencies of startJobs. */
export interface JobsParts {
  readonly lifecycle: Lifecycle;
  readonly engine: RunningEngine;
  readonly bot: RunningBot;
  readonly journal: Journal;
  /** Undefined when the journal could not be opened. */
  readonly lease: Lease | undefined;
  readonly safeMode: SafeMode;
  /** The sandbox's market clock; elsewhere undefined. */
  readonly followed: Pacer | undefined;
  readonly health: Pick<HealthParts, 'config' | 'build' | 'scrub'>;
  /** Whether a replica of the journal is expected. */
  readonly replicaWatch: boolean;
  readonly log: Log;
}

/**
 * Intervals in milliseconds. The sandbox's market runs faster than real time, so it is refreshed more
 * often.
 */
const SANDBOX_TIMING = { looks: 1_000, intervalMs: 3_000, pings: 5_000 };
const TIMING = { looks: 15_000, intervalMs: 15_000, pings: 60_000 };
const TICKS_MS = 5_000;
const RENEWALS_MS = 3_000;
const PORT_RETRIES_MS = 5_000;
const WATCHDOG_MS = 15_000;
/** The start of the trading window, in summer and in winter: the engine ticks at exactly that second. */
const WINDOW_OPENS_UTC = '35 13,14 * * 1-5';
/** A step that hangs is cut off: the next start continues it. */
const ENGINE_STOP_MS = 2_000;
const BOT_STOP_MS = 6_000;

/** Starts engine, bot and all repeated jobs; each ends at shutdown. */
export async function startJobs(parts: JobsParts): Promise<void> {
  const { lifecycle, engine, bot, followed, lease, safeMode } = parts;
  const timing = followed ? SANDBOX_TIMING : TIMING;
  const activity = createActivity(() => performance.now(), timing.intervalMs);
  const forget = engine.listen(activity.ticked);
  const replica = replicaOf(parts);
  const health = await healthOf(parts, activity, replica);
  lifecycle.onShutdown(
    'health port',
    every(PORT_RETRIES_MS, () => void health.retryListen()),
  );
  // Before the engine starts, which may take longer than the lease lasts.
  if (lease) {
    lifecycle.onShutdown(
      'renewals',
      every(RENEWALS_MS, createRenewJob(lease, activity, lifecycle)),
    );
  }
  closeWithReason(parts);

  await Promise.all([engine.start(), bot.start()]);
  forget();
  const refresh = createRefreshJob(parts, activity);
  const unsafe = safeMode.safeModeReason();
  if (unsafe !== undefined) {
    parts.log.error(`SAFE MODE: ${unsafe}`);
    refresh();
  }
  const watch = createWatchdog(activity.ages, lifecycle.fail);
  const tick = createTickJob(parts, activity);
  lifecycle.onShutdown('looks', every(timing.looks, refresh));
  lifecycle.onShutdown('watchdog', every(WATCHDOG_MS, watch));
  lifecycle.onShutdown('replica', every(WATCHDOG_MS, replica.look));
  lifecycle.onShutdown(
    'pings',
    every(timing.pings, () => void health.deadMansSwitch.ping()),
  );
  lifecycle.onShutdown('clock steps', every(TICKS_MS, stepWatch(parts.log)));
  lifecycle.onShutdown('ticks', (followed ?? createPacer(TICKS_MS)).every(tick));
  if (!followed) {
    lifecycle.onShutdown('window ticks', cronHeartbeat(WINDOW_OPENS_UTC).every(tick));
  }
}

function every(periodMs: number, act: () => void): () => void {
  return createPacer(periodMs).every(act);
}

function stepWatch(log: Log): () => void {
  return createStepWatch(Date.now, () => performance.now(), log.warn);
}

function replicaOf({ replicaWatch, journal, log }: JobsParts): ReplicaWatch {
  const now = (): number => performance.now();
  return createReplicaWatch({ isExpected: replicaWatch, journal, now, log });
}

async function healthOf(
  parts: JobsParts,
  activity: Activity,
  replica: ReplicaWatch,
): Promise<Health> {
  const health = await startHealth({
    ...parts.health,
    log: parts.log,
    now: () => performance.now(),
    inputs: () => healthInputs(parts, activity),
    onReplica: replica.heard,
  });
  parts.lifecycle.onShutdown('health', health.close);
  return health;
}

function closeWithReason({ lifecycle, engine, bot, health }: JobsParts): void {
  const reasonOf = ({ why }: ProcessEnd): string =>
    why === undefined ? 'Ctrl-C or a stop of its service' : health.scrub(why.split('\n')[0] ?? '');
  lifecycle.onShutdown('discord', (how) => bot.stop(reasonOf(how)), BOT_STOP_MS);
  lifecycle.onShutdown('engine', (how) => engine.stop(reasonOf(how)), ENGINE_STOP_MS);
}

/**
 * Renews at once and then periodically, so that a process waiting for the lease sees that this one is
 * alive.
 */
function createRenewJob(lease: Lease, activity: Activity, { fail }: Lifecycle): () => void {
  const renew = (): void => {
    try {
      lease.renew();
      activity.renewed();
    } catch (error) {
      if (error instanceof OccupiedError) fail(error);
      else activity.renewed(`journal: the lease cannot be renewed: ${sentence(error)}`);
    }
  };
  renew();
  return renew;
}

function createTickJob({ engine, lifecycle }: JobsParts, activity: Activity): () => void {
  return () => {
    activity.ticked();
    activity.atWork();
    void engine.wake().then(activity.workEnded, lifecycle.fail);
  };
}

/** One refresh at a time. In safe mode a failed refresh does not end the process. */
function createRefreshJob(
  { engine, safeMode, lifecycle, log }: JobsParts,
  activity: Activity,
): () => void {
  let isRefreshing = false;
  async function refresh(): Promise<void> {
    if (isRefreshing) return;
    isRefreshing = true;
    try {
      await engine.look();
      activity.refreshed(engine.observation().broker.connected);
    } catch (error) {
      if (safeMode.safeModeReason() === undefined) return lifecycle.fail(error);
      log.warn(`in safe mode: ${sentence(error)}`);
      activity.refreshed(false);
    } finally {
      isRefreshing = false;
    }
  }
  return () => void refresh();
}

function healthInputs({ engine, journal, bot }: JobsParts, activity: Activity): HealthInputs {
  return {
    book: engine.book(),
    seen: engine.observation(),
    doubt: journal.doubt(),
    comparedAt: engine.comparedAt(),
    discord: bot.health(),
    activity: activity.ages(),
  };
}
