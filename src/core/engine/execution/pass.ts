/** One pass over the lines of a rebalance: what it knows and what it found out. */
import { sessionsBetween } from '#core/domain/calendar.ts';
import type { Decision } from '#core/domain/decision.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import type { OrderLine } from '#core/domain/order-lines.ts';
import type { ExecutionParts } from '../parts.ts';
import type { ReconcileResult } from '../reconciliation/reconcile.ts';
import type { OrderBlock } from './order-block.ts';

/** What one pass over the lines of a rebalance found out. */
export interface Pass {
  readonly parts: ExecutionParts;
  readonly decision: Decision;
  readonly signal: AbortSignal;
  /** Lines that wait, by side and ticker, and why. */
  readonly waits: Map<string, OrderBlock>;
  /** Lines that get no more, by side and ticker, for reasons that no order carries. */
  readonly cuts: Map<string, string>;
  /** Orders that were asked to cancel in this pass. */
  readonly asked: Set<string>;
  /** The last session in which it is still tried. */
  readonly isLastSession: boolean;
  /** What the books were compared with, until something is sent after it. */
  compared: ReconcileResult | undefined;
  /** What holds every buy back; undefined while the books add up. */
  booksDiffer: OrderBlock | undefined;
}

/** A pass that has found out nothing yet. */
export function passOf(parts: ExecutionParts, decision: Decision, signal: AbortSignal): Pass {
  const { clocks, journal, maxCatchUpSessions } = parts;
  const begun = journal.book().rebalances.get(decision.id)?.at ?? clocks.market.now();
  const age = sessionsBetween(newYorkDate(begun), newYorkDate(clocks.market.now()));
  const isLastSession = age >= maxCatchUpSessions;
  const [waits, cuts, asked] = [new Map(), new Map(), new Set<string>()];
  const found = { compared: undefined, booksDiffer: undefined };
  return { parts, decision, signal, waits, cuts, asked, isLastSession, ...found };
}

/** Its side and ticker, as people read them: `sell XLF`. */
export function nameOf({ planned }: OrderLine): string {
  return `${planned.side} ${planned.ticker}`;
}
