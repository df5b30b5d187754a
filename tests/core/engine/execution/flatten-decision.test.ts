/** What a flatten sells, and at which prices it is recorded. */
import { describe, expect, it } from 'vitest';
import type { Bars } from '#core/domain/bar.ts';
import type { Regime } from '#core/domain/model.ts';
import { type EpochMs, ticker } from '#core/domain/units.ts';
import {
  flattenDecision,
  ownPositions,
  pricesOf,
} from '#core/engine/execution/flatten-decision.ts';
import type { Observer } from '#core/engine/parts.ts';
import { TradingError } from '#core/errors.ts';
import { market } from '#tests/support/bars.ts';
import { decision } from '#tests/support/decision.ts';
import { account, BULL, observation, position } from '#tests/support/desk.ts';
import { at, barsThrough, type World, world } from '#tests/support/world.ts';

const XLK = ticker('XLK');
const XLE = ticker('XLE');
const XLF = ticker('XLF');

describe('what a flatten sells', () => {
  it('is what Rotor may trade and holds, never a short position or another ticker', () => {
    const held = [position('XLK', 5), position('XLE', -5), position('AAPL', 5), position('TLT', 1)];
    const found = ownPositions(world().parts, [...held, position('XLF', 0)]);
    expect(found.map((each) => each.ticker)).toEqual(['XLK', 'TLT']);
  });
});

describe('the price of what is sold', () => {
  const held = [
    position('XLK', 1, 90),
    position('XLE', 1, 80),
    { ...position('XLF', 1, 70), currentPrice: undefined },
  ];

  it('is the latest one, else the broker’s, else what was paid', async () => {
    const made = world();
    made.answers.latestPrices = async () =>
      new Map([[XLK, { ticker: XLK, price: 95, at: made.clock.now() }]]);
    expect(await pricesOf(made.parts, held)).toEqual(
      new Map([
        [XLK, 95],
        [XLE, 80],
        [XLF, 69],
      ]),
    );
    made.answers.latestPrices = () => Promise.reject(new TradingError('no answer', 'retry'));
    expect((await pricesOf(made.parts, held)).get(XLK)).toBe(90);
  });
});

describe('the record of a flatten', () => {
  interface Seen {
    readonly now?: EpochMs;
    readonly bars?: Bars;
    readonly regime?: Regime;
  }
  const made = (desk: World = world(), { now, bars = new Map(), regime }: Seen = {}) => {
    const { data } = observation();
    const seen = observation({ data: { ...data, regime } });
    const observer = { now: () => now, bars: () => bars, last: () => seen } as unknown as Observer;
    const held = [position('XLK', 5), position('XLE', 4)];
    const prices = new Map([
      [XLK, 100],
      [XLE, 90],
    ]);
    return flattenDecision(desk.parts, observer, account(1_000), held, prices);
  };

  it('sells all that is held, with an empty target', () => {
    const { plan, portfolio, verdict, holdings, cause } = made();
    expect(plan.orders.map(({ side, ticker: of, qty }) => [side, of, qty / 1e9])).toEqual([
      ['sell', 'XLK', 5],
      ['sell', 'XLE', 4],
    ]);
    expect(portfolio).toEqual({ target: new Map(), grossBefore: 0, grossAfter: 0 });
    expect([verdict.kind, cause, holdings.positions.get(XLK)]).toEqual([
      ...['approved', 'manual', 5e9],
    ]);
  });

  it('has a number of its own on each day', () => {
    const desk = world();
    expect(made(desk).id).toBe('flatten-2024-07-01-1');
    for (const number of [1, 2]) {
      const of = decision({ id: `flatten-2024-07-01-${number}`, cause: 'manual' });
      desk.parts.journal.append({ kind: 'decision', decision: of });
    }
    expect(made(desk).id).toBe('flatten-2024-07-01-3');
  });

  it('is as of the last session by the earlier of the two clocks', () => {
    expect(made().asOf).toBe('2024-06-28');
    expect(made(world(), { now: at('2024-06-28', '12:00') }).asOf).toBe('2024-06-27');
  });

  it('has the closes of that session, and none of any other', () => {
    const { asOf } = made();
    const bars = barsThrough(asOf);
    expect(made(world(), { bars }).closes.get(XLK)).toBe(100);
    const rising = market({ XLK: 0.2 });
    const last = rising.get(XLK)?.close.at(-1);
    expect(made(world(), { bars: rising }).closes.get(XLK)).toBe(last);
    const before = at('2024-06-28', '12:00');
    expect(made(world(), { bars, now: before }).closes.size).toBe(0);
    expect(made(world(), { bars: new Map([...bars].slice(0, 2)) }).closes.size).toBe(2);
  });

  it('has the regime seen last, else that of the last decision, else none', () => {
    const desk = world();
    const none = { mean200: undefined, distance: undefined, momentum126: undefined };
    expect(made(desk).regime).toEqual({ kind: 'neutral', close: 0, ...none });
    desk.parts.journal.append({
      ...{ kind: 'baseline', cash: account(1).cash, positions: new Map(), known: [] },
      ...{ equity: account(1).equity, benchmark: 432 },
    });
    expect(made(desk).regime).toEqual({ kind: 'neutral', close: 432, ...none });
    const bear = { ...BULL, kind: 'bear' as const };
    for (const [index, regime] of [BULL, BULL, bear].entries()) {
      const of = decision({ id: `monthly-${index}`, cause: 'monthly', regime });
      desk.parts.journal.append({ kind: 'decision', decision: of });
    }
    expect(made(desk).regime).toEqual(bear);
    expect(made(desk, { regime: BULL }).regime).toEqual(BULL);
  });
});
