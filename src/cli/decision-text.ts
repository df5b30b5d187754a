/** One decision as text for a terminal. */
import type { Breach, Decision, ModelAllocation } from '#core/domain/decision.ts';
import { qtyToDecimal } from '#core/domain/units.ts';
import type { Weights } from '#core/domain/weights.ts';
import { orDash, percent, signedPercent, table, usd } from './text.ts';

/** A whole decision, in lines. */
export function decisionText(decision: Decision): string {
  const { asOf, regime, votes, verdict, plan } = decision;
  const distance = orDash(regime.distance, signedPercent);
  return [
    `As of ${asOf}: ${regime.kind}, SPY ${regime.close.toFixed(2)}, ${distance} from its mean`,
    '',
    table(votes.map(voteRow)),
    '',
    `Target, ${verdict.kind}: ${weightsText(verdict.weights)}`,
    ...(verdict.kind === 'refused' ? [verdict.reason] : []),
    ...verdict.breaches.map(breachText),
    '',
    ...ordersText(decision),
    ...plan.lines.flatMap(({ ticker, action, why }) =>
      action === 'stay' ? [`${ticker} stays: ${why ?? ''}`] : [],
    ),
    ...plan.foreign.map(({ ticker, qty }) => `${ticker} left alone: ${qtyToDecimal(qty)} held`),
  ].join('\n');
}

function voteRow({ id, active, share, weights }: ModelAllocation): readonly string[] {
  return [id, active ? percent(share) : 'inactive', active ? weightsText(weights) : ''];
}

function weightsText(weights: Weights): string {
  const parts = [...weights].map(([ticker, weight]) => `${ticker} ${percent(weight)}`);
  return parts.length === 0 ? 'all cash' : parts.join(', ');
}

function breachText({ rule, ticker, from, to, cash }: Breach): string {
  return `${rule}: ${ticker ?? 'the sum'} ${percent(from)} -> ${percent(to)}, leaves ${usd(cash)} in cash`;
}

function ordersText({ plan }: Decision): readonly string[] {
  if (plan.orders.length === 0) return ['No orders.'];
  const rows = plan.orders.map(({ side, qty, ticker, estimated }) => [
    side,
    qtyToDecimal(qty),
    ticker,
    usd(estimated),
  ]);
  return [table(rows)];
}
