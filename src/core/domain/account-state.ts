import type { Mode, ValuedHoldings } from './account.ts';
import type { Activity } from './activity.ts';
import { type Alert, type AlertSubject, subjectKey } from './alert.ts';
import type { AnnouncedRebalance } from './announcement.ts';
import type { Decision, NoDecision, Proposal } from './decision.ts';
import type { DepositOffers } from './deposits.ts';
import type { Ledger } from './ledger.ts';
import type { DatedAccountSnapshot, ManagedTerms } from './managed-account.ts';
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
  /** How performance is counted; absent in what earlier ways wrote. */
  readonly counting?: string | undefined;
}

/** How one rebalance ended. */
export interface RebalanceResult {
  readonly kind: 'complete' | 'partial';
  /** Sentences on what was left undone and why; empty when complete. */
  readonly left: readonly string[];
}

/** What a close had that the books did not have yet; negative where they had more. */
export interface NotInBooks {
  readonly cash: Cents;
  /** Where the close says what was held. */
  readonly shares: ReadonlyMap<Ticker, Qty>;
  /** How many cash flows were booked before it. */
  readonly flows: number;
}

/** One session's close of the books. */
export interface EquityPoint {
  readonly session: SessionDate;
  readonly equity: Cents;
  readonly cash: Cents;
  /** The benchmark's price at the same instant, dollars a share. */
  readonly benchmark: number;
  /** When it was recorded: the instant of the numbers. The book fills it in; entries leave it out. */
  readonly at?: EpochMs;
  /** The holdings then; undefined in entries of versions that did not write it. */
  readonly holdings?: ValuedHoldings | undefined;
  /** Official closes were not there yet: prices of after the close stand in for them. */
  readonly provisional?: true | undefined;
  /** What of it Rotor managed; undefined in entries of versions that did not write it. */
  readonly managedBy?: ManagedTerms | undefined;
  /** What of it the books did not have then, in cents. The book fills it in; entries leave it out. */
  readonly notBooked?: number;
  /** The same in cash and shares; undefined where the books agreed. The book fills it in. */
  readonly notInBooks?: NotInBooks | undefined;
}

/** How a plan was answered. `replaced`: prices moved it too far; a new one stands in its place. */
export type PlanAnswer = 'approved' | 'rejected' | 'expired' | 'replaced';

/** One order of ours, from intent to its last fill. */
export interface ManagedOrder {
  readonly intent: OrderIntent;
  readonly at: EpochMs;
  /** How often a POST was begun. */
  readonly tries: number;
  /** When the last of them was begun. */
  readonly sentAt: EpochMs | undefined;
  /** `planned`: not sent; `sending`: a POST was begun and its outcome is not known. */
  readonly state: 'planned' | 'sending' | 'placed' | 'refused';
  readonly refusal: string | undefined;
  readonly order: Order | undefined;
  readonly fills: readonly Fill[];
  /** Who took it back; what is left of it is not sent again. */
  readonly cancelRequestedBy: string | undefined;
  /** What was sent under its id, from the first POST on; undefined: as the intent says, at market. */
  readonly sent?: SentTerms | undefined;
  /** The refusal was for a reason that may pass: the rest is tried again later. */
  readonly refusalMayPass?: boolean | undefined;
  /** Who decided that nothing waits for this order any more; if it ever fills, it is booked. */
  readonly setAsideBy?: string | undefined;
}

/** A recorded decision to rebalance; `finishedAt` and `result` are undefined while it runs. */
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

/**
 * An alert that is not over: how often it was raised, when first and last, and who acknowledged it.
 */
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
   * The broker's own instant, which may be no more than a day's midnight; where a close was recorded
   * since, the instant it was booked.
   */
  readonly dated: EpochMs;
  /** The instant that it counts at in every span: of the close that had it already, else `dated`. */
  readonly counted: EpochMs;
  /** What shares were worth in that close, in cents: then their worth in the activity is of later. */
  readonly worth?: Cents | undefined;
  /** A person accepted it, whenever it came. */
  readonly isUndated?: true;
}

/** A start of the process, and what ran. */
export interface Start {
  readonly at: EpochMs;
  readonly version: string;
  readonly build: Build | undefined;
}

/** A proposed rebalance with its answer; the answer is undefined while nobody gave one. */
export interface ProposalState {
  readonly proposal: Proposal;
  readonly at: EpochMs;
  readonly answer: PlanAnswer | undefined;
  readonly answeredBy: string | undefined;
  readonly answeredAt: EpochMs | undefined;
  /** People who approved, where one alone is not enough. */
  readonly approvals: readonly {
    readonly by: string;
    readonly byId: string;
    readonly at: EpochMs;
  }[];
}

/** A search or a single setting that somebody looked at. */
export interface TriedSettings {
  readonly what: 'evidence' | 'backtest' | 'what-if';
  readonly by: string;
  /** How many. */
  readonly settings: number;
}

/** How many settings people looked at beside the search of the evidence, which counts its own. */
export function settingsTriedByHand({ tried }: Pick<AccountState, 'tried'>): number {
  return [...tried.values()]
    .filter(({ what }) => what !== 'evidence')
    .reduce((sum, { settings }) => sum + settings, 0);
}

/** What people know of the evidence. */
export interface EvidenceState {
  /** The session from which nothing is bought until it was read. */
  readonly due: ReadonlyMap<string, SessionDate>;
  readonly read: ReadonlyMap<string, { readonly by: string; readonly at: EpochMs }>;
  /** It was shown after the first rebalance. */
  readonly wasShown: boolean;
}

