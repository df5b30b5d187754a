/** The cost of trading: slippage of our fills against decision prices, and the broker's fees. */
import type { AccountState } from '../domain/account-state.ts';
import type { Fill, OrderIntent } from '../domain/order.ts';
import { type Cents, cents, valueOf } from '../domain/units.ts';

/** The cost of trading in a period, in cents. */
export interface Costs {
  /** Cost against decision prices; negative for a gain. Undefined without a fill of our orders. */
  readonly slippage: Cents | undefined;
  /** Basis points of the value at those prices. */
  readonly slippageBps: number | undefined;
  /** The fees that the broker booked. */
  readonly fees: Cents;
  /** Orders that the broker accepted. */
  readonly orders: number;
  /** Value of all executions on either side, including external ones. */
  readonly traded: Cents;
}

/** Everything from after `since` to `until`, instants. */
export function costsBetween(book: AccountState, since: number, until: number): Costs {
  const within = (at: number): boolean => at > since && at <= until;
  const managedOrders = [...book.managedOrders.values()];
  const fills = managedOrders.flatMap(({ intent, fills: own }) =>
    own.filter(({ at }) => within(at)).map((fill) => ({ intent, fill })),
  );
  const foreign = book.externalFills.filter(({ at }) => within(at));
  const slippage = sum(fills.map(slippageOf));
  const atDecision = sum(
    fills.map(({ intent, fill }) => valueOf(fill.qty, intent.priceAtDecision)),
  );
  return {
    slippage: fills.length > 0 ? slippage : undefined,
    slippageBps: atDecision > 0 ? (slippage / atDecision) * 10_000 : undefined,
    fees: sum(
      book.cashFlows
        .filter(({ activity, counted }) => activity.kind === 'fee' && within(counted))
        .map(({ activity }) => cents(-activity.cash)),
    ),
    orders: managedOrders.filter(({ order }) => order && within(order.submittedAt)).length,
    traded: sum(
      [...fills.map(({ fill }) => fill), ...foreign].map(({ qty, price }) => valueOf(qty, price)),
    ),
  };
}

/** More expensive than decided when bought, cheaper when sold: positive is a cost. */
export function slippageOf({
  intent,
  fill,
}: {
  readonly intent: Pick<OrderIntent, 'side' | 'priceAtDecision'>;
  readonly fill: Pick<Fill, 'qty' | 'price'>;
}): Cents {
  const beyond = valueOf(fill.qty, fill.price) - valueOf(fill.qty, intent.priceAtDecision);
  return cents(intent.side === 'buy' ? beyond : 0 - beyond);
}

function sum(values: readonly Cents[]): Cents {
  return cents(values.reduce<number>((total, value) => total + value, 0));
}
