import { describe, expect, it } from 'vitest';
import { proposalPost } from '#bot/posts/plan.ts';
import type { Proposal } from '#core/domain/decision.ts';
import { dollars } from '#core/domain/units.ts';
import { planRemarks, type RemarksInput } from '#core/engine/plan-remarks.ts';
import { proposalView } from '#core/views/plan.ts';
import { decision, intent } from '#tests/support/decision.ts';
import { person } from '#tests/support/person.ts';
import { ny } from '#tests/support/schedule.ts';
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

describe('the remarks about a plan', () => {
  const ID = 'manual-2024-07-15-1';
  const [SELL, BUY] = [intent(ID, 'sell', 'XLK', 10), intent(ID, 'buy', 'XLF', 10)];
  const told = (orders = [SELL, BUY], over: Partial<RemarksInput> = {}) =>
    planRemarks({
      decision: decision({ id: ID, orders }),
      limits: { maxOrder: dollars(10_000), maxOrdersPerDay: 60, maxTurnoverPerDay: 2 },
      ...{ today: [], now: ny('2024-07-15', '11:00'), openMs: 10 * 60_000 },
      ...over,
    });
  const at = (time: string) => ({ now: ny('2024-07-15', time) });

  it('name the hour from which there is no time for both sides', () => {
    expect(told(undefined, at('15:29'))).toEqual([]);
    expect(told(undefined, at('15:30'))).toHaveLength(1);
    expect(told([SELL], at('15:35'))).toEqual([]);
    expect(told([BUY], at('15:35'))).toEqual([]);
  });

  it('say when it cannot be approved, as orders are sent later', () => {
    const never =
      'Orders are sent from 09:35 New York to 15 minutes before the close: it expires before it can be approved.';
    expect(told([SELL], at('09:24'))).toEqual([never]);
    expect(told([SELL], at('09:26'))).toEqual(['It can be approved from 09:35 New York on.']);
    expect(told([SELL], at('09:35'))).toEqual([]);
    expect(told(undefined, at('15:45'))).toEqual([never]);
    expect(told(undefined, at('18:00'))).toEqual([never]);
  });

  it('name what is over a limit, not what is at it', () => {
    const limits = { maxOrder: dollars(1_000), maxOrdersPerDay: 2, maxTurnoverPerDay: 0.02 };
    expect(told(undefined, { limits })).toEqual([]);
    expect(told(undefined, { limits: { ...limits, maxOrder: dollars(999) } })).toHaveLength(2);
    expect(told(undefined, { limits: { ...limits, maxOrdersPerDay: 1 } })).toEqual([
      'Its 2 orders are more than MAX_ORDERS_PER_DAY (1): the rest would be sent on the next day.',
    ]);
    expect(told(undefined, { limits: { ...limits, maxTurnoverPerDay: 0.019_999_6 } })).toEqual([
      expect.stringMatching(/turn over \$2,000 today.*allows \(\$2,000/),
    ]);
  });

  it('name an order that no day’s turnover allows, and do not promise it for the next day', () => {
    const limits = { maxOrder: dollars(9_000), maxOrdersPerDay: 9, maxTurnoverPerDay: 0.01 };
    const large = { ...BUY, estimated: dollars(1_001) };
    expect(told([SELL, large], { limits })).toEqual([
      'buy XLF is about $1,001, more than MAX_TURNOVER_PER_DAY allows in a day ($1,000): it would not be sent.',
    ]);
    expect(told([SELL, BUY], { limits })).toEqual([
      expect.stringMatching(/turn over \$2,000 today.*the rest would be sent on the next day/),
    ]);
  });

  it('count the orders of the day, and say nothing of a plan without any', () => {
    const today = [{ intent: SELL, state: 'placed', tries: 1 }] as unknown as RemarksInput['today'];
    const limits = { maxOrder: dollars(1_000), maxOrdersPerDay: 2, maxTurnoverPerDay: 2 };
    expect(told(undefined, { limits, today })).toEqual([
      expect.stringMatching(/^Its 2 orders with the 1 of today are more/),
    ]);
    const none = { ...limits, maxOrdersPerDay: 0, maxTurnoverPerDay: 0.009 };
    expect(told([], { limits: none, today })).toEqual([]);
    expect(told([BUY], { limits: none })).toHaveLength(2);
  });
});
