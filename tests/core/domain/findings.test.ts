import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bar, BarHistory, Bars } from '#core/domain/bar.ts';
import { sessionsBetween } from '#core/domain/calendar.ts';
import { findingLines } from '#core/domain/finding-words.ts';
import {
  compareSources,
  type DataQualityIssue,
  findingsAcross,
  findingsByTicker,
  findingsOf,
  isAccepted,
} from '#core/domain/findings.ts';
import { sessionDate, ticker } from '#core/domain/units.ts';
import { peers, UNIVERSE } from '#core/domain/universe.ts';
import { AS_OF, bar, growing, history, market, scaledBy, withRows } from '#tests/support/bars.ts';

fc.configureGlobal({ seed: 20_251_117 });

const DAY = sessionDate('2024-03-12');
const BEFORE = sessionDate('2024-03-11');

const quiet = () => history('XLE', growing(0.1));

/** The rows from a day on, times a factor. */
function from(date: string, factor: number, had = quiet()): BarHistory {
  return withRows(had, (row) => (row.date >= date ? bar(row.date, row.close * factor) : row));
}

function on(date: string, change: (row: Bar) => Bar | undefined, had = quiet()): BarHistory {
  return withRows(had, (row) => (row.date === date ? change(row) : row));
}

const brief = (history_: BarHistory) =>
  findingsOf(history_).map(({ rule, date, severity }) => [rule, date, severity]);

