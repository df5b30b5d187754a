import { isFunded, type MarketClock, type Mode } from '../domain/account.ts';
import type { AccountState, ManagedOrder, TradingState } from '../domain/account-state.ts';
import { lastFinalSession, sessionsBetween, sessionsIn } from '../domain/calendar.ts';
import type { Decision, ModelAllocation } from '../domain/decision.ts';
import { isActive, type Model, type RegimeKind } from '../domain/model.ts';
import { newYorkDate } from '../domain/new-york.ts';
import { type Observation, wasAsked } from '../domain/observation.ts';
import { type UnsentOrder, unsentOrders } from '../domain/order-lines.ts';
import { raisedTotal } from '../domain/raised-cash.ts';
import type { Cents, EpochMs, SessionDate, Ticker } from '../domain/units.ts';
import { beginWait, type WaitsFor } from './backlog.ts';
import { benchmarkNow, curveOf } from './curve.ts';
import {
  change,
  difference,
  exposure,
  type LastOutcome,
  lastOutcome,
  lastVoted,
  managedNow,
  ownPositions,
} from './measure.ts';
import { atBroker } from './orders.ts';
import { type DiscordSeen, type StatusView, statusView } from './status.ts';
import { spanOf } from './windows.ts';

/** One model in the pinned message. */
export interface ModelLine {
  readonly id: string;
  /** Undefined while no regime is known. */
  readonly active: boolean | undefined;
  /** Its share in the last decision of the models; undefined before the first. */
  readonly share: number | undefined;
  /** The last rebalance in which it had a share; undefined before the first. */
  readonly lastAt: EpochMs | undefined;
}

/** The content of the pinned message. Money in cents, rates as fractions, undefined for unknown. */
export interface HeaderView extends StatusView {
  readonly at: EpochMs;
  readonly mode: Mode;
  readonly version: string;
  /** Why nothing trades without a person's consent; undefined in normal operation. */
  readonly safeMode: string | undefined;
  readonly accountNumber: string | undefined;
  readonly market: MarketClock | undefined;
  /** `unasked` only for the first seconds of a run. */
  readonly broker: 'up' | 'down' | 'unasked';
  /** Undefined if unknown. */
  readonly connected: boolean | undefined;
  readonly lagMs: number | undefined;
  /** Our orders that may fill even if Rotor stops. */
  readonly atBroker: readonly ManagedOrder[];
  readonly regime: RegimeKind | undefined;
  /** Managed equity, and the managed cash. */
  readonly equity: Cents | undefined;
  readonly cash: Cents | undefined;
  /** The whole account where it differs. */
  readonly whole: Cents | undefined;
  readonly exposure: number | undefined;
  /** Growth since the previous close, without deposits and withdrawals. */
  readonly today: number | undefined;
  /** If false, `today` is about the last session before this day. */
  readonly hasOpened: boolean;
  readonly sinceStart: SinceStart | undefined;
  /** The account was observed and is empty, so there are no returns to measure. */
  readonly hasNoMoney: boolean;
  readonly trading: {
    readonly state: TradingState;
    readonly by: string;
    readonly reason: string;
    readonly at: EpochMs;
  };
  readonly paused: AccountState['paused'];
  readonly models: readonly ModelLine[];
  readonly lastRebalance: LastOutcome | undefined;
  readonly nextRebalance: Observation['nextRebalance'];
  /** The next thing that has to happen before a due rebalance begins. */
  readonly waitsFor: WaitsFor;
  /** Reserved raised cash, in cents, and the first day that some of it, or all, is needed by. */
  readonly raised:
    | {
        readonly amount: Cents;
        readonly neededBy: SessionDate | undefined;
        readonly isAllThen: boolean;
      }
    | undefined;
  /** Planned trades of the running rebalance without an order yet. */
  readonly unsentOrders: readonly UnsentOrder[];
  readonly data: {
    readonly source: string;
    readonly asOf: SessionDate | undefined;
    /** For the oldest ticker: sessions after `asOf` whose bars are available. */
    readonly ageSessions: number | undefined;
    /** The tickers that block a decision, and the fault of the first. */
    readonly faulty: readonly Ticker[];
    readonly fault: string | undefined;
    /** Tickers, while bars are being fetched. */
    readonly progress: { readonly done: number; readonly of: number } | undefined;
  };
}

