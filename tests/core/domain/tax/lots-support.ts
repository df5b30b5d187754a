/** Short ways to write down what happened to shares, for the tests of tax lots. */
import { newYorkInstant } from '#core/domain/new-york.ts';
import { emptyBooks, type LotBooks, lotsOf } from '#core/domain/tax/lot-books.ts';
import type { LotCost, LotEvent } from '#core/domain/tax/lot-event.ts';
import type { LotMethod, OpenLot, TaxLot } from '#core/domain/tax/open-lots.ts';
import { gainOf, taxLots } from '#core/domain/tax/tax-lots.ts';
import { centsToDecimal, dollars, qty, sessionDate, ticker } from '#core/domain/units.ts';

/** The smallest part of a share. */
export const BILLIONTH = 1e-9;

const MIDDAY = 12 * 60;

const at = (day: string, minute = 0) => newYorkInstant(sessionDate(day), MIDDAY + minute);

type Write = (number: number) => LotEvent;

interface TradeOf {
  readonly name?: string;
  readonly minute?: number;
  readonly order?: string;
}

const trade =
  (side: 'buy' | 'sell') =>
  (day: string, shares: number, price: number, given: TradeOf = {}): Write =>
  (number) => {
    const { name = 'XLK', minute = number % 300, order = `o${number}` } = given;
    const when = at(day, minute);
    const fill = {
      id: `f${number}`,
      orderId: order,
      ticker: ticker(name),
      side,
      qty: qty(Math.round(shares * 1e9)),
      price,
      at: when,
    };
    return { kind: 'trade', lot: `${name}-${number}`, fill, at: when, recordedAt: when };
  };

export const buy = trade('buy');
export const sell = trade('sell');

/** A change in shares without an order; `split` where `kind` is `action`. */
export const change =
  (
    kind: 'action' | 'moved' | 'return-of-capital',
    day: string,
    shares: number,
    { name = 'XLK', cash = 0 }: { readonly name?: string; readonly cash?: number } = {},
  ): Write =>
  (number) => ({
    kind,
    lot: `${name}-${number}`,
    ticker: ticker(name),
    qty: qty(Math.round(shares * 1e9)),
    at: at(day),
    recordedAt: at(day),
    cash: dollars(cash),
  });

export const opening =
  (day: string, shares: number, cost: number): Write =>
  (number) => ({
    kind: 'opening',
    lot: `XLK-${number}`,
    ticker: ticker('XLK'),
    qty: qty(shares * 1e9),
    cost: dollars(cost),
    at: at(day),
    recordedAt: at(day),
  });

interface LotOf {
  readonly id?: string;
  readonly name?: string;
  readonly shares?: number;
  readonly cost?: number | 'unknown';
  readonly deferred?: number;
  readonly acquired?: string | 'unknown';
  readonly heldSince?: string;
  readonly isReplacement?: boolean;
  readonly purchase?: string;
}

/** A lot of ten shares bought for 300, unless something else is given; without an id that of its day. */
export function lot({
  name = 'XLK',
  shares = 10,
  cost = 300,
  deferred = 0,
  acquired = '2025-01-06',
  heldSince = acquired === 'unknown' ? '2025-01-06' : acquired,
  isReplacement = false,
  id = `${name} ${heldSince}`,
  purchase = id,
}: LotOf = {}): OpenLot {
  return {
    id,
    ticker: ticker(name),
    qty: qty(Math.round(shares * 1e9)),
    acquired: acquired === 'unknown' ? undefined : sessionDate(acquired),
    heldSince: sessionDate(heldSince),
    isDated: acquired !== 'unknown',
    cost: cost === 'unknown' ? undefined : dollars(cost),
    deferred: dollars(deferred),
    isReplacement,
    purchase,
  };
}

/** Books that hold those lots. */
export function booksWith(...lots: OpenLot[]): LotBooks {
  const books = emptyBooks('FIFO');
  for (const each of lots) lotsOf(books, each.ticker).push(each);
  return books;
}

/** A lot in plain numbers. */
export function plain({ id, qty: held, cost, deferred, heldSince }: TaxLot) {
  return {
    id,
    shares: held / 1e9,
    basis: cost === undefined ? undefined : (cost + deferred) / 100,
    heldSince,
  };
}

/** The events of what happened, in the order it is written. */
export function eventsOf(...facts: Write[]): readonly LotEvent[] {
  return facts.map((write, index) => write(index + 1));
}

/** Lots and disposals of what happened, in the order it is written, in plain numbers. */
export function booked(
  facts: readonly Write[],
  {
    method = 'FIFO',
    costs = {},
  }: { readonly method?: LotMethod; readonly costs?: Readonly<Record<string, LotCost>> } = {},
) {
  const record = { events: eventsOf(...facts), costs: new Map(Object.entries(costs)) };
  const { lots, disposals, departed } = taxLots(record, method);
  return {
    lots: lots.map(plain),
    departed: departed.map(plain),
    sold: disposals.map((each) => ({
      lot: each.lot,
      shares: each.qty / 1e9,
      proceeds: each.proceeds / 100,
      basis: each.cost === undefined ? undefined : each.cost / 100,
      disallowed: each.disallowed / 100,
      gain: gainText(each),
      term: each.term,
    })),
  };
}

function gainText(each: Parameters<typeof gainOf>[0]): string | undefined {
  const gain = gainOf(each);
  return gain === undefined ? undefined : centsToDecimal(gain);
}
