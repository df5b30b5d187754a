/** Books that are compared with the broker’s, and what is done about a difference. */
import { describe, expect, it } from 'vitest';
import { openAlert } from '#core/domain/account-state.ts';
import type { Activity } from '#core/domain/activity.ts';
import { differenceHash } from '#core/domain/difference.ts';
import type { OrderIntent } from '#core/domain/order.ts';
import { cents, dollars, epochMs, qty, ticker, wholeShares } from '#core/domain/units.ts';
import { RECONCILIATION } from '#core/engine/reconciliation/known-account.ts';
import { createReconciler } from '#core/engine/reconciliation/reconcile-account.ts';
import { intent } from '#tests/support/decision.ts';
import { reported } from '#tests/support/orders.ts';
import {
  at,
  START,
  sameBooks,
  started,
  type World,
  type WorldOptions,
} from '#tests/support/world.ts';

const BUY = intent('monthly-2024-07', 'buy', 'XLK', 30);
const MINUTE = 60_000;
const DAY = 86_400_000;

async function desk(options: WorldOptions = {}) {
  const made = await started({ cashUsd: 10_000, held: { XLF: 100 }, ...options });
  const reconciler = createReconciler(made.parts);
  const told = () => openAlert(made.book(), RECONCILIATION)?.alert.text;
  return { made, reconciler, told };
}

/** One of our orders, as the broker last reported it at that moment. */
function reportedAt(made: World, updatedAt: number, of: OrderIntent = BUY): void {
  const done = { status: 'canceled' as const, brokerStatus: 'canceled' };
  made.parts.journal.append(
    { kind: 'intent', intent: of },
    { kind: 'order', order: reported(of, 0, { ...done, updatedAt: epochMs(updatedAt) }) },
  );
}

function cashOff(made: World, usd: number): void {
  made.answers.account = async () => {
    const account = await made.broker.account();
    return { ...account, cash: cents(account.cash + dollars(usd)) };
  };
}

describe('a difference soon after one of our orders', () => {
  it('of its ticker is not told for three minutes, though it is there', async () => {
    const { made, reconciler, told } = await desk();
    reportedAt(made, START);
    made.broker.give('XLK', 30);
    made.clock.set(epochMs(START + 3 * MINUTE - 1));
    const { differences } = await reconciler.reconcile();
    expect(differences).toHaveLength(1);
    expect([told(), reconciler.isSettling()]).toEqual([undefined, true]);
    made.clock.set(epochMs(START + 3 * MINUTE));
    await reconciler.reconcile();
    expect([told(), reconciler.isSettling()]).toEqual(['XLK: ours 0, broker 30', false]);
  });

  it('is not told either while the outcome of an order of that ticker is not known', async () => {
    const { made, reconciler, told } = await desk();
    made.parts.journal.append(
      { kind: 'intent', intent: BUY },
      { kind: 'sending', clientOrderId: BUY.clientOrderId, try: 1 },
    );
    made.broker.give('XLK', 30);
    made.clock.set(epochMs(START + 10 * MINUTE - 1));
    await reconciler.reconcile();
    expect(told()).toBeUndefined();
    made.clock.set(epochMs(START + 10 * MINUTE));
    await reconciler.reconcile();
    expect(told()).toBe('XLK: ours 0, broker 30');
  });

  it('of another ticker is told at once, and of the cash only without such an order', async () => {
    const { made, reconciler, told } = await desk();
    reportedAt(made, START);
    made.broker.give('XLV', 5);
    cashOff(made, -50);
    await reconciler.reconcile();
    expect([told(), reconciler.isSettling()]).toEqual(['XLV: ours 0, broker 5', true]);
  });

  it('is told in full while another one is open', async () => {
    const { made, reconciler, told } = await desk();
    made.broker.give('XLV', 5);
    await reconciler.reconcile();
    reportedAt(made, START);
    made.broker.give('XLK', 30);
    await reconciler.reconcile();
    expect(told()).toBe('XLV: ours 0, broker 5; XLK: ours 0, broker 30');
  });
});

