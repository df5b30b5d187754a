/** What would be decided on what was seen: the brain, fed with the engine's own parts. */
import { decide } from '../decide/decide.ts';
import type { CarriedAllocations } from '../decide/portfolio.ts';
import type { Account } from '../domain/account.ts';
import type { Bars } from '../domain/bar.ts';
import type { Cause, Decision, Outcome } from '../domain/decision.ts';
import type { Observation } from '../domain/observation.ts';
import type { SessionDate, Ticker } from '../domain/units.ts';
import type { EngineParts } from './parts.ts';

export interface SnapshotQuestion extends Pick<Observation, 'positions' | 'prices'> {
  readonly id: string;
  readonly cause: Cause;
  readonly account: Account;
  /** A session. */
  readonly asOf: SessionDate;
  /** What models that do not rebalance keep; all rebalance unless given. */
  readonly carried?: CarriedAllocations;
}

export function decideFromSnapshot(
  { universe, models, limits, rules, acceptedMoves = [] }: EngineParts,
  { bars, refused }: { readonly bars: Bars; readonly refused: ReadonlyMap<Ticker, string> },
  { id, cause, account, positions, prices, asOf, carried = new Map() }: SnapshotQuestion,
): Outcome {
  const outcome = decide({
    id,
    cause,
    accountId: account.id,
    asOf,
    bars,
    refused,
    acceptedMoves,
    universe,
    models,
    carried,
    holdings: {
      equity: account.equity,
      cash: account.cash,
      positions: new Map(positions.map(({ ticker, qty }) => [ticker, qty])),
    },
    prices,
    limits,
    rules,
    warmUp: false,
  });
  return outcome.kind === 'decided' ? withinCollar(outcome, limits.priceCollar) : outcome;
}

/**
 * The decision, unless it was sized with a price that the last close contradicts. The gate would hold
 * its orders back only until the price is right again, and then let the wrong sizes pass.
 */
function withinCollar(decision: Decision, collar: number): Outcome {
  const { asOf, closes, prices, plan } = decision;
  const wrong = plan.lines.flatMap(({ ticker }): [Ticker, string][] => {
    const [price, close] = [prices.get(ticker), closes.get(ticker)];
    const gap = Math.abs((price ?? Number.NaN) / (close ?? Number.NaN) - 1);
    if (gap <= collar) return [];
    return [[ticker, `latest trade ${price ?? 'none'}, last close ${close ?? 'none'}`]];
  });
  if (wrong.length === 0) return decision;
  const sentences = wrong.map(([ticker, found]) => `${ticker}: ${found}`).join('; ');
  const reason = `No decision as of ${asOf}. Prices outside the collar: ${sentences}.`;
  return { kind: 'no-decision', reason, expected: asOf, found: new Map(wrong) };
}
