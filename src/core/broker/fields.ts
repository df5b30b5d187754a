/** The field types in the broker's JSON. */
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

/** Decimal text in dollars, as whole cents; digits beyond the cent are rounded half away from zero. */
export const money = decimal.transform(reading(centsFromDecimal));

/** Decimal text with at most nine decimals, as billionths of a share. */
export const shares = decimal.transform(reading(qtyFromDecimal));

/** Dollars a share; market data uses numbers, trading uses text. */
export const price = z
  .union([decimal, z.number()])
  .transform(Number)
  .refine((value) => Number.isFinite(value) && value > 0, 'expected a price above 0');

/** A cost in dollars a share; 0 for shares received free. */
export const cost = decimal.transform(Number).refine((value) => value >= 0, 'expected 0 or more');

/** With its zone: a time without one would be in this machine's zone. */
const RFC_3339 = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

/** An RFC 3339 time, as milliseconds since 1970. */
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

/** The broker uses absent and null interchangeably. */
export function optional<T extends z.ZodType>(field: T) {
  return field.nullish().transform((value) => value ?? undefined);
}

/** An optional field that never fails the row: an unreadable value is absent. */
export function lenient<T extends z.ZodType>(field: T) {
  return optional(field).catch(undefined);
}

/** A field that must be readable if present, or a lenient one. */
export function optionalOr<T extends z.ZodType>(
  strict: boolean,
  field: T,
): z.ZodType<z.output<T> | undefined> {
  return strict ? optional(field) : lenient(field);
}

/** Dollars in any notation, for display and sums only: tiny amounts come as `7.27e-12`. */
export const looseMoney = z
  .union([z.string().regex(/^-?\d+(\.\d+)?([eE][-+]?\d+)?$/, 'expected a number'), z.number()])
  .transform(Number)
  .refine((value) => Math.abs(value) < 1e13, 'expected an amount of money')
  .transform(dollars);

/** Converts a domain parser's RangeError into an issue of the field. */
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
