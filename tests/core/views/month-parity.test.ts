/** A month of the account beside its backtest: random months, each made so that its true causes are known. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AccountState,
  EMPTY_ACCOUNT_STATE,
  type EquityPoint,
} from '#core/domain/account-state.ts';
import type { Activity } from '#core/domain/activity.ts';
import { type Bar, type Bars, barHistory } from '#core/domain/bar.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import type { Fill } from '#core/domain/order.ts';
import {
  cents,
  epochMs,
  qty,
  type SessionDate,
  sessionDate,
  type Ticker,
  ticker,
  valueOf,
} from '#core/domain/units.ts';
import { monthParity, parityMonth } from '#core/views/month-parity.ts';

const NAMES = ['XLK', 'XLE', 'XLV'].map(ticker);
const SESSIONS = sessionsIn(sessionDate('2024-06-28'), sessionDate('2024-07-31'));
const DAYS = SESSIONS.map(({ date }) => date);
const XLK = ticker('XLK');
const SHARE = 1e9;

/** What moves in the account on a day; sizes are parts of what is possible. */
interface Deed {
  readonly what: 'plan' | 'person' | 'hand' | 'deposit' | 'transfer' | 'dividend' | 'fee';
  readonly day: number;
  readonly name: number;
  readonly size: number;
  /** The price of the fill, and of the decision before it, over that day's open. */
  readonly paid: number;
  readonly decided: number;
}

const deed: fc.Arbitrary<Deed> = fc.record({
  what: fc.constantFrom(
    ...(['plan', 'plan', 'plan', 'person', 'hand'] as const),
    ...(['deposit', 'transfer', 'dividend', 'fee'] as const),
  ),
  day: fc.integer({ min: 1, max: DAYS.length - 1 }),
  name: fc.integer({ min: 0, max: 2 }),
  size: fc.double({ min: -0.9, max: 0.9, noNaN: true }),
  paid: fc.double({ min: 0.97, max: 1.03, noNaN: true }),
  decided: fc.double({ min: 0.97, max: 1.03, noNaN: true }),
});

const month = fc.record({
  deeds: fc.array(deed, { maxLength: 25 }),
  steps: fc.array(fc.double({ min: -0.03, max: 0.03, noNaN: true }), {
    minLength: 3 * DAYS.length,
    maxLength: 3 * DAYS.length,
  }),
  /** A dividend of so much of the price on a day, and a split on another. */
  dividend: fc.double({ min: 0, max: 0.01, noNaN: true }),
  split: fc.constantFrom(1, 1, 2, 3),
  fractional: fc.boolean(),
  bought: fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 3, maxLength: 3 }),
});
type Month = typeof month extends fc.Arbitrary<infer M> ? M : never;

/** No day of the bars is before it: a corporate action of XLK in the middle of the month. */
const EX = 12;

function barsOf({ steps, dividend, split }: Month): { raw: Bars; adjusted: Bars } {
  const make = (isAdjusted: boolean): Bars =>
    new Map(
      NAMES.map((name, nth) => {
        let close = 100 + 20 * nth;
        const factor = name === XLK ? (1 - dividend) / split : 1;
        const rows = DAYS.map((date, day): Bar => {
          const open = close * (1 + (steps[nth * DAYS.length + day] ?? 0) / 3);
          close *= 1 + (steps[nth * DAYS.length + day] ?? 0);
          const scale = day < EX ? (isAdjusted ? factor : 1) : factor;
          const [o, c] = [open * scale, close * scale];
          return { date, open: o, high: Math.max(o, c), low: Math.min(o, c), close: c, volume: 1 };
        });
        return [name, barHistory(name, rows)];
      }),
    );
  return { raw: make(false), adjusted: make(true) };
}

const at = (day: number, minutes: number) => epochMs((SESSIONS[day]?.open ?? 0) + minutes * 60_000);