describe('a data issue in one ticker’s bars', () => {
  it('is a copy of the bar before, as of a source that had none of that day', () => {
    const copied = (change: Partial<Bar> = {}) => {
      const rows = withRows(quiet(), (row) => row);
      const before = rows.dates.indexOf(BEFORE);
      const at = (column: Float64Array): number => column[before] ?? Number.NaN;
      const { open, high, low, close, volume } = rows;
      const copy = { open: at(open), high: at(high), low: at(low), close: at(close) };
      return on(DAY, (row) => ({ ...row, ...copy, volume: at(volume), ...change }), rows);
    };
    expect(brief(copied())).toEqual([['copy', DAY, 'refuses']]);
    expect(findingsOf(copied())[0]?.text).toBe('the bar of 2024-03-12 is a copy of the one before');
    // Prices may repeat; a day without a trade is another finding.
    expect(brief(copied({ volume: 1 }))).toEqual([]);
    expect(brief(on(BEFORE, (row) => ({ ...row, volume: 0 }), copied({ volume: 0 })))).toEqual([
      ['no-volume', BEFORE, 'note'],
      ['no-volume', DAY, 'note'],
    ]);
  });

  it('is not found in quiet bars', () => {
    expect(findingsOf(quiet())).toEqual([]);
    expect(findingsOf(history('XLE', () => 1, { count: 0 }))).toEqual([]);
  });

  it('is a jump of more than 25 % in a day, up or down, and names the move', () => {
    const flat = () => history('XLE', () => 100);
    expect(findingsOf(from(DAY, 1.2501, flat()))).toEqual([
      {
        rule: 'jump',
        ticker: 'XLE',
        date: DAY,
        severity: 'refuses',
        text: '+25.0 % on 2024-03-12',
      },
    ]);
    expect(brief(from(DAY, 0.7499, flat()))).toEqual([['jump', DAY, 'refuses']]);
    expect(brief(from(DAY, 1.25, flat()))).toEqual([]);
    expect(brief(from(DAY, 0.75, flat()))).toEqual([]);
  });

  it('is not a jump if the price is a hundred times higher all along', () => {
    expect(findingsOf(scaledBy(quiet(), 100))).toEqual([]);
  });

  it('is two jumps if one price is a hundred times too high', () => {
    const spike = on(DAY, (row) => bar(DAY, row.close * 100));
    expect(brief(spike)).toEqual([
      ['jump', DAY, 'refuses'],
      ['jump', '2024-03-13', 'refuses'],
    ]);
  });

  it('is a low above the high', () => {
    const upside = on(DAY, (row) => ({ ...row, low: row.high, high: row.low }));
    expect(findingsOf(upside)).toMatchObject([{ rule: 'range', date: DAY, severity: 'refuses' }]);
    expect(findingsOf(upside)[0]?.text).toMatch(/^low [\d.]+ is above high [\d.]+ on 2024-03-12$/);
  });

  it.each(['open', 'close'] as const)('is an %s outside its low and high', (name) => {
    const outside = on(DAY, (row) => ({ ...row, [name]: row.high * 1.01 }));
    expect(findingsOf(outside)[0]?.text).toMatch(new RegExp(`^${name} [\\d.]+ lies outside `));
    const rounded = on(DAY, (row) => ({ ...row, [name]: row.high * (1 + 1e-10) }));
    expect(findingsOf(rounded)).toEqual([]);
  });

  it('is a day without a trade, as a note', () => {
    const idle = on(DAY, (row) => ({ ...row, volume: 0 }));
    expect(brief(idle)).toEqual([['no-volume', DAY, 'note']]);
    expect(brief(on(DAY, (row) => ({ ...row, volume: 1 })))).toEqual([]);
  });

  it('is a date that the calendar does not know, be it a Sunday or the day of a funeral', () => {
    const sunday = on(DAY, (row) => ({ ...row, date: sessionDate('2024-03-10') }));
    const late = withRows(sunday, (row) => row);
    expect(brief(late).map(([rule]) => rule)).toContain('no-session');
    const closed = sessionDate('2025-01-09');
    const funeral = history('XLE', () => 50, { asOf: sessionDate('2025-01-10'), count: 2 });
    const moved = withRows(funeral, (row, index) => (index === 0 ? bar(closed, 50) : row));
    expect(brief(moved)).toEqual([['no-session', closed, 'refuses']]);
  });

  it('is each session without a bar between its first and its last', () => {
    const holed = withRows(quiet(), (row) =>
      ['2024-03-11', '2024-03-12'].includes(row.date) ? undefined : row,
    );
    expect(brief(holed)).toEqual([
      ['gap', '2024-03-11', 'note'],
      ['gap', '2024-03-12', 'note'],
    ]);
  });

  it('lies inside the requested range, including both ends', () => {
    const idle = on(DAY, (row) => ({ ...row, volume: 0 }));
    const within = (range: Parameters<typeof findingsOf>[1]) => findingsOf(idle, range).length;
    expect(within({ from: DAY, to: DAY })).toBe(1);
    expect(within({ to: BEFORE })).toBe(0);
    expect(within({ from: sessionDate('2024-03-13') })).toBe(0);
  });

  it('begins with the next row where the range begins on a day without one', () => {
    const idle = withRows(quiet(), (row) => {
      if (row.date === DAY) return undefined;
      return row.date === BEFORE ? { ...row, volume: 0 } : row;
    });
    expect(findingsOf(idle, { from: DAY })).toEqual([]);
    expect(findingsOf(idle, { from: BEFORE }).map(({ rule }) => rule)).toEqual([
      'no-volume',
      'gap',
    ]);
  });

  it('is a price a billionth outside its low and high, as columns are rounded by less', () => {
    const one = (prices: Partial<Bar>) =>
      brief(
        on(
          DAY,
          () => ({ ...bar(DAY, 50), ...prices }),
          history('XLE', () => 50),
        ),
      );
    const same = { open: 50, high: 50, low: 50, close: 50 };
    expect(one(same)).toEqual([]);
    const [above, below] = [50 * (1 + 1e-9), 50 * (1 - 1e-9)];
    for (const within of [above, below]) {
      expect([one({ ...same, open: within }), one({ ...same, close: within })]).toEqual([[], []]);
    }
    expect(one({ ...same, low: above, open: above, close: above })).toEqual([]);
    const [over, under] = [50 * (1 + 2e-9), 50 * (1 - 2e-9)];
    for (const outside of [over, under]) {
      expect(one({ ...same, close: outside })).toEqual([['range', DAY, 'refuses']]);
    }
    expect(one({ ...same, low: over })).toEqual([['range', DAY, 'refuses']]);
  });

  it('is sorted by date, whatever rule it breaks', () => {
    const holed = withRows(quiet(), (row) => {
      if (row.date === '2024-03-11') return undefined;
      return ['2024-03-08', '2024-03-12'].includes(row.date) ? { ...row, volume: 0 } : row;
    });
    expect(brief(holed).map(([rule]) => rule)).toEqual(['no-volume', 'gap', 'no-volume']);
  });

  it('may be accepted by its ticker and its day', () => {
    const [issue] = findingsOf(
      from(
        DAY,
        2,
        history('XLE', () => 100),
      ),
    );
    if (!issue) throw new Error('no jump');
    expect(isAccepted(issue, ['XLE:2024-03-11', 'XLE:2024-03-12'])).toBe(true);
    expect(isAccepted(issue, ['XLE:2024-03-11', 'XLF:2024-03-12'])).toBe(false);
    const { ticker: _, ...general } = issue;
    expect(isAccepted(general, ['undefined:2024-03-12'])).toBe(false);
  });

  it('is not a jump into the first day of a range', () => {
    const split = from(DAY, 0.5);
    expect(findingsOf(split, { from: BEFORE })).toHaveLength(1);
    expect(findingsOf(split, { from: DAY })).toEqual([]);
  });
});

