/** Whose and what a column is, from its name. */

/** The columns of a bar that are numbers, in the order of `Bar`. */
export const NUMBERS = ['open', 'high', 'low', 'close', 'volume'] as const;

/** What people and pandas call the column of days; the last is the name of an index without one. */
export const STAMP_NAMES: readonly string[] = [
  ...['timestamp', 'date', 'datetime', 'time', 'index', '__index_level_0__'],
];

/** What other sources call the same. */
const SAME: Readonly<Record<string, string>> = { vol: 'volume', 'close/last': 'close' };
const ADJUSTED_NAMES = ['adjclose', 'adjustedclose', 'closeadj', 'closeadjusted'];
const WORDS: readonly string[] = [...NUMBERS, ...STAMP_NAMES];

/** A column's name. */
export interface ColumnName {
  /** In lower case, without marks. */
  readonly word: string;
  /** The second level of the name: a ticker. */
  readonly of: string | undefined;
}

/** `('Close', 'XLK')` and `('XLK', 'Close')` are the close of XLK; `('Date', '')` is a date. */
export function columnName(name: string, ticker: string | undefined): ColumnName {
  const [, one, two] = /^\(['"](.*?)['"], ?['"](.*?)['"]\)$/.exec(name.trim()) ?? [];
  if (one === undefined || two === undefined) return joined(plain(name), plain(ticker ?? ''));
  const isSecond = !isWord(one) && isWord(two);
  const [word, of] = isSecond ? [two, one] : [one, two];
  return { word: plain(word), of: of.trim() === '' ? undefined : of.trim() };
}

/** `close_xlk`, `xlk_close` and `close xlk` are the close of the file's own ticker. */
function joined(word: string, ticker: string): ColumnName {
  const first = word.startsWith(ticker) ? word.slice(ticker.length) : word;
  const rest = first === word && word.endsWith(ticker) ? word.slice(0, -ticker.length) : first;
  const bare = rest.replaceAll(/^[ _.-]+|[ _.-]+$/g, '');
  return ticker !== '' && bare !== word && isWord(bare)
    ? { word: bare, of: ticker }
    : { word, of: undefined };
}

/** Without the marks of web pages (`Close*`), of Stooq (`<CLOSE>`) and of Alpha Vantage (`4. close`). */
function plain(name: string): string {
  const word = name
    .trim()
    .toLowerCase()
    .replace(/^\d+\. /, '')
    .replaceAll(/^<|>$|\*+$/g, '');
  return SAME[word] ?? word;
}

/** Whether two names are one, whatever their case. */
export function isSameName(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function isWord(name: string): boolean {
  return WORDS.includes(plain(name)) || isAdjustedClose(plain(name));
}

/** Whether it is a close with dividends and splits taken out, by its name. */
export function isAdjustedClose(word: string): boolean {
  return ADJUSTED_NAMES.includes(letters(word));
}

/** Whether it may be one under a name that is not known. */
export function mayBeAdjustedClose(word: string): boolean {
  const text = letters(word);
  if (WORDS.includes(word) || isAdjustedClose(word) || OTHER_CLOSE.test(text)) return false;
  return /close|totalreturn/.test(text) || (text.includes('adj') && !isOtherPrice(text));
}

/** Whether it is an adjusted open, high or low. */
export function isAdjustedPrice(word: string): boolean {
  const text = letters(word);
  return text.includes('adj') && /open|high|low/.test(text) && !OTHER_CLOSE.test(text);
}

function isOtherPrice(text: string): boolean {
  return /open|high|low|volume/.test(text);
}

/** Of the day before, or nobody adjusted it, or it is no price. */
const OTHER_CLOSE = /prev|prior|(un|non|not)adj|raw|time|date/;

function letters(word: string): string {
  return word.replaceAll(/[^a-z]/g, '');
}
