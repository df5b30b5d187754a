/** Every execution in the account since Rotor first connected, its own and external ones, newest first. */
import type { Mode } from '../domain/account.ts';
import type { AccountState } from '../domain/account-state.ts';
import type { Observation } from '../domain/observation.ts';
import type { Fill } from '../domain/order.ts';
import { type Cents, type EpochMs, valueOf } from '../domain/units.ts';
import { slippageOf } from './costs.ts';

/** One execution. `price` in dollars a share, `value` in cents. */
export interface FillRow extends Pick<Fill, 'id' | 'ticker' | 'side' | 'qty' | 'price' | 'at'> {
  readonly value: Cents;
  /** The decision that wanted it; undefined for an external trade. */
  readonly decisionId: string | undefined;
  /** Slippage against the decision price; undefined where there was no decision. */
  readonly slippageBps: number | undefined;
}

/** The booked executions. */
export interface FillsView {
  readonly mode: Mode;
  readonly at: EpochMs;
  readonly accountNumber: string | undefined;
  /** Newest first. */
  readonly rows: readonly FillRow[];
}

/** The view of all booked executions, newest first. */
export function fillsView(book: AccountState, seen: Observation): FillsView {
  const own = [...book.managedOrders.values()].flatMap(({ intent, fills }) =>
    fills.map((fill): FillRow => {
      const planned = valueOf(fill.qty, intent.priceAtDecision);
      const slippage = slippageOf({ intent, fill });
      return {
        ...rowOf(fill),
        decisionId: intent.decisionId,
        slippageBps: planned > 0 ? (slippage / planned) * 10_000 : undefined,
      };
    }),
  );
  const known = new Set(own.map(({ id }) => id));
  const foreign = book.externalFills
    .filter(({ id }) => !known.has(id))
    .map((fill) => ({ ...rowOf(fill), decisionId: undefined, slippageBps: undefined }));
  return {
    mode: seen.mode,
    at: seen.at,
    accountNumber: seen.account?.number ?? book.account?.number,
    // Equal instants keep the order in which they were recorded, newest first.
    rows: [...own, ...foreign].reverse().toSorted((left, right) => right.at - left.at),
  };
}

function rowOf(
  fill: Fill,
): Pick<FillRow, 'id' | 'ticker' | 'side' | 'qty' | 'price' | 'at' | 'value'> {
  const { id, ticker, side, qty, price, at } = fill;
  return { id, ticker, side, qty, price, at, value: valueOf(qty, price) };
}
