/** Daily, weekly and monthly reports. */
import type { APIEmbedField } from 'discord.js';
import { type Cents, cents } from '#core/domain/units.ts';
import type { Contribution, Part } from '#core/views/contribution.ts';
import type { Costs } from '#core/views/costs.ts';
import type { ReportView } from '#core/views/report.ts';
import { alphaChart } from '../charts/alpha.ts';
import {
  block,
  code,
  dayOf,
  label,
  lines,
  money,
  percent,
  roughMoney,
  row,
  UNKNOWN,
} from '../format.ts';
import { embed, field, type Post } from '../post.ts';
import { addingUp, moneyCells } from './adding-up.ts';
import { shortfallLines } from './costs.ts';
import { comparedCells, estimateWords, percentCell, spyWords } from './figures.ts';
import { monthParityLine } from './month-parity.ts';
import { monthsPicture } from './months.ts';
import { wholeAccountLine } from './whole-account.ts';

/**
 * The messages of one report, in order: the first is complete in itself; a month is followed by the chart
 * of all months.
 */
export function reportPosts(view: ReportView): readonly Post[] {
  if (view.period.kind === 'week') return [weekPost(view)];
  const months = view.period.kind === 'month' ? picturePost(view) : undefined;
  return months ? [reportPost(view), months] : [reportPost(view)];
}

/** All months as a chart, with its numbers as text when it cannot be drawn; /monthly lists them. */
function picturePost(view: ReportView): Post | undefined {
  const chart = monthsPicture(view.months);
  const title = 'Months';
  return chart && { embeds: [embed({ mode: view.mode, title, note: smallPrint(view) })], chart };
}

/** No trades, deposits or withdrawals, and everything is known. */
function isQuietWeek({ period, you, costs, flows, missed, over }: ReportView): boolean {
  const moved = costs.orders + costs.traded + flows.deposited + flows.withdrawn;
  return period.kind === 'week' && over && you !== undefined && missed === 0 && moved === 0;
}

/** A quiet week is one line; any other names what moved it. `/report` has the tables. */
function weekPost(view: ReportView): Post {
  const title = `Week ${label(view.period.key, 12)}`;
  const told = [returns(view), ...provisional(view)];
  if (isQuietWeek(view)) {
    const body = told.join('\n');
    return { embeds: [embed({ mode: view.mode, title, body, note: smallPrint(view) })] };
  }
  const { estimatedDividends, contribution, costs } = view;
  const cost = costs.orders > 0 ? [`**Costs** ${costsOf(costs).replaceAll('\n', ', ')}`] : [];
  const body = lines(
    [
      ...told,
      spanWords(view),
      factsOf(view),
      ...estimateWords(estimatedDividends),
      ...movers(contribution),
      ...cost,
    ],
    1500,
  );
  const note = `${smallPrint(view)} · /report has the tables`;
  const whole = embed({ mode: view.mode, title, body, note });
  const chart = alphaChart(view);
  return chart ? { embeds: [whole], chart } : { embeds: [whole] };
}

/** A day is one line with what moved it; a week and a month have the whole account and a chart. */
export function reportPost(view: ReportView): Post {
  return view.period.kind === 'day' ? dayPost(view) : longPost(view);
}

function dayPost(view: ReportView): Post {
  const { contribution } = view;
  return {
    embeds: [
      embed({
        mode: view.mode,
        title: `Close of ${dayOf(view.to)}`,
        body: lines(
          [
            ...span(view),
            returns(view),
            ...provisional(view),
            factsOf(view),
            ...estimateWords(view.estimatedDividends),
            ...movers(contribution),
          ],
          1500,
        ),
        note: smallPrint(view),
      }),
    ],
  };
}

function factsOf(view: ReportView): string {
  const { equity, belowPeak } = view;
  return [
    `Equity ${money(equity)}`,
    ...wholeAccountLine(view),
    ...(belowPeak === undefined || belowPeak < 0.00005
      ? []
      : [`${percent(belowPeak, 2, 'plain')} below its peak`]),
    ...flowLines(view),
    ...trading(view),
  ].join(' · ');
}

/** `2026-11-02 to 2026-11-30: 20 closes, 1 missed`. */
function spanWords({ from, to, closes, missed, over }: ReportView): string {
  const count = closes === 1 ? '1 close' : `${closes} closes`;
  const lost = missed === 0 ? '' : `, ${missed} missed`;
  return `-# ${from} to ${to}: ${count}${lost}${over ? '' : ', not over yet'}`;
}

function longPost(view: ReportView): Post {
  const { period, contribution } = view;
  const whole = embed({
    mode: view.mode,
    title: `${period.kind === 'week' ? 'Week' : 'Month'} ${label(period.key, 12)}`,
    body: [
      returns(view),
      ...provisional(view),
      spanWords(view),
      ...estimateWords(view.estimatedDividends),
      ...checkedWords(view),
      ...tables(contribution),
    ].join('\n'),
    fields: fields(view),
    note: smallPrint(view),
  });
  const chart = alphaChart(view);
  return chart ? { embeds: [whole], chart } : { embeds: [whole] };
}

/** A line that covers more than its day says so first. */
function span({ from, to, missed }: ReportView): readonly string[] {
  if (missed === 0) return [];
  const closes = missed === 1 ? '1 close was' : `${missed} closes were`;
  return [`-# ${from} to ${to}: ${closes} not recorded between`];
}

function checkedWords({ checked, period }: ReportView): readonly string[] {
  if (!checked || period.kind !== 'month') return [];
  const { equal, of, verdict, beside } = checked;
  const mark = equal === of ? '' : '▲ ';
  const repeat = of === 0 ? [] : [`${mark}${equal} of ${of} decisions repeat exactly (/parity).`];
  const causes = beside === undefined ? [] : [monthParityLine(beside)];
  return [...repeat, ...causes, ...(verdict === undefined ? [] : [`Evidence: ${verdict}`])];
}

