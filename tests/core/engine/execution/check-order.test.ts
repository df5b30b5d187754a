import { describe, expect, it } from 'vitest';
import type { ManagedOrder } from '#core/domain/account-state.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import type { Order } from '#core/domain/order.ts';
import { sentOnDay, type TradingLimits } from '#core/domain/trading-limits.ts';
import {
  cents,
  dollars,
  epochMs,
  qty,
  sessionDate,
  ticker,
  wholeShares,
} from '#core/domain/units.ts';
import { tradable, UNIVERSE } from '#core/domain/universe.ts';
import {
  checkOrder,
  mayLift,
  type OrderContext,
  turnoverOf,
} from '#core/engine/execution/check-order.ts';
import type { OrderBlock } from '#core/engine/execution/order-block.ts';
import { ACCOUNT_ID, intent } from '#tests/support/decision.ts';
import { LIMITS } from '#tests/support/limits.ts';

const NOW = newYorkInstant(sessionDate('2026-11-10'), 11 * 60);
const buy = intent('d', 'buy', 'XLK', 100);
const sell = intent('d', 'sell', 'XLK', 100);

function orderBlock(...given: Parameters<typeof checkOrder>): OrderBlock | undefined {
  const checked = checkOrder(...given);
  return checked.kind === 'send' ? undefined : checked;
}

function priced(dollarsAShare: Record<string, number>): OrderContext['prices'] {
  return new Map(
    Object.entries(dollarsAShare).map(([symbol, price]) => [
      ticker(symbol),
      { ticker: ticker(symbol), price, at: NOW },
    ]),
  );
}

/** $100,000 of equity, half of it in XLK at $100; everything in order. */
function orderContext(changes: Partial<OrderContext> = {}): OrderContext {
  return {
    now: NOW,
    askedAt: NOW,
    state: 'RUN',
    market: { at: NOW, open: true, nextOpen: NOW, nextClose: NOW },
    account: {
      id: ACCOUNT_ID,
      number: 'PA3FAKE00001',
      status: 'ACTIVE',
      equity: dollars(100_000),
      cash: dollars(50_000),
      buyingPower: dollars(50_000),
      blocked: false,
    },
    positions: [
      {
        ticker: ticker('XLK'),
        qty: wholeShares(500),
        available: wholeShares(500),
        averagePrice: 100,
        currentPrice: 100,
        marketValue: dollars(50_000),
        unrealised: dollars(0),
      },
    ],
    openOrders: [],
    setAside: new Set(),
    asset: { ticker: ticker('XLK'), tradable: true, fractionable: true },
    prices: priced({ XLK: 100 }),
    rules: { fractional: false, minOrder: dollars(10) },
    bookCash: dollars(50_000),
    planEquity: cents(0),
    otherBuys: cents(0),
    own: new Set(tradable(UNIVERSE).map((each) => each.ticker)),
    flattening: false,
    closeDecidedOn: 100,
    today: [],
    defensive: ticker('TLT'),
    ...changes,
  };
}

function legOf(of: typeof buy): ManagedOrder {
  return {
    intent: of,
    at: NOW,
    tries: 0,
    sentAt: undefined,
    state: 'planned',
    refusal: undefined,
    order: undefined,
    fills: [],
    cancelRequestedBy: undefined,
  };
}

function open(side: 'buy' | 'sell', shares: number): Order {
  return {
    id: 'o',
    clientOrderId: 'somebody',
    ticker: ticker('XLK'),
    side,
    qty: wholeShares(shares),
    filledQty: wholeShares(0),
    averagePrice: undefined,
    status: 'open',
    brokerStatus: 'new',
    submittedAt: NOW,
    updatedAt: NOW,
  };
}

const market = (changes: object) => ({ market: { ...orderContext().market, ...changes } });
const account = (changes: object) => ({ account: { ...orderContext().account, ...changes } });

interface Row {
  readonly name: string;
  readonly limit: string;
  readonly kind: 'wait' | 'refuse';
  readonly order?: typeof buy;
  readonly changes?: Partial<OrderContext>;
  readonly limits?: Partial<TradingLimits>;
}

