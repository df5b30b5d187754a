/** The only place that formats percentages, money and dates, and escapes text. */
import { grouped, withCommas } from '#core/domain/figures.ts';
import { newYorkDate, newYorkMinutes, newYorkTime } from '#core/domain/new-york.ts';
import {
  type Cents,
  type EpochMs,
  type Qty,
  qtyToDecimal,
  type SessionDate,
  toDollars,
  toShares,
} from '#core/domain/units.ts';

/** Shown for unknown values; never 0. */
export const UNKNOWN = 'unknown';
/** Shown for empty values. */
export const DASH = '–';
/** Columns of a code block that a phone shows without wrapping. */
export const COLUMNS = 32;

const MINUS = '\u2212';
/** Zero width: invisible, breaks up what Discord would read as a mention or a link. */
const ZERO_WIDTH_SPACE = '\u200b';
/** Zero width: no line ends before or behind it. */
const WORD_JOINER = '\u2060';

/** `+1.23%`, `−0.40%`, `0.00%`; `plain` omits the sign. */
export function percent(
  fraction: number | undefined,
  digits = 2,
  sign: 'signed' | 'plain' = 'signed',
): string {
  if (fraction === undefined) return UNKNOWN;
  return `${signed(fraction * 100, digits, sign === 'signed' ? '+' : '')}%`;
}

/** `$12,345.67`, `−$12.30`; a gain has a plus where one is given. */
export function money(value: Cents | undefined, plus: '+' | '' = ''): string {
  return value === undefined ? UNKNOWN : dollars(toDollars(value), 2, plus);
}

/** `$12,346`, for estimates. */
export function roughMoney(value: Cents | undefined, plus: '+' | '' = ''): string {
  return value === undefined ? UNKNOWN : dollars(toDollars(value), 0, plus);
}

/** A line may end between a sign and a `$`, and the loss would read as a gain: no line ends here. */
function dollars(usd: number, digits: 0 | 2, plus: '+' | ''): string {
  const sign = usd < 0 ? MINUS : usd > 0 ? plus : '';
  return `${sign}${sign === '' ? '' : WORD_JOINER}$${grouped(Math.abs(usd), digits)}`;
}

/** Money in at most 7 columns for tables: `1,234`, `−56.7k`, `1.23M`. */
export function compactMoney(value: Cents | undefined, plus: '+' | '' = ''): string {
  if (value === undefined) return DASH;
  const usd = toDollars(value);
  const size = Math.abs(usd);
  if (size >= 999_500_000) return `${signed(usd / 1e9, size < 99e9 ? 2 : 0, plus)}B`;
  if (size >= 999_500) return `${signed(usd / 1e6, size < 99e6 ? 2 : 0, plus)}M`;
  if (size >= 9_999.5) return `${signed(usd / 1e3, 1, plus)}k`;
  return signed(usd, 0, plus);
}

/** Dollars per share: `234.56`. */
export function price(value: number | undefined): string {
  return value === undefined ? DASH : grouped(value, 2);
}

/** Exact, with thousands separators: `1,234.5`. */
export function quantity(value: Qty): string {
  const [whole = '0', fraction] = qtyToDecimal(value).split('.');
  const text = withCommas(whole).replace('-', MINUS);
  return fraction === undefined ? text : `${text}.${fraction}`;
}

/** A quantity in at most 7 columns for tables, rounded if necessary. */
export function compactQuantity(value: Qty): string {
  const exact = qtyToDecimal(value);
  if (exact.length <= 7) return exact.replace('-', MINUS);
  const shares = toShares(value);
  if (Math.abs(shares) >= 99_999) return `${signed(shares / 1000, 0, '')}k`;
  return signed(shares, Math.abs(shares) < 1000 ? 2 : 0, '');
}