/** Cash and shares of an account, and the facts that moved them. */
function createBooks(given: Month, raw: Bars) {
  const held = new Map<Ticker, number>(NAMES.map((name) => [name, 50 * SHARE]));
  const externalFills: Fill[] = [];
  const cashFlows: AccountState['cashFlows'][number][] = [];
  const managed: [string, unknown][] = [];
  let cash = 2_000_000;
  let count = 0;

  function flow(activity: Partial<Activity>, day: number): void {
    const plain = { kind: 'deposit', ticker: undefined, qty: qty(0), cash: cents(0) } as const;
    const whole = { ...plain, id: `a${cashFlows.length}`, at: at(day, 60), ...activity };
    const instant = at(day, 60);
    cashFlows.push({ at: instant, activity: whole, dated: instant, counted: instant });
    cash += whole.cash;
    if (whole.ticker) held.set(whole.ticker, (held.get(whole.ticker) ?? 0) + whole.qty);
  }

  function trade({ what, paid, decided, day }: Deed, name: Ticker, moved: number): void {
    if (moved === 0) return;
    const open = priceOf(name, day);
    const side = moved > 0 ? 'buy' : 'sell';
    const id = `f${count++}`;
    const size = { ticker: name, side, qty: qty(Math.abs(moved)) } as const;
    const fill: Fill = { ...size, id, orderId: id, price: open * paid, at: at(day, 20) };
    cash -= Math.sign(moved) * valueOf(fill.qty, fill.price);
    held.set(name, (held.get(name) ?? 0) + moved);
    const intent = { ...size, priceAtDecision: open * decided, decisionId: what };
    if (what === 'hand') externalFills.push(fill);
    else managed.push([id, { intent, fills: [fill] }]);
  }

  const priceOf = (name: Ticker, day: number): number => raw.get(name)?.open[day] ?? Number.NaN;
  /** At most 90 % of what is held, or half of the cash. */
  function sharesOf({ size, day }: Deed, name: Ticker): number {
    const most = size < 0 ? (held.get(name) ?? 0) : (cash / 200 / priceOf(name, day)) * SHARE;
    const whole = given.fractional ? 1 : SHARE;
    return Math.trunc((most * size) / whole) * whole;
  }

  function live(one: Deed): void {
    const { what, day, size } = one;
    const name = NAMES[one.name] ?? XLK;
    const moved = sharesOf(one, name);
    const some = (most: number) => cents(Math.round(Math.abs(size) * most));
    if (what === 'deposit') flow({ cash: cents(Math.round(size * 50_000)) }, day);
    else if (what === 'fee') flow({ kind: 'fee', cash: cents(0 - some(300)) }, day);
    else if (what === 'dividend') flow({ kind: 'dividend', ticker: name, cash: some(9_000) }, day);
    else if (what === 'transfer') {
      const worth = valueOf(qty(Math.abs(moved)), priceOf(name, day)) * Math.sign(moved);
      flow({ kind: 'transfer', ticker: name, qty: qty(moved), worth: cents(worth) }, day);
    } else trade(one, name, moved);
  }

  function closed(day: number, session: SessionDate): EquityPoint {
    const holdings = new Map(
      [...held].map(([name, shares]) => {
        const value = valueOf(qty(shares), raw.get(name)?.close[day] ?? 0);
        return [name, { qty: qty(shares), value }];
      }),
    );
    const value = [...holdings.values()].reduce((sum, each) => sum + each.value, 0);
    return {
      ...{ session, equity: cents(cash + value), cash: cents(cash), benchmark: 500, holdings },
      managedBy: { own: NAMES, reserve: cents(0), maxManaged: undefined },
      at: epochMs((SESSIONS[day]?.close ?? 0) + 20 * 60_000),
    };
  }

  function splitXlk(day: number): void {
    const more = (held.get(XLK) ?? 0) * (given.split - 1);
    flow({ kind: 'split', ticker: XLK, qty: qty(more) }, day);
  }

  const facts = { externalFills, cashFlows, managed };
  return { live, closed, splitXlk, facts };
}

/** The books of the month. */
function livedThrough(given: Month) {
  const { raw, adjusted } = barsOf(given);
  const { live, closed, splitXlk, facts } = createBooks(given, raw);
  const equity = DAYS.map((session, day) => {
    if (day === EX) splitXlk(day);
    for (const each of given.deeds) if (each.day === day) live(each);
    return closed(day, session);
  });
  const [first] = equity;
  const { externalFills, cashFlows, managed } = facts;
  const causes = [
    ['plan', 'monthly'],
    ['person', 'manual'],
  ];
  const book = {
    ...EMPTY_ACCOUNT_STATE,
    ...{ equity, externalFills, cashFlows, managedOrders: new Map(managed) },
    baseline: first && { ...first, at: epochMs((SESSIONS[0]?.open ?? 0) + 1) },
    rebalances: new Map(causes.map(([id, cause]) => [id, { decision: { id, cause } }])),
  } as unknown as AccountState;
  return { book, raw, adjusted };
}

