import { describe, expect, it } from 'vitest';
import { proposalPost } from '#bot/posts/plan.ts';
import type { Proposal } from '#core/domain/decision.ts';
import { dollars } from '#core/domain/units.ts';
import { proposalView } from '#core/views/plan.ts';
import { person } from '#tests/support/person.ts';
import { running, type World, type WorldOptions } from '#tests/support/world.ts';

/** A desk in the middle of a month that would sell XLK and XLE for XLU and XLY. */
async function planned(
  time: string,
  options: WorldOptions = {},
  prices: Readonly<Record<string, number>> = {},
): Promise<{ readonly desk: World; readonly plan: Proposal }> {
  const desk = await running({ cashUsd: 10_000, ...options });
  desk.target = ['XLU', 'XLY'];
  desk.goTo('2024-07-15', time);
  for (const [symbol, usd] of Object.entries(prices)) desk.broker.setPrice(symbol, usd);
  await desk.restart();
  const plan = await desk.engine.propose(person('ann'));
  if ('kind' in plan) throw new Error(plan.reason);
  return { desk, plan };
}

function told({ book, engine, clock }: World, { id }: Proposal): string | undefined {
  const view = proposalView(book(), engine.observation(), id, clock.now());
  const fields = view && proposalPost(view).embeds[0]?.fields;
  return fields?.find(({ name }) => name === 'Before you approve')?.value;
}

describe('the approver of a plan', () => {
  it('sees no remarks if it can be executed as shown', async () => {
    const { desk, plan } = await planned('11:00');
    expect(plan.remarks).toBeUndefined();
    expect(told(desk, plan)).toBeUndefined();
  });

  it('is warned before the press that its buys can be sent only in the next session', async () => {
    const { desk, plan } = await planned('15:31');
    expect(told(desk, plan)).toBe(
      'Approved after 15:40 New York, the sells are sent today and the buys only in the next session.',
    );
  });

  it('is told which order exceeds the allowed size', async () => {
    const limits = { maxOrder: dollars(5_000) };
    const { desk, plan } = await planned('11:00', { limits }, { XLK: 105 });
    expect(told(desk, plan)).toMatch(
      /^sell XLK is about \$5,\d{3}, over MAX_ORDER_USD \(\$5,000\): it would not be sent\./,
    );
  });

  it('is told that daily limits would delay the rest until the next day', async () => {
    const { desk, plan } = await planned('11:00', {
      limits: { maxOrdersPerDay: 3, maxTurnoverPerDay: 1.2 },
    });
    expect(told(desk, plan)).toMatch(
      /^Its 4 orders are more than MAX_ORDERS_PER_DAY \(3\): the rest would be sent on the next day\.\nIt would turn over \$19,\d{3} today, more than MAX_TURNOVER_PER_DAY allows \(\$12,000\): the rest would be sent on the next day\.$/,
    );
  });
});
