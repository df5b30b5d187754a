/** What goes round while Rotor runs: the engine's tick, the looks, the lease, health and heartbeat. */
import type { Bot } from '#bot/bot.ts';
import type { RunningEngine } from '#core/engine/engine.ts';
import { OccupiedError, sentence } from '#core/errors.ts';
import type { Heartbeat, Journal, Log } from '#core/ports.ts';
import type { Lease } from '#core/store/lease.ts';
import { cronHeartbeat } from '#src/time.ts';
import { createPulse, type Pulse } from './activity.ts';
import type { Starts } from './crash-loop.ts';
import { type HealthParts, startHealth } from './health.ts';
import type { Ending, Life } from './lifecycle.ts';
import type { Vitals } from './readiness.ts';
import { createWatchdog } from './watchdog.ts';

export interface RoundsParts {
  readonly life: Life;
  readonly engine: RunningEngine;
  readonly bot: Bot;
  readonly journal: Journal;
  /** Undefined when there is no journal to hold. */
  readonly lease: Lease | undefined;
  readonly starts: Starts;
  /** The market of the sandbox; elsewhere the machine's own time. */
  readonly followed: Heartbeat | undefined;
  readonly health: Pick<HealthParts, 'config' | 'build' | 'scrub'>;
  readonly log: Log;
}

/** The sandbox's market runs faster than people, so it is looked at more often. */
const SANDBOX_LOOKS = { cron: '* * * * * *', intervalMs: 3_000, beats: '*/5 * * * * *' };
const LOOKS = { cron: '*/15 * * * * *', intervalMs: 15_000, beats: '0 * * * * *' };
const WATCHES = '*/15 * * * * *';
/** A step that hangs is cut off: the next start goes on with it. */
const ENGINE_MS = 2_000;
const FAREWELL_MS = 6_000;

export async function goRound(parts: RoundsParts): Promise<void> {
  const { life, engine, bot, followed, lease, starts } = parts;
  const times = followed ? SANDBOX_LOOKS : LOOKS;
  const pulse = createPulse(() => performance.now(), times.intervalMs);
  const forget = engine.listen(pulse.ticked);
  const health = await startHealth({
    ...parts.health,
    log: parts.log,
    now: () => performance.now(),
    vitals: () => vitalsOf(parts, pulse),
  });
  life.onEnd('health', health.close);
  life.onEnd(
    'health port',
    every('*/5 * * * * *', () => void health.again()),
  );
  // Before the start: it may take longer than a lease lasts.
  if (lease) life.onEnd('renewals', every('*/3 * * * * *', renewer(lease, pulse, life)));
  const reasonOf = ({ why }: Ending): string =>
    why === undefined ? 'by signal' : parts.health.scrub(firstLine(why));
  life.onEnd('discord', (how) => bot.stop(reasonOf(how)), FAREWELL_MS);
  life.onEnd('engine', (how) => engine.stop(reasonOf(how)), ENGINE_MS);

  await Promise.all([engine.start(), bot.start()]);
  forget();
  const look = looker(parts, pulse);
  const unsafe = starts.reason();
  if (unsafe !== undefined) {
    parts.log.error(`SAFE MODE: ${unsafe}`);
    look();
  }
  const wake = (): void => {
    pulse.ticked();
    pulse.atWork();
    void engine.wake().then(pulse.workEnded, life.fail);
  };
  life.onEnd('looks', every(times.cron, look));
  life.onEnd('watchdog', every(WATCHES, createWatchdog(pulse.ages, life.fail)));
  life.onEnd(
    'beats',
    every(times.beats, () => void health.deadMan.beat()),
  );
  life.onEnd('wakes', (followed ?? cronHeartbeat('*/5 * * * * *')).every(wake));
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

function every(cron: string, act: () => void): () => void {
  return cronHeartbeat(cron).every(act);
}

/** At once, and then again and again: whoever waits for the lease sees that we live. */
function renewer(lease: Lease, pulse: Pulse, life: Life): () => void {
  const renew = (): void => {
    try {
      lease.renew();
      pulse.renewed();
    } catch (error) {
      if (error instanceof OccupiedError) life.fail(error);
      else pulse.renewed(`journal: the lease cannot be renewed: ${sentence(error)}`);
    }
  };
  renew();
  return renew;
}

/** One look at a time. In safe mode even one that fails ends nothing. */
function looker({ engine, starts, life, log }: RoundsParts, pulse: Pulse): () => void {
  let looking = false;
  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    try {
      await engine.look();
      pulse.looked(engine.observation().broker.connected);
    } catch (error) {
      if (starts.reason() === undefined) return life.fail(error);
      log.warn(`in safe mode: ${sentence(error)}`);
      pulse.looked(false);
    } finally {
      looking = false;
    }
  }
  return () => void look();
}

function vitalsOf({ engine, journal, bot }: RoundsParts, pulse: Pulse): Vitals {
  return {
    book: engine.book(),
    seen: engine.observation(),
    doubt: journal.doubt(),
    comparedAt: engine.comparedAt(),
    discord: bot.health(),
    pulse: pulse.ages(),
  };
}