describe('a data issue across tickers', () => {
  const still = (bars: Bars, date: string): Bars =>
    new Map(
      [...bars].map(([name, had]) => {
        const before = had.close[had.dates.indexOf(sessionDate(date)) - 1] ?? Number.NaN;
        return [name, on(date, (row) => bar(row.date, before), had)];
      }),
    );
  const lively = () =>
    market({ XLK: 0.1, XLF: 0.2, XLE: 0.3, XLV: 0.4, XLI: 0.5, XLU: 0.15, XLY: 0.25 });
  const replaced = (bars: Bars, next: BarHistory): Bars => new Map(bars).set(next.ticker, next);
  const of = (bars: Bars, name: string): BarHistory =>
    bars.get(ticker(name)) ?? history(name, () => Number.NaN);

  it('is a day on which all prices are unchanged', () => {
    expect(findingsAcross(still(lively(), DAY))).toEqual([
      {
        rule: 'still',
        date: DAY,
        severity: 'refuses',
        text: 'every close of 2024-03-12 equals the one before',
      },
    ]);
  });

  it('is not such a day if one of them moved', () => {
    const moved = replaced(still(lively(), DAY), of(lively(), 'XLK'));
    expect(findingsAcross(moved)).toEqual([]);
  });

  it('is such a day also if one of them has no row of it', () => {
    const holed = on(DAY, () => undefined, of(lively(), 'XLK'));
    const rules = findingsAcross(replaced(still(lively(), DAY), holed)).map(({ rule }) => rule);
    expect(rules).toEqual(['still']);
  });

  it('is not a single ticker that is unchanged', () => {
    const alone = history('TLT', () => 90);
    expect(findingsAcross(new Map([[alone.ticker, alone]]))).toEqual([]);
    expect(findingsAcross(replaced(lively(), alone))).toEqual([]);
  });

  it('is a close that leaves the others by more than 16 % in a day, as a spin-off does', () => {
    const bars = lively();
    const spun = replaced(bars, from(DAY, 1 / 1.231, of(bars, 'XLF')));
    expect(findingsAcross(spun)).toMatchObject([
      { rule: 'apart', ticker: 'XLF', date: DAY, severity: 'refuses' },
    ]);
    expect(findingsAcross(replaced(bars, from(DAY, 0.85, of(bars, 'XLF'))))).toEqual([]);
  });

  it('is not a day on which all fall together', () => {
    const crash = new Map([...lively()].map(([name, had]) => [name, from(DAY, 0.8, had)]));
    expect(findingsAcross(crash)).toEqual([]);
  });

  it('ignores tickers that are not peers in the market’s median', () => {
    const bars = lively();
    const moved = replaced(bars, from(DAY, 1.22, of(bars, 'TLT')));
    const peers = new Set([...bars.keys()].filter((name) => name !== 'TLT'));
    expect(findingsAcross(moved).map(({ rule }) => rule)).toEqual(['apart']);
    expect(findingsAcross(moved, {}, peers)).toEqual([]);
  });

  it('needs five peers, of which the median is the market', () => {
    const moves = (...factors: readonly number[]) => {
      const names = ['XLK', 'XLF', 'XLE', 'XLV', 'XLI', 'XLU'].slice(0, factors.length);
      return findingsAcross(
        new Map(
          names.map((name, at) => {
            const had = from(DAY, factors[at] ?? 1, history(name, growing(0.1 + at / 10)));
            return [had.ticker, had];
          }),
        ),
      ).map(({ rule, ticker: of }) => [rule, of]);
    };
    expect(moves(1.2, 1, 1, 1, 1)).toEqual([['apart', 'XLK']]);
    expect(moves(1.2, 1, 1, 1)).toEqual([]);
    // In their order the one in the middle is not the median.
    expect(moves(1, 1, 1.2, 1, 1)).toEqual([['apart', 'XLE']]);
    expect(moves(0.8, 1, 1, 1, 1)).toEqual([['apart', 'XLK']]);
  });

  it('of more than 25 % is a jump only, up or down', () => {
    const flat = (...names: readonly string[]) => names.map((name) => history(name, () => 100));
    const across = (factor: number) =>
      findingsAcross(
        new Map(
          [...flat('XLF', 'XLE', 'XLV', 'XLI', 'XLU'), from(DAY, factor, ...flat('XLK'))].map(
            (had) => [had.ticker, had],
          ),
        ),
      ).flatMap(({ rule, text }) => (rule === 'apart' ? [text] : []));
    expect([across(1.26), across(0.74)]).toEqual([[], []]);
    expect(across(1.25)).toEqual(['+25.0 % on 2024-03-12, the others 0.0 %']);
    expect(across(0.75)).toEqual(['-25.0 % on 2024-03-12, the others 0.0 %']);
  });

  it('is looked for from the first row of the oldest to the last of the newest', () => {
    const young = (name: string) => history(name, growing(0.2), { count: 3 });
    const old = (name: string) => history(name, () => 80);
    const bars = [young('XLK'), old('XLF'), old('XLE'), young('XLV')];
    const days = findingsAcross(new Map(bars.map((had) => [had.ticker, had]))).flatMap(
      ({ rule, date }) => (rule === 'still' ? [date] : []),
    );
    const all = old('XLF').dates;
    expect(days).toEqual(all.slice(1, -2));
    expect(findingsAcross(new Map())).toEqual([]);
    const none = history('XLU', () => 1, { count: 0 });
    expect(findingsAcross(new Map([[none.ticker, none]]))).toEqual([]);
    const beside = [...bars, none].map((had) => [had.ticker, had] as const);
    expect(findingsAcross(new Map(beside)).filter(({ rule }) => rule === 'ends')).toEqual([]);
    const behind = withRows(old('XLU'), (row, index) => (index === 0 ? row : undefined));
    const three = [none, behind, old('XLF')].map((had) => [had.ticker, had] as const);
    expect(
      findingsAcross(new Map([[ticker('XLB'), none], ...three.slice(1)])).flatMap((issue) =>
        issue.rule === 'ends' ? [issue.ticker] : [],
      ),
    ).toEqual(['XLU']);
  });

  it('is one session or more before the newest, wherever the newest stands', () => {
    const cut = (name: string, by: number) =>
      withRows(history(name, growing(0.1)), (row, index, count) =>
        index >= count - by ? undefined : row,
      );
    const bars = [cut('XLK', 1), cut('XLF', 0), cut('XLE', 3)].map(
      (had) => [had.ticker, had] as const,
    );
    expect(
      findingsAcross(new Map(bars)).flatMap(({ rule, text }) => (rule === 'ends' ? [text] : [])),
    ).toEqual([
      'ends 2024-06-27, 1 session before the newest (2024-06-28)',
      'ends 2024-06-25, 3 sessions before the newest (2024-06-28)',
    ]);
  });

  it('says who ends on another day than the newest, and by how many sessions', () => {
    const bars = lively();
    const behind = withRows(of(bars, 'SPY'), (row, index, count) =>
      index >= count - 2 ? undefined : row,
    );
    expect(findingsAcross(replaced(bars, behind))).toEqual([
      {
        rule: 'ends',
        ticker: 'SPY',
        date: '2024-06-26',
        severity: 'note',
        text: 'ends 2024-06-26, 2 sessions before the newest (2024-06-28)',
      },
    ]);
  });

  it('ignores bars outside its range', () => {
    const bars = still(lively(), DAY);
    expect(findingsAcross(bars, { from: BEFORE, to: DAY })).toHaveLength(1);
    // The first day of a range has no day before it there.
    expect(findingsAcross(bars, { from: DAY })).toEqual([]);
    expect(findingsAcross(bars, { to: BEFORE })).toEqual([]);
  });
});

