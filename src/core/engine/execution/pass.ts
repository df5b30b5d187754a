/** One pass over the lines of a rebalance: its inputs and findings. */
import { sessionsBetween } from '#core/domain/calendar.ts';
import type { Decision } from '#core/domain/decision.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import type { OrderLine } from '#core/domain/order-lines.ts';
import type { ExecutionParts } from '../parts.ts';
import type { ReconcileResult } from '../reconciliation/reconcile.ts';
import type { OrderBlock } from './order-block.ts';

/** State of one pass over the lines of a rebalance. */
export interface Pass {
  readonly parts: ExecutionParts;
  readonly decision: Decision;
  readonly signal: AbortSignal;
  /** Lines that wait, by side and ticker, and why. */
  readonly waits: Map<string, OrderBlock>;
  /** Those of them that a limit holds back: sells and buys are reported together. */
  readonly held: Map<string, OrderBlock>;
  /** Lines that are not continued, by side and ticker, for reasons not recorded in an order. */
  readonly cuts: Map<string, string>;
  /** Orders asked to cancel in this pass. */
  readonly asked: Set<string>;
  /** The last session in which it is attempted. */
  readonly isLastSession: boolean;
  /** The last comparison of the books, until another order is sent. */
  compared: ReconcileResult | undefined;
  /** Blocks every buy; undefined while the books agree with the broker's. */
  booksDiffer: OrderBlock | undefined;
}

/** A new pass without findings. */
export function passOf(parts: ExecutionParts, decision: Decision, signal: AbortSignal): Pass {
  const { clocks, journal, maxCatchUpSessions } = parts;
  const begun = journal.book().rebalances.get(decision.id)?.at ?? clocks.market.now();
  const age = sessionsBetween(newYorkDate(begun), newYorkDate(clocks.market.now()));
  const isLastSession = age >= maxCatchUpSessions;
  return {
    ...{ parts, decision, signal, isLastSession },
    ...{ waits: new Map(), held: new Map(), cuts: new Map(), asked: new Set() },
    ...{ compared: undefined, booksDiffer: undefined },
  };
}

/** Side and ticker for display: `sell XLF`. */
export function nameOf({ planned }: OrderLine): string {
  return `${planned.side} ${planned.ticker}`;
}
