/** The units that all other files use. Casts to a brand happen here and nowhere else. */
declare const brand: unique symbol;
type Brand<T, B extends string> = T & { readonly [brand]: B };

/** An exchange symbol, 1-10 characters: letters, digits, dot. Never called `Symbol`. */
export type Ticker = Brand<string, 'Ticker'>;
/** A trading day as `YYYY-MM-DD`, the New York date. Compares correctly with `<`. */
export type SessionDate = Brand<string, 'SessionDate'>;
/** Milliseconds since 1970-01-01T00:00Z. */
export type EpochMs = Brand<number, 'EpochMs'>;
/** Whole US cents; negative is a debt. */
export type Cents = Brand<number, 'Cents'>;
/** Billionths of a share, a whole number: brokers accept at most nine decimals. */
export type Qty = Brand<number, 'Qty'>;

const NANOS = 1_000_000_000;

/** @throws RangeError when the text is not a ticker. */
export function ticker(text: string): Ticker {
  if (!/^[A-Z][A-Z0-9.]{0,9}$/.test(text)) {
    throw new RangeError(
      `ticker: expected 1-10 capitals, digits or dots, found "${text.slice(0, 20)}"`,
    );
  }
  return text as Ticker;
}

/** @throws RangeError unless the text is a real calendar day written `YYYY-MM-DD`. */
export function sessionDate(text: string): SessionDate {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(day) || !new Date(day).toISOString().startsWith(text)) {
    throw new RangeError(`date: expected YYYY-MM-DD, found "${text.slice(0, 20)}"`);
  }
  return text as SessionDate;
}

/** The UTC calendar day that holds the instant. */
export function utcDate(ms: number): SessionDate {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  // Parsed manually, because a start needs tens of thousands; a year of other than four digits is not a
  // trading day.
  const isPlain = year >= 1000 && year <= 9999;
  const text = isPlain
    ? `${year}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
    : date.toISOString().slice(0, 10);
  return text as SessionDate;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

/** @throws RangeError unless the value is a finite number of milliseconds. */
export function epochMs(value: number): EpochMs {
  if (!Number.isFinite(value))
    throw new RangeError(`instant: expected milliseconds, found ${value}`);
  return value as EpochMs;
}

/** @throws RangeError unless `value` is a whole number of cents below 90 trillion dollars. */
export function cents(value: number): Cents {
  if (!Number.isSafeInteger(value))
    throw new RangeError(`cents: expected a whole number, found ${value}`);
  return value as Cents;
}

/** Dollars, rounded to a millionth, as cents; halves away from zero. */
export function dollars(value: number): Cents {
  return centsFromDecimal(value.toFixed(6));
}

/**
 * A broker's decimal string as cents, exact except for digits beyond the cent, which are rounded half away
 * from zero.
 */
export function centsFromDecimal(text: string): Cents {
  return cents(scaled(text, 2, 'money'));
}

/** Dollars with two decimals: `12.30`, `-0.05`. */
export function centsToDecimal(value: Cents): string {
  return unscaled(value, 2, 2);
}

/** Dollars as a floating point number, for ratios and display; never sent to a broker. */
export function toDollars(value: Cents): number {
  return value / 100;
}

/** @throws RangeError unless `nanos` is a whole number; positions beyond 9 million shares do not fit. */
export function qty(nanos: number): Qty {
  if (!Number.isSafeInteger(nanos))
    throw new RangeError(`quantity: expected whole billionths, found ${nanos}`);
  return nanos as Qty;
}

/**
 * Whole shares as a quantity. @throws RangeError for a part of a billionth or above 9 million
 * shares.
 */
export function wholeShares(count: number): Qty {
  return qty(count * NANOS);
}

/** A broker's decimal string, at most nine decimals, to a quantity. */
export function qtyFromDecimal(text: string): Qty {
  return qty(scaled(text, 9, 'quantity'));
}

/** The shortest exact decimal: `3`, `0.5`, `24.732901234`; never an exponent. */
export function qtyToDecimal(value: Qty): string {
  return unscaled(value, 9, 0);
}

/** Shares as a floating point number, for ratios and display; never sent to a broker. */
export function toShares(value: Qty): number {
  return value / NANOS;
}

/**
 * Quantity times price in cents, halves away from zero. Price in dollars, exact to a millionth.
 * Integers throughout, so that a sum over fills does not drift.
 */
export function valueOf(quantity: Qty, priceUsd: number): Cents {
  return valueOfMicros(quantity, Math.round(priceUsd * 1_000_000));
}

/** Products up to here are exact, and so is their ten-thousandth rounded down. */
export const EXACT_PRODUCT = 1e14;

/**
 * Cents of whole shares times millionths of a dollar, halves up.
 * @param product at least 0, at most EXACT_PRODUCT.
 */
export function wholeValue(product: number): number {
  // A multiplication is quicker than a division, and exact here: 1e-4 is stored a little above its value, so a
  // whole quotient never falls below itself, and up to the bound the excess stays under the next one.
  return Math.floor((product + 5_000) * 1e-4);
}

/**
 * The same with the price in whole millionths of a dollar. Whole shares of ordinary value need no big
 * integers.
 */
export function valueOfMicros(quantity: number, micros: number): Cents {
  const shares = quantity / NANOS;
  const product = shares * micros;
  if (Math.floor(shares) === shares && Math.abs(product) <= EXACT_PRODUCT) {
    const rounded = wholeValue(Math.abs(product));
    return (product < 0 ? 0 - rounded : rounded) as Cents;
  }
  const exact = BigInt(quantity) * BigInt(micros);
  const half = 5_000_000_000_000n;
  const rounded = (exact < 0n ? exact - half : exact + half) / 10_000_000_000_000n;
  return cents(Number(rounded));
}

function scaled(text: string, decimals: number, what: string): number {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (!match)
    throw new RangeError(`${what}: expected a decimal number, found "${text.slice(0, 30)}"`);
  const fraction = (match[3] ?? '').padEnd(decimals, '0');
  const kept = BigInt(`${match[2] ?? '0'}${fraction.slice(0, decimals)}`);
  const rounded = Number(fraction[decimals] ?? '0') >= 5 ? kept + 1n : kept;
  return Number(match[1] === '-' ? -rounded : rounded);
}

function unscaled(value: number, decimals: number, keep: number): string {
  const digits = String(Math.abs(value)).padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '').padEnd(keep, '0');
  return `${value < 0 ? '-' : ''}${digits.slice(0, -decimals)}${fraction ? `.${fraction}` : ''}`;
}
