/** The full record of a decision: a summary that fits on a phone, everything in the file. */
import type { APIEmbed, APIEmbedField } from 'discord.js';
import type { Decision } from '#core/domain/decision.ts';
import type { Ranking } from '#core/domain/model.ts';
import type { DecisionView, WeightRow } from '#core/views/decision.ts';
import type { OrderRow } from '#core/views/rebalance.ts';
import type { TextFile } from '../discord/channel.ts';
import {
  block,
  code,
  DASH,
  escape,
  instantOf,
  label,
  lines,
  percent,
  price,
  quantity,
  row,
  UNKNOWN,
} from '../format.ts';
import { embed, field, type Post } from '../post.ts';
import { percentCell } from './figures.ts';
import { modelVotes, trimLines, unchangedLines, why } from './reasons.ts';

/** One decision: its reasons, result, rankings, and its record as a file. */
export function decisionPost(view: DecisionView): Post {
  const embeds = [recordEmbed(view), rankingsEmbed(view)];
  return { embeds, file: fileOf(view.record) };
}

function recordEmbed(view: DecisionView): APIEmbed {
  const { rebalance } = view;
  const { plan, result, orders } = rebalance;
  const left = (result?.left ?? []).map((sentence) => escape(sentence, 200));
  const ended =
    rebalance.finishedAt === undefined
      ? 'running'
      : `${result?.kind ?? UNKNOWN}, ${instantOf(rebalance.finishedAt)}`;
  return embed({
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
      ...optional('Unchanged', unchangedLines(plan), 500),
      ...optional('Not completed', left, 500),
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
  const before = percent(grossBefore, 1, 'plain');
  const after = percent(grossAfter, 1, 'plain');
  return before === after
    ? `-# Together the models want ${before} of equity.`
    : `-# Together the models want ${before}; MAX_GROSS allows ${after}.`;
}

function verdictOf({ verdict, rebalance }: DecisionView): string {
  const { refusal } = rebalance.plan;
  return refusal === undefined ? verdict : `${verdict}: ${escape(refusal, 300)}`;
}

function orderLine(order: OrderRow): string {
  const { side, ticker, planned, filled, priceAtDecision, averagePrice, state, reason } = order;
  const done =
    averagePrice === undefined ? state : `${quantity(filled)} at $${price(averagePrice)}`;
  const told = reason === undefined ? '' : ` (${escape(reason, 120)})`;
  return `${side} ${quantity(planned)} ${ticker} at $${price(priceAtDecision)}: ${done}${told}`;
}

function optional(name: string, all: readonly string[], max: number): readonly APIEmbedField[] {
  return all.length === 0 ? [] : [field(name, lines(all, max), false)];
}

/** Two lookbacks side by side, as many as the usual models have; their closes are in the file. */
function rankingsEmbed({ rankings, rebalance }: DecisionView): APIEmbed {
  const [left, right] = rankings;
  return embed({
    mode: rebalance.plan.mode,
    title: 'Rankings at the decision',
    body: lines([rankingBlock(left, right), ...rankings.flatMap(tooYoung)], 2000),
    note: 'the full record is in the file',
  });
}

function rankingBlock(left: Ranking | undefined, right: Ranking | undefined): string {
  const count = Math.max(left?.rankings.length ?? 0, right?.rankings.length ?? 0);
  const rows = Array.from({ length: count }, (_, index) =>
    rankLine(String(index + 1), rankCell(left, index), rankCell(right, index)),
  );
  return block([rankLine('', headOf(left), headOf(right)), ...rows], 900);
}

type RankCell = readonly [ticker: string, momentum: string];

function headOf(ranking: Ranking | undefined): RankCell {
  return ranking ? ['', `${ranking.lookback}d`] : ['', ''];
}

function rankCell(ranking: Ranking | undefined, index: number): RankCell {
  const ranked = ranking?.rankings[index];
  return ranked ? [code(ranked.ticker), percentCell(ranked.momentum, 8)] : ['', ''];
}

/** 2 + 4 + 8 + 1 + 4 + 8 and five spaces: 32 columns. */
function rankLine(
  rank: string,
  [ticker, momentum]: RankCell,
  [other, itsMomentum]: RankCell,
): string {
  return row([
    [rank, 2, 'right'],
    [ticker, 4, 'left'],
    [momentum, 8, 'right'],
    ['', 1, 'left'],
    [other, 4, 'left'],
    [itsMomentum, 8, 'right'],
  ]);
}

function tooYoung({ lookback, excluded }: Ranking): readonly string[] {
  if (excluded.length === 0) return [];
  return [
    `-# Less than ${lookback} sessions of history: ${excluded.map(({ ticker }) => ticker).join(', ')}`,
  ];
}

/** Readable and complete; a decision contains no secrets. */
function fileOf(record: Decision): TextFile {
  const name = record.id.replace(/[^A-Za-z0-9-]/g, '-').slice(0, 80);
  return { name: `${name}.json`, text: `${JSON.stringify(record, inJson, 2)}\n` };
}

function inJson(_key: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}
