/** Why an order does not leave. */
import type { TradingState } from '#core/domain/account-state.ts';
import type { LimitName } from '#core/domain/advice.ts';
import type { OrderIntent, SentTerms } from '#core/domain/order.ts';

/** Why an order does not leave. */
export type OrderBlock =
  /** Not now; it may be right later. */
  | { readonly kind: 'wait'; readonly limit: LimitName; readonly reason: string }
  /** Not this order. */
  | { readonly kind: 'refuse'; readonly limit: LimitName; readonly reason: string };

/** What may leave now, or why nothing may. */
export type OrderCheck = { readonly kind: 'send'; readonly terms: SentTerms } | OrderBlock;

/** Not now, for that limit. */
export function wait(limit: LimitName, reason: string): OrderBlock {
  return { kind: 'wait', limit, reason };
}

/** Not this order, for that limit. */
export function refuse(limit: LimitName, reason: string): OrderBlock {
  return { kind: 'refuse', limit, reason };
}

/** Asked once more in the same breath as the POST: it may have changed while the others answered. */
export function stateBlock(
  intent: Pick<OrderIntent, 'side'>,
  { state }: { readonly state: TradingState },
): OrderBlock | undefined {
  if (state === 'HALT') return wait('trading state', 'trading is halted');
  if (state === 'REDUCE' && intent.side === 'buy')
    return wait('trading state', 'buying is stopped');
  return undefined;
}
