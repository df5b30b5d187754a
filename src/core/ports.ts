/** The interfaces to the outside. Edges implement them; tests fake them by hand. */
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
 * The two times of a desk. They are the same everywhere but in the sandbox, whose market runs faster than
 * people and stands still while nobody plays it.
 */
export interface Clocks {
  /** When orders may leave, bars are final and sessions close; what the desk shows. */
  readonly market: Clock;
  /** People's time: approvals expire in it, and Discord counts in it. */
  readonly wall: Clock;
}

/** Wakes the scheduler; knows nothing of what is due. */
export interface Pacer {
  /** Calls back about every few seconds until the returned function is called. */
  every(wake: () => void): () => void;
}

/**
 * Where orders go. Reads throw `TradingError('retry')` when the broker does not answer, and
 * `UnreadableAnswer` when it does and a row about a ticker of Rotor's cannot be read. Equal reads that
 * wait or are under way share one request. Orders and cancels leave before reads.
 */
export interface Broker {
  account(): Promise<Account>;
  /** The stocks that are held, no matter who bought them. */
  positions(): Promise<readonly Position[]>;
  /** What else is held, which `positions` leaves out. Asked together, both share one request. */
  unmanagedHoldings(): Promise<readonly UnmanagedHolding[]>;
  clock(): Promise<MarketClock>;
  /** Sessions the broker lists in [from, to], with open and close instants. */
  calendar(from: SessionDate, to: SessionDate): Promise<readonly BrokerSession[]>;
  assets(tickers: readonly Ticker[]): Promise<readonly Asset[]>;
  /** The latest trade, or the middle of a sound quote that is fresher. A ticker without any is absent. */
  latestPrices(tickers: readonly Ticker[]): Promise<ReadonlyMap<Ticker, LatestPrice>>;
  /** Every order of a stock that may still fill, no matter who sent it. */
  openOrders(): Promise<readonly Order[]>;
  /** Every other order that may still fill. Asked together with `openOrders`, both share one request. */
  unmanagedOrders(): Promise<readonly UnmanagedOrder[]>;
  /** Every open order, and every order submitted at or after `since`, oldest first, all pages. */
  orders(since: EpochMs): Promise<readonly Order[]>;
  /** Undefined when the broker does not list it, which proves nothing. */
  orderByClientId(clientOrderId: string): Promise<Order | undefined>;
  /** Executions after `since`, oldest first, all pages. */
  fills(since: EpochMs): Promise<readonly Fill[]>;
  /** Cash or shares that moved without an order, at or after the day of `since`, all pages. */
  activities(since: EpochMs): Promise<readonly Activity[]>;
  /**
   * One POST, never retried here: a limit order for the day where the intent has a limit price, else a
   * market order. A duplicate client order id is `unknown`: look it up. Rejects with
   * `TradingError('retry')`, and nothing was sent, when it could not leave within two seconds.
   */
  submit(intent: OrderIntent): Promise<Submission>;
  /** A request: the order stays open until the broker says otherwise. */
  cancel(orderId: string): Promise<void>;
  /** Hints that an order changed; may repeat, reorder and lose. */
  onOrderUpdate(listener: (hint: OrderHint) => void): () => void;
  /** Whether the order-update stream is authenticated and listening. */
  streaming(): boolean;
  /** The rows that the newest answer of each kind held and nobody could read. */
  setAside(): readonly SetAsideRow[];
  close(): Promise<void>;
}

/** A session in the broker's own calendar. */
export interface BrokerSession {
  readonly date: SessionDate;
  readonly open: EpochMs;
  readonly close: EpochMs;
}

/** News of an order; `event` is the broker's word, such as `fill`. */
export interface OrderHint {
  readonly clientOrderId: string;
  readonly event: string;
}

/** Where bars come from. */
export interface BarSource {
  /** In words, for people: `sample data`, `Alpaca sip`. */
  readonly name: string;
  /**
   * Brings the store up to `through` (a complete session), then gives everything it holds. Tickers
   * that could not be had are simply behind; the decision says so. Progress is told in tickers, while
   * whole histories are fetched.
   */
  load(through: SessionDate, progress?: (done: number, of: number) => void): Promise<BarSet>;
}

/** Texts by their hash: what decisions read, kept beside the journal. */
export interface InputStore {
  hash(text: string): string;
  /** Keeps the text and returns its hash. A text that cannot be written is said, and never stops a decision. */
  keep(text: string): string;
  /** Undefined where the text is not kept, or is not the one any more that was kept. */
  read(hash: string): string | undefined;
}

/** The bars of a source at one instant, and what kept others away. */
export interface BarSet {
  readonly bars: Bars;
  /** The same as they were traded, from the first recorded close on; absent where the source keeps none. */
  readonly raw?: Bars | undefined;
  /** Tickers whose bars were refused, with file, row and reason. */
  readonly refused: ReadonlyMap<Ticker, string>;
  /** Why nothing newer could be had, in words; undefined when the source answered. */
  readonly problem?: string | undefined;
  /** Of every ticker that is held, refused or not; absent where the source keeps none. */
  readonly provenance?: ReadonlyMap<Ticker, BarProvenance>;
}

/** Append-only memory. Every call is one durable transaction. */
export interface Journal {
  /** Skips entries whose key is already recorded; returns what was added. Throws when a key returns with another body. */
  append(...entries: readonly Entry[]): readonly Recorded[];
  book(): AccountState;
  /** Why what is recorded cannot be trusted, or undefined. With a doubt nothing may be traded. */
  doubt(): string | undefined;
  /** Entries after `seq`, in order, at most `limit`. */
  since(seq: number, limit: number): readonly Recorded[];
  /** The newest entries of these kinds before `before`, newest first, at most `limit`. */
  latest(kinds: readonly Entry['kind'][], limit: number, before?: number): readonly Recorded[];
  /** Reads everything again and follows the chain of hashes to its end. */
  verify(): { readonly entries: number; readonly fault: string | undefined };
  onAppend(listener: (recorded: readonly Recorded[]) => void): () => void;
}

/** How far the journal was posted to Discord, and which message is which. */
export interface PostBook {
  /** The last entry that needs no more telling. */
  told(): number;
  markTold(seq: number): void;
  find(subject: string): PostRef | undefined;
  save(subject: string, ref: PostRef): void;
  /** Whether the message is some subject's. */
  holds(messageId: string): boolean;
}

/** A message on Discord that Rotor keeps up to date. */
export interface PostRef {
  readonly channelId: string;
  readonly messageId: string;
  /** Hash of the content, to leave out edits that change nothing. */
  readonly contentHash: string;
}

/** Plain lines for the terminal, and structured fields beside them. Secrets never get here. */
export interface Log {
  info(text: string, fields?: Record<string, unknown>): void;
  warn(text: string, fields?: Record<string, unknown>): void;
  error(text: string, fields?: Record<string, unknown>): void;
}
