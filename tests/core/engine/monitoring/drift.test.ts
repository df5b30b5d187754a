/** Which positions are reported as far from their target. */
import { describe, expect, it } from 'vitest';
import type { Entry } from '#core/domain/entry.ts';
import type { Observation } from '#core/domain/observation.ts';
import { dollars, qty, ticker } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { driftEntries } from '#core/engine/monitoring/drift.ts';
import { filled } from '#tests/core/views/books.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decision } from '#tests/support/decision.ts';
import { account, NOW, observation, position } from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';

const [XLK, XLE] = [ticker('XLK'), ticker('XLE')];
const ID = 'monthly-2026-11';
const MINE = account(100_000);
const WEIGHTS = new Map([
  [XLK, 0.5],
  [XLE, 0.5],
]);
const FINISHED: Entry = {
  ...{ kind: 'finished', decisionId: ID, result: { kind: 'complete', left: [] } },
};
const RULES = { fractional: true, minOrder: dollars(1), minDrift: 0 };

interface Setting {
  readonly rules?: Partial<typeof RULES>;
  /** After the decision: that it has finished. */
  readonly after?: readonly Entry[];
  readonly maxDrift?: number;
}

/** A desk that wants one half of each, with a limit of 5 %. */
function desk({ rules = {}, after = [FINISHED], maxDrift = 0.05 }: Setting = {}) {
  const journal = memoryJournal(leapingClock(NOW));
  journal.append({ kind: 'account', id: MINE.id, number: MINE.number, mode: 'SANDBOX' });
  const verdict = { kind: 'approved', weights: WEIGHTS, breaches: [] } as const;
  journal.append({ kind: 'decision', decision: decision({ id: ID, orders: [], verdict }) });
  journal.append(...after);
  /** Holds this many shares of each ticker, at $100 a share, in an account worth $100,000. */
  const look = (xlk: number, xle = 500, seen: Partial<Observation> = {}) => {
    const positions = [position('XLK', xlk), position('XLE', xle)];
    const prices = new Map([XLK, XLE].map((each) => [each, 100]));
    const parts = { journal, universe: UNIVERSE, maxDrift, rules: { ...RULES, ...rules } };
    const entries = driftEntries(parts, observation({ account: MINE, positions, prices, ...seen }));
    journal.append(...entries);
    return entries.map((entry) => {
      if (entry.kind === 'alert') return `! ${entry.alert.text}`;
      return entry.kind === 'resolved' ? entry.text : entry.kind;
    });
  };
  return { journal, look };
}

const HIGH = '! XLK is 56 % of equity, its target 50 %; MAX_DRIFT is 5 %.';

describe('the alert about drift', () => {
  it('is told once, and closes well below the limit', () => {
    const { look } = desk();
    expect([look(549), look(560), look(560)]).toEqual([[], [HIGH], []]);
    expect([look(531), look(529)]).toEqual([[], ['XLK is back near its target.']]);
  });

  it('is not told at exactly the limit, and stays open at exactly six tenths of it', () => {
    expect(desk({ maxDrift: 0.0625 }).look(562.5)).toEqual([]);
    const { look } = desk({ maxDrift: 0.0625 });
    const xlf = (shares: number) => ({
      positions: [position('XLK', 500), position('XLE', 500), position('XLF', shares)],
      prices: new Map([XLK, XLE, ticker('XLF')].map((each) => [each, 100])),
    });
    const counts = [70, 37.5, 37].map((shares) => look(0, 0, xlf(shares)).length);
    expect(counts).toEqual([1, 0, 1]);
  });

  it('is not told, or ends, where a person meant the trade', () => {
    const meant: Entry = { kind: 'intentional-trade', fillId: 'f-1', ticker: XLK, by: 'ann' };
    expect(desk({ after: [FINISHED, meant] }).look(560)).toEqual([]);
    const { journal, look } = desk();
    expect(look(560)).toEqual([HIGH]);
    journal.append(meant);
    expect([look(560), look(560)]).toEqual([['This drift is intentional.'], []]);
  });

  it('is not told while the broker shows fewer shares than the books', () => {
    const bought = filled(NOW, 'buy', 'XLF', 100, 100);
    const { look } = desk({ after: [FINISHED, { kind: 'external-fill', fill: bought }] });
    expect(look(560)).toEqual([]);
    const positions = [position('XLK', 560), position('XLE', 500), position('XLF', 100)];
    expect(look(0, 0, { positions })).toEqual([HIGH]);
  });

  it('is told of a share that costs less than a dollar', () => {
    const positions = [position('XLK', 112_000, 0.5), position('XLE', 500)];
    const prices = new Map([
      [XLK, 0.5],
      [XLE, 100],
    ]);
    expect(desk().look(0, 0, { positions, prices })).toEqual([HIGH]);
  });

  it('is told of too few shares as of too many', () => {
    expect(desk().look(440)).toEqual([
      '! XLK is 44 % of equity, its target 50 %; MAX_DRIFT is 5 %.',
    ]);
  });

  it('needs a finished rebalance, and none that runs', () => {
    expect(desk({ after: [] }).look(560)).toEqual([]);
    const next = { kind: 'decision', decision: decision({ id: 'monthly-2026-12' }) } as const;
    expect(desk({ after: [FINISHED, next] }).look(560)).toEqual([]);
  });

  it('needs the account of the books, answered now and worth something', () => {
    const { look } = desk();
    const broker = { connected: false, streaming: true, lastAnswer: NOW, problem: undefined };
    expect(look(560, 500, { broker })).toEqual([]);
    expect(look(560, 500, { account: undefined })).toEqual([]);
    expect(look(560, 500, { account: { ...MINE, id: 'another' } })).toEqual([]);
    const sold = { positions: [position('XLF', 60)], prices: new Map([[ticker('XLF'), 100]]) };
    for (const usd of [0, -1]) {
      expect(look(0, 0, { account: account(usd), ...sold })).toEqual([]);
    }
    expect(look(560)).toEqual([HIGH]);
  });

  it('measures against what Rotor manages of the account', () => {
    const managed = { equity: dollars(80_000), cash: dollars(0) };
    expect(desk().look(400, 400, { managed })).toEqual([]);
    expect(desk().look(400, 400)).toHaveLength(2);
  });

  it('needs a price, and shares that are owned', () => {
    const { look } = desk();
    for (const price of [0, -1]) {
      const prices = new Map([
        [XLK, price],
        [XLE, 100],
      ]);
      expect(look(560, 500, { prices })).toEqual([]);
    }
    expect(look(560, 500, { prices: new Map([[XLE, 100]]) })).toEqual([]);
    expect(look(-100)).toEqual([]);
  });

  it('tells of a share without a position, and of one that no plan wanted', () => {
    const [xle, xlf] = [position('XLE', 500), position('XLF', 100)];
    const prices = new Map([XLK, XLE, ticker('XLF')].map((each) => [each, 100]));
    expect(
      desk()
        .look(0, 0, { positions: [xle, xlf], prices })
        .toSorted(),
    ).toEqual([
      '! XLF is 10 % of equity, its target 0 %; MAX_DRIFT is 5 %.',
      '! XLK is 0 % of equity, its target 50 %; MAX_DRIFT is 5 %.',
    ]);
  });
});

