import type { Mode } from './account.ts';
import type { Activity } from './activity.ts';
import type { Decision, NoDecision, Proposal } from './decision.ts';
import type { Alert, EquityPoint, RebalanceResult, Recorded, TradingState } from './entry.ts';
import { applyFill, applyMovement, type Ledger } from './ledger.ts';
import type { RegimeKind } from './model.ts';
import { advances, type Fill, type Order, type OrderIntent } from './order.ts';
import { type Cents, cents, type EpochMs, epochMs, type SessionDate } from './units.ts';

/** One order of ours, from intent to its last fill. */
export interface Leg {
  readonly intent: OrderIntent;
  readonly at: EpochMs;
  /** How often a POST was begun. */
  readonly tries: number;
  /** `planned`: not sent; `sending`: a POST was begun and its outcome is not known. */
  readonly state: 'planned' | 'sending' | 'placed' | 'refused';
  readonly refusal: string | undefined;
  readonly order: Order | undefined;
  readonly fills: readonly Fill[];
}

export interface Rebalance {
  readonly decision: Decision;
  readonly at: EpochMs;
  readonly finishedAt: EpochMs | undefined;
  readonly result: RebalanceResult | undefined;
}

export interface OpenAlert {
  readonly alert: Alert;
  readonly count: number;
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
}

export interface ProposalState {
  readonly proposal: Proposal;
  readonly at: EpochMs;
  readonly answer: 'approved' | 'rejected' | 'expired' | undefined;
  readonly answeredBy: string | undefined;
  readonly answeredAt: EpochMs | undefined;
}

/** Everything the journal says, folded into one value. */
export interface Book {
  /** The last entry folded; 0 for an empty journal. */
  readonly seq: number;
  readonly account:
    | { readonly id: string; readonly number: string; readonly mode: Mode }
    | undefined;
  readonly baseline:
    | { readonly at: EpochMs; readonly equity: Cents; readonly benchmark: number }
    | undefined;
  /** Ids of fills and activities that the ledger holds already, by fill, activity or baseline. */
  readonly booked: ReadonlySet<string>;
  /** Client order ids under our prefix that were lost and taken over. */
  readonly adopted: ReadonlySet<string>;
  readonly ledger: Ledger;
  /** The regime that was seen last, and the session since which it holds. */
  readonly regime: { readonly kind: RegimeKind; readonly since: SessionDate } | undefined;
  /** By decision id, in the order they were decided. */
  readonly rebalances: ReadonlyMap<string, Rebalance>;
  /** By client order id, in the order they were written. */
  readonly legs: ReadonlyMap<string, Leg>;
  readonly lastNoDecision: { readonly at: EpochMs; readonly outcome: NoDecision } | undefined;
  readonly equity: readonly EquityPoint[];
  /** The highest equity since the start, or since a person resumed trading: drawdown counts from it. */
  readonly peak: Cents;
  readonly alerts: ReadonlyMap<string, OpenAlert>;
  readonly state: {
    readonly state: TradingState;
    readonly by: string;
    readonly reason: string;
    readonly at: EpochMs;
  };
  readonly proposals: ReadonlyMap<string, ProposalState>;
}

export const EMPTY_BOOK: Book = {
  seq: 0,
  account: undefined,
  baseline: undefined,
  booked: new Set(),
  adopted: new Set(),
  ledger: { cash: cents(0), lots: new Map() },
  regime: undefined,
  rebalances: new Map(),
  legs: new Map(),
  lastNoDecision: undefined,
  equity: [],
  peak: cents(0),
  alerts: new Map(),
  state: { state: 'RUN', by: 'rotor', reason: 'as installed', at: epochMs(0) },
  proposals: new Map(),
};

/** Folds one recorded entry into the book. Pure; entries must come in the order of `seq`. */
export function applyEntry(book: Book, recorded: Recorded): Book {
  return { ...book, ...change(book, recorded), seq: recorded.seq };
}

