import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '#core/decide/decide.ts';
import type { Bar, Bars } from '#core/domain/bar.ts';
import { sessionOffset } from '#core/domain/calendar.ts';
import { sessionDate, ticker } from '#core/domain/units.ts';
import { AS_OF, bar, changed, market, withRows } from '#tests/support/bars.ts';
import { decisionInput, undecided } from '#tests/support/deciding.ts';

fc.configureGlobal({ seed: 20_251_117 });

/** A session of the past by how many sessions before the as-of date it lies. */
const back = (sessions: number) => sessionOffset(AS_OF, -sessions).date;

const lively = () => market({ XLK: 0.2 });

function from(name: string, date: string, factor: number): Bars {
  return changed(lively(), name, (had) =>
    withRows(had, (row) => (row.date >= date ? bar(row.date, row.close * factor) : row)),
  );
}

function on(name: string, date: string, change: (row: Bar) => Bar): Bars {
  return changed(lively(), name, (had) =>
    withRows(had, (row) => (row.date === date ? change(row) : row)),
  );
}

const kindOn = (bars: Bars) => decide(decisionInput({ bars })).kind;

/** Every close as the one of the day before, for everyone. */
function frozen(date: string): Bars {
  const bars = lively();
  return new Map(
    [...bars].map(([name, had]) => {
      const close = had.close[had.dates.indexOf(sessionDate(date)) - 1] ?? Number.NaN;
      return [name, withRows(had, (row) => (row.date === date ? bar(row.date, close) : row))];
    }),
  );
}

const idle = (row: Bar): Bar => ({ ...row, volume: 0 });

describe('bars with data issues', () => {
  it('refuse the decision, with ticker, day and rule in words', () => {
    const day = back(3);
    const outcome = undecided({ bars: from('XLE', day, 0.5) });
    expect(outcome.reason).toBe(
      `XLE: bars through 2024-06-28 are suspicious: -50.0 % on ${day} (jump).`,
    );
    expect([...outcome.found]).toEqual([['XLE', `jump on ${day}`]]);
    expect(outcome.inDoubt).toBe(true);
  });

  it('refuse a low above its high', () => {
    const bars = on('XLP', back(9), (row) => ({ ...row, low: row.high, high: row.low }));
    expect([...undecided({ bars }).found]).toEqual([['XLP', `range on ${back(9)}`]]);
  });

  it('refuse a close that deviates from the other sectors, but not one of the defensive asset', () => {
    expect([...undecided({ bars: from('XLF', back(9), 1.2) }).found]).toEqual([
      ['XLF', `apart on ${back(9)}`],
    ]);
    expect(kindOn(from('XLF', back(0), 1.24))).toBe('no-decision');
    expect(kindOn(from('TLT', back(0), 1.24))).toBe('decided');
  });

  it('refuse a day on which all prices are unchanged', () => {
    expect(undecided({ bars: frozen(back(4)) }).reason).toContain(
      `every close of ${back(4)} equals the one before (still)`,
    );
  });

  it('refuse a close of the benchmark that deviates from the sectors, within its window of 200', () => {
    expect([...undecided({ bars: from('SPY', back(150), 1.2) }).found]).toEqual([
      ['SPY', `apart on ${back(150)}`],
    ]);
  });

  it('do not include a single ticker that ends later than the bars in use', () => {
    const asOf = back(10);
    const bars = changed(lively(), 'XLE', (had) =>
      withRows(had, (row) => (row.date > asOf ? undefined : row)),
    );
    expect(decide(decisionInput({ bars, asOf })).kind).toBe('decided');
  });

  it('are distinguished from missing bars', () => {
    const doubted = from('XLE', back(3), 0.5);
    expect(undecided({ bars: doubted }).inDoubt).toBe(true);
    const missing = changed(doubted, 'XLK', () => undefined);
    expect('inDoubt' in undecided({ bars: missing })).toBe(false);
  });

  it('are reported after missing bars', () => {
    const bars = changed(from('XLE', back(3), 0.5), 'XLK', () => undefined);
    expect([...undecided({ bars }).found]).toEqual([['XLK', 'none']]);
  });

  it('name every ticker in doubt at once', () => {
    const one = from('XLE', back(3), 0.5);
    const two = changed(one, 'XLU', (had) =>
      withRows(had, (row) => (row.date >= back(5) ? bar(row.date, row.close * 3) : row)),
    );
    expect([...undecided({ bars: two }).found.keys()]).toEqual(['XLE', 'XLU']);
  });
});

