import type { Mode, ValuedHoldings } from './account.ts';
import type { Activity } from './activity.ts';
import type { Decision, NoDecision, Proposal } from './decision.ts';
import type { RegimeKind } from './model.ts';
import type { Fill, Order, OrderIntent } from './order.ts';
import type { Cents, EpochMs, Qty, SessionDate, Ticker } from './units.ts';

/** How urgent an alert is, least urgent first. */
export type Severity = 'info' | 'warning' | 'error' | 'critical';

/** Something a person should know. `subject` is what makes two alerts the same trouble. */
export interface Alert {
  readonly subject: string;
  readonly severity: Severity;
  /** A short name of the trouble: `order refused`, `data late`. */
  readonly title: string;
  /** One or two sentences: the thing, what was expected, what was found. */
  readonly text: string;
  /** The action to take, or the one that Rotor takes by itself. */
  readonly remedy: string;
}

/** RUN trades, REDUCE only sells, HALT sends nothing. */
export type TradingState = 'RUN' | 'REDUCE' | 'HALT';

/** The running version: digests that change with the code, the configuration or the models. */
export interface Build {
  /** The commit, or `unknown` where there is none. */
  readonly code: string;
  readonly config: string;
  readonly models: string;
}

/** How one rebalance ended. */
export interface RebalanceResult {
  readonly kind: 'complete' | 'partial';
  /** Sentences on what was left undone and why; empty when complete. */
  readonly left: readonly string[];
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
}

/** A fact of the journal. Facts are only ever added. */
export type Entry =
  | {
      readonly kind: 'started';
      readonly version: string;
      readonly mode: Mode;
      /** Undefined in entries of versions that did not write it. */
      readonly build?: Build | undefined;
    }
  | { readonly kind: 'stopped'; readonly reason: string }
  | { readonly kind: 'account'; readonly id: string; readonly number: string; readonly mode: Mode }
  | {
      /** The holdings when Rotor first connected; the ledger starts here. */
      readonly kind: 'baseline';
      readonly cash: Cents;
      readonly positions: ReadonlyMap<Ticker, { readonly qty: Qty; readonly cost: Cents }>;
      /** Equity and the benchmark's price at that instant: where You / SPY / Alpha start. */
      readonly equity: Cents;
      readonly benchmark: number;
      /** Fills and activities that were in the account already; they are not booked again. */
      readonly known: readonly string[];
    }
  /** The regime on the bars of that session, written down when it is another than before. */
  | { readonly kind: 'regime'; readonly asOf: SessionDate; readonly regime: RegimeKind }
  | { readonly kind: 'decision'; readonly decision: Decision }
  | { readonly kind: 'no-decision'; readonly cause: string; readonly outcome: NoDecision }
  | { readonly kind: 'intent'; readonly intent: OrderIntent }
  | { readonly kind: 'sending'; readonly clientOrderId: string; readonly try: number }
  | { readonly kind: 'refused'; readonly clientOrderId: string; readonly reason: string }
  | {
      readonly kind: 'unknown';
      readonly clientOrderId: string;
      readonly try: number;
      readonly reason: string;
    }
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'fill'; readonly clientOrderId: string; readonly fill: Fill }
  /** Executed at the broker without an order of ours: somebody traded by hand. */
  | { readonly kind: 'external-fill'; readonly fill: Fill }
  | { readonly kind: 'activity'; readonly activity: Activity }
  | {
      /** A difference that nothing explains, taken over by an operator. Changes, not totals. */
      readonly kind: 'adjustment';
      readonly ticker: Ticker | undefined;
      readonly qty: Qty;
      readonly cash: Cents;
      readonly by: string;
      /**
       * What the line adds to the equity, its shares at the price of that moment: it was brought or
       * taken, and is neither a gain nor a loss. Undefined in entries that do not say.
       */
      readonly worth?: Cents;
    }
  /** An order under our prefix that this journal lost; an operator knows of it now. */
  | { readonly kind: 'recovered-order'; readonly clientOrderId: string; readonly by: string }
  | { readonly kind: 'finished'; readonly decisionId: string; readonly result: RebalanceResult }
  | { readonly kind: 'equity'; readonly point: EquityPoint }
  /** Closes that nobody was there for and that cannot be known any more; at least one. */
  | {
      readonly kind: 'missed-closes';
      readonly sessions: readonly SessionDate[];
      readonly reason: string;
    }
  | { readonly kind: 'alert'; readonly alert: Alert }
  | { readonly kind: 'resolved'; readonly subject: string; readonly text: string }
  /** Somebody has seen the open alert of that subject: it is not repeated any more. */
  | { readonly kind: 'acknowledged'; readonly subject: string; readonly by: string }
  /** While paused no rebalance begins by itself; one that runs is carried to its end. */
  | {
      readonly kind: 'pause';
      readonly paused: boolean;
      readonly by: string;
      readonly reason: string;
    }
  /** A person took the order back: what is left of it is not sent again. */
  | { readonly kind: 'cancel-requested'; readonly clientOrderId: string; readonly by: string }
  /** A trade by another hand that a person says was meant: its ticker's drift is not watched. */
  | {
      readonly kind: 'intentional-trade';
      readonly fillId: string;
      readonly ticker: Ticker;
      readonly by: string;
    }
  | {
      readonly kind: 'state';
      readonly state: TradingState;
      readonly by: string;
      readonly reason: string;
      /** The equity then; with RUN the drawdown counts from it. Undefined: not known. */
      readonly equity?: Cents | undefined;
    }
  | { readonly kind: 'proposal'; readonly proposal: Proposal }
  | {
      readonly kind: 'answer';
      readonly proposalId: string;
      /** `replaced`: prices moved the plan too far; a new proposal stands in its place. */
      readonly answer: 'approved' | 'rejected' | 'expired' | 'replaced';
      readonly by: string;
    }
  /** The first of two approvals; the second is the answer. */
  | {
      readonly kind: 'approval';
      readonly proposalId: string;
      readonly by: string;
      readonly byId: string;
    }
  | {
      /** Every attempt to use a command or button, allowed or not. */
      readonly kind: 'command';
      /** Discord's interaction id; a replayed one is recorded once. */
      readonly id: string;
      readonly userId: string;
      readonly userName: string;
      readonly name: string;
      readonly options: string;
      readonly allowed: boolean;
      readonly result: string;
    }
  /** The result of an attempt; `id` is the attempt's. */
  | { readonly kind: 'outcome'; readonly id: string; readonly result: string };

