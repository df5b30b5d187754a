/**
 * The effect of one day's corporate actions on lots. Basis and holding period carry over: a split or a
 * stock dividend spreads them over the new shares, a merger or ticker change moves them along.
 */
import { type Cents, cents, type EpochMs, qty, type SessionDate, type Ticker } from '../units.ts';
import { dispose, type LotBooks, lossesOf, lotsOf, type Outgoing } from './lot-books.ts';
import type { LotCost, LotEvent } from './lot-event.ts';
import { type OpenLot, shareOf, termOf } from './open-lots.ts';
import { spinOff } from './spin-offs.ts';
import { LATE_DAYS, successorOf } from './successors.ts';
import { daysBetween } from './tax-dates.ts';
import { type OpenLoss, rescaleLosses } from './wash-sales.ts';

/** Cash for all shares of a ticker that is gone belongs to those shares, even this many days later. */
const LATE_CASH_DAYS = 60;

/** A corporate action as the journal has it. */
export type ActionEvent = Extract<LotEvent, { readonly kind: 'action' }>;

/** The change of one ticker on a day: rows that remove the old shares and add the new ones are combined. */
interface Change {
  readonly ticker: Ticker;
  readonly lot: string;
  readonly at: EpochMs;
  qty: number;
  cash: number;
}

/** Additional information about lots. */
interface Known {
  /** Makes the lot of shares not explained by any holding, such as a spin-off's. */
  readonly unknownLot: (change: Change) => OpenLot;
  /** A person's entry for a lot that arrived without a purchase. */
  readonly entered: (lot: string) => LotCost | undefined;
}

/** Applies all actions of one day. */
export function applyActions(
  books: LotBooks,
  events: readonly ActionEvent[],
  day: SessionDate,
  known: Known,
): void {
  const all = changesOf(events);
  // Complete removals come first: incoming shares take over their lots.
  const changes = [...all.filter(({ qty }) => qty < 0), ...all.filter(({ qty }) => qty >= 0)];
  for (const change of changes) {
    bringBack(books, change, day);
    applyChange(books, change, changes, { day, ...known });
  }
}

function changesOf(events: readonly ActionEvent[]): readonly Change[] {
  const changes = new Map<Ticker, Change>();
  for (const { ticker, lot, at, qty: moved, cash } of events) {
    const known = changes.get(ticker);
    if (known) {
      known.qty += moved;
      known.cash += cash;
    } else changes.set(ticker, { ticker, lot, at, qty: moved, cash });
  }
  return [...changes.values()];
}

interface Day extends Known {
  readonly day: SessionDate;
}

function applyChange(books: LotBooks, change: Change, all: readonly Change[], known: Day): void {
  const held = lotsOf(books, change.ticker).reduce((sum, each) => sum + each.qty, 0);
  const isOver = held > 0 && held + change.qty === 0;
  const successor = isOver ? successorOf(books, change, all, known.day) : undefined;
  if (successor) moveLotsToSuccessor(books, change, successor);
  else if (isOver) end(books, change, known.day);
  else moveShares(books, change, held, { ...known, all });
  if (change.cash > 0 && !(isOver && !successor)) {
    cashInLieu(books, change, known.day, known.entered(change.lot)?.cost);
  }
}

/** All shares go, and no others arrive: if there is cash, of that day or a few days before, they are sold. */
function end(books: LotBooks, change: Change, day: SessionDate): void {
  const out = outgoing(change, day);
  const proceeds = cents(change.cash > 0 ? change.cash : takeEarlyCash(books, change.ticker, day));
  if (proceeds > 0) {
    dispose(books, { ...out, sale: { orderId: undefined, proceeds } });
    return;
  }
  const known = books.departed.length;
  dispose(books, out);
  // Their cash or their successor may be booked on a later day.
  books.gone.set(out.ticker, { day, lots: books.departed.slice(known) });
}

/** Cash paid a few days before the shares went was recorded as cash for a fraction. */
function takeEarlyCash({ disposals }: LotBooks, ticker: Ticker, day: SessionDate): number {
  const early = disposals.filter(
    (each) =>
      each.ticker === ticker &&
      each.qty === 0 &&
      each.cost === undefined &&
      daysBetween(each.sold, day) <= LATE_DAYS,
  );
  for (const each of early) disposals.splice(disposals.indexOf(each), 1);
  return early.reduce((sum, { proceeds }) => sum + proceeds, 0);
}

