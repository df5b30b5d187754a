/** Formats numbers and tables; the only such place of the offline commands. */
import { type Cents, toDollars } from '#core/domain/units.ts';

/** A fraction as per cent with a sign: `+12.3 %`; what rounds to 0 has none. */
export function signedPercent(fraction: number): string {
  const text = percent(fraction);
  return text.startsWith('-') || text === percent(0) ? text : `+${text}`;
}

/** A fraction as per cent: `12.3 %`; what rounds to 0 has no sign. */
export function percent(fraction: number): string {
  return `${unsignedZero((fraction * 100).toFixed(1))} %`;
}

function unsignedZero(text: string): string {
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** A ratio with two decimals; a dash where it is undefined, as for returns that do not vary. */
export function ratio(value: number | null | undefined): string {
  return Number.isFinite(value) ? unsignedZero((value ?? 0).toFixed(2)) : '–';
}

/** A statistic that may be undefined. */
export function orDash<T>(value: T | undefined, format: (value: T) => string): string {
  return value === undefined ? '-' : format(value);
}

/** Cents as dollars with two decimals, signed only when negative. */
export function usd(amount: Cents): string {
  // Not by Intl: its first number costs a twentieth of a second.
  const text = Math.abs(toDollars(amount))
    .toFixed(2)
    .replace(/\B(?=(\d{3})+\.)/g, ',');
  return `${amount < 0 ? '-' : ''}$${text}`;
}

/** Columns as wide as their widest cell, two spaces apart; numbers are right-aligned. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const cell = (text: string, column: number): string => {
    const width = widths[column] ?? 0;
    return /^[-+$]?[\d.,]+( %)?$/.test(text) ? text.padStart(width) : text.padEnd(width);
  };
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}
