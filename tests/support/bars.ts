import { type Bar, type BarHistory, type Bars, barHistory } from '#core/domain/bar.ts';
import { sessionOffset, sessionsIn } from '#core/domain/calendar.ts';
import { type SessionDate, sessionDate, type Ticker, ticker } from '#core/domain/units.ts';
import { instruments, UNIVERSE, type Universe } from '#core/domain/universe.ts';

/** A session long after every ticker of the universe was listed. */
export const AS_OF = sessionDate('2024-06-28');

/** Enough for the longest window, the benchmark's mean, and some more. */
export const SESSIONS = 230;

/** A close by its index, 0 for the oldest of `count` sessions. */
export type CloseOf = (index: number, count: number) => number;

/** The dates of `count` sessions that end on `asOf`, oldest first. */
export function sessionDates(asOf: SessionDate, count: number): readonly SessionDate[] {
  const first = sessionOffset(asOf, 1 - count).date;
  return sessionsIn(first, asOf).map(({ date }) => date);
}

/** A quiet session that closes at the price: open and close alike, a range of one per cent, its own volume. */
export function bar(date: SessionDate, close: number, open = close): Bar {
  const high = Math.max(open, close) * 1.005;
  const low = Math.min(open, close) * 0.995;
  const volume = 1_000_000 + Date.parse(date) / 86_400_000;
  return { date, open, high, low, close, volume };
}

/** A ticker's history over `count` sessions up to `asOf`. */
export function history(
  name: string,
  closeOf: CloseOf,
  { asOf = AS_OF, count = SESSIONS }: { asOf?: SessionDate; count?: number } = {},
): BarHistory {
  const dates = sessionDates(asOf, count);
  return barHistory(
    ticker(name),
    dates.map((date, index) => bar(date, closeOf(index, count))),
  );
}

/** Steady growth from 100 so that 126 sessions bring that much (a fraction). */
export function growing(per126: number): CloseOf {
  return (index) => 100 * (1 + per126) ** (index / 126);
}

/**
 * Bars for a whole universe. Momentum over 126 sessions by ticker, 0 for a sector not named; the
 * defensive asset stands still, the benchmark rises by a tenth.
 */
export function market(
  per126: Readonly<Record<string, number>> = {},
  options: { asOf?: SessionDate; count?: number; universe?: Universe } = {},
): Bars {
  const universe = options.universe ?? UNIVERSE;
  const usual: Record<string, number> = { [universe.benchmark.ticker]: 0.1 };
  return new Map(
    instruments(universe).map(({ ticker: name }) => {
      const growth = per126[name] ?? usual[name] ?? 0;
      return [name, history(name, growing(growth), options)];
    }),
  );
}

/** The bars with one ticker's history replaced, or taken away where `next` gives undefined. */
export function changed(
  bars: Bars,
  name: string,
  next: (history: BarHistory) => BarHistory | undefined,
): Bars {
  const copy = new Map(bars);
  const before = bars.get(ticker(name));
  if (!before) throw new RangeError(`changed: ${name} has no bars`);
  const after = next(before);
  if (after) copy.set(ticker(name), after);
  else copy.delete(ticker(name));
  return copy;
}

/** The history with its rows filtered and mapped, oldest first. */
export function withRows(
  source: BarHistory,
  change: (row: Bar, index: number, count: number) => Bar | undefined,
): BarHistory {
  const rows = source.dates.map((date, index): Bar => {
    const at = (column: Float64Array): number => column[index] ?? Number.NaN;
    return {
      date,
      open: at(source.open),
      high: at(source.high),
      low: at(source.low),
      close: at(source.close),
      volume: at(source.volume),
    };
  });
  return barHistory(
    source.ticker,
    rows.flatMap((row, index) => change(row, index, rows.length) ?? []),
  );
}

/** Every price of the history times a constant, as a split or another adjustment would make it. */
export function scaledBy(source: BarHistory, factor: number): BarHistory {
  return withRows(source, (row) => ({
    ...row,
    open: row.open * factor,
    high: row.high * factor,
    low: row.low * factor,
    close: row.close * factor,
  }));
}

/** The last closes through `asOf`, as prices to size orders with. */
export function lastPrices(bars: Bars): ReadonlyMap<Ticker, number> {
  return new Map([...bars].map(([name, { close }]) => [name, close.at(-1) ?? Number.NaN]));
}

/** Prices that wander: each ticker a walk of its own with a gap from close to open. */
export function wandering(seed: number, count: number): Bars {
  let state = seed;
  const next = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647 - 0.48;
  };
  return new Map(
    instruments(UNIVERSE).map(({ ticker: name }) => {
      let close = 100;
      const rows = sessionDates(AS_OF, count).map((date) => {
        const open = close * (1 + next() / 20);
        close = open * (1 + next() / 20);
        return bar(date, close, open);
      });
      return [name, barHistory(name, rows)];
    }),
  );
}
