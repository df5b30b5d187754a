/** A curve by calendar years and months, and by market regime. */
import type { RegimeKind } from '../domain/model.ts';
import type { SessionDate } from '../domain/units.ts';
import { at } from '../rules/panel.ts';
import { annualSharpe, yearly } from './moments.ts';

/** Growth of each period of a curve, fractions, in time order. */
export function growthBy(
  curve: Float64Array,
  dates: readonly SessionDate[],
  spanOf: (date: SessionDate) => string,
): ReadonlyMap<string, number> {
  const growth = new Map<string, number>();
  let before = at(curve, 0);
  for (let day = 0; day < dates.length; day++) {
    const span = spanOf(dates[day] ?? ('' as SessionDate));
    const next = dates[day + 1];
    if (next !== undefined && spanOf(next) === span) continue;
    growth.set(span, at(curve, day + 1) / before - 1);
    before = at(curve, day + 1);
  }
  return growth;
}

/** The calendar year of a day. */
export function yearOf(date: SessionDate): string {
  return date.slice(0, 4);
}

/** The calendar month of a day. */
export function monthOf(date: SessionDate): string {
  return date.slice(0, 7);
}

/** The days of one regime. */
export interface RegimeDays {
  readonly sessions: number;
  /** Annualised growth of those days alone. */
  readonly you: number;
  readonly spy: number;
  readonly sharpe: number;
}

/** Groups days by the regime known on each: that as of the previous session. */
export function byRegime(
  ours: Float64Array,
  benchmark: Float64Array,
  regimeOn: (day: number) => RegimeKind,
): Readonly<Partial<Record<RegimeKind, RegimeDays>>> {
  const kinds = Array.from(ours, (_, day) => regimeOn(day));
  const found: Partial<Record<RegimeKind, RegimeDays>> = {};
  for (const kind of new Set(kinds)) {
    const mine = ours.filter((_, day) => kinds[day] === kind);
    const its = benchmark.filter((_, day) => kinds[day] === kind);
    found[kind] = {
      sessions: mine.length,
      you: yearly(grown(mine), mine.length),
      spy: yearly(grown(its), its.length),
      sharpe: annualSharpe(mine),
    };
  }
  return found;
}

function grown(returns: Float64Array): number {
  let growth = 1;
  for (let day = 0; day < returns.length; day++) growth *= 1 + at(returns, day);
  return growth;
}
