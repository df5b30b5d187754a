/** Interfaces to the outside. Adapters implement them; tests have fakes of their own. */
import type {
  Account,
  Asset,
  LatestPrice,
  MarketClock,
  Position,
  SetAsideRow,
  UnmanagedHolding,
} from './domain/account.ts';
import type { AccountState } from './domain/account-state.ts';
import type { Activity } from './domain/activity.ts';
import type { Bars } from './domain/bar.ts';
import type { Entry, Recorded } from './domain/entry.ts';
import type { BarProvenance } from './domain/findings.ts';
import type { Fill, Order, OrderIntent, Submission, UnmanagedOrder } from './domain/order.ts';
import type { EpochMs, SessionDate, Ticker } from './domain/units.ts';

/** A clock; time is read nowhere else. */
export interface Clock {
  now(): EpochMs;
  /** Resolves after that long on this clock; rejects with the signal's reason when aborted. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
}

/**
 * The two clocks of the app. They differ only in the sandbox, whose market runs faster than real time and
 * stands still while no one uses it.
 */
export interface Clocks {
  /** Market time, for trading windows, final bars and session closes; it is the time displayed. */
  readonly market: Clock;
  /** Real time, for expiry of approvals and for Discord. */
  readonly wall: Clock;
}

/** Wakes the scheduler; does not know what is due. */
export interface Pacer {
  /** Calls back every few seconds until the returned function is called. */
  every(wake: () => void): () => void;
}

/**
 * Where orders go. Reads throw `TradingError('retry')` when the broker does not answer, and
 * `UnreadableAnswer` when a row about one of Rotor's tickers cannot be parsed. Equal reads that are pending
 * share one request. Orders and cancels are sent before reads.
 */
export interface Broker {
  account(): Promise<Account>;
  /** The stocks held, regardless of who bought them. */
  positions(): Promise<readonly Position[]>;
  /** Other holdings, which `positions` leaves out. Called together, both share one request. */
  unmanagedHoldings(): Promise<readonly UnmanagedHolding[]>;
  clock(): Promise<MarketClock>;
  /** Sessions the broker lists in [from, to], with open and close instants. */
  calendar(from: SessionDate, to: SessionDate): Promise<readonly BrokerSession[]>;
  assets(tickers: readonly Ticker[]): Promise<readonly Asset[]>;
  /** The latest trade, or the midpoint of a sound quote that is newer. A ticker without either is absent. */
  latestPrices(tickers: readonly Ticker[]): Promise<ReadonlyMap<Ticker, LatestPrice>>;
  /** Every stock order that may still fill, regardless of who sent it. */
  openOrders(): Promise<readonly Order[]>;
  /** Every other order that may still fill. Called together with `openOrders`, both share one request. */
  unmanagedOrders(): Promise<readonly UnmanagedOrder[]>;
  /** Every open order, and every order submitted at or after `since`, oldest first, all pages. */
  orders(since: EpochMs): Promise<readonly Order[]>;
  /** Undefined when the broker does not list it, which proves nothing. */
  orderByClientId(clientOrderId: string): Promise<Order | undefined>;
  /** Executions after `since`, oldest first, all pages. */
  fills(since: EpochMs): Promise<readonly Fill[]>;
  /** Cash and share movements without an order, on or after the day of `since`, all pages. */
  activities(since: EpochMs): Promise<readonly Activity[]>;
  /**
   * A single POST, never retried here: a day limit order if the intent has a limit price, else a market
   * order. A duplicate client order id is `unknown`: look it up. Rejects with `TradingError('retry')`, with
   * nothing sent, if it could not leave within two seconds.
   */
  submit(intent: OrderIntent): Promise<Submission>;
  /** A request only: the order stays open until the broker says otherwise. */
  cancel(orderId: string): Promise<void>;
  /** Hints that an order changed; they may be repeated, reordered or lost. */
  onOrderUpdate(listener: (hint: OrderHint) => void): () => void;
  /** Whether the order-update stream is authenticated and listening. */
  streaming(): boolean;
  /** Unreadable rows of the newest answer of each kind. */
  setAside(): readonly SetAsideRow[];
  close(): Promise<void>;
}

/** A session in the broker's own calendar. */
export interface BrokerSession {
  readonly date: SessionDate;
  readonly open: EpochMs;
  readonly close: EpochMs;
}

/** A change of an order; `event` is the broker's name for it, such as `fill`. */
export interface OrderHint {
  readonly clientOrderId: string;
  readonly event: string;
}

/** A source of bars. */
export interface BarSource {
  /** For display: `sample data`, `Alpaca sip`. */
  readonly name: string;
  /**
   * Updates the store up to `through` (a complete session), then returns everything it holds. Tickers that
   * could not be fetched are simply behind, which the decision reports. Progress is counted in tickers,
   * while full histories are fetched. `doubted` tickers are fetched again, though they are complete: a
   * split or a dividend adjusts bars in the night after their session.
   */
  load(
    through: SessionDate,
    progress?: (done: number, of: number) => void,
    doubted?: ReadonlySet<Ticker>,
  ): Promise<BarSet>;
}

/** Texts by their hash: inputs of decisions, stored with the journal. */
export interface InputStore {
  hash(text: string): string;
  /** Stores the text and returns its hash. A failed write is reported, but never stops a decision. */
  keep(text: string): string;
  /** Undefined where the text is not stored, or no longer matches its hash. */
  read(hash: string): string | undefined;
}

/** The bars of a source at one instant, and why others are missing. */
export interface BarSet {
  readonly bars: Bars;
  /** Unadjusted bars, from the first recorded close on; absent where the source stores none. */
  readonly raw?: Bars | undefined;
  /** Tickers whose bars were rejected, with file, row and reason. */
  readonly refused: ReadonlyMap<Ticker, string>;
  /** Why nothing newer was available, for display; undefined when the source answered. */
  readonly problem?: string | undefined;
  /** For every ticker stored, rejected or not; absent where the source does not track it. */
  readonly provenance?: ReadonlyMap<Ticker, BarProvenance>;
}

/** Append-only storage. Every call is one durable transaction. */
export interface Journal {
  /**
   * Skips entries whose key is already recorded; returns those added. Throws when a key recurs with
   * different content.
   */
  append(...entries: readonly Entry[]): readonly Recorded[];
  book(): AccountState;
  /** Why the journal cannot be trusted, or undefined. While there is a reason nothing may be traded. */
  doubt(): string | undefined;
  /** Entries after `seq`, in order, at most `limit`. */
  since(seq: number, limit: number): readonly Recorded[];
  /** The newest entries of these kinds before `before`, newest first, at most `limit`. */
  latest(kinds: readonly Entry['kind'][], limit: number, before?: number): readonly Recorded[];
  /** Rereads everything and verifies the hash chain to its end. */
  verify(): { readonly entries: number; readonly fault: string | undefined };
  onAppend(listener: (recorded: readonly Recorded[]) => void): () => void;
}

/** How far the journal was posted to Discord, and the message of each subject. */
export interface PostBook {
  /** Sequence number of the last entry fully posted. */
  told(): number;
  markTold(seq: number): void;
  find(subject: string): PostRef | undefined;
  save(subject: string, ref: PostRef): void;
  /** Whether the message belongs to a subject. */
  holds(messageId: string): boolean;
}

/** A message on Discord that Rotor keeps up to date. */
export interface PostRef {
  readonly channelId: string;
  readonly messageId: string;
  /** Hash of the content, to skip edits that change nothing. */
  readonly contentHash: string;
}

/** Plain lines for the terminal, plus structured fields. Secrets never get here. */
export interface Log {
  info(text: string, fields?: Record<string, unknown>): void;
  warn(text: string, fields?: Record<string, unknown>): void;
  error(text: string, fields?: Record<string, unknown>): void;
}
