import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountState } from '#core/domain/account-state.ts';
import type { Decision, ModelAllocation } from '#core/domain/decision.ts';
import type { Fill, OrderIntent } from '#core/domain/order.ts';
import { cents, dollars, epochMs, qty, ticker, toDollars } from '#core/domain/units.ts';
import { costsBetween } from '#core/views/costs.ts';
import { parsePeriod, periodsIn } from '#core/views/periods.ts';
import { reportView } from '#core/views/report.ts';
import { decided } from '#tests/support/deciding.ts';
import { at, began, bookOf, closed, type Dated, filled, moved } from './books.ts';

function reportOf(book: AccountState, key: string) {
  const period = parsePeriod(key);
  const view = period && reportView(book, period, { mode: 'PAPER' });
  if (!view) throw new Error(`no report of ${key}`);
  return view;
}

/** Our order and its one fill, recorded at the instant of the fill. */
function traded(fill: Fill, priceAtDecision: number): readonly Dated[] {
  const clientOrderId = `c-${fill.id}`;
  const { ticker: name, side, qty: quantity } = fill;
  const estimated = cents(0);
  const intent: OrderIntent = {
    clientOrderId,
    decisionId: 'd1',
    ticker: name,
    side,
    qty: quantity,
    attempt: 1,
    priceAtDecision,
    estimated,
  };
  const order = {
    ...{ id: fill.orderId, clientOrderId, ticker: name, side, qty: quantity, filledQty: quantity },
    ...{ averagePrice: fill.price, status: 'filled' as const, brokerStatus: 'filled' },
    ...{ submittedAt: fill.at, updatedAt: fill.at },
  };
  return [
    { at: fill.at, entry: { kind: 'intent', intent } },
    { at: fill.at, entry: { kind: 'order', order } },
    { at: fill.at, entry: { kind: 'fill', clientOrderId, fill } },
  ];
}

function votes(
  ...all: readonly (readonly [
    id: string,
    share: number,
    leverage: number,
    weights: Readonly<Record<string, number>>,
  ])[]
): readonly ModelAllocation[] {
  return all.map(([id, share, leverage, weights]) => ({
    id,
    active: true,
    budget: share,
    share,
    leverage,
    weights: new Map(Object.entries(weights).map(([name, weight]) => [ticker(name), weight])),
  }));
}

/** Two models: the first wants XLK alone, the second half XLK and half XLF, geared 1.5. */
const VOTES = votes(['core', 0.75, 1, { XLK: 1 }], ['bull', 0.25, 1.5, { XLK: 0.5, XLF: 0.5 }]);
const DECISION: Decision = { ...decided(), id: 'd1', votes: VOTES };

/**
 * Monday: 400 XLK bought at 100.10 (decided at 100), 100 XLF at 49.95 (decided at 50); they close at
 * 101 and 49. Tuesday: a dividend of $20 on XLK, a fee of $1.50; closes 102 and 49. Wednesday: all
 * XLF sold at 48 by another hand; XLK closes at 103.
 */
const STORY: readonly Dated[] = [
  began(at('2026-11-16T14:00:00Z')),
  { at: at('2026-11-16T14:40:00Z'), entry: { kind: 'decision', decision: DECISION } },
  ...traded(filled(at('2026-11-16T14:41:00Z'), 'buy', 'XLK', 400, 100.1), 100),
  ...traded(filled(at('2026-11-16T14:41:00Z'), 'buy', 'XLF', 100, 49.95), 50),
  // 100,000 − 40,040 − 4,995 = 54,965 in cash.
  closed('2026-11-16', 54_965 + 40_400 + 4_900, 500, { XLK: [400, 101], XLF: [100, 49] }),
  extra('dividend', 20, '2026-11-17T15:00:00Z', 'XLK'),
  extra('fee', -1.5, '2026-11-17T15:00:01Z'),
  closed('2026-11-17', 54_983.5 + 40_800 + 4_900, 505, { XLK: [400, 102], XLF: [100, 49] }),
  {
    at: at('2026-11-18T16:00:00Z'),
    entry: {
      kind: 'external-fill',
      fill: filled(at('2026-11-18T16:00:00Z'), 'sell', 'XLF', 100, 48),
    },
  },
  closed('2026-11-18', 54_983.5 + 4_800 + 41_200, 510, { XLK: [400, 103] }),
];

function extra(kind: 'dividend' | 'fee', usd: number, instant: string, name?: string): Dated {
  const when = at(instant);
  const activity = {
    id: `${kind}-${instant}`,
    kind,
    ticker: name === undefined ? undefined : ticker(name),
    qty: qty(0),
    cash: dollars(usd),
    at: when,
  };
  return { at: when, entry: { kind: 'activity', activity } };
}

