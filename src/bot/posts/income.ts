/** Dividends, interest and fees of a year. */
import type { Income, IncomeView } from '#core/views/income.ts';
import { block, code, compactMoney, instantOf, label, money, row, UNKNOWN } from '../format.ts';
import { embed, type Post } from '../post.ts';

/** By ticker, then by year if there are several. */
export function incomePost(view: IncomeView): Post {
  const { year, rows, total, years, estimated } = view;
  const named = rows.map((each) => incomeRow(each.ticker ?? 'account', each));
  const body = [
    rows.length === 0
      ? `No dividend, interest or fee was booked in ${year}.`
      : block([head('TICKER'), ...named, incomeRow('all', total)], 1800),
    ...(estimated === 0
      ? []
      : [
          `-# ${money(estimated)} of dividends that this account was not paid (an estimate, not in the totals).`,
        ]),
    ...(total.returned === 0
      ? []
      : [
          `-# ${money(total.returned)} more was a return of capital, not income; it lowers the cost of the shares.`,
        ]),
    ...(years.length > 1 ? [block([head('YEAR'), ...years.map(yearRow)], 900)] : []),
    '-# Not tax advice. By the broker’s date; amounts withheld are deducted.',
  ].join('\n');
  const note = `${label(view.accountNumber ?? UNKNOWN, 40)} · ${instantOf(view.at)}`;
  return { embeds: [embed({ mode: view.mode, title: `Income · ${year}`, body, note })] };
}

/** 8 + 7 + 7 + 7 and three spaces: 32 columns. */
function cells(name: string, amounts: readonly [string, string, string]): string {
  const [dividends, interest, fees] = amounts;
  return row([
    [code(name, 8), 8, 'left'],
    [dividends, 7, 'right'],
    [interest, 7, 'right'],
    [fees, 7, 'right'],
  ]);
}

function head(name: string): string {
  return cells(name, ['DIVID.', 'INTER.', 'FEES']);
}

function incomeRow(name: string, { dividends, interest, fees }: Income): string {
  return cells(name, [compactMoney(dividends), compactMoney(interest), compactMoney(fees)]);
}

function yearRow({ year, ...income }: Income & { readonly year: number }): string {
  return incomeRow(`${year}`, income);
}
