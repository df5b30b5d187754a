/** Tax lots and realised gains, computed from journal events. Pure. */
import { newYorkDate, newYorkInstant } from '../new-york.ts';
import type { Fill } from '../order.ts';
import {
  type Cents,
  cents,
  type EpochMs,
  qty,
  type SessionDate,
  type Ticker,
  valueOf,
} from '../units.ts';
import { type ActionEvent, applyActions } from './corporate-actions.ts';
import { acquire, dispose, emptyBooks, type LotBooks, settleLosses } from './lot-books.ts';
import { type LotEvent, type LotRecord, statedCost } from './lot-event.ts';
import type { Disposal, LotMethod, OpenLot, TaxLot } from './open-lots.ts';
import { returnCapital } from './return-of-capital.ts';
import { yearEnd } from './tax-dates.ts';

/** Open lots and disposals. */
export interface TaxLots {
  /** By ticker, oldest first. */
  readonly lots: readonly TaxLot[];
  /** In order of sale. */
  readonly disposals: readonly Disposal[];
  /** Parts of lots removed without a sale, with their basis. */
  readonly departed: readonly TaxLot[];
}

type Sale = Extract<LotEvent, { readonly kind: 'trade' }>;

/** Events booked together: the fills of one order are one sale, a day's corporate actions one action. */
type Step =
  | { readonly kind: 'sale'; readonly day: SessionDate; readonly sales: Sale[] }
  | { readonly kind: 'actions'; readonly day: SessionDate; readonly actions: ActionEvent[] }
  | { readonly kind: 'one'; readonly day: SessionDate; readonly event: LotEvent };

/**
 * Returns the lots of those events, applied in the order in which they happened: an event recorded late
 * counts at its own time.
 * @param method FIFO is the method of the books; HIFO is for comparison.
 */
export function taxLots({ events, costs }: LotRecord, method: LotMethod = 'FIFO'): TaxLots {
  const books = emptyBooks(method);
  for (const step of stepsOf(events)) applyStep(books, step, costs);
  const { disposals, departed } = books;
  return { lots: [...books.lots.values()].flat(), disposals, departed };
}

/** The gain of a sale, with disallowed wash sale losses added back; undefined where the cost is unknown. */
export function gainOf({ proceeds, cost, disallowed }: Disposal): Cents | undefined {
  return cost === undefined ? undefined : cents(proceeds - cost + disallowed);
}

function inTime(events: readonly LotEvent[]): readonly LotEvent[] {
  const openings = events.filter(({ kind }) => kind === 'opening');
  const others = events.filter(({ kind }) => kind !== 'opening');
  return [...openings, ...others.toSorted((a, b) => timeOf(a) - timeOf(b))];
}

/** A corporate action counts from the start of its day, whenever the broker booked it. */
function timeOf({ kind, at }: LotEvent): number {
  return kind === 'action' ? newYorkInstant(newYorkDate(at), 0) : at;
}

/** A sale counts at its last fill: shares bought between its fills were bought before it. */
function stepsOf(events: readonly LotEvent[]): readonly Step[] {
  const steps: Step[] = [];
  const groups = new Map<string | undefined, Step>();
  for (const event of inTime(events).toReversed()) {
    const step = stepOf(event);
    const key = groupOf(event, step.day);
    const known = groups.get(key);
    if (known?.kind === 'sale' && step.kind === 'sale') known.sales.unshift(...step.sales);
    else if (known?.kind === 'actions' && step.kind === 'actions')
      known.actions.unshift(...step.actions);
    else {
      steps.push(step);
      groups.set(key, step);
    }
  }
  return steps.reverse();
}

function stepOf(event: LotEvent): Step {
  const day = newYorkDate(event.at);
  if (event.kind === 'action') return { kind: 'actions', day, actions: [event] };
  if (event.kind === 'trade' && event.fill.side === 'sell')
    return { kind: 'sale', day, sales: [event] };
  return { kind: 'one', day, event };
}

function groupOf(event: LotEvent, day: SessionDate): string | undefined {
  if (event.kind === 'action') return day;
  if (event.kind !== 'trade' || event.fill.side !== 'sell') return undefined;
  return `${day} ${event.fill.ticker} ${event.fill.orderId}`;
}

function applyStep(books: LotBooks, step: Step, costs: LotRecord['costs']): void {
  switch (step.kind) {
    case 'sale':
      return applySale(books, step.sales, step.day);
    case 'actions':
      return applyActions(books, step.actions, step.day, {
        unknownLot: (change) => knownLot(change, undefined, costs),
        entered: (lot) => costs.get(lot),
      });
    case 'one':
      return applyOne(books, step.event, step.day, costs);
    default:
      return step satisfies never;
  }
}

function applySale(books: LotBooks, sales: readonly Sale[], day: SessionDate): void {
  const made = sales.flatMap(({ fill, lot, at }) => {
    const sale = { orderId: fill.orderId, proceeds: valueOfFill(fill) };
    return dispose(books, { ticker: fill.ticker, qty: fill.qty, at, day, sale, lot });
  });
  const ticker = sales[0]?.fill.ticker;
  if (ticker !== undefined) settleLosses(books, ticker, made);
}

function applyOne(
  books: LotBooks,
  event: LotEvent,
  day: SessionDate,
  costs: LotRecord['costs'],
): void {
  if (event.kind === 'trade') {
    acquire(books, boughtLot(event.fill, event.lot, day), event.at);
  } else if (event.kind === 'opening') {
    acquire(books, knownLot(event, statedCost(event), costs), event.at);
  } else if (event.kind === 'return-of-capital') {
    returnCapital(books, event, day);
  } else if (event.qty > 0) {
    acquire(books, knownLot(event, undefined, costs), event.at);
  } else if (event.kind === 'worthless') {
    // By law they count as sold for nothing on the last day of the year.
    const sale = { orderId: undefined, proceeds: cents(0) };
    dispose(books, { ...goneOf(event), day: yearEnd(day), sale });
  } else {
    dispose(books, { ...goneOf(event), day });
  }
}

function goneOf({ ticker, lot, at, qty: moved }: Extract<LotEvent, { readonly ticker: Ticker }>) {
  return { ticker, lot, at, qty: qty(-moved), sale: undefined };
}

function boughtLot(fill: Fill, id: string, day: SessionDate): OpenLot {
  return {
    ...lotOf(id, fill.ticker, fill.qty, day),
    acquired: day,
    isDated: true,
    cost: valueOfFill(fill),
    purchase: `${fill.orderId} ${day}`,
  };
}

interface ArrivedShares {
  readonly lot: string;
  readonly ticker: Ticker;
  readonly qty: number;
  readonly at: EpochMs;
}

/** A lot without a purchase: at the stated cost, unless a person entered another. */
function knownLot(
  { lot, ticker, qty: shares, at }: ArrivedShares,
  stated: Cents | undefined,
  costs: LotRecord['costs'],
): OpenLot {
  const entered = costs.get(lot);
  const acquired = entered?.acquired;
  return {
    ...lotOf(lot, ticker, shares, acquired ?? newYorkDate(at)),
    acquired,
    isDated: acquired !== undefined,
    cost: entered?.cost ?? stated,
  };
}

function lotOf(id: string, ticker: Ticker, shares: number, heldSince: SessionDate) {
  return {
    id,
    ticker,
    qty: qty(shares),
    heldSince,
    deferred: cents(0),
    isReplacement: false,
    purchase: id,
  };
}

function valueOfFill(fill: Fill): Cents {
  return valueOf(fill.qty, fill.price);
}
