import { describe, expect, it } from 'vitest';
import {
  commonGap,
  decisionNeeds,
  type NeedInput,
  noDecision,
  tooYoungReason,
  unpriced,
} from '#core/decide/completeness.ts';
import { decide } from '#core/decide/decide.ts';
import { sessionDate, ticker } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { AS_OF, bar, changed, history, lastPrices, market, withRows } from '#tests/support/bars.ts';
import { account, decided, decisionInput, shares, undecided } from '#tests/support/deciding.ts';

const XLK = ticker('XLK');
const up = () => market({ XLK: 0.2 });

/** The market with one ticker's rows changed. */
function withTicker(name: string, change: Parameters<typeof withRows>[1], bars = up()) {
  return changed(bars, name, (had) => withRows(had, change));
}

describe('missing is never a signal', () => {
  it('refuses a decision when one ticker is a session behind, naming both dates', () => {
    const bars = withTicker('XLU', (row, index, count) => (index === count - 1 ? undefined : row));
    const outcome = undecided({ bars });
    expect(outcome.reason).toBe('XLU: expected 2024-06-28, found 2024-06-27.');
    expect(outcome.expected).toBe('2024-06-28');
    expect([...outcome.found]).toEqual([['XLU', '2024-06-27']]);
  });

  it.each(['XLRE', 'TLT', 'SPY'])('refuses a decision without the file of %s', (name) => {
    const outcome = undecided({ bars: changed(up(), name, () => undefined) });
    expect([...outcome.found]).toEqual([[name, 'none']]);
  });

  it('says why a file was rejected instead of calling it missing', () => {
    const bars = changed(up(), 'XLB', () => undefined);
    const refused = new Map([[ticker('XLB'), 'row 7 (2024-01-11): close is 0']]);
    const outcome = undecided({ bars, refused });
    expect(outcome.found.get(ticker('XLB'))).toBe('refused');
    expect(outcome.reason).toContain('row 7 (2024-01-11): close is 0');
  });

  it('names the session of a hole in the middle of a window', () => {
    const bars = withTicker('XLE', (row) => (row.date === '2024-03-12' ? undefined : row));
    expect([...undecided({ bars }).found]).toEqual([['XLE', 'gap at 2024-03-12']]);
  });

  it('ignores a hole before every window', () => {
    const date = up().get(ticker('XLE'))?.dates[SESSIONS_BEFORE_WINDOW];
    const bars = withTicker('XLE', (row) => (row.date === date ? undefined : row));
    expect(decide(decisionInput({ bars })).kind).toBe('decided');
  });

  it('rejects a row on a day that was not a session', () => {
    const bars = withTicker('XLE', (row) =>
      row.date === '2024-03-12' ? { ...row, date: sessionDate('2024-03-10') } : row,
    );
    expect(undecided({ bars }).found.get(ticker('XLE'))).toBe('gap at 2024-03-12');
    const extra = changed(up(), 'XLE', (had) =>
      withRows(had, (row) =>
        row.date === '2024-03-08' ? { ...row, date: sessionDate('2024-03-09') } : row,
      ),
    );
    expect(undecided({ bars: extra }).found.get(ticker('XLE'))).toContain('not a session');
  });

  it.each([Number.NaN, 0, -3, Number.POSITIVE_INFINITY])('refuses a close of %d', (close) => {
    const bars = withTicker('XLP', (row) => (row.date === '2024-05-02' ? { ...row, close } : row));
    expect(undecided({ bars }).found.get(ticker('XLP'))).toBe(`a close of ${close} on 2024-05-02`);
  });

  it.each([Number.NaN, 0])('refuses a close of %d on the as-of date itself', (close) => {
    const bars = withTicker('XLP', (row) => (row.date === AS_OF ? { ...row, close } : row));
    expect(undecided({ bars }).found.get(ticker('XLP'))).toBe(`a close of ${close} on ${AS_OF}`);
  });

  it('reports a file whose rows are all later as missing', () => {
    const bars = withTicker('XLP', (row) => (row.date < AS_OF ? undefined : row));
    const asOf = sessionDate('2024-06-27');
    expect(undecided({ bars, asOf }).found.get(ticker('XLP'))).toBe('none');
  });

  it('refuses a file that starts too late for a lookback though its ticker is old', () => {
    const short = history('XLF', () => 50, { count: 126 });
    const outcome = undecided({ bars: changed(up(), 'XLF', () => short) });
    expect(outcome.found.get(ticker('XLF'))).toBe(`begins ${short.dates[0]}`);
    expect(outcome.reason).toContain('expected 127 sessions through 2024-06-28');
    const enough = history('XLF', () => 50, { count: 127 });
    expect(decide(decisionInput({ bars: changed(up(), 'XLF', () => enough) })).kind).toBe(
      'decided',
    );
  });

  it('needs 200 closes of the benchmark, not 199', () => {
    const of = (count: number) =>
      decide(
        decisionInput({ bars: changed(up(), 'SPY', () => history('SPY', () => 9, { count })) }),
      );
    expect(of(199).kind).toBe('no-decision');
    expect(of(200).kind).toBe('decided');
  });

  it('is neutral with fewer than 200 closes only if a warm-up is requested', () => {
    const bars = changed(up(), 'SPY', () => history('SPY', () => 9, { count: 150 }));
    const { regime, votes } = decided({ bars, warmUp: true });
    expect(regime).toEqual({
      kind: 'neutral',
      close: 9,
      mean200: undefined,
      distance: undefined,
      momentum126: 0,
    });
    expect(votes.map(({ active, share }) => [active, share])).toEqual([
      [true, 1],
      [false, 0],
      [false, 0],
    ]);
  });

  it('names every faulty ticker at once', () => {
    const bars = changed(
      changed(up(), 'XLK', () => undefined),
      'SPY',
      () => undefined,
    );
    expect([...undecided({ bars }).found.keys()]).toEqual(['XLK', 'SPY']);
  });
});

