import type { MarketClock, Mode } from '../domain/account.ts';
import type { Book } from '../domain/book.ts';
import type { TradingState } from '../domain/entry.ts';
import { isActive, type Model, type RegimeKind } from '../domain/model.ts';
import type { Observation } from '../domain/observation.ts';
import type { Cents, EpochMs, SessionDate } from '../domain/units.ts';
import { change, exposure, lastRebalance } from './measure.ts';
import { type SinceStart, sinceStart } from './since-start.ts';
import { type StatusView, statusView } from './status.ts';

export interface ModelLine {
  readonly id: string;
  /** Undefined while no regime is known. */
  readonly active: boolean | undefined;
  /** Its part of the last decision's portfolio; undefined before the first. */
  readonly share: number | undefined;
}

/** What the pinned message says. Money in cents, rates as fractions, undefined for unknown. */
export interface HeaderView extends StatusView {
  readonly at: EpochMs;
  readonly mode: Mode;
  readonly version: string;
  readonly accountNumber: string | undefined;
  readonly market: MarketClock | undefined;
  readonly brokerConnected: boolean;
  readonly regime: RegimeKind | undefined;
  readonly equity: Cents | undefined;
  readonly cash: Cents | undefined;
  readonly exposure: number | undefined;
  /** Equity against the previous close. */
  readonly today: number | undefined;
  readonly sinceStart: SinceStart | undefined;
  readonly trading: {
    readonly state: TradingState;
    readonly by: string;
    readonly reason: string;
    readonly at: EpochMs;
  };
  readonly models: readonly ModelLine[];
  readonly lastRebalance: LastRebalance | undefined;
  readonly nextRebalance: { readonly session: SessionDate; readonly owed: boolean } | undefined;
  readonly data: { readonly source: string; readonly asOf: SessionDate | undefined };
}

export interface LastRebalance {
  readonly id: string;
  readonly at: EpochMs;
  readonly outcome: 'running' | 'complete' | 'partial';
}

/** Everything the desk knows of itself at the observation. */
export function headerView(book: Book, seen: Observation, models: readonly Model[]): HeaderView {
  const { account } = seen;
  return {
    ...statusView(book, seen),
    at: seen.at,
    mode: seen.mode,
    version: seen.version,
    accountNumber: account?.number ?? book.account?.number,
    market: seen.market,
    brokerConnected: seen.broker.connected,
    regime: seen.data.regime?.kind,
    equity: account?.equity,
    cash: account?.cash,
    exposure: exposure(account, seen.positions),
    today: change(account?.equity, account?.lastEquity),
    sinceStart: sinceStart(book, seen),
    trading: book.state,
    models: models.map((model) => modelLine(model, book, seen)),
    lastRebalance: last(book),
    nextRebalance: seen.nextRebalance,
    data: { source: seen.data.source, asOf: seen.data.asOf },
  };
}

function modelLine(model: Model, book: Book, seen: Observation): ModelLine {
  const regime = seen.data.regime?.kind;
  const votes = lastRebalance(book)?.decision.votes;
  return {
    id: model.id,
    active: regime && isActive(model, regime),
    share: votes?.find((vote) => vote.id === model.id)?.share,
  };
}

function last(book: Book): LastRebalance | undefined {
  const rebalance = lastRebalance(book);
  if (!rebalance) return undefined;
  const { decision, at, result } = rebalance;
  return { id: decision.id, at, outcome: result?.kind ?? 'running' };
}
