/** Serialises the inputs of a decision as text, and parses it. Numbers keep full precision. */
import { type BarHistory, type Bars, countThrough } from '../domain/bar.ts';
import type { PlanRules, RiskLimits } from '../domain/decision.ts';
import type { AcceptedMoves } from '../domain/findings.ts';
import type { Model } from '../domain/model.ts';
import type { SessionDate, Ticker } from '../domain/units.ts';
import { instruments } from '../domain/universe.ts';
import { MEAN_SESSIONS } from '../rules/regime.ts';
import type { DecisionInput } from './decide.ts';

/** The rules applied to a decision. */
export interface DecidingLimits {
  readonly limits: RiskLimits;
  readonly rules: PlanRules;
  readonly acceptedMoves: AcceptedMoves;
}

const COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const;

/** Extra sessions before the first one read. */
const MARGIN = 8;

/** The bars that the decision may read: each ticker's last sessions up to its date. */
export function barsText(
  input: Pick<DecisionInput, 'bars' | 'universe' | 'models' | 'shadows' | 'asOf'>,
): string {
  const { bars, universe, models, shadows = [], asOf } = input;
  const sessions = MARGIN + sessionsRead([...models, ...shadows]);
  const histories = instruments(universe).flatMap(({ ticker }) => {
    const history = bars.get(ticker);
    return history ? [[ticker, lastRows(history, asOf, sessions)] as const] : [];
  });
  return JSON.stringify(Object.fromEntries(histories));
}

/** Parses text written by `barsText`. */
export function barsIn(text: string): Bars {
  const kept: Record<Ticker, KeptRows> = JSON.parse(text);
  return new Map(
    (Object.entries(kept) as [Ticker, KeptRows][]).map(([ticker, rows]) => [
      ticker,
      historyOf(ticker, rows),
    ]),
  );
}

/** Only the limits, rules and accepted moves, whatever else the input holds. */
export function limitsText(
  input: Pick<DecisionInput, 'limits' | 'rules' | 'acceptedMoves'>,
): string {
  const { maxGross, maxWeight, minPosition } = input.limits;
  const { fractional, minOrder, minDrift } = input.rules;
  const obeyed: DecidingLimits = {
    limits: { maxGross, maxWeight, minPosition },
    rules: { fractional, minOrder, minDrift },
    acceptedMoves: input.acceptedMoves ?? [],
  };
  return JSON.stringify(obeyed);
}

/** Parses text written by `limitsText`. */
export function limitsIn(text: string): DecidingLimits {
  return JSON.parse(text);
}

/** The prices used to size the plan. */
export function pricesText(prices: ReadonlyMap<Ticker, number>): string {
  return JSON.stringify([...prices]);
}

type KeptRows = {
  readonly dates: readonly SessionDate[];
} & { readonly [K in (typeof COLUMNS)[number]]: readonly number[] };

function sessionsRead(models: readonly Model[]): number {
  return Math.max(MEAN_SESSIONS, ...models.map(({ parameters }) => parameters.lookback + 1));
}

function lastRows(history: BarHistory, asOf: SessionDate, sessions: number): KeptRows {
  const end = countThrough(history, asOf);
  const start = Math.max(0, end - sessions);
  const { open, high, low, close, volume } = history;
  const rows = (column: Float64Array): readonly number[] => [...column.subarray(start, end)];
  return {
    dates: history.dates.slice(start, end),
    ...{ open: rows(open), high: rows(high), low: rows(low) },
    ...{ close: rows(close), volume: rows(volume) },
  };
}

function historyOf(ticker: Ticker, kept: KeptRows): BarHistory {
  const { dates, open, high, low, close, volume } = kept;
  return {
    ...{ ticker, dates, open: Float64Array.from(open), high: Float64Array.from(high) },
    ...{ low: Float64Array.from(low), close: Float64Array.from(close) },
    volume: Float64Array.from(volume),
  };
}