/** What was found at the end of a month. */
export interface CheckedMonth {
  /** Decisions that repeat exactly, of so many that can be made again. */
  readonly equal: number;
  readonly of: number;
  /** The sentence of the evidence; undefined where it could not be computed. */
  readonly verdict?: string | undefined;
  /** The month beside its backtest; undefined where it could not be computed. */
  readonly beside?: MonthParity | undefined;
}

/** The state of the account that follows from all entries of the journal. */
export interface AccountState {
  /** The number of the last entry in it; 0 for an empty journal. */
  readonly seq: number;
  readonly account:
    | { readonly id: string; readonly number: string; readonly mode: Mode }
    | undefined;
  readonly baseline: (DatedAccountSnapshot & { readonly benchmark: number }) | undefined;
  /** Ids of fills and activities that the ledger holds already, by fill, activity or baseline. */
  readonly booked: ReadonlySet<string>;
  /** Client order ids under our prefix that were lost and taken over. */
  readonly recoveredOrders: ReadonlySet<string>;
  readonly ledger: Ledger;
  /** When cash or shares changed last: an execution's own instant, else when it was booked. */
  readonly changedAt: EpochMs;
  /** The regime that was seen last, and the session since which it holds. */
  readonly regime: { readonly kind: RegimeKind; readonly since: SessionDate } | undefined;
  /** By decision id, in the order they were decided. */
  readonly rebalances: ReadonlyMap<string, Rebalance>;
  /** By client order id, in the order they were written. */
  readonly managedOrders: ReadonlyMap<string, ManagedOrder>;
  readonly lastNoDecision: { readonly at: EpochMs; readonly outcome: NoDecision } | undefined;
  readonly equity: readonly EquityPoint[];
  /** Sessions whose close will not be recorded any more. */
  readonly missed: ReadonlySet<SessionDate>;
  /** The account at the start, or when a person resumed trading: drawdown counts from there. */
  readonly drawdownFrom: DatedAccountSnapshot | undefined;
  /** By `subjectKey`, in the order in which each was raised first. */
  readonly alerts: ReadonlyMap<string, OpenAlert>;
  readonly state: {
    readonly state: TradingState;
    readonly by: string;
    readonly reason: string;
    readonly at: EpochMs;
    /** Of the entry that set it; 0 before the first. */
    readonly seq: number;
  };
  /** When a person ended a HALT that Rotor had set; until the next decision on a target. */
  readonly resumedFromHalt: EpochMs | undefined;
  /** Set while no rebalance begins by itself. */
  readonly paused:
    | { readonly by: string; readonly reason: string; readonly at: EpochMs }
    | undefined;
  readonly proposals: ReadonlyMap<string, ProposalState>;
  /** Executions of another hand, oldest first. */
  readonly externalFills: readonly Fill[];
  /** Cash or shares that moved without an order, oldest first. */
  readonly cashFlows: readonly CashFlow[];
  /** Tickers whose trade by another hand was meant; until the next decision. */
  readonly intentionalTrades: ReadonlySet<Ticker>;
  /** Automatic rebalances that were announced, by the id they run under. */
  readonly announcements: ReadonlyMap<string, AnnouncedRebalance>;
  /** Cash that people had raised and that nothing may spend. */
  readonly raised: RaisedMoney;
  /** Deposits, by the id of the broker's activity. */
  readonly deposits: DepositOffers;
  /** Where an admin said that kinds of messages go. */
  readonly noticePlaces: ChosenPlaces;
  /** Who wants a direct message when something waits for approval: names by Discord's id. */
  readonly notified: ReadonlyMap<string, string>;
  /** Ids of rebalances that nobody could be told of before. */
  readonly unannounced: ReadonlySet<string>;
  /** Settings that people looked at, each search once. */
  readonly tried: ReadonlyMap<string, TriedSettings>;
  /** Who was shown and has read the evidence; by the hash of universe, models, limits and rules. */
  readonly evidence: EvidenceState;
  /** By the last session of a month, what was checked at its end. */
  readonly checkedMonths: ReadonlyMap<SessionDate, CheckedMonth>;
  /** What people approved of models: who trades, with which budget. */
  readonly modelRoles: AssignedRoles;
  /** Changes of roles that were proposed, by id. */
  readonly roleProposals: ReadonlyMap<string, RoleProposalState>;
  /** What tax lots are folded from. */
  readonly lots: LotRecord;
  /** This start and the one before, newest first. */
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
  changedAt: epochMs(0),
  regime: undefined,
  rebalances: new Map(),
  managedOrders: new Map(),
  lastNoDecision: undefined,
  equity: [],
  missed: new Set(),
  drawdownFrom: undefined,
  alerts: new Map(),
  state: { state: 'RUN', by: 'rotor', reason: 'default', at: epochMs(0), seq: 0 },
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

/** The alert of that subject while it is open, or undefined. */
export function openAlert(
  { alerts }: Pick<AccountState, 'alerts'>,
  subject: AlertSubject,
): OpenAlert | undefined {
  return alerts.get(subjectKey(subject));
}

/** The rebalance that was begun and not finished, or undefined. */
export function unfinished(book: AccountState): Rebalance | undefined {
  return [...book.rebalances.values()].find((rebalance) => rebalance.finishedAt === undefined);
}

/** What may still fill of an order of ours: what was sent under its id, less what is filled. */
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
