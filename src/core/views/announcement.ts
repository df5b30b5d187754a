/** An announced rebalance for display: its current plan, changes and answers. */
import type { Mode } from '../domain/account.ts';
import type { AccountState } from '../domain/account-state.ts';
import { type AnnouncedRebalance, delaysOf, isFirst, MAX_DELAYS } from '../domain/announcement.ts';
import type { Decision } from '../domain/decision.ts';
import { type EpochMs, type Qty, qty, type SessionDate, type Ticker } from '../domain/units.ts';
import { type PlanView, planView } from './plan.ts';
import { type CostEstimate, estimateOf } from './rebalance.ts';

/** One order that differs from the previously announced plan; shares, sells negative. */
export interface PlanChange {
  readonly ticker: Ticker;
  readonly before: Qty;
  readonly now: Qty;
}

/** One announced rebalance. */
export interface AnnouncementView {
  readonly id: string;
  readonly session: SessionDate;
  readonly at: EpochMs;
  readonly plan: PlanView;
  readonly estimate: CostEstimate;
  /** Undefined where it was not announced before. */
  readonly changes: readonly PlanChange[] | undefined;
  /** Whether the previous plan was based on other closes. */
  readonly newCloses: boolean;
  /** `waiting`: it runs automatically, or waits for approval; the others are over or confirmed. */
  readonly state: 'waiting' | 'confirmed' | 'delayed' | 'skipped' | 'over';
  readonly by: string | undefined;
  readonly until: SessionDate | undefined;
  readonly delays: number;
  readonly mayDelay: boolean;
  readonly maySkip: boolean;
  /** Whether nothing happens without a person's approval. */
  readonly needsApproval: boolean;
  /** Why it cannot run at present; undefined where nothing holds it back. */
  readonly blocked: 'halted' | 'paused' | undefined;
}

const STATES = { run: 'confirmed', delay: 'delayed', skip: 'skipped' } as const;

/** Undefined when no rebalance of that id was announced. */
export function announcementView(
  book: AccountState,
  id: string,
  mode: Mode,
  needsApproval: boolean,
): AnnouncementView | undefined {
  const known = book.announcements.get(id);
  if (!known) return undefined;
  const { session, at, decision, change, until, over } = known;
  const delays = delaysOf(book.announcements, id);
  return {
    ...{ id, session, at, until, delays, needsApproval },
    plan: planView(decision, mode, { lots: book.lots, at }),
    estimate: estimateOf(book, { decision, at }),
    ...changesOf(known),
    state: over ? 'over' : change ? STATES[change.choice] : 'waiting',
    by: change?.by,
    mayDelay: delays < MAX_DELAYS,
    maySkip: !isFirst(id),
    blocked: book.state.state === 'HALT' ? 'halted' : book.paused ? 'paused' : undefined,
  };
}

function changesOf({
  decision,
  before,
}: AnnouncedRebalance): Pick<AnnouncementView, 'changes' | 'newCloses'> {
  if (!before) return { changes: undefined, newCloses: false };
  const [old, now] = [sharesOf(before), sharesOf(decision)];
  const tickers = [...new Set([...old.keys(), ...now.keys()])];
  const changes = tickers.map((ticker) => {
    return { ticker, before: qty(old.get(ticker) ?? 0), now: qty(now.get(ticker) ?? 0) };
  });
  return {
    changes: changes.filter((each) => each.before !== each.now),
    newCloses: before.asOf !== decision.asOf,
  };
}

function sharesOf({ plan }: Decision): ReadonlyMap<Ticker, number> {
  return new Map(
    plan.orders.map(({ ticker, side, qty: shares }) => [ticker, side === 'buy' ? shares : -shares]),
  );
}