const ROWS: readonly Row[] = [
  {
    name: 'before 09:35',
    limit: 'trading window',
    kind: 'wait',
    changes: { now: epochMs(NOW - 90 * 60_000) },
  },
  {
    name: 'the broker calls the market closed',
    limit: 'market',
    kind: 'wait',
    changes: market({ open: false }),
  },
  {
    name: 'our clock is 5 s late',
    limit: 'clock',
    kind: 'wait',
    changes: market({ at: epochMs(NOW + 5_000) }),
  },
  {
    name: 'our clock is 5 s early',
    limit: 'clock',
    kind: 'wait',
    changes: market({ at: epochMs(NOW - 5_000) }),
  },
  { name: 'HALT', limit: 'trading state', kind: 'wait', changes: { state: 'HALT' }, order: sell },
  {
    name: 'a buy under REDUCE',
    limit: 'trading state',
    kind: 'wait',
    changes: { state: 'REDUCE' },
  },
  {
    name: 'a blocked account',
    limit: 'account',
    kind: 'wait',
    changes: account({ blocked: true }),
  },
  {
    name: 'an asset that is not listed',
    limit: 'asset',
    kind: 'wait',
    changes: { asset: undefined },
  },
  {
    name: 'an asset that is not tradable',
    limit: 'asset',
    kind: 'wait',
    changes: { asset: { ticker: ticker('XLK'), tradable: false, fractionable: true } },
  },
  {
    name: 'a buy beside an open sell',
    limit: 'crossing order',
    kind: 'wait',
    changes: { openOrders: [open('sell', 1)] },
  },
  {
    name: 'a sell beside an open buy',
    limit: 'crossing order',
    kind: 'wait',
    order: sell,
    changes: { openOrders: [open('buy', 1)] },
  },
  {
    name: 'a sell of what is not held',
    limit: 'short sale',
    kind: 'refuse',
    order: sell,
    changes: { positions: [] },
  },
  {
    name: 'a sell of shares that another order holds',
    limit: 'reserved shares',
    kind: 'wait',
    order: sell,
    changes: {
      positions: orderContext().positions.map((each) => ({ ...each, available: qty(0) })),
    },
  },
  {
    name: 'a buy in an account that may only sell',
    limit: 'account',
    kind: 'wait',
    changes: account({ liquidationOnly: true }),
  },
  {
    name: 'an account whose equity its own parts contradict',
    limit: 'equity',
    kind: 'wait',
    order: sell,
    changes: { contradiction: { stated: dollars(50_000), counted: dollars(100_000) } },
  },
  { name: 'no latest trade', limit: 'price', kind: 'wait', changes: { prices: new Map() } },
  { name: 'no last close', limit: 'price', kind: 'refuse', changes: { closeDecidedOn: undefined } },
  {
    name: 'a hundredfold tick',
    limit: 'price collar',
    kind: 'wait',
    changes: { prices: priced({ XLK: 10_000 }) },
  },
  {
    name: 'a hundredth of the price',
    limit: 'price collar',
    kind: 'wait',
    changes: { prices: priced({ XLK: 1 }) },
  },
  {
    name: 'a price that is no number',
    limit: 'price collar',
    kind: 'wait',
    changes: { prices: priced({ XLK: Number.NaN }) },
  },
  {
    name: 'a large order',
    limit: 'MAX_ORDER_USD',
    kind: 'refuse',
    limits: { maxOrder: dollars(9_999) },
  },
  {
    name: 'one order too many',
    limit: 'MAX_ORDERS_PER_DAY',
    kind: 'wait',
    limits: { maxOrdersPerDay: 0 },
  },
  {
    name: 'too much turnover',
    limit: 'MAX_TURNOVER_PER_DAY',
    kind: 'wait',
    limits: { maxTurnoverPerDay: 0.15 },
    changes: { today: [legOf({ ...buy, qty: wholeShares(60) })] },
    order: sell,
  },
  {
    name: 'more than the turnover of any day',
    limit: 'MAX_TURNOVER_PER_DAY',
    kind: 'refuse',
    limits: { maxTurnoverPerDay: 0.09 },
    order: sell,
  },
  {
    name: 'more than the turnover of any day of the part that is managed',
    limit: 'MAX_TURNOVER_PER_DAY',
    kind: 'refuse',
    limits: { maxTurnoverPerDay: 0.15, maxManaged: dollars(50_000) },
    order: sell,
  },
  { name: 'too much exposure', limit: 'MAX_GROSS', kind: 'refuse', limits: { maxGross: 0.5 } },
  {
    name: 'too much exposure once an open buy fills',
    limit: 'MAX_GROSS',
    kind: 'refuse',
    limits: { maxGross: 0.99, maxWeight: 1 },
    changes: { openOrders: [open('buy', 500)] },
  },
  {
    name: 'an open buy of no stated worth, which the broker keeps buying power back for',
    limit: 'buying power',
    kind: 'wait',
    changes: {
      ...account({ buyingPower: dollars(0) }),
      openOrders: [{ ...open('buy', 1), ticker: ticker('XLB') }],
    },
  },
  {
    name: 'more than the cash that open buys leave',
    limit: 'cash',
    kind: 'refuse',
    changes: {
      ...account({ cash: dollars(1_000) }),
      bookCash: dollars(1_000),
      positions: [],
      openOrders: [{ ...open('buy', 10), ticker: ticker('XLB') }],
      prices: priced({ XLK: 100, XLB: 100 }),
    },
  },
  {
    name: 'too much of one sector',
    limit: 'MAX_WEIGHT',
    kind: 'refuse',
    limits: { maxWeight: 0.48 },
  },
];