function signed(value: number, digits: number, plus: string): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? MINUS : plus}${text}`;
}

/** New York time: `09:41 ET`. */
export function timeOf(at: EpochMs): string {
  return `${newYorkTime(at)} ET`;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** `Mon 2026-11-23`. */
export function dayOf(date: SessionDate): string {
  const day = DAYS[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? '';
  return `${day} ${date}`;
}

/** `Mon 2026-11-23 09:41 ET`. */
export function instantOf(at: EpochMs): string {
  return `${dayOf(newYorkDate(at))} ${timeOf(at)}`;
}

/** Only the time if it is on the same New York day as `now`, otherwise with its day. */
export function soon(at: EpochMs, now: EpochMs): string {
  return newYorkDate(at) === newYorkDate(now) ? timeOf(at) : instantOf(at);
}

/** An instant of the wall clock, shown in each reader's own time zone. */
export function wallTime(at: EpochMs): string {
  return `<t:${Math.floor(at / 1000)}:t>`;
}

/** The instant rounded down to a multiple of that many minutes in New York. */
export function floorMinutes(at: EpochMs, minutes: number): string {
  const past = newYorkMinutes(at);
  return `${newYorkDate(at)} ${past - (past % minutes)}`;
}

/**
 * Escapes text from a user or a broker for the body of a message: no mention, no markdown, no link, one
 * line, at most `max` characters before escaping. Every such text must pass here once. An underscore within
 * a word, as in MIN_DRIFT, is kept.
 */
export function escape(text: string, max = 300): string {
  return cut(oneLine(text), max)
    .replace(/[\\*~`|[\]]|_(?=_|\W|$)|(?<=_|\W|^)_/g, (mark) => `\\${mark}`)
    .replace(/^[#>+-]/, (mark) => `\\${mark}`)
    .replace(/[@<]/g, (mark) => `${mark}${ZERO_WIDTH_SPACE}`)
    .replaceAll('://', `:${ZERO_WIDTH_SPACE}//`);
}

/** The same for code blocks: markdown has no effect there, but the fence must not be closed. */
export function code(text: string, max = COLUMNS): string {
  return cut(oneLine(text).replaceAll('`', "'"), max);
}

/** The same for footers, which show markdown as it is. */
export function label(text: string, max = 60): string {
  return cut(oneLine(text), max).replaceAll('@', `@${ZERO_WIDTH_SPACE}`);
}

/** Replaces control characters, line ends and bidirectional marks by one space. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}

/** At most `max` characters, ending with an ellipsis if text was cut; never splits a character. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text.slice(0, Math.max(0, max - 1)).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Cells padded to their widths, separated by one space: `left` or `right` aligned. */
export function row(cells: readonly (readonly [string, number, 'left' | 'right'])[]): string {
  return cells
    .map(([text, width, side]) => {
      const fitted = fit(text, width);
      return side === 'left' ? fitted.padEnd(width) : fitted.padStart(width);
    })
    .join(' ')
    .trimEnd();
}

/** A number that is too long is rounded: cut in the middle it would be another number. */
function fit(text: string, width: number): string {
  const [, sign = '', digits, unit = ''] = /^([+\u2212]?)([\d,]+\.?\d*)(%?)$/.exec(text) ?? [];
  if (text.length <= width || digits === undefined) return cut(text, width);
  const size = Number(digits.replaceAll(',', ''));
  const rounded = [grouped(size, 0), size.toFixed(0)];
  const scaled = [`${(size / 1e3).toFixed(0)}k`, `${(size / 1e6).toFixed(0)}M`];
  const texts = [...rounded, ...scaled].map((each) => `${sign}${each}${unit}`);
  return texts.find((each) => each.length <= width) ?? '…';
}

/** Rows in a code fence. Rows beyond `max` characters are left out whole; the last line says how many. */
export function block(rows: readonly string[], max = 1000): string {
  const kept: string[] = [];
  let length = 0;
  for (const line of rows) {
    if (length + line.length + 1 > max - 40) break;
    kept.push(line);
    length += line.length + 1;
  }
  const left = rows.length - kept.length;
  if (left > 0) kept.push(`… and ${left} more`);
  return `\`\`\`\n${kept.join('\n')}\n\`\`\``;
}

/** Whole lines up to `max` characters; the last line says how many were left out. */
export function lines(all: readonly string[], max: number): string {
  const kept: string[] = [];
  let length = 0;
  for (const line of all) {
    if (length + line.length + 1 > max - 20) break;
    kept.push(line);
    length += line.length + 1;
  }
  const left = all.length - kept.length;
  return left > 0 ? [...kept, `… and ${left} more`].join('\n') : kept.join('\n');
}
