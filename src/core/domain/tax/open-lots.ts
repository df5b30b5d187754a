/** Tax lots during the computation: opened, taken from, split. Values in here are mutable. */
import {
  type Cents,
  cents,
  type EpochMs,
  type Qty,
  qty,
  type SessionDate,
  type Ticker,
} from '../units.ts';
import { daysBetween, isLongTerm } from './tax-dates.ts';

/** Which lot is sold first: the oldest, or the one with the highest cost per share. */
export type LotMethod = 'FIFO' | 'HIFO';

/** Whether a gain or loss is on shares held for more than a year. */
export type Term = 'short' | 'long';

/** Shares acquired at once and still held; negative when sold short. */
export interface TaxLot {
  /** `XLK-17`; parts of one lot share the id. */
  readonly id: string;
  readonly ticker: Ticker;
  readonly qty: Qty;
  /** Undefined: acquired before Rotor or transferred in, and no date was entered. */
  readonly acquired: SessionDate | undefined;
  /** Start of the holding period, including time added by a wash sale. */
  readonly heldSince: SessionDate;
  /** Whether that is the exact start; otherwise it is the latest possible one. */
  readonly isDated: boolean;
  /** Undefined: unknown until a person enters it. For a short sale, its proceeds. */
  readonly cost: Cents | undefined;
  /** Disallowed wash sale losses added to the basis. */
  readonly deferred: Cents;
  /** These shares have already replaced others in a wash sale. */
  readonly isReplacement: boolean;
  /** The purchase they came from: parts of one purchase do not replace each other. */
  readonly purchase: string;
}

/** Shares sold from one lot. */
export interface Disposal {
  readonly lot: string;
  readonly ticker: Ticker;
  /** 0: cash for a fraction of a share. */
  readonly qty: Qty;
  readonly acquired: SessionDate | undefined;
  readonly sold: SessionDate;
  readonly at: EpochMs;
  /** The broker's order id; undefined where no order sold them. */
  readonly orderId: string | undefined;
  readonly proceeds: Cents;
  /** The basis, including deferred losses; undefined: unknown. */
  readonly cost: Cents | undefined;
  /** The part of the loss disallowed as a wash sale, at least 0. */
  readonly disallowed: Cents;
  /** Undefined where the holding period is unknown. */
  readonly term: Term | undefined;
}

type Open<T> = { -readonly [K in keyof T]: T[K] };
/** A lot during the computation. */
export type OpenLot = Open<TaxLot>;
/** A disposal during the computation. */
export type OpenDisposal = Open<Disposal>;

/** A part of `value` in the proportion `part` to `whole`, halves away from zero; exact. */
export function shareOf(value: number, part: number, whole: number): number {
  if (whole === 0) return value;
  const product = 2n * BigInt(value) * BigInt(part);
  const divisor = BigInt(whole);
  const half = product < 0n === divisor < 0n ? divisor : -divisor;
  return Number((product + half) / (2n * divisor));
}

/** Splits shares off a lot, with their part of its cost; `lot` keeps the rest. */
export function splitOff(lot: OpenLot, quantity: number): OpenLot {
  const deferred = cents(shareOf(lot.deferred, quantity, lot.qty));
  const part = { ...lot, qty: qty(quantity), deferred };
  if (lot.cost !== undefined) {
    part.cost = cents(shareOf(lot.cost, quantity, lot.qty));
    lot.cost = cents(lot.cost - part.cost);
  }
  lot.qty = qty(lot.qty - quantity);
  lot.deferred = cents(lot.deferred - deferred);
  return part;
}

/** The basis of a lot; undefined where its cost is unknown. */
export function basisOf({ cost, deferred }: Pick<TaxLot, 'cost' | 'deferred'>): Cents | undefined {
  return cost === undefined ? undefined : cents(cost + deferred);
}

/**
 * Takes up to that many shares (of the sign of the lots) from a ticker's lots, and removes used-up lots
 * from `lots`. Returns the parts in the order of sale.
 */
export function takeShares(
  lots: OpenLot[],
  quantity: number,
  method: LotMethod,
): readonly OpenLot[] {
  const parts: OpenLot[] = [];
  let left = Math.abs(quantity);
  for (const lot of method === 'FIFO' ? oldestFirst(lots) : highestCostFirst(lots)) {
    if (left === 0) break;
    if (Math.sign(lot.qty) !== Math.sign(quantity)) continue;
    const part = Math.min(Math.abs(lot.qty), left) * Math.sign(quantity);
    parts.push(splitOff(lot, part));
    left -= Math.abs(part);
    if (lot.qty === 0) lots.splice(lots.indexOf(lot), 1);
  }
  return parts;
}

/** By acquisition date: shares transferred in may be older than earlier purchases. */
export function oldestFirst(lots: readonly OpenLot[]): readonly OpenLot[] {
  const dateOf = ({ acquired, heldSince }: OpenLot): SessionDate => acquired ?? heldSince;
  return lots.toSorted((a, b) => daysBetween(dateOf(b), dateOf(a)));
}

/** By basis per share, highest first; lots of unknown cost last, oldest first. */
function highestCostFirst(lots: readonly OpenLot[]): readonly OpenLot[] {
  const each = (lot: OpenLot): number => (basisOf(lot) ?? Number.NEGATIVE_INFINITY) / lot.qty;
  // Two lots of unknown cost differ by NaN, which sorts as equal.
  return lots.toSorted((a, b) => each(b) - each(a));
}

/** The term of shares sold that day; without a date only shares certainly held for over a year are long. */
export function termOf({ isDated, heldSince }: TaxLot, sold: SessionDate): Term | undefined {
  if (isLongTerm(heldSince, sold)) return 'long';
  return isDated ? 'short' : undefined;
}
