import type { EpochMs } from '#core/domain/units.ts';
import type { FillRow, FillsView } from '#core/views/fills.ts';
import {
  block,
  compactMoney,
  compactQuantity,
  instantOf,
  label,
  price,
  quantity,
  row,
  UNKNOWN,
} from '../format.ts';
import { embed, type Post } from '../post.ts';
import { bpsCell, dayAndTime } from './cells.ts';
import { countOf, pageButtons, pageOf } from './pages.ts';

/** Prefix of the page buttons. */
export const FILLS = 'fills:';
const SIZE = 10;

/** One page of executions, newest first; `asked` counts from 1. */
export function fillsPost(view: FillsView, asked: number): Post {
  const page = pageOf(view.rows, asked, SIZE);
  const foreign = page.rows.some(({ decisionId }) => decisionId === undefined);
  const body = [
    page.total === 0
      ? 'No fills yet.'
      : block([HEAD, ...page.rows.flatMap((fill) => fillRows(fill, view.at))], 2000),
    ...(foreign ? ['-# hand: a trade not made by Rotor.'] : []),
  ].join('\n');
  return {
    embeds: [
      embed({
        mode: view.mode,
        title: `Fills · ${countOf(page)}`,
        body,
        note: `${label(view.accountNumber ?? UNKNOWN)} · ${instantOf(view.at)}`,
      }),
    ],
    components: pageButtons(page, (number) => `${FILLS}${number}`),
  };
}

const HEAD = row([
  ['', 10, 'left'],
  ['SHARES', 11, 'right'],
  ['PRICE', 9, 'right'],
]);

/** Two rows per execution, 32 columns each: the trade with its price; time, value and slippage. */
function fillRows(fill: FillRow, now: EpochMs): readonly string[] {
  const exact = quantity(fill.qty);
  return [
    row([
      [fill.side, 4, 'left'],
      [fill.ticker, 5, 'left'],
      [exact.length <= 11 ? exact : compactQuantity(fill.qty), 11, 'right'],
      [price(fill.price), 9, 'right'],
    ]),
    row([
      [` ${dayAndTime(fill.at, now)}`, 12, 'left'],
      [compactMoney(fill.value), 8, 'right'],
      [fill.decisionId === undefined ? 'hand' : bpsCell(fill.slippageBps), 9, 'right'],
    ]),
  ];
}
