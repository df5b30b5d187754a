import { describe, expect, it } from 'vitest';
import type { Entry } from '#core/domain/entry.ts';
import { dollars, epochMs, qty, sessionDate, ticker, wholeShares } from '#core/domain/units.ts';
import { alphaView } from '#core/views/alpha.ts';
import { proposalView } from '#core/views/plan.ts';
import { positionsView } from '#core/views/positions.ts';
import { rankingsView } from '#core/views/rankings.ts';
import { rebalanceView } from '#core/views/rebalance.ts';
import { MODELS } from '#models/list.ts';
import { decided, shares } from '#tests/support/deciding.ts';
import {
  account,
  baseline,
  book,
  carriedOut,
  close,
  NOW,
  noDecision,
  observation,
  position,
  proposal,
  ranking,
} from '#tests/support/desk.ts';

const SPY = ticker('SPY');

describe('the rankings view', () => {
  it('cuts off after the model’s top, the first model first', () => {
    const [first, bull] = rankingsView(book(), observation(), MODELS).tables;
    expect(first).toMatchObject({ modelId: 'SectorRotationModel_v1', lookback: 126, cutOff: 3 });
    expect(first?.rows.map((row) => row.chosen).slice(0, 4)).toEqual([true, true, true, false]);
    expect(bull).toMatchObject({ lookback: 80, top: 4, minimum: 0.03, cutOff: 4 });
  });

  it('cuts off earlier if the momentum is below the minimum, and at 0 when none qualifies', () => {
    const seen = (top: number) =>
      observation({ data: { ...observation().data, rankings: [ranking(126, top)] } });
    expect(rankingsView(book(), seen(0.04), MODELS).tables[0]?.cutOff).toBe(2);
    expect(rankingsView(book(), seen(-0.01), MODELS).tables[0]).toMatchObject({
      cutOff: 0,
      defensive: 'TLT',
    });
  });

  it('marks positions held at the broker', () => {
    const seen = observation({ positions: [position('XLE', 5)] });
    const held = rankingsView(book(), seen, MODELS).tables[0]?.rows.filter((row) => row.held);
    expect(held?.map((row) => row.ticker)).toEqual(['XLE']);
  });

  it('keeps the sentence about missing data, and has no rows without bars', () => {
    const data = { ...observation().data, rankings: [], missing: noDecision() };
    const view = rankingsView(book(), observation({ data }), MODELS);
    expect(view).toMatchObject({ tables: [], missing: expect.stringContaining('SPY') });
  });
});

describe('the positions view', () => {
  const seen = observation({
    account: account(100_000, { cash: dollars(40_000) }),
    positions: [position('XLK', 200), position('TSLA', 400)],
  });

  it('adds up to the account and reports a difference', () => {
    expect(positionsView(book(), seen)).toMatchObject({ unexplained: 0, cashWeight: 0.4 });
    const odd = observation({ ...seen, account: account(100_001, { cash: dollars(40_000) }) });
    expect(positionsView(book(), odd).unexplained).toBe(100);
  });

  it('marks a foreign holding and gives it no target', () => {
    const [first] = positionsView(book(carriedOut(decided())), seen).rows;
    expect(first).toMatchObject({ ticker: 'TSLA', foreign: true, target: undefined, weight: 0.4 });
  });

  it('shows the last rebalance’s target next to the weight, even if nothing is held', () => {
    const decision = decided();
    const view = positionsView(book(carriedOut(decision)), seen);
    const targets = view.rows.filter((row) => (row.target ?? 0) > 0);
    expect(new Set(targets.map((row) => row.ticker))).toEqual(
      new Set(
        [...decision.verdict.weights].filter(([, weight]) => weight > 0).map(([name]) => name),
      ),
    );
    expect(positionsView(book(), seen).rows.every((row) => row.target === undefined)).toBe(true);
  });

  it('is empty before the broker answered', () => {
    const view = positionsView(book(), observation({ account: undefined }));
    expect(view).toMatchObject({ known: false, equity: undefined, unexplained: undefined });
  });
});

