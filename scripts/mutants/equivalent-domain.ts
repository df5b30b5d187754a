/** Mutants of the domain without any observable effect, continued. */
import type { Row } from './equivalent-rules.ts';

const WORKED_OUT_AGAIN = 'worked out again it is the same, only slower';
const OFFICIAL_CLOSE = 'src/core/domain/official-close.ts';
const ESTIMATED_DIVIDENDS = 'src/core/domain/estimated-dividends.ts';
const HOLIDAYS = 'src/core/domain/holidays.ts';
const EASTER = 'in the years of the calendar, 1990 to 2045, Easter is on the same days';
const CALENDAR = 'src/core/domain/calendar.ts';
const SESSION_TABLE = 'src/core/domain/session-table.ts';
const FINDINGS = 'src/core/domain/findings.ts';
const BAR = 'src/core/domain/bar.ts';
const NEW_YORK = 'src/core/domain/new-york.ts';
const TOTAL_RETURN = 'src/core/domain/total-return.ts';
const NEVER_EQUAL = 'a quotient less 1 is a multiple of 2 ** -53, which the bound is not';
const WHY_2 = 'there is a session for every number below the count; the type checker asks';
const WHY_3 = 'no two smaller moves are so far apart; the rule itself is asked after it';
const WHY_4 = 'where one is undefined so is the other; the type checker asks';
const WHY_5 = 'the sessions in between are compared one by one, only slower';
const WHY_6 = 'the binary search finds the same row, only slower';
const WHY_7 = 'found again it is the same year, only slower';
const WHY_8 = 'no clock changes at the turn of a year';
const WHY_9 = 'a history has a first and a last day or none; the type checker asks';
const WHY_10 = 'a close that is usable has a bar; the type checker asks';

