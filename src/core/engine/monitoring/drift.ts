/** Positions that have drifted too far from the target of the last finished rebalance. */
import type { Position } from '#core/domain/account.ts';
import {
  type AccountState,
  openAlert,
  type Rebalance,
  unfinished,
} from '#core/domain/account-state.ts';
import type { Alert, AlertSubject } from '#core/domain/alert.ts';
import type { Entry } from '#core/domain/entry.ts';
import { percent } from '#core/domain/figures.ts';
import type { Observation } from '#core/domain/observation.ts';
import { type Cents, type Ticker, valueOf } from '#core/domain/units.ts';
import { tradable } from '#core/domain/universe.ts';
import { lineName } from '../execution/rebalance-result.ts';
import type { EngineParts } from '../parts.ts';
import { missingShares } from './missing-shares.ts';

/** An open alert is resolved only below this fraction of the limit, to avoid flapping. */
const CLEAR_BELOW = 0.6;

/**
 * Drift alerts to raise or resolve: one per ticker. None while a rebalance runs, without prices, or for a
 * ticker whose external trade was intentional.
 */
export function driftEntries(
  {
    journal,
    universe,
    maxDrift,
    rules,
  }: Pick<EngineParts, 'journal' | 'maxDrift' | 'rules' | 'universe'>,
  seen: Observation,
): readonly Entry[] {
  const book = journal.book();
  const last = [...book.rebalances.values()].at(-1);
  const { account, broker, managed } = seen;
  if (!last || unfinished(book) || !broker.connected) return [];
  if (!account || account.id !== book.account?.id) return [];
  const equity = managed?.equity ?? account.equity;
  if (equity <= 0) return [];
  if (missingShares(book, seen.positions).size > 0) return [];
  // Uncompleted parts were reported with its result.
  const left = new Set(last.result?.left.map((line) => lineName(line).split(' ')[1]));
  return tradable(universe).flatMap(({ ticker }): readonly Entry[] => {
    const gap = gapOf(ticker, equity, last, seen);
    const open = openAlert(book, driftOf(ticker)) !== undefined;
    if (gap === undefined) return [];
    const size = Math.abs(gap.held - gap.wanted);
    const isFar =
      size > maxDrift &&
      isCorrected(gap, equity, rules) &&
      !book.intentionalTrades.has(ticker) &&
      !left.has(ticker);
    if (isFar && !open) return [{ kind: 'alert', alert: driftAlert(ticker, gap, maxDrift) }];
    return open ? closing(book, ticker, size < maxDrift * CLEAR_BELOW) : [];
  });
}

/** Whether a rebalance sends an order for it. */
function isCorrected(
  { held, wanted, price }: Gap,
  equity: number,
  { fractional, minDrift, minOrder }: EngineParts['rules'],
): boolean {
  const size = Math.abs(held - wanted);
  const share = (price * 100) / equity;
  // With whole shares a position can be off by up to one share.
  if (!fractional && size <= share) return false;
  // An order that closes a position may be of any size.
  if (wanted === 0) return true;
  const traded = fractional ? size : Math.floor(size / share) * share;
  return size > minDrift && traded * equity >= minOrder;
}

interface Gap {
  /** Weights, fractions of equity. */
  readonly held: number;
  readonly wanted: number;
  /** Dollars a share. */
  readonly price: number;
}

/** Undefined when its price is unknown, or while somebody holds it short. */
function gapOf(
  ticker: Ticker,
  equity: Cents,
  { decision }: Rebalance,
  { positions, prices }: Observation,
): Gap | undefined {
  const position = positions.find((each) => each.ticker === ticker);
  const price = prices.get(ticker);
  // A short position is not Rotor's, and no rebalance buys while it is there.
  if (price === undefined || !(price > 0) || (position && position.qty < 0)) return undefined;
  const wanted = decision.verdict.weights.get(ticker) ?? 0;
  return { held: position ? worthOf(position, price) / equity : 0, wanted, price };
}

function worthOf({ qty }: Position, price: number): Cents {
  return valueOf(qty, price);
}

function closing(book: AccountState, ticker: Ticker, isNear: boolean): readonly Entry[] {
  const subject = driftOf(ticker);
  if (book.intentionalTrades.has(ticker))
    return [{ kind: 'resolved', subject, text: 'This drift is intentional.' }];
  if (!isNear) return [];
  return [{ kind: 'resolved', subject, text: `${ticker} is back near its target.` }];
}

function driftOf(ticker: Ticker): AlertSubject {
  return { about: 'drift', ticker };
}

function driftAlert(ticker: Ticker, { held, wanted }: Gap, limit: number): Alert {
  return {
    subject: driftOf(ticker),
    severity: 'warning',
    title: 'Drift',
    text:
      `${ticker} is ${percent(held)} of equity, its target ${percent(wanted)}; ` +
      `MAX_DRIFT is ${percent(limit)}.`,
    remedy: 'The next rebalance corrects it.',
    advice: { code: 'drift' },
  };
}