describe('the report of a period', () => {
  const book = bookOf(...STORY);

  it('has the gain of each ticker to the cent, including dividends, and the rest', () => {
    const { contribution } = reportOf(book, '2026-W47');
    const gains = contribution?.byTicker.map(({ of, gain }) => [of, toDollars(gain)]);
    // XLK 400 × (103 − 100.10) + 20; XLF 100 × (48 − 49.95).
    expect(gains).toEqual([
      ['XLK', 1180],
      ['XLF', -195],
    ]);
    expect(toDollars(contribution?.rest ?? cents(0))).toBe(-1.5);
    expect(toDollars(contribution?.total ?? cents(0))).toBe(983.5);
    expect(toDollars(contribution?.base ?? cents(0))).toBe(100_000);
  });

  it('divides each gain among the models by their wanted weights', () => {
    const { contribution } = reportOf(book, '2026-W47');
    // XLK: core 0.75, bull 0.25 × 1.5 × 0.5 = 0.1875; XLF: bull alone.
    const core = 1180 * (0.75 / 0.9375);
    expect(contribution?.byModel.map(({ of, gain }) => [of, toDollars(gain)])).toEqual([
      ['core', core],
      ['bull', 1180 - core - 195],
    ]);
  });

  it('credits a position dropped by a new decision to the one before', () => {
    const next: Decision = { ...DECISION, id: 'd2', votes: votes(['new', 1, 1, { XLK: 1 }]) };
    const after = {
      at: at('2026-11-18T15:59:00Z'),
      entry: { kind: 'decision', decision: next },
    } as const;
    const { contribution } = reportOf(
      bookOf(...STORY.slice(0, -2), after, ...STORY.slice(-2)),
      '2026-11-18',
    );
    // XLF fell from 49 to 48 and was only bull's; XLK rose from 102 to 103 and is new's now.
    expect(contribution?.byModel.map(({ of, gain }) => [of, toDollars(gain)])).toEqual([
      ['new', 400],
      ['bull', -100],
    ]);
  });

  it('measures slippage against the prices at decision, in dollars and in bps', () => {
    const { costs, turnover } = reportOf(book, '2026-11-16');
    // 400 × 0.10 − 100 × 0.05 on 40,000 + 5,000.
    expect(toDollars(costs.slippage ?? cents(0))).toBe(35);
    expect(costs.slippageBps).toBeCloseTo((35 / 45_000) * 10_000, 10);
    expect(costs).toMatchObject({ orders: 2, fees: 0, traded: dollars(45_035) });
    expect(turnover).toBeCloseTo(45_035 / 2 / 100_265, 10);
  });

  it('has fees of its own days only, and no slippage without fills of ours', () => {
    expect(reportOf(book, '2026-11-17').costs).toEqual({
      slippage: undefined,
      slippageBps: undefined,
      fees: dollars(1.5),
      orders: 0,
      traded: 0,
    });
    expect(reportOf(book, '2026-11-18').costs).toMatchObject({
      slippage: undefined,
      traded: dollars(4_800),
    });
  });

  it('compares each day from the previous close, on both sides', () => {
    const day = reportOf(book, '2026-11-17');
    expect([day.from, day.to, day.closes]).toEqual(['2026-11-16', '2026-11-17', 1]);
    expect(day.you).toBeCloseTo(100_683.5 / 100_265 - 1, 12);
    expect(day.spy).toBeCloseTo(0.01, 12);
    expect(day.alpha).toBeCloseTo((day.you ?? 0) - 0.01, 12);
  });

  it('has no contribution if positions were not recorded or do not add up', () => {
    const blind = STORY.map(({ at: instant, entry }) =>
      entry.kind === 'equity' && entry.point.session === '2026-11-18'
        ? { at: instant, entry: { ...entry, point: { ...entry.point, holdings: undefined } } }
        : { at: instant, entry },
    );
    expect(reportOf(bookOf(...blind), '2026-11-18').contribution).toBeUndefined();
    expect(reportOf(bookOf(...blind), '2026-11-17').contribution).toBeDefined();
    const lost = STORY.filter(({ entry }) => entry.kind !== 'external-fill');
    expect(reportOf(bookOf(...lost), '2026-W47').contribution).toBeUndefined();
    const stocked = [
      began(at('2026-11-16T14:00:00Z')),
      closed('2026-11-16', 100_000, 500, { XLK: [1, 100] }),
    ];
    expect(reportOf(bookOf(...stocked), '2026-11-16').contribution).toBeUndefined();
  });

  it('distinguishes a drawdown within the period from the distance to the all-time peak', () => {
    const fall = bookOf(
      began(at('2026-11-12T15:00:00Z')),
      closed('2026-11-13', 110_000, 500),
      closed('2026-11-16', 99_000, 500),
      closed('2026-11-17', 104_500, 500),
    );
    const week = reportOf(fall, '2026-W47');
    expect(week.drawdown).toBeCloseTo(0.1);
    expect(week.belowPeak).toBeCloseTo(0.05);
    expect(week.over).toBe(false);
    expect(reportOf(fall, '2026-W46').over).toBe(true);
  });

  it('shows deposits and withdrawals without counting them as gains', () => {
    const flows = bookOf(
      began(at('2026-11-13T15:00:00Z')),
      closed('2026-11-13', 100_000, 500),
      moved(at('2026-11-16T15:00:00Z'), 5_000),
      closed('2026-11-16', 105_000, 500),
      moved(at('2026-11-17T15:00:00Z'), -1_000),
      closed('2026-11-17', 104_000, 500),
    );
    expect(reportOf(flows, '2026-W47')).toMatchObject({
      you: 0,
      flows: { deposited: dollars(5_000), withdrawn: dollars(1_000) },
    });
  });

  it('does not exist without a close', () => {
    expect(reportView(book, { kind: 'month', key: '2026-10' }, { mode: 'PAPER' })).toBeUndefined();
  });

  it('is final: later events change nothing of a period that is over', () => {
    const later = bookOf(
      ...STORY,
      ...traded(filled(at('2026-11-23T15:00:00Z'), 'sell', 'XLK', 100, 90), 91),
      moved(at('2026-11-23T16:00:00Z'), 9_999),
      closed('2026-11-23', 60_000, 400, { XLK: [300, 90] }),
    );
    for (const { key } of periodsIn(book).filter(({ kind }) => kind === 'day')) {
      expect(reportOf(later, key)).toEqual(reportOf(book, key));
    }
  });
});

