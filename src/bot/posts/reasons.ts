/** Reasons for a decision, in lines that the plan and the rebalance share. */
import type { Breach, Cause, ModelAllocation } from '#core/domain/decision.ts';
import type { PlanView } from '#core/views/plan.ts';
import { escape, label, percent, quantity, roughMoney } from '../format.ts';

const CAUSE_TEXT: Readonly<Record<Cause, string>> = {
  initial: 'First start of this account',
  monthly: 'First trading day of the month',
  weekly: 'First trading day of the week',
  regime: 'The regime changed',
  manual: 'Requested by a person',
};

/** `First trading day of the month; bars to 2026-11-20; bull, SPY +8.0% from its 200-day mean.` */
export function why({ cause, asOf, regime }: PlanView): string {
  const distance =
    regime.distance === undefined
      ? ''
      : `, SPY ${percent(regime.distance, 1)} from its 200-day mean`;
  return `${CAUSE_TEXT[cause]}; bars to ${asOf}; ${regime.kind}${distance}`;
}

/** One line per active model: its share and allocation; the others by name. */
export function modelVotes(votes: readonly ModelAllocation[]): readonly string[] {
  const active = votes.filter((vote) => vote.active).map(voteLine);
  const resting = votes.filter((vote) => !vote.active).map((vote) => label(vote.id));
  return resting.length === 0 ? active : [...active, `inactive: ${resting.join(', ')}`];
}

function voteLine({ id, share, leverage, weights }: ModelAllocation): string {
  const wants = [...weights].map(([ticker, weight]) => `${ticker} ${percent(weight, 0, 'plain')}`);
  const geared = leverage === 1 ? '' : ` × ${leverage}`;
  return `${label(id)} (${percent(share, 0, 'plain')}${geared}): ${wants.join(', ') || 'nothing'}`;
}

/** Reductions by the risk limits in the decision, one line each. */
export function trimLines(trims: readonly Breach[]): readonly string[] {
  return trims.map(({ rule, ticker, from, to, cash }) => {
    const what = ticker ?? 'the sum';
    const left = cash > 0 ? `, ${roughMoney(cash)} stays in cash` : '';
    return `${escape(rule)}: ${what} ${percent(from, 1, 'plain')} to ${percent(to, 1, 'plain')}${left}`;
  });
}

/** Positions not traded and the reasons: one line per reason, with all its tickers. */
export function unchangedLines({ unchanged, foreign }: PlanView): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { ticker, weight, why: reason } of unchanged) {
    const held = `${ticker} ${percent(weight, 1, 'plain')}`;
    byReason.set(reason, [...(byReason.get(reason) ?? []), held]);
  }
  const own = [...byReason].map(([reason, held]) => `${held.join(', ')}: ${escape(reason, 120)}`);
  const others = foreign.map(
    ({ ticker, qty }) => `${ticker} ${quantity(qty)}: not in the universe`,
  );
  return [...own, ...others];
}
