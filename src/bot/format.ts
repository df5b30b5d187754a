/** The only place that knows per cent, money, dates and how text is made harmless. */
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

/** Shown where something is not known; never 0. */
export const UNKNOWN = 'unknown';
/** Shown where there is nothing. */
export const DASH = '–';
/** Columns that a phone shows of a code block without wrapping. */
export const COLUMNS = 32;

const MINUS = '\u2212';
/** Zero width: breaks what Discord would read as a mention or a link, and is not seen. */
const ZERO_WIDTH_SPACE = '\u200b';

/** `+1.23%`, `−0.40%`, `0.00%`; the sign is left out with `plain`. */
export function percent(
  fraction: number | undefined,
  digits = 2,
  sign: 'signed' | 'plain' = 'signed',
): string {
  if (fraction === undefined) return UNKNOWN;
  return `${signed(fraction * 100, digits, sign === 'signed' ? '+' : '')}%`;
}

/**
 * The difference of two rates as people read them, each rounded to those decimals of a per cent: what
 * stands beside one another adds up. Undefined when either is unknown.
 */
export function readDifference(
  left: number | undefined,
  right: number | undefined,
  digits = 2,
): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  const read = (fraction: number): number => Number((fraction * 100).toFixed(digits));
  return (read(left) - read(right)) / 100;
}

/** `$12,345.67`, `−$12.30`. */
export function money(value: Cents | undefined): string {
  if (value === undefined) return UNKNOWN;
  return `${value < 0 ? MINUS : ''}$${grouped(Math.abs(toDollars(value)), 2)}`;
}

/** `$12,346`, for estimates. */
export function roughMoney(value: Cents | undefined): string {
  if (value === undefined) return UNKNOWN;
  return `${value < 0 ? MINUS : ''}$${grouped(Math.abs(toDollars(value)), 0)}`;
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

/** Dollars a share: `234.56`. */
export function price(value: number | undefined): string {
  return value === undefined ? DASH : grouped(value, 2);
}

/** Exact, with thousands grouped: `1,234.5`. */
export function quantity(value: Qty): string {
  const [whole = '0', fraction] = qtyToDecimal(value).split('.');
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',').replace('-', MINUS);
  return fraction === undefined ? text : `${text}.${fraction}`;
}

/** A quantity in at most 7 columns for tables; what is cut off is rounded. */
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

/** Making a formatter takes many times as long as using it. */
const GROUPED = { 0: groupedTo(0), 2: groupedTo(2) };

function groupedTo(digits: number): Intl.NumberFormat {
  return new Intl.NumberFormat('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

function grouped(value: number, digits: keyof typeof GROUPED): string {
  return GROUPED[digits].format(value);
}

/** New York wall time: `09:41 ET`. */
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

/** The time alone when it is the same New York day as `now`, else with its day. */
export function soon(at: EpochMs, now: EpochMs): string {
  return newYorkDate(at) === newYorkDate(now) ? timeOf(at) : instantOf(at);
}

/** An instant of the machine's clock, which every reader sees in a zone of their own. */
export function wallTime(at: EpochMs): string {
  return `<t:${Math.floor(at / 1000)}:t>`;
}

/** The instant moved back to a multiple of that many minutes of New York's clock. */
export function floorMinutes(at: EpochMs, minutes: number): string {
  const past = newYorkMinutes(at);
  return `${newYorkDate(at)} ${past - (past % minutes)}`;
}

/**
 * Text that a user or a broker wrote, made harmless for the body of a message: no mention, no
 * markdown, no link, one line, at most `max` characters before its marks are escaped. Every such
 * text passes here once. An underline within a word, as in MIN_DRIFT, is no mark.
 */
export function escape(text: string, max = 300): string {
  return cut(oneLine(text), max)
    .replace(/[\\*~`|[\]]|_(?=_|\W|$)|(?<=_|\W|^)_/g, (mark) => `\\${mark}`)
    .replace(/^[#>+-]/, (mark) => `\\${mark}`)
    .replace(/[@<]/g, (mark) => `${mark}${ZERO_WIDTH_SPACE}`)
    .replaceAll('://', `:${ZERO_WIDTH_SPACE}//`);
}

/** The same for the inside of a code block: nothing there is markdown, but the fence must hold. */
export function code(text: string, max = COLUMNS): string {
  return cut(oneLine(text).replaceAll('`', "'"), max);
}

/** The same for small print, which shows every mark as it is. */
export function label(text: string, max = 60): string {
  return cut(oneLine(text), max).replaceAll('@', `@${ZERO_WIDTH_SPACE}`);
}

/** Control characters, line ends and marks that turn the direction of writing become one space. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}

/** At most `max` characters, the last an ellipsis when something was left out; no half characters. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text.slice(0, Math.max(0, max - 1)).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Cells padded to their widths, one space between: `left` pads behind, `right` before. */
export function row(cells: readonly (readonly [string, number, 'left' | 'right'])[]): string {
  return cells
    .map(([text, width, side]) => {
      const fitted = cut(text, width);
      return side === 'left' ? fitted.padEnd(width) : fitted.padStart(width);
    })
    .join(' ')
    .trimEnd();
}

/** Rows in a fence. Rows beyond `max` characters are left out whole, and the last line says so. */
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
