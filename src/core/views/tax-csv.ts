/** The sales of a year as a table for tax software: one line for each sold part of a lot. */
import type { Disposal } from '../domain/tax/open-lots.ts';
import { gainOf } from '../domain/tax/tax-lots.ts';
import { type Cents, centsToDecimal, qtyToDecimal, type SessionDate } from '../domain/units.ts';

const COLUMNS = [
  'Description',
  'Date Acquired',
  'Date Sold',
  'Proceeds',
  'Cost Basis',
  'Adjustment Code',
  'Adjustment Amount',
  'Gain',
  'Term',
] as const;

/**
 * Returns the text of the file: a header and a row for each disposal, money in dollars and dates as
 * MM/DD/YYYY. Unknown values are left empty, for a person to fill in.
 */
export function taxCsv(disposals: readonly Disposal[]): string {
  return [COLUMNS, ...disposals.map(rowOf)].map((row) => `${row.join(',')}\r\n`).join('');
}

function rowOf(disposal: Disposal): readonly string[] {
  const { acquired, sold, proceeds, cost, disallowed, term } = disposal;
  const isWash = disallowed > 0;
  return [
    describe(disposal),
    dateText(acquired),
    dateText(sold),
    centsToDecimal(proceeds),
    moneyText(cost),
    isWash ? 'W' : '',
    isWash ? centsToDecimal(disallowed) : '',
    moneyText(gainOf(disposal)),
    term ?? '',
  ];
}

function describe({ ticker, qty, cost }: Disposal): string {
  if (qty !== 0) return `${qtyToDecimal(qty)} sh ${ticker}`;
  return cost === 0
    ? `${ticker} distribution beyond basis`
    : `${ticker} cash in lieu of a fraction`;
}

function moneyText(value: Cents | undefined): string {
  return value === undefined ? '' : centsToDecimal(value);
}

function dateText(date: SessionDate | undefined): string {
  const [year = '', month = '', day = ''] = date?.split('-') ?? [];
  return date === undefined ? '' : `${month}/${day}/${year}`;
}
