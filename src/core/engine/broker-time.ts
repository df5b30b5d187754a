/** The broker's time: what may be traded and which bars are final goes by the earlier of its clock and ours. */
import type { MarketClock } from '../domain/account.ts';
import { type EpochMs, epochMs, type SessionDate } from '../domain/units.ts';
import { TradingError } from '../errors.ts';
import { barsThrough } from '../scheduler.ts';
import type { EngineParts } from './parts.ts';

/** The broker's clock as last asked. */
export interface BrokerTime {
  /** The earlier of our clock and the broker's; undefined until the broker has given its time. */
  now(): EpochMs | undefined;
  /** Asks for the time. @throws TradingError `retry` when the broker does not answer. */
  ask(): Promise<MarketClock>;
  /** Asks unless the time is known; without an answer it stays unknown. */
  readOnce(): Promise<void>;
  /** The last session whose bars are final. @throws TradingError `retry` while the time is not known. */
  lastComplete(): SessionDate;
}

/** The time is unknown until the broker is asked. */
export function createBrokerTime(parts: Pick<EngineParts, 'broker' | 'clocks'>): BrokerTime {
  const { broker, clocks } = parts;
  /** How far the broker's clock is ahead of ours, milliseconds; at most 0. */
  let behind: number | undefined;

  function now(): EpochMs | undefined {
    return behind === undefined ? undefined : epochMs(clocks.market.now() + behind);
  }

  async function ask(): Promise<MarketClock> {
    const market = await broker.clock();
    // The answer took its time, which only makes the broker's clock look a little later than it is.
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
      if (at === undefined) throw new TradingError('the broker has not told its time yet', 'retry');
      return barsThrough(at);
    },
  };
}