describe('a ticker too young', () => {
  const options = { asOf: sessionDate('2018-06-29') };

  it('is left out and named if it was listed only days ago, and is not missing data', () => {
    const bars = changed(market({ XLK: 0.2 }, options), 'XLC', () => undefined);
    const { rankings } = decided({ ...options, bars, prices: lastPrices(bars) });
    for (const { excluded, lookback, rankings: ranked } of rankings) {
      const reason = `9 of ${lookback + 1} sessions since its first, 2018-06-19`;
      expect(excluded).toEqual([{ ticker: 'XLC', reason }]);
      expect(ranked).toHaveLength(10);
    }
  });

  it('is left out before its listing', () => {
    const early = { asOf: sessionDate('2015-06-30') };
    const bars = market({ XLK: 0.2 }, early);
    const { rankings } = decided({ ...early, bars });
    expect(rankings[0]?.excluded).toEqual([
      { ticker: 'XLC', reason: 'not listed before 2018-06-19' },
      { ticker: 'XLRE', reason: 'not listed before 2015-10-08' },
    ]);
  });

  it('is ranked from the session with one close more than the lookback', () => {
    // 2018-10-11 is the 81st session of XLC, 2018-10-10 the 80th.
    const of = (asOf: string, lookback: number) => {
      const at = { asOf: sessionDate(asOf) };
      return decided({ ...at, bars: market({}, at) }).rankings.find(
        (ranking) => ranking.lookback === lookback,
      )?.excluded.length;
    };
    expect(of('2018-10-10', 80)).toBe(1);
    expect(of('2018-10-11', 80)).toBe(0);
    expect(of('2018-10-11', 126)).toBe(1);
  });

  it('is one session old on the day of its listing', () => {
    const young = { ticker: XLK, sector: 'Technology', firstSession: AS_OF };
    expect(tooYoungReason(young, AS_OF, 126)).toBe(`1 of 127 sessions since its first, ${AS_OF}`);
    const before = sessionDate('2024-06-27');
    expect(tooYoungReason(young, before, 126)).toBe(`not listed before ${AS_OF}`);
  });

  it('leaves no decision if every sector is too young', () => {
    const asOf = sessionDate('2024-06-28');
    const young = UNIVERSE.sectors.map((sector) => ({
      ...sector,
      firstSession: sessionDate('2024-06-03'),
    }));
    const outcome = undecided({ asOf, universe: { ...UNIVERSE, sectors: young } });
    expect(outcome.found.size).toBe(11);
    expect(outcome.reason).toMatch(
      /^XLK, XLF, .*XLRE: 19 of 127 sessions since its first, 2024-06-03\.$/,
    );
  });
});

describe('a latest price', () => {
  it('is missing data when a targeted or held ticker has none', () => {
    const prices = new Map(lastPrices(up()));
    prices.delete(ticker('XLK'));
    expect([...undecided({ bars: up(), prices }).found]).toEqual([['XLK', 'no latest price']]);
    prices.set(ticker('XLK'), 100);
    prices.set(ticker('XLB'), Number.NaN);
    const holdings = account(100_000, { positions: shares({ XLB: 5 }) });
    expect([...undecided({ bars: up(), prices, holdings }).found.keys()]).toEqual(['XLB']);
  });

  it.each([
    [undefined, 'no latest price', 'none'],
    [Number.NaN, 'a latest price of NaN', 'NaN'],
    [Number.POSITIVE_INFINITY, 'a latest price of Infinity', 'Infinity'],
    [0, 'a latest price of 0', '0'],
    [-3, 'a latest price of -3', '-3'],
  ])('of %s cannot be used to size an order', (price, found, told) => {
    const prices = new Map(price === undefined ? [] : [[XLK, price] as const]);
    const problem = `expected a latest price, found ${told}`;
    expect(unpriced([XLK], prices)).toEqual([{ ticker: XLK, found, problem }]);
  });

  it('may be of less than a dollar', () => {
    expect(unpriced([XLK], new Map([[XLK, 0.01]]))).toEqual([]);
  });

  it('is not needed for a ticker that is neither held nor targeted', () => {
    const bars = up();
    const prices = new Map([...lastPrices(bars)].filter(([name]) => name !== 'SPY'));
    expect(decide(decisionInput({ bars, prices })).kind).toBe('decided');
  });
});

