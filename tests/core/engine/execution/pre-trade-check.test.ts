/** What an order is checked against, right before it is sent. */
import { describe, expect, it } from 'vitest';
import type { LimitName } from '#core/domain/advice.ts';
import type { Decision } from '#core/domain/decision.ts';
import type { UnmanagedOrder } from '#core/domain/order.ts';
import { dollars, epochMs, qty, ticker, wholeShares } from '#core/domain/units.ts';
import {
  limitAlerts,
  limitsLifted,
  orderContextOf,
  preTradeCheck,
  takeSnapshot,
  withOrder,
} from '#core/engine/execution/pre-trade-check.ts';
import { CALENDAR } from '#core/engine/monitoring/calendar-check.ts';
import type { ExecutionParts } from '#core/engine/parts.ts';
import { RECONCILIATION } from '#core/engine/reconciliation/known-account.ts';
import { decision, intent } from '#tests/support/decision.ts';
import { account, alert, position } from '#tests/support/desk.ts';
import { reported } from '#tests/support/orders.ts';
import { at, START, type World, type WorldOptions, world } from '#tests/support/world.ts';

const ID = 'monthly-2024-07';
const [XLK, XLF] = [ticker('XLK'), ticker('XLF')];
const BUY = intent(ID, 'buy', 'XLK', 30);
const SELL = intent(ID, 'sell', 'XLF', 20);
const DECIDED = decision({
  ...{ id: ID, cause: 'monthly', orders: [BUY, SELL] },
  holdings: { equity: dollars(12_345), cash: dollars(1), positions: new Map() },
});

/** A desk that has not been started, with that decision in its books. */
function desk(options: WorldOptions = {}): World {
  const made = world({ held: { XLF: 20 }, cashUsd: 10_000, ...options });
  made.parts.journal.append({ kind: 'decision', decision: DECIDED });
  return made;
}

/** An order of ours that was sent, and stayed open at the broker unless `order` says otherwise. */
function sent(made: World, of = SELL, isKnown = true): void {
  const { clientOrderId } = of;
  made.parts.journal.append(
    { kind: 'intent', intent: of },
    { kind: 'sending', clientOrderId, try: 1 },
  );
  const times = { submittedAt: made.clock.now(), updatedAt: made.clock.now() };
  if (isKnown) made.parts.journal.append({ kind: 'order', order: reported(of, 0, times) });
}

describe('the snapshot before orders leave', () => {
  it('takes over a comparison that is a second old, and asks again when it is older', async () => {
    const made = desk();
    const compared = {
      ...{ differences: [], account: account(77), positions: [position('XLE', 7)] },
      ...{ unmanaged: [], askedAt: epochMs(START - 1_000) },
    };
    const taken = await takeSnapshot(made.parts, [XLK], compared);
    expect(taken).toMatchObject({ account: compared.account, positions: compared.positions });
    expect(taken.unmanaged).toBe(compared.unmanaged);
    const older = { ...compared, askedAt: epochMs(START - 1_001) };
    const asked = await takeSnapshot(made.parts, [XLK], older);
    expect(asked.account.cash).toBe(dollars(10_000));
    expect(asked.positions.map((each) => each.ticker)).toEqual([XLF]);
    expect(asked.unmanaged).toEqual([]);
    expect(asked.unmanaged).not.toBe(compared.unmanaged);
  });

  it('is refused for an account that is not the one of the journal', async () => {
    const made = desk();
    made.parts.journal.append({ kind: 'account', id: 'other', number: 'PA1', mode: 'SANDBOX' });
    await expect(takeSnapshot(made.parts, [XLK])).rejects.toThrow('belongs to PA1');
  });

  it('keeps cash for the open buys of other assets, and none for their sells', async () => {
    const made = desk();
    const other = (side: 'buy' | 'sell', usd: number | undefined): UnmanagedOrder => ({
      ...{ id: `${side} ${usd}`, name: 'BTC/USD', assetClass: 'crypto', side },
      worth: usd === undefined ? undefined : dollars(usd),
    });
    const orders = [other('buy', 300), other('buy', undefined), other('sell', 90), other('buy', 5)];
    made.answers.unmanagedOrders = async () => orders;
    expect((await takeSnapshot(made.parts, [XLK])).otherBuys).toBe(dollars(305));
  });

  it('has a price of everything that Rotor trades, and of every ticker with an open order', async () => {
    const made = desk();
    made.broker.setPrice('AAPL', 50);
    made.broker.openByHand(intent('by hand', 'buy', 'AAPL', 1));
    const { prices, openOrders } = await takeSnapshot(made.parts, [XLK]);
    expect(prices.get(ticker('AAPL'))?.price).toBe(50);
    expect([...prices.keys()]).toEqual(expect.arrayContaining([XLK, XLF, ticker('TLT')]));
    expect(openOrders).toMatchObject([{ ticker: 'AAPL' }]);
  });

  it('counts the account at fresh prices, and names an equity that contradicts them', async () => {
    const made = desk({ held: { XLF: 100 } });
    const broker = made.broker;
    // The broker's own value of the shares is of the day before.
    made.answers.positions = async () => [{ ...position('XLF', 100), marketValue: dollars(9_000) }];
    expect((await takeSnapshot(made.parts, [XLK])).contradiction).toBeUndefined();
    made.answers.account = async () => ({
      ...(await broker.account()),
      equity: dollars(19_000),
    });
    expect((await takeSnapshot(made.parts, [XLK])).contradiction).toEqual({
      ...{ stated: dollars(19_000), counted: dollars(20_000) },
    });
  });

  it('counts an order accepted since as open in full, and a buy as spent from the buying power', async () => {
    const made = desk();
    made.broker.openByHand(SELL);
    const snapshot = await takeSnapshot(made.parts, [XLK]);
    const filled = reported(BUY, 30, { status: 'filled', limitPrice: 101 });
    const whole = { ...filled, status: 'open', filledQty: qty(0) };
    const after = withOrder(snapshot, filled);
    expect(after.openOrders).toEqual([...snapshot.openOrders, whole]);
    const { buyingPower } = snapshot.account;
    expect(after.account).toEqual({
      ...{ ...snapshot.account, buyingPower: buyingPower - dollars(3_030) },
    });
    expect(withOrder(snapshot, reported(SELL, 20)).account).toEqual(snapshot.account);
  });
});

