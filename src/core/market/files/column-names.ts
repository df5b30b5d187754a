/** Interprets the name of a column: the field, and the ticker. */

/** The numeric columns of a bar, in the order of `Bar`. */
export const NUMBERS = ['open', 'high', 'low', 'close', 'volume'] as const;

/** One of them. */
export type NumberColumn = (typeof NUMBERS)[number];

/** Common names of the date column; the last is pandas' name of an unnamed index. */
export const STAMP_NAMES: readonly string[] = [
  ...['timestamp', 'date', 'datetime', 'time', 'index', '__index_level_0__'],
];

/** Synonyms used by other sources. */
const SAME: Readonly<Record<string, string>> = { vol: 'volume', 'close/last': 'close' };
const ADJUSTED_NAMES = ['adjclose', 'adjustedclose', 'closeadj', 'closeadjusted'];
const WORDS: readonly string[] = [...NUMBERS, ...STAMP_NAMES];

/** A column's name. */
export interface ColumnName {
  /** In lower case, without punctuation. */
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

/** Strips the marks of web pages (`Close*`), of Stooq (`<CLOSE>`) and of Alpha Vantage (`4. close`). */
function plain(name: string): string {
  const word = name
    .trim()
    .toLowerCase()
    .replace(/^\d+\. /, '')
    .replaceAll(/^<|>$|\*+$/g, '');
  return SAME[word] ?? word;
}

/** Whether two names are equal, ignoring case. */
export function isSameName(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function isWord(name: string): boolean {
  return WORDS.includes(plain(name)) || isAdjustedClose(plain(name));
}

/** Whether the name denotes an adjusted close. */
export function isAdjustedClose(word: string): boolean {
  return ADJUSTED_NAMES.includes(letters(word));
}

/** Whether an unknown name may denote one. */
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

/** Previous close, unadjusted close, or not a price. */
const OTHER_CLOSE = /prev|prior|(un|non|not)adj|raw|time|date/;

function letters(word: string): string {
  return word.replaceAll(/[^a-z]/g, '');
}
