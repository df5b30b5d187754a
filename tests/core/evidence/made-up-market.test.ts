import { describe, expect, it } from 'vitest';
import { prepareHistory } from '#core/backtest/history.ts';
import { interestOf } from '#core/backtest/interest.ts';
import { dollars, sessionDate } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { idleCash } from '#core/evidence/benchmarks.ts';
import { pageOf } from '#core/evidence/page.ts';
import { pointsOf, release, sweep } from '#core/evidence/sweep.ts';
import { at, rowOf } from '#core/rules/panel.ts';
import { MODELS } from '#models/list.ts';
import { AS_OF, wandering } from '#tests/support/bars.ts';
import { LIMITS, RULES } from '#tests/support/deciding.ts';

/** Computed by an independent program, numpy and scipy, from the same bars; money is exact. */
const EXPECTED = {
  equalWeight: {
    final: 60960.08,
    sharpe: 5.280118771882107,
    orders: 87,
    turnover: 0.571243517838116,
  },
  spy: { cagr: 0.7966931666877874, maxDrawdown: 0.3039066414932847 },
  mix6040: { cagr: 0.8751204596122586, volatility: 0.23699159433138728 },
  all: {
    final: 67845.36,
    cagr: 0.7320632476446973,
    sharpe: 3.280053429609691,
    mdd: 0.09308843849111181,
    orders: 97,
    turnover: 3.1003831382662246,
    skew: -0.13138344860682366,
    kurtosis: 2.6585629247744795,
    psr0: 0.9999922434876123,
    psrVsSpySharpe: 0.9616620437883202,
    psrExcess: 0.3867047429937726,
    minTrlSessions: 67.2135572670826,
    minTrlExcess: null,
    jensenT: 4.150929485722616,
    ulcer: 0.02455061115724726,
    longestUnderSessions: 74,
    years: {
      '2022': { you: 0.17060640000000005, spy: 0.4809789585963633 },
      '2023': { you: 0.7464428692684406, spy: 0.7411162161362863 },
      '2024': { you: 0.32743989279578356, spy: 0.12491470943753136 },
    },
    monthly: { n: 22, sharpeLo: 6.205497245746388 },
    drawdowns: [
      {
        depth: 0.09308843849111181,
        peak: '2023-03-31',
        trough: '2023-06-29',
        recovered: '2023-07-19',
        sessionsDown: 61,
        sessionsUnder: 74,
      },
      {
        depth: 0.046196750663662356,
        peak: '2023-08-03',
        trough: '2023-08-17',
        recovered: '2023-08-30',
        sessionsDown: 10,
        sessionsUnder: 19,
      },
      {
        depth: 0.04348292784790464,
        peak: '2024-04-26',
        trough: '2024-05-06',
        recovered: '2024-05-22',
        sessionsDown: 6,
        sessionsUnder: 18,
      },
      {
        depth: 0.043067047611631715,
        peak: '2023-09-29',
        trough: '2023-10-05',
        recovered: '2023-11-03',
        sessionsDown: 4,
        sessionsUnder: 25,
      },
      {
        depth: 0.042341473372630056,
        peak: '2024-02-22',
        trough: '2024-03-06',
        recovered: '2024-03-12',
        sessionsDown: 9,
        sessionsUnder: 13,
      },
    ],
  },
  costs: { '0': 68886.36, '50': 64658.21 },
  days: [0.7320632476446973, 0.5728651539093821, 0.7811767184964782],
  grid: {
    sumFinalCents: 77839702,
    meanCorrelation: 0.6485332174995089,
    participationN: 2.0131375583918922,
    varSharpeDaily: 0.0010170718046895182,
  },
  dsr: {
    all: { N: 52, sr0Annual: 1.1599968156889287, dsr: 0.9986505411576297 },
    excess: { N: 52, varExcess: 0.00030772000333856607, dsr: 0.1955251305387738 },
  },
  pbo: { pbo: 0.6154623154623154, medianLogit: -0.31015492830383945, slope: -0.9067890501490263 },
  pbo8: 0.6285714285714286,
  plateau: {
    centre: [84, 3, 0],
    sharpe: 3.2587724580464927,
    rank: 5,
    neighbours: 11,
    median: 3.004731567701914,
    min: 2.1911029256332304,
    max: 3.416952566914222,
  },
  walk: {
    picks: {
      '2023': { point: [84, 3, 0], trainSharpe: 3.7666258197009075, testSharpe: 3.245885338375289 },
      '2024': { point: [40, 2, 0], trainSharpe: 3.5601944769885763, testSharpe: 3.524385169414128 },
    },
    final: 60991.07,
    stitchedCagr: 0.8274835394797877,
  },
  monkeys: {
    dart: {
      firstFive: [73082.58, 66652.0, 84067.69, 49613.9, 101986.17],
      cagr: 0.5791654359277132,
      worse: 0.7,
    },
    sameExposure: {
      firstFive: [73082.58, 66652.0, 84067.69, 49613.9, 101986.17],
      cagr: 0.5791654359277132,
      worse: 0.7,
    },
  },
  bootstrap: {
    'all|21': {
      '0.025': -1.3266859812156535,
      '0.05': -1.1005744765033934,
      '0.25': -0.4978184718431397,
      '0.5': -0.16391656855543157,
      '0.75': 0.2525171514378291,
      '0.95': 0.550765009409419,
      '0.975': 0.6465758327285751,
    },
    'all|63': {
      '0.025': -0.8571778656944257,
      '0.05': -0.7971772404500785,
      '0.25': -0.34751062613615213,
      '0.5': -0.045999061668497765,
      '0.75': 0.19390371855107325,
      '0.95': 0.48786038146327604,
      '0.975': 0.5677020373877661,
    },
  },
};

