/**
 * What corporate actions of one day do to lots. A basis and a holding period go on: a split or a stock
 * dividend spreads them over the new shares, a merger or another name takes them along.
 */
import { cents, type EpochMs, qty, type SessionDate, type Ticker } from '../units.ts';
import { acquire, dispose, type LotBooks, lossesOf, lotsOf } from './lot-books.ts';
import type { LotEvent } from './lot-event.ts';
import { type OpenLot, shareOf } from './open-lots.ts';
import { rescaleLosses } from './wash-sales.ts';

/** A corporate action as the journal has it. */
export type ActionEvent = Extract<LotEvent, { readonly kind: 'action' }>;

/** The change of one ticker on a day: rows that take the old shares and give the new ones are one. */
interface Change {
  readonly ticker: Ticker;
  readonly lot: string;
  readonly at: EpochMs;
  qty: number;
  cash: number;
}

/**
 * Applies all actions of one day.
 * @param unknownLot makes the lot of shares that nothing held explains, as a spin-off's.
 */
export function applyActions(
  books: LotBooks,
  events: readonly ActionEvent[],
  day: SessionDate,
  unknownLot: (change: ActionEvent) => OpenLot,
): void {
  const all = changesOf(events);
  // What goes away as a whole comes first: what comes in its place takes its lots.
  const changes = [...all.filter(({ qty }) => qty < 0), ...all.filter(({ qty }) => qty >= 0)];
  for (const change of changes) applyChange(books, change, changes, { day, unknownLot, events });
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

interface Day {
  readonly day: SessionDate;
  readonly events: readonly ActionEvent[];
  readonly unknownLot: (change: ActionEvent) => OpenLot;
}

function applyChange(
  books: LotBooks,
  change: Change,
  all: readonly Change[],
  { day, events, unknownLot }: Day,
): void {
  const { ticker, lot, at } = change;
  const lots = lotsOf(books, ticker);
  const held = lots.reduce((sum, each) => sum + each.qty, 0);
  const after = held + change.qty;
  const isOver = held > 0 && after === 0;
  const heir = isOver ? all.find((each) => isHeir(books, each)) : undefined;
  const out = { ticker, qty: qty(Math.abs(change.qty)), at, day, lot };
  const sale = { orderId: undefined, proceeds: cents(change.cash) };
  if (heir) inherit(books, change, heir);
  else if (isOver && change.cash > 0) dispose(books, { ...out, sale });
  else if (held !== 0 && Math.sign(held) === Math.sign(after)) rescale(books, ticker, held, after);
  else if (change.qty < 0) dispose(books, { ...out, sale: undefined });
  else if (change.qty > 0) {
    const from = events.find((each) => each.ticker === ticker);
    if (from) acquire(books, unknownLot({ ...from, qty: qty(change.qty) }), at);
  }
  if (change.cash > 0 && !(isOver && !heir)) cashInLieu(books, change, day);
}

/** A ticker that comes where nothing of it was held. */
function isHeir(books: LotBooks, { ticker, qty: came }: Change): boolean {
  return came > 0 && lotsOf(books, ticker).length === 0;
}

function inherit(books: LotBooks, from: Change, to: Change): void {
  const lots = lotsOf(books, from.ticker).splice(0);
  const losses = lossesOf(books, from.ticker).splice(0);
  const before = lots.reduce((sum, { qty: held }) => sum + held, 0);
  lotsOf(books, to.ticker).push(...lots.map((lot) => ({ ...lot, ticker: to.ticker })));
  lossesOf(books, to.ticker).push(...losses);
  rescale(books, to.ticker, before, to.qty);
  to.qty = 0;
}

/** Shares are told apart to the billionth: the running sums are rounded, so that they add up. */
function rescale(books: LotBooks, ticker: Ticker, before: number, after: number): void {
  const lots = lotsOf(books, ticker);
  let old = 0;
  let done = 0;
  for (const lot of lots) {
    old += lot.qty;
    const until = shareOf(after, old, before);
    lot.qty = qty(until - done);
    done = until;
  }
  dropEmpty(lots);
  rescaleLosses(lossesOf(books, ticker), before, after);
}

/** Paid for a fraction of a share: what it cost is not in the broker's row. */
function cashInLieu(books: LotBooks, { ticker, lot, at, cash }: Change, day: SessionDate): void {
  books.disposals.push({
    lot,
    ticker,
    qty: qty(0),
    acquired: undefined,
    sold: day,
    at,
    orderId: undefined,
    proceeds: cents(cash),
    cost: undefined,
    disallowed: cents(0),
    term: undefined,
  });
}

/** Dust that a reverse split leaves nothing of; its cost goes to the largest lot. */
function dropEmpty(lots: OpenLot[]): void {
  for (const empty of lots.filter((lot) => lot.qty === 0)) {
    lots.splice(lots.indexOf(empty), 1);
    const largest = lots.toSorted((a, b) => Math.abs(b.qty) - Math.abs(a.qty))[0];
    if (largest?.cost === undefined) continue;
    largest.cost = cents(largest.cost + (empty.cost ?? 0));
    largest.deferred = cents(largest.deferred + empty.deferred);
  }
}