describe('two sources', () => {
  const XLE = ticker('XLE');
  const compared = (other: number) =>
    compareSources(XLE, DAY, 100, { source: 'iex', close: other });

  it('agree within 0.3 %, as one exchange’s last trade is older than the closing auction', () => {
    expect([100, 100.29, 99.71].map(compared)).toEqual([undefined, undefined, undefined]);
  });

  it('that differ by more are shown, with both closes', () => {
    expect(compared(100.84)).toEqual({
      rule: 'second-source',
      ticker: 'XLE',
      date: DAY,
      severity: 'note',
      text: 'close 100 of 2024-03-12, iex has 100.84, +0.8 %',
    });
    expect([97.01, 102.99].map((close) => compared(close)?.severity)).toEqual(['note', 'note']);
  });

  it('that differ by more than 3 % refuse, and so does an invalid price', () => {
    for (const close of [103.1, 96.9, 50, 10_000, 0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(compared(close)?.severity).toBe('refuses');
    }
    expect(compared(Number.NaN)?.text).toBe('close 100 of 2024-03-12, iex has NaN');
  });
});

describe('all issues of a ticker', () => {
  it('are its own, its ends, and those about all tickers, by date', () => {
    const bars = market({ SPY: 0, XLK: 0 });
    const short = on(
      '2024-06-28',
      () => undefined,
      on(BEFORE, (row) => ({ ...row, volume: 0 })),
    );
    const all = findingsByTicker(
      new Map([...bars].slice(0, 2)).set(ticker('XLE'), flat(short)),
      peers(UNIVERSE),
    );
    const rules = all.get(ticker('XLE'))?.map(({ rule }) => rule) ?? [];
    expect(rules.filter((rule) => rule !== 'still')).toEqual(['no-volume', 'ends']);
    expect(all.get(ticker('XLK'))?.every(({ rule }) => rule === 'still')).toBe(true);
    const days = all.get(ticker('XLE'))?.map(({ date }) => date) ?? [];
    expect(days).toEqual(days.toSorted());
  });

  it('leave out a common day after the ticker’s last bar, and count its last one', () => {
    const names = ['XLK', 'XLF', 'XLE'].map((name) => history(name, () => 50, { count: 4 }));
    const [first, ...others] = names as [BarHistory, ...BarHistory[]];
    const short = withRows(first, (row, index) => (index === 3 ? undefined : row));
    const all = findingsByTicker(
      new Map([short, ...others].map((had) => [had.ticker, had])),
      peers(UNIVERSE),
    );
    const still = (name: string) =>
      all.get(ticker(name))?.flatMap(({ rule, date }) => (rule === 'still' ? [date] : []));
    expect(still('XLF')).toEqual(first.dates.slice(1));
    expect(still('XLK')).toEqual(first.dates.slice(1, 3));
  });

  it('leave out a common day on which the ticker had no bars', () => {
    const bars = new Map([...market({ SPY: 0 })].map(([name, had]) => [name, had] as const));
    const young = history('XLC', () => 50, { count: 3 });
    const all = findingsByTicker(new Map(bars).set(young.ticker, young), peers(UNIVERSE));
    expect(all.get(young.ticker)).toHaveLength(2);
    expect(all.get(ticker('XLK'))).toHaveLength(229);
  });

  function flat(had: BarHistory): BarHistory {
    return withRows(had, (row) => ({ ...bar(row.date, 50), volume: row.volume }));
  }
});

describe('issues as text', () => {
  const finding = (
    rule: DataQualityIssue['rule'],
    date: string,
    severity: DataQualityIssue['severity'] = 'note',
  ) =>
    ({
      rule,
      date: sessionDate(date),
      severity,
      text: `${rule} of ${date}`,
    }) satisfies DataQualityIssue;

  it('show a single issue completely and of many the first three days, blocking ones first', () => {
    const days = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05', '2024-01-08'];
    expect(
      findingLines([
        ...days.map((date) => finding('no-volume', date)),
        finding('gap', '2024-01-09'),
        finding('jump', '2024-01-10', 'refuses'),
      ]),
    ).toEqual([
      'jump of 2024-01-10; blocks decisions unless ACCEPTED_MOVES lists it',
      '5 rows with a volume of 0: 2024-01-02, 2024-01-03, 2024-01-04 and 2 more',
      'gap of 2024-01-09',
    ]);
    expect(findingLines([])).toEqual([]);
  });
});

describe('issues, whatever the bars', () => {
  const anyCloses = fc.array(fc.double({ min: 1, max: 1_000, noNaN: true }), {
    minLength: 2,
    maxLength: 40,
  });
  const anyHistory = anyCloses.map((closes) =>
    history('XLE', (index) => closes[index] ?? Number.NaN, { count: closes.length }),
  );

  it('name a jump exactly on the days that move by more than a quarter', () => {
    fc.assert(
      fc.property(anyHistory, (had) => {
        const moves = had.dates.filter(
          (_, row) =>
            row > 0 && Math.abs((had.close[row] ?? 0) / (had.close[row - 1] ?? 0) - 1) > 0.25,
        );
        const jumps = findingsOf(had).filter(({ rule }) => rule === 'jump');
        expect(jumps.map(({ date }) => date)).toEqual(moves);
      }),
    );
  });

  it('do not change with the currency unit', () => {
    fc.assert(
      fc.property(anyHistory, fc.constantFrom(0.25, 2, 1_024), (had, factor) => {
        expect(brief(scaledBy(had, factor))).toEqual(brief(had));
      }),
    );
  });

  it('of a range are those of the whole within it, except a jump into its first day', () => {
    fc.assert(
      fc.property(anyHistory, fc.nat(39), fc.nat(39), (had, start, length) => {
        const [first, last] = [had.dates[start], had.dates[start + length]];
        const range = { ...(first && { from: first }), ...(last && { to: last }) };
        const inside = findingsOf(had).filter(
          ({ date }) => (!first || date > first) && (!last || date <= last),
        );
        expect(findingsOf(had, range)).toEqual(inside);
      }),
    );
  });

  it('count a gap for each missing session, and no other', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 28 }), { maxLength: 20 }), (out) => {
        const had = history('XLE', () => 50, { count: 30 });
        const gone = new Set(out);
        const holed = withRows(had, (row, index) => (gone.has(index) ? undefined : row));
        const gaps = findingsOf(holed);
        expect(gaps.map(({ date }) => 29 - sessionsBetween(date, AS_OF))).toEqual(
          out.toSorted((a, b) => a - b),
        );
      }),
    );
  });
});
