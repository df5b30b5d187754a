import { describe, expect, it } from 'vitest';
import { barHistory } from '#core/domain/bar.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { findingsAcross } from '#core/domain/findings.ts';
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
