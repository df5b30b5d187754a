/** Parses option values; every error names the option. */
import { CALENDAR_DAYS, sessionOnOrBefore } from '#core/domain/calendar.ts';
import {
  type Cents,
  centsFromDecimal,
  type Qty,
  qtyFromDecimal,
  type SessionDate,
  sessionDate,
  type Ticker,
  ticker,
} from '#core/domain/units.ts';
import { type OptionValues, UsageError } from './command.ts';

/** @throws UsageError when the option is missing. */
export function required(values: OptionValues, name: string, expected: string): string {
  const text = optional(values, name);
  if (text === undefined) throw new UsageError(`--${name}: expected ${expected}, found nothing`);
  return text;
}

/** Text of an option; undefined when missing. */
export function optional(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** The last session on or before the day given. @throws UsageError */
export function sessionOption(values: OptionValues, name: string): SessionDate {
  return sessionOnOrBefore(dateOption(values, name)).date;
}

/** A calendar day. @throws UsageError */
export function dateOption(values: OptionValues, name: string): SessionDate {
  const text = required(values, name, 'a date as YYYY-MM-DD');
  const date = named(name, () => sessionDate(text));
  const { first, last } = CALENDAR_DAYS;
  if (date < first || date > last) {
    throw new UsageError(`--${name}: expected a date from ${first} to ${last}, found ${text}`);
  }
  return date;
}

/** A whole number. @throws UsageError */
export function countOption(
  values: OptionValues,
  name: string,
  { from, to, fallback }: { readonly from: number; readonly to: number; readonly fallback: number },
): number {
  const text = optional(values, name) ?? String(fallback);
  const count = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= from && count <= to) return count;
  throw new UsageError(`--${name}: expected a whole number from ${from} to ${to}, found "${text}"`);
}

/** Dollars above zero. @throws UsageError */
export function equityOption(values: OptionValues, fallback?: string): Cents {
  const text = optional(values, 'equity') ?? fallback ?? required(values, 'equity', 'dollars');
  const equity = named('equity', () => centsFromDecimal(text));
  if (equity > 0) return equity;
  throw new UsageError(`--equity: expected more than 0 dollars, found "${text}"`);
}

/** Dollars, negative when owed. @throws UsageError */
export function cashOption(values: OptionValues): Cents | undefined {
  const text = optional(values, 'cash');
  return text === undefined ? undefined : named('cash', () => centsFromDecimal(text));
}

/** Every `--position TICKER=QTY`. @throws UsageError */
export function positionOptions(values: OptionValues): ReadonlyMap<Ticker, Qty> {
  const texts = [values['position'] ?? []].flat().map(String);
  const positions = new Map<Ticker, Qty>();
  for (const text of texts) {
    const [, symbol, amount] = /^([^=]+)=(\d+(?:\.\d{1,9})?)$/.exec(text) ?? [];
    if (symbol === undefined || amount === undefined) {
      throw new UsageError(`--position: expected TICKER=QTY such as XLK=12, found "${text}"`);
    }
    const name = named('position', () => ticker(symbol));
    if (positions.has(name)) throw new UsageError(`--position: expected ${name} once, found twice`);
    positions.set(
      name,
      named('position', () => qtyFromDecimal(amount)),
    );
  }
  return positions;
}

/** Puts the option's name before the error of its value. */
function named<T>(name: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`--${name}: ${error.message}`, { cause: error });
  }
}
