/** Content of a rebalance's thread: the decision, and the current state of its orders. */
import type { Ranking } from '#core/domain/model.ts';
import { cents } from '#core/domain/units.ts';
import type { DecisionView, WeightRow } from '#core/views/decision.ts';
import type { OrderRow, RebalanceView, Totals } from '#core/views/rebalance.ts';
import {
  block,
  code,
  cut,
  DASH,
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
import { modelVotes, trimLines, unchangedLines } from './reasons.ts';

/** One message in the thread of a rebalance. */
export interface Step {
  /** Unique among the steps of the rebalance, and stable. */
  readonly id: string;
  readonly post: Post;
}

/** The decision and its orders. The reasons, trades and result are in the channel. */
export function stepsOf(view: DecisionView): readonly Step[] {
  const { rebalance } = view;
  return [
    { id: 'decision', post: decisionStep(view) },
    ...(rebalance.orders.length > 0 ? [{ id: ORDERS_STEP, post: ordersPost(rebalance) }] : []),
  ];
}

/** Id of the step that shows the orders. */
export const ORDERS_STEP = 'orders';

/** Name of the thread as a phone shows it. */
export function threadName({ id }: RebalanceView): string {
  return cut(label(`Rebalance ${id}`, 100), 100);
}

function decisionStep(view: DecisionView): Post {
  const { rebalance, rankings, weights } = view;
  const { plan } = rebalance;
  const body = [
    `The account is worth ${money(plan.equity)}.`,
    lines(modelVotes(plan.votes), 800),
    ...rankings.slice(0, 3).map(bestOf),
    block([TARGET_HEAD, ...weights.map(targetLine)], 900),
    ...limitsOf(view),
    ...(rebalance.orders.length > 0 ? [costLine(rebalance)] : []),
  ].join('\n');
  const trims = trimLines(plan.trims);
  const stays = unchangedLines(plan);
  return said(plan.mode, 'Decision', body, {
    fields: [
      ...(trims.length > 0 ? [field('Trimmed by risk', lines(trims, 900), false)] : []),
      ...(stays.length > 0 ? [field('Unchanged', lines(stays, 900), false)] : []),
    ],
    note: '/explain has the whole record',
  });
}

function limitsOf({ rebalance: { plan }, portfolio }: DecisionView): readonly string[] {
  const before = percent(portfolio.grossBefore, 1, 'plain');
  const after = percent(portfolio.grossAfter, 1, 'plain');
  return [
    ...(before === after ? [] : [`MAX_GROSS scales ${before} to ${after}.`]),
    ...(plan.refusal === undefined ? [] : [`Risk refused: ${escape(plan.refusal, 300)}`]),
  ];
}

function costLine({ estimate }: RebalanceView): string {
  const basis = estimate.measured ? 'based on our fills so far' : 'assumed: no fills yet';
  const bps = numberCell(estimate.bps, 8);
  return `Estimated cost ${money(estimate.cost)} (${bps} bps, ${basis})`;
}

/** Candidates shown; /rankings has all of them. */
const BEST = 5;

function bestOf({ lookback, rankings }: Ranking): string {
  const best = rankings
    .slice(0, BEST)
    .map(({ ticker, momentum }) => `${escape(ticker, 12)} ${percent(momentum, 1)}`);
  return `Best of ${lookback} sessions: ${best.join(', ')}`;
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

/** All orders in one message, edited until they are final; unusual ones are explained below. */
function ordersPost({ plan, orders }: RebalanceView): Post {
  const table = block([ORDERS_HEAD, ...orders.map(orderLine)], 2_000);
  const told = orders.filter(({ state }) => !PLAIN.includes(state)).map(orderText);
  const body = told.length > 0 ? `${table}\n${lines(told, 1_900)}` : table;
  return said(plan.mode, 'Orders', body);
}

const PLAIN: readonly OrderRow['state'][] = ['waiting', 'filled'];

const ORDERS_HEAD = row([
  ['', 11, 'left'],
  ['DECIDED', 7, 'right'],
  ['FILLED', 7, 'right'],
  ['BPS', 4, 'right'],
]);

/** 1 + 4 + 4 + 7 + 7 + 4 and five spaces: 32 columns. Shares and dollars are in the channel. */
function orderLine(order: OrderRow): string {
  const { side, ticker, priceAtDecision, averagePrice, slippageBps } = order;
  return row([
    [wordsOf(order)[0], 1, 'left'],
    [side, 4, 'left'],
    [code(ticker), 4, 'left'],
    [price(priceAtDecision), 7, 'right'],
    [averagePrice === undefined ? DASH : price(averagePrice), 7, 'right'],
    [bpsCell(slippageBps), 4, 'right'],
  ]);
}

/** `1.8`, `−12`, `>1k`: in four columns. */
function bpsCell(bps: number | undefined): string {
  if (bps === undefined) return DASH;
  if (Math.abs(bps) >= 999.5) return bps > 0 ? '>1k' : '<−1k';
  return numberCell(bps, 4);
}

/** `**✓ sell XLK · filled**` and the details. */
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

/** Quantity filled, of the quantity sent, with the planned one where it differs. */
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
