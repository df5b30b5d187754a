/** Why an order is not sent. */
import type { TradingState } from '#core/domain/account-state.ts';
import type { LimitName } from '#core/domain/advice.ts';
import type { OrderIntent, SentTerms } from '#core/domain/order.ts';

/** Why an order is not sent. */
export type OrderBlock =
  /** Not now; it may be sent later. */
  | { readonly kind: 'wait'; readonly limit: LimitName; readonly reason: string }
  /** Not this order. */
  | { readonly kind: 'refuse'; readonly limit: LimitName; readonly reason: string };

/** Terms to send now, or why nothing is sent. */
export type OrderCheck = { readonly kind: 'send'; readonly terms: SentTerms } | OrderBlock;

/** Not now, because of that limit. */
export function wait(limit: LimitName, reason: string): OrderBlock {
  return { kind: 'wait', limit, reason };
}

/** Not this order, because of that limit. */
export function refuse(limit: LimitName, reason: string): OrderBlock {
  return { kind: 'refuse', limit, reason };
}

/** Checked again immediately before the POST: it may have changed during the other requests. */
export function stateBlock(
  intent: Pick<OrderIntent, 'side'>,
  { state }: { readonly state: TradingState },
): OrderBlock | undefined {
  if (state === 'HALT') return wait('trading state', 'trading is halted');
  if (state === 'REDUCE' && intent.side === 'buy')
    return wait('trading state', 'buying is stopped');
  return undefined;
}
