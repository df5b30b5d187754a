import { describe, expect, it } from 'vitest';
import { barHistory, barsOf } from '#core/domain/bar.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { findingsAcross } from '#core/domain/findings.ts';
import { shiftedRows } from '#core/domain/shifted-rows.ts';
import { sessionDate, ticker } from '#core/domain/units.ts';

describe('rows dated one day off', () => {
  const DAYS = sessionsIn(sessionDate('2023-01-03'), sessionDate('2024-04-30'));
  const NAMES = ['XLK', 'XLF', 'XLV', 'XLP', 'XLU', 'SPY'].map(ticker);
  /** Half of each move is the market's, half its own. */
  const moveOf = (seed: number, at: number) =>
    0.008 * Math.sin(at * at * 1.3) + 0.008 * Math.sin(at * at * (0.7 + seed));
  const market = (late: number, name = 'XLU') =>
    new Map(
      NAMES.map((each, seed) => {
        let close = 50;
        const rows = DAYS.map(({ date }, at) => {
          close *= 1 + moveOf(seed, each === name ? at - late : at);
          return { date, open: close, high: close, low: close, close, volume: 1 };
        });
        return [each, barHistory(each, rows)] as const;
      }),
    );
  const told = (late: number) =>
    findingsAcross(market(late)).filter(({ rule }) => rule === 'shifted');

  it('are not reported if all move on the same days', () => {
    expect(told(0)).toEqual([]);
  });

  it('are not looked for in a ticker that is no peer', () => {
    const others = new Set(NAMES.filter((name) => name !== 'XLU'));
    expect(findingsAcross(market(1), {}, others)).toEqual([]);
  });

  it.each([
    [1, 'after'],
    [-1, 'before'],
  ])('block a ticker whose moves are %d day late', (late, side) => {
    expect(told(late)).toEqual([
      {
        ...{ rule: 'shifted', ticker: 'XLU', date: '2024-04-30', severity: 'refuses' },
        text: `its moves to 2024-04-30 come one session ${side} those of the others`,
      },
    ]);
  });
});

describe('moves that come a day late', () => {
  const DATES = sessionsIn(sessionDate('2021-01-04'), sessionDate('2023-12-29')).map(
    ({ date }) => date,
  );
  /** Draws between -1 and 1 that follow from nothing before them. */
  const draws = (seed: number) => {
    let state = seed * 7_919 + 17;
    return DATES.map(() => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return (2 * state) / 2_147_483_648 - 1;
    });
  };
  const MARKET = draws(99);
  const marketOn = (at: number): number => MARKET[at] ?? 0;
  const history = (name: string, count: number, moveAt: (at: number) => number) => {
    let close = 50;
    const rows = DATES.slice(0, count).map((date, at) => {
      close *= 1 + 0.01 * moveAt(at);
      return { date, open: close, high: close, low: close, close, volume: 1 };
    });
    return barHistory(ticker(name), rows);
  };
  const NAMES = ['XLK', 'XLF', 'XLV', 'XLP', 'XLE', 'XLB'];
  /** A ticker beside `others` that move with the market, and with something of their own. */
  const told = (
    moveAt: (at: number) => number,
    { count = 300, others = 6, to = undefined as string | undefined, drift = 0 } = {},
  ) => {
    const peers = NAMES.slice(0, others).map((name, seed) => {
      const own = draws(seed + 1);
      return history(name, count, (at) => drift + marketOn(at) + 0.9 * (own[at] ?? 0));
    });
    const one = history('XLU', count, (at) => drift + moveAt(at));
    return shiftedRows([...peers, one], to === undefined ? undefined : sessionDate(to)).map(
      ({ ticker: of, last, by }) => [of, last, by],
    );
  };
  const noise = draws(50);
  const own = (at: number): number => noise[at] ?? 0;
  const late = (at: number): number => marketOn(at - 1) + 0.5 * own(at);

  it('are told with the last day and the direction', () => {
    expect(told(late)).toEqual([['XLU', DATES[299], 1]]);
    expect(told((at) => marketOn(at + 1) + 0.5 * own(at))).toEqual([['XLU', DATES[299], -1]]);
    expect(told((at) => marketOn(at - 1) + marketOn(at + 1))).toEqual([['XLU', DATES[299], 1]]);
  });

  it('are told of a year of moves, and of no older ones', () => {
    const wasLate = (at: number): number => (at < 450 ? late(at) : marketOn(at) + 0.5 * own(at));
    expect(told(wasLate, { count: 702 })).toEqual([]);
    expect(told(wasLate, { count: 702, to: DATES[449] })).toEqual([['XLU', DATES[449], 1]]);
  });

  it('are told of a hundred pairs of days, and of no fewer', () => {
    expect(told(late, { count: 102 })).toEqual([['XLU', DATES[101], 1]]);
    expect(told(late, { count: 101 })).toEqual([]);
    const early = (at: number): number => marketOn(at + 1) + 0.5 * own(at);
    expect(told(early, { count: 102 })).toEqual([['XLU', DATES[101], -1]]);
  });

  it('are told beside three others, and beside no fewer', () => {
    expect(told(late, { others: 3 })).toEqual([['XLU', DATES[299], 1]]);
    expect(told(late, { others: 2 })).toEqual([]);
  });

  it('are told however much all of them rise', () => {
    expect(told(late, { drift: 5 })).toEqual([['XLU', DATES[299], 1]]);
    expect(told((at) => marketOn(at) + 0.5 * own(at), { drift: 5 })).toEqual([]);
  });

  it('are no doubt where the market is followed a little, or on its own day as well', () => {
    expect(told((at) => 0.2 * marketOn(at - 1) + own(at))).toEqual([]);
    expect(told((at) => 0.6 * marketOn(at - 1) + 0.28 * marketOn(at) + own(at))).toEqual([]);
  });

  it('are told of neither where one has no moves at all', () => {
    expect(told(() => 0)).toEqual([]);
    expect(told(late, { count: 1 })).toEqual([]);
  });

  describe('beside others of which half begin in the middle of the year', () => {
    const isYoung = (name: string): boolean => NAMES.indexOf(name) > 2;
    const toldOf = (moveAt: (at: number) => number) => {
      const peers = NAMES.map((name, seed) => {
        const its = draws(seed + 1);
        const from = isYoung(name) ? 150 : 0;
        const whole = history(name, 300, (at) => marketOn(at) + 0.9 * (its[at] ?? 0));
        return isYoung(name) ? barHistory(ticker(name), barsOf(whole).slice(from)) : whole;
      });
      const found = shiftedRows([...peers, history('XLU', 300, moveAt)]);
      return found.map(({ ticker: of, by }) => [of, by]);
    };

    // A day counts the same with three others as with six; each of these is near the border.
    it('are told as much of the days with few others as of those with many', () => {
      const first = (at: number) => (at < 150 ? 0.9 * marketOn(at - 1) : 0.2 * marketOn(at));
      expect(toldOf((at) => first(at) + 0.5 * own(at))).toEqual([['XLU', 1]]);
      const second = (at: number) => (at < 150 ? 0.5 * marketOn(at) : 0.8 * marketOn(at - 1));
      expect(toldOf((at) => second(at) + 0.5 * own(at))).toEqual([]);
    });
  });
});
