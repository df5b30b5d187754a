/** Overdue and waiting work, most urgent first: rebalances, plans, orders, messages. */
import type { Mode } from '../domain/account.ts';
import { type AccountState, unfinished } from '../domain/account-state.ts';
import type { Severity } from '../domain/alert.ts';
import { sessionsBetween } from '../domain/calendar.ts';
import { newYorkDate } from '../domain/new-york.ts';
import { type Observation, startingSession } from '../domain/observation.ts';
import { type UnsentOrder, unsentOrders } from '../domain/order-lines.ts';
import type { EpochMs, SessionDate } from '../domain/units.ts';
import { type AttemptRow, ordersView } from './orders.ts';
import type { DiscordSeen } from './status.ts';

/** One item that is overdue or waiting: a rebalance, a plan, an order, or messages. */
export type BacklogItem =
  | {
      /** A rebalance that has begun and not finished. */
      readonly kind: 'running';
      readonly id: string;
      readonly since: EpochMs;
      /** Number of planned orders. */
      readonly orders: number;
      /** Number of final orders. */
      readonly done: number;
      /** Trades still to do that have no order at the broker. */
      readonly owed: readonly UnsentOrder[];
      readonly waitsFor: WaitsFor;
    }
  | {
      readonly kind: 'owed';
      readonly session: SessionDate;
      /** Sessions since then; 0 on its day, and for one in the future. */
      readonly lateSessions: number;
      readonly waitsFor: WaitsFor;
    }
  | {
      readonly kind: 'alert';
      readonly title: string;
      readonly severity: Severity;
      readonly since: EpochMs;
      readonly count: number;
      /** Who acknowledged it; undefined while no one has. */
      readonly seenBy: string | undefined;
    }
  | {
      readonly kind: 'plan';
      readonly id: string;
      readonly requestedBy: string;
      readonly orders: number;
      readonly approvals: number;
      readonly approvers: number;
      /** In real time. */
      readonly expiresAt: EpochMs;
    }
  | { readonly kind: 'order'; readonly order: AttemptRow }
  | {
      readonly kind: 'messages';
      readonly owed: number;
      /** Why the last posting failed; undefined when it succeeded. */
      readonly problem: string | undefined;
    };

/** The event that it waits for. */
export type WaitsFor =
  | {
      readonly kind: 'resume';
      readonly state: 'HALT' | 'REDUCE' | 'paused';
      readonly by: string;
      /** Rotor halted itself: the next plan needs approval even then. */
      readonly thenAsks?: true;
    }
  /** A person's approval, of the rebalance or of its announced plan, or a reader of the evidence. */
  | {
      readonly kind: 'person';
      readonly why: 'missed' | 'flattened' | 'halted' | 'approval' | 'evidence';
    }
  | { readonly kind: 'data'; readonly reason: string }
  | { readonly kind: 'market'; readonly opens: EpochMs | undefined }
  /** The market is open, but orders are sent only from then on. */
  | { readonly kind: 'window'; readonly from: EpochMs }
  /** The broker does not answer. */
  | { readonly kind: 'broker' }
  /** Limits that hold back its orders. */
  | { readonly kind: 'limits'; readonly limits: readonly string[] }
  /** Nothing: it runs at the next tick. */
  | { readonly kind: 'nothing' };

/** Everything that is overdue or waiting, most urgent first. */
export interface BacklogView {
  readonly mode: Mode;
  readonly at: EpochMs;
  readonly accountNumber: string | undefined;
  readonly items: readonly BacklogItem[];
  /** The next rebalance, when none is due. */
  readonly next: SessionDate | undefined;
}

/** Plans expire in real time: `now` is on the wall clock. */
export function backlogView(
  book: AccountState,
  seen: Observation,
  now: EpochMs,
  discord: DiscordSeen,
): BacklogView {
  const next = seen.nextRebalance;
  return {
    mode: seen.mode,
    at: seen.at,
    accountNumber: seen.account?.number ?? book.account?.number,
    items: [
      ...running(book, seen),
      ...owed(book, seen),
      ...alerts(book),
      ...plans(book, now),
      ...ordersView(book, seen, 'open').rows.map((order) => ({ kind: 'order' as const, order })),
      ...messages(discord),
    ],
    next: next && startingSession(next),
  };
}

function running(book: AccountState, seen: Observation): readonly BacklogItem[] {
  const open = unfinished(book);
  if (!open) return [];
  const { decision, at } = open;
  const owed = unsentOrders(book);
  const atBroker = ordersView(book, seen, 'open').rows.filter(
    ({ decisionId, state }) => decisionId === decision.id && state !== 'waiting',
  ).length;
  const orders = decision.plan.orders.length;
  const held = heldUp(book) ?? (owed.every(isBuy) ? reduced(book) : undefined);
  const waitsFor = held ?? limitWait(book, marketWait(seen));
  return [
    {
      kind: 'running',
      id: decision.id,
      since: at,
      orders,
      done: orders - atBroker - owed.length,
      owed,
      waitsFor,
    },
  ];
}

