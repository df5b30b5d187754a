import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '#core/domain/decision.ts';
import { applyEntry } from '#core/domain/journal-events/table.ts';
import type { Fill, OrderIntent, Side } from '#core/domain/order.ts';
import {
  cents,
  type EpochMs,
  epochMs,
  qty,
  sessionDate,
  ticker,
  valueOf,
} from '#core/domain/units.ts';
import { reportView } from '#core/views/report.ts';
import { shortfalls, sumShortfalls, totalShortfall } from '#core/views/shortfall.ts';
import { decided } from '#tests/support/deciding.ts';
import { at, began, bookOf, closed, type Dated } from './books.ts';

const BEGUN = at('2026-11-16T15:00:00Z');
const AS_OF = sessionDate('2026-11-13');
const DAY = sessionDate('2026-11-16');

interface Planned {
  readonly name: string;
  readonly side: Side;
  readonly shares: number;
  readonly close: number;
  readonly decided: number;
  readonly end: number;
  readonly fills: readonly (readonly [shares: number, price: number])[];
}

function decisionOf(all: readonly Planned[]): Decision {
  const orders = all.map(({ name, side, shares, decided: price }): OrderIntent => {
    const of = { ticker: ticker(name), side, qty: qty(shares), attempt: 1 };
    const ids = { clientOrderId: `c-${name}`, decisionId: 'd1' };
    return { ...ids, ...of, priceAtDecision: price, estimated: cents(0) };
  });
  const closes = new Map(all.map(({ name, close }) => [ticker(name), close]));
  const base = decided();
  return { ...base, id: 'd1', asOf: AS_OF, closes, plan: { ...base.plan, orders } };
}

function bookWith(all: readonly Planned[], fee: number) {
  const decision = decisionOf(all);
  const fills = decision.plan.orders.flatMap((intent, index): readonly Dated[] => {
    const { clientOrderId, side } = intent;
    return [
      { at: BEGUN, entry: { kind: 'intent', intent } },
      ...(all[index]?.fills ?? []).map(([shares, price], number): Dated => {
        const id = `f${index}-${number}`;
        const of = { ticker: intent.ticker, side, qty: qty(shares), price, at: BEGUN };
        const fill: Fill = { id, orderId: `o${index}`, ...of };
        return { at: BEGUN, entry: { kind: 'fill', clientOrderId, fill } };
      }),
    ];
  });
  const done = epochMs(BEGUN + 3_600_000);
  return bookOf(
    began(at('2026-11-13T14:00:00Z')),
    { at: BEGUN, entry: { kind: 'decision', decision } },
    ...fills,
    feeOf(fee, done),
    {
      at: done,
      entry: { kind: 'finished', decisionId: 'd1', result: { kind: 'complete', left: [] } },
    },
  );
}

function feeOf(amount: number, when: EpochMs, id = 'fee'): Dated {
  const moved = { ticker: undefined, qty: qty(0), cash: cents(-amount), at: when };
  return { at: when, entry: { kind: 'activity', activity: { id, kind: 'fee', ...moved } } };
}

/** Two bars of each ticker; `scale` is what a later dividend did to all of them. */
function barsOf(all: readonly Planned[], scale = 1) {
  return new Map(
    all.map(({ name, close, end }) => {
      const prices = Float64Array.of(close * scale, end * scale);
      const columns = { open: prices, high: prices, low: prices, close: prices, volume: prices };
      return [ticker(name), { ticker: ticker(name), dates: [AS_OF, DAY], ...columns }] as const;
    }),
  );
}

const planned: fc.Arbitrary<Planned> = fc
  .record({
    name: fc.constantFrom('XLK', 'XLF', 'XLV', 'XLE'),
    side: fc.constantFrom<Side>('buy', 'sell'),
    shares: fc.integer({ min: 1, max: 3_000_000_000_000 }),
    cut: fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    ),
    prices: fc.tuple(...Array.from({ length: 5 }, () => fc.integer({ min: 1, max: 9_000_000 }))),
  })
  .map(({ name, side, shares, cut, prices }) => {
    const [close = 1, price = 1, end = 1, one = 1, two = 1] = prices.map((each) => each / 10_000);
    const first = Math.floor(shares * cut[0]);
    const second = Math.floor((shares - first) * cut[1]);
    const fills = [[first, one] as const, [second, two] as const].filter(([part]) => part > 0);
    return { name, side, shares, close, decided: price, end, fills };
  });
const plans = fc.uniqueArray(planned, { selector: ({ name }) => name, minLength: 1, maxLength: 4 });

