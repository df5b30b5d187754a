import type { Mode, ValuedHoldings } from './account.ts';
import type { Activity } from './activity.ts';
import { type Alert, type AlertSubject, subjectKey } from './alert.ts';
import type { AnnouncedRebalance } from './announcement.ts';
import type { Decision, NoDecision, Proposal } from './decision.ts';
import type { DepositOffers } from './deposits.ts';
import type { Ledger } from './ledger.ts';
import type { DatedAccountSnapshot, DrawdownStart, ManagedTerms } from './managed-account.ts';
import type { RegimeKind } from './model.ts';
import type { AssignedRoles, RoleProposalState } from './model-role.ts';
import type { MonthParity } from './month-parity.ts';
import type { ChosenPlaces } from './notices.ts';
import type { Fill, Order, OrderIntent, SentTerms } from './order.ts';
import type { RaisedMoney } from './raised-cash.ts';
import { type LotRecord, NO_LOTS } from './tax/lot-event.ts';
import {
  type Cents,
  cents,
  type EpochMs,
  epochMs,
  type Qty,
  qty,
  type SessionDate,
  type Ticker,
} from './units.ts';

/** RUN trades, REDUCE only sells, HALT sends nothing. */
export type TradingState = 'RUN' | 'REDUCE' | 'HALT';

/** The running version: digests that change with the code, the configuration or the models. */
export interface Build {
  /** The commit, or `unknown` where there is none. */
  readonly code: string;
  readonly config: string;
  readonly models: string;
  /** Version of the performance calculation; absent in entries of versions that did not record it. */
  readonly counting?: string | undefined;
  /** Changes of this version by the change log, one sentence or more each; absent where it has none. */
  readonly notes?: readonly string[] | undefined;
}

/** How one rebalance ended. */
export interface RebalanceResult {
  readonly kind: 'complete' | 'partial';
  /** One sentence per step not completed, with the reason; empty when complete. */
  readonly left: readonly string[];
}

/** Cash and shares in a close that the books did not have yet; negative where the books had more. */
export interface NotInBooks {
  readonly cash: Cents;
  /** Present where the close records its holdings. */
  readonly shares: ReadonlyMap<Ticker, Qty>;
  /** How many cash flows were booked before it. */
  readonly flows: number;
}

/** The recorded close of one session. */
export interface EquityPoint {
  readonly session: SessionDate;
  readonly equity: Cents;
  readonly cash: Cents;
  /** The benchmark's price at the same instant, dollars a share. */
  readonly benchmark: number;
  /** When the numbers were recorded. The reducer fills it in; entries leave it out. */
  readonly at?: EpochMs;
  /** The holdings then; undefined in entries of versions that did not write it. */
  readonly holdings?: ValuedHoldings | undefined;
  /** Official closes were not available yet: after-hours prices are used instead. */
  readonly provisional?: true | undefined;
  /** The part of it that Rotor managed; undefined in entries of versions that did not write it. */
  readonly managedBy?: ManagedTerms | undefined;
  /**
   * The part of it that the books did not have then, in cents. The reducer fills it in; entries leave it
   * out.
   */
  readonly notBooked?: number;
  /** The same in cash and shares; undefined where the books agreed. The reducer fills it in. */
  readonly notInBooks?: NotInBooks | undefined;
}

/** How a plan was answered. `replaced`: prices moved too far, so a new plan took its place. */
export type PlanAnswer = 'approved' | 'rejected' | 'expired' | 'replaced';

/** One of Rotor's orders, from intent to last fill. */
export interface ManagedOrder {
  readonly intent: OrderIntent;
  readonly at: EpochMs;
  /** Number of POST attempts. */
  readonly tries: number;
  /** When the last attempt began. */
  readonly sentAt: EpochMs | undefined;
  /** When the first one began; undefined before. */
  readonly firstSentAt?: EpochMs;
  /** `planned`: not sent; `sending`: a POST was begun and its outcome is not known. */
  readonly state: 'planned' | 'sending' | 'placed' | 'refused';
  readonly refusal: string | undefined;
  readonly order: Order | undefined;
  readonly fills: readonly Fill[];
  /** Who asked to cancel it; the remainder is not sent again. */
  readonly cancelRequestedBy: string | undefined;
  /** Terms sent under its id, from the first POST on; undefined: as in the intent, at market. */
  readonly sent?: SentTerms | undefined;
  /** The rejection was for a reason that may pass: the remainder is retried later. */
  readonly refusalMayPass?: boolean | undefined;
  /** Who decided to stop waiting for this order; if it does fill, the fill is booked. */
  readonly setAsideBy?: string | undefined;
}