describe('the contribution', () => {
  it('adds up to the change of equity less deposits and withdrawals, to the cent (property)', () => {
    const step = fc.record({
      price: fc.integer({ min: 1_000, max: 90_000 }),
      close: fc.integer({ min: 1_000, max: 90_000 }),
      shares: fc.integer({ min: -50, max: 50 }),
      flow: fc.integer({ min: -1_000, max: 5_000 }),
      interest: fc.integer({ min: -3_000, max: 3_000 }),
    });
    const days = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'];
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 5 }), (steps) => {
        let cash = 10_000_000;
        let held = 0;
        let brought = 0;
        const entries = steps.flatMap(({ price, close, shares, flow, interest }, index) => {
          const day = days[index] ?? '';
          const sold = Math.max(-held, shares);
          held += sold;
          cash += -sold * price + flow * 100 + interest;
          brought += flow * 100;
          const instant = at(`${day}T15:00:00Z`);
          const fills =
            sold === 0
              ? []
              : traded(
                  filled(instant, sold > 0 ? 'buy' : 'sell', 'XLK', Math.abs(sold), price / 100),
                  price / 100,
                );
          const paid = {
            id: `i${index}`,
            kind: 'interest' as const,
            ticker: undefined,
            qty: qty(0),
            cash: cents(interest),
            at: instant,
          };
          return [
            ...fills,
            ...(flow === 0 ? [] : [moved(epochMs(instant + 1), flow)]),
            { at: instant, entry: { kind: 'activity' as const, activity: paid } },
            closed(
              day,
              (cash + held * close) / 100,
              500,
              held === 0 ? {} : { XLK: [held, close / 100] },
            ),
          ];
        });
        const book = bookOf(began(at('2026-11-16T14:00:00Z')), ...entries);
        const { contribution, equity } = reportOf(book, '2026-W47');
        const byTicker =
          contribution?.byTicker.reduce((sum, { gain }) => sum + gain, 0) ?? Number.NaN;
        expect(contribution?.total).toBe(equity - 10_000_000 - brought);
        expect(byTicker + (contribution?.rest ?? Number.NaN)).toBe(contribution?.total);
        expect(contribution?.rest).toBe(steps.reduce((sum, { interest }) => sum + interest, 0));
      }),
      { numRuns: 300 },
    );
  });

  it('counts a sale below the price at decision as a cost, and above it as a saving', () => {
    const sale = (price: number) =>
      costsBetween(
        bookOf(
          began(at('2026-11-16T14:00:00Z')),
          ...traded(filled(at('2026-11-16T15:00:00Z'), 'sell', 'XLK', 10, price), 100),
        ),
        0,
        at('2026-11-17T00:00:00Z'),
      ).slippage;
    expect([sale(99), sale(101)]).toEqual([dollars(10), dollars(-10)]);
  });
});
