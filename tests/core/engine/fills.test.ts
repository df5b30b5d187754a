import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advances, type Fill, isFinal, type Order, type OrderStatus } from '#core/domain/order.ts';
import { dollars, epochMs, qty, ticker, wholeShares } from '#core/domain/units.ts';
import { refreshOrders } from '#core/engine/execution/track-orders.ts';
import { intent } from '#tests/support/decision.ts';
import { sameBooks, started, type World, world } from '#tests/support/world.ts';

const ROTATION = { cashUsd: 10_000, held: { XLF: 100, XLV: 100 } } as const;

/** How a broker may tell the same facts: each page shuffled, rows repeated, hints lost or doubled. */
interface Telling {
  readonly seed: number;
  readonly repeat: number;
  readonly hints: 'lost' | 'once' | 'twice' | 'early';
  readonly parts: readonly number[];
}

const telling: fc.Arbitrary<Telling> = fc.record({
  seed: fc.nat(),
  repeat: fc.integer({ min: 1, max: 3 }),
  hints: fc.constantFrom('lost', 'once', 'twice', 'early'),
  parts: fc.shuffledSubarray([7, 13, 20, 25, 35], { minLength: 1 }),
});

/** A shuffle that depends on nothing but its seed. */
function shuffled<T>(rows: readonly T[], seed: number): readonly T[] {
  const keyed = rows.map((row, index) => ({ row, key: (seed * 7919 + index * 104_729) % 1_009 }));
  return keyed.sort((left, right) => left.key - right.key).map(({ row }) => row);
}

function tell(desk: World, { seed, repeat, hints, parts }: Telling): void {
  const page = <T>(rows: readonly T[]): readonly T[] =>
    shuffled(Array.from({ length: repeat }, () => rows).flat(), seed);
  desk.answers.orders = async (since) => page(await desk.broker.orders(since));
  desk.answers.fills = async (since) => page(await desk.broker.fills(since));
  desk.answers.onOrderUpdate = (listener) => {
    if (hints === 'early') listener({ clientOrderId: 'rotor-none', event: 'fill' });
    if (hints === 'lost') return () => {};
    const own = desk.broker.onOrderUpdate(listener);
    const again = hints === 'twice' ? desk.broker.onOrderUpdate(listener) : () => {};
    return () => {
      own();
      again();
    };
  };
  desk.broker.behave(({ ticker: of }) =>
    of === 'XLF' ? { kind: 'fills', parts } : { kind: 'whole' },
  );
}

