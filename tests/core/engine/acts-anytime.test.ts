/** People act at any moment of a rebalance, between any two steps of the machine. */
import { describe, expect, it } from 'vitest';
import type { AccountState } from '#core/domain/account-state.ts';
import type { OrderIntent } from '#core/domain/order.ts';
import { sameBooks, started, type World } from '#tests/support/world.ts';

const HELD = { cashUsd: 10_000, held: { XLF: 50, XLV: 50 } } as const;
/** More turns of the innermost queue than a rebalance takes. */
const TURNS = 900;
const STEP = 11;
/** For what must hold between any two lines. */
const FINE_STEP = 3;

async function later(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
}

/** Some fill whole, some in parts, some stay open until somebody cancels them, some answers are lost. */
function mixed(seed: number) {
  return (order: OrderIntent, post: number) => {
    const kind = (seed + post) % 5;
    if (kind === 0) return { kind: 'open' as const };
    if (kind === 1 && order.qty >= 2e9 && order.attempt === 1) {
      return { kind: 'fills' as const, parts: [1] };
    }
    if (kind === 2) return { kind: 'lost' as const };
    return { kind: 'whole' as const };
  };
}

/** A rebalance under way; the act comes after so many turns. Then the broker fills everything. */
async function actedAt(turns: number, act: (desk: World) => unknown, seed = turns): Promise<World> {
  const desk = await started(HELD);
  desk.broker.behave(mixed(seed));
  const under = desk.engine.wake();
  await later(turns);
  const acted = Promise.resolve(act(desk));
  await Promise.all([under, acted]);
  desk.broker.behave(() => ({ kind: 'whole' }));
  return desk;
}

/** Orders that the broker left open are filled or gone by the evening, as day orders are. */
async function evening(desk: World): Promise<void> {
  for (const { clientOrderId, status } of desk.broker.accepted) {
    if (status === 'open') desk.broker.progress(clientOrderId, { status: 'expired' });
  }
  await desk.minutes(25);
}

function faultsOf(desk: World): readonly string[] {
  const ids = desk.broker.accepted.map(({ clientOrderId }) => clientOrderId);
  const short = [...desk.broker.ledger().lots.values()].some(({ qty }) => qty < 0);
  return [
    ...(new Set(ids).size === ids.length ? [] : ['an order stands twice at the broker']),
    ...(sameBooks(desk) ? [] : ['our records differ from the broker’s']),
    ...(short ? ['something was sold short'] : []),
    ...(desk.broker.ledger().cash >= 0 ? [] : ['cash is negative']),
    ...sentAgain(desk.book()),
  ];
}

/** What was taken back has no follow-up. */
function sentAgain({ managedOrders }: AccountState): readonly string[] {
  return [...managedOrders.values()].flatMap(({ cancelRequestedBy, intent }) => {
    if (cancelRequestedBy === undefined) return [];
    const next = intent.clientOrderId.replace(/\d+$/, String(intent.attempt + 1));
    return managedOrders.has(next) ? [`${intent.clientOrderId} was taken back and sent again`] : [];
  });
}

const every = (step: number): readonly number[] =>
  Array.from({ length: Math.ceil(TURNS / step) }, (_each, index) => index * step);

describe('at any moment of a rebalance', () => {
  it('HALT lets no POST begin after it, and RUN carries the rest out once', async () => {
    for (const turn of every(FINE_STEP)) {
      const desk = await actedAt(turn, (each) => each.engine.halt('ann', 'look'));
      await desk.minutes(3);
      const kinds = desk.parts.journal.since(0, 10_000).map(({ entry }) => entry.kind);
      expect(kinds.lastIndexOf('sending'), `turn ${turn}`).toBeLessThan(kinds.indexOf('state'));
      const open = await desk.broker.openOrders();
      expect(open, `turn ${turn}`).toEqual([]);
      desk.engine.setState('RUN', 'ann', 'fine');
      await evening(desk);
      expect(faultsOf(desk), `turn ${turn}`).toEqual([]);
      expect([...desk.book().rebalances.values()][0]?.result, `turn ${turn}`).toBeDefined();
    }
  });

  it('cancelling all orders leaves nothing open, and nothing cancelled is sent again', async () => {
    for (const turn of every(STEP)) {
      const desk = await actedAt(turn, (each) => each.engine.cancel('all', 'ann'));
      await evening(desk);
      expect(faultsOf(desk), `turn ${turn}`).toEqual([]);
      expect(await desk.broker.openOrders(), `turn ${turn}`).toEqual([]);
    }
  });

  it('an order that selling everything cancels has no follow-up, however it is filled', async () => {
    for (let turn = 50; turn < 70; turn++) {
      const desk = await actedAt(turn, (each) => each.engine.flatten('ann', 'fire'), 60);
      await evening(desk);
      expect(faultsOf(desk), `turn ${turn}`).toEqual([]);
    }
  });

  it('selling everything leaves nothing held, and buys nothing more', async () => {
    for (const turn of every(FINE_STEP)) {
      let answer: { readonly kind: string } | undefined;
      const desk = await actedAt(turn, async (each) => {
        answer = await each.engine.flatten('ann', 'fire');
      });
      await evening(desk);
      for (let again = 0; again < 3 && desk.broker.ledger().lots.size > 0; again++) {
        await desk.engine.flatten('ann', 'again');
        await evening(desk);
      }
      expect(faultsOf(desk), `turn ${turn}, ${answer?.kind}`).toEqual([]);
      expect([...desk.broker.ledger().lots.keys()], `turn ${turn}`).toEqual([]);
      const decided = desk.parts.journal
        .since(0, 10_000)
        .findIndex(({ entry }) => entry.kind === 'decision' && /^flatten/.test(entry.decision.id));
      const after = desk.parts.journal.since(decided + 1, 10_000);
      const buys = after.filter(
        ({ entry }) => entry.kind === 'sending' && entry.clientOrderId.includes('-b-'),
      );
      expect(decided === -1 ? [] : buys, `turn ${turn}`).toEqual([]);
      const planned = after.filter(
        ({ entry }) => entry.kind === 'intent' && entry.intent.decisionId === 'initial-2024-07-01',
      );
      expect(decided === -1 ? [] : planned, `turn ${turn}`).toEqual([]);
    }
  });
});
