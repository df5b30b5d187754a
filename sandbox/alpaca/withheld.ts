/** Proceeds of sells that the account does not show yet, according to its levers. */
import { newYorkDate } from '#core/domain/new-york.ts';
import { type Cents, cents, type EpochMs } from '#core/domain/units.ts';
import type { Book } from './book.ts';
import type { LeverSettings, Levers } from './levers.ts';
import type { FillActivity } from './records.ts';

/** Cents left out of cash and buying power. */
export interface Withheld {
  cash(now: EpochMs): Cents;
  buyingPower(now: EpochMs): Cents;
  /** Counts a read of the account. */
  read(): void;
}

type Lag = LeverSettings['cashLag'];

const MINUTE_MS = 60_000;

/** Withholds nothing while no lag is set. */
export function createWithheld(book: Book, levers: Levers): Withheld {
  let reads = 0;
  /** Number of account reads when a fill was first seen. */
  const firstSeen = new Map<string, number>();

  const isHidden = (fill: FillActivity, lag: Exclude<Lag, undefined>, now: EpochMs): boolean => {
    if (lag === 'next-session') return newYorkDate(fill.at) === newYorkDate(now);
    if ('minutes' in lag) return fill.at + lag.minutes * MINUTE_MS > now;
    const seen = firstSeen.get(fill.id) ?? reads;
    firstSeen.set(fill.id, seen);
    return reads - seen < lag.reads;
  };
  const withheld = (lag: Lag, now: EpochMs): Cents => {
    if (lag === undefined) return cents(0);
    const hidden = book
      .activities()
      .filter((each) => each.kind === 'fill' && each.side === 'sell')
      .filter((each) => isHidden(each as FillActivity, lag, now));
    return cents(hidden.reduce((sum, { amount }) => sum + amount, 0));
  };
  return {
    cash: (now) => withheld(levers.settings().cashLag, now),
    buyingPower: (now) => withheld(levers.settings().buyingPowerLag, now),
    read: () => {
      reads += 1;
    },
  };
}
