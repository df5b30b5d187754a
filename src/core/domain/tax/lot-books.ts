/** The effect of an event on a ticker's lots. The books are mutable during the computation. */
import { newYorkDate } from '../new-york.ts';
import {
  type Cents,
  cents,
  type EpochMs,
  type Qty,
  qty,
  type SessionDate,
  type Ticker,
} from '../units.ts';
import {
  basisOf,
  type LotMethod,
  type OpenDisposal,
  type OpenLot,
  shareOf,
  splitOff,
  takeShares,
  termOf,
} from './open-lots.ts';
import { deferLosses, lossOf, type OpenLoss } from './wash-sales.ts';

/** Lots, disposals and losses during the computation. */
export interface LotBooks {
  readonly method: LotMethod;
  readonly lots: Map<Ticker, OpenLot[]>;
  readonly disposals: OpenDisposal[];
  readonly departed: OpenLot[];
  readonly losses: Map<Ticker, OpenLoss[]>;
  /**
   * Lots that an action removed without a replacement: cash or shares that arrive days later are for them.
   */
  readonly gone: Map<Ticker, { readonly day: SessionDate; readonly lots: readonly OpenLot[] }>;
  /** Unexplained shares from an action: shares removed days later may explain them. */
  readonly came: Map<
    Ticker,
    { readonly day: SessionDate; readonly lot: string; readonly qty: Qty }
  >;
}

/** The books before the first event. */
export function emptyBooks(method: LotMethod): LotBooks {
  return {
    method,
    lots: new Map(),
    disposals: [],
    departed: [],
    losses: new Map(),
    gone: new Map(),
    came: new Map(),
  };
}

/** The open lots of a ticker, oldest first. */
export function lotsOf({ lots }: LotBooks, ticker: Ticker): OpenLot[] {
  return listOf(lots, ticker);
}

/** The losses of a ticker, in the order of their sales. */
export function lossesOf({ losses }: LotBooks, ticker: Ticker): OpenLoss[] {
  return listOf(losses, ticker);
}

function listOf<T>(map: Map<Ticker, T[]>, ticker: Ticker): T[] {
  const known = map.get(ticker);
  if (known) return known;
  const fresh: T[] = [];
  map.set(ticker, fresh);
  return fresh;
}

/** Opens a lot with the shares left after covering any shares sold short or missing. */
export function acquire(books: LotBooks, lot: OpenLot, at: EpochMs): void {
  const lots = lotsOf(books, lot.ticker);
  const made: OpenLoss[] = [];
  for (const short of takeShares(lots, -lot.qty, books.method)) {
    const cover = splitOff(lot, -short.qty);
    // Shares removed without a sale had no proceeds; their basis goes with them.
    if (short.cost === undefined) books.departed.push(cover);
    else {
      const disposal = covered(short, cover, short.cost, at);
      books.disposals.push(disposal);
      made.push(...listed(lossOf(disposal, short)));
    }
  }
  settleLosses(books, lot.ticker, made);
  if (lot.qty === 0) return;
  lots.push(lot);
  deferLosses(lossesOf(books, lot.ticker), lots);
}

function covered(short: OpenLot, cover: OpenLot, proceeds: Cents, at: EpochMs): OpenDisposal {
  return {
    lot: short.id,
    ticker: cover.ticker,
    qty: cover.qty,
    acquired: cover.acquired,
    // Shares that arrive may have been acquired long before they covered.
    sold: newYorkDate(at),
    at,
    orderId: short.purchase,
    proceeds,
    cost: cover.cost === undefined ? undefined : cents(cover.cost + short.deferred),
    disallowed: cents(0),
    term: 'short',
  };
}

/** Shares sold or removed. */
export interface Outgoing {
  readonly ticker: Ticker;
  /** Above 0. */
  readonly qty: Qty;
  readonly at: EpochMs;
  readonly day: SessionDate;
  /** Undefined: removed without a sale; their basis goes with them. */
  readonly sale: { readonly orderId: string | undefined; readonly proceeds: Cents } | undefined;
  /** Id of the short lot to open where more goes than is held. */
  readonly lot: string;
}

/** Removes shares; any excess over the lots becomes a lot below zero. Returns the losses realised. */
export function dispose(books: LotBooks, out: Outgoing): readonly OpenLoss[] {
  const lots = lotsOf(books, out.ticker);
  const made: OpenLoss[] = [];
  let left: number = out.qty;
  let proceeds: number = out.sale?.proceeds ?? 0;
  for (const part of takeShares(lots, out.qty, books.method)) {
    const brought = cents(shareOf(proceeds, part.qty, left));
    left -= part.qty;
    proceeds -= brought;
    if (!out.sale) {
      books.departed.push(part);
      continue;
    }
    const disposal = soldPart(part, out, brought);
    books.disposals.push(disposal);
    made.push(...listed(lossOf(disposal, part)));
  }
  if (left > 0) {
    lots.push(shortLot(out, left, out.sale && cents(proceeds)));
    deferLosses(lossesOf(books, out.ticker), lots);
  }
  return made;
}

function listed<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}

function soldPart(part: OpenLot, { day, at, sale }: Outgoing, proceeds: Cents): OpenDisposal {
  return {
    lot: part.id,
    ticker: part.ticker,
    qty: part.qty,
    acquired: part.acquired,
    sold: day,
    at,
    orderId: sale?.orderId,
    proceeds,
    cost: basisOf(part),
    disallowed: cents(0),
    term: termOf(part, day),
  };
}

function shortLot(out: Outgoing, shares: number, brought: Cents | undefined): OpenLot {
  return {
    id: out.lot,
    ticker: out.ticker,
    qty: qty(-shares),
    acquired: out.day,
    heldSince: out.day,
    isDated: true,
    cost: brought,
    deferred: cents(0),
    isReplacement: false,
    purchase: out.sale?.orderId ?? out.lot,
  };
}

/** Matches the losses of one sale with earlier purchases; the rest waits for later ones. */
export function settleLosses(books: LotBooks, ticker: Ticker, made: readonly OpenLoss[]): void {
  deferLosses(made, lotsOf(books, ticker));
  lossesOf(books, ticker).push(...made);
}
