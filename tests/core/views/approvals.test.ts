import { describe, expect, it } from 'vitest';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { epochMs, sessionDate } from '#core/domain/units.ts';
import { pendingApprovals } from '#core/views/approvals.ts';
import { decided } from '#tests/support/deciding.ts';
import { book, NOW, proposal } from '#tests/support/desk.ts';

const SESSION = sessionDate('2026-12-01');
const decision = decided();
const announced = { kind: 'announced', session: SESSION, round: 'evening', decision } as const;
const at = (minutes: number) => ({ market: newYorkInstant(SESSION, minutes), wall: NOW });

describe('a pending approval', () => {
  it('is a plan without an answer that has not expired', () => {
    const made = proposal(decision, { expiresAt: epochMs(NOW + 60_000) });
    const waiting = book([{ kind: 'proposal', proposal: made }]);
    expect(pendingApprovals(waiting, { market: NOW, wall: NOW }, false)).toMatchObject([
      { kind: 'plan', id: made.id, leftMs: 60_000 },
    ]);
    const late = epochMs(NOW + 60_000);
    expect(pendingApprovals(waiting, { market: NOW, wall: late }, false)).toEqual([]);
  });

  it('is an announced rebalance until 15 minutes before the close, if approval is needed', () => {
    const waiting = book([announced]);
    expect(pendingApprovals(waiting, at(15 * 60 + 30), true)).toMatchObject([
      { kind: 'rebalance', session: SESSION, leftMs: 15 * 60_000 },
    ]);
    expect(pendingApprovals(waiting, at(15 * 60 + 45), true)).toEqual([]);
    expect(pendingApprovals(waiting, at(10 * 60), false)).toEqual([]);
  });

  it('is not an announced rebalance without orders, whose message has no buttons', () => {
    const none = { ...decision, plan: { ...decision.plan, orders: [] } };
    expect(pendingApprovals(book([{ ...announced, decision: none }]), at(10 * 60), true)).toEqual(
      [],
    );
  });

  it('is not a rebalance that somebody confirmed, delayed or skipped', () => {
    const { id } = decision;
    const change = {
      kind: 'schedule-change',
      id,
      session: SESSION,
      choice: 'run',
      by: 'o',
    } as const;
    expect(pendingApprovals(book([announced, change]), at(10 * 60), true)).toEqual([]);
  });
});
