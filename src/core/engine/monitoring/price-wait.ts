/** Tickers that an order or a due decision waits for, and that have had no usable price for too long. */
import { type AccountState, managedOrdersOf, unfinished } from '#core/domain/account-state.ts';
import type { Alert, AlertSubject } from '#core/domain/alert.ts';
import { sessionAt } from '#core/domain/calendar.ts';
import type { Entry } from '#core/domain/entry.ts';
import { freshPrice, PRICE_PATIENCE_MS } from '#core/domain/fresh-price.ts';
import { newYorkTime } from '#core/domain/new-york.ts';
import type { Observation } from '#core/domain/observation.ts';
import { isOver, linesOf } from '#core/domain/order-lines.ts';
import type { EpochMs, Ticker } from '#core/domain/units.ts';
import { tradable } from '#core/domain/universe.ts';
import { resolvedEntries } from '../alerts.ts';
import type { EngineParts } from '../parts.ts';

/** Watches across refreshes; a new session restarts the count. */
export function createPriceWatch(
  parts: Pick<EngineParts, 'journal' | 'limits' | 'universe'>,
): (seen: Observation) => readonly Entry[] {
  const since = new Map<Ticker, EpochMs>();
  return (seen) => {
    const { journal } = parts;
    const session = sessionAt(seen.at);
    const waiting = session ? waitingTickers(parts, seen) : [];
    forget(since, (ticker, at) => {
      const isWaited = waiting.includes(ticker) || isAboutToWait(parts, seen, ticker);
      return !session || at < session.open || !isWaited;
    });
    for (const ticker of waiting) since.set(ticker, since.get(ticker) ?? seen.at);
    if (!session || !seen.broker.connected) return [];
    const long = [...since].filter(([, at]) => seen.at - at >= PRICE_PATIENCE_MS);
    return [
      ...long
        .filter(([ticker]) => !journal.book().alerts.has(`no price ${ticker}`))
        .map(([ticker, at]): Entry => ({ kind: 'alert', alert: priceAlert(ticker, at) })),
      ...priceEntries(parts, seen, (ticker) => since.has(ticker)),
    ];
  };
}

/** Ends the alerts of tickers that are no longer waited for: they have a price, or nothing needs one. */
function priceEntries(
  parts: Pick<EngineParts, 'journal' | 'limits'>,
  seen: Observation,
  isWaited: (ticker: Ticker) => boolean,
): readonly Entry[] {
  const ended = (subject: AlertSubject, priced: boolean): boolean => {
    if (subject.about !== 'no-price') return false;
    const ticker = subject.ticker as Ticker;
    return !isWaited(ticker) && isPriced(parts, seen, ticker) === priced;
  };
  const book = parts.journal.book();
  return [
    ...resolvedEntries(book, (each) => ended(each, true), 'It has a price again.'),
    ...resolvedEntries(book, (each) => ended(each, false), 'No order needs one now.', 'lapsed'),
  ];
}

function forget(
  since: Map<Ticker, EpochMs>,
  isOver: (ticker: Ticker, at: EpochMs) => boolean,
): void {
  for (const [ticker, at] of since) if (isOver(ticker, at)) since.delete(ticker);
}

/** A due decision that proceeds without a few prices is executed a moment later. */
function isAboutToWait(
  parts: Pick<EngineParts, 'journal' | 'limits'>,
  seen: Observation,
  ticker: Ticker,
): boolean {
  const isDeciding = seen.nextRebalance?.owed && !unfinished(parts.journal.book());
  return isDeciding === true && !isPriced(parts, seen, ticker);
}

/** Tickers still to trade, or required by a due decision, without a usable price. */
function waitingTickers(
  parts: Pick<EngineParts, 'journal' | 'limits' | 'universe'>,
  seen: Observation,
): readonly Ticker[] {
  const { journal, universe } = parts;
  const { data, nextRebalance } = seen;
  const book = journal.book();
  const lacking = nextRebalance?.owed ? [...(data.undecided?.found.keys() ?? [])] : [];
  const wanted = new Set(unfinished(book) ? unfinishedTickers(book) : lacking);
  return tradable(universe)
    .map(({ ticker }) => ticker)
    .filter((ticker) => wanted.has(ticker) && !isPriced(parts, seen, ticker));
}

function isPriced(
  { limits }: Pick<EngineParts, 'limits'>,
  { at, latest }: Observation,
  ticker: Ticker,
): boolean {
  const rules = { now: at, maxAgeMs: limits.maxPriceAgeMs };
  return freshPrice(latest?.get(ticker), rules) !== undefined;
}

function unfinishedTickers(book: AccountState): readonly Ticker[] {
  const decision = unfinished(book)?.decision;
  if (!decision) return [];
  const managed = managedOrdersOf(book, decision.id);
  return [...linesOf(decision, managed, 'sell'), ...linesOf(decision, managed, 'buy')]
    .filter((line) => !isOver(line))
    .map(({ planned }) => planned.ticker);
}

function priceAlert(ticker: Ticker, since: EpochMs): Alert {
  const subject: AlertSubject = { about: 'no-price', ticker };
  return {
    subject,
    severity: 'error',
    title: 'No usable price',
    text: `${ticker} has had no usable price since ${newYorkTime(since)} New York.`,
    remedy:
      'Its order waits, everything else continues. It is sent automatically once there is a trade or a sound ' +
      'quote that is young enough; MAX_PRICE_AGE says how young.',
  };
}