function change(book: Book, { entry, at }: Recorded): Partial<Book> {
  switch (entry.kind) {
    case 'account':
      return { account: { id: entry.id, number: entry.number, mode: entry.mode } };
    case 'baseline':
      return {
        baseline: { at, equity: entry.equity, benchmark: entry.benchmark },
        peak: entry.equity,
        booked: new Set(entry.known),
        ledger: { cash: entry.cash, lots: entry.positions },
      };
    case 'regime':
      return { regime: { kind: entry.regime, since: entry.asOf } };
    case 'decision':
      return {
        rebalances: put(book.rebalances, entry.decision.id, {
          decision: entry.decision,
          at,
          finishedAt: undefined,
          result: undefined,
        }),
      };
    case 'no-decision':
      return { lastNoDecision: { at, outcome: entry.outcome } };
    case 'intent':
      return {
        legs: put(book.legs, entry.intent.clientOrderId, {
          intent: entry.intent,
          at,
          tries: 0,
          state: 'planned',
          refusal: undefined,
          order: undefined,
          fills: [],
        }),
      };
    case 'sending':
      return changeLeg(book, entry.clientOrderId, (leg) => ({
        ...leg,
        tries: Math.max(leg.tries, entry.try),
        state: leg.state === 'planned' ? 'sending' : leg.state,
      }));
    case 'refused':
      return changeLeg(book, entry.clientOrderId, (leg) =>
        leg.order ? leg : { ...leg, state: 'refused', refusal: entry.reason },
      );
    case 'order':
      return changeLeg(book, entry.order.clientOrderId, (leg) =>
        advances(leg.order, entry.order) ? { ...leg, state: 'placed', order: entry.order } : leg,
      );
    case 'fill':
      return {
        ...execute(book, entry.fill),
        ...changeLeg(book, entry.clientOrderId, (leg) => ({
          ...leg,
          fills: [...leg.fills, entry.fill],
        })),
      };
    case 'external-fill':
      return execute(book, entry.fill);
    case 'activity':
      return {
        ledger: applyMovement(book.ledger, entry.activity),
        booked: withItem(book.booked, entry.activity.id),
        peak: peakAfter(book.peak, entry.activity),
      };
    case 'adopted-order':
      return { adopted: withItem(book.adopted, entry.clientOrderId) };
    case 'adjustment':
      return { ledger: applyMovement(book.ledger, entry) };
    case 'finished':
      return finish(book, entry.decisionId, entry.result, at);
    case 'equity':
      return {
        equity: [...book.equity, entry.point],
        peak: cents(Math.max(book.peak, entry.point.equity)),
      };
    case 'alert':
      return { alerts: raise(book.alerts, entry.alert, at) };
    case 'resolved': {
      const alerts = new Map(book.alerts);
      alerts.delete(entry.subject);
      return { alerts };
    }
    case 'state':
      return {
        state: { state: entry.state, by: entry.by, reason: entry.reason, at },
        // A re-armed desk counts anew, or it would stop again at the next look.
        ...(entry.state === 'RUN' && { peak: cents(0) }),
      };
    case 'proposal':
      return {
        proposals: put(book.proposals, entry.proposal.id, {
          proposal: entry.proposal,
          at,
          answer: undefined,
          answeredBy: undefined,
          answeredAt: undefined,
        }),
      };
    case 'answer': {
      const known = book.proposals.get(entry.proposalId);
      if (!known) return {};
      const answered = { ...known, answer: entry.answer, answeredBy: entry.by, answeredAt: at };
      return { proposals: put(book.proposals, entry.proposalId, answered) };
    }
    case 'unknown':
    case 'started':
    case 'stopped':
    case 'command':
      return {};
    default:
      return entry satisfies never;
  }
}

/** An execution moves the ledger once, whether it is met as ours, as somebody's, or as both. */
function execute({ ledger, booked }: Book, fill: Fill): Pick<Book, 'ledger' | 'booked'> {
  if (booked.has(fill.id)) return { ledger, booked };
  return { ledger: applyFill(ledger, fill), booked: withItem(booked, fill.id) };
}

/** Money that people bring or take is neither a gain nor a fall. */
function peakAfter(peak: Cents, { kind, cash }: Activity): Cents {
  const moved = kind === 'deposit' || kind === 'withdrawal';
  return moved && peak > 0 ? cents(Math.max(0, peak + cash)) : peak;
}

function put<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

function withItem<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  return new Set(set).add(item);
}

function changeLeg(book: Book, id: string, next: (leg: Leg) => Leg): Partial<Book> {
  const leg = book.legs.get(id);
  return leg ? { legs: put(book.legs, id, next(leg)) } : {};
}

function finish(book: Book, id: string, result: RebalanceResult, at: EpochMs): Partial<Book> {
  const known = book.rebalances.get(id);
  if (!known) return {};
  return { rebalances: put(book.rebalances, id, { ...known, result, finishedAt: at }) };
}

function raise(
  alerts: ReadonlyMap<string, OpenAlert>,
  alert: Alert,
  at: EpochMs,
): ReadonlyMap<string, OpenAlert> {
  const known = alerts.get(alert.subject);
  const firstAt = known?.firstAt ?? at;
  return put(alerts, alert.subject, { alert, count: (known?.count ?? 0) + 1, firstAt, lastAt: at });
}

/** The rebalance that was begun and not finished, or undefined. */
export function unfinished(book: Book): Rebalance | undefined {
  return [...book.rebalances.values()].find((rebalance) => rebalance.finishedAt === undefined);
}

/** The orders of one decision, in the order they were written. */
export function legsOf(book: Book, decisionId: string): readonly Leg[] {
  return [...book.legs.values()].filter((leg) => leg.intent.decisionId === decisionId);
}
