import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '#core/decide/decide.ts';
import type { Bar, BarHistory, Bars } from '#core/domain/bar.ts';
import { nextSession } from '#core/domain/calendar.ts';
import type { Decision, Holdings } from '#core/domain/decision.ts';
import { CLIENT_ORDER_ID_MAX, type Side } from '#core/domain/order.ts';
import { cents, epochMs, qty, type SessionDate, type Ticker, valueOf } from '#core/domain/units.ts';
import { instruments, tradable, UNIVERSE } from '#core/domain/universe.ts';
import { gross } from '#core/domain/weights.ts';
import { RESERVE } from '#core/rules/changes.ts';
import {
  AS_OF,
  bar,
  changed,
  lastPrices,
  market,
  scaledBy,
  withRows,
} from '#tests/support/bars.ts';
import { decisionInput } from '#tests/support/deciding.ts';

fc.configureGlobal({ seed: 20_251_117 });

const TICKERS = instruments(UNIVERSE).map(({ ticker }) => ticker);
const OWN = tradable(UNIVERSE).map(({ ticker }) => ticker);

/** A market of any mood: each ticker's growth over 126 sessions. Where nothing moves, nobody traded. */
const anyBars = fc
  .tuple(...TICKERS.map(() => fc.double({ min: -0.6, max: 0.9, noNaN: true })))
  .filter((growth) => growth.some((each) => Math.abs(each) > 1e-6))
  .map((growth) => market(Object.fromEntries(TICKERS.map((name, at) => [name, growth[at] ?? 0]))));

const anyLimits = fc.record({
  maxGross: fc.double({ min: 0.1, max: 1.5, noNaN: true }),
  maxWeight: fc.double({ min: 0.01, max: 1, noNaN: true }),
  minPosition: fc.integer({ min: 0, max: 500_000 }).map(cents),
});

const anyRules = fc.record({
  fractional: fc.boolean(),
  minOrder: fc.integer({ min: 100, max: 2_000_000 }).map(cents),
  minDrift: fc.double({ min: 0, max: 0.2, noNaN: true }),
});

/** An account of up to ten million dollars: cash and any positions, whole or not. */
const anyPositions = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom(...OWN),
    fc.oneof(
      fc.integer({ min: 1, max: 5_000 }).map((count) => qty(count * 1e9)),
      fc.integer({ min: 1, max: 5_000_000_000_000 }).map(qty),
    ),
  ),
  { selector: ([name]) => name, maxLength: 12 },
);
const anyCash = fc.integer({ min: 1_000_00, max: 10_000_000_00 });

/** What the account holds besides, in cents: equity that no order of Rotor's can spend. */
const anyForeign = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5_000_000_00 }));

/** Equity is cash, foreign holdings and what the positions are worth, as a broker has it. */
function holdingsOf(
  cash: number,
  foreign: number,
  positions: [Ticker, number][],
  bars: Bars,
): Holdings {
  const prices = lastPrices(bars);
  const worth = positions.reduce(
    (sum, [name, quantity]) => sum + valueOf(qty(quantity), prices.get(name) ?? Number.NaN),
    cash + foreign,
  );
  return {
    equity: cents(worth),
    cash: cents(cash),
    positions: new Map(positions.map(([name, quantity]) => [name, qty(quantity)])),
  };
}

function cases(anyElse: fc.Arbitrary<number>) {
  return fc
    .tuple(anyBars, anyCash, anyElse, anyPositions, anyLimits, anyRules)
    .map(([bars, cash, foreign, positions, limits, rules]) => {
      const holdings = holdingsOf(cash, foreign, positions, bars);
      return decisionInput({ bars, holdings, limits, rules });
    });
}

const anyCase = cases(anyForeign);

/** Accounts that hold nothing besides and keep more than the reserve: the money always reaches. */
const ownCase = cases(fc.constant(0)).map((input) => {
  const maxGross = Math.min(input.limits.maxGross, 1 - 2 * RESERVE);
  return { ...input, limits: { ...input.limits, maxGross } };
});

function decidedOn(input: Parameters<typeof decide>[0]): Decision {
  const outcome = decide(input);
  if (outcome.kind !== 'decided') throw new Error(outcome.reason);
  return outcome;
}