function owed(book: AccountState, seen: Observation): readonly BacklogItem[] {
  const next = seen.nextRebalance;
  const isDue = next?.owed || next?.waits === 'approval';
  const session = next?.missed ?? (isDue ? next.session : undefined);
  if (session === undefined) return [];
  const lateSessions = Math.max(0, sessionsBetween(session, newYorkDate(seen.at)));
  return [{ kind: 'owed', session, lateSessions, waitsFor: beginWait(book, seen) }];
}

/** The next thing that has to happen before a due or missed rebalance begins. */
export function beginWait(book: AccountState, seen: Observation): WaitsFor {
  const { missed, missedBy = 'missed', waits } = seen.nextRebalance ?? {};
  // It does not run when trading is resumed, either.
  if (missed) return { kind: 'person', why: missedBy };
  const stopped = stoppedBy(book);
  if (stopped) return stopped;
  if (waits === 'evidence') return { kind: 'person', why: waits };
  const { missing, undecided } = seen.data;
  if (missing) return { kind: 'data', reason: missing.reason };
  if (waits === 'approval') return { kind: 'person', why: waits };
  const market = marketWait(seen);
  // Outside of the trading window old prices are no news.
  return undecided && market.kind === 'nothing'
    ? { kind: 'data', reason: undecided.reason }
    : market;
}

function stoppedBy(book: AccountState): WaitsFor | undefined {
  const { paused, state } = book;
  if (paused) return { kind: 'resume', state: 'paused', by: paused.by };
  const held = heldUp(book);
  return held && state.by === 'rotor' ? { ...held, thenAsks: true } : held;
}

function heldUp({
  state,
}: AccountState): Extract<WaitsFor, { readonly kind: 'resume' }> | undefined {
  return state.state === 'HALT' ? { kind: 'resume', state: 'HALT', by: state.by } : undefined;
}

function isBuy({ side }: UnsentOrder): boolean {
  return side === 'buy';
}

function reduced({ state }: AccountState): WaitsFor | undefined {
  return state.state === 'REDUCE' ? { kind: 'resume', state: 'REDUCE', by: state.by } : undefined;
}

function marketWait({ market, ordersFrom, broker }: Observation): WaitsFor {
  if (!market?.open) return { kind: 'market', opens: market?.nextOpen };
  if (ordersFrom !== undefined) return { kind: 'window', from: ordersFrom };
  return broker.connected ? { kind: 'nothing' } : { kind: 'broker' };
}

function limitWait({ alerts }: AccountState, market: WaitsFor): WaitsFor {
  const limits = [...alerts.values()].flatMap(({ alert: { subject } }) =>
    subject.about === 'limit' ? [subject.limit] : [],
  );
  return market.kind === 'nothing' && limits.length > 0 ? { kind: 'limits', limits } : market;
}

/** Highest severity first, then the oldest. */
function alerts(book: AccountState): readonly BacklogItem[] {
  const open = [...book.alerts.values()].filter(({ alert }) => alert.severity !== 'info');
  const loudness = ['critical', 'error', 'warning', 'info'];
  return open
    .toSorted(
      (left, right) =>
        loudness.indexOf(left.alert.severity) - loudness.indexOf(right.alert.severity) ||
        left.firstAt - right.firstAt,
    )
    .map(({ alert: { title, severity }, firstAt, count, acknowledged }) => {
      return { kind: 'alert', title, severity, since: firstAt, count, seenBy: acknowledged?.by };
    });
}

function plans(book: AccountState, now: EpochMs): readonly BacklogItem[] {
  return (
    [...book.proposals.values()]
      .filter(({ answer, proposal }) => answer === undefined && now < proposal.expiresAt)
      // A plan refused by risk cannot be approved.
      .filter(({ proposal }) => proposal.decision.verdict.kind !== 'refused')
      .map(({ proposal, approvals }) => ({
        kind: 'plan',
        id: proposal.id,
        requestedBy: proposal.requestedBy,
        orders: proposal.decision.plan.orders.length,
        approvals: approvals.length,
        approvers: proposal.approvers ?? 1,
        expiresAt: proposal.expiresAt,
      }))
  );
}

function messages({ owed, problem }: DiscordSeen): readonly BacklogItem[] {
  return owed === 0 && problem === undefined ? [] : [{ kind: 'messages', owed, problem }];
}