/** A recorded decision to rebalance; `finishedAt` and `result` are undefined while it is running. */
export interface Rebalance {
  readonly decision: Decision;
  readonly at: EpochMs;
  readonly finishedAt: EpochMs | undefined;
  readonly result: RebalanceResult | undefined;
  /** Of a flatten: who asked and why, and the entry that stopped buying for it. */
  readonly asked?:
    | { readonly by: string; readonly reason: string; readonly seq: number }
    | undefined;
}

/** An unresolved alert: how often it was raised, when first and last, and who acknowledged it. */
export interface OpenAlert {
  readonly alert: Alert;
  readonly count: number;
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
  readonly acknowledged: { readonly by: string; readonly at: EpochMs } | undefined;
}

/** Cash or shares that moved without an order. */
export interface CashFlow {
  /** When it was booked. */
  readonly at: EpochMs;
  readonly activity: Activity;
  /**
   * The broker's own timestamp, which may be only midnight of its day; the booking time for a flow that
   * arrived after a close was recorded.
   */
  readonly dated: EpochMs;
  /**
   * The instant at which it counts in every period: that of the close that already included it, else
   * `dated`.
   */
  readonly counted: EpochMs;
  /** Worth of the shares in that close, in cents, when the worth in the activity is of a later date. */
  readonly worth?: Cents | undefined;
  /** A person accepted it; its date is unknown. */
  readonly isUndated?: true;
}

/** A start of the process, and the version that ran. */
export interface Start {
  readonly at: EpochMs;
  readonly version: string;
  readonly build: Build | undefined;
}

/** A proposed rebalance with its answer, undefined while it is open. */
export interface ProposalState {
  readonly proposal: Proposal;
  readonly at: EpochMs;
  readonly answer: PlanAnswer | undefined;
  readonly answeredBy: string | undefined;
  readonly answeredAt: EpochMs | undefined;
  /** People who approved so far, where two are required. */
  readonly approvals: readonly {
    readonly by: string;
    readonly byId: string;
    readonly at: EpochMs;
  }[];
}

/** A search or a single setting that a person tried. */
export interface TriedSettings {
  readonly what: 'evidence' | 'backtest' | 'what-if';
  readonly by: string;
  /** Number of settings. */
  readonly settings: number;
}

/** Number of settings that people tried outside the search of the evidence, which has its own count. */
export function settingsTriedByHand({ tried }: Pick<AccountState, 'tried'>): number {
  return [...tried.values()]
    .filter(({ what }) => what !== 'evidence')
    .reduce((sum, { settings }) => sum + settings, 0);
}

/** Which evidence is due, was shown and has been read. */
export interface EvidenceState {
  /** The session from which nothing is bought until the evidence has been read. */
  readonly due: ReadonlyMap<string, SessionDate>;
  readonly read: ReadonlyMap<string, { readonly by: string; readonly at: EpochMs }>;
  /** It was shown after the first rebalance. */
  readonly wasShown: boolean;
}

/** Result of the check at the end of a month. */
export interface CheckedMonth {
  /** Number of decisions that repeat exactly, out of those that can be recomputed. */
  readonly equal: number;
  readonly of: number;
  /** The conclusion of the evidence; undefined where it could not be computed. */
  readonly verdict?: string | undefined;
  /** The month compared with its backtest; undefined where it could not be computed. */
  readonly beside?: MonthParity | undefined;
}

