/** The whole record of a decision: what a phone can read here, everything in the file. */
import type { APIEmbed, APIEmbedField } from 'discord.js';
import type { Decision } from '#core/domain/decision.ts';
import type { Ranking } from '#core/domain/model.ts';
import type { DecisionView, WeightRow } from '#core/views/decision.ts';
import type { OrderRow } from '#core/views/rebalance.ts';
import {
  block,
  code,
  DASH,
  instantOf,
  label,
  lines,
  percent,
  plain,
  price,
  quantity,
  row,
  UNKNOWN,
} from '../format.ts';
import { field, frame, type Post, type TextFile } from '../post.ts';
import { percentCell } from './figures.ts';
import { modelVotes, stayLines, trimLines, why } from './reasons.ts';

export function decisionPost(view: DecisionView): Post {
  const embeds = [recordEmbed(view), rankingsEmbed(view)];
  return { embeds, file: fileOf(view.record) };
}

function recordEmbed(view: DecisionView): APIEmbed {
  const { rebalance } = view;
  const { plan, result, orders } = rebalance;
  const left = (result?.left ?? []).map((sentence) => plain(sentence, 200));
  const ended =
    rebalance.finishedAt === undefined
      ? 'running'
      : `${result?.kind ?? UNKNOWN}, ${instantOf(rebalance.finishedAt)}`;
  return frame({
    mode: plan.mode,
    title: `Decision · ${label(rebalance.id, 100)}`,
    body: [
      why(plan),
      `Decided ${instantOf(rebalance.at)}; ${ended}`,
      lines(modelVotes(plan.votes), 500),
      block([HEAD, ...view.weights.map(weightLine)], 900),
      grossLine(view),
    ].join('\n'),
    fields: [
      ...optional('Trimmed by risk', trimLines(plan.trims), 500),
      ...optional('Orders, at decision and filled', orders.map(orderLine), 700),
      ...optional('Stays', stayLines(plan), 500),
      ...optional('Left undone', left, 500),
      field('Turnover', percent(plan.turnover, 1, 'plain')),
      field('Verdict', verdictOf(view)),
    ],
    note: label(rebalance.accountNumber ?? UNKNOWN, 40),
  });
}

const HEAD = row([
  ['', 6, 'left'],
  ['HELD', 6, 'right'],
  ['MODELS', 6, 'right'],
  ['GROSS', 5, 'right'],
  ['FINAL', 5, 'right'],
]);

/** 6 + 6 + 6 + 5 + 5 and four spaces: 32 columns. */
function weightLine({ ticker, from, wanted, target, final }: WeightRow): string {
  const cell = (weight: number | undefined, width: number): string =>
    weight === undefined ? DASH : percentCell(weight, width, { digits: 1, sign: 'plain' });
  return row([
    [code(ticker), 6, 'left'],
    [cell(from, 6), 6, 'right'],
    [cell(wanted, 6), 6, 'right'],
    [cell(target, 5), 5, 'right'],
    [cell(final, 5), 5, 'right'],
  ]);
}

function grossLine({ portfolio: { grossBefore, grossAfter } }: DecisionView): string {
  const [before, after] = [grossBefore, grossAfter].map((sum) => percent(sum, 1, 'plain'));
  return before === after
    ? `-# The models want ${before} of equity together.`
    : `-# The models want ${before} together, MAX_GROSS allows ${after}.`;
}

function verdictOf({ verdict, rebalance }: DecisionView): string {
  const { refusal } = rebalance.plan;
  return refusal === undefined ? verdict : `${verdict}: ${plain(refusal, 300)}`;
}

function orderLine(order: OrderRow): string {
  const { side, ticker, planned, filled, priceAtDecision, averagePrice, state, reason } = order;
  const done =
    averagePrice === undefined ? state : `${quantity(filled)} at $${price(averagePrice)}`;
  const told = reason === undefined ? '' : ` (${plain(reason, 120)})`;
  return `${side} ${quantity(planned)} ${ticker} at $${price(priceAtDecision)}: ${done}${told}`;
}

function optional(name: string, all: readonly string[], max: number): readonly APIEmbedField[] {
  return all.length === 0 ? [] : [field(name, lines(all, max), false)];
}

/** Each lookback on its own. */
function rankingsEmbed({ rankings, rebalance }: DecisionView): APIEmbed {
  return frame({
    mode: rebalance.plan.mode,
    title: 'Rankings of that decision',
    body: rankings.slice(0, 3).map(rankingBlock).join('\n'),
    note: 'the whole record is in the file',
  });
}

function rankingBlock({ lookback, rankings, asOf, excluded }: Ranking): string {
  const rows = rankings.map(({ rank, ticker, momentum, close }) =>
    row([
      [String(rank), 2, 'right'],
      [code(ticker), 6, 'left'],
      [percentCell(momentum, 9), 9, 'right'],
      [price(close), 11, 'right'],
    ]),
  );
  const out = excluded.map(({ ticker }) => ticker).join(', ');
  const left = out === '' ? '' : `\n-# Too young: ${out}`;
  return `${lookback} sessions to ${asOf}${block(rows, 600)}${left}`;
}

/** Readable and complete; what a decision holds is no secret. */
function fileOf(record: Decision): TextFile {
  const name = record.id.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 80);
  return { name: `${name}.json`, text: `${JSON.stringify(record, inJson, 2)}\n` };
}

function inJson(_key: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}
