/** The market's actual speed, which is lower than requested while it waits for Rotor. */
import type { EpochMs } from '#core/domain/units.ts';
import type { MarketTime } from '#core/market-time/market-time.ts';
import { activeBetween, FULL_WINDOW_MS } from '#core/market-time/time-scale.ts';

interface Sample {
  readonly realMs: number;
  readonly marketMs: EpochMs;
  readonly speed: number;
}

/** Real milliseconds of the measurement; no result before a fifth of them. */
const WITHIN_MS = 10_000;
const AT_LEAST_MS = WITHIN_MS / 5;

/**
 * Returns sessions per second since the speed was set, over ten seconds at most; call it about twice a
 * second.
 */
export function createReached(
  time: Pick<MarketTime, 'now' | 'speed'>,
  realNow: () => number,
): () => number | undefined {
  let samples: readonly Sample[] = [];
  return () => {
    const now = { realMs: realNow(), marketMs: time.now(), speed: time.speed() };
    samples = [...samples, now].filter(
      ({ realMs, speed }) => now.realMs - realMs <= WITHIN_MS && speed === now.speed,
    );
    const first = samples[0] ?? now;
    const realMs = now.realMs - first.realMs;
    if (now.speed === 0 || realMs < AT_LEAST_MS) return undefined;
    return (activeBetween(first.marketMs, now.marketMs) / FULL_WINDOW_MS / realMs) * 1000;
  };
}
