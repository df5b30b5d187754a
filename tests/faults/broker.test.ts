/** Faults of group A: what the broker and the way to it can do. One test or more for each. */
import { describe, expect, it } from 'vitest';
import { modeOf } from '#core/broker/client.ts';
import type { Account } from '#core/domain/account.ts';
import { epochMs, wholeShares } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { parseConfig } from '#src/config.ts';
import { intent } from '#tests/support/decision.ts';
import { running, sameBooks, started, type World } from '#tests/support/world.ts';

const ROTATION = { cashUsd: 10_000, held: { XLF: 100 } } as const;
/** Too little cash to buy before the sell is filled. */
const POOR = { cashUsd: 1_000, held: { XLF: 100 } } as const;
const POSTED_POOR = ['sell XLF 100', 'buy XLK 54', 'buy XLE 54'];
const POSTED = ['sell XLF 100', 'buy XLK 99', 'buy XLE 99'];

/** Each client order id stands at the broker once, and our books are the broker's. */
function expectOnce(world: World): void {
  const ids = world.broker.accepted.map(({ clientOrderId }) => clientOrderId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(sameBooks(world)).toBe(true);
}

const result = (world: World) => [...world.book().rebalances.values()][0]?.result;

describe('A1: the broker refuses in words', () => {
  it('A1: a refused order is reported with the reason, the rest continues, and it is tried later', async () => {
    const world = await started(ROTATION);
    world.broker.behave(({ ticker: of }) =>
      of === 'XLK' ? { kind: 'refused', reason: 'asset "XLK" is halted' } : { kind: 'whole' },
    );
    await world.minutes(4);
    expect(world.posted()).toEqual(POSTED);
    expect(result(world)).toBeUndefined();
    expect(world.alerts().map(({ text }) => text)).toEqual([
      'buy XLK: The broker rejected it: the ticker cannot be traded there at present ' +
        '(“asset "XLK" is halted”).',
    ]);
    world.broker.behave(() => ({ kind: 'whole' }));
    await world.minutes(5);
    expect(world.posted()).toEqual([...POSTED, 'buy XLK 99']);
    expect(result(world)).toEqual({ kind: 'complete', left: [] });
    expectOnce(world);
  });

  it('A1: an order refused for what will not pass is reported at the end, and not sent again', async () => {
    const world = await started(ROTATION);
    const reason = 'asset "XLK" is not fractionable';
    world.broker.behave(({ ticker: of }) =>
      of === 'XLK' ? { kind: 'refused', reason } : { kind: 'whole' },
    );
    await world.minutes(10);
    expect(world.posted()).toEqual(POSTED);
    expect(result(world)?.left).toEqual([`buy XLK: not sent: refused: ${reason}`]);
    expectOnce(world);
  });

  it('A1: keys that are no longer accepted stop the cycle at the first order', async () => {
    const world = await started(ROTATION);
    let tries = 0;
    world.answers.submit = async () => {
      tries += 1;
      throw new TradingError('Alpaca order: 401 unauthorized', 'fix-config');
    };
    await world.minutes(4);
    expect(tries).toBe(1);
    expect(world.alerts()[0]?.text).toMatch(/401/);
  });
});

describe('A2: an order that did not reach the broker and was not answered', () => {
  it('A2: is looked up and then sent again under the same id', async () => {
    const world = await started(ROTATION);
    world.broker.behave((_intent, post) =>
      post === 1 ? { kind: 'never-arrives' } : { kind: 'whole' },
    );
    await world.minutes(3);
    const ids = world.broker.posts.map(({ clientOrderId }) => clientOrderId);
    expect(ids[1]).toBe(ids[0]);
    expect(world.posted()).toEqual(['sell XLF 100', ...POSTED]);
    expectOnce(world);
  });

  it('A2: while its outcome is unknown nothing else leaves, however long it takes', async () => {
    const world = await started(ROTATION);
    world.broker.behave(() => ({ kind: 'never-arrives' }));
    await world.minutes(30);
    expect(new Set(world.posted())).toEqual(new Set(['sell XLF 100']));
    world.broker.behave(() => ({ kind: 'whole' }));
    await world.minutes(10);
    expect(result(world)).toEqual({ kind: 'complete', left: [] });
    expectOnce(world);
  });

  it('A2: under HALT an order of unknown outcome is looked up, but not sent again', async () => {
    const world = await started(ROTATION);
    world.broker.behave(() => {
      world.engine.setState('HALT', 'ann', 'look');
      return { kind: 'never-arrives' };
    });
    await world.minutes(30);
    expect(world.posted()).toEqual(['sell XLF 100']);
  });

  it('A2: after the trading window an order of unknown outcome is not sent again', async () => {
    const world = await started(ROTATION);
    world.broker.behave(() => {
      world.goTo('2024-07-01', '15:50');
      return { kind: 'never-arrives' };
    });
    await world.minutes(30);
    expect(world.posted()).toEqual(['sell XLF 100']);
    world.broker.behave(() => ({ kind: 'whole' }));
    world.goTo('2024-07-02', '09:40');
    await world.minutes(10);
    expect(world.posted()).toEqual(['sell XLF 100', ...POSTED]);
    expectOnce(world);
  });
});

describe('A3: an order accepted but never answered', () => {
  it('A3: an order accepted but never answered is found by its id and not sent again', async () => {
    const world = await started(ROTATION);
    world.broker.behave(() => ({ kind: 'lost' }));
    await world.minutes(3);
    expect(world.posted()).toEqual(POSTED);
    expectOnce(world);
  });

  it('A3: a process that dies before it hears the answer finds the order at its next start', async () => {
    const world = await started(ROTATION);
    world.answers.submit = async (each) => {
      await world.broker.submit(each);
      throw new Error('killed');
    };
    await world.minutes(1);
    world.answers.submit = undefined;
    await world.restart();
    await world.minutes(5);
    expect(world.posted()).toEqual(POSTED);
    expectOnce(world);
  });
});

describe('A4: an accepted order that the broker does not list for a while', () => {
  it('A4: not being found proves nothing: nothing else leaves, and it is not doubled', async () => {
    const world = await started(ROTATION);
    const until = world.clock.now() + 20 * 60_000;
    const hidden = () => world.clock.now() < until;
    world.answers.orderByClientId = async (id) =>
      hidden() ? undefined : world.broker.orderByClientId(id);
    world.answers.orders = async (since) => (hidden() ? [] : world.broker.orders(since));
    world.broker.behave((_intent, post) => (post === 1 ? { kind: 'lost' } : { kind: 'whole' }));
    await world.minutes(15);
    expect(new Set(world.posted())).toEqual(new Set(['sell XLF 100']));
    expect(world.broker.accepted).toHaveLength(1);
    await world.minutes(20);
    expect(world.broker.accepted).toHaveLength(3);
    expectOnce(world);
  });

  it('A4: a fill that is listed before its order is booked once', async () => {
    const world = await started(ROTATION);
    const until = world.clock.now() + 6 * 60_000;
    const hidden = () => world.clock.now() < until;
    world.answers.orderByClientId = async (id) =>
      hidden() ? undefined : world.broker.orderByClientId(id);
    world.answers.orders = async (since) => (hidden() ? [] : world.broker.orders(since));
    world.broker.behave((_intent, post) => (post === 1 ? { kind: 'lost' } : { kind: 'whole' }));
    await world.minutes(1);
    await world.restart();
    await world.minutes(30);
    expect(world.broker.accepted).toHaveLength(3);
    expectOnce(world);
  });
});

describe('A5: an id that the broker knows already', () => {
  it('A5: with the same parameters is the order itself', async () => {
    const world = await started(POOR);
    world.answers.cancel = async () => undefined;
    world.broker.behave((each, post) => {
      if (post > 1) return { kind: 'whole' };
      world.broker.openByHand(each);
      return { kind: 'never-arrives' };
    });
    await world.minutes(1);
    expect(world.posted()).toEqual(['sell XLF 100']);
    world.broker.progress(world.broker.accepted[0]?.clientOrderId ?? '', { fill: 100 });
    await world.minutes(10);
    expect(world.broker.accepted).toHaveLength(3);
    expectOnce(world);
  });

  it.each([
    ['its lookup', true],
    ['the list of orders', false],
  ])('A5: with other parameters halts, as %s shows it', async (_name, byLookup) => {
    const world = await started(ROTATION);
    const strange = intent('initial-2024-07-01', 'sell', 'XLF', 40);
    world.broker.behave((_intent, post) => {
      if (post === 1) world.broker.openByHand(strange);
      return { kind: 'never-arrives' };
    });
    if (!byLookup) world.answers.orderByClientId = async () => undefined;
    await world.minutes(20);
    expect(world.book().state).toMatchObject({ state: 'HALT', by: 'rotor' });
    expect(world.book().state.reason).toMatch(/another order under this id/);
    expect(world.broker.accepted).toHaveLength(1);
  });
});

describe('A6: late news', () => {
  it('A6: a fill that comes after the cancel is booked, and counts towards the remainder', async () => {
    const world = await started(POOR);
    world.answers.cancel = async () => undefined;
    world.broker.behave((_intent, post) => (post === 1 ? { kind: 'open' } : { kind: 'whole' }));
    const first = intent('initial-2024-07-01', 'sell', 'XLF', 100).clientOrderId;
    await world.minutes(1);
    world.broker.progress(first, { fill: 30, status: 'canceled' });
    await world.minutes(10);
    expect(world.posted()[1]).toBe('sell XLF 70');
    world.broker.progress(first, { fill: 5, status: 'canceled' });
    await world.minutes(25);
    expect(world.book().managedOrders.get(first)?.order?.filledQty).toBe(wholeShares(35));
    expectOnce(world);
  });

  it('A6: a fill that was booked as somebody’s is the order’s once the order is known', async () => {
    const world = await started(POOR);
    await world.minutes(20);
    const ours = intent('monthly-2024-08-01', 'sell', 'XLF', 5);
    const { clientOrderId } = ours;
    world.broker.openByHand(ours);
    world.broker.progress(clientOrderId, { fill: 5, status: 'filled' });
    await world.minutes(20);
    expect(world.entries('external-fill')).toHaveLength(1);
    const order = await world.broker.orderByClientId(clientOrderId);
    if (!order) throw new Error('the broker has no such order');
    world.parts.journal.append({ kind: 'intent', intent: ours }, { kind: 'order', order });
    const held = world.book().ledger;
    await world.minutes(20);
    const managed = world.book().managedOrders.get(clientOrderId);
    expect(managed?.fills.map(({ qty }) => qty)).toEqual([wholeShares(5)]);
    expect(world.book().ledger).toEqual(held);
  });

  it('A6: a fill of the next day is booked when the market opens', async () => {
    const world = await started(POOR);
    world.answers.cancel = async () => undefined;
    world.broker.behave(() => ({ kind: 'open' }));
    await world.minutes(15);
    world.goTo('2024-07-02', '09:31');
    world.broker.progress(world.broker.accepted[0]?.clientOrderId ?? '', { fill: 100 });
    world.broker.behave(() => ({ kind: 'whole' }));
    world.goTo('2024-07-02', '09:36');
    await world.minutes(10);
    expect(world.posted()).toEqual(POSTED_POOR);
    expectOnce(world);
  });

  it('A6: an order stuck in pending_cancel stays open, and what depends on it waits', async () => {
    const world = await started(POOR);
    world.answers.cancel = async () => undefined;
    world.broker.behave(() => ({ kind: 'open' }));
    await world.minutes(1);
    const id = world.broker.accepted[0]?.clientOrderId ?? '';
    world.broker.progress(id, { status: 'open', word: 'pending_cancel' });
    await world.minutes(120);
    expect(world.posted()).toEqual(['sell XLF 100']);
    expect(world.book().managedOrders.get(id)?.order).toMatchObject({
      status: 'open',
      brokerStatus: 'pending_cancel',
    });
  });

  it('A6: an order that was replaced by hand is not followed by a remainder', async () => {
    const world = await started(POOR);
    world.answers.cancel = async () => undefined;
    world.broker.behave(({ side }) => (side === 'sell' ? { kind: 'open' } : { kind: 'whole' }));
    await world.minutes(1);
    const id = world.broker.accepted[0]?.clientOrderId ?? '';
    world.broker.progress(id, { fill: 10, status: 'replaced' });
    await world.minutes(15);
    expect(world.posted().filter((post) => post.startsWith('sell'))).toEqual(['sell XLF 100']);
    expect(result(world)?.left).toContain('sell XLF: 10 of 100 filled, then replaced by somebody');
  });
});

describe('A7: partial fills', () => {
  it('A7: the rest is sent three times more, each under its own number, and then told', async () => {
    const world = await started(ROTATION);
    world.broker.behave(({ side }) =>
      side === 'sell' ? { kind: 'fills', parts: [10] } : { kind: 'whole' },
    );
    await world.minutes(5);
    expect(world.posted().slice(0, 4)).toEqual([
      'sell XLF 100',
      'sell XLF 90',
      'sell XLF 80',
      'sell XLF 70',
    ]);
    expect(result(world)?.left).toContain('sell XLF: 40 of 100 filled, then expired');
    expectOnce(world);
  });
});

describe('A8: the stream', () => {
  it('A8: a stream that repeats, reorders and names unknown orders changes nothing', async () => {
    const world = await started(ROTATION);
    world.answers.onOrderUpdate = (listener) => {
      for (const event of ['fill', 'new', 'fill', 'whatever']) {
        listener({ clientOrderId: 'rotor-unknown', event });
      }
      return world.broker.onOrderUpdate(listener);
    };
    await world.minutes(3);
    expect(world.posted()).toEqual(POSTED);
    expectOnce(world);
  });
});

describe('A9: a silent stream', () => {
  it('A9: a fill that no hint tells of is found within 60 s of the market', async () => {
    const world = await started(POOR);
    world.answers.cancel = async () => undefined;
    world.answers.onOrderUpdate = () => () => {};
    world.answers.streaming = () => false;
    world.broker.behave((_intent, post) => (post === 1 ? { kind: 'open' } : { kind: 'whole' }));
    const fillsAt = world.clock.now() + 90_000;
    let filledAt = 0;
    world.answers.orders = async (since) => {
      const first = world.broker.accepted[0];
      if (first?.status === 'open' && world.clock.now() >= fillsAt) {
        filledAt = world.clock.now();
        world.broker.progress(first.clientOrderId, { fill: 100 });
      }
      return world.broker.orders(since);
    };
    await world.minutes(3);
    const booked = world.parts.journal.since(0, 1_000).find(({ entry }) => entry.kind === 'fill');
    expect(filledAt).toBeGreaterThan(0);
    expect((booked?.at ?? Infinity) - fillsAt).toBeLessThanOrEqual(60_000);
  });
});

describe('A10: too many requests', () => {
  it('A10: a storm of 429 in the middle of a rebalance delays it and doubles nothing', async () => {
    const world = await started(ROTATION);
    world.broker.behave((_intent, post) => {
      if (post === 2) world.broker.fail(new TradingError('Alpaca: 429', 'retry'));
      return { kind: 'lost' };
    });
    await world.minutes(10);
    world.broker.fail(undefined);
    await world.minutes(15);
    expect(world.posted()).toEqual(POSTED);
    expectOnce(world);
  });

  it('A10: a whole rebalance that waits for its fills asks at most 60 times a minute', async () => {
    const world = await started({ cashUsd: 10_000, held: { XLF: 100, XLV: 100, XLI: 100 } });
    const asked: number[] = [];
    const counted = ['account', 'positions', 'clock', 'openOrders', 'orders', 'fills'] as const;
    for (const name of counted) {
      const own = world.broker[name];
      Reflect.set(world.answers, name, (...all: [never]) => {
        asked.push(world.clock.now());
        return own(...all);
      });
    }
    world.broker.behave(() => ({ kind: 'open' }));
    await world.minutes(20);
    const busiest = Math.max(
      ...asked.map((from) => asked.filter((each) => each >= from && each < from + 60_000).length),
    );
    expect(busiest).toBeGreaterThan(10);
    expect(busiest).toBeLessThanOrEqual(60);
  });
});

describe('A11: refused later', () => {
  it('A11: an order accepted and rejected afterwards is tried again as a refused one is, and reported', async () => {
    const world = await started(ROTATION);
    world.broker.behave(({ ticker: of }) => (of === 'XLK' ? { kind: 'open' } : { kind: 'whole' }));
    world.answers.orders = async (since) => {
      for (const { ticker: of, status, clientOrderId } of world.broker.accepted) {
        if (of === 'XLK' && status === 'open')
          world.broker.progress(clientOrderId, { status: 'rejected' });
      }
      return world.broker.orders(since);
    };
    await world.minutes(20);
    expect(result(world)).toBeUndefined();
    expect(world.alerts().map(({ text }) => text)).toEqual([
      expect.stringContaining('Still to do: buy XLK.'),
    ]);
    await world.minutes(30);
    const again = ['buy XLK 99', 'buy XLK 99', 'buy XLK 99'];
    expect(world.posted()).toEqual([...POSTED, ...again]);
    expect(result(world)?.left).toEqual(['buy XLK: not filled: rejected']);
    expectOnce(world);
  });

  it('A11: an asset that cannot be traded waits by itself, and is reported', async () => {
    const world = await started(ROTATION);
    world.answers.assets = async (tickers) =>
      tickers.map((of) => ({ ticker: of, tradable: of !== 'XLK', fractionable: true }));
    await world.minutes(3);
    expect(world.posted()).toEqual(['sell XLF 100', 'buy XLE 99']);
    expect(world.alerts()[0]?.text).toBe('asset: XLK cannot be traded at the broker');
  });
});

describe('A12: what people do in the account', () => {
  it('A12: a trade by hand is booked with its cause and reported', async () => {
    const world = await running(ROTATION);
    world.broker.tradeByHand({ ...intent('x', 'buy', 'XLU', 1), clientOrderId: 'by-hand' });
    await world.minutes(25);
    expect(world.entries('external-fill')).toHaveLength(1);
    expect(world.alerts().map(({ title }) => title)).toEqual(['Traded by hand']);
    expectOnce(world);
  });

  it('A12: another account behind the same keys is refused at the start', async () => {
    const world = await running(ROTATION);
    world.answers.account = async () => ({
      ...(await world.broker.account()),
      id: 'ffffffff-0000-4000-8000-000000000002',
      number: 'PA3OTHER0002',
    });
    await expect(world.restart()).rejects.toMatchObject({
      remedy: 'fix-config',
      message: expect.stringMatching(/belongs to PA3FAKE00001, the keys open PA3OTHER0002/),
    });
  });

  it('A12: another account that answers only after the start gets no order', async () => {
    const world = await running(ROTATION);
    const posts = world.posted().length;
    world.goTo('2024-08-01', '09:36');
    world.target = ['XLU'];
    world.broker.fail(new TradingError('Alpaca: no answer', 'retry'));
    await world.restart();
    world.broker.fail(undefined);
    world.answers.account = async () => ({
      ...(await world.broker.account()),
      id: 'ffffffff-0000-4000-8000-000000000002',
    });
    world.clock.set(epochMs(world.clock.now() + 10 * 60_000));
    await world.engine.wake();
    await world.engine.wake();
    expect(world.posted()).toHaveLength(posts);
    expect(world.book().rebalances.size).toBe(1);
  });
});

describe('A13: the account is blocked', () => {
  it('A13: in the middle of a cycle: no further order, and it continues when it is free', async () => {
    const world = await started(ROTATION);
    const blocked = async (): Promise<Account> => ({
      ...(await world.broker.account()),
      status: 'ACCOUNT_CLOSED',
      blocked: true,
    });
    world.broker.behave(() => {
      world.answers.account = blocked;
      return { kind: 'whole' };
    });
    await world.minutes(10);
    expect(world.posted()).toEqual(['sell XLF 100']);
    expect(world.alerts().map(({ text }) => text)).toEqual([
      'account: the account is ACCOUNT_CLOSED and blocked',
    ]);
    world.answers.account = undefined;
    world.broker.behave(() => ({ kind: 'whole' }));
    await world.minutes(10);
    expect(world.posted()).toEqual(POSTED);
    expect(world.book().alerts.size).toBe(0);
  });
});

const KEYS = {
  ALPACA_KEY_ID: 'PK00000000',
  ALPACA_SECRET_KEY: 'secret',
  DISCORD_TOKEN: 'token',
  DISCORD_GUILD_ID: '123456789012345678',
  DISCORD_CHANNEL_ID: '123456789012345678',
};

describe('A14: paper and live', () => {
  it.each([
    ['live keys at the paper address', 'AK00000000', 'https://paper-api.alpaca.markets', undefined],
    [
      'paper keys at the live address',
      'PK00000000',
      'https://api.alpaca.markets',
      'yes-real-money',
    ],
    ['live without the second switch', 'AK00000000', 'https://api.alpaca.markets', undefined],
  ])('A14: %s are refused before any socket opens', (_name, key, address, live) => {
    const env = { ...KEYS, ALPACA_KEY_ID: key, ALPACA_API_BASE: address, ALPACA_LIVE: live };
    expect(() => parseConfig(env)).toThrow(/ALPACA/);
  });

  it('A14: the mode is read from the address alone', () => {
    expect(modeOf('https://api.alpaca.markets')).toBe('LIVE');
    expect(modeOf('https://paper-api.alpaca.markets')).toBe('PAPER');
    expect(modeOf('http://127.0.0.1:1')).toBe('SANDBOX');
  });
});