describe('a decision', () => {
  it('has weights that are not negative and sum to at most MAX_GROSS', () => {
    fc.assert(
      fc.property(anyCase, (input) => {
        const { portfolio, verdict, votes } = decidedOn(input);
        for (const weights of [portfolio.target, verdict.weights, ...votes.map((v) => v.weights)]) {
          expect([...weights.values()].every((weight) => weight >= 0)).toBe(true);
        }
        expect(gross(portfolio.target)).toBeLessThanOrEqual(input.limits.maxGross + 1e-9);
        expect(gross(verdict.weights)).toBeLessThanOrEqual(input.limits.maxGross + 1e-9);
        for (const { ticker } of UNIVERSE.sectors) {
          const weight = verdict.weights.get(ticker) ?? 0;
          expect(weight).toBeLessThanOrEqual(input.limits.maxWeight + 1e-9);
        }
      }),
    );
  });

  it('does not depend on the order of the tickers', () => {
    fc.assert(
      fc.property(
        anyCase,
        fc.shuffledSubarray(TICKERS, { minLength: TICKERS.length }),
        (input, order) => {
          const shuffled = <V>(map: ReadonlyMap<Ticker, V>): Map<Ticker, V> =>
            new Map(
              order.flatMap((name) => {
                const value = map.get(name);
                return value === undefined ? [] : [[name, value] as const];
              }),
            );
          const holdings = { ...input.holdings, positions: shuffled(input.holdings.positions) };
          const other = {
            ...input,
            bars: shuffled(input.bars),
            prices: shuffled(input.prices),
            holdings,
          };
          expect(entriesOf(decidedOn(other))).toEqual(entriesOf(decidedOn(input)));
        },
      ),
    );
  });

  it('does not change when one ticker’s whole history is multiplied by a constant', () => {
    fc.assert(
      fc.property(
        anyCase,
        fc.constantFrom(...TICKERS),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (input, name, factor) => {
          const bars = changed(input.bars, name, (history) => scaledBy(history, factor));
          const before = decidedOn(input);
          const after = decidedOn({ ...input, bars });
          expect(after.regime.kind).toBe(before.regime.kind);
          expect(orderOf(after)).toEqual(orderOf(before));
          for (const ticker of OWN) {
            const weight = before.portfolio.target.get(ticker) ?? 0;
            expect(after.portfolio.target.get(ticker) ?? 0).toBeCloseTo(weight, 12);
          }
        },
      ),
    );
  });

  it('does not change with bars after its as-of date, whatever they are', () => {
    const poison = fc.constantFrom(Number.NaN, -1, 0, Number.POSITIVE_INFINITY, 1e-9, 1e12);
    fc.assert(
      fc.property(anyCase, fc.array(poison, { minLength: 1, maxLength: 5 }), (input, future) => {
        const bars = new Map([...input.bars].map(([name, had]) => [name, withFuture(had, future)]));
        expect(entriesOf(decidedOn({ ...input, bars }))).toEqual(entriesOf(decidedOn(input)));
      }),
    );
  });

  it('is never made when a ticker is missing or any close that it reads is not a price', () => {
    const fault = fc.oneof(
      fc.constant('file' as const),
      fc.constant('bar' as const),
      fc.constantFrom(Number.NaN, 0, -5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    );
    fc.assert(
      fc.property(
        anyCase,
        fc.constantFrom(...TICKERS),
        fault,
        fc.integer({ min: 0, max: 126 }),
        (input, name, what, depth) => {
          // Of the defensive asset only the last close is read.
          const back = name === UNIVERSE.defensive.ticker ? 0 : depth;
          const bars = changed(input.bars, name, (had) => broken(had, what, back));
          const outcome = decide({ ...input, bars });
          expect(outcome.kind).toBe('no-decision');
          expect(outcome.kind === 'no-decision' && [...outcome.found.keys()]).toEqual([name]);
        },
      ),
    );
  });
});

describe('a plan', () => {
  it('never costs more than cash, sale proceeds and the MAX_GROSS credit, less the reserve', () => {
    fc.assert(
      fc.property(anyCase, (input) => {
        const { plan, holdings } = decidedOn(input);
        const credit = Math.max(0, input.limits.maxGross - 1) * holdings.equity;
        const sold = sumOf(plan.orders, 'sell');
        const money = Math.max(0, holdings.cash + sold + credit) * (1 - RESERVE);
        expect(sumOf(plan.orders, 'buy')).toBeLessThanOrEqual(money);
      }),
    );
  });

  it('brings every position to within one share of its target, and above it by a part of a share at most', () => {
    fc.assert(
      fc.property(ownCase, (wide) => {
        const input = { ...wide, rules: { ...wide.rules, minOrder: cents(0), minDrift: 0 } };
        const { plan, verdict, holdings } = decidedOn(input);
        for (const { ticker, toQty, price } of plan.lines) {
          const wanted = ((verdict.weights.get(ticker) ?? 0) * holdings.equity) / 100 / price;
          const short = wanted - toQty / 1e9;
          const held = holdings.positions.get(ticker) ?? 0;
          // Where only whole shares are traded, a part of one stays.
          const stays = input.rules.fractional ? 0 : (held % 1e9) / 1e9;
          expect(short).toBeGreaterThanOrEqual(-stays - 1e-8);
          expect(short).toBeLessThan(input.rules.fractional ? 1e-8 : 1 + 1e-8);
        }
      }),
    );
  });

  it('sells before it buys, each side in universe order', () => {
    fc.assert(
      fc.property(anyCase, (input) => {
        const { orders } = decidedOn(input).plan;
        const place = orders.map(
          ({ side, ticker }) => (side === 'sell' ? 0 : 100) + OWN.indexOf(ticker),
        );
        expect(place).toEqual([...place].sort((left, right) => left - right));
      }),
    );
  });

  it('never sells more than is held, nor a fraction of a share unless allowed', () => {
    fc.assert(
      fc.property(anyCase, (input) => {
        const { plan, holdings } = decidedOn(input);
        for (const { side, ticker, qty: quantity } of plan.orders) {
          const held = holdings.positions.get(ticker) ?? 0;
          expect(quantity).toBeGreaterThan(0);
          if (side === 'sell') expect(quantity).toBeLessThanOrEqual(held);
          expect(quantity % 1e9 === 0 || input.rules.fractional).toBe(true);
        }
      }),
    );
  });

  it('has no order below the minimum, nor for a drift below the minimum, except to close', () => {
    fc.assert(
      fc.property(anyCase, (input) => {
        const { plan, verdict } = decidedOn(input);
        const fromOf = new Map(plan.lines.map(({ ticker, fromWeight }) => [ticker, fromWeight]));
        for (const { ticker, estimated } of plan.orders) {
          const weight = verdict.weights.get(ticker) ?? 0;
          if (weight === 0) continue;
          const drift = Math.abs(weight - (fromOf.get(ticker) ?? Number.NaN));
          expect(estimated).toBeGreaterThanOrEqual(input.rules.minOrder);
          expect(drift).toBeGreaterThanOrEqual(input.rules.minDrift - 1e-9);
        }
      }),
    );
  });

  it('names each order by its own id of at most 128 characters, the same each time', () => {
    fc.assert(
      fc.property(anyCase, fc.stringMatching(/^[a-z0-9-]{1,60}$/), (input, id) => {
        const ids = decidedOn({ ...input, id }).plan.orders.map((order) => order.clientOrderId);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.every((text) => text.length <= CLIENT_ORDER_ID_MAX)).toBe(true);
        expect(decidedOn({ ...input, id }).plan.orders.map((o) => o.clientOrderId)).toEqual(ids);
      }),
    );
  });

  it('has nothing left to trade after it was executed at its own prices', () => {
    const anyRich = fc.integer({ min: 100_000_00, max: 10_000_000_00 });
    fc.assert(
      fc.property(anyBars, anyRich, (bars, start) => {
        const input = decisionInput({ bars, holdings: holdingsOf(start, 0, [], bars) });
        const { plan, holdings } = decidedOn(input);
        const positions = new Map(plan.lines.map(({ ticker, toQty }) => [ticker, toQty]));
        const cash = cents(cashAfter(plan.orders, holdings));
        const again = decidedOn({ ...input, holdings: { ...holdings, cash, positions } });
        expect(again.plan.orders).toEqual([]);
      }),
    );
  });
});

