import type { Mode } from '../domain/account.ts';
import type { Book } from '../domain/book.ts';
import { newYorkDate } from '../domain/new-york.ts';
import type { Observation } from '../domain/observation.ts';
import type { SessionDate } from '../domain/units.ts';
import { UNIVERSE } from '../domain/universe.ts';
import { change } from './measure.ts';

/** Returns since the baseline as fractions, both read at the same instant. */
export interface AlphaPoint {
  readonly date: SessionDate;
  readonly you: number;
  readonly spy: number;
  /** you - spy. */
  readonly alpha: number;
}

export interface AlphaView {
  readonly mode: Mode;
  readonly accountNumber: string | undefined;
  readonly source: string;
  /** The baseline (0, 0), each session's close, and the live point; empty before there is one. */
  readonly points: readonly AlphaPoint[];
}

/** The curve of the account and of SPY, both 0 at the baseline. */
export function alphaView(book: Book, seen: Observation): AlphaView {
  return {
    mode: seen.mode,
    accountNumber: seen.account?.number ?? book.account?.number,
    source: seen.data.source,
    points: points(book, seen),
  };
}

function points(book: Book, seen: Observation): readonly AlphaPoint[] {
  const { baseline } = book;
  if (!baseline) return [];
  const start = { date: newYorkDate(baseline.at), you: 0, spy: 0, alpha: 0 };
  const closes = book.equity.flatMap(({ session, equity, benchmark }) =>
    point(session, change(equity, baseline.equity), change(benchmark, baseline.benchmark)),
  );
  const live = point(
    newYorkDate(seen.at),
    change(seen.account?.equity, baseline.equity),
    change(seen.prices.get(UNIVERSE.benchmark.ticker), baseline.benchmark),
  );
  const before = live.length > 0 ? closes.filter((close) => close.date !== live[0]?.date) : closes;
  return [start, ...before, ...live];
}

/** No point where either side is unknown: a curve with a made-up half is a lie. */
function point(
  date: SessionDate,
  you: number | undefined,
  spy: number | undefined,
): readonly AlphaPoint[] {
  return you === undefined || spy === undefined ? [] : [{ date, you, spy, alpha: you - spy }];
}