describe('what an order is checked against', () => {
  const contextOf = async (made: World, of: Decision = DECIDED, id?: string) => {
    const snapshot = await takeSnapshot(made.parts, [XLF, XLK]);
    return { snapshot, context: () => orderContextOf(made.parts, of, snapshot, XLK, id) };
  };

  it('is the account as it was asked for, the books, and the time now', async () => {
    const made = desk({ rules: { fractional: true } });
    made.answers.account = async () => ({ ...(await made.broker.account()), cash: dollars(9_000) });
    made.parts.journal.append({ kind: 'state', state: 'REDUCE', by: 'ann', reason: 'a look' });
    const { snapshot, context } = await contextOf(made);
    made.clock.set(epochMs(START + 7_000));
    const found = context();
    expect(found).toMatchObject({
      ...{ now: START + 7_000, askedAt: START, state: 'REDUCE' },
      ...{ asset: { ticker: 'XLK' }, closeDecidedOn: 100, planEquity: dollars(12_345) },
      ...{ bookCash: made.book().ledger.cash, flattening: false, defensive: 'TLT', today: [] },
      ...{ rules: { fractional: true }, account: { cash: dollars(9_000) } },
    });
    // The broker's clock has gone on as well.
    expect(found.market).toEqual({ ...snapshot.market, at: START + 7_000 });
    expect([
      found.own.has(XLK),
      found.own.has(ticker('TLT')),
      found.own.has(ticker('SPY')),
    ]).toEqual([true, true, false]);
    const flatten = decision({ id: 'flatten-2024-07-01', cause: 'manual' });
    expect(orderContextOf(made.parts, flatten, snapshot, XLK).flattening).toBe(true);
  });

  it('includes every other order of ours that may be at the broker, and not the order itself', async () => {
    const made = desk();
    sent(made, SELL, false);
    sent(made, BUY, false);
    const ids = ({ openOrders }: { openOrders: readonly { clientOrderId: string }[] }) =>
      openOrders.map(({ clientOrderId }) => clientOrderId);
    const { context } = await contextOf(made, DECIDED, BUY.clientOrderId);
    expect(ids(context())).toEqual([SELL.clientOrderId]);
    expect(context().today.map((each) => each.intent)).toEqual([SELL]);
    const { context: ofNone } = await contextOf(made);
    expect(ids(ofNone())).toEqual([SELL.clientOrderId, BUY.clientOrderId]);
  });

  it('knows which orders a person has set aside', async () => {
    const made = desk();
    sent(made, SELL);
    sent(made, intent(ID, 'sell', 'XLV', 1));
    const { clientOrderId } = SELL;
    made.parts.journal.append({ kind: 'set-aside', clientOrderId, by: 'ann' });
    const { context } = await contextOf(made);
    expect([...context().setAside]).toEqual([clientOrderId]);
  });
});

