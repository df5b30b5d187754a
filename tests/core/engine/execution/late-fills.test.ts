import { describe, expect, it } from 'vitest';
import type { AccountState, ManagedOrder } from '#core/domain/account-state.ts';
import { dollars, type EpochMs, epochMs, ticker, wholeShares } from '#core/domain/units.ts';
import {
  boughtAfterFlatten,
  mayBuyMore,
  sellLateFills,
} from '#core/engine/execution/late-fills.ts';
import type { Observer } from '#core/engine/parts.ts';
import { decision, intent } from '#tests/support/decision.ts';
import { book, NOW, observation } from '#tests/support/desk.ts';
import { type World, world } from '#tests/support/world.ts';

const BUY = intent('monthly-2026-11', 'buy', 'XLK', 30);
const SELL = intent('flatten-2026-11-10-1', 'sell', 'XLK', 100);

function managed(of: typeof BUY, changes: Partial<ManagedOrder> = {}): ManagedOrder {
  return {
    ...{ intent: of, at: NOW, tries: 1, sentAt: NOW, state: 'placed', refusal: undefined },
    ...{ order: undefined, fills: [], cancelRequestedBy: undefined, ...changes },
  };
}

const ordered = (of: typeof BUY, filled: number, status: 'canceled' | 'filled' | 'open') => ({
  ...{ id: of.clientOrderId, clientOrderId: of.clientOrderId, ticker: of.ticker, side: of.side },
  ...{ qty: of.qty, filledQty: wholeShares(filled), averagePrice: 100, status },
  ...{ brokerStatus: status, submittedAt: NOW, updatedAt: NOW },
});

const withOrders = (base: AccountState, ...orders: readonly ManagedOrder[]): AccountState => ({
  ...base,
  managedOrders: new Map(orders.map((each) => [each.intent.clientOrderId, each])),
});

describe('a cancelled buy', () => {
  const may = (changes: Partial<ManagedOrder>, of = BUY) =>
    mayBuyMore(withOrders(book(), managed(of, { cancelRequestedBy: 'ann', ...changes })));

  it('may still fill from its first POST until it is final and all of it is booked', () => {
    expect(may({ tries: 0, state: 'planned' })).toBe(false);
    expect(may({ state: 'sending' })).toBe(true);
    expect(may({ order: ordered(BUY, 0, 'open') })).toBe(true);
    expect(may({ order: ordered(BUY, 10, 'canceled') })).toBe(true);
    expect(may({ order: ordered(BUY, 0, 'canceled') })).toBe(false);
    expect(may({ state: 'refused' })).toBe(false);
  });

  it('counts beside others that are final', () => {
    const done = managed(SELL, { order: ordered(SELL, 100, 'filled') });
    const waiting = managed(BUY, { cancelRequestedBy: 'ann', state: 'sending' });
    expect(mayBuyMore(withOrders(book(), done, waiting))).toBe(true);
    expect(mayBuyMore(book())).toBe(false);
  });

  it('is none that nobody took back, and no sell', () => {
    expect(may({ state: 'sending', cancelRequestedBy: undefined })).toBe(false);
    expect(may({ state: 'sending' }, SELL)).toBe(false);
  });
});

/** Another ticker of the flatten, not sold yet. */
const OTHER = managed(intent('flatten-2026-11-10-1', 'sell', 'XLF', 90), { state: 'planned' });

describe('what was bought after everything was sold', () => {
  /** A flatten that found 100 XLK and sold `sold` of them; `held` are there now. */
  function boughtOf(
    held: number,
    {
      sold = 100,
      finished = true,
      id = 'flatten-2026-11-10-1',
      takenBack = false,
      found = 100,
      others = [] as readonly ManagedOrder[],
      boughtBy = 'rotor',
      resumedAt = undefined as EpochMs | undefined,
    } = {},
  ): readonly string[] {
    const holdings = {
      ...{ equity: dollars(10_000), cash: dollars(0) },
      positions: new Map(found === 0 ? [] : [[ticker('XLK'), wholeShares(found)]]),
    };
    const flatten = decision({ id, cause: 'manual', holdings, orders: [SELL] });
    const base = book();
    const lot = { qty: wholeShares(held), cost: dollars(0) };
    const state: AccountState = {
      ...base,
      resumedAt,
      rebalances: new Map([
        [
          id,
          {
            ...{ decision: flatten, at: NOW, finishedAt: finished ? NOW : undefined },
            result: undefined,
          },
        ],
      ]),
      ledger: { ...base.ledger, lots: new Map(held === 0 ? [] : [[ticker('XLK'), lot as never]]) },
    };
    return boughtAfterFlatten(
      withOrders(
        state,
        managed(BUY, {
          cancelRequestedBy: boughtBy === 'rotor' ? 'ann' : undefined,
          order: ordered(BUY, 30, 'canceled'),
        }),
        managed(SELL, {
          order: { ...ordered(SELL, 0, 'filled'), filledQty: wholeShares(sold) },
          cancelRequestedBy: takenBack ? 'ann' : undefined,
        }),
        ...others,
      ),
    );
  }

  it('is more than the flatten found and did not sell', () => {
    expect(boughtOf(30)).toEqual(['XLK']);
    expect(boughtOf(0)).toEqual([]);
    expect(boughtOf(40, { sold: 60 })).toEqual([]);
    expect(boughtOf(41, { sold: 60 })).toEqual(['XLK']);
    expect(boughtOf(30, { found: 0, sold: 0 })).toEqual(['XLK']);
  });

  it('is empty while the flatten runs, after it was undone, and after any other rebalance', () => {
    expect(boughtOf(30, { finished: false })).toEqual([]);
    expect(boughtOf(30, { takenBack: true })).toEqual([]);
    expect(boughtOf(30, { id: 'monthly-2026-12', found: 0 })).toEqual([]);
    expect(boughtOf(30, { takenBack: true, others: [OTHER] })).toEqual([]);
  });

  it('is empty once somebody resumed after the flatten, whatever stops buying later', () => {
    expect(boughtOf(30, { resumedAt: epochMs(NOW + 1) })).toEqual([]);
    expect(boughtOf(30, { resumedAt: NOW })).toEqual(['XLK']);
  });

  it('is counted by ticker, whatever else was sold or is still to be sold', () => {
    const sold = { order: ordered(OTHER.intent, 90, 'filled') };
    expect(boughtOf(40, { sold: 60, others: [managed(OTHER.intent, sold)] })).toEqual([]);
    expect(boughtOf(40, { sold: 60, others: [OTHER] })).toEqual([]);
    const unsent = managed(intent('flatten-2026-11-10-1', 'sell', 'XLK', 5), { state: 'planned' });
    const another = { ...unsent, intent: { ...unsent.intent, clientOrderId: 'another' } };
    expect(boughtOf(41, { sold: 60, others: [another] })).toEqual(['XLK']);
  });

  it('is nothing that no order of Rotor’s bought', () => {
    expect(boughtOf(30, { boughtBy: 'ann' })).toEqual([]);
  });

  it('is nothing before the first rebalance', () => {
    expect(boughtAfterFlatten(book())).toEqual([]);
  });
});