describe('fills', () => {
  it('give the same ledger in any order: 1,000 permutations, repetitions and losses', async () => {
    await fc.assert(
      fc.asyncProperty(telling, async (how) => {
        const desk = await started(ROTATION);
        tell(desk, how);
        await desk.minutes(6);
        expect(sameBooks(desk)).toBe(true);
        const ids = desk.entries('fill').map(({ fill }) => fill.id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(desk.entries('external-fill')).toEqual([]);
        const [first] = desk.book().rebalances.values();
        expect(first?.result).toBeDefined();
      }),
      { numRuns: 1_000 },
    );
  });

  it('are booked as they arrive, part by part', async () => {
    const desk = await started({ cashUsd: 10_000, held: { XLF: 100 } });
    desk.broker.behave(({ side }) => (side === 'sell' ? { kind: 'open' } : { kind: 'whole' }));
    const id = intent('initial-2024-07-01', 'sell', 'XLF', 100).clientOrderId;
    const seen: number[] = [];
    desk.answers.orders = async (since) => {
      const order = desk.broker.accepted.find((each) => each.clientOrderId === id);
      if (order?.status === 'open') desk.broker.progress(id, { fill: 25 });
      return desk.broker.orders(since);
    };
    desk.parts.journal.onAppend(() => {
      seen.push((desk.book().managedOrders.get(id)?.order?.filledQty ?? 0) / 1e9);
    });
    await desk.minutes(5);
    expect(seen.filter((count) => count > 0).slice(0, 4)).toEqual(expect.arrayContaining([25]));
    expect(new Set(seen)).toEqual(new Set([0, 25, 50, 75, 100]));
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    expect(sameBooks(desk)).toBe(true);
  });

  it('that the broker lists later than its order are waited for', async () => {
    const desk = await started({ cashUsd: 10_000, held: { XLF: 100 } });
    const until = desk.clock.now() + 30_000;
    desk.answers.fills = async (since) =>
      desk.clock.now() < until ? [] : desk.broker.fills(since);
    await desk.minutes(5);
    const sell = desk.parts.journal.since(0, 1_000).find(({ entry }) => entry.kind === 'fill');
    expect(sell?.at).toBeGreaterThanOrEqual(until);
    expect(desk.posted()).toEqual(['sell XLF 100', 'buy XLK 99', 'buy XLE 99']);
    expect(sameBooks(desk)).toBe(true);
  });

  it('are of a known order also while the list of orders lags behind it', async () => {
    const desk = await started({ cashUsd: 10_000, held: { XLF: 100 } });
    desk.broker.behave(() => ({ kind: 'open' }));
    await desk.minutes(1);
    const id = desk.managedOrders()[0]?.intent.clientOrderId ?? '';
    expect(desk.managedOrders()[0]?.order?.filledQty).toBe(0);
    desk.answers.orders = async () => [];
    desk.broker.progress(id, { fill: 100 });
    await desk.minutes(2);
    expect(desk.entries('external-fill')).toEqual([]);
    expect(desk.entries('fill').map(({ clientOrderId }) => clientOrderId)).toEqual([id]);
  });

  it('first seen as foreign and then as ours change the ledger once', async () => {
    const desk = world(ROTATION);
    const mine = intent('d', 'buy', 'XLK', 10);
    const fill: Fill = {
      id: 'f1',
      orderId: 'o1',
      ticker: ticker('XLK'),
      side: 'buy',
      qty: wholeShares(10),
      price: 100,
      at: epochMs(0),
    };
    const { journal } = desk.parts;
    journal.append({ kind: 'intent', intent: mine }, { kind: 'external-fill', fill });
    const once = journal.book().ledger;
    journal.append({ kind: 'fill', clientOrderId: mine.clientOrderId, fill });
    expect(journal.book().ledger).toEqual(once);
    expect(once.cash).toBe(dollars(-1_000));
    expect(journal.book().managedOrders.get(mine.clientOrderId)?.fills).toHaveLength(1);
    expect(journal.book().externalFills).toEqual([]);
  });

  it('of foreign orders that the broker lists twice are told once', async () => {
    const desk = await started(ROTATION);
    await desk.minutes(3);
    const listed = desk.broker.fills;
    desk.answers.fills = async (since) => {
      const fills = await listed(since);
      return [...fills, ...fills];
    };
    desk.broker.tradeByHand({ ...intent('x', 'buy', 'XLU', 1), clientOrderId: 'by-hand' });
    await desk.minutes(20);
    const told = desk.entries('alert').filter(({ alert }) => alert.title === 'Traded by hand');
    expect(told).toHaveLength(1);
  });

  it('of foreign orders do not change our orders', async () => {
    const desk = await started(ROTATION);
    await desk.minutes(3);
    const before = desk.managedOrders();
    desk.broker.tradeByHand({ ...intent('x', 'buy', 'XLU', 1), clientOrderId: 'by-hand' });
    await refreshOrders(desk.parts, epochMs(0));
    expect(desk.managedOrders()).toEqual(before);
  });
});

const STATUSES: readonly OrderStatus[] = ['open', 'filled', 'canceled', 'expired', 'rejected'];

describe('the state of an order', () => {
  const news = fc.record({
    filled: fc.integer({ min: 0, max: 5 }),
    status: fc.constantFrom(...STATUSES),
    word: fc.constantFrom('new', 'pending_cancel', 'accepted'),
  });
  const orderOf = (each: { filled: number; status: OrderStatus; word: string }): Order => ({
    id: 'o',
    clientOrderId: 'c',
    ticker: ticker('XLK'),
    side: 'buy',
    qty: wholeShares(5),
    filledQty: qty(each.filled * 1e9),
    averagePrice: undefined,
    status: each.status,
    brokerStatus: each.status === 'open' ? each.word : each.status,
    submittedAt: epochMs(0),
    updatedAt: epochMs(0),
  });

  it('only moves forward: fills never shrink, and an end without news of fills is the end', () => {
    fc.assert(
      fc.property(fc.array(news, { minLength: 1, maxLength: 12 }), (all) => {
        let known: Order | undefined;
        for (const next of all.map(orderOf)) {
          if (!advances(known, next)) continue;
          expect(next.filledQty).toBeGreaterThanOrEqual(known?.filledQty ?? 0);
          if (known && isFinal(known)) expect(next.filledQty).toBeGreaterThan(known.filledQty);
          known = next;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('reaches the same filled quantity in whatever order the updates arrive', () => {
    fc.assert(
      fc.property(fc.array(news, { minLength: 1, maxLength: 8 }), fc.nat(), (all, seed) => {
        const fold = (list: readonly Order[]) =>
          list.reduce<Order | undefined>(
            (known, next) => (advances(known, next) ? next : known),
            undefined,
          )?.filledQty;
        const orders = all.map(orderOf);
        expect(fold(shuffled(orders, seed))).toBe(fold(orders));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('an execution reported twice under two ids', () => {
  it('changes the records once', async () => {
    const desk = await started(ROTATION);
    desk.answers.fills = async (since) =>
      (await desk.broker.fills(since)).flatMap((fill) => [
        fill,
        { ...fill, id: `${fill.id}-again` },
      ]);
    await desk.minutes(10);
    expect(desk.posted().filter((post) => post.startsWith('buy'))).toHaveLength(2);
    expect(sameBooks(desk)).toBe(true);
    expect(desk.book().alerts.size).toBe(0);
  });

  it('counts both of two equal parts that its order has filled', async () => {
    const desk = await started(ROTATION);
    desk.broker.behave(({ qty: size }) => {
      const half = Math.floor(size / 2e9);
      return { kind: 'fills', parts: [half, half] };
    });
    await desk.minutes(10);
    expect(sameBooks(desk)).toBe(true);
  });
});

describe('executions of an order that the broker does not show yet', () => {
  /** The answer to the first buy is lost, no list shows it until then, and each execution has two ids. */
  async function unseenUntil(minutes: number): Promise<World> {
    const desk = await started({ cashUsd: 10_000, held: { XLF: 100 } });
    const until = desk.clock.now() + minutes * 60_000;
    const { broker, answers } = desk;
    const isHidden = ({ ticker: of }: Order): boolean => of === 'XLK' && desk.clock.now() < until;
    answers.submit = async (order) => {
      const outcome = await broker.submit(order);
      const isLost = order.ticker === 'XLK' && outcome.kind === 'accepted';
      return isLost ? { kind: 'unknown', reason: 'no answer' } : outcome;
    };
    answers.orders = async (since) =>
      (await broker.orders(since)).filter((each) => !isHidden(each));
    answers.orderByClientId = async (id) =>
      (await answers.orders?.(epochMs(0)))?.find(({ clientOrderId }) => clientOrderId === id);
    answers.fills = async (since) =>
      (await broker.fills(since)).flatMap((fill) => [fill, { ...fill, id: `${fill.id}-again` }]);
    return desk;
  }

  it('wait for it: nobody traded by hand, and no difference is reported', async () => {
    const desk = await unseenUntil(8);
    await desk.minutes(6);
    expect(desk.alerts().map(({ title }) => title)).not.toContain(
      'Our records differ from the broker’s',
    );
    expect(desk.entries('external-fill')).toEqual([]);
    await desk.minutes(6);
    expect(desk.entries('external-fill')).toEqual([]);
    expect(desk.entries('alert').map(({ alert }) => alert.title)).not.toContain('Traded by hand');
    expect(sameBooks(desk)).toBe(true);
  });

  it('are not accepted as a difference: they would count twice once it is shown', async () => {
    const desk = await unseenUntil(8);
    await desk.minutes(6);
    expect(await desk.engine.adopt('ann')).toBe(
      'Nothing was accepted: the outcome of an order of XLK is not known yet.',
    );
    await desk.minutes(6);
    expect(desk.entries('adjustment')).toEqual([]);
    expect(sameBooks(desk)).toBe(true);
  });

  it('are booked as somebody’s trade once it can be shown no more, and are its own when it is', async () => {
    const desk = await unseenUntil(30);
    const calls = (): readonly string[] =>
      [...desk.book().alerts.values()].map(({ alert }) => alert.title);
    await desk.minutes(20);
    expect(calls()).toContain('Traded by hand');
    expect(desk.book().externalFills).not.toEqual([]);
    await desk.minutes(20);
    expect(calls()).not.toContain('Traded by hand');
    expect(desk.book().externalFills).toEqual([]);
  });
});
