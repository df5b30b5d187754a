/** The broker's time: trading hours and final bars are determined by the earlier of its clock and ours. */
import type { MarketClock } from '../domain/account.ts';
import { type EpochMs, epochMs, type SessionDate } from '../domain/units.ts';
import { TradingError } from '../errors.ts';
import { barsThrough } from '../scheduler.ts';
import type { EngineParts } from './parts.ts';

/** The broker's clock as of the last request. */
export interface BrokerTime {
  /** The earlier of our clock and the broker's; undefined until the broker has given its time. */
  now(): EpochMs | undefined;
  /** Requests the time. @throws TradingError `retry` when the broker does not answer. */
  ask(): Promise<MarketClock>;
  /** Requests the time unless it is known; without an answer it stays unknown. */
  readOnce(): Promise<void>;
  /** The last session with final bars. @throws TradingError `retry` while the time is unknown. */
  lastComplete(): SessionDate;
}

/** The time is unknown until the first request. */
export function createBrokerTime(parts: Pick<EngineParts, 'broker' | 'clocks'>): BrokerTime {
  const { broker, clocks } = parts;
  /** The broker's clock less ours, milliseconds; at most 0. */
  let behind: number | undefined;

  function now(): EpochMs | undefined {
    return behind === undefined ? undefined : epochMs(clocks.market.now() + behind);
  }

  async function ask(): Promise<MarketClock> {
    const market = await broker.clock();
    // The delay of the answer only makes the broker's clock look slightly late.
    behind = Math.min(0, market.at - clocks.market.now());
    return market;
  }

  return {
    now,
    ask,
    async readOnce() {
      if (behind !== undefined) return;
      try {
        await ask();
      } catch (error) {
        if (!(error instanceof TradingError) || error.remedy !== 'retry') throw error;
      }
    },
    lastComplete() {
      const at = now();
      if (at === undefined)
        throw new TradingError('the broker has not reported its time yet', 'retry');
      return barsThrough(at);
    },
  };
}
