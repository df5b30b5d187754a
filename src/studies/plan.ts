/** Today's plan under given settings, for a what-if. */
import { decide } from '#core/decide/decide.ts';
import { lastDate } from '#core/domain/bar.ts';
import type { NoDecision } from '#core/domain/decision.ts';
import {
  type ManagedAccount,
  type ManagedRules,
  managedAccount,
} from '#core/domain/managed-account.ts';
import type { Model } from '#core/domain/model.ts';
import { type Cents, cents, type Ticker, valueOf } from '#core/domain/units.ts';
import { tradable, type Universe } from '#core/domain/universe.ts';
import type { CurrentHoldings } from '#core/studies.ts';
import type { StudyInputs } from './setup.ts';

/** A plan for the account as last seen. */
export interface Plan {
  readonly weights: ReadonlyMap<Ticker, number>;
  readonly orders: number;
  /** Value of the target weights. */
  readonly invested: Cents;
}

/** Decides for the account as last seen; no request is made. */
export function planOf(
  { bars, limits, rules, acceptedMoves }: StudyInputs,
  universe: Universe,
  models: readonly Model[],
  now: CurrentHoldings,
): Plan | NoDecision {
  const { positions, prices } = now;
  const managed = managedPart(now, universe, limits);
  const closes = [...bars].flatMap(([ticker, { close }]) => {
    const last = close.at(-1);
    return last === undefined ? [] : [[ticker, last] as const];
  });
  const outcome = decide({
    ...{ id: 'what-if', cause: 'manual', accountId: 'what-if' },
    asOf: lastOfSectors(bars, universe),
    ...{ bars, limits, rules, acceptedMoves, universe, models },
    holdings: { ...managed, positions: new Map(positions.map(({ ticker, qty }) => [ticker, qty])) },
    prices: new Map([...closes, ...prices]),
    warmUp: false,
  });
  if (outcome.kind === 'no-decision') return outcome;
  const { weights } = outcome.verdict;
  const gross = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const invested = cents(Math.round(managed.equity * gross));
  return { weights, orders: outcome.plan.orders.length, invested };
}

function managedPart(
  { account, positions, prices }: CurrentHoldings,
  universe: Universe,
  { reserve = cents(0), maxManaged }: Partial<ManagedRules>,
): ManagedAccount {
  const own = new Set(tradable(universe).map(({ ticker }) => ticker));
  const ownValue = positions
    .filter(({ ticker }) => own.has(ticker))
    .reduce((sum, { ticker, qty, currentPrice, averagePrice }) => {
      return sum + valueOf(qty, prices.get(ticker) ?? currentPrice ?? averagePrice);
    }, 0);
  return managedAccount({ cash: account.cash, ownValue: cents(ownValue) }, { reserve, maxManaged });
}

function lastOfSectors(bars: StudyInputs['bars'], { benchmark }: Universe) {
  const history = bars.get(benchmark.ticker);
  const last = history && lastDate(history);
  if (last === undefined)
    throw new RangeError('what-if: expected bars of the benchmark, found none');
  return last;
}
