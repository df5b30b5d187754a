import { describe, expect, it } from 'vitest';
import type { Bars } from '#core/domain/bar.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import type { Decision } from '#core/domain/decision.ts';
import { dollars, sessionDate, ticker } from '#core/domain/units.ts';
import { closesOf } from '#core/views/curve.ts';
import { paperCurve } from '#core/views/paper.ts';
import { performanceView } from '#core/views/performance.ts';
import type { WindowName } from '#core/views/windows.ts';
import { MODELS } from '#models/list.ts';
import { changed, market, scaledBy, withRows } from '#tests/support/bars.ts';
import { decided } from '#tests/support/deciding.ts';
import { account, observation } from '#tests/support/desk.ts';
import { at, began, bookOf, closed, type Dated, moved } from './books.ts';

const NO_BARS: Bars = new Map();
const SPY = ticker('SPY');
const [CORE, BULL] = ['SectorRotationModel_v1', 'SectorRotationBull_v1'] as const;

/** A week and a half: +1 % a day for You, SPY flat but for the last day. */
const DAYS = [
  '2026-10-29',
  '2026-10-30',
  '2026-11-02',
  '2026-11-03',
  '2026-11-04',
  '2026-11-05',
  '2026-11-06',
];
const WEEK: readonly Dated[] = [
  began(at('2026-10-28T15:00:00Z'), 100_000, 500),
  ...DAYS.map((day, index) => closed(day, 100_000 * 1.01 ** (index + 1), index < 6 ? 500 : 510)),
];

/** As seen on the evening of Friday the sixth, before any new price. */
const FRIDAY = observation({
  at: at('2026-11-06T23:00:00Z'),
  account: account(100_000 * 1.01 ** 7),
  prices: new Map([[SPY, 510]]),
});

function window(name: WindowName, seen = FRIDAY, entries: readonly Dated[] = WEEK) {
  const view = performanceView(bookOf(...entries), seen, NO_BARS, [], name);
  const found = view.windows.find((each) => each.name === name);
  if (!found) throw new Error(`no window ${name}`);
  return { ...found, points: view.points };
}