function provisional(view: ReportView): readonly string[] {
  if (!view.provisional) return [];
  return ['**Provisional**: the official closes arrive 16 minutes after the close.'];
}

function returns({ you, spy }: ReportView): string {
  const [own, market, ahead] = comparedCells(you, spy, 12);
  return `You **${own}** · SPY **${market}** · Alpha **${ahead}**`;
}

function trading({ costs, turnover }: ReportView): readonly string[] {
  const { orders, traded } = costs;
  if (orders === 0 && traded === 0) return [];
  const count = orders === 1 ? '1 order' : `${orders} orders`;
  return [`${count}, turnover ${percentCell(turnover, 8, { digits: 1, sign: 'plain' })}`];
}

/** The largest gains and the largest losses, at most three each. */
function movers(contribution: Contribution | undefined): readonly string[] {
  if (!contribution)
    return ['-# Contribution unknown: holdings were not recorded or do not add up.'];
  const { byTicker } = contribution;
  const told = byTicker.length <= 6 ? byTicker : [...byTicker.slice(0, 3), ...byTicker.slice(-3)];
  if (told.length === 0) return [];
  const more = byTicker.length - told.length;
  const all = told.map(({ of, gain }) => `${of} ${roughMoney(gain, '+')}`);
  return [`${all.join(', ')}${more > 0 ? `, ${more} between` : ''}`];
}

function tables(contribution: Contribution | undefined): readonly string[] {
  if (!contribution) {
    return ['Contribution unknown: holdings were not recorded or do not add up.'];
  }
  const { byModel, base } = contribution;
  const parts = partsOf(contribution);
  const usd = moneyCells(
    parts.map(({ gain }) => gain),
    9,
  );
  const shares = addingUp(base > 0 ? parts.map(({ gain }) => (gain / base) * 100) : [], 2);
  const whole = base > 0 ? shares.reduce((sum, each) => sum + each, 0) : undefined;
  const tickerRow = (name: string, index: number): string => {
    const share = index < parts.length ? shares[index] : whole;
    return row([
      [code(name), 10, 'left'],
      [usd[index] ?? '', 9, 'right'],
      [percentCell(share === undefined ? undefined : share / 100, 9), 9, 'right'],
    ]);
  };
  const models = moneyCells(
    byModel.map(({ gain }) => gain),
    9,
  );
  const modelRow = ({ of }: Part<string | undefined>, index: number): string =>
    row([
      [code(of ?? 'no model'), 22, 'left'],
      [models[index] ?? '', 9, 'right'],
    ]);
  return [
    block(
      [
        row([
          ['BY TICKER', 10, 'left'],
          ['USD', 9, 'right'],
          ['', 9, 'right'],
        ]),
        ...[...parts.map(({ of }) => of), 'all'].map(tickerRow),
      ],
      1500,
    ),
    ...(byModel.length === 0
      ? []
      : [
          block(
            [
              row([
                ['BY MODEL', 22, 'left'],
                ['USD', 9, 'right'],
              ]),
              ...byModel.map(modelRow),
            ],
            900,
          ),
        ]),
  ];
}

/** Every ticker, and the rest that belongs to none: together the total gain. */
function partsOf({ byTicker, rest }: Contribution): readonly Part<string>[] {
  return rest === 0 ? byTicker : [...byTicker, { of: 'other', gain: rest }];
}

function fields(view: ReportView): readonly APIEmbedField[] {
  const { equity, cash, drawdown, belowPeak, costs, shortfall, turnover } = view;
  const plainPercent = (value: number | undefined): string =>
    percentCell(value, 12, { sign: 'plain' });
  const moved = flowLines(view);
  return [
    field('Equity', [money(equity), `cash ${money(cash)}`, ...wholeAccountLine(view)].join('\n')),
    field(
      'Drawdown',
      `deepest in period ${plainPercent(drawdown)}\nnow, from the peak ${plainPercent(belowPeak)}`,
    ),
    field('Orders', `${costs.orders}\nturnover ${plainPercent(turnover)}`),
    ...(shortfall
      ? [field('Costs, against the model', shortfallLines(shortfall).join('\n'))]
      : [field('Costs', costsOf(costs))]),
    ...(moved.length > 0 ? [field('Deposits', moved.join('\n'))] : []),
  ];
}

function flowLines({ flows }: ReportView): readonly string[] {
  return [
    ...(flows.deposited > 0 ? [`in ${money(flows.deposited)}`] : []),
    ...(flows.withdrawn > 0 ? [`out ${money(flows.withdrawn)}`] : []),
  ];
}

function costsOf({ slippage, slippageBps, fees }: Costs): string {
  return `${slippageOf(slippage, slippageBps)}\nfees ${money(fees)}`;
}

/** Named by word: a minus sign before a cost would be ambiguous. */
function slippageOf(slippage: Cents | undefined, bps: number | undefined): string {
  if (slippage === undefined || bps === undefined) return 'no trades';
  const word = slippage < 0 ? 'slippage gain' : 'slippage cost';
  return `${word} ${money(cents(Math.abs(slippage)))}\n${Math.abs(bps).toFixed(1)} bps against the decision price`;
}

function smallPrint({ accountNumber, from, to, period, hasDividends }: ReportView): string {
  const since = period.kind === 'day' ? ` · ${from} to ${to}` : '';
  return `${label(accountNumber ?? UNKNOWN, 40)}${since} · ${spyWords(hasDividends)}`;
}
