/** Realised gains of a year, with the file for tax software. */
import { counted } from '#core/domain/figures.ts';
import { totalGain } from '#core/domain/tax/gains.ts';
import type { TaxLot } from '#core/domain/tax/open-lots.ts';
import { cents } from '#core/domain/units.ts';
import {
  hifoDifference,
  type TaxMonth,
  type TaxOrder,
  type TaxView,
  type TaxYear,
} from '#core/views/tax.ts';
import { taxCsv } from '#core/views/tax-csv.ts';
import {
  block,
  code,
  compactMoney,
  compactQuantity,
  escape,
  instantOf,
  label,
  lines,
  money,
  row,
  UNKNOWN,
} from '../format.ts';
import { embed, field, type Post } from '../post.ts';
import { gainRemarks } from './gains.ts';

/** Orders shown in the message; the file has every sale. */
const MAX_ORDERS = 12;

/** Totals, months and orders of a year. The file is attached if there was a sale. */
export function taxPost(view: TaxView): Post {
  const { year, years, disposals, unknownLots } = view;
  const body = [
    ...(disposals.length === 0 ? [`Nothing was sold in ${year}.`] : sold(view)),
    ...(years.length > 1 ? [block([YEARS, ...years.map(yearRow)], 700)] : []),
    NOTE,
  ];
  const whole = embed({
    mode: view.mode,
    title: `Realised gains · ${year}`,
    body: body.join('\n'),
    fields:
      unknownLots.length === 0
        ? []
        : [field('Held lots without a cost (/lot-cost)', lotLines(unknownLots), false)],
    note: `${label(view.accountNumber ?? UNKNOWN, 40)} · ${instantOf(view.at)}`,
  });
  if (disposals.length === 0) return { embeds: [whole] };
  return { embeds: [whole], file: { name: `tax-${year}.csv`, text: taxCsv(disposals) } };
}

const NOTE =
  '-# Not tax advice. Oldest shares first (FIFO), by trade date. Wash sales are found for the same ' +
  'ticker in this account only.';

function sold(view: TaxView): readonly string[] {
  const { gains, orders, months } = view;
  const { short, long } = gains;
  const hidden = orders.length - MAX_ORDERS;
  return [
    `Short term **${money(short)}** · long term **${money(long)}**`,
    ...gainRemarks(gains),
    block([MONTHS, ...months.map(monthRow)], 700),
    block([ORDERS, ...orders.slice(0, MAX_ORDERS).map(orderRow)], 700),
    ...(hidden > 0 ? [`-# In the file: ${counted(hidden, 'earlier order')}.`] : []),
    whatIf(view),
  ];
}

function whatIf(view: TaxView): string {
  const difference = hifoDifference(view);
  const total = money(totalGain(view.hifo));
  if (difference === 0) return `-# What if: with HIFO the gain would be the same, ${total}.`;
  const word = difference < 0 ? 'less' : 'more';
  const by = money(cents(Math.abs(difference)));
  return `-# What if: with HIFO (highest cost first) the gain would be ${total}, ${by} ${word}.`;
}

/** 7 + 11 + 11 and two spaces: 31 columns. */
function monthCells(month: string, short: string, long: string): string {
  return row([
    [month, 7, 'left'],
    [short, 11, 'right'],
    [long, 11, 'right'],
  ]);
}

const MONTHS = monthCells('MONTH', 'SHORT TERM', 'LONG TERM');

const YEARS = monthCells('YEAR', 'SHORT TERM', 'LONG TERM');

function yearRow({ year, short, long }: TaxYear): string {
  return monthCells(`${year}`, compactMoney(short, '+'), compactMoney(long, '+'));
}

function monthRow({ month, short, long }: TaxMonth): string {
  return monthCells(month, compactMoney(short, '+'), compactMoney(long, '+'));
}

/** 5 + 10 + 5 + 8 and three spaces: 31 columns. */
function orderCells(day: string, ticker: string, mark: string, gain: string): string {
  return row([
    [day, 5, 'left'],
    [ticker, 10, 'left'],
    [mark, 5, 'left'],
    [gain, 8, 'right'],
  ]);
}

const ORDERS = orderCells('SOLD', '', '', 'GAIN');

/** `W`: the loss is disallowed (wash sale); `?`: the cost is unknown; `hand`: not sold by Rotor. */
function orderRow(order: TaxOrder): string {
  const { ticker, sold: day, decisionId, disallowed, unknown } = order;
  const hand = decisionId === undefined ? 'hand' : '';
  const mark = `${hand}${disallowed > 0 ? 'W' : unknown > 0 ? '?' : ''}`;
  const gain = compactMoney(totalGain(order), '+');
  return orderCells(day.slice(5), code(ticker, 10), mark, gain);
}

function lotLines(lots: readonly TaxLot[]): string {
  const each = lots.map(({ id, qty }) => `${escape(id, 40)}: ${compactQuantity(qty)} shares`);
  return lines(each, 900);
}
