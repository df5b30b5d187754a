/** How a rebalance ends, and one whose time is over. */
import { describe, expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import { abandonRebalance, finish } from '#core/engine/execution/finish-rebalance.ts';
import { decision, intent } from '#tests/support/decision.ts';
import { alert } from '#tests/support/desk.ts';
import { at, START, type World, world } from '#tests/support/world.ts';

const ID = 'monthly-2024-07';
const BUY = intent(ID, 'buy', 'XLK', 30);
const SELL = intent(ID, 'sell', 'XLF', 20);
const DECIDED = decision({ id: ID, cause: 'monthly', orders: [SELL, BUY] });
const OPEN = { about: 'open-orders', decisionId: ID } as const;

function desk(): World {
  const made = world({ held: { XLF: 20 } });
  made.parts.journal.append({ kind: 'decision', decision: DECIDED });
  return made;
}

/** An order of it; `isKnown`: the broker has reported it as open. */
function sent(made: World, of: typeof BUY, isKnown = true): void {
  const { clientOrderId } = of;
  made.parts.journal.append(
    { kind: 'intent', intent: of },
    { kind: 'sending', clientOrderId, try: 1 },
  );
  const order = made.broker.openByHand(of);
  if (isKnown) made.parts.journal.append({ kind: 'order', order });
}

describe('the end of a rebalance', () => {
  it('is recorded once, whoever ended it first', () => {
    const made = desk();
    const result = { kind: 'partial', left: ['ended by ann'] } as const;
    made.parts.journal.append({ kind: 'finished', decisionId: ID, result });
    expect(finish(made.parts, DECIDED, [])).toEqual(result);
    expect([made.entries('finished').length, made.alerts().length]).toEqual([1, 0]);
  });

  it('says what is left, with the reason for the end first', () => {
    const made = desk();
    const left = ['sell XLF: not sent', 'buy XLK: not sent'];
    expect(finish(made.parts, DECIDED, ['too late'])).toEqual({
      ...{ kind: 'partial', left: ['too late', ...left] },
    });
    expect(made.entries('finished')).toMatchObject([{ result: { left: ['too late', ...left] } }]);
    expect(made.alerts()).toMatchObject([{ title: 'Not completed' }]);
  });

  it('is partial for a reason of its own, though every order was filled', () => {
    const made = desk();
    const none = decision({ id: ID, cause: 'monthly' });
    expect(finish(made.parts, none, ['too late'])).toEqual({
      ...{ kind: 'partial', left: ['too late'] },
    });
    expect(finish(desk().parts, none, [])).toEqual({ kind: 'complete', left: [] });
  });

  it('ends its own alerts about open orders and limits, which lapse unless it is complete', () => {
    const resolved = (orders: readonly (typeof BUY)[]) => {
      const made = desk();
      const other = { about: 'open-orders', decisionId: 'another' } as const;
      for (const subject of [OPEN, other, { about: 'limit', limit: 'cash' } as const])
        made.parts.journal.append({ kind: 'alert', alert: alert({ subject }) });
      finish(made.parts, decision({ id: ID, cause: 'monthly', orders }), []);
      return made.entries('resolved').map((each) => [each.subject.about, each.lapsed === true]);
    };
    expect(resolved([])).toEqual([
      ['open-orders', false],
      ['limit', false],
    ]);
    expect(resolved([BUY])).toEqual([
      ['open-orders', false],
      ['limit', true],
    ]);
  });
});

describe('a rebalance whose time is over', () => {
  it('keeps an order of unknown outcome that is there, and waits while it may fill', async () => {
    const made = desk();
    sent(made, BUY, false);
    expect(await abandonRebalance(made.parts, DECIDED)).toEqual({
      ...{ kind: 'waiting', reason: 'orders are still open at the broker' },
    });
    expect(made.managedOrders()[0]?.state).toBe('placed');
    expect(made.entries('finished')).toEqual([]);
  });

  it('books what filled since its first order before it says what is left', async () => {
    const made = desk();
    sent(made, SELL);
    made.clock.set(epochMs(START + 3_600_000));
    sent(made, BUY);
    made.broker.progress(SELL.clientOrderId, { fill: 20 });
    made.broker.progress(BUY.clientOrderId, { status: 'expired' });
    expect(await abandonRebalance(made.parts, DECIDED)).toEqual({
      kind: 'finished',
      result: {
        kind: 'partial',
        left: ['its time is over: MAX_CATCHUP_SESSIONS went by', 'buy XLK: not filled: expired'],
      },
    });
    expect(made.entries('fill')).toHaveLength(1);
  });

  it('looks up by its id what the list does not show, and only what was sent', async () => {
    const made = desk();
    sent(made, BUY, false);
    made.parts.journal.append({ kind: 'intent', intent: SELL });
    made.answers.orders = async () => [];
    const asked: string[] = [];
    made.answers.orderByClientId = async (id) => {
      asked.push(id);
      return made.broker.orderByClientId(id);
    };
    expect(await abandonRebalance(made.parts, DECIDED)).toMatchObject({ kind: 'waiting' });
    expect(asked).toEqual([BUY.clientOrderId]);
    expect(made.managedOrders().map(({ state }) => state)).toEqual(['placed', 'planned']);
  });

  it('is ended although an order of unknown outcome is not found', async () => {
    const made = desk();
    sent(made, BUY, false);
    made.answers.orders = async () => [];
    made.answers.orderByClientId = async () => undefined;
    expect(await abandonRebalance(made.parts, DECIDED)).toMatchObject({ kind: 'finished' });
    expect(made.managedOrders()[0]?.state).toBe('sending');
  });

  it('does not wait for an order that is open after its session', async () => {
    const made = desk();
    sent(made, BUY);
    made.clock.set(at('2024-07-02', '10:00'));
    expect(await abandonRebalance(made.parts, DECIDED)).toMatchObject({ kind: 'finished' });
  });

  it('names what held it back last, and who stopped trading', async () => {
    const made = desk();
    const subject = { about: 'limit', limit: 'cash' } as const;
    const { journal } = made.parts;
    journal.append(
      { kind: 'alert', alert: alert({ subject, text: 'cash: no cash' }) },
      { kind: 'alert', alert: alert() },
      { kind: 'state', state: 'HALT', by: 'ann', reason: 'a look' },
    );
    const ended = await abandonRebalance(made.parts, DECIDED);
    expect(ended.kind === 'finished' && ended.result.left.slice(1, 3)).toEqual([
      ...['last held back by cash: no cash', 'trading is HALT, set by ann'],
    ]);
  });
});
