/** What stands in the thread of a rebalance: the decision, the plan, and its orders as they are. */
import type { Ranking } from '#core/domain/model.ts';
import { cents } from '#core/domain/units.ts';
import type { DecisionView, WeightRow } from '#core/views/decision.ts';
import type { OrderRow, RebalanceView, Totals } from '#core/views/rebalance.ts';
import {
  block,
  code,
  cut,
  escape,
  label,
  lines,
  money,
  percent,
  price,
  quantity,
  row,
} from '../format.ts';
import { embed, field, type Post } from '../post.ts';
import { numberCell, percentCell } from './figures.ts';
import { planBody } from './plan.ts';
import { modelVotes, trimLines, unchangedLines } from './reasons.ts';

/** One message in the thread of a rebalance. */
export interface Step {
  /** Unlike that of every other step of the rebalance, and the same for ever. */
  readonly id: string;
  readonly post: Post;
}

/** Decision, plan and orders. Why it runs and what it came to stand in the channel already. */
export function stepsOf(view: DecisionView): readonly Step[] {
  const { rebalance } = view;
  return [
    { id: 'decision', post: decisionStep(view) },
    { id: 'plan', post: planStep(rebalance) },
    ...(rebalance.orders.length > 0 ? [{ id: ORDERS_STEP, post: ordersPost(rebalance) }] : []),
  ];
}

/** The id of the step that tells of the orders. */
export const ORDERS_STEP = 'orders';

/** What a phone shows of the thread. */
export function threadName({ id }: RebalanceView): string {
  return cut(label(`Rebalance ${id}`, 100), 100);
}

function decisionStep(view: DecisionView): Post {
  const { rebalance, rankings } = view;
  const { plan } = rebalance;
  const trims = trimLines(plan.trims);
  const { grossBefore, grossAfter } = view.portfolio;
  const gross =
    grossBefore === grossAfter
      ? []
      : [
          `MAX_GROSS scales ${percent(grossBefore, 1, 'plain')} to ${percent(grossAfter, 1, 'plain')}.`,
        ];
  const refusal = plan.refusal === undefined ? [] : [`Risk refused: ${escape(plan.refusal, 300)}`];
  const target = block([TARGET_HEAD, ...view.weights.map(targetLine)], 900);
  const votes = embed({
    mode: plan.mode,
    title: 'Decision',
    body: [
      `The account is worth ${money(plan.equity)}.`,
      lines(modelVotes(plan.votes), 800),
      target,
      ...gross,
      ...refusal,
    ].join('\n'),
    fields: trims.length > 0 ? [field('Trimmed by risk', lines(trims, 900), false)] : [],
  });
  const ranked = embed({
    mode: plan.mode,
    title: 'Rankings',
    body: rankings.slice(0, 3).map(rankingBlock).join('\n'),
  });
  return { embeds: [ranked, votes] };
}

const TARGET_HEAD = row([
  ['', 6, 'left'],
  ['HELD', 7, 'right'],
  ['WANTED', 7, 'right'],
  ['TARGET', 7, 'right'],
]);

/** 6 + 7 + 7 + 7 and three spaces: 30 columns. */
function targetLine({ ticker, from, wanted, final }: WeightRow): string {
  const cell = (share: number | undefined): string =>
    percentCell(share, 7, { digits: 1, sign: 'plain' });
  return row([
    [code(ticker), 6, 'left'],
    [cell(from), 7, 'right'],
    [cell(wanted), 7, 'right'],
    [cell(final), 7, 'right'],
  ]);
}

function rankingBlock({ lookback, rankings, asOf }: Ranking): string {
  const rows = rankings.map(({ rank, ticker, momentum }) =>
    row([
      [String(rank), 2, 'right'],
      [code(ticker), 6, 'left'],
      [percentCell(momentum, 9), 9, 'right'],
    ]),
  );
  return `Momentum over ${lookback} sessions to ${asOf}${block(rows, 900)}`;
}

