import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CashFlow, EquityPoint } from '#core/domain/account-state.ts';
import type { Activity } from '#core/domain/activity.ts';
import { belowPeak } from '#core/domain/drawdown.ts';
import type { AccountSnapshot, ManagedTerms } from '#core/domain/managed-account.ts';
import {
  instantOf,
  measuredAccount,
  measuredEquity,
  measuredFlows,
  measuredGrowth,
  measuredStep,
  measuredTickers,
} from '#core/domain/measured-equity.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import type { Side } from '#core/domain/order.ts';
import {
  type Cents,
  cents,
  dollars,
  type EpochMs,
  epochMs,
  qty,
  sessionDate,
  ticker,
  toDollars,
  wholeShares,
} from '#core/domain/units.ts';
import { contributionOf } from '#core/views/contribution.ts';
import { closesOf } from '#core/views/curve.ts';
import { moneyOf } from '#core/views/money.ts';
import { at, began, bookOf, closed, type Dated, filled, moved } from '#tests/core/views/books.ts';

const OWN = [ticker('XLK'), ticker('XLE')];
const DAYS = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'] as const;

const rules = (reserveUsd = 0, maxUsd?: number): ManagedTerms => ({
  own: OWN,
  reserve: dollars(reserveUsd),
  maxManaged: maxUsd === undefined ? undefined : dollars(maxUsd),
});

/** The same close or beginning, recorded under these settings. */
function under(terms: ManagedTerms, { at: instant, entry }: Dated): Dated {
  if (entry.kind === 'baseline') {
    return { at: instant, entry: { ...entry, holdings: new Map(), managedBy: terms } };
  }
  if (entry.kind !== 'equity') throw new TypeError('a close was expected');
  const point = { holdings: new Map(), ...entry.point, managedBy: terms };
  return { at: instant, entry: { kind: 'equity', point } };
}

type Held = Parameters<typeof closed>[3];

/** A close of cash and positions in whole dollars; `beside` is in the equity and no position: a coin. */
function close(
  day: string,
  cashUsd: number,
  held: NonNullable<Held> = {},
  terms = rules(),
  beside = 0,
): Dated {
  const value = Object.values(held).reduce((sum, [shares, price]) => sum + shares * price, 0);
  const { at: instant, entry } = closed(day, cashUsd + value, 500, held);
  if (entry.kind !== 'equity') throw new TypeError('a close was expected');
  const point = { ...entry.point, equity: dollars(cashUsd + value + beside) };
  return under(terms, { at: instant, entry: { kind: 'equity', point } });
}

const START = under(rules(), began(at('2026-11-16T14:00:00Z')));
const noon = (day: string): EpochMs => at(`${day}T17:00:00Z`);

function byHand(day: string, side: Side, name: string, shares: number, price: number): Dated {
  const fill = filled(noon(day), side, name, shares, price);
  return { at: noon(day), entry: { kind: 'external-fill', fill } };
}

function happened(day: string, activity: Partial<Activity> & Pick<Activity, 'kind'>): Dated {
  const id = `${activity.kind} ${activity.ticker ?? ''} ${activity.qty ?? ''} ${day}`;
  const plain = { id, ticker: undefined, qty: wholeShares(0), cash: cents(0), at: noon(day) };
  return { at: noon(day), entry: { kind: 'activity', activity: { ...plain, ...activity } } };
}

const curve = (...entries: readonly Dated[]) => closesOf(bookOf(...entries));
const grown = (...entries: readonly Dated[]) => curve(...entries).map(({ you }) => you);
/** Equity, in, out of the last point, in dollars. */
const lastOf = (...entries: readonly Dated[]) => {
  const { equity, flows } = curve(...entries).at(-1) ?? {};
  const usd = (amount = Number.NaN) => toDollars(cents(amount));
  return [usd(equity), usd(flows?.deposited), usd(flows?.withdrawn)];
};

const [MON, TUE, WED, THU] = DAYS;

