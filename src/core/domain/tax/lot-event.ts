/** The facts of the journal that tax lots are folded from. */
import type { Activity } from '../activity.ts';
import type { Fill } from '../order.ts';
import type { Cents, EpochMs, Qty, SessionDate, Ticker } from '../units.ts';

/** One fact that changes shares, or cash in place of shares. */
export type LotEvent =
  /** Held when Rotor first connected: the broker's cost, and no date. */
  | (Shares & { readonly kind: 'opening'; readonly cost: Cents })
  | (Fact & { readonly kind: 'trade'; readonly fill: Fill })
  /** Shares that came without a cost or went without proceeds: a transfer, an accepted difference. */
  | (Shares & { readonly kind: 'moved' })
  /** A corporate action: the change in shares, and what was paid for a fraction or for all of them. */
  | (Shares & { readonly kind: 'action'; readonly cash: Cents })
  /** Paid out of what the shares cost, and no income: it lowers their basis. No share moves. */
  | (Shares & { readonly kind: 'return-of-capital'; readonly cash: Cents })
  /** Shares that are worth nothing any more and were removed. */
  | (Shares & { readonly kind: 'worthless' });

/** The kinds of what moved without an order. */
export type MovedKind = Exclude<LotEvent['kind'], 'opening' | 'trade'>;

interface Fact {
  /** Names the lot that it opens: `XLK-17`, the ticker and the number of the journal's entry. */
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

/** What a person says that a lot cost, and when it was acquired. */
export interface LotCost {
  readonly cost: Cents;
  readonly acquired?: SessionDate | undefined;
  /** Whose shares a spin-off came out of: its cost is a part of theirs. */
  readonly from?: Ticker | undefined;
}

/** Lot facts, oldest first, and the costs that people entered, by lot. */
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

/** Returns the name of the lot that an entry opens. */
export function lotName(ticker: Ticker, seq: number): string {
  return `${ticker}-${seq}`;
}

/** Returns the lot fact of what moved without an order; undefined where it changes no lot. */
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