describe('the alpha view', () => {
  it('begins at 0 and ends at the live point', () => {
    const began = epochMs(Date.parse('2026-11-18T15:00:00Z'));
    const closes = [close('2026-11-19', 101_000, 603), close('2026-11-20', 102_000, 594)];
    const entries = book([baseline(), ...closes], began);
    const seen = observation({ account: account(103_000), prices: new Map([[SPY, 612]]) });
    const { points } = alphaView(entries, seen);
    expect(points.map((point) => point.date)).toEqual([
      '2026-11-18',
      '2026-11-19',
      '2026-11-20',
      '2026-11-23',
    ]);
    expect(points[0]).toMatchObject({ you: 0, spy: 0, alpha: 0 });
    expect(points[2]?.alpha).toBeCloseTo(0.03, 12);
    expect(points.at(-1)?.alpha).toBeCloseTo(0.01, 12);
  });

  it('has one point a day: the live one replaces the close', () => {
    const entries = book([baseline(), close('2026-11-23', 101_000, 603)]);
    expect(alphaView(entries, observation()).points).toHaveLength(2);
  });

  it('leaves out a point rather than invent half of it', () => {
    const entries = book([baseline()]);
    expect(alphaView(entries, observation({ prices: new Map() })).points).toHaveLength(1);
    expect(alphaView(book(), observation()).points).toEqual([]);
  });
});

describe('the rebalance view', () => {
  const decision = decided();

  it('shows each order from waiting to filled with its average price', () => {
    const entries = carriedOut(decision, 101);
    const before = rebalanceView(book(entries.slice(0, 1)), decision.id, 'PAPER');
    expect(before?.orders.every((order) => order.state === 'waiting')).toBe(true);
    const after = rebalanceView(book(entries), decision.id, 'PAPER');
    expect(after?.orders.length).toBeGreaterThan(0);
    for (const order of after?.orders ?? []) {
      expect(order).toMatchObject({ state: 'filled', averagePrice: 101, filled: order.planned });
    }
  });

  it('adds up attempts and keeps the broker’s reason', () => {
    const [planned] = decision.plan.orders;
    if (!planned) throw new Error('the builder plans orders');
    const again = { ...planned, clientOrderId: `${planned.clientOrderId}-2`, attempt: 2 };
    const entries = book([
      { kind: 'decision', decision },
      { kind: 'intent', intent: planned },
      {
        kind: 'refused',
        clientOrderId: planned.clientOrderId,
        reason: 'insufficient buying power',
      },
    ]);
    expect(rebalanceView(entries, decision.id, 'PAPER')?.orders[0]).toMatchObject({
      state: 'refused',
      reason: 'insufficient buying power',
      averagePrice: undefined,
    });
    const half = { kind: 'intent', intent: again } as const;
    const more = book([{ kind: 'decision', decision }, { kind: 'intent', intent: planned }, half]);
    expect(rebalanceView(more, decision.id, 'PAPER')?.orders[0]?.state).toBe('waiting');
  });

  it('calls an order filled that was completely filled, though the cash made it a little smaller', () => {
    const [first] = decision.plan.orders;
    if (!first) throw new Error('expected an order');
    const smaller = { ...first, qty: qty(Math.round(first.qty * 0.995)) };
    const sent = carriedOut({ ...decision, plan: { ...decision.plan, orders: [smaller] } }, 101);
    const entries = book([{ kind: 'decision', decision }, ...sent.slice(1)]);
    const { orders = [] } = rebalanceView(entries, decision.id, 'PAPER') ?? {};
    const row = orders.find(({ ticker, side }) => ticker === first.ticker && side === first.side);
    expect(row).toMatchObject({
      state: 'filled',
      filled: smaller.qty,
      reason: 'reduced to what cash and limits allow',
    });
  });

  it('calls an order that was never sent "not sent" once the rebalance is over', () => {
    const result = { kind: 'partial', left: ['buy XLK: not sent'] } as const;
    const entries = book([
      { kind: 'decision', decision },
      { kind: 'finished', decisionId: decision.id, result },
    ]);
    expect(rebalanceView(entries, decision.id, 'PAPER')?.orders[0]?.state).toBe('not sent');
    expect(rebalanceView(entries, 'nobody', 'PAPER')).toBeUndefined();
  });
});