describe('the limits right before a POST', () => {
  it('allow an ordinary order', () => {
    expect(orderBlock(buy, orderContext(), LIMITS)).toBeUndefined();
    expect(orderBlock(sell, orderContext(), LIMITS)).toBeUndefined();
  });

  it.each(ROWS)('$limit: $kind for $name', ({ limit, kind, order = buy, changes, limits }) => {
    expect(orderBlock(order, orderContext(changes), { ...LIMITS, ...limits })).toMatchObject({
      kind,
      limit,
    });
  });

  it('value an open buy at its own price, or at its fill price', () => {
    const other = { ...open('buy', 100), ticker: ticker('XLB') };
    const prices = priced({ XLK: 100, XLB: 1 });
    expect(orderBlock(buy, orderContext({ openOrders: [other], prices }), LIMITS)).toBeUndefined();
    const filling = { ...other, averagePrice: 1 };
    expect(orderBlock(buy, orderContext({ openOrders: [filling] }), LIMITS)).toBeUndefined();
  });

  it.each<[string, Partial<ManagedOrder>, number | undefined]>([
    ['of unknown outcome', { state: 'sending' }, 11_000],
    ['open', { state: 'placed', order: open('buy', 1) }, 11_000],
    [
      'open and smaller than it was planned',
      { state: 'placed', order: open('buy', 1), sent: { qty: wholeShares(30), limitPrice: '110' } },
      8_300,
    ],
    ['refused', { state: 'refused' }, undefined],
    ['expired', { state: 'placed', order: { ...open('buy', 50), status: 'expired' } }, undefined],
    [
      'filled in part',
      {
        state: 'placed',
        order: {
          ...open('buy', 50),
          status: 'expired',
          filledQty: wholeShares(25),
          averagePrice: 120,
        },
      },
      8_000,
    ],
  ])('count an earlier order that is %s by what it turned over', (_name, managed, turned) => {
    const earlier = { ...legOf({ ...buy, qty: wholeShares(60) }), ...managed };
    const now = { ...sell, qty: wholeShares(50) };
    const found = orderBlock(now, orderContext({ today: [earlier] }), {
      ...LIMITS,
      limitBps: 0,
      maxTurnoverPerDay: 0.0799,
    });
    const reason = turned && expect.stringContaining(`$${turned.toLocaleString('en-US')} would`);
    expect(found).toEqual(reason && { kind: 'wait', limit: 'MAX_TURNOVER_PER_DAY', reason });
  });

  it('shrink a buy to the cash left by open buys, at its limit price', () => {
    const checked = checkOrder(
      intent('d', 'buy', 'XLK', 50),
      orderContext({
        ...account({ cash: dollars(5_500) }),
        positions: [],
        openOrders: [{ ...open('buy', 10), ticker: ticker('XLB'), limitPrice: 110 }],
      }),
      { ...LIMITS, maxWeight: 1 },
    );
    // $4,400 are left; a share costs at most $100.50.
    expect(checked).toEqual({
      kind: 'send',
      terms: { qty: wholeShares(43), limitPrice: '100.5' },
    });
  });

  it('shrink a buy to the buying power, less the reserve, if the broker lends less than the cash', () => {
    const poor = orderContext({ ...account({ buyingPower: dollars(3_000) }), positions: [] });
    const order = intent('d', 'buy', 'XLK', 50);
    const sizeAt = (limits: Partial<TradingLimits>) =>
      checkOrder(order, poor, { ...LIMITS, maxWeight: 1, limitBps: 0, ...limits });
    expect(sizeAt({})).toMatchObject({ kind: 'send', terms: { qty: wholeShares(30) } });
    expect(sizeAt({ reserve: dollars(1_000) })).toMatchObject({ terms: { qty: wholeShares(20) } });
    expect(sizeAt({ reserve: dollars(3_000) })).toMatchObject({
      kind: 'wait',
      limit: 'buying power',
    });
  });

  it('count open buys as exposure, but not open sells, whose cash has not arrived yet', () => {
    const full = { ...LIMITS, maxWeight: 1, limitBps: 0, maxGross: 0.6 };
    const order = intent('d', 'buy', 'XLK', 100);
    // $50,000 of $100,000 is held; the law leaves $10,000.
    const beside = (...openOrders: readonly Order[]) =>
      checkOrder(order, orderContext({ openOrders }), full);
    const other = { ticker: ticker('XLB'), limitPrice: 100 };
    expect(beside()).toMatchObject({ terms: { qty: wholeShares(100) } });
    expect(beside({ ...open('sell', 50), ...other })).toMatchObject({
      terms: { qty: wholeShares(100) },
    });
    expect(beside({ ...open('buy', 50), ...other })).toMatchObject({
      terms: { qty: wholeShares(50) },
    });
  });

  it('count today’s orders up to the allowed number, those of no other day and none that was refused', () => {
    const sent = [0, 1, 2].map(() => ({ ...legOf(sell), state: 'placed' as const }));
    const allowed = (maxOrdersPerDay: number) =>
      orderBlock(sell, orderContext({ today: sent }), { ...LIMITS, maxOrdersPerDay })?.limit;
    expect(allowed(3)).toBe('MAX_ORDERS_PER_DAY');
    expect(allowed(4)).toBeUndefined();
    const atNight = (date: string, minutes: number) => ({
      ...legOf(sell),
      sentAt: newYorkInstant(sessionDate(date), minutes),
    });
    const found = sentOnDay(
      [
        atNight('2026-11-09', 24 * 60 - 1),
        atNight('2026-11-10', 0),
        atNight('2026-11-10', 24 * 60 - 1),
        atNight('2026-11-11', 0),
        legOf(sell),
        { ...atNight('2026-11-10', 12 * 60), state: 'refused' as const },
      ],
      NOW,
    );
    expect(found.map(({ sentAt }) => sentAt)).toEqual([
      newYorkInstant(sessionDate('2026-11-10'), 0),
      newYorkInstant(sessionDate('2026-11-10'), 24 * 60 - 1),
    ]);
    // In the evening it is the next day already in Greenwich.
    const evening = newYorkInstant(sessionDate('2026-11-10'), 20 * 60);
    expect(sentOnDay([atNight('2026-11-10', 9 * 60)], evening)).toHaveLength(1);
  });

  it('value earlier orders at their own limit', () => {
    const before = { qty: wholeShares(40), limitPrice: '110' };
    const anyWeight = { ...LIMITS, maxWeight: 1 };
    const poor = orderContext({ ...account({ cash: dollars(4_399) }), positions: [] });
    expect(checkOrder({ ...buy, qty: before.qty }, poor, anyWeight, before)).toMatchObject({
      kind: 'wait',
      limit: 'cash',
    });
    const enough = orderContext({ ...account({ cash: dollars(4_400) }), positions: [] });
    expect(checkOrder({ ...buy, qty: before.qty }, enough, anyWeight, before)).toEqual({
      kind: 'send',
      terms: before,
    });
  });

  it('are not affected by an opposite order that a person set aside', () => {
    const beside = { openOrders: [open('sell', 1)], setAside: new Set(['somebody']) };
    expect(orderBlock(buy, orderContext(beside), LIMITS)).toBeUndefined();
  });

  it('allow a sell under REDUCE, and the defensive asset above MAX_WEIGHT', () => {
    expect(orderBlock(sell, orderContext({ state: 'REDUCE' }), LIMITS)).toBeUndefined();
    const low = { ...LIMITS, maxWeight: 0.5 };
    expect(orderBlock(buy, orderContext({ defensive: ticker('XLK') }), low)).toBeUndefined();
  });

  it('tolerate a slow answer: the broker read its clock between request and answer', () => {
    const slow = orderContext({
      askedAt: epochMs(NOW - 60_000),
      ...market({ at: epochMs(NOW - 30_000) }),
    });
    expect(orderBlock(buy, slow, LIMITS)).toBeUndefined();
  });
});