describe('comparing the books', () => {
  it('is done when it was asked for, whatever it finds', async () => {
    const { made, reconciler } = await desk();
    expect([reconciler.comparedAt(), reconciler.isSettling()]).toEqual([undefined, false]);
    made.clock.set(epochMs(START + 5));
    const { askedAt } = await reconciler.reconcile();
    expect([askedAt, reconciler.comparedAt()]).toEqual([START + 5, START + 5]);
  });

  it('between two steps of a rebalance asks for movements only if something differs', async () => {
    const { made, reconciler, told } = await desk();
    let asked = 0;
    made.answers.activities = async () => {
      asked += 1;
      return made.broker.activities(epochMs(0));
    };
    expect((await reconciler.reconcileFills()).differences).toEqual([]);
    expect(asked).toBe(0);
    made.broker.happen({
      ...{ id: 'a', kind: 'deposit', ticker: undefined, qty: qty(0), cash: dollars(70), at: START },
    });
    expect((await reconciler.reconcileFills()).differences).toEqual([]);
    expect([asked, told(), sameBooks(made)]).toEqual([1, undefined, true]);
  });

  it('refuses an account that is not the one of the journal, and books nothing', async () => {
    const { made, reconciler } = await desk();
    made.answers.account = async () => ({ ...(await made.broker.account()), id: 'other' });
    made.broker.tradeByHand({ ...BUY, clientOrderId: 'by-hand' });
    await expect(reconciler.reconcile()).rejects.toThrow('belongs to');
    expect(made.entries('external-fill')).toEqual([]);
  });

  it('keeps one alert equal to the difference, and ends it only where there was one', async () => {
    const { made, reconciler, told } = await desk();
    await reconciler.reconcile();
    expect(made.entries('resolved')).toEqual([]);
    made.broker.give('XLV', 5);
    await reconciler.reconcile();
    await reconciler.reconcile();
    expect([made.alerts().length, told()]).toEqual([1, 'XLV: ours 0, broker 5']);
    made.broker.give('XLV', 6);
    await reconciler.reconcile();
    expect([made.alerts().length, told()]).toEqual([2, 'XLV: ours 0, broker 6']);
    made.answers.positions = async () =>
      (await made.broker.positions()).filter(({ ticker: held }) => held !== 'XLV');
    await reconciler.reconcile();
    expect([told(), made.entries('resolved').length]).toEqual([undefined, 1]);
  });

  it('gives an execution to our order although it was booked as a trade by hand', async () => {
    const { made, reconciler } = await desk();
    const order = made.broker.tradeByHand(BUY);
    const [fill] = made.broker.executed;
    if (!fill) throw new Error('no execution');
    made.parts.journal.append(
      { kind: 'external-fill', fill },
      { kind: 'intent', intent: BUY },
      { kind: 'order', order },
    );
    await reconciler.reconcile();
    expect(made.managedOrders()[0]?.fills).toEqual([fill]);
    expect(sameBooks(made)).toBe(true);
  });

  it('raises no alert about a trade that somebody else booked during the requests', async () => {
    const { made, reconciler } = await desk();
    made.broker.tradeByHand({ ...BUY, clientOrderId: 'by-hand' });
    made.answers.positions = async () => {
      made.answers.positions = undefined;
      const [fill] = made.broker.executed;
      if (fill) made.parts.journal.append({ kind: 'external-fill', fill });
      return made.broker.positions();
    };
    expect((await reconciler.reconcile()).differences).toEqual([]);
    expect([made.entries('external-fill').length, made.alerts().length]).toEqual([1, 0]);
  });

  it('writes off an order of unknown outcome after its session, and asks about no final one', async () => {
    const { made, reconciler } = await desk();
    const { clientOrderId } = BUY;
    made.parts.journal.append(
      { kind: 'intent', intent: BUY },
      { kind: 'sending', clientOrderId, try: 1 },
    );
    made.clock.set(at('2024-07-01', '16:31'));
    await reconciler.reconcile();
    expect(made.managedOrders()[0]).toMatchObject({
      ...{ state: 'refused', refusal: 'it never arrived at the broker' },
    });
    made.answers.orders = async () => {
      throw new Error('asked');
    };
    reportedAt(made, START, intent('monthly-2024-07', 'buy', 'XLE', 3));
    await expect(reconciler.reconcile()).resolves.toMatchObject({ differences: [] });
  });

  it('books what somebody else booked during the requests only once', async () => {
    const { made, reconciler } = await desk();
    const deposit: Activity = {
      ...{ id: 'a', kind: 'deposit', ticker: undefined, qty: qty(0), cash: dollars(70), at: START },
    };
    made.broker.happen(deposit);
    made.answers.positions = async () => {
      made.answers.positions = undefined;
      made.parts.journal.append({ kind: 'activity', activity: deposit });
      return made.broker.positions();
    };
    expect((await reconciler.reconcile()).differences).toEqual([]);
    expect(made.entries('activity')).toHaveLength(1);
  });

  it('follows up the orders that may still change, from the first of them on', async () => {
    const { made, reconciler } = await desk();
    const asked: number[] = [];
    made.answers.orders = async (since) => {
      asked.push(since);
      return made.broker.orders(since);
    };
    made.parts.journal.append({ kind: 'intent', intent: BUY });
    await reconciler.reconcile();
    expect(asked).toEqual([]);
    const other = intent('monthly-2024-07', 'buy', 'XLE', 3);
    made.clock.set(epochMs(START + MINUTE));
    made.parts.journal.append(
      { kind: 'intent', intent: other },
      { kind: 'sending', clientOrderId: other.clientOrderId, try: 1 },
      { kind: 'sending', clientOrderId: BUY.clientOrderId, try: 1 },
    );
    made.broker.openByHand(other);
    await reconciler.reconcile();
    expect(asked).toEqual([START - MINUTE]);
    expect(made.managedOrders().map(({ state }) => state)).toEqual(['sending', 'placed']);
  });

  it('asks once for corrections of the last 90 days while the same difference remains', async () => {
    const { made, reconciler, told } = await desk();
    const asked: number[] = [];
    made.answers.activities = async (since) => {
      asked.push((START - since) / DAY);
      return made.broker.activities(since);
    };
    cashOff(made, 70);
    const lookedBack = () => asked.filter((days) => days > 80).length;
    await reconciler.reconcile();
    expect(lookedBack()).toBe(0);
    await reconciler.reconcile();
    expect(lookedBack()).toBe(1);
    await reconciler.reconcile();
    expect(lookedBack()).toBe(1);
    cashOff(made, 71);
    await reconciler.reconcile();
    await reconciler.reconcile();
    expect(lookedBack()).toBe(2);
    made.answers.account = undefined;
    await reconciler.reconcile();
    await reconciler.reconcile();
    expect([lookedBack(), told()]).toEqual([2, undefined]);
  });
});