describe('windows against SPY', () => {
  it.each([
    ['1D', '2026-11-05', 1.01 - 1, 0.02],
    ['1W', '2026-10-30', 1.01 ** 5 - 1, 0.02],
    ['MTD', '2026-10-30', 1.01 ** 5 - 1, 0.02],
    ['YTD', '2026-10-28', 1.01 ** 7 - 1, 0.02],
    ['since start', '2026-10-28', 1.01 ** 7 - 1, 0.02],
  ] as const)('%s counts from %s on both sides', (name, from, you, spy) => {
    const found = window(name);
    expect(found.from).toBe(from);
    expect(found.you.gain).toBeCloseTo(you, 6);
    expect(found.spy.gain).toBeCloseTo(spy, 6);
    expect(found.you.alpha).toBeCloseTo(you - spy, 6);
    expect(found.exact).toBe(true);
  });

  it('have no value for a year in an account of two weeks, and do not say 0', () => {
    const { you, spy, from } = window('1Y');
    const unknown = { gain: undefined, alpha: undefined, volatility: undefined };
    expect(you).toMatchObject({ ...unknown, sharpe: undefined, maxDrawdown: undefined });
    expect([spy.gain, from]).toEqual([undefined, undefined]);
  });

  it('measure the day from the last close while the market is open, and through the weekend', () => {
    const monday = { ...FRIDAY, at: at('2026-11-09T16:00:00Z') };
    expect(window('1D', monday).from).toBe('2026-11-06');
    expect(window('1D', monday).you.gain).toBeCloseTo(0);
    const sunday = { ...FRIDAY, at: at('2026-11-08T16:00:00Z') };
    expect(window('1D', sunday).from).toBe('2026-11-05');
  });

  it('report October on the Sunday that is the first of November', () => {
    const sunday = { ...FRIDAY, at: at('2026-11-01T16:00:00Z') };
    const october = WEEK.slice(0, 3);
    expect(window('MTD', sunday, october)).toMatchObject({ from: '2026-10-28', exact: true });
  });

  it('compute all statistics of a window from the same points, including first day and live point', () => {
    const monday = { ...FRIDAY, at: at('2026-11-09T16:00:00Z'), account: account(50_000) };
    const found = window('since start', monday);
    expect(found.sessions).toBe(8);
    expect(found.you.maxDrawdown).toBeCloseTo(1 - 50_000 / (100_000 * 1.01 ** 7), 6);
    expect(found.you.deepest).toMatchObject({
      peak: '2026-11-06',
      trough: '2026-11-09',
      recovered: undefined,
      sessionsDown: 1,
      sessionsUnder: 1,
    });
    // On Friday evening the live point stands for the close of that day: one return, not two.
    expect(window('since start').sessions).toBe(7);
  });

  /** You stand still, SPY rises by two per cent on the last of so many sessions. */
  const long = (count: number): readonly Dated[] => {
    const days = sessionsIn(sessionDate('2026-09-01'), sessionDate('2026-11-06')).slice(-count);
    return [
      began(at(`${days[0]?.date}T15:00:00Z`), 100_000, 500),
      ...days.map(({ date }, index) => closed(date, 100_000, index < count - 1 ? 500 : 510)),
    ];
  };

  it('annualise volatility and Sharpe ratio, with sample deviation and no risk-free rate', () => {
    const flat = { ...FRIDAY, account: account(100_000) };
    const found = window('since start', flat, long(21));
    const gains = [...Array(20).fill(0), 0.02];
    const mean = 0.02 / 21;
    const deviation = Math.sqrt(gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / 20);
    expect(found).toMatchObject({ sessions: 21, missed: 0 });
    expect(found.you.volatility).toBeCloseTo(0, 6);
    expect(found.spy.volatility).toBeCloseTo(deviation * Math.sqrt(252), 6);
    expect(found.spy.sharpe).toBeCloseTo((mean / deviation) * Math.sqrt(252), 6);
  });

  it('have neither below twenty returns, when chance would contradict the gain shown', () => {
    const { spy, you } = window('since start', FRIDAY, long(19));
    expect([spy.volatility, spy.sharpe, you.volatility]).toEqual([undefined, undefined, undefined]);
    expect(spy.gain).toBeCloseTo(0.02, 6);
  });

  it('leave out the volatility of a day', () => {
    const { you, sessions } = window('1D');
    expect([sessions, you.volatility, you.sharpe]).toEqual([1, undefined, undefined]);
  });

  it('use the configured risk-free rate', () => {
    const [plain, beyond] = [0, 0.05].map((riskFree) =>
      window('since start', { ...FRIDAY, riskFree }, long(21)),
    );
    const daily = 1.05 ** (1 / 252) - 1;
    const part = ((0.02 / 21 - daily) / (0.02 / 21)) * (plain?.spy.sharpe ?? 0);
    expect(beyond?.spy.sharpe).toBeCloseTo(part, 9);
    expect(plain?.spy).toMatchObject({ yearly: undefined, calmar: undefined });
    expect(plain?.spy.beta).toBeCloseTo(1, 9);
  });

  it('annualise fewer returns if some of them cover several sessions', () => {
    const holes = new Set(['2026-10-20', '2026-10-21', '2026-10-22']);
    const gap = long(30).filter(
      ({ entry }) => entry.kind !== 'equity' || !holes.has(entry.point.session),
    );
    const found = window('since start', FRIDAY, gap);
    expect(found).toMatchObject({ sessions: 27, missed: 3 });
    const mean = 0.02 / 27;
    const squares = 26 * mean ** 2 + (0.02 - mean) ** 2;
    expect(found.spy.volatility).toBeCloseTo(Math.sqrt((squares / 26) * ((252 * 27) / 30)), 9);
  });

  it('have a Sharpe ratio with the sign of the gain even if one day decides both', () => {
    const { you } = window('since start', { ...FRIDAY, account: account(90_000) }, long(21));
    expect([Math.sign(you.gain ?? 0), Math.sign(you.sharpe ?? 0)]).toEqual([-1, -1]);
  });

  it('count the return over a gap of several sessions once', () => {
    const gap = WEEK.filter(
      ({ entry }) => entry.kind !== 'equity' || entry.point.session !== '2026-11-04',
    );
    expect(window('since start', FRIDAY, gap)).toMatchObject({ sessions: 6, missed: 2 });
    // The day on which the account began has no close here.
    expect(window('since start')).toMatchObject({ sessions: 7, missed: 1 });
    expect(window('1W')).toMatchObject({ sessions: 5, missed: 0 });
    const monday = { ...FRIDAY, at: at('2026-11-09T16:00:00Z') };
    expect(window('MTD', monday, gap).missed).toBe(1);
    expect(window('1D', monday, gap).missed).toBe(0);
    expect(window('since start', FRIDAY, gap).you.gain).toBeCloseTo(1.01 ** 7 - 1, 6);
  });

  it('mark a window that begins with an earlier close than it should', () => {
    const gap = WEEK.filter(
      ({ entry }) => entry.kind !== 'equity' || entry.point.session !== '2026-10-30',
    );
    expect(window('MTD', FRIDAY, gap)).toMatchObject({ from: '2026-10-29', exact: false });
  });

  it('are not changed by a deposit', () => {
    const rich = [
      ...WEEK.map(({ at: instant, entry }) =>
        entry.kind === 'equity' && entry.point.session >= '2026-11-05'
          ? {
              at: instant,
              entry: { ...entry, point: { ...entry.point, equity: entry.point.equity * 2 } },
            }
          : { at: instant, entry },
      ),
    ] as readonly Dated[];
    // On the fifth as much was brought as was there that morning.
    const flow = moved(at('2026-11-05T15:00:00Z'), Math.round(100_000 * 1.01 ** 5 * 100) / 100);
    const seen = { ...FRIDAY, account: account(200_000 * 1.01 ** 7) };
    for (const name of ['1D', '1W', 'MTD', 'since start'] as const) {
      const inOrder = [...rich, flow].toSorted((a, b) => a.at - b.at);
      expect(window(name, seen, inOrder).you.gain).toBeCloseTo(window(name).you.gain ?? 0, 6);
    }
  });

  it('show the gain of the money, and that of the same money in SPY', () => {
    const start = began(at('2026-11-02T15:00:00Z'), 1_000, 500);
    const flow = moved(at('2026-11-04T15:00:00Z'), 1_000);
    const days = [
      closed('2026-11-02', 1_000, 500),
      closed('2026-11-03', 1_100, 550),
      closed('2026-11-04', 2_100, 275),
    ];
    const seen = observation({ at: at('2026-11-05T15:00:00Z'), account: undefined });
    const made = window('since start', seen, [start, ...days.slice(0, 2), flow, ...days.slice(2)]);
    expect(made.money).toMatchObject({
      begin: dollars(1_000),
      deposited: dollars(1_000),
      withdrawn: 0,
      you: { worth: dollars(2_100) },
      // 1,000 became 1,100, and with 1,000 more half of 2,100.
      spy: { worth: dollars(1_050) },
    });
    expect(made.you.gain).toBeCloseTo(0.1, 9);
    expect(made.money?.spy.rate).toBeLessThan(made.spy.gain ?? 0);
  });

  it('draw the window shown, from 0', () => {
    const { points } = window('1W');
    expect(points[0]).toMatchObject({ date: '2026-10-30', you: 0, spy: 0, alpha: 0 });
    expect(points.at(-1)?.alpha).toBeCloseTo(1.01 ** 5 - 1 - 0.02, 6);
    expect(window('1Y').points).toEqual([]);
  });

  it('are empty before the first connection', () => {
    const view = performanceView(bookOf(), FRIDAY, NO_BARS, MODELS);
    expect(
      view.windows.every(({ from, you }) => from === undefined && you.gain === undefined),
    ).toBe(true);
    expect([view.points, view.months]).toEqual([[], []]);
  });
});