/** The list. */
export const DOMAIN_ROWS: readonly Row[] = [
  [
    CALENDAR,
    'a table made again of the same days is the same, only slower',
    'dates.join() === confirmed.join()',
    'false',
  ],
  [
    CALENDAR,
    'the one session kept is that of 1990-01-02, which nobody closes',
    '0',
    '1',
    'known.length',
  ],
  [HOLIDAYS, EASTER, '13', '0', '8 * b + 13'],
  [HOLIDAYS, EASTER, '11 * h', '11 / h'],
  [HOLIDAYS, EASTER, '11', '0', '11 * h'],
  [
    OFFICIAL_CLOSE,
    WORKED_OUT_AGAIN,
    'known.get(ticker) ?? equity.map((each) => adjustmentAt(bars, ticker, each, benchmark))',
    'equity.map((each) => adjustmentAt(bars, ticker, each, benchmark))',
  ],
  [OFFICIAL_CLOSE, WORKED_OUT_AGAIN, 'known.set(ticker, found)', 'undefined'],
  [
    OFFICIAL_CLOSE,
    NEVER_EQUAL,
    'Math.abs(close / atBroker - 1) <= BELIEVED',
    'Math.abs(close / atBroker - 1) < BELIEVED',
  ],
  [
    OFFICIAL_CLOSE,
    NEVER_EQUAL,
    'Math.abs(other / close - 1) > SAME',
    'Math.abs(other / close - 1) >= SAME',
  ],
  [
    OFFICIAL_CLOSE,
    NEVER_EQUAL,
    'Math.abs(traded / price - 1) > AFTER_HOURS',
    'Math.abs(traded / price - 1) >= AFTER_HOURS',
  ],
  [
    OFFICIAL_CLOSE,
    NEVER_EQUAL,
    'Math.abs(close / price - 1) > SLACK',
    'Math.abs(close / price - 1) >= SLACK',
  ],
  [ESTIMATED_DIVIDENDS, 'no position is of no shares', 'qty < 0', 'qty <= 0'],
  [ESTIMATED_DIVIDENDS, 'nobody holds a billionth of a share', '0', '1', 'qty < 0'],
  [
    'src/core/domain/last-close.ts',
    'nobody holds a billionth of a share',
    '0',
    '1',
    'held.qty > 0',
  ],
  [ESTIMATED_DIVIDENDS, NEVER_EQUAL, 'part <= MAX_DIVIDEND', 'part < MAX_DIVIDEND'],
  [
    ESTIMATED_DIVIDENDS,
    NEVER_EQUAL,
    'Math.abs(one.factor / other.factor - 1) <= slack',
    'Math.abs(one.factor / other.factor - 1) < slack',
  ],
  [HOLIDAYS, 'July 5, 1995 was no Friday', 'year >= 1995', 'year > 1995', '=== FRIDAY'],
  [CALENDAR, WHY_2, 'session ?? []', 'session'],
  [CALENDAR, 'no session has an undefined number', 'index === undefined', 'false'],
  [
    CALENDAR,
    'the first session of a week is a session',
    'isSession(date) && firstSessionOfWeek(date).date === date',
    'firstSessionOfWeek(date).date === date',
  ],
  [
    SESSION_TABLE,
    'a longer column of zeros is cut to the sessions',
    'end - first',
    'end + first',
    'new Int32Array(end - first)',
  ],
  [SESSION_TABLE, 'the first month begins at 0, which a new array has', '0', '1', 'let month = 0'],
  [
    SESSION_TABLE,
    'a typed array ignores what is written behind its end',
    'month < months.length',
    'month <= months.length',
  ],
  [SESSION_TABLE, 'no date is a year alone', "date < '1993'", "date <= '1993'"],
  [FINDINGS, NEVER_EQUAL, 'apart <= SOURCES_NOTE', 'apart < SOURCES_NOTE'],
  [FINDINGS, NEVER_EQUAL, 'apart <= SOURCES_REFUSE', 'apart < SOURCES_REFUSE'],
  [
    FINDINGS,
    NEVER_EQUAL,
    'Math.abs((1 + move) / (1 + median) - 1) <= APART',
    'Math.abs((1 + move) / (1 + median) - 1) < APART',
  ],
  [FINDINGS, WHY_3, '0.07', '0'],
  [FINDINGS, WHY_3, 'Math.abs(move) > APART_NEEDS', 'true'],
  [FINDINGS, WHY_3, 'Math.abs(move) > APART_NEEDS', 'Math.abs(move) >= APART_NEEDS'],
  [
    FINDINGS,
    'every row below the end has a date; the type checker asks',
    'date === undefined',
    'false',
    'if (date === undefined) continue',
  ],
  [
    FINDINGS,
    'more days than the last one, of which it is still the last',
    '-1',
    '1',
    'dates.slice(-1)',
  ],
  [FINDINGS, 'a day of one ticker alone compares nothing', '0', '1', '[ends[0], ends.at(-1)]'],
  [FINDINGS, WHY_4, 'first === undefined || last === undefined', 'first === undefined'],
  [FINDINGS, WHY_4, 'first === undefined || last === undefined', 'last === undefined'],
  [FINDINGS, 'later sessions have no rows', 'to ?? last', 'to'],
  [
    FINDINGS,
    'the next day is that of the next row, or has none',
    '1',
    '0',
    'countThrough(history, begin.date) - 1',
  ],
  [FINDINGS, WHY_4, 'date === undefined || newest === undefined', 'date === undefined'],
  [
    FINDINGS,
    WHY_5,
    '!first || !last || sessionsBetween(first, last) + 1 === end - start',
    '!first || !last',
  ],
  [FINDINGS, WHY_5, '!first || !last', '!first'],
  [FINDINGS, WHY_5, '!first || !last', '!last'],
  [FINDINGS, WHY_5, 'end - start', 'end + start'],
  [
    BAR,
    'every row has a bar; the type checker asks',
    'barAt(history, row) ?? []',
    'barAt(history, row)',
  ],
  [BAR, WHY_6, 'dates.length - 1', 'dates.length + 1'],
  [BAR, WHY_6, '1', '0', 'const last = dates.length - 1'],
  [
    BAR,
    WHY_6,
    'last - sessionsBetween(date, dates[last] ?? date)',
    'last + sessionsBetween(date, dates[last] ?? date)',
  ],
  [BAR, WHY_6, 'dates[last] ?? date', 'date'],
  [BAR, WHY_6, 'dates[likely] === date', 'false'],
  [
    BAR,
    'there is no bar behind the last',
    'row < history.dates.length',
    'row <= history.dates.length',
  ],
  [
    BAR,
    'no day equals what is undefined; the type checker asks',
    'before !== undefined && date === before',
    'date === before',
  ],
  [
    BAR,
    'no day is before what is undefined; the type checker asks',
    'before !== undefined && date < before',
    'date < before',
  ],
  [BAR, 'the same day was answered before', 'date < before', 'date <= before'],
  [
    BAR,
    'one of the prices is wrong here; the type checker asks',
    "PRICES.find((each) => !(bar[each] > 0 && Number.isFinite(bar[each]))) ?? 'open'",
    'PRICES.find((each) => !(bar[each] > 0 && Number.isFinite(bar[each])))',
  ],
  [
    NEW_YORK,
    WHY_7,
    '!held || !(instant >= held.from && instant < held.to)',
    '!(instant >= held.from && instant < held.to)',
  ],
  [NEW_YORK, WHY_7, '!held', 'held'],
  [NEW_YORK, WHY_7, 'instant >= held.from', 'instant > held.from'],
  [NEW_YORK, WHY_8, 'instant < held.to', 'instant <= held.to'],
  [NEW_YORK, WHY_7, '0', '1', 'from: Date.UTC'],
  [NEW_YORK, WHY_8, '1', '0', 'from: Date.UTC'],
  [NEW_YORK, WHY_7, 'year + 1', 'year - 1', 'to: Date.UTC'],
  [NEW_YORK, WHY_7, '1', '0', 'to: Date.UTC'],
  [NEW_YORK, WHY_8, '0', '1', 'to: Date.UTC'],
  [
    TOTAL_RETURN,
    WHY_9,
    '!history || last === undefined || first === undefined',
    '!history || last === undefined',
  ],
  [
    TOTAL_RETURN,
    WHY_9,
    '!history || last === undefined || first === undefined',
    'first === undefined',
  ],
  [TOTAL_RETURN, WHY_9, '!history || last === undefined', '!history'],
  [TOTAL_RETURN, WHY_9, '!history || last === undefined', 'last === undefined'],
  [TOTAL_RETURN, WHY_10, 'near && now !== undefined', 'near'],
  [TOTAL_RETURN, WHY_10, 'near && now !== undefined', 'now !== undefined'],
  [
    ESTIMATED_DIVIDENDS,
    'nothing holds what is undefined; the type checker asks',
    "kind !== 'split' || ticker === undefined",
    "kind !== 'split'",
  ],
  [ESTIMATED_DIVIDENDS, 'nobody holds a billionth of a share', '0', '1', 'qty <= 0'],
  ['src/core/domain/order.ts', 'nobody trades a billionth of a share', '0', '1', 'filled > 0'],
  [
    'src/core/domain/order.ts',
    'a size with a fraction less whole shares is no whole share',
    'planned - filled < WHOLE_SHARE',
    'planned - filled <= WHOLE_SHARE',
  ],
  ['src/core/domain/drawdown.ts', 'a cent more or less sets no peak', '0', '1', 'const isPartly'],
  ...['pastDate', 'asOf'].map((date): Row => {
    const close = `(history && closeOn(history, ${date}))`;
    const reason = 'a sum with what is undefined is no number either; the type checker asks';
    return ['src/core/decide/momentum.ts', reason, `${close} ?? Number.NaN`, close];
  }),
  [
    'src/core/domain/activity-types.ts',
    'no rule is of an empty sub-type; the type checker asks',
    "subType ?? ''",
    'subType',
  ],
  [
    'src/core/domain/alert.ts',
    'every text begins with the empty prefix of `other`; the type checker asks',
    "PREFIXED.find((each) => key.startsWith(PREFIXES[each])) ?? 'other'",
    'PREFIXED.find((each) => key.startsWith(PREFIXES[each]))',
  ],
  [
    'src/core/domain/model.ts',
    'the same candidates are ranked once over the same lookback',
    'rankings.find( (each) => each.lookback === parameters.lookback && each.candidates?.join() === wanted, )',
    'rankings.findLast( (each) => each.lookback === parameters.lookback && each.candidates?.join() === wanted, )',
  ],
  [
    'src/core/domain/kept.ts',
    'nothing is known before the first time; the type checker asks',
    '!last || !isKnown',
    '!isKnown',
  ],
];
