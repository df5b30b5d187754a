/** The plan that raises cash by selling. */
import { raisePlan } from '#core/decide/raise.ts';
import { owedForShorts } from '#core/domain/account.ts';
import type { Decision, RaiseRequest } from '#core/domain/decision.ts';
import { cents, valueOf } from '#core/domain/units.ts';
import type { Weights } from '#core/domain/weights.ts';
import { TradingError } from '#core/errors.ts';
import { usd } from '../domain/figures.ts';
import { managedAccount } from '../domain/managed-account.ts';
import { flattenDecision, ownPositions, pricesOf } from './execution/flatten-decision.ts';
import type { ExecutionParts, Observer } from './parts.ts';
import { assertAccount } from './reconciliation/known-account.ts';

/**
 * The sells that would raise the amount now, given the current target.
 * @throws TradingError `skip-cycle` where less than that is managed, or the broker's error.
 */
export async function raiseDecision(
  parts: ExecutionParts,
  observer: Observer,
  id: string,
  { amount }: RaiseRequest,
): Promise<Decision> {
  const { broker, journal, limits, rules } = parts;
  const [account, positions, unmanaged] = await Promise.all([
    broker.account(),
    broker.positions(),
    broker.unmanagedHoldings(),
  ]);
  assertAccount(journal.book(), account);
  const held = ownPositions(parts, positions);
  const prices = await pricesOf(parts, held);
  const ownValue = held.reduce((sum, { ticker, qty }) => {
    return sum + valueOf(qty, prices.get(ticker) ?? 0);
  }, 0);
  const owed = owedForShorts(positions, unmanaged);
  const managed = managedAccount({ cash: account.cash, ownValue: cents(ownValue), owed }, limits);
  if (amount > managed.equity) {
    throw new TradingError(
      `Rotor manages ${usd(managed.equity)}, which is less than that`,
      'skip-cycle',
    );
  }
  const last = [...journal.book().rebalances.values()].at(-1)?.decision;
  const weights: Weights = last?.verdict.weights ?? new Map();
  const verdict = { kind: 'approved', weights, breaches: [] } as const;
  const holdings = { ...managed, positions: new Map(held.map(({ ticker, qty }) => [ticker, qty])) };
  const sizing = { weights, holdings, prices, rules, limitBps: limits.limitBps, amount };
  const { inputs: _, ...record } = flattenDecision(parts, observer, account, held, prices);
  return {
    ...record,
    ...{ id, verdict, holdings },
    // A new regime is left to the next rebalance.
    regime: last?.regime ?? record.regime,
    plan: raisePlan({ accountId: account.id, decisionId: id, ...sizing }),
    portfolio: { target: weights, grossBefore: 0, grossAfter: 0 },
  };
}
