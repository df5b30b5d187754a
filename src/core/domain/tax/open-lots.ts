/** Tax lots while they are folded: opened, taken from, split. What is in here changes in place. */
import {
  type Cents,
  cents,
  type EpochMs,
  type Qty,
  qty,
  type SessionDate,
  type Ticker,
} from '../units.ts';
import { isLongTerm } from './tax-dates.ts';

/** Which lot is sold first: the oldest, or the one that cost most a share. */
export type LotMethod = 'FIFO' | 'HIFO';

/** Whether a gain or a loss is of shares held for more than a year. */
export type Term = 'short' | 'long';

/** Shares that were acquired at once and are still held; sold short when negative. */
export interface TaxLot {
  /** `XLK-17`; parts of one lot share it. */
  readonly id: string;
  readonly ticker: Ticker;
  readonly qty: Qty;
  /** Undefined: before Rotor, or moved in, and nobody has said when. */
  readonly acquired: SessionDate | undefined;
  /** The start of the holding period, with what a wash sale added to it. */
  readonly heldSince: SessionDate;
  /** Whether that is the start itself; otherwise it began then at the latest. */
  readonly isDated: boolean;
  /** Undefined: unknown until a person enters it. What a short sale brought, where it is one. */
  readonly cost: Cents | undefined;
  /** Losses of wash sales that the basis holds beyond the cost. */
  readonly deferred: Cents;
  /** These shares replaced others in a wash sale already. */
  readonly isReplacement: boolean;
  /** What bought them: parts of one purchase do not replace each other. */
  readonly purchase: string;
}

/** Shares that were sold, of one lot. */
export interface Disposal {
  readonly lot: string;
  readonly ticker: Ticker;
  /** 0: cash for a fraction of a share. */
  readonly qty: Qty;
  readonly acquired: SessionDate | undefined;
  readonly sold: SessionDate;
  readonly at: EpochMs;
  /** The broker's id of the order; undefined where none sold them. */
  readonly orderId: string | undefined;
  readonly proceeds: Cents;
  /** The basis, deferred losses among it; undefined: unknown. */
  readonly cost: Cents | undefined;
  /** The part of the loss that a wash sale does not allow, at least 0. */
  readonly disallowed: Cents;
  /** Undefined where the holding period is not known. */
  readonly term: Term | undefined;
}

type Open<T> = { -readonly [K in keyof T]: T[K] };
/** A lot that is still worked on. */
export type OpenLot = Open<TaxLot>;
/** A disposal that is still worked on. */
export type OpenDisposal = Open<Disposal>;

/** A part of `value` in the proportion `part` to `whole`, halves away from zero; exact. */
export function shareOf(value: number, part: number, whole: number): number {
  if (part === whole || whole === 0) return value;
  const product = 2n * BigInt(value) * BigInt(part);
  const divisor = BigInt(whole);
  const half = product < 0n === divisor < 0n ? divisor : -divisor;
  return Number((product + half) / (2n * divisor));
}

/** Takes shares out of a lot, with their part of its cost; `lot` keeps the rest. */
export function splitOff(lot: OpenLot, quantity: number): OpenLot {
  const cost = lot.cost === undefined ? undefined : cents(shareOf(lot.cost, quantity, lot.qty));
  const deferred = cents(shareOf(lot.deferred, quantity, lot.qty));
  const part = { ...lot, qty: qty(quantity), cost, deferred };
  lot.qty = qty(lot.qty - quantity);
  if (lot.cost !== undefined && cost !== undefined) lot.cost = cents(lot.cost - cost);
  lot.deferred = cents(lot.deferred - deferred);
  return part;
}

/** The basis of a lot; undefined where its cost is unknown. */
export function basisOf({ cost, deferred }: Pick<TaxLot, 'cost' | 'deferred'>): Cents | undefined {
  return cost === undefined ? undefined : cents(cost + deferred);
}

/**
 * Takes up to that many shares (of the sign of the lots) out of the lots of a ticker, and leaves out
 * of `lots` those that are used up. Returns the parts in the order in which they go.
 */
export function takeShares(
  lots: OpenLot[],
  quantity: number,
  method: LotMethod,
): readonly OpenLot[] {
  const parts: OpenLot[] = [];
  let left = Math.abs(quantity);
  for (const lot of method === 'FIFO' ? oldestFirst(lots) : dearestFirst(lots)) {
    if (left === 0) break;
    if (lot.qty > 0 !== quantity > 0) continue;
    const part = Math.min(Math.abs(lot.qty), left) * Math.sign(quantity);
    parts.push(splitOff(lot, part));
    left -= Math.abs(part);
    if (lot.qty === 0) lots.splice(lots.indexOf(lot), 1);
  }
  return parts;
}

/** By the day on which they were acquired: shares that moved in may be older than those bought before. */
function oldestFirst(lots: readonly OpenLot[]): readonly OpenLot[] {
  const dateOf = ({ acquired, heldSince }: OpenLot): string => acquired ?? heldSince;
  return lots.toSorted((a, b) => (dateOf(a) < dateOf(b) ? -1 : Number(dateOf(a) > dateOf(b))));
}

/** By the basis of a share; lots of unknown cost last, else the oldest first. */
function dearestFirst(lots: readonly OpenLot[]): readonly OpenLot[] {
  const each = (lot: OpenLot): number => (basisOf(lot) ?? Number.NEGATIVE_INFINITY) / lot.qty;
  return lots.toSorted((a, b) => {
    const [left, right] = [each(a), each(b)];
    return left === right ? 0 : right - left;
  });
}

/** The term of shares sold that day; only what was surely held for over a year is long without a date. */
export function termOf({ isDated, heldSince }: TaxLot, sold: SessionDate): Term | undefined {
  if (isLongTerm(heldSince, sold)) return 'long';
  return isDated ? 'short' : undefined;
}
