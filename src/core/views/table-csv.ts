/** A table as a CSV file, which every spreadsheet opens. */
import type { CellType, DataTable } from '../domain/table.ts';

/** Column names first; instants in UTC; absent values are empty. */
export function tableCsv({ columns, rows }: DataTable): string {
  const lines = [columns.map(({ name }) => name).join(',')];
  for (let row = 0; row < rows; row++) {
    lines.push(columns.map(({ type, values }) => cell(type, values[row])).join(','));
  }
  return lines.map((line) => `${line}\r\n`).join('');
}

function cell(type: CellType, value: string | number | undefined): string {
  if (value === undefined) return '';
  if (type === 'instant') return new Date(value).toISOString();
  return type === 'text' ? quoted(String(value)) : String(value);
}

/** A spreadsheet would evaluate a text that starts like a formula. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
