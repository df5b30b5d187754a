import type { Mode, Position } from '../domain/account.ts';
import type { AccountState } from '../domain/account-state.ts';
import type { Bars } from '../domain/bar.ts';
import { belowPeak } from '../domain/drawdown.ts';
import { newYorkDate } from '../domain/new-york.ts';
import { type Observation, snapshotOf } from '../domain/observation.ts';
import { type Cents, cents, type EpochMs, type Qty, qty, type Ticker } from '../domain/units.ts';
import { isForeign, sectorOf } from '../domain/universe.ts';
import {
  exposure,
  fraction,
  heldValue,
  lastRebalance,
  managedNow,
  ownPositions,
} from './measure.ts';
import { gainSinceClose, lastOpened } from './position-gains.ts';

/** One position, or a target that is not held. */
export interface PositionRow {
  readonly ticker: Ticker;
  readonly sector: string | undefined;
  readonly qty: Qty;
  /** Dollars a share. */
  readonly price: number | undefined;
  readonly value: Cents | undefined;
  /** Fraction of managed equity, also for unmanaged holdings. */
  readonly weight: number | undefined;
  /** Target of the last rebalance; undefined before the first and for unmanaged holdings. */
  readonly target: number | undefined;
  readonly unrealised: Cents | undefined;
  /** Dollars a share, over all purchases still held. */
  readonly averageCost: number | undefined;
  /** Since the close before the last session that opened. */
  readonly gained: Cents | undefined;
  /** Not managed by Rotor. */
  readonly foreign: boolean;
}

/** The positions, the cash, and their distance from the targets. */
export interface PositionsView {
  readonly mode: Mode;
  readonly at: EpochMs;
  readonly accountNumber: string | undefined;
  /** Largest value first; then targets that are not held. */
  readonly rows: readonly PositionRow[];
  /** Managed equity, and the managed cash. */
  readonly cash: Cents | undefined;
  readonly cashWeight: number | undefined;
  readonly equity: Cents | undefined;
  /** The whole account where it differs. */
  readonly whole: Cents | undefined;
  readonly exposure: number | undefined;
  readonly unrealised: Cents | undefined;
  /** The account's equity less its rows and cash, in cents: 0 when the broker's own numbers agree. */
  readonly unexplained: Cents | undefined;
  /** Current drawdown, from 0 to 1, and the limit that stops buying. */
  readonly drawdown: { readonly now: number; readonly limit: number } | undefined;
  /** Whether a session has opened on this day; else `gained` is about the last one. */
  readonly hasOpened: boolean;
  /** False until the broker has answered once. */
  readonly known: boolean;
}

/** The holdings of the account as the broker reports them. */
export function positionsView(
  book: AccountState,
  seen: Observation,
  bars: Bars = new Map(),
): PositionsView {
  const { account, positions } = seen;
  const value = heldValue(positions);
  const managed = managedNow(seen);
  const session = lastOpened(seen.at);
  const held = positions.map((each) => ({
    ...row(each, book, seen),
    gained: gainSinceClose(each, book, { bars, session }),
  }));
  const rows = [...held, ...wanted(book, seen)];
  return {
    mode: seen.mode,
    at: seen.at,
    accountNumber: account?.number ?? book.account?.number,
    rows: rows.toSorted(byValue),
    ...managed,
    cashWeight: fraction(managed.cash, managed.equity),
    exposure: exposure(managed.equity, ownPositions(seen)),
    unrealised: account && sumOf(positions.map((position) => position.unrealised)),
    unexplained:
      account && value !== undefined ? cents(account.equity - account.cash - value) : undefined,
    drawdown: drawdownOf(book, seen),
    hasOpened: session.date === newYorkDate(seen.at),
    known: account !== undefined,
  };
}

function drawdownOf(book: AccountState, seen: Observation): PositionsView['drawdown'] {
  const [now, limit] = [snapshotOf(seen), seen.maxDrawdown];
  if (!now || limit === undefined) return undefined;
  return { now: belowPeak(book, now), limit };
}

function row(
  position: Position,
  book: AccountState,
  seen: Observation,
): Omit<PositionRow, 'gained'> {
  const { ticker, marketValue } = position;
  const { universe } = seen;
  const foreign = isForeign(universe, ticker);
  return {
    ticker,
    sector: sectorOf(universe, ticker),
    qty: position.qty,
    price: position.currentPrice,
    value: marketValue,
    weight: fraction(marketValue, managedNow(seen).equity),
    target: foreign ? undefined : targetOf(book, ticker),
    unrealised: position.unrealised,
    averageCost: position.averagePrice,
    foreign,
  };
}

/** Tickers that the last rebalance wanted but that are not held: empty rows are informative too. */
function wanted(book: AccountState, { positions, universe }: Observation): readonly PositionRow[] {
  const targets = lastRebalance(book)?.decision.verdict.weights ?? new Map<Ticker, number>();
  const missing = [...targets].filter(
    ([ticker, weight]) => weight > 0 && !positions.some((position) => position.ticker === ticker),
  );
  return missing.map(([ticker, target]) => ({
    ticker,
    sector: sectorOf(universe, ticker),
    qty: qty(0),
    price: undefined,
    value: cents(0),
    weight: 0,
    target,
    unrealised: undefined,
    averageCost: undefined,
    gained: undefined,
    foreign: false,
  }));
}

/** Absent in a target is 0: the last rebalance wanted none. */
function targetOf(book: AccountState, ticker: Ticker): number | undefined {
  const rebalance = lastRebalance(book);
  return rebalance && (rebalance.decision.verdict.weights.get(ticker) ?? 0);
}

function sumOf(values: readonly (Cents | undefined)[]): Cents | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length < values.length) return undefined;
  return cents(known.reduce<number>((sum, value) => sum + value, 0));
}

function byValue(left: PositionRow, right: PositionRow): number {
  return (right.value ?? 0) - (left.value ?? 0) || (left.ticker < right.ticker ? -1 : 1);
}