describe('the equity used for returns', () => {
  it('leaves out another stock: bought, doubled and sold again, it is a withdrawal and a deposit', () => {
    const all = [
      START,
      byHand(MON, 'buy', 'TSLA', 100, 200),
      close(MON, 80_000, { TSLA: [100, 200] }),
      close(TUE, 80_000, { TSLA: [100, 400] }),
      byHand(WED, 'sell', 'TSLA', 100, 400),
      close(WED, 120_000),
    ];
    expect(grown(...all)).toEqual([1, 1, 1, 1]);
    expect(lastOf(...all.slice(0, 3))).toEqual([80_000, 0, 20_000]);
    expect(lastOf(...all.slice(0, 4))).toEqual([80_000, 0, 0]);
    expect(lastOf(...all)).toEqual([120_000, 40_000, 0]);
  });

  it('leaves out a coin, which is no position: bought, doubled and sold again', () => {
    const all = [
      START,
      moved(noon(MON), -20_000),
      close(MON, 80_000, {}, rules(), 20_000),
      close(TUE, 80_000, {}, rules(), 40_000),
      moved(noon(WED), 40_000),
      close(WED, 120_000),
    ];
    expect(grown(...all)).toEqual([1, 1, 1, 1]);
    expect(lastOf(...all.slice(0, 3))).toEqual([80_000, 0, 20_000]);
    expect(lastOf(...all)).toEqual([120_000, 40_000, 0]);
  });

  it('counts only the gain of Rotor’s own funds, next to a foreign loss', () => {
    const held = { XLK: [100, 300], TSLA: [100, 200] } as const;
    const risen = { XLK: [100, 308], TSLA: [100, 50] } as const;
    const days = [START, byHand(MON, 'buy', 'TSLA', 100, 200), close(MON, 50_000, held)];
    const points = curve(...days, close(TUE, 50_000, risen));
    expect(points.map(({ you }) => you)).toEqual([1, 1, 1.01]);
    const book = bookOf(...days, close(TUE, 50_000, risen));
    const [first, last] = book.equity;
    expect(last && contributionOf(book, first, last)).toMatchObject({
      byTicker: [{ of: 'XLK', gain: dollars(800) }],
      rest: 0,
      total: dollars(800),
      base: dollars(80_000),
    });
  });

  it('treats a foreign short as a deposit, whatever becomes of it', () => {
    const all = [
      START,
      byHand(MON, 'sell', 'TSLA', 100, 200),
      close(MON, 120_000, { TSLA: [-100, 200] }),
      close(TUE, 120_000, { TSLA: [-100, 400] }),
      byHand(WED, 'buy', 'TSLA', 100, 400),
      close(WED, 80_000),
    ];
    expect(grown(...all)).toEqual([1, 1, 1, 1]);
  });

  it('earns nothing by foreign dividends, and loses nothing by shares that came or went', () => {
    const TSLA = ticker('TSLA');
    const all = [
      START,
      happened(MON, {
        kind: 'transfer',
        ticker: TSLA,
        qty: wholeShares(100),
        worth: dollars(20_000),
      }),
      close(MON, 100_000, { TSLA: [100, 200] }),
      happened(TUE, { kind: 'dividend', ticker: TSLA, cash: dollars(500) }),
      close(TUE, 100_500, { TSLA: [100, 200] }),
      happened(WED, {
        kind: 'transfer',
        ticker: TSLA,
        qty: wholeShares(-100),
        worth: dollars(-20_000),
      }),
      close(WED, 100_500),
    ];
    expect(grown(...all)).toEqual([1, 1, 1, 1]);
    expect(lastOf(...all)).toEqual([100_500, 0, 0]);
    const own = happened(THU, { kind: 'dividend', ticker: OWN[0], cash: dollars(1_005) });
    expect(grown(...all, own, close(THU, 101_505)).at(-1)).toBeCloseTo(1.01, 12);
  });

  it('treats a change of RESERVE_USD as a deposit or withdrawal', () => {
    const raised = [START, close(MON, 100_000), close(TUE, 100_000, {}, rules(40_000))];
    expect(grown(...raised)).toEqual([1, 1, 1]);
    expect(lastOf(...raised)).toEqual([60_000, 0, 40_000]);
    const held = close(WED, 41_000, { XLK: [200, 300] }, rules(40_000));
    const gained = close(THU, 41_000, { XLK: [200, 303] }, rules(40_000));
    const interest = happened(WED, { kind: 'interest', cash: dollars(1_000) });
    expect(grown(...raised, interest, held, gained).at(-1)).toBeCloseTo(
      (61_000 / 60_000) * (61_600 / 61_000),
      12,
    );
    const lowered = [...raised, close(WED, 100_000, {}, rules(10_000))];
    expect(grown(...lowered)).toEqual([1, 1, 1, 1]);
    expect(lastOf(...lowered)).toEqual([90_000, 30_000, 0]);
  });

  it('grows by its own profit under MAX_MANAGED_USD, unaffected by the rest of the account', () => {
    const cap = rules(0, 10_000);
    const start = under(cap, began(at('2026-11-16T14:00:00Z')));
    const all = [
      start,
      close(MON, 90_000, { XLK: [100, 100] }, cap),
      close(TUE, 90_000, { XLK: [100, 102] }, cap),
      moved(noon(WED), 500_000),
      close(WED, 590_000, { XLK: [100, 102] }, cap),
      close(THU, 590_000, { XLK: [100, 51] }, cap),
    ];
    expect(grown(...all)).toEqual([1, 1, 1.02, 1.02, 0.51]);
    // Where it holds more than it may, what it holds is managed; below the cap the rest fills it up.
    expect(lastOf(...all.slice(0, 3))).toEqual([10_200, 0, 0]);
    expect(lastOf(...all.slice(0, 5))).toEqual([10_200, 0, 0]);
    expect(lastOf(...all)).toEqual([10_000, 0, -4_900]);
  });

  it('treats a change of MAX_MANAGED_USD as a deposit or withdrawal, and earns on what it still holds', () => {
    const held = { XLK: [100, 900] } as const;
    const all = [
      START,
      close(MON, 10_000, held),
      close(TUE, 10_000, held, rules(0, 20_000)),
      close(WED, 10_000, { XLK: [100, 891] }, rules(0, 20_000)),
      close(THU, 99_100, {}, rules(0, 50_000)),
    ];
    expect(grown(...all)).toEqual([1, 1, 1, 0.99, 0.99]);
    expect(lastOf(...all.slice(0, 3))).toEqual([90_000, 0, 10_000]);
    expect(lastOf(...all)).toEqual([50_000, 0, 39_100]);
  });

  it('is unchanged while a reserve leaves nothing to manage and nothing is held', () => {
    const all = [
      START,
      close(MON, 100_000, {}, rules(200_000)),
      close(TUE, 100_000, {}, rules(200_000)),
    ];
    expect(grown(...all, close(WED, 100_000))).toEqual([1, 1, 1, 1]);
  });

  it('follows a fund of its own that became another one, and lets that go afterwards', () => {
    const became = [
      happened(TUE, { kind: 'split', ticker: OWN[0], qty: wholeShares(-100) }),
      happened(TUE, { kind: 'split', ticker: ticker('NEWX'), qty: wholeShares(100) }),
    ];
    const all = [
      START,
      close(MON, 70_000, { XLK: [100, 300] }),
      ...became,
      close(TUE, 70_000, { NEWX: [100, 310] }),
      close(WED, 70_000, { NEWX: [100, 100] }),
    ];
    expect(grown(...all)).toEqual([1, 1, 1.01, 1.01]);
    expect(lastOf(...all)).toEqual([70_000, 0, 0]);
  });

  it('starts with the whole account if an older journal has no more data, which is not a gain', () => {
    const old = [
      began(at('2026-11-16T14:00:00Z')),
      closed(MON, 110_000, 500, { XLK: [100, 300], TSLA: [100, 200] }),
    ];
    const first = close(TUE, 60_000, { XLK: [100, 311], TSLA: [100, 200] });
    const next = close(WED, 60_000, { XLK: [100, 311], TSLA: [100, 400] });
    const [, monday, tuesday, wednesday] = grown(...old, first, next);
    expect([monday, tuesday]).toEqual([1.1, 1.1 * (111_100 / 110_000)]);
    expect(wednesday).toBe(tuesday);
    expect(lastOf(...old, first)).toEqual([91_100, 0, 20_000]);
  });

  it('is used for the drawdown too: a foreign purchase, a coin and a raised reserve are no fall', () => {
    const stand = (cashUsd: number, terms = rules()) => ({
      at: noon(THU),
      equity: dollars(100_000),
      cash: dollars(cashUsd),
      holdings: new Map(),
      managedBy: terms,
    });
    const begun = [START, close(MON, 100_000)];
    const bought = byHand(TUE, 'buy', 'TSLA', 100, 500);
    expect(belowPeak(bookOf(...begun, bought), stand(50_000))).toBe(0);
    expect(belowPeak(bookOf(...begun, moved(noon(TUE), -50_000)), stand(50_000))).toBe(0);
    expect(belowPeak(bookOf(...begun), stand(100_000, rules(90_000)))).toBe(0);
    const lost = happened(WED, { kind: 'fee', cash: dollars(-5_000) });
    const half = close(TUE, 50_000, { TSLA: [100, 500] });
    expect(belowPeak(bookOf(...begun, bought, half, lost), stand(45_000))).toBeCloseTo(0.1, 12);
    expect(
      belowPeak(
        bookOf(START, close(MON, 100_000, {}, rules(50_000)), lost),
        stand(95_000, rules(50_000)),
      ),
    ).toBeCloseTo(0.1, 12);
  });

  it('is shown with the whole account if they differ by more than cents', () => {
    const { managedBy, ...whole } = { ...pointOf(close(MON, 60_000, { TSLA: [100, 400] })) };
    expect(measuredAccount(whole)).toEqual({
      equity: dollars(100_000),
      cash: dollars(60_000),
      whole: undefined,
    });
    expect(measuredAccount({ ...whole, managedBy })).toEqual({
      equity: dollars(60_000),
      cash: dollars(60_000),
      whole: dollars(100_000),
    });
    const plain = pointOf(close(MON, 60_000, { XLK: [100, 400] }));
    expect(measuredAccount({ ...plain, equity: cents(plain.equity + 3) }).whole).toBeUndefined();
  });

  it('does not change by foreign trades, settings and money, whatever they are', () => {
    const day = fc.record({
      move: fc.integer({ min: -9, max: 9 }),
      sold: fc.integer({ min: 0, max: 100 }),
      bought: fc.integer({ min: 0, max: 100 }),
      price: fc.integer({ min: 1, max: 400 }),
      brought: fc.integer({ min: 0, max: 50_000 }),
      reserve: fc.integer({ min: 0, max: 60_000 }),
      cap: fc.option(fc.integer({ min: 20_000, max: 200_000 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(day, { minLength: 5, maxLength: 5 }), (steps) => {
        const entries: Dated[] = [START];
        let [cash, held, foreign, market] = [100_000, 0, 0, 1];
        let terms = rules();
        for (const [index, step] of steps.entries()) {
          const date = DAYS[index] ?? '';
          // What comes is there from the beginning: it is invested, and earns.
          const sold = Math.min(foreign, step.sold);
          foreign -= sold;
          cash += sold * step.price + step.brought;
          const wider = within(terms, rules(step.reserve, step.cap));
          const most = Math.min(cash + held - wider.reserve, wider.max);
          const invested = Math.max(held, Math.min(cash + held, Math.max(0, most)));
          cash -= invested - held;
          if (sold > 0) entries.push(byHand(date, 'sell', 'TSLA', sold, step.price));
          if (step.brought > 0) entries.push(moved(noon(date), step.brought));
          held = invested * (1 + step.move / 100);
          if (invested > 0) market *= 1 + step.move / 100;
          // What goes was there to the end.
          const bought = Math.min(step.bought, Math.floor(Math.max(0, cash) / step.price));
          foreign += bought;
          cash -= bought * step.price;
          if (bought > 0) entries.push(byHand(date, 'buy', 'TSLA', bought, step.price));
          terms = rules(step.reserve, step.cap);
          entries.push(exact(date, { cash, held, foreign: foreign * step.price }, terms));
        }
        const points = curve(...entries);
        expect(points.at(-1)?.you).toBeCloseTo(market, 5);
        // A benchmark that earned the same made the same of the same money.
        const money = moneyOf(points.map((point) => ({ ...point, spy: point.you })));
        expect(money?.you.worth).toBe(points.at(-1)?.equity);
        expect(money?.spy).toEqual(money?.you);
      }),
      { numRuns: 300 },
    );
  });
});

function pointOf({ entry }: Dated): EquityPoint {
  if (entry.kind !== 'equity') throw new TypeError('a close was expected');
  return entry.point;
}

function within(before: ManagedTerms, after: ManagedTerms) {
  const most = ({ maxManaged }: ManagedTerms): number =>
    maxManaged === undefined ? Number.POSITIVE_INFINITY : toDollars(maxManaged);
  return {
    reserve: toDollars(cents(Math.min(before.reserve, after.reserve))),
    max: Math.max(most(before), most(after)),
  };
}

/** A close whose values are no whole numbers of shares. */
function exact(
  day: string,
  { cash, held, foreign }: { cash: number; held: number; foreign: number },
  terms: ManagedTerms,
): Dated {
  const inCents = (usd: number): Cents => cents(Math.round(usd * 100));
  const { at: instant, entry } = close(day, 0, {}, terms);
  const holdings = new Map([
    [ticker('XLK'), { qty: wholeShares(1), value: inCents(held) }],
    [ticker('TSLA'), { qty: wholeShares(1), value: inCents(foreign) }],
  ]);
  const equity = inCents(cash + held + foreign);
  const point = { ...pointOf({ at: instant, entry }), cash: inCents(cash), equity, holdings };
  return { at: epochMs(instantOf({ ...point, at: instant })), entry: { kind: 'equity', point } };
}

it('keeps its return after a full withdrawal until the next deposit.', () => {
  const empty = { equity: cents(0), cash: cents(0), holdings: new Map() };
  const funded = { ...empty, equity: dollars(500), cash: dollars(500) };
  expect(measuredGrowth(empty, empty, { deposited: 0, withdrawn: 0 })).toBe(1);
  expect(measuredGrowth(empty, funded, { deposited: 50_000, withdrawn: 0 })).toBe(1);
});

/** Shares and their worth in dollars. */
const worth = (shares: number, usd: number) => ({ qty: wholeShares(shares), value: dollars(usd) });
const snapshot = (
  cashUsd: number,
  held: Readonly<Record<string, readonly [number, number]>> = {},
  changes: Partial<AccountSnapshot> = {},
): AccountSnapshot => {
  const holdings = Object.entries(held).map(
    ([name, [shares, usd]]) => [ticker(name), worth(shares, usd)] as const,
  );
  const sum = Object.values(held).reduce((total, [, usd]) => total + usd, cashUsd);
  return {
    ...{ equity: dollars(sum), cash: dollars(cashUsd), holdings: new Map(holdings) },
    ...{ managedBy: rules(), ...changes },
  };
};
const NONE = { deposited: 0, withdrawn: 0 };

describe('the growth of the managed part', () => {
  const empty = snapshot(0);

  it('is none while nothing was there and nothing came or went, and else not known', () => {
    expect(measuredGrowth(empty, empty, NONE)).toBe(1);
    expect(measuredGrowth(empty, empty, { deposited: 0, withdrawn: 500 })).toBeUndefined();
    expect(measuredGrowth(empty, empty, { deposited: 500, withdrawn: 0 })).toBe(0);
    expect(measuredGrowth(empty, snapshot(5), NONE)).toBeUndefined();
    expect(measuredGrowth(snapshot(5), empty, NONE)).toBe(0);
  });

  it('includes income that was earned and not paid', () => {
    expect(measuredGrowth(snapshot(100), snapshot(100), NONE, 1_000)).toBeCloseTo(1.1, 12);
    const book = { cashFlows: [], externalFills: [] };
    const span = { since: 0, until: 10 };
    expect(measuredStep(book, snapshot(100), snapshot(100), span).grown).toBe(1);
    const earning = { ...span, earned: 1_000 };
    expect(measuredStep(book, snapshot(100), snapshot(100), earning).grown).toBeCloseTo(1.1, 12);
  });
});

describe('the measured account', () => {
  it('is the part from a dollar of difference on, with its own cash', () => {
    const off = (usd: number) =>
      measuredAccount({
        ...snapshot(600, { XLK: [4, 400] }),
        ...{ cash: dollars(600), equity: dollars(1_000 + usd) },
      });
    expect(off(1)).toEqual({
      ...{ equity: dollars(1_000), cash: dollars(600), whole: dollars(1_001) },
    });
    expect(off(0.99).whole).toBeUndefined();
  });

  it('is the whole where cash or holdings are not known', () => {
    const known = snapshot(600, { TSLA: [4, 400] });
    expect(measuredEquity(known)).toBe(dollars(600));
    expect(measuredEquity({ ...known, cash: undefined })).toBe(dollars(1_000));
    expect(measuredEquity({ ...known, holdings: undefined })).toBe(dollars(1_000));
  });

  it('is the whole between two closes of which one says no more', () => {
    const [before, after] = [snapshot(100, { TSLA: [1, 50] }), snapshot(100, { TSLA: [1, 90] })];
    const flows = (one: AccountSnapshot, other: AccountSnapshot) =>
      measuredFlows({ cashFlows: [], externalFills: [] }, one, other, { since: 0, until: 10 });
    expect(flows(before, after)).toEqual(NONE);
    // What was foreign before is taken in, and what is known to be foreign now goes out.
    expect(flows({ ...before, holdings: undefined }, after)).toEqual({
      ...{ deposited: 0, withdrawn: dollars(90) },
    });
    expect(flows(before, { ...after, holdings: undefined })).toEqual({
      ...{ deposited: dollars(50), withdrawn: 0 },
    });
    // Of the whole account foreign income is a gain.
    const activity = { id: 'd', kind: 'dividend', ticker: ticker('TSLA'), qty: qty(0) } as const;
    const earned = { ...activity, cash: dollars(5), at: epochMs(5) };
    const flow = { at: epochMs(5), dated: epochMs(5), counted: epochMs(5), activity: earned };
    const book = { cashFlows: [flow], externalFills: [] };
    const whole = { ...before, managedBy: undefined, holdings: undefined };
    const unknown = { ...after, holdings: undefined };
    for (const one of [whole, { ...before, holdings: undefined }])
      expect(measuredFlows(book, one, unknown, { since: 0, until: 10 }).deposited).toBe(0);
  });
});

describe('the tickers that are measured', () => {
  const flow = (name: string | undefined, shares: number, changes: Partial<CashFlow> = {}) => {
    const of = name === undefined ? undefined : ticker(name);
    const activity = { id: `${name} ${shares}`, ticker: of, qty: qty(shares * 1e9) };
    const at5 = { at: epochMs(5), dated: epochMs(5), counted: epochMs(5) };
    const plain = { kind: 'split', cash: cents(0), at: epochMs(5) } as const;
    return { ...at5, activity: { ...activity, ...plain }, ...changes } as CashFlow;
  };
  const measured = (
    before: AccountSnapshot,
    after: AccountSnapshot,
    ...cashFlows: readonly CashFlow[]
  ) => {
    const found = measuredTickers({ cashFlows }, before, after, { since: 0, until: 10 });
    return found && [...found].join(' ');
  };
  const held = snapshot(0, { XLK: [10, 1_000] });
  const came = (usd: number, shares = 5, left = 10) =>
    snapshot(0, { XLK: [left, 1_000 - usd * 2], NEWX: [shares, usd] });

  it('are Rotor’s own at either end, and all where the settings are not known', () => {
    expect(measured(held, held)).toBe('XLK XLE');
    expect(measured({ ...held, managedBy: undefined }, held)).toBeUndefined();
    const other = { ...rules(), own: [ticker('XLF')] };
    expect(measured(held, { ...held, managedBy: other })).toBe('XLK XLE XLF');
    expect(measured(held, { ...held, managedBy: undefined })).toBe('XLK XLE');
  });

  it('are also those that one of its own became, in that time', () => {
    const after = snapshot(0, { NEWX: [5, 900] });
    const [gone, arrived] = [flow('XLK', -10), flow('NEWX', 5)];
    expect(measured(held, after, gone, arrived)).toBe('XLK XLE NEWX');
    expect(measured(held, after, arrived)).toBe('XLK XLE');
    expect(measured(held, after, flow('TSLA', -10), arrived)).toBe('XLK XLE');
    expect(measured(held, after, flow('XLK', 0), arrived)).toBe('XLK XLE');
    const transferred = { ...gone.activity, kind: 'transfer' as const };
    expect(measured(held, after, { ...gone, activity: transferred }, arrived)).toBe('XLK XLE');
    const outside = { counted: epochMs(11) };
    expect(measured(held, after, { ...gone, ...outside }, arrived)).toBe('XLK XLE');
    expect(measured(held, after, gone, flow('NEWX', -5), flow(undefined, 1))).toBe('XLK XLE');
  });

  it('are also those that one of its own spun off, if it fell by at least half of their worth', () => {
    const spun = (after: AccountSnapshot, shares = 5, before = held) =>
      measured(before, after, flow('NEWX', shares));
    const fallen = (fell: number) => snapshot(0, { XLK: [10, 1_000 - fell], NEWX: [5, 100] });
    expect(spun(came(100))).toBe('XLK XLE NEWX');
    expect([spun(fallen(50)), spun(fallen(49.99))]).toEqual(['XLK XLE NEWX', 'XLK XLE']);
    // Only the shares that came count: of ten, five were there before.
    const half = snapshot(0, { XLK: [10, 950], NEWX: [10, 200] });
    expect([spun(half), spun(half, 10)]).toEqual(['XLK XLE NEWX', 'XLK XLE']);
  });

  it('are not those beside a fund whose own shares changed, or that is not Rotor’s', () => {
    const spun = (before: AccountSnapshot, after: AccountSnapshot) =>
      measured(before, after, flow('NEWX', 5));
    expect(spun(held, came(100, 5, 9))).toBe('XLK XLE');
    const foreign = snapshot(0, { TSLA: [10, 1_000] });
    expect(spun(foreign, snapshot(0, { TSLA: [10, 800], NEWX: [5, 100] }))).toBe('XLK XLE');
    expect(spun({ ...held, holdings: undefined }, came(100))).toBe('XLK XLE');
    expect(spun(held, snapshot(0, { XLK: [10, 800] }))).toBe('XLK XLE');
    expect(spun(held, snapshot(0, { XLK: [10, 800], NEWX: [0, 100] }))).toBe('XLK XLE');
    expect(spun(held, snapshot(0, { XLK: [10, 800], NEWX: [-5, -100] }))).toBe('XLK XLE');
    const both = snapshot(0, { XLK: [10, 1_000], XLE: [10, 500] });
    const one = snapshot(0, { XLK: [10, 800], XLE: [10, 500], NEWX: [5, 100] });
    expect(spun(both, one)).toBe('XLK XLE NEWX');
  });
});

describe('when a close was read', () => {
  const session = sessionDate('2026-11-17');
  const point = (instant?: EpochMs): EquityPoint => ({
    ...{ session, equity: cents(0), cash: cents(0), benchmark: 1 },
    ...(instant !== undefined && { at: instant }),
  });
  const newYork = (date: string, hour: number) => newYorkInstant(sessionDate(date), hour * 60);
  const CLOSE = newYork('2026-11-17', 16);

  it('is when it was recorded, after its session and before the next one opened', () => {
    for (const instant of [newYork('2026-11-17', 17), newYork('2026-11-18', 9)])
      expect(instantOf(point(instant))).toBe(instant);
  });

  it('is the close itself where it was recorded at a time that cannot be its own', () => {
    const others = [newYork('2026-11-18', 11), newYork('2026-11-18', 17), newYork('2026-11-17', 9)];
    for (const instant of [undefined, epochMs(0), ...others])
      expect(instantOf(point(instant))).toBe(CLOSE);
  });

  it('is four in the afternoon of a day that is no session', () => {
    const holiday = { ...point(), session: sessionDate('2026-11-26') };
    expect(instantOf(holiday)).toBe(newYork('2026-11-26', 16));
    const early = { ...point(), session: sessionDate('2026-11-27') };
    expect(instantOf(early)).toBe(newYork('2026-11-27', 13));
  });
});
