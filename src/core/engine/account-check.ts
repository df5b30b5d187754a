/** Whether the numbers of one account reading are consistent. Pure. */
import {
  type Account,
  type LatestPrice,
  type Position,
  positionValue,
  type SetAsideRow,
  type UnmanagedHolding,
} from '../domain/account.ts';
import { usd } from '../domain/figures.ts';
import { freshPrice } from '../domain/fresh-price.ts';
import { type EquityContradiction, equityContradiction } from '../domain/managed-account.ts';
import { type Cents, cents, type EpochMs, type Ticker, valueOf } from '../domain/units.ts';

/** The account and its contents, from answers of the same moment. */
export interface AccountReading {
  readonly account: Pick<Account, 'cash' | 'equity'>;
  readonly positions: readonly Position[];
  /** Coins, options and similar, which are neither cash nor a position. */
  readonly unmanaged?: readonly UnmanagedHolding[];
  /** Rows that could not be parsed; they count at their stated worth. */
  readonly setAside?: readonly SetAsideRow[];
  /** The latest price of each ticker, whatever its age. */
  readonly latest: ReadonlyMap<Ticker, LatestPrice>;
  readonly now: EpochMs;
}

/** Tolerance for equity against its parts, and maximum age of prices. */
export interface AgreementRules {
  readonly equityTolerance: number;
  readonly maxPriceAgeMs: number;
}

/**
 * Compares stated equity with cash and all holdings; undefined while they agree. With a holding of unknown
 * worth only an equity that is too small is a contradiction.
 */
export function contradictionOf(
  reading: AccountReading,
  { equityTolerance, maxPriceAgeMs }: AgreementRules,
): EquityContradiction | undefined {
  const { account, positions } = reading;
  const others = othersIn(reading);
  const counted =
    account.cash +
    positions.reduce((sum, each) => sum + worthOf(each, reading, maxPriceAgeMs), 0) +
    others.reduce((sum: number, value) => sum + (value ?? 0), 0);
  const found = equityContradiction(account.equity, cents(counted), equityTolerance);
  const isExplained = others.includes(undefined) && account.equity > counted;
  return isExplained ? undefined : found;
}

/** Worth of everything that is neither cash nor a position; undefined where the broker does not say. */
export function othersIn({
  unmanaged = [],
  setAside = [],
}: Pick<AccountReading, 'unmanaged' | 'setAside'>): readonly (Cents | undefined)[] {
  const left = setAside.filter(({ answer }) => answer === 'positions');
  return [...unmanaged.map(({ value }) => value), ...left.map(({ worth }) => worth)];
}

/** Both numbers, for display. */
export function contradictionWords({ stated, counted }: EquityContradiction): string {
  return (
    `The broker reports an equity of ${usd(stated)}, but cash and positions are worth ` +
    `${usd(counted)}.`
  );
}

/** A position at a fresh price where there is one, else at the broker's value. */
export function worthOf(
  position: Position,
  { latest, now }: Pick<AccountReading, 'latest' | 'now'>,
  maxAgeMs: number,
): Cents {
  const fresh = freshPrice(latest.get(position.ticker), { now, maxAgeMs })?.price;
  return fresh === undefined ? positionValue(position) : valueOf(position.qty, fresh);
}