const history = prepareHistory({ bars: wandering(11, 700), universe: UNIVERSE });
const interest = interestOf(history, { margin: 0.08, cash: 0.03 });
const setup = {
  ...{ history, rules: RULES, limits: { ...LIMITS, maxGross: 1.3 } },
  from: rowOf(history.panel, sessionDate('2022-09-01')),
  to: rowOf(history.panel, AS_OF),
  ...{ equity: dollars(25_000), slippageBps: 10 },
  ...(interest && { more: { interest } }),
};

/** Numbers to nine digits. */
function near(value: unknown): unknown {
  if (typeof value === 'number') return expect.closeTo(value, 9);
  if (Array.isArray(value)) return value.map(near);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, near(each)]));
}

const GRID = { lookback: [40, 84, 126], top: [2, 3], min: [0, 0.05] };

describe('a market of random bars, with leverage, interest and earlier trials', () => {
  const page = pageOf({
    ...{ setup, models: MODELS, walk: { train: 1, first: 2023, last: 2024 } },
    grid: GRID,
    centre: [84, 3, 0],
    ...{ monkeys: 20, seed: 3, boots: 100, bootSeed: 4, triedBefore: 40 },
  });
  const same = (found: unknown, expected: object): void =>
    expect(found).toMatchObject(near(expected) as object);

  it('gives the returns, risks and Sharpe tests that another program computes', () => {
    same(page.runs['all'], EXPECTED.all);
    same(page.equalWeight, EXPECTED.equalWeight);
    same(page.spy, EXPECTED.spy);
    same(page.mix6040, EXPECTED.mix6040);
  });

  it('gives the results at other costs and on other days of the month', () => {
    same({ '0': page.costs.all['0']?.final, '50': page.costs.all['50']?.final }, EXPECTED.costs);
    const days = page.dayLuck['all'] ?? [];
    expect([days[0], days[1], days[18]]).toEqual(near(EXPECTED.days));
  });

  it('gives the figures of a search: its sum in cents, deflated Sharpe ratio, overfitting, plateau', () => {
    same(page.grid, EXPECTED.grid);
    same(page.dsr['gridBest']?.all, EXPECTED.dsr.all);
    same(page.dsr['gridBest']?.excessAll, EXPECTED.dsr.excess);
    same(page.pbo, EXPECTED.pbo);
    expect(page.pbo8.pbo).toEqual(near(EXPECTED.pbo8));
    same(page.plateau, EXPECTED.plateau);
  });

  it('gives the same walk-forward', () => {
    same(page.walk?.picks, EXPECTED.walk.picks);
    expect(page.walk?.ledger.final).toBe(EXPECTED.walk.final);
    expect(page.walk?.stitchedCagr).toEqual(near(EXPECTED.walk.stitchedCagr));
  });

  it.each(['dart', 'sameExposure'] as const)('gives the same %s monkeys', (kind) => {
    const { firstFive, cagr, worseThanAllCagr } = page.monkeys[kind];
    expect(firstFive).toEqual(EXPECTED.monkeys[kind].firstFive);
    same(
      { cagr: cagr['0.5'], worse: worseThanAllCagr },
      {
        cagr: EXPECTED.monkeys[kind].cagr,
        worse: EXPECTED.monkeys[kind].worse,
      },
    );
  });

  it.each(['all|21', 'all|63'] as const)('gives the same paired resamples, %s', (key) => {
    same(page.bootstrap[key]?.excessCagr, EXPECTED.bootstrap[key]);
  });
});

it('gives the memory of the settings’ returns back when asked to', () => {
  const tried = sweep(setup, pointsOf(GRID));
  expect(tried.map(({ returns }) => returns.length)).not.toContain(0);
  release(tried);
  expect(new Set(tried.map(({ returns }) => returns.buffer.byteLength))).toEqual(new Set([0]));
});

describe('interest on idle cash', () => {
  it('begins after the first open, because no day has passed by then', () => {
    const curve = idleCash(setup);
    expect([at(curve, 0), at(curve, 1), at(curve, 2)]).toEqual([2_500_000, 2_500_000, 2_500_208]);
  });
});