describe('the last check at its exact bounds', () => {
  const flattening = { flattening: true };
  const many = { ...LIMITS, maxWeight: 1, limitBps: 0 };
  const sizeOf = (...given: Parameters<typeof checkOrder>): number | string => {
    const found = checkOrder(...given);
    return found.kind === 'send' ? found.terms.qty / 1e9 : found.limit;
  };

  it('accepts an order of exactly MAX_ORDER_USD, turnover of exactly its limit and a gap of the collar', () => {
    const order = intent('d', 'sell', 'XLK', 100);
    expect(sizeOf(order, orderContext(), { ...many, maxOrder: dollars(10_000) })).toBe(100);
    expect(sizeOf(order, orderContext(), { ...many, maxOrder: cents(999_999) })).toBe(
      'MAX_ORDER_USD',
    );
    expect(sizeOf(order, orderContext(), { ...many, maxTurnoverPerDay: 0.1 })).toBe(100);
    // Half a cent less than the order.
    expect(sizeOf(order, orderContext(), { ...many, maxTurnoverPerDay: 0.09999995 })).toBe(
      'MAX_TURNOVER_PER_DAY',
    );
    const gapped = orderContext({ closeDecidedOn: 80 });
    expect(sizeOf(order, gapped, { ...many, priceCollar: 0.25 })).toBe(100);
    expect(sizeOf(order, gapped, { ...many, priceCollar: 0.2499 })).toBe('price collar');
  });

  it('accepts an order of exactly the minimum', () => {
    const order = intent('d', 'buy', 'XLK', 1);
    const least = (usd: number) =>
      orderContext({ rules: { fractional: false, minOrder: dollars(usd) } });
    expect(sizeOf(order, least(100), many)).toBe(1);
    expect(sizeOf(order, least(100.01), many)).not.toBe(1);
  });

  it('sends a fraction only if both the rules and the broker allow it', () => {
    const half = qty(1_500_000_000);
    const sizes = (fractional: boolean, fractionable: boolean) =>
      (['buy', 'sell'] as const).map((side) =>
        sizeOf(
          { ...intent('d', side, 'XLK', 1), qty: half },
          orderContext({
            rules: { fractional, minOrder: dollars(10) },
            asset: { ticker: ticker('XLK'), tradable: true, fractionable },
          }),
          many,
        ),
      );
    expect(sizes(true, true)).toEqual([1.5, 1.5]);
    expect(sizes(true, false)).toEqual([1, 1]);
    expect(sizes(false, true)).toEqual([1, 1]);
  });

  it('sells no fraction of a share, waits for reserved shares, and detects missing ones', () => {
    const sells = (shares: number, available: number) => {
      const [first] = orderContext().positions;
      const position = { ...first, qty: qty(shares * 1e9), available: qty(available * 1e9) };
      return sizeOf(sell, orderContext({ positions: [position as never] }), many);
    };
    expect(sells(0.5, 0.5)).toBe('fraction');
    expect(sells(1, 0)).toBe('reserved shares');
    expect(sells(1, 1)).toBe(1);
    expect(sells(0, 0)).toBe('short sale');
    expect(sells(-5, 0)).toBe('short sale');
  });

  it('checks the position of the ticker, not the first one', () => {
    const [first] = orderContext().positions;
    const other = {
      ...first,
      ticker: ticker('XLB'),
      qty: wholeShares(3),
      available: wholeShares(3),
    };
    const positions = [other as never, ...orderContext().positions];
    expect(sizeOf(sell, orderContext({ positions }), many)).toBe(100);
    const short = { ...first, ticker: ticker('XLB'), qty: wholeShares(-3) };
    expect(
      sizeOf(buy, orderContext({ positions: [short as never, ...orderContext().positions] }), many),
    ).not.toBe('short sale');
  });

  it('of a flatten allows only sells, whatever their price and foreign orders', () => {
    const prices = new Map();
    expect(sizeOf(sell, orderContext({ ...flattening, prices }), many)).toBe(100);
    expect(sizeOf(buy, orderContext({ ...flattening, prices }), many)).toBe('price');
    const theirs = { openOrders: [open('buy', 1)] };
    expect(sizeOf(sell, orderContext({ ...flattening, ...theirs }), many)).toBe(100);
    const ours = { openOrders: [{ ...open('buy', 1), clientOrderId: 'rotor-1' }] };
    expect(sizeOf(sell, orderContext({ ...flattening, ...ours }), many)).toBe('crossing order');
    const contradiction = { stated: dollars(50_000), counted: dollars(100_000) };
    expect(sizeOf(sell, orderContext({ ...flattening, contradiction }), many)).toBe(100);
    expect(sizeOf(sell, orderContext(account({ liquidationOnly: true })), many)).toBe(100);
  });

  it('of a flatten sends a sell at market where no price is known', () => {
    const unknown = orderContext({ ...flattening, prices: new Map() });
    expect(checkOrder(sell, unknown, many)).toEqual({
      kind: 'send',
      terms: { qty: wholeShares(100), limitPrice: undefined },
    });
  });

  it('says why a price is none to trade on', () => {
    const old = epochMs(NOW - LIMITS.maxPriceAgeMs - 1);
    const prices = new Map([[ticker('XLK'), { ticker: ticker('XLK'), price: 100, at: old }]]);
    const found = checkOrder(buy, orderContext({ prices }), many);
    expect(found).toMatchObject({ limit: 'price', reason: expect.stringContaining('XLK') });
  });

  it('sends nothing where there is no room, however small an order may be', () => {
    const least = orderContext({
      ...account({ cash: dollars(0) }),
      ...{ bookCash: cents(0), rules: { fractional: true, minOrder: cents(0) } },
    });
    expect(sizeOf(buy, least, many)).toBe('cash');
  });

  it('buys nothing that somebody holds short', () => {
    const [first] = orderContext().positions;
    const positions = [{ ...first, qty: wholeShares(-5), available: qty(0) } as never];
    expect(orderBlock(buy, orderContext({ positions }), many)).toEqual({
      ...{ kind: 'wait', limit: 'short sale' },
      reason: 'somebody holds XLK short, and a buy would close that',
    });
  });

  it('takes a position of no shares for no short one', () => {
    const [first] = orderContext().positions;
    const positions = [{ ...first, qty: qty(0), available: qty(0) } as never];
    expect(sizeOf(buy, orderContext({ positions }), many)).toBe(100);
  });

  it('values an order at its limit, not at the price of the decision', () => {
    const prices = priced({ XLK: 104 });
    const limits = { ...many, maxOrder: dollars(10_399.99) };
    expect(sizeOf(sell, orderContext({ prices }), limits)).toBe('MAX_ORDER_USD');
    expect(sizeOf(sell, orderContext({ prices: priced({ XLK: 103 }) }), limits)).toBe(100);
  });

  it('says a worth to the nearest dollar', () => {
    const limits = { ...many, maxOrder: cents(999_960) };
    expect(checkOrder(sell, orderContext(), limits)).toMatchObject({
      reason: 'XLK: $10,000 is over $10,000',
    });
  });

  it('counts no turnover of what was refused or never filled, and the estimate of a fill without a price', () => {
    const placed = (order: Partial<Order>) => ({
      ...legOf(buy),
      ...{ state: 'placed' as const, order: { ...open('buy', 100), ...order } },
    });
    const over = { status: 'canceled' as const };
    expect(turnoverOf({ ...legOf(buy), state: 'refused' })).toBe(0);
    expect(turnoverOf(placed(over))).toBe(0);
    expect(turnoverOf(placed({ ...over, filledQty: wholeShares(3) }))).toBe(buy.estimated);
  });

  it('waits for cash that is on its way, and rejects what waiting cannot solve', () => {
    const told = (cash: number, book: number) =>
      mayLift('cash', {
        ...orderContext(account({ cash: dollars(cash) })),
        bookCash: dollars(book),
      });
    expect([told(100, 100), told(100, 100.01), told(100, 100.02)]).toEqual([false, false, true]);
    const behind = { ...orderContext(account({ cash: dollars(1) })), bookCash: dollars(100) };
    expect([mayLift('buying power', orderContext()), mayLift('MAX_GROSS', behind)]).toEqual([
      true,
      false,
    ]);
  });

  it('reports the difference between the clocks in whole seconds', () => {
    const late = orderContext({ askedAt: NOW, ...market({ at: epochMs(NOW - 7_600) }) });
    const found = checkOrder(buy, late, many);
    expect(found).toMatchObject({ limit: 'clock', reason: expect.stringContaining('8 s apart') });
    const close = orderContext(market({ at: epochMs(NOW - 4_999) }));
    expect(sizeOf(buy, close, many)).toBe(100);
  });
});