function planStep(view: RebalanceView): Post {
  const { plan, estimate } = view;
  const dollars = plan.rows.map(({ side, ticker, value }) => `${side} ${ticker} ${money(value)}`);
  const basis = estimate.measured ? 'based on our fills so far' : 'assumed: no fills yet';
  const cost = `${money(estimate.cost)}\n${numberCell(estimate.bps, 8)} bps, ${basis}`;
  const unchanged = unchangedLines(plan);
  return said(plan.mode, 'Plan', planBody(plan), {
    fields: [
      ...(dollars.length > 0
        ? [
            field('Approximate dollars', lines(dollars, 900), false),
            field('Estimated cost', cost),
            field('Turnover', percent(plan.turnover, 1, 'plain')),
          ]
        : []),
      ...(unchanged.length > 0 ? [field('Unchanged', lines(unchanged, 900), false)] : []),
    ],
  });
}

/** Every order in one message, edited from waiting to its end. */
function ordersPost({ plan, orders }: RebalanceView): Post {
  return said(plan.mode, 'Orders', lines(orders.map(orderText), 3900));
}

/** `**✓ sell XLK · filled**` and what stands behind it. */
export function orderText(order: OrderRow): string {
  const { side, ticker, state, reason } = order;
  const [sign, word] = wordsOf(order);
  const told = reason === undefined || state === 'not filled' ? [] : [escape(reason, 300)];
  return [`**${sign} ${side} ${ticker} · ${word}**`, amounts(order), ...told].join('\n');
}

type Words = readonly [sign: string, word: string];

function wordsOf({ state, filled, sent, reason }: OrderRow): Words {
  if (state === 'open' && filled > 0) return ['…', 'partly filled'];
  if (state === 'short' && filled === sent) return ['▲', 'filled, less than planned'];
  const [sign, word] = WORDS[state];
  return [sign, state === 'not filled' ? `${word}: ${escape(reason ?? '', 80)}` : word];
}

const WORDS: Readonly<Record<OrderRow['state'], Words>> = {
  waiting: ['○', 'waiting'],
  open: ['…', 'sent'],
  filled: ['✓', 'filled'],
  short: ['▲', 'partly filled, ended'],
  'not filled': ['✗', 'not filled'],
  refused: ['✗', 'refused'],
  'not sent': ['✗', 'not sent'],
};

/** What was filled, of what was sent, beside what was planned where that is another number. */
function amounts(order: OrderRow): string {
  const { filled, planned, sent = planned, averagePrice, value, ...cost } = order;
  const plan = sent === planned ? '' : `${quantity(planned)} planned, `;
  const decided = `${plan}decided at $${price(cost.priceAtDecision)}`;
  if (averagePrice === undefined) {
    const sending = sent === planned ? 'shares' : 'shares sent';
    return `${quantity(sent)} ${sending}, ${decided}`;
  }
  const count = filled === sent ? quantity(filled) : `${quantity(filled)} of ${quantity(sent)}`;
  const done = `${count} at $${price(averagePrice)}, ${decided}`;
  return cost.slippage === undefined ? done : `${done}\n${money(value)}, ${slippageOf(cost)}`;
}

/** `$12.30 slippage cost (2.1 bps)`. */
export function slippageOf({
  slippage,
  slippageBps,
}: Pick<Totals, 'slippage' | 'slippageBps'>): string {
  if (slippage === undefined || slippageBps === undefined) return 'nothing filled';
  if (slippage === 0) return 'no slippage';
  const size = `${Math.abs(slippageBps).toFixed(1)} bps`;
  return slippage > 0
    ? `${money(slippage)} slippage cost (${size})`
    : `${money(cents(-slippage))} slippage gain (${size})`;
}

function said(
  mode: RebalanceView['plan']['mode'],
  title: string,
  body: string,
  rest: Pick<Parameters<typeof embed>[0], 'fields' | 'note'> = {},
): Post {
  return { embeds: [embed({ mode, title, body, ...rest })] };
}