/** A backtest that buys those shares at the first open. */
function runOf({ bought }: Month, adjusted: Bars, first: SessionDate) {
  const [day, end] = [DAYS.indexOf(first), DAYS.length - 1];
  let gain = 0;
  const fills = NAMES.flatMap((name, nth) => {
    const shares = bought[nth] ?? 0;
    const history = adjusted.get(name);
    const [open = 0, close = 0] = [history?.open[day], history?.close[end]];
    gain += shares * (close - open * 1.0005) * 100;
    return shares === 0
      ? []
      : [{ ticker: name, side: 'buy' as const, qty: qty(shares * SHARE), day: first }];
  });
  return { gain: cents(Math.round(gain)), fills };
}

function parityOf(given: Month) {
  const { book, raw, adjusted } = livedThrough(given);
  const span = parityMonth(book);
  if (!span) throw new Error('expected a month');
  const run = runOf(given, adjusted, span.first);
  const found = monthParity(book, span, run, { adjusted, raw });
  if (!found) throw new Error('expected an answer');
  return { found };
}

const sum = (parts: object): number =>
  Object.values(parts).reduce((total: number, each) => total + Number(each), 0);

const QUIET: Month = {
  deeds: [],
  steps: Array.from({ length: 3 * DAYS.length }, (_, index) => ((index * 7) % 11) / 1000 - 0.004),
  ...{ dividend: 0, split: 1, fractional: false, bought: [50, 50, 50] },
};

describe('the month of an account compared with its backtest', () => {
  it('has a cause for every cent, whatever happened in it', () => {
    fc.assert(
      fc.property(month, (given) => {
        const { found } = parityOf(given);
        expect(sum(found.parts) + found.residual).toBe(found.account - found.backtest);
        expect(Math.abs(found.residual)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });

  it('differs only by the night and the cost of fills if both hold the same', () => {
    const { found } = parityOf(QUIET);
    const { price, size, flows, person } = found.parts;
    expect({ price, size, flows, person }).toEqual({ price: 0, size: 0, flows: 0, person: 0 });
    expect(found.parts.cost).toBeGreaterThan(0);
  });

  const causes = (deeds: readonly Partial<Deed>[]) => {
    const usual = { day: 5, name: 0, size: 0.5, paid: 1, decided: 1, what: 'plan' } as const;
    const before = parityOf(QUIET).found.parts;
    const { parts } = parityOf({
      ...QUIET,
      deeds: deeds.map((each) => ({ ...usual, ...each })),
    }).found;
    return Object.fromEntries(
      Object.entries(parts).flatMap(([name, value]) => {
        const more = value - before[name as keyof typeof before];
        // What is held is recorded in whole cents.
        return Math.abs(more) <= 2 ? [] : [[name, more]];
      }),
    );
  };

  it.each([
    ['a fee is a cost', { what: 'fee' }, ['cost']],
    ['a deposit that lies there is nothing', { what: 'deposit' }, []],
    ['a trade by hand is a person’s', { what: 'hand' }, ['person']],
    ['a plan that a person asked for is a person’s', { what: 'person', paid: 1.01 }, ['person']],
    [
      'a fill beyond the price at decision is price, of other shares size',
      { paid: 1.01 },
      ['price', 'size'],
    ],
    ['a decision beyond the open is timing', { decided: 1.01, paid: 1.01 }, ['size', 'timing']],
    ['shares that came are flows', { what: 'transfer' }, ['flows']],
    ['a dividend beyond what prices hold is flows', { what: 'dividend' }, ['flows']],
  ] as const)('%s', (_, one, expected) => {
    expect(Object.keys(causes([one])).toSorted()).toEqual(expected);
  });

  it('includes a fee to the cent', () => {
    expect(causes([{ what: 'fee', size: 1 / 3 }])).toEqual({ cost: -100 });
  });

  it('is undefined if a bar is missing', () => {
    const { book, raw, adjusted } = livedThrough(QUIET);
    const span = parityMonth(book);
    const less = new Map([...adjusted].filter(([name]) => name !== 'XLE'));
    if (!span) throw new Error('expected a month');
    const run = runOf(QUIET, adjusted, span.first);
    expect(monthParity(book, span, run, { adjusted: less, raw })).toBeUndefined();
  });
});
