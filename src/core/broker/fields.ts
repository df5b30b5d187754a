/** The kinds of field in the broker's JSON, each checked once. */
import { z } from 'zod';
import {
  type Cents,
  centsFromDecimal,
  dollars,
  type EpochMs,
  epochMs,
  type Qty,
  qtyFromDecimal,
  type Ticker,
  ticker,
} from '../domain/units.ts';

/** Money and shares come as decimal strings; a JSON number would already have lost digits. */
const decimal = z.string().regex(/^-?\d+(\.\d+)?$/, 'expected a decimal number as text');

/**
 * Decimal text in dollars, to whole cents; digits beyond the cent are rounded half away from zero.
 */
export const money = decimal.transform(reading(centsFromDecimal));

/** Decimal text of at most nine decimals, to billionths of a share. */
export const shares = decimal.transform(reading(qtyFromDecimal));

/** Dollars a share; market data gives numbers, trading gives text. */
export const price = z
  .union([decimal, z.number()])
  .transform(Number)
  .refine((value) => Number.isFinite(value) && value > 0, 'expected a price above 0');

/** A cost in dollars a share; 0 for shares that were given. */
export const cost = decimal.transform(Number).refine((value) => value >= 0, 'expected 0 or more');

/** With its zone: a time without one would be of this machine's. */
const RFC_3339 = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/** An RFC 3339 time, to milliseconds since 1970. */
export const instant = z
  .string()
  .refine(
    (text) => RFC_3339.test(text) && Number.isFinite(Date.parse(text)),
    'expected an instant with its zone',
  )
  .transform((text): EpochMs => epochMs(Date.parse(text)));

/** A stock's ticker: 1 to 10 capitals, digits or dots. */
export const symbol = z.string().transform(reading(ticker));

/** Text that is not empty. */
export const word = z.string().min(1);

/** Absent and null are the same to the broker. */
export function optional<T extends z.ZodType>(field: T) {
  return field.nullish().transform((value) => value ?? undefined);
}

/** A field that is good to have and stops nothing: what cannot be read of it is absent. */
export function lenient<T extends z.ZodType>(field: T) {
  return optional(field).catch(undefined);
}

/** A field that must be readable where it is there, or one that stops nothing. */
export function optionalOr<T extends z.ZodType>(
  strict: boolean,
  field: T,
): z.ZodType<z.output<T> | undefined> {
  return strict ? optional(field) : lenient(field);
}

/** Dollars however they are written, for what is only shown or summed: dust comes as `7.27e-12`. */
export const looseMoney = z
  .union([z.string().regex(/^-?\d+(\.\d+)?([eE][-+]?\d+)?$/, 'expected a number'), z.number()])
  .transform(Number)
  .refine((value) => Math.abs(value) < 1e13, 'expected an amount of money')
  .transform(dollars);

/** Makes a domain parser's RangeError an issue of the field. */
function reading<T extends Cents | Qty | Ticker>(parse: (text: string) => T) {
  return (text: string, context: z.RefinementCtx): T => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : '' });
      return z.NEVER;
    }
  };
}