/** An entry as the journal keeps it. */
export interface Recorded<E extends Entry = Entry> {
  /** 1, 2, 3 …, without gaps. */
  readonly seq: number;
  readonly at: EpochMs;
  readonly entry: E;
}

/**
 * The key that makes an entry unique in its kind: recording the same key again is a no-op, which is what
 * makes every step of a cycle safe to repeat. Undefined: every recording is news.
 */
export function entryKey(entry: Entry): string | undefined {
  switch (entry.kind) {
    case 'account':
    case 'baseline':
      return 'the';
    case 'decision':
      return entry.decision.id;
    case 'no-decision':
      return `${entry.cause} ${entry.outcome.reason}`;
    case 'intent':
      return entry.intent.clientOrderId;
    case 'sending':
    case 'unknown':
      return `${entry.clientOrderId} ${entry.try}`;
    case 'refused':
    case 'recovered-order':
    case 'cancel-requested':
      return entry.clientOrderId;
    case 'order':
      return `${entry.order.clientOrderId} ${entry.order.brokerStatus} ${entry.order.filledQty}`;
    case 'fill':
    case 'external-fill':
      return entry.fill.id;
    case 'activity':
      return entry.activity.id;
    case 'finished':
      return entry.decisionId;
    case 'equity':
      return entry.point.session;
    case 'missed-closes':
      return entry.sessions.join(' ');
    case 'regime':
      return entry.asOf;
    case 'proposal':
      return entry.proposal.id;
    case 'answer':
      return entry.proposalId;
    case 'approval':
      return `${entry.proposalId} ${entry.byId}`;
    case 'intentional-trade':
      return entry.fillId;
    case 'command':
    case 'outcome':
      return entry.id;
    case 'acknowledged':
    case 'pause':
    case 'started':
    case 'stopped':
    case 'alert':
    case 'resolved':
    case 'state':
    case 'adjustment':
      return undefined;
    default:
      return entry satisfies never;
  }
}
