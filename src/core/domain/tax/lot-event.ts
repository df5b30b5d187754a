/** Journal events that tax lots are computed from. */
import type { Activity } from '../activity.ts';
import type { Fill } from '../order.ts';
import type { Cents, EpochMs, Qty, SessionDate, Ticker } from '../units.ts';

/** One event that changes shares, or cash in place of shares. */
export type LotEvent =
  /** Held when Rotor first connected: at the broker's cost, without a date. */
  | (Shares & { readonly kind: 'opening'; readonly cost: Cents })
  | (Fact & { readonly kind: 'trade'; readonly fill: Fill })
  /** Shares that arrived without a cost or left without proceeds: a transfer, an accepted difference. */
  | (Shares & { readonly kind: 'moved' })
  /** A corporate action: the change in shares, and cash paid for a fraction or for all of them. */
  | (Shares & { readonly kind: 'action'; readonly cash: Cents })
  /** Return of capital, not income: lowers the basis. No shares move. */
  | (Shares & { readonly kind: 'return-of-capital'; readonly cash: Cents })
  /** Shares removed as worthless. */
  | (Shares & { readonly kind: 'worthless' });

/** The kinds of movements without an order. */
export type MovedKind = Exclude<LotEvent['kind'], 'opening' | 'trade'>;

interface Fact {
  /** Id of the lot that it opens: `XLK-17`, the ticker and the journal sequence number. */
  readonly lot: string;
  /** When it happened. */
  readonly at: EpochMs;
  /** When the journal recorded it. */
  readonly recordedAt: EpochMs;
}

interface Shares extends Fact {
  readonly ticker: Ticker;
  readonly qty: Qty;
}

/** A lot's cost and acquisition date as entered by a person. */
export interface LotCost {
  readonly cost: Cents;
  readonly acquired?: SessionDate | undefined;
  /** The parent ticker of a spin-off: its cost is a part of the parent's. */
  readonly from?: Ticker | undefined;
}

/** Lot events, oldest first, and costs that people entered, by lot. */
export interface LotRecord {
  readonly events: readonly LotEvent[];
  readonly costs: ReadonlyMap<string, LotCost>;
}

/** The record of an empty journal. */
export const NO_LOTS: LotRecord = { events: [], costs: new Map() };

/** Returns the record with the event added. */
export function withEvent(record: LotRecord, event: LotEvent | undefined): LotRecord {
  return event ? { ...record, events: [...record.events, event] } : record;
}

/** Returns the cost of shares held from the beginning; a broker that does not know it states 0. */
export function statedCost({ cost }: { readonly cost: Cents }): Cents | undefined {
  return cost > 0 ? cost : undefined;
}

/** Returns the id of the lot that an entry opens. */
export function lotName(ticker: Ticker, seq: number): string {
  return `${ticker}-${seq}`;
}

/** Returns the lot event of a movement without an order; undefined where it changes no lot. */
export function movedShares(
  {
    kind,
    ticker,
    qty,
    cash,
  }: Pick<Activity, 'ticker' | 'qty' | 'cash'> & { readonly kind: MovedKind },
  seq: number,
  at: { readonly at: EpochMs; readonly recordedAt: EpochMs },
): LotEvent | undefined {
  if (ticker === undefined) return undefined;
  const shares = { lot: lotName(ticker, seq), ticker, qty, ...at };
  if (kind === 'action') return qty === 0 && cash === 0 ? undefined : { kind, cash, ...shares };
  if (kind === 'return-of-capital') return cash === 0 ? undefined : { kind, cash, ...shares };
  return qty === 0 ? undefined : { kind, ...shares };
}
