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

/** The latest state of the outside world, as far as Rotor saw it. Views read this and the books only. */
export interface Observation {
  readonly at: EpochMs;
  readonly mode: Mode;
  readonly version: string;
  readonly build: Build;
  /** What the desk trades and reads. */
  readonly universe: Universe;
  /** Why nothing trades until a person says so, in words; undefined in ordinary times. */
  readonly safeMode?: string | undefined;
  /** Undefined until the broker has answered once. */
  readonly account: Account | undefined;
  readonly positions: readonly Position[];
  readonly market: MarketClock | undefined;
  readonly broker: {
    /** The last call was answered. */
    readonly connected: boolean;
    /** The order-update stream is authenticated and listening. */
    readonly streaming: boolean;
    /** When it last answered; undefined when it never did. */
    readonly lastAnswer: EpochMs | undefined;
    /** Why it is not connected, in words; undefined before it was asked. */
    readonly problem: string | undefined;
    /** It answered, and what it said of something that Rotor trades could not be read. */
    readonly unreadable?: boolean;
    /** Rows of its newest answers that nobody could read; what they are about is not Rotor's. */
    readonly setAside?: readonly SetAsideRow[];
  };
  readonly data: {
    /** Where the bars come from, in words: `sample data`, `Alpaca sip`. */
    readonly source: string;
    /** The last session that every ticker has; undefined without bars. */
    readonly asOf: SessionDate | undefined;
    readonly regime: Regime | undefined;
    /** One ranking for each lookback of the models, longest first. */
    readonly rankings: readonly Ranking[];
    /** Where the bars of each ticker come from; absent where the source keeps no account of it. */
    readonly provenance?: ReadonlyMap<Ticker, BarProvenance> | undefined;
    /** While bars are being fetched: how many tickers are done, of how many. */
    readonly progress?: { readonly done: number; readonly of: number } | undefined;
    /** Why there are no bars or prices, in words. */
    readonly problem?: string | undefined;
    /** Why no decision could be taken now, for whatever reason; prices may be fresh a minute later. */
    readonly undecided?: NoDecision | undefined;
    /** Set when the data does not allow a decision, with the reason. */
    readonly missing: NoDecision | undefined;
  };
  /** Equity and cash that targets and limits are shares of; absent until the broker has answered. */
  readonly managed?: ManagedAccount | undefined;
  /** When orders may leave next; undefined while they may. */
  readonly ordersFrom?: EpochMs | undefined;
  /** An older price is not traded on, in milliseconds. */
  readonly maxPriceAgeMs?: number;
  /** The stated equity and its own parts disagree: nothing is concluded from this look. */
  readonly isContradicted?: boolean;
  /** What is Rotor's and how much of it Rotor manages; with every close it is written down. */
  readonly managedBy?: ManagedTerms | undefined;
  /** The latest price of each ticker with its instant, the benchmark's included. */
  readonly latest?: ReadonlyMap<Ticker, LatestPrice>;
  /** The same in dollars a share, whatever their age. */
  readonly prices: ReadonlyMap<Ticker, number>;
  readonly nextRebalance: ComingRebalance | undefined;
  /** Closes that another regime must hold for before it is traded; undefined: it is not traded. */
  readonly regimeHold?: number | undefined;
  /** What money without risk earns in a year, a fraction; 0 unless given. */
  readonly riskFree?: number | undefined;
  /** Below the best so far by this much nothing is bought, a fraction; absent where nobody said. */
  readonly maxDrawdown?: number | undefined;
  /** Adjusted bars as they were read last, for total return; absent: returns are of prices alone. */
  readonly adjusted?: Bars | undefined;
  /** As they were traded, from the first recorded close on; absent where none are kept. */
  readonly raw?: Bars | undefined;
}

/** The session of the next rebalance, and whether its time has come. */
export interface ComingRebalance {
  readonly session: SessionDate;
  readonly owed: boolean;
  /** The session of one that was missed too long ago to be done without asking. */
  readonly missed?: SessionDate | undefined;
  /** What holds it back though its time has come; `off`: none starts by itself. */
  readonly waits?: 'announcement' | 'approval' | 'off' | undefined;
}

/** The account as it was seen; undefined before it was. */
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

/** Whether the broker was asked at all since the start: silence before is no fault of anybody. */
export function wasAsked({ broker }: Pick<Observation, 'broker'>): boolean {
  const { connected, lastAnswer, problem } = broker;
  return connected || lastAnswer !== undefined || problem !== undefined;
}