describe('required data', () => {
  const needs = (changes: Partial<NeedInput> = {}) => {
    const input = { universe: UNIVERSE, bars: up(), asOf: AS_OF, lookbacks: [80], warmUp: false };
    return decisionNeeds({ ...input, ...changes });
  };

  it('is compared with its market, except tickers that only one model ranks', () => {
    const others = [{ universe: { ...UNIVERSE, sectors: [UNIVERSE.defensive] }, lookback: 20 }];
    const [sector, , other, , benchmark] = needs({
      universe: { ...UNIVERSE, sectors: UNIVERSE.sectors.slice(0, 2) },
      others,
    });
    expect([sector?.ticker, other?.ticker, benchmark?.ticker]).toEqual(['XLK', 'TLT', 'SPY']);
    expect([sector?.peer, other?.peer, benchmark?.peer]).toEqual([true, false, true]);
  });

  it.each([
    [undefined, 1],
    [1, 1],
    [150, 150],
    [230, 200],
  ])('of the benchmark in a warm-up, with %s closes, is %d', (count, sessions) => {
    const bars = changed(up(), 'SPY', () =>
      count ? history('SPY', () => 9, { count }) : undefined,
    );
    expect(needs({ bars, warmUp: true }).at(-1)?.sessions).toBe(sessions);
    expect(needs({ bars }).at(-1)?.sessions).toBe(200);
  });
});

it('is not a reason for refusal without an error', () => {
  expect(() => noDecision(AS_OF, [])).toThrow('expected a fault');
});

it('names tickers with the same problem together', () => {
  const gap = { found: 'gap at 2024-06-20', problem: 'found gap at 2024-06-20' };
  const none = { ticker: ticker('TLT'), found: 'none', problem: 'found none' };
  const faults = [{ ticker: XLK, ...gap }, none, { ticker: ticker('XLF'), ...gap }];
  expect(noDecision(AS_OF, faults).reason).toBe(
    'XLK, XLF: found gap at 2024-06-20; TLT: found none.',
  );
});

describe('a gap that tickers have in common', () => {
  const found = (...faults: string[]) => ({
    found: new Map(faults.map((fault, index) => [ticker(`T${index}`), fault])),
  });

  it('is their day, when nothing else is missing', () => {
    expect(commonGap(found('gap at 2024-06-20', 'gap at 2024-06-20'))).toBe('2024-06-20');
  });

  it('is none of a single ticker, of different days, or beside another fault', () => {
    expect(commonGap(found('gap at 2024-06-20'))).toBeUndefined();
    expect(commonGap(found('gap at 2024-06-20', 'gap at 2024-06-21'))).toBeUndefined();
    expect(commonGap(found('gap at 2024-06-20', '2024-06-27'))).toBeUndefined();
    const [gap, other] = ['gap at 2024-06-20', 'gap at 2024-06-21'];
    expect(commonGap(found(gap, gap, other))).toBeUndefined();
    expect(commonGap(found('2024-06-27', '2024-06-27'))).toBeUndefined();
  });
});

it('is a data issue only if nothing is missing', () => {
  const missing = { ticker: XLK, found: 'none', problem: 'none' };
  const doubted = { ...missing, isDataIssue: true } as const;
  expect(noDecision(AS_OF, [doubted, missing]).inDoubt).toBeUndefined();
  expect(noDecision(AS_OF, [doubted, doubted]).inDoubt).toBe(true);
});

it('requires a model: an empty list is not a strategy', () => {
  expect(() => decide(decisionInput({ models: [] }))).toThrow('at least one model');
});

it('requires a session as the as-of date', () => {
  const saturday = sessionDate('2024-06-29');
  const bars = changed(up(), 'TLT', (had) =>
    withRows(had, (row) => (row.date === AS_OF ? bar(saturday, row.close) : row)),
  );
  expect(() => decide(decisionInput({ bars, asOf: saturday }))).toThrow('is not a session');
});

/** 230 sessions are built, the longest window of a sector is 127. */
const SESSIONS_BEFORE_WINDOW = 230 - 128;
