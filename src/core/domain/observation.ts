import {
  type Account,
  holdingsOf,
  type LatestPrice,
  type MarketClock,
  type Mode,
  type Position,
  type SetAsideRow,
} from './account.ts';
import type { Build } from './account-state.ts';
import type { Bars } from './bar.ts';
import type { NoDecision } from './decision.ts';
import type { BarProvenance } from './findings.ts';
import type { DatedAccountSnapshot, ManagedAccount, ManagedTerms } from './managed-account.ts';
import type { Ranking, Regime } from './model.ts';
import type { EpochMs, SessionDate, Ticker } from './units.ts';
import type { Universe } from './universe.ts';

/** The latest known state of the outside world. Views read only this and the books. */
export interface Observation {
  readonly at: EpochMs;
  readonly mode: Mode;
  readonly version: string;
  readonly build: Build;
  /** The instruments that Rotor trades and reads. */
  readonly universe: Universe;
  /** Why nothing trades without a person's consent, for display; undefined in normal operation. */
  readonly safeMode?: string | undefined;
  /** Undefined until the broker has answered once. */
  readonly account: Account | undefined;
  readonly positions: readonly Position[];
  readonly market: MarketClock | undefined;
  readonly broker: {
    /** Whether the last call was answered. */
    readonly connected: boolean;
    /** The order-update stream is authenticated and listening. */
    readonly streaming: boolean;
    /** Time of the last answer; undefined if there was none. */
    readonly lastAnswer: EpochMs | undefined;
    /** Why it is not connected, for display; undefined before the first request. */
    readonly problem: string | undefined;
    /** It answered, but data about something that Rotor trades could not be read. */
    readonly unreadable?: boolean;
    /** Unreadable rows of its latest answers; they do not concern Rotor's holdings. */
    readonly setAside?: readonly SetAsideRow[];
  };
  readonly data: {
    /** The source of the bars, for display: `sample data`, `Alpaca sip`. */
    readonly source: string;
    /** The last session with bars of every ticker; undefined without bars. */
    readonly asOf: SessionDate | undefined;
    readonly regime: Regime | undefined;
    /** One ranking for each lookback of the models, longest first. */
    readonly rankings: readonly Ranking[];
    /** The origin of each ticker's bars; absent where the source does not track it. */
    readonly provenance?: ReadonlyMap<Ticker, BarProvenance> | undefined;
    /** While bars are being fetched: tickers done, and their total. */
    readonly progress?: { readonly done: number; readonly of: number } | undefined;
    /** Why there are no bars or prices, for display. */
    readonly problem?: string | undefined;
    /** Why no decision is possible now, for any reason; prices may be fresh a minute later. */
    readonly undecided?: NoDecision | undefined;
    /** Set when the data does not allow a decision, with the reason. */
    readonly missing: NoDecision | undefined;
  };
  /** Equity and cash that targets and limits are based on; absent until the broker has answered. */
  readonly managed?: ManagedAccount | undefined;
  /** When orders may next be sent; undefined while they may. */
  readonly ordersFrom?: EpochMs | undefined;
  /** Maximum age of a price to trade on, in milliseconds. */
  readonly maxPriceAgeMs?: number;
  /** The reported equity does not match its parts: nothing is derived from this refresh. */
  readonly isContradicted?: boolean;
  /** Which part of the account is managed, and how much of it; recorded with every close. */
  readonly managedBy?: ManagedTerms | undefined;
  /** The latest price of each ticker with its time, including the benchmark's. */
  readonly latest?: ReadonlyMap<Ticker, LatestPrice>;
  /** The same in dollars a share, whatever their age. */
  readonly prices: ReadonlyMap<Ticker, number>;
  readonly nextRebalance: ComingRebalance | undefined;
  /** Number of closes for which a new regime must hold before it is traded; undefined: it is not traded. */
  readonly regimeHold?: number | undefined;
  /** Annual risk-free rate, a fraction; 0 by default. */
  readonly riskFree?: number | undefined;
  /** Drawdown at which buying stops, a fraction; absent where not set. */
  readonly maxDrawdown?: number | undefined;
  /** The latest adjusted bars, for total return; absent: returns are of prices only. */
  readonly adjusted?: Bars | undefined;
  /** Unadjusted bars, from the first recorded close on; absent where none are stored. */
  readonly raw?: Bars | undefined;
}

/** The session of the next rebalance, and whether it is due. */
export interface ComingRebalance {
  readonly session: SessionDate;
  readonly owed: boolean;
  /** The session of one that does not run without approval. */
  readonly missed?: SessionDate | undefined;
  /** Why not: too old, everything was sold since, or the first plan after a HALT that Rotor had set. */
  readonly missedBy?: 'missed' | 'flattened' | 'halted' | undefined;
  /**
   * Reason why a due rebalance waits; `off`: none starts automatically; `evidence`: it was not read; `money`:
   * the account has none yet.
   */
  readonly waits?: 'announcement' | 'approval' | 'off' | 'evidence' | 'money' | undefined;
}

/** The session in which one starts automatically; undefined where one is due now, or none does. */
export function startingSession(next: ComingRebalance): SessionDate | undefined {
  const { session, owed, missed, waits } = next;
  if (owed || session === missed) return undefined;
  return waits === undefined || waits === 'announcement' ? session : undefined;
}

/** A snapshot of the observed account; undefined before the first observation. */
export function snapshotOf({
  at,
  account,
  positions,
  managedBy,
}: Pick<Observation, 'at' | 'account' | 'positions' | 'managedBy'>):
  | (DatedAccountSnapshot & Pick<Account, 'cash'>)
  | undefined {
  if (!account) return undefined;
  const { equity, cash } = account;
  return { at, equity, cash, holdings: holdingsOf(positions), managedBy };
}

/** Whether the broker has been called since the start: before that, silence is not a fault. */
export function wasAsked({ broker }: Pick<Observation, 'broker'>): boolean {
  const { connected, lastAnswer, problem } = broker;
  return connected || lastAnswer !== undefined || problem !== undefined;
}
