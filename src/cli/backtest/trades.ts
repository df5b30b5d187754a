/** The fills of a backtest as a CSV file. */
import type { Backtest } from '#core/backtest.ts';
import { centsToDecimal, qtyToDecimal, valueOf } from '#core/domain/units.ts';

const DATE_LENGTH = 10;

/** One line per fill, oldest first, after a header. */
export function tradesCsv({ fills }: Pick<Backtest, 'fills'>): string {
  const lines = fills.map(({ id, side, ticker, qty, price }) =>
    [
      id.slice(0, DATE_LENGTH),
      ...[side, ticker, qtyToDecimal(qty), price.toFixed(6)],
      centsToDecimal(valueOf(qty, price)),
    ].join(','),
  );
  return ['date,side,ticker,shares,price,usd', ...lines, ''].join('\n');
}