/** The state of Rotor at the observation, and of Discord where given. */
export function headerView(
  book: AccountState,
  seen: Observation,
  models: readonly Model[],
  discord?: DiscordSeen,
): HeaderView {
  const { account } = seen;
  const { source, progress } = seen.data;
  const managed = managedNow(seen);
  return {
    ...statusView(book, seen, discord),
    at: seen.at,
    mode: seen.mode,
    version: seen.version,
    safeMode: seen.safeMode,
    accountNumber: account?.number ?? book.account?.number,
    market: seen.market,
    broker: seen.broker.connected ? 'up' : wasAsked(seen) ? 'down' : 'unasked',
    connected: discord?.connected,
    lagMs: discord?.lagMs,
    atBroker: atBroker(book.managedOrders),
    regime: seen.data.regime?.kind,
    ...managed,
    exposure: exposure(managed.equity, ownPositions(seen)),
    today: gainToday(book, seen),
    hasOpened: openedToday(seen.at),
    sinceStart: sinceStart(book, seen),
    hasNoMoney: !book.baseline && account !== undefined && !isFunded(account),
    trading: book.state,
    paused: book.paused,
    models: models.map((model) => modelLine(model, book, seen)),
    lastRebalance: lastOutcome(book),
    nextRebalance: seen.nextRebalance,
    waitsFor: beginWait(book, seen),
    raised: raisedOf(book),
    unsentOrders: unsentOrders(book),
    data: { ...agedData(seen), source, progress },
  };
}

function raisedOf({ raised }: AccountState): HeaderView['raised'] {
  if (raised.size === 0) return undefined;
  const days = [...raised.values()].map(({ neededBy }) => neededBy);
  const [neededBy] = days.filter((day) => day !== undefined).toSorted();
  const isAllThen = days.every((day) => day === neededBy);
  return { amount: raisedTotal(raised), neededBy, isAllThen };
}

/** The last session that all tickers have is the last one of the oldest. */
function agedData({
  at,
  data: { asOf, missing },
}: Observation): Pick<HeaderView['data'], 'asOf' | 'ageSessions' | 'faulty' | 'fault'> {
  const found = [...(missing?.found ?? [])];
  const behind = found.filter(([, date]) => date === asOf);
  const faulty = behind.length > 0 ? behind : found;
  return {
    asOf,
    ageSessions: asOf && Math.max(0, sessionsBetween(asOf, lastFinalSession(at).date)),
    faulty: faulty.map(([ticker]) => ticker),
    fault: faulty[0]?.[1],
  };
}

function modelLine(model: Model, book: AccountState, seen: Observation): ModelLine {
  const { id } = model;
  const regime = seen.data.regime?.kind;
  const voteIn = ({ votes }: Decision) => votes.find((vote) => vote.id === id);
  const last = lastVoted(book);
  const part = [...book.rebalances.values()].findLast(({ decision }) => voteIn(decision)?.active);
  return {
    id,
    active: regime && isActive(model, regime),
    share: shareOf(last && voteIn(last.decision)),
    lastAt: part?.at,
  };
}

/** Its share of the invested money; a model inactive then has none until the next rebalance. */
function shareOf(vote: ModelAllocation | undefined): number | undefined {
  return vote?.active ? vote.share : undefined;
}

/** Returns as fractions from one instant to another, the same two for both sides. */
export interface SinceStart {
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Deposits and withdrawals are neither a gain nor a loss. */
  readonly you: number | undefined;
  /** Total return, dividends included. */
  readonly spy: number | undefined;
  /** you - spy. */
  readonly alpha: number | undefined;
}

/**
 * From the baseline to the observation. Undefined before the baseline. You and SPY are read at the same two
 * instants or not at all: if one of them is unknown there is no alpha.
 */
export function sinceStart(book: AccountState, seen: Observation): SinceStart | undefined {
  const start = book.baseline;
  if (!start) return undefined;
  const now = curveOf(book, seen).at(-1);
  const you = now?.kind === 'live' ? change(now.you, 1) : undefined;
  const spy = change(benchmarkNow(book, seen), 1);
  return { from: start.at, to: seen.at, you, spy, alpha: difference(you, spy) };
}

/**
 * Growth since the close before the last session that opened, a fraction: the same number as the 1D window
 * of the performance. Deposits and withdrawals are neither a gain nor a loss, which the broker's own
 * `last_equity` ignores. Undefined without the account's current value and where that close was not
 * recorded.
 */
export function gainToday(book: AccountState, seen: Observation): number | undefined {
  const curve = curveOf(book, seen);
  const now = curve.at(-1);
  const span = spanOf('1D', curve);
  if (now?.kind !== 'live' || !span?.exact) return undefined;
  return change(now.you, curve[span.from]?.you);
}

/** Whether a session has opened on this day in New York. */
function openedToday(at: EpochMs): boolean {
  return sessionsIn(newYorkDate(at), newYorkDate(at)).some(({ open }) => open <= at);
}