describe('a day accepted by a person', () => {
  const day = back(3);
  const of = (bars: Bars, ...acceptedMoves: string[]) =>
    decide(decisionInput({ bars, acceptedMoves })).kind;

  it('is no longer an issue, for its ticker and day only', () => {
    const crash = from('XLE', day, 0.5);
    expect(of(crash, `XLE:${day}`)).toBe('decided');
    expect(of(from('XLF', day, 1.2), `XLF:${day}`)).toBe('decided');
    expect(of(crash, `XLF:${day}`, `XLE:${back(4)}`)).toBe('no-decision');
  });

  it('resolves no other issue of the same ticker, and none about all tickers', () => {
    const twice = changed(from('XLE', day, 0.5), 'XLE', (had) =>
      withRows(had, (row) => (row.date >= back(1) ? bar(row.date, row.close * 3) : row)),
    );
    const outcome = undecided({ bars: twice, acceptedMoves: [`XLE:${day}`] });
    expect([...outcome.found]).toEqual([['XLE', `jump on ${back(1)}`]]);
    expect(of(frozen(day), `XLK:${day}`)).toBe('no-decision');
  });
});

describe('the validated window', () => {
  it('begins with the oldest close of the longest lookback, not a day before', () => {
    // A sector's 127 sessions are 0 to 126 back; a jump needs both of its days inside.
    expect(kindOn(from('XLE', back(125), 0.5))).toBe('no-decision');
    expect(kindOn(from('XLE', back(126), 0.5))).toBe('decided');
    expect(kindOn(from('XLE', back(125), 1.2))).toBe('no-decision');
    expect(kindOn(from('XLE', back(126), 1.2))).toBe('decided');
    expect(kindOn(on('XLE', back(126), (row) => ({ ...row, low: row.high * 2 })))).toBe(
      'no-decision',
    );
    expect(kindOn(on('XLE', back(127), (row) => ({ ...row, low: row.high * 2 })))).toBe('decided');
  });

  it('is 200 closes of the benchmark', () => {
    expect(kindOn(from('SPY', back(198), 0.5))).toBe('no-decision');
    expect(kindOn(from('SPY', back(199), 0.5))).toBe('decided');
  });

  it('is only the last close of the defensive asset, and the move into it', () => {
    expect(kindOn(from('TLT', back(0), 0.5))).toBe('no-decision');
    expect(kindOn(from('TLT', back(1), 0.5))).toBe('decided');
    expect(kindOn(on('TLT', back(0), idle))).toBe('no-decision');
    expect(kindOn(on('TLT', back(1), idle))).toBe('decided');
  });

  it('reads nothing after the as-of date', () => {
    const asOf = back(10);
    const bars = from('XLE', back(9), 0.5);
    expect(decide(decisionInput({ bars, asOf })).kind).toBe('decided');
    expect(decide(decisionInput({ bars, asOf: back(9) })).kind).toBe('no-decision');
  });

  it('has a trade behind each close that is read, and allows days without one between them', () => {
    const found = (sessions: number) => kindOn(on('XLRE', back(sessions), idle));
    expect([0, 80, 126].map(found)).toEqual(['no-decision', 'no-decision', 'no-decision']);
    expect([1, 79, 81, 125, 127].map(found)).toEqual(Array(5).fill('decided'));
    expect(kindOn(on('SPY', back(42), idle))).toBe('no-decision');
  });

  it('is rejected for a jump inside it, and not for one outside', () => {
    const anyTicker = fc.constantFrom('XLK', 'XLE', 'XLRE', 'SPY', 'TLT');
    const longest: Record<string, number> = { SPY: 199, TLT: 1 };
    fc.assert(
      fc.property(
        anyTicker,
        fc.integer({ min: 0, max: 228 }),
        fc.constantFrom(0.01, 0.5, 0.7, 1.3, 2, 100),
        (name, sessions, factor) => {
          const { kind, ...rest } = decide(
            decisionInput({ bars: from(name, back(sessions), factor) }),
          );
          const isInside = sessions < (longest[name] ?? 126);
          expect(kind).toBe(isInside ? 'no-decision' : 'decided');
          if (isInside && 'found' in rest) expect(rest.found.has(ticker(name))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});