describe('accepting a difference', () => {
  it('is refused while the journal cannot be trusted', async () => {
    const { made } = await desk();
    made.broker.give('XLP', 7);
    const journal = { ...made.parts.journal, doubt: () => 'the chain breaks' };
    const reconciler = createReconciler({ ...made.parts, journal });
    expect(await reconciler.acceptDifference('ann')).toBe('the chain breaks');
    expect(made.entries('adjustment')).toEqual([]);
  });

  it('is refused for another account before anything is accepted', async () => {
    const { made, reconciler } = await desk();
    made.answers.account = async () => ({ ...(await made.broker.account()), id: 'other' });
    made.parts.journal.append({ kind: 'intent', intent: BUY });
    made.broker.openByHand({ ...BUY, qty: wholeShares(31) });
    await expect(reconciler.acceptDifference('ann')).rejects.toThrow('belongs to');
    expect(made.entries('recovered-order')).toEqual([]);
  });

  it('says what was accepted, and accepts only what was shown', async () => {
    const { made, reconciler, told } = await desk();
    expect(await reconciler.acceptDifference('ann')).toBe('Our records match the broker’s.');
    expect(await reconciler.acceptDifference('ann', 'another')).toBe(
      'Nothing was accepted: there is no difference any more.',
    );
    made.broker.give('XLP', 7);
    const text = 'XLP: ours 0, broker 7';
    expect(await reconciler.acceptDifference('ann', 'another')).toBe(
      `Nothing was accepted: the difference has changed since it was shown. ${text}`,
    );
    expect([told(), made.entries('adjustment').length]).toEqual([text, 0]);
    expect(await reconciler.acceptDifference('ann', differenceHash(text))).toBe(text);
    expect([told(), made.entries('adjustment').length]).toEqual([undefined, 1]);
  });

  it('is refused while an order of a ticker that differs is not shown yet, and only then', async () => {
    const { made, reconciler } = await desk();
    const sending = (of: OrderIntent) =>
      made.parts.journal.append(
        { kind: 'intent', intent: of },
        { kind: 'sending', clientOrderId: of.clientOrderId, try: 1 },
      );
    sending(intent('monthly-2024-07', 'buy', 'XLE', 5));
    made.broker.give('XLP', 7);
    // XLE is of unknown outcome, and does not differ.
    expect(await reconciler.acceptDifference('ann')).toBe('XLP: ours 0, broker 7');
    sending(BUY);
    made.broker.give('XLK', 30);
    made.broker.give('XLV', 2);
    expect(await reconciler.acceptDifference('ann')).toBe(
      'Nothing was accepted: the outcome of an order of XLK is not known yet.',
    );
    expect(made.entries('adjustment')).toHaveLength(1);
    // Ten minutes later it is an order that never arrived.
    made.clock.set(epochMs(START + 10 * MINUTE));
    expect(await reconciler.acceptDifference('ann')).toContain('XLK: ours 0, broker 30');
    expect(made.entries('adjustment')).toHaveLength(3);
  });

  it('takes an order of another installation under one of our ids for theirs', async () => {
    const { made, reconciler } = await desk();
    const { clientOrderId } = BUY;
    made.parts.journal.append(
      { kind: 'intent', intent: BUY },
      { kind: 'sending', clientOrderId, try: 1 },
    );
    made.broker.openByHand({ ...BUY, qty: wholeShares(31) });
    await reconciler.acceptDifference('ann');
    expect(made.entries('refused')).toMatchObject([{ clientOrderId }]);
    expect(made.entries('recovered-order')).toMatchObject([{ clientOrderId, by: 'ann' }]);
  });

  it('asks for no price that the broker’s positions have, and for none of the cash', async () => {
    const { made, reconciler } = await desk();
    made.answers.latestPrices = async () => {
      throw new Error('asked');
    };
    made.broker.give('XLP', 7);
    cashOff(made, -2);
    await reconciler.acceptDifference('ann');
    expect(made.entries('adjustment')).toHaveLength(2);
  });

  it('values shares by the broker’s price, else by the latest, and cash by itself', async () => {
    const { made, reconciler } = await desk();
    made.broker.give('XLP', 7);
    made.broker.setPrice('XLP', 60);
    made.broker.setPrice('XLF', 30);
    made.answers.positions = async () =>
      (await made.broker.positions()).filter(({ ticker: held }) => held === 'XLP');
    cashOff(made, -2);
    await reconciler.acceptDifference('ann');
    const worth = made.entries('adjustment').map((each) => [each.ticker, each.worth]);
    expect(worth).toEqual([
      [ticker('XLF'), dollars(-3_000)],
      [ticker('XLP'), dollars(420)],
      [undefined, dollars(-2)],
    ]);
  });

  it('leaves the worth open where there is no price', async () => {
    const { made, reconciler } = await desk();
    made.answers.positions = async () => [];
    made.answers.latestPrices = async () => new Map();
    await reconciler.acceptDifference('ann');
    expect(made.entries('adjustment')).toMatchObject([{ ticker: 'XLF', qty: -wholeShares(100) }]);
    expect(made.entries('adjustment')[0]).not.toHaveProperty('worth');
  });

  it('counts the shares of a split as no deposit', async () => {
    const { made, reconciler } = await desk();
    const holdings = new Map([[ticker('XLF'), { qty: wholeShares(100), value: dollars(10_000) }]]);
    const point = { session: '2024-06-28' as never, equity: dollars(20_000), benchmark: 1 };
    made.parts.journal.append({
      kind: 'equity',
      point: { ...point, cash: dollars(10_000), holdings },
    });
    made.broker.give('XLF', 200);
    made.broker.setPrice('XLF', 50);
    await reconciler.acceptDifference('ann');
    expect(made.entries('adjustment')).toMatchObject([{ qty: wholeShares(100), worth: 0 }]);
    // At an unchanged price the same shares are a deposit.
    const { made: other, reconciler: again } = await desk();
    other.parts.journal.append({
      kind: 'equity',
      point: { ...point, cash: dollars(10_000), holdings },
    });
    other.broker.give('XLF', 200);
    await again.acceptDifference('ann');
    expect(other.entries('adjustment')).toMatchObject([{ worth: dollars(10_000) }]);
  });

  it('ends the alert, and takes orders that the journal had lost as accepted', async () => {
    const { made, reconciler, told } = await desk();
    made.broker.tradeByHand(BUY);
    await reconciler.reconcile();
    await reconciler.acceptDifference('ann');
    expect(made.entries('recovered-order')).toMatchObject([
      { clientOrderId: BUY.clientOrderId, by: 'ann' },
    ]);
    expect([told(), sameBooks(made)]).toEqual([undefined, true]);
  });
});
