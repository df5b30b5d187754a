/** Positions that moved too far from what the last finished rebalance wanted. */
import type { Position } from '#core/domain/account.ts';
import {
  type AccountState,
  openAlert,
  type Rebalance,
  unfinished,
} from '#core/domain/account-state.ts';
import type { Alert, AlertSubject } from '#core/domain/alert.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { Observation } from '#core/domain/observation.ts';
import { type Cents, cents, type Ticker, valueOf } from '#core/domain/units.ts';
import { tradable } from '#core/domain/universe.ts';
import { lineName } from '../execution/rebalance-result.ts';
import type { EngineParts } from '../parts.ts';

/** An open alert closes only below this share of the limit, so that it does not come and go. */
const CLEAR_BELOW = 0.6;

/**
 * What is to be told of drift: one alert a ticker, one word when it is over. Nothing while a rebalance
 * runs, without prices, or for a ticker whose trade by another hand was meant.
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
  const last = [...book.rebalances.values()].filter(({ finishedAt }) => finishedAt).at(-1);
  const { account, broker, managed } = seen;
  const equity = managed?.equity ?? account?.equity ?? 0;
  if (!last || unfinished(book) || !broker.connected) return [];
  if (!account || account.id !== book.account?.id || equity <= 0) return [];
  // What it left undone was told with its result.
  const left = new Set(last.result?.left.map((line) => lineName(line).split(' ')[1]));
  return tradable(universe).flatMap(({ ticker }): readonly Entry[] => {
    const gap = gapOf(ticker, cents(equity), last, seen);
    const open = openAlert(book, driftOf(ticker)) !== undefined;
    if (gap === undefined) return [];
    const size = Math.abs(gap.held - gap.wanted);
    // A plan of whole shares can come no nearer than one of them.
    const step = rules.fractional ? 0 : (gap.price * 100) / equity;
    const isFar =
      size > maxDrift && size > step && !book.intentionalTrades.has(ticker) && !left.has(ticker);
    if (isFar && !open) return [{ kind: 'alert', alert: driftAlert(ticker, gap, maxDrift) }];
    return open ? closing(book, ticker, size < maxDrift * CLEAR_BELOW) : [];
  });
}

interface Gap {
  /** Weights, shares of equity. */
  readonly held: number;
  readonly wanted: number;
  /** Dollars a share. */
  readonly price: number;
}

/** Undefined when nothing is held or wanted, or the price of it is not known. */
function gapOf(
  ticker: Ticker,
  equity: Cents,
  { decision }: Rebalance,
  { positions, prices }: Observation,
): Gap | undefined {
  // What somebody sold short is not Rotor's and no drift of its plan.
  const position = positions.find((each) => each.ticker === ticker && each.qty > 0);
  const wanted = decision.verdict.weights.get(ticker) ?? 0;
  const price = prices.get(ticker);
  if ((!position && wanted === 0) || price === undefined || !(price > 0)) {
    // What was sold whole has drifted nowhere.
    return price !== undefined && price > 0 ? { held: 0, wanted: 0, price } : undefined;
  }
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

function percent(fraction: number): string {
  return `${Math.round(fraction * 1000) / 10} %`;
}