/** Maps as arrays, so that a comparison sees their order. */
function entriesOf(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => {
      // What was put in comes back as it was put in.
      if (key === 'prices' || key === 'holdings') return undefined;
      return inner instanceof Map ? [...inner] : inner;
    }),
  );
}

function orderOf(decision: Decision): readonly (readonly string[])[] {
  return decision.rankings.map(({ rankings }) => rankings.map(({ ticker }) => ticker));
}

function sumOf(orders: Decision['plan']['orders'], side: Side): number {
  const own = orders.filter((order) => order.side === side);
  return own.reduce((sum, { estimated }) => sum + estimated, 0);
}

function cashAfter(orders: Decision['plan']['orders'], { cash }: Holdings): number {
  return cash + sumOf(orders, 'sell') - sumOf(orders, 'buy');
}

function withFuture(source: BarHistory, closes: readonly number[]): BarHistory {
  const rows: Bar[] = [];
  let date: SessionDate = AS_OF;
  for (const close of closes) {
    date = nextSession(epochMs(Date.parse(`${date}T22:00:00Z`))).date;
    rows.push(bar(date, close));
  }
  const future = rows.map((row) => row.close);
  return {
    ...source,
    dates: [...source.dates, ...rows.map((row) => row.date)],
    open: Float64Array.from([...source.open, ...future]),
    high: Float64Array.from([...source.high, ...future]),
    low: Float64Array.from([...source.low, ...future]),
    close: Float64Array.from([...source.close, ...future]),
    volume: Float64Array.from([...source.volume, ...future]),
  };
}

function broken(
  source: BarHistory,
  what: 'file' | 'bar' | number,
  back: number,
): BarHistory | undefined {
  if (what === 'file') return undefined;
  return withRows(source, (row, index, count) => {
    if (index !== count - 1 - back) return row;
    return what === 'bar' ? undefined : { ...row, close: what };
  });
}