describe('a model on paper', () => {
  const DECIDED = decided();
  const vote = (id: string) => DECIDED.votes.find((each) => each.id === id);
  /** Decided on the morning of 2024-07-01 at the closes of the Friday before. */
  const at930 = at('2024-07-01T13:40:00Z');
  const START = began(at('2024-07-01T13:35:00Z'));
  const decision = (made: Decision = DECIDED, instant = at930): Dated => ({
    at: instant,
    entry: { kind: 'decision', decision: made },
  });
  /** The same market for three more sessions, every ticker stepping by its own factor on the last. */
  const AFTER = sessionDate('2024-07-03');
  const bars = market({ XLK: 0.2, XLV: 0.15, XLU: 0.1 }, { asOf: AFTER, count: 233 });
  const closes = [
    closed('2024-07-01', 100_000, 500),
    closed('2024-07-02', 100_000, 500),
    closed('2024-07-03', 100_000, 500),
  ];
  const curveOf = (id: string, with_: Bars = bars, ...entries: readonly Dated[]) => {
    const book = bookOf(START, ...(entries.length > 0 ? entries : [decision(), ...closes]));
    return paperCurve(book, with_, new Map(), closesOf(book), { id }).map(({ value }) => value);
  };

  it('earns the weights times the leverage on the returns of its tickers since the decision', () => {
    const price = (name: string, row: number): number =>
      bars.get(ticker(name))?.close[row] ?? Number.NaN;
    const weights = [...(vote(BULL)?.weights ?? [])];
    expect(weights.length).toBeGreaterThan(1);
    const gain = weights.reduce((sum, [name, weight]) => {
      // The bars of this market begin anew at 100, so the decision's prices are on another scale.
      return sum + weight * 1.3 * (price(name, 232) / price(name, 229) - 1);
    }, 0);
    expect(curveOf(BULL).at(-1)).toBeCloseTo(1 + gain, 10);
    expect(curveOf(BULL)[0]).toBe(1);
  });

  it('is unchanged while inactive, and before its first allocation', () => {
    expect(vote('SectorRotationBear_v1')?.active).toBe(false);
    expect(curveOf('SectorRotationBear_v1')).toEqual([1, 1, 1, 1]);
    expect(curveOf(CORE, bars, ...closes)).toEqual([1, 1, 1, 1]);
  });

  it('does not change when all bars of a ticker are adjusted again', () => {
    const again = changed(bars, 'XLK', (one) => scaledBy(one, 0.87));
    const [before, after] = [curveOf(CORE), curveOf(CORE, again)];
    for (const [index, value] of before.entries()) expect(after[index]).toBeCloseTo(value ?? 0, 12);
  });

  it('continues from its last value at the next decision', () => {
    // Everything into XLF, at the closes of the second: its bar of the third is the only one higher.
    const then = new Map([...bars].map(([name, { close }]) => [name, close.at(-2) ?? 0]));
    const second: Decision = {
      ...DECIDED,
      id: 'second',
      asOf: sessionDate('2024-07-02'),
      closes: then,
      prices: then,
      votes: DECIDED.votes.map((each) => ({ ...each, weights: new Map([[ticker('XLF'), 1]]) })),
    };
    const risen = changed(bars, 'XLF', (one) =>
      withRows(one, (row) =>
        row.date === '2024-07-03' ? { ...row, close: row.close * 2, high: row.close * 2 } : row,
      ),
    );
    const after = decision(second, at('2024-07-03T16:00:00Z'));
    const both = curveOf(CORE, risen, decision(), ...closes.slice(0, 2), after, ...closes.slice(2));
    const one = curveOf(CORE, risen);
    expect(both.slice(0, 3)).toEqual(one.slice(0, 3));
    // It had reached the value of the second close when XLF, which stood still until then, doubled.
    expect(both[3]).toBeCloseTo((one[2] ?? 0) * 2, 10);
  });

  it('keeps its allocation when everything is sold, also while the data is late', () => {
    const sold: Decision = {
      ...DECIDED,
      id: 'flatten-2024-07-02',
      votes: [],
      closes: new Map(),
      prices: new Map(),
    };
    const flat = decision(sold, at('2024-07-02T15:00:00Z'));
    expect(curveOf(CORE, bars, decision(), flat, ...closes)).toEqual(curveOf(CORE));
  });

  it('is unknown, not 0, if a bar is missing', () => {
    const hole = changed(bars, 'XLK', (one) =>
      withRows(one, (row) => (row.date === '2024-07-02' ? undefined : row)),
    );
    const curve = curveOf(CORE, hole);
    expect([curve[1] !== undefined, curve[2], curve[3] !== undefined]).toEqual([
      true,
      undefined,
      true,
    ]);
    const gone = changed(bars, 'XLK', () => undefined);
    expect(curveOf(CORE, gone)).toEqual([1, undefined, undefined, undefined]);
  });

  it('is shown in every window with the account', () => {
    const book = bookOf(START, decision(), ...closes);
    const seen = observation({ at: at('2024-07-03T23:00:00Z'), account: undefined });
    const view = performanceView(book, seen, bars, MODELS);
    const all = view.windows.find(({ name }) => name === 'since start');
    expect(all?.models.map(({ id }) => id)).toEqual(MODELS.map(({ id }) => id));
    expect(all?.models.map(({ rested }) => rested)).toEqual([false, false, true]);
    const core = all?.models[0];
    expect(core?.gain).toBeCloseTo((curveOf(CORE).at(-1) ?? 0) - 1, 12);
    expect(core?.alpha).toBeCloseTo(core?.gain ?? 1, 12);
  });
});