function moveShares(
  books: LotBooks,
  change: Change,
  held: number,
  { day, unknownLot, entered, all }: Day & { readonly all: readonly Change[] },
): void {
  const after = held + change.qty;
  if (Math.sign(held) === Math.sign(after)) {
    const { ticker } = change;
    rescale(lotsOf(books, ticker), lossesOf(books, ticker), held, after);
  } else if (change.qty < 0) {
    dispose(books, outgoing(change, day));
  } else {
    const sameDay = all.map(({ ticker }) => ticker);
    const origin = { entered: entered(change.lot)?.from, sameDay };
    const lot = unknownLot(change);
    if (lot.cost === undefined) books.came.set(lot.ticker, { day, lot: lot.id, qty: lot.qty });
    spinOff(books, lot, change.at, origin);
  }
}

function outgoing({ ticker, lot, at, qty: moved }: Change, day: SessionDate): Outgoing {
  return { ticker, qty: qty(Math.abs(moved)), at, day, lot, sale: undefined };
}

/** Cash for shares removed a few days ago is their sale, and a new ticker takes over their lots. */
function bringBack(books: LotBooks, change: Change, day: SessionDate): void {
  const { ticker, qty: came } = change;
  if (lotsOf(books, ticker).length > 0) return;
  const within = (days: number) =>
    [...books.gone].filter(([, gone]) => daysBetween(gone.day, day) <= days);
  const [first, ...more] =
    came > 0 ? within(LATE_DAYS) : within(LATE_CASH_DAYS).filter(([name]) => name === ticker);
  if (!first || more.length > 0) return;
  const [name, { lots }] = first;
  books.gone.delete(name);
  for (const lot of lots) books.departed.splice(books.departed.indexOf(lot), 1);
  lotsOf(books, name).push(...lots);
  if (came > 0) return moveLotsToSuccessor(books, { ticker: name }, change);
  change.qty -= lots.reduce((sum, lot) => sum + lot.qty, 0);
}

function moveLotsToSuccessor(
  books: LotBooks,
  from: Pick<Change, 'ticker'>,
  to: Pick<Change, 'ticker'> & { qty: number },
): void {
  const lots = lotsOf(books, from.ticker).splice(0);
  const losses = lossesOf(books, from.ticker).splice(0);
  const before = lots.reduce((sum, { qty: held }) => sum + held, 0);
  rescale(lots, losses, before, to.qty);
  lotsOf(books, to.ticker).push(...lots.map((lot) => ({ ...lot, ticker: to.ticker })));
  lossesOf(books, to.ticker).push(...losses);
  to.qty = 0;
}

/** Exact to a billionth of a share: the running sums are rounded, so that they add up. */
function rescale(lots: OpenLot[], losses: OpenLoss[], before: number, after: number): void {
  let old = 0;
  let done = 0;
  for (const lot of lots) {
    old += lot.qty;
    const until = shareOf(after, old, before);
    lot.qty = qty(until - done);
    done = until;
  }
  dropEmpty(lots);
  rescaleLosses(losses, before, after);
}

/**
 * Cash paid for a fractional share: the broker's row has no cost for it. A cost entered by a person is part
 * of the oldest lot's cost.
 */
function cashInLieu(
  books: LotBooks,
  { ticker, lot, at, cash }: Change,
  day: SessionDate,
  cost: Cents | undefined,
): void {
  const [from] = lotsOf(books, ticker);
  if (from?.cost !== undefined && cost !== undefined) from.cost = cents(from.cost - cost);
  books.disposals.push({
    lot,
    ticker,
    qty: qty(0),
    acquired: from?.acquired,
    sold: day,
    at,
    orderId: undefined,
    proceeds: cents(cash),
    cost,
    disallowed: cents(0),
    term: from && termOf(from, day),
  });
}

/** Lots reduced to zero by a reverse split; their cost goes to the largest lot. */
function dropEmpty(lots: OpenLot[]): void {
  for (const empty of lots.filter((lot) => lot.qty === 0)) {
    lots.splice(lots.indexOf(empty), 1);
    const largest = lots.toSorted((a, b) => Math.abs(b.qty) - Math.abs(a.qty))[0];
    if (largest?.cost === undefined) continue;
    largest.cost = cents(largest.cost + (empty.cost ?? 0));
    largest.deferred = cents(largest.deferred + empty.deferred);
  }
}