describe('drift that no order corrects', () => {
  const NO_FRACTIONS = { fractional: false };
  const at = (price: number, shares: number) => ({
    positions: [{ ...position('XLK', shares, price) }, position('XLE', 500)],
    prices: new Map([
      [XLK, price],
      [XLE, 100],
    ]),
  });

  it('is that of less than a share where only whole ones are traded', () => {
    // Two shares are 60 %, one is 30 %: 10 % too much is a third of a share.
    const seen = at(30_000, 2);
    expect(desk({ rules: NO_FRACTIONS }).look(0, 0, seen)).toEqual([]);
    expect(desk().look(0, 0, seen)).toHaveLength(1);
  });

  it('is that of exactly one share, and not that of two', () => {
    expect(desk({ rules: NO_FRACTIONS }).look(0, 0, at(25_000, 3))).toEqual([]);
    expect(desk({ rules: NO_FRACTIONS }).look(0, 0, at(25_000, 4))).toHaveLength(1);
  });

  it('is up to MIN_DRIFT, or for less money than MIN_ORDER_USD in whole shares', () => {
    expect(desk({ rules: { minDrift: 0.0625 } }).look(0, 0, at(100, 562.5))).toEqual([]);
    expect(desk({ rules: { minDrift: 0.0625 } }).look(563)).toHaveLength(1);
    expect(desk({ rules: { minOrder: dollars(6_001) } }).look(560)).toEqual([]);
    expect(desk({ rules: { minOrder: dollars(6_000) } }).look(560)).toHaveLength(1);
    // $7,500 too much are three shares of $2,000, which are $6,000.
    const three = at(2_000, 28.75);
    const whole = (usd: number) =>
      desk({ rules: { ...NO_FRACTIONS, minOrder: dollars(usd) } }).look(0, 0, three);
    expect([whole(6_000).length, whole(6_001).length]).toEqual([1, 0]);
  });

  it('is never that of a share to be sold whole, however little it is', () => {
    const xlf = ticker('XLF');
    const seen = {
      positions: [position('XLK', 500), position('XLE', 500), position('XLF', 60)],
      prices: new Map([XLK, XLE, xlf].map((each) => [each, 100])),
    };
    const rules = { minDrift: 0.5, minOrder: dollars(50_000) };
    expect(desk({ rules }).look(0, 0, seen)).toHaveLength(1);
  });

  it('is that of a line which the rebalance left, told with its result', () => {
    const left: Entry = {
      ...{ kind: 'finished', decisionId: ID },
      result: { kind: 'partial', left: ['buy XLK: not sent'] },
    };
    const { look } = desk({ after: [left] });
    expect([look(440), look(440, 560)]).toEqual([[], [expect.stringContaining('XLE is 56 %')]]);
  });
});

it('a position of no whole number of shares counts as what it is worth', () => {
  const positions = [{ ...position('XLK', 560), qty: qty(560.5e9) }, position('XLE', 500)];
  expect(desk().look(0, 0, { positions })).toEqual([
    '! XLK is 56.1 % of equity, its target 50 %; MAX_DRIFT is 5 %.',
  ]);
});
