/** A change of the cash that none of our orders explains, at the first refresh that shows it. */
import { describe, expect, it } from 'vitest';
import { cents, dollars } from '#core/domain/units.ts';
import { createCashWatch } from '#core/engine/reconciliation/cash-watch.ts';
import { ACCOUNT_ID, decision, intent } from '#tests/support/decision.ts';
import { account, observation } from '#tests/support/desk.ts';
import { execution, reported } from '#tests/support/orders.ts';
import { started, type World, world } from '#tests/support/world.ts';

const BUY = intent('monthly-2024-07', 'buy', 'XLK', 30);

const cashOf = (centsOff: number, own: { id?: string; connected?: boolean } = {}) => {
  const { id = ACCOUNT_ID, connected = true } = own;
  const cash = cents(dollars(10_000) + centsOff);
  return observation({
    account: account(10_000, { id, cash }),
    broker: { ...observation().broker, connected },
  });
};

const desk = () => started({ cashUsd: 10_000 });

describe('the watch over the cash', () => {
  it('tells every new amount once, and nothing while the cash is that of the books', async () => {
    const watch = createCashWatch((await desk()).parts);
    expect([watch(cashOf(0)), watch(cashOf(5)), watch(cashOf(5))]).toEqual([false, true, false]);
    expect([watch(cashOf(-5)), watch(cashOf(5))]).toEqual([true, true]);
  });

  it('allows a cent for each execution that is booked', async () => {
    const made = await desk();
    const fill = execution({ ...BUY, clientOrderId: 'by-hand' }, 'f1', 1, { price: 0.01 });
    made.parts.journal.append({ kind: 'external-fill', fill });
    const watch = createCashWatch(made.parts);
    // A cent was paid; the books allow one more.
    expect([watch(cashOf(0)), watch(cashOf(-2)), watch(cashOf(-3))]).toEqual([
      ...[false, false, true],
    ]);
    expect(watch(cashOf(1))).toBe(true);
  });

  it('says nothing of an account that is not seen, not known, or another one', async () => {
    const watch = createCashWatch((await desk()).parts);
    expect(watch(cashOf(5, { connected: false }))).toBe(false);
    expect(watch(cashOf(5, { id: 'other' }))).toBe(false);
    expect(watch({ ...cashOf(5), account: undefined })).toBe(false);
    const fresh = world();
    fresh.parts.journal.append({ kind: 'account', id: ACCOUNT_ID, number: 'P', mode: 'SANDBOX' });
    expect(createCashWatch(fresh.parts)(cashOf(5))).toBe(false);
  });

  it('waits while one of our orders may have changed it, and while a rebalance runs', async () => {
    const watching = (made: World) => createCashWatch(made.parts)(cashOf(5));
    const made = await desk();
    made.parts.journal.append({ kind: 'intent', intent: BUY });
    expect(watching(made)).toBe(true);
    made.parts.journal.append({ kind: 'order', order: reported(BUY, 0) });
    expect(watching(made)).toBe(false);
    const ended = reported(BUY, 0, { status: 'canceled', brokerStatus: 'canceled' });
    made.parts.journal.append({ kind: 'order', order: ended });
    expect(watching(made)).toBe(true);
    const decided = decision({ id: 'monthly-2024-07', cause: 'monthly' });
    made.parts.journal.append({ kind: 'decision', decision: decided });
    expect(watching(made)).toBe(false);
  });
});