describe('what came late', () => {
  const observer = {
    ...{ now: () => undefined, bars: () => new Map(), last: () => observation() },
  } as unknown as Observer;
  /** A flatten that sold everything, and 30 XLK that a cancelled buy brought afterwards. */
  function late(symbol = 'XLK', held = 30): World {
    const made = world({ held: { [symbol]: held, XLF: 7 } });
    const bought = intent('monthly-2026-11', 'buy', symbol, 30);
    const { clientOrderId } = bought;
    const flatten = decision({ id: 'flatten-2026-11-10-1', cause: 'manual' });
    const done = { ...ordered(bought, 30, 'filled'), id: 'late' };
    const fill = { id: 'f', orderId: 'late', ticker: bought.ticker, side: 'buy' as const };
    made.parts.journal.append(
      { kind: 'intent', intent: bought },
      { kind: 'sending', clientOrderId, try: 1 },
      { kind: 'cancel-requested', clientOrderId, by: 'ann' },
      { kind: 'decision', decision: flatten },
      { kind: 'finished', decisionId: flatten.id, result: { kind: 'complete', left: [] } },
      { kind: 'state', state: 'REDUCE', by: 'ann', reason: 'flatten' },
      { kind: 'order', order: done },
      {
        kind: 'fill',
        clientOrderId,
        fill: { ...fill, qty: wholeShares(30), price: 100, at: made.clock.now() },
      },
    );
    return made;
  }
  const planned = (made: World) =>
    [...made.book().rebalances.values()].map(({ decision: { plan } }) =>
      plan.orders.map(({ side, ticker: of, qty }) => `${side} ${of} ${qty / 1e9}`),
    );

  it('is sold in a flatten of its own, and nothing else with it', async () => {
    const made = late();
    await sellLateFills(made.parts, observer);
    expect(planned(made)).toEqual([[], ['sell XLK 30']]);
    expect(made.managedOrders().map(({ state }) => state)).toEqual(['placed', 'planned']);
  });

  it('is left where trading was resumed or halted, without a request to the broker', async () => {
    for (const state of ['RUN', 'HALT'] as const) {
      const made = late();
      made.parts.journal.append({ kind: 'state', state, by: 'ann', reason: 'over' });
      made.broker.fail(new Error('asked'));
      await sellLateFills(made.parts, observer);
      expect(planned(made)).toEqual([[]]);
    }
  });

  it('is left where nothing came, it is not Rotor’s to trade, or it is gone already', async () => {
    const nothing = world();
    nothing.parts.journal.append({ kind: 'state', state: 'REDUCE', by: 'ann', reason: 'x' });
    nothing.broker.fail(new Error('asked'));
    await sellLateFills(nothing.parts, observer);
    const foreign = late('AAPL');
    foreign.broker.fail(new Error('asked'));
    await sellLateFills(foreign.parts, observer);
    const gone = late('XLK', 0);
    await sellLateFills(gone.parts, observer);
    expect([planned(foreign), planned(gone)]).toEqual([[[]], [[]]]);
  });

  it('is left where another plan was made during the requests', async () => {
    const made = late();
    made.answers.latestPrices = async (tickers) => {
      const other = decision({ id: 'monthly-2026-12', cause: 'monthly' });
      made.parts.journal.append({ kind: 'decision', decision: other });
      return made.broker.latestPrices(tickers);
    };
    await sellLateFills(made.parts, observer);
    expect(planned(made)).toEqual([[], []]);
  });

  it('is sold of what Rotor may trade although something else came late too', async () => {
    const made = late();
    const other = intent('monthly-2026-11', 'buy', 'AAPL', 5);
    const { clientOrderId } = other;
    const fill = { id: 'g', orderId: 'late-2', ticker: other.ticker, side: 'buy' as const };
    made.parts.journal.append(
      { kind: 'intent', intent: other },
      { kind: 'sending', clientOrderId, try: 1 },
      { kind: 'cancel-requested', clientOrderId, by: 'ann' },
      { kind: 'order', order: { ...ordered(other, 5, 'filled'), id: 'late-2' } },
      {
        kind: 'fill',
        clientOrderId,
        fill: { ...fill, qty: wholeShares(5), price: 50, at: made.clock.now() },
      },
    );
    await sellLateFills(made.parts, observer);
    expect(planned(made)).toEqual([[], ['sell XLK 30']]);
  });
});
