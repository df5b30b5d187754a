import type { MarketClock } from './account.ts';
import { nextSession, sessionAt } from './calendar.ts';
import type { EpochMs } from './units.ts';

/**
 * The market at an instant, by what the broker said of it last. That holds until the next bell that it
 * named; after that, while nobody answers, our own calendar speaks. Undefined before the first answer.
 */
export function marketBy(known: MarketClock | undefined, at: EpochMs): MarketClock | undefined {
  if (!known || at < (known.open ? known.nextClose : known.nextOpen)) return known;
  const session = sessionAt(at);
  const next = nextSession(at);
  return {
    at,
    open: session !== undefined,
    nextOpen: next.open,
    nextClose: session?.close ?? next.close,
  };
}
