/** Growth of the starting value and of later deposits: in the account, and if invested in SPY. */
import { type DatedFlow, moneyWeighted } from '../domain/money-weighted.ts';
import { type Cents, cents } from '../domain/units.ts';
import type { CurvePoint } from './curve.ts';
import { fraction } from './measure.ts';

/** One window, both sides with the same money at the same instants. */
export interface MoneyView {
  /** Value at the beginning. */
  readonly begin: Cents;
  readonly deposited: Cents;
  readonly withdrawn: Cents;
  readonly you: MoneyResult;
  /** The same deposits and withdrawals in the benchmark, dividends reinvested. */
  readonly spy: MoneyResult;
}

/** The final value of the money, and its return. */
export interface MoneyResult {
  readonly worth: Cents | undefined;
  /** Money-weighted return over the whole window, a fraction. */
  readonly rate: number | undefined;
}

/**
 * Along the points of a window. Flows count as in the time-weighted return: a deposit from the previous
 * point, a withdrawal at the next point. Undefined for fewer than two points.
 */
export function moneyOf(points: readonly CurvePoint[]): MoneyView | undefined {
  const [first] = points;
  if (!first || points.length < 2) return undefined;
  const flows = datedFlows(points);
  const sum = (of: 'deposited' | 'withdrawn'): Cents =>
    cents(points.slice(1).reduce((total, point) => total + point.flows[of], 0));
  const made = (side: 'you' | 'spy'): MoneyResult => {
    const worth = worthOf(points, side);
    return { worth, rate: worth === undefined ? undefined : moneyWeighted(flows, worth) };
  };
  return {
    begin: first.equity,
    deposited: sum('deposited'),
    withdrawn: sum('withdrawn'),
    you: made('you'),
    spy: made('spy'),
  };
}

function worthOf(points: readonly CurvePoint[], side: 'you' | 'spy'): Cents | undefined {
  let worth: number | undefined = points[0]?.equity;
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    if (!before) continue;
    const grown = fraction(point[side], before[side]);
    if (worth === undefined || grown === undefined) return undefined;
    worth = (worth + point.flows.deposited) * grown - point.flows.withdrawn;
  }
  return worth === undefined ? undefined : cents(Math.round(worth));
}

function datedFlows(points: readonly CurvePoint[]): readonly DatedFlow[] {
  const [begin, end] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0];
  const passed = (at: number): number => (end > begin ? (at - begin) / (end - begin) : 0);
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    if (!before) return [{ passed: 0, amount: point.equity }];
    const { deposited, withdrawn } = point.flows;
    return [
      ...(deposited === 0 ? [] : [{ passed: passed(before.at), amount: deposited }]),
      ...(withdrawn === 0 ? [] : [{ passed: passed(point.at), amount: -withdrawn }]),
    ];
  });
}
