/** A month of the account compared with the backtest of that month, as a table and as a line. */

import type { MonthParity } from '#core/domain/month-parity.ts';
import { type Cents, cents } from '#core/domain/units.ts';
import { block, dayOf, money, row } from '../format.ts';

const NOTE =
  '-# More or less than the backtest, by cause. Price: from the decision to the fills. Size: other ' +
  'numbers of shares. Cost: fees less what the backtest pays. Timing: from its open to our decision. ' +
  'Flows: shares that came or went, income, corporate actions. Person: trades and plans by hand.';

/** The table, with an explanation of each cause. */
export function monthParityText(month: MonthParity): string {
  const { from, to, account, backtest, parts, residual } = month;
  const rows: readonly (readonly [string, Cents])[] = [
    ['account', account],
    ['backtest', backtest],
    ['difference', cents(account - backtest)],
    ...causesOf(month),
  ];
  const left = Math.abs(residual) > 1 ? [cells('unexplained', money(residual))] : [];
  const head = `Month by the backtest, ${dayOf(from)} to ${dayOf(to)}`;
  const table = block([...rows.map(([name, value]) => cells(name, money(value))), ...left]);
  return [`**${head}**`, table, parts.person === 0 ? NOTE.replace(/ Person:.*$/, '') : NOTE].join(
    '\n',
  );
}

/** One line for the monthly report. */
export function monthParityLine(month: MonthParity): string {
  const causes = causesOf(month).filter(([, value]) => value !== 0);
  const words = causes.map(([name, value]) => `${name.trim()} ${money(value)}`).join(', ');
  const difference = money(cents(month.account - month.backtest));
  return `Against the backtest of the month ${difference}${words === '' ? '' : `: ${words}`}.`;
}

/** A cent left over from rounding is added to the price. */
function causesOf({ parts, residual }: MonthParity): readonly (readonly [string, Cents])[] {
  const price = cents(parts.price + (Math.abs(residual) === 1 ? residual : 0));
  return [
    ['  price', price],
    ['  size', parts.size],
    ['  cost', parts.cost],
    ['  timing', parts.timing],
    ['  flows', parts.flows],
    ['  person', parts.person],
  ];
}

/** 13 + 18 and a space: 32 columns. */
function cells(name: string, usd: string): string {
  return row([
    [name, 13, 'left'],
    [usd, 18, 'right'],
  ]);
}