/** Cash that trades moved and the shares they left at the last price, in cents. */
function worth(side: Side, trades: readonly (readonly [number, number])[], end: number): number {
  const shares = trades.reduce((sum, [part]) => sum + part, 0);
  const paid = trades.reduce((sum, [part, price]) => sum + valueOf(qty(part), price), 0);
  const held = valueOf(qty(shares), end);
  return side === 'buy' ? held - paid : paid - held;
}

describe('The implementation shortfall of a rebalance', () => {
  it('adds up to the difference between the model on paper and the account, to the cent', () => {
    fc.assert(
      fc.property(plans, fc.nat(50_000), (all, fee) => {
        const [found] = shortfalls(bookWith(all, fee), barsOf(all));
        const paper = all.reduce(
          (sum, { side, shares, close, end }) => sum + worth(side, [[shares, close]], end),
          0,
        );
        const account = all.reduce(
          (sum, { side, fills, end }) => sum + worth(side, fills, end),
          -fee,
        );
        expect(found?.parts && totalShortfall(found.parts)).toBe(paper - account);
      }),
      { numRuns: 500 },
    );
  });

  it('is reported by its causes', () => {
    const buy = {
      name: 'XLK',
      side: 'buy',
      shares: 10e9,
      close: 100,
      decided: 101,
      end: 105,
    } as const;
    const sell = {
      name: 'XLF',
      side: 'sell',
      shares: 20e9,
      close: 50,
      decided: 49,
      end: 48,
    } as const;
    const all: readonly Planned[] = [
      { ...buy, fills: [[6e9, 101.5]] },
      { ...sell, fills: [[20e9, 48.9]] },
    ];
    const [found] = shortfalls(bookWith(all, 123), barsOf(all));
    // Delay: 10 × 1 and 20 × 1. Spread: 6 × 0.50 and 20 × 0.10. Unfilled: 4 × (105 − 101).
    expect(found?.parts).toEqual({ delay: 3000, impact: 500, fees: 123, unfilled: 1600 });
    expect(found?.planned).toBe(200_000);
  });

  it('is the same with bars that a later dividend has adjusted', () => {
    const all: readonly Planned[] = [
      { name: 'XLK', side: 'buy', shares: 10e9, close: 100, decided: 101, end: 105, fills: [] },
    ];
    const [now, later] = [barsOf(all), barsOf(all, 0.5)].map((bars) =>
      shortfalls(bookWith(all, 0), bars),
    );
    expect(later).toEqual(now);
  });

  it('is unknown if something was not filled and its day has no close', () => {
    const whole = {
      name: 'XLK',
      side: 'buy',
      shares: 10e9,
      close: 100,
      decided: 101,
      end: 105,
    } as const;
    const of = (shares: number) => {
      const all: readonly Planned[] = [{ ...whole, fills: [[shares, 101.5]] }];
      return shortfalls(bookWith(all, 0), new Map())[0]?.parts;
    };
    expect(of(10e9)).toEqual({ delay: 1000, impact: 500, fees: 0, unfilled: 0 });
    expect(of(9e9)).toBeUndefined();
    expect(sumShortfalls([])).toBeUndefined();
  });

  it('appears in the report of its month, and in no other period', () => {
    const of10 = { name: 'XLK', side: 'buy', shares: 10e9, close: 100, decided: 101 } as const;
    const all: readonly Planned[] = [{ ...of10, end: 105, fills: [[10e9, 101.5]] }];
    const { at: when, entry } = closed('2026-11-16', 100_000, 500);
    const before = bookWith(all, 50);
    const book = applyEntry(before, { seq: before.seq + 1, at: when, entry });
    const of = (kind: 'day' | 'month', key: string) =>
      reportView(book, { kind, key }, { mode: 'LIVE', adjusted: barsOf(all) })?.shortfall;
    expect(of('month', '2026-11')).toEqual({ delay: 1000, impact: 500, fees: 50, unfilled: 0 });
    expect(of('day', '2026-11-16')).toBeUndefined();
  });

  it('includes the fees of its days, and no other', () => {
    const all: readonly Planned[] = [
      {
        name: 'XLK',
        side: 'buy',
        shares: 10e9,
        close: 100,
        decided: 100,
        end: 100,
        fills: [[10e9, 100]],
      },
    ];
    const before = feeOf(999, at('2026-11-13T15:00:00Z'), 'before');
    const book = bookWith(all, 50);
    const flows = bookOf(before).cashFlows;
    const [found] = shortfalls({ ...book, cashFlows: [...flows, ...book.cashFlows] }, new Map());
    expect(found?.parts?.fees).toBe(50);
  });
});
