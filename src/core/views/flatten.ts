/** The progress of a flatten, ticker by ticker; what waits, and why. Pure. */
import type { Mode } from '../domain/account.ts';
import { type AccountState, managedOrdersOf, type Rebalance } from '../domain/account-state.ts';
import { isFlatten } from '../domain/decision.ts';
import type { Observation } from '../domain/observation.ts';
import { type EpochMs, qty, qtyToDecimal, type Ticker } from '../domain/units.ts';
import { tradable } from '../domain/universe.ts';
import { type OrderRow, rebalanceView } from './rebalance.ts';

/** One ticker to be sold. */
export interface FlattenRow extends OrderRow {
  /** Why the remainder has not been sent; undefined where nothing waits. */
  readonly waits: string | undefined;
}

/** A flatten for display. */
export interface FlattenView {
  readonly id: string;
  readonly mode: Mode;
  readonly at: EpochMs;
  readonly finishedAt: EpochMs | undefined;
  /** Who asked, and why; undefined where buying was stopped before. */
  readonly asked: Rebalance['asked'];
  /** When its first order may be sent; undefined once that is now or past. */
  readonly startsAt: EpochMs | undefined;
  /** Nothing has been sent yet. */
  readonly mayTakeBack: boolean;
  readonly isCancelled: boolean;
  readonly rows: readonly FlattenRow[];
  /** Held, but not managed by Rotor: `QQQ 10`. */
  readonly others: readonly string[];
}

/** Undefined when the book knows no such flatten. */
export function flattenView(
  book: AccountState,
  seen: Pick<Observation, 'mode' | 'ordersFrom' | 'positions' | 'universe'>,
  id: string,
): FlattenView | undefined {
  const rebalance = book.rebalances.get(id);
  if (!rebalance || !isFlatten(rebalance.decision)) return undefined;
  const view = rebalanceView(book, id, seen.mode);
  if (!view) return undefined;
  const isOver = rebalance.finishedAt !== undefined;
  const isSent = managedOrdersOf(book, id).some(({ state }) => state !== 'planned');
  return {
    ...{ id, mode: seen.mode, at: rebalance.at, finishedAt: rebalance.finishedAt },
    asked: rebalance.asked,
    startsAt: isOver || isSent ? undefined : seen.ordersFrom,
    ...{ mayTakeBack: !isOver && !isSent, isCancelled: isOver && !isSent },
    rows: view.orders.map((row) => ({
      ...row,
      waits: isOver ? undefined : waitReason(book, seen, row),
    })),
    others: othersOf(seen),
  };
}

function waitReason(
  book: AccountState,
  { ordersFrom, positions }: Pick<Observation, 'ordersFrom' | 'positions'>,
  { ticker, state, filled, planned }: OrderRow,
): string | undefined {
  if (state === 'open' || filled >= planned) return undefined;
  if (book.state.state === 'HALT') return 'trading is halted';
  if (ordersFrom !== undefined) return 'orders leave in the next trading window';
  const told = limitOn(book, ticker);
  if (told !== undefined) return told;
  const position = positions.find((each) => each.ticker === ticker);
  const reserved = position ? position.qty - Math.max(0, position.available) : 0;
  return reserved > 0
    ? `another open order reserves ${qtyToDecimal(qty(reserved))} of its shares`
    : undefined;
}

/** The open alert of a limit that names the ticker. */
function limitOn({ alerts }: AccountState, ticker: Ticker): string | undefined {
  const names = new RegExp(`\\b${ticker}\\b`);
  return [...alerts.values()].find(
    ({ alert: { subject, text } }) => subject.about === 'limit' && names.test(text),
  )?.alert.text;
}

function othersOf({
  positions,
  universe,
}: Pick<Observation, 'positions' | 'universe'>): readonly string[] {
  const own = new Set(tradable(universe).map(({ ticker }) => ticker));
  return positions
    .filter(({ ticker }) => !own.has(ticker))
    .map(({ ticker, qty: held }) => `${ticker} ${qtyToDecimal(held)}`);
}