describe('the check of an order', () => {
  const checkOf = async (
    made: World,
    of = BUY,
    parts: ExecutionParts = made.parts,
    fixed?: { qty: typeof BUY.qty; limitPrice: string | undefined },
  ) => {
    const snapshot = await takeSnapshot(made.parts, [of.ticker]);
    return preTradeCheck(parts, DECIDED, { intent: of, sent: fixed }, snapshot);
  };

  it('sends an ordinary order at the price of this moment', async () => {
    const made = desk();
    const snapshot = await takeSnapshot(made.parts, [XLK]);
    made.broker.setPrice('XLK', 102);
    expect(
      await preTradeCheck(made.parts, DECIDED, { intent: BUY, sent: undefined }, snapshot),
    ).toEqual({ kind: 'send', terms: { qty: BUY.qty, limitPrice: '102.51' } });
  });

  it('repeats the terms of an earlier request under the same id', async () => {
    const fixed = { qty: wholeShares(20), limitPrice: '99' };
    const made = desk();
    expect(await checkOf(made, BUY, made.parts, fixed)).toEqual({ kind: 'send', terms: fixed });
  });

  it('waits while the journal cannot be trusted', async () => {
    const made = desk();
    const journal = { ...made.parts.journal, doubt: () => 'the chain breaks' };
    expect(await checkOf(made, SELL, { ...made.parts, journal })).toEqual({
      ...{ kind: 'wait', limit: 'journal', reason: 'the chain breaks' },
    });
  });

  it('waits while the calendars disagree, and with buys while the books do', async () => {
    const made = desk();
    const { journal } = made.parts;
    const block = (reason: string) => ({ kind: 'wait', limit: 'open problem', reason });
    journal.append({ kind: 'alert', alert: alert({ subject: RECONCILIATION, text: 'cash' }) });
    expect(await checkOf(made, BUY)).toEqual(block('cash'));
    expect(await checkOf(made, SELL)).toMatchObject({ kind: 'send' });
    journal.append({ kind: 'alert', alert: alert({ subject: CALENDAR, text: 'a half day' }) });
    expect(await checkOf(made, BUY)).toEqual(block('a half day'));
    expect(await checkOf(made, SELL)).toEqual(block('a half day'));
  });

  it('buys with real money only once somebody has read the evidence, and sells before', async () => {
    const made = desk({ mode: 'LIVE' });
    expect(await checkOf(made, BUY)).toMatchObject({ kind: 'wait', limit: 'evidence' });
    expect(await checkOf(made, SELL)).toMatchObject({ kind: 'send' });
    expect(await checkOf(desk({ mode: 'LIVE', hasReadEvidence: true }), BUY)).toMatchObject({
      kind: 'send',
    });
  });

  it('waits while an older order of the ticker is still called open, until it is set aside', async () => {
    const made = desk();
    const older = { ...intent('monthly-2024-06', 'sell', 'XLK', 5) };
    sent(made, older);
    sent(made, intent('monthly-2024-06', 'buy', 'XLK', 6));
    made.clock.set(at('2024-07-02', '09:36'));
    expect(await checkOf(made, BUY)).toEqual({
      ...{ kind: 'wait', limit: 'open order' },
      reason: 'the broker still calls an older sell of XLK open',
    });
    expect(await checkOf(made, SELL)).toMatchObject({ kind: 'send' });
    expect(await checkOf(made, { ...older, side: 'buy' })).toMatchObject({
      reason: 'the broker still calls an older buy of XLK open',
    });
  });

  it('does not wait for an order that is itself the one still called open', async () => {
    const made = desk();
    sent(made, SELL);
    made.clock.set(at('2024-07-02', '09:36'));
    const checked = await checkOf(made, SELL);
    expect(checked).not.toMatchObject({ limit: 'open order' });
  });
});

describe('the alerts about limits', () => {
  const held = (limit: LimitName, reason: string) => ({ kind: 'wait' as const, limit, reason });
  const texts = (made: World, waits: Record<string, ReturnType<typeof held>>) =>
    limitAlerts(made.parts, new Map(Object.entries(waits))).map((entry) =>
      entry.kind === 'alert' ? entry.alert.text : entry.kind,
    );

  it('are one for each limit, with every reason once', () => {
    expect(
      texts(desk(), {
        'buy XLK': held('cash', 'no cash'),
        'buy XLE': held('cash', 'no cash'),
        'sell XLF': held('price', 'XLF: no price'),
        'sell XLV': held('price', 'XLV: no price'),
      }),
    ).toEqual(['cash: no cash', 'price: XLF: no price; XLV: no price']);
  });

  it('are not raised for what is waited for every day', () => {
    const ordinary = [
      ...(['trading window', 'trading state', 'open problem', 'evidence'] as const),
      ...(['open order', 'stopping'] as const),
    ];
    for (const limit of ordinary)
      expect(texts(desk(), { 'buy XLK': held(limit, 'later') })).toEqual([]);
    expect(texts(desk(), { 'buy XLK': held('market', 'closed') })).toEqual(['market: closed']);
  });

  it('are raised again only for a ticker that the open one does not name', () => {
    const made = desk();
    const first = { 'sell XLF': held('price', 'XLF: no price') };
    made.parts.journal.append(...limitAlerts(made.parts, new Map(Object.entries(first))));
    expect(texts(made, first)).toEqual([]);
    expect(texts(made, { 'sell XLV': held('price', 'no price at all') })).toEqual([]);
    expect(texts(made, { ...first, 'sell XLV': held('price', 'XLV: no price') })).toEqual([
      'price: XLF: no price; XLV: no price',
    ]);
  });

  it('are resolved once orders can be sent again', () => {
    const made = desk();
    const waits = new Map([['buy XLK', held('cash', 'no cash')]]);
    made.parts.journal.append(...limitAlerts(made.parts, waits));
    made.parts.journal.append(...limitsLifted(made.parts));
    expect(made.book().alerts.size).toBe(0);
  });
});