describe('the plan view', () => {
  it('waits, expires by the wall clock, and keeps who answered', () => {
    const made = { kind: 'proposal', proposal: proposal() } as const;
    const state = (entries = book([made]), wallNow = NOW) =>
      proposalView(entries, { mode: 'LIVE' }, 'p1', wallNow)?.state;
    expect(state()).toBe('waiting');
    expect(state(book([made]), epochMs(NOW + 600_000))).toBe('expired');
    const answer = { kind: 'answer', proposalId: 'p1', answer: 'rejected', by: 'ines' } as const;
    const answered = book([made, answer]);
    expect(state(answered, epochMs(NOW + 600_000))).toBe('rejected');
    expect(proposalView(answered, { mode: 'LIVE' }, 'p1', NOW)).toMatchObject({
      answeredBy: 'ines',
      answeredAt: NOW,
    });
    expect(proposalView(answered, { mode: 'LIVE' }, 'p2', NOW)).toBeUndefined();
  });

  it.each(['HALT', 'REDUCE'] as const)(
    'cannot be approved while trading is %s, and can after',
    (state) => {
      const made = { kind: 'proposal', proposal: proposal() } as const;
      const stop = { kind: 'state', state, by: 'a', reason: 'b' } as const;
      const run = { kind: 'state', state: 'RUN', by: 'a', reason: 'b' } as const;
      const blocked = (...entries: readonly Entry[]) =>
        proposalView(book(entries), { mode: 'LIVE' }, 'p1', NOW)?.blocked;
      expect(blocked(made)).toBeUndefined();
      expect(blocked(made, stop)).toBe(state);
      expect(blocked(made, stop, run)).toBeUndefined();
    },
  );

  it('without orders needs no approval, unless it completes a due rebalance', () => {
    const made = decided();
    const idle = { ...made, plan: { ...made.plan, orders: [] } };
    const entries = book([{ kind: 'proposal', proposal: proposal(idle) }]);
    const session = sessionDate('2026-12-01');
    const blocked = (next?: { owed: boolean; missed?: typeof session }) =>
      proposalView(
        entries,
        { mode: 'LIVE', nextRebalance: next && { session, ...next } },
        'p1',
        NOW,
      )?.blocked;
    expect(blocked()).toBe('nothing to do');
    expect(blocked({ owed: false })).toBe('nothing to do');
    expect(blocked({ owed: true })).toBeUndefined();
    expect(blocked({ owed: false, missed: session })).toBeUndefined();
  });

  it('sells before it buys, totals both, and says why the rest stays', () => {
    const holdings = {
      equity: dollars(100_000),
      cash: dollars(50_000),
      positions: shares({ XLE: 500, XLK: 100 }),
    };
    const decision = decided({ holdings });
    const view = proposalView(
      book([{ kind: 'proposal', proposal: proposal(decision) }]),
      { mode: 'PAPER' },
      'p1',
      NOW,
    );
    const sides = view?.plan.rows.map((row) => row.side) ?? [];
    expect(sides.toSorted().toReversed()).toEqual(sides);
    const sold = view?.plan.rows.filter((row) => row.side === 'sell') ?? [];
    expect(view?.plan.sold).toBe(sold.reduce((sum, row) => sum + row.value, 0));
    expect(view?.plan.rows.map((row) => row.qty)).not.toContain(wholeShares(0));
    expect(view?.plan.unchanged.every((stay) => stay.why.length > 0)).toBe(true);
  });
});
