import { expect, it } from 'vitest';
import { sellIntents } from '#core/engine/execution/sell-intents.ts';
import { decision, intent } from '#tests/support/decision.ts';

it('the sells of a decision are recorded with it, its buys are not', () => {
  const [sold, bought] = [
    intent('initial-2026-11-10', 'sell', 'XLF', 10),
    intent('initial-2026-11-10', 'buy', 'XLK', 10),
  ];
  expect(sellIntents(decision({ orders: [bought, sold] }))).toEqual([
    { kind: 'intent', intent: sold },
  ]);
  expect(sellIntents(decision({ orders: [bought] }))).toEqual([]);
});
