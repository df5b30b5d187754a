/** Items that wait for an approver, and for how long. */
import type { AccountState } from '../domain/account-state.ts';
import { sessionOn } from '../domain/calendar.ts';
import { isApprovable } from '../domain/decision.ts';
import { tradingWindow } from '../domain/trading-window.ts';
import type { EpochMs, SessionDate } from '../domain/units.ts';

/** A plan, or an announced rebalance that needs approval. */
export interface PendingApproval {
  readonly kind: 'plan' | 'rebalance';
  readonly id: string;
  /** For an announced rebalance. */
  readonly session: SessionDate | undefined;
  /** A new announcement has a new one. */
  readonly seq: number;
  /** Milliseconds until it expires. */
  readonly leftMs: number;
}

/** Plans expire in real time, announced rebalances at the end of their session's window. */
export function pendingApprovals(
  book: Pick<AccountState, 'proposals' | 'announcements' | 'rebalances'>,
  now: { readonly market: EpochMs; readonly wall: EpochMs },
  needsApproval: boolean,
): readonly PendingApproval[] {
  return [...plans(book, now.wall), ...(needsApproval ? announced(book, now.market) : [])].filter(
    ({ leftMs }) => leftMs > 0,
  );
}

function plans({ proposals }: Pick<AccountState, 'proposals'>, now: EpochMs) {
  return [...proposals.values()].flatMap(({ answer, proposal }): readonly PendingApproval[] => {
    const { id, expiresAt } = proposal;
    if (answer !== undefined || !isApprovable(proposal)) return [];
    return [{ kind: 'plan', id, session: undefined, seq: 0, leftMs: expiresAt - now }];
  });
}

function announced(
  { announcements, rebalances }: Pick<AccountState, 'announcements' | 'rebalances'>,
  now: EpochMs,
) {
  return [...announcements.values()].flatMap((each): readonly PendingApproval[] => {
    const { id, session, change, over, seq, decision } = each;
    const on = sessionOn(session);
    // Without an order its message has no buttons.
    if (decision.plan.orders.length === 0) return [];
    if (over || change !== undefined || rebalances.has(id) || !on) return [];
    return [{ kind: 'rebalance', id, session, seq, leftMs: tradingWindow(on).to - now }];
  });
}