/** The state of the account, derived from all journal entries. */
export interface AccountState {
  /** Sequence number of the last entry applied; 0 for an empty journal. */
  readonly seq: number;
  readonly account:
    | { readonly id: string; readonly number: string; readonly mode: Mode }
    | undefined;
  readonly baseline: (DatedAccountSnapshot & { readonly benchmark: number }) | undefined;
  /** Ids of fills and activities already in the ledger, from fills, activities or the baseline. */
  readonly booked: ReadonlySet<string>;
  /** Client order ids with our prefix that the journal had lost and an operator accepted. */
  readonly recoveredOrders: ReadonlySet<string>;
  readonly ledger: Ledger;
  /** The latest regime, and the session since which it has held. */
  readonly regime: { readonly kind: RegimeKind; readonly since: SessionDate } | undefined;
  /** By decision id, in the order they were decided. */
  readonly rebalances: ReadonlyMap<string, Rebalance>;
  /** By client order id, in the order they were written. */
  readonly managedOrders: ReadonlyMap<string, ManagedOrder>;
  readonly lastNoDecision: { readonly at: EpochMs; readonly outcome: NoDecision } | undefined;
  readonly equity: readonly EquityPoint[];
  /** Sessions whose close will never be recorded. */
  readonly missed: ReadonlySet<SessionDate>;
  /** The account at the start, or when a person last resumed trading: drawdown is measured from there. */
  readonly drawdownFrom: DrawdownStart | undefined;
  /** By `subjectKey`, in the order in which they were first raised. */
  readonly alerts: ReadonlyMap<string, OpenAlert>;
  readonly state: {
    readonly state: TradingState;
    readonly by: string;
    readonly reason: string;
    readonly at: EpochMs;
    /** Of the entry that set it; 0 before the first. */
    readonly seq: number;
  };
  /** When trading was last set to RUN; what was asked for before is over by then. */
  readonly resumedAt: EpochMs | undefined;
  /** When a person ended a HALT that Rotor had set; until the next decision on a target. */
  readonly resumedFromHalt: EpochMs | undefined;
  /** Set while automatic rebalances are paused. */
  readonly paused:
    | { readonly by: string; readonly reason: string; readonly at: EpochMs }
    | undefined;
  readonly proposals: ReadonlyMap<string, ProposalState>;
  /** Executions that were not Rotor's, oldest first. */
  readonly externalFills: readonly Fill[];
  /** Cash or shares that moved without an order, oldest first. */
  readonly cashFlows: readonly CashFlow[];
  /** Tickers whose external trade was intentional; until the next decision. */
  readonly intentionalTrades: ReadonlySet<Ticker>;
  /** Automatic rebalances that were announced, by decision id. */
  readonly announcements: ReadonlyMap<string, AnnouncedRebalance>;
  /** Cash raised for people, reserved from any other use. */
  readonly raised: RaisedMoney;
  /** Deposits, by the id of the broker's activity. */
  readonly deposits: DepositOffers;
  /** Where an admin chose to send each kind of message. */
  readonly noticePlaces: ChosenPlaces;
  /** People who want a direct message when something needs approval: names by Discord user id. */
  readonly notified: ReadonlyMap<string, string>;
  /** Ids of rebalances that started without an announcement because none could be delivered. */
  readonly unannounced: ReadonlySet<string>;
  /** Settings that people tried, each search once. */
  readonly tried: ReadonlyMap<string, TriedSettings>;
  /** Who has seen and read the evidence; by the hash of universe, models, limits and rules. */
  readonly evidence: EvidenceState;
  /** Month-end checks, by the last session of the month. */
  readonly checkedMonths: ReadonlyMap<SessionDate, CheckedMonth>;
  /** Approved roles of models: which ones trade, and with which budget. */
  readonly modelRoles: AssignedRoles;
  /** Proposed role changes, by id. */
  readonly roleProposals: ReadonlyMap<string, RoleProposalState>;
  /** Events that the tax lots are computed from. */
  readonly lots: LotRecord;
  /** This start and the previous one, newest first. */
  readonly starts: readonly Start[];
}

/** The state of an empty journal. */
export const EMPTY_ACCOUNT_STATE: AccountState = {
  seq: 0,
  account: undefined,
  baseline: undefined,
  booked: new Set(),
  recoveredOrders: new Set(),
  ledger: { cash: cents(0), lots: new Map() },
  regime: undefined,
  rebalances: new Map(),
  managedOrders: new Map(),
  lastNoDecision: undefined,
  equity: [],
  missed: new Set(),
  drawdownFrom: undefined,
  alerts: new Map(),
  state: { state: 'RUN', by: 'rotor', reason: 'default', at: epochMs(0), seq: 0 },
  resumedAt: undefined,
  resumedFromHalt: undefined,
  paused: undefined,
  proposals: new Map(),
  externalFills: [],
  cashFlows: [],
  intentionalTrades: new Set(),
  announcements: new Map(),
  unannounced: new Set(),
  tried: new Map(),
  evidence: { due: new Map(), read: new Map(), wasShown: false },
  checkedMonths: new Map(),
  raised: new Map(),
  deposits: new Map(),
  noticePlaces: new Map(),
  notified: new Map(),
  modelRoles: new Map(),
  roleProposals: new Map(),
  lots: NO_LOTS,
  starts: [],
};

/** The open alert with that subject, or undefined. */
export function openAlert(
  { alerts }: Pick<AccountState, 'alerts'>,
  subject: AlertSubject,
): OpenAlert | undefined {
  return alerts.get(subjectKey(subject));
}

/** The rebalance that has begun and not finished, or undefined. */
export function unfinished(book: AccountState): Rebalance | undefined {
  return [...book.rebalances.values()].find((rebalance) => rebalance.finishedAt === undefined);
}

/** Quantity of one of our orders that may still fill: quantity sent less quantity filled. */
export function restOf({ intent, sent, order }: ManagedOrder): Qty {
  const size = order?.qty ?? sent?.qty ?? intent.qty;
  return qty(Math.max(0, size - (order?.filledQty ?? 0)));
}

/** The orders of one decision, in the order they were written. */
export function managedOrdersOf(
  { managedOrders }: Pick<AccountState, 'managedOrders'>,
  decisionId: string,
): readonly ManagedOrder[] {
  return [...managedOrders.values()].filter((managed) => managed.intent.decisionId === decisionId);
}
