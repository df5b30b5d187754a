/** What would be decided on what was seen: the brain, fed with the engine's own parts. */
import { type DecisionInput, decide } from '../decide/decide.ts';
import type { CarriedAllocations } from '../decide/portfolio.ts';
import {
  type Account,
  type LatestPrice,
  type Position,
  positionValue,
  type UnmanagedHolding,
} from '../domain/account.ts';
import type { Bars } from '../domain/bar.ts';
import { sessionAt } from '../domain/calendar.ts';
import type { Cause, Decision, NoDecision, Outcome } from '../domain/decision.ts';
import { freshness, freshPrice, whyNotFresh } from '../domain/fresh-price.ts';
import {
  equityContradiction,
  type ManagedAccount,
  type ManagedTerms,
  managedAccount,
} from '../domain/managed-account.ts';
import {
  type Cents,
  cents,
  type EpochMs,
  type SessionDate,
  type Ticker,
  toDollars,
  valueOf,
} from '../domain/units.ts';
import { tradable, type Universe } from '../domain/universe.ts';
import type { EngineParts, ObserverParts } from './parts.ts';
import { lastCloses } from './prices.ts';

/** One look at the broker, and what is to be decided on it. */
export interface SnapshotQuestion {
  readonly id: string;
  readonly cause: Cause;
  readonly account: Account;
  readonly positions: readonly Position[];
  /** Coins, options and the like, which are neither cash nor a position. */
  readonly unmanaged?: readonly UnmanagedHolding[];
  /** The latest price of each ticker, whatever its age. */
  readonly latest: ReadonlyMap<Ticker, LatestPrice>;
  readonly now: EpochMs;
  /** A session. */
  readonly asOf: SessionDate;
  /** What models that do not rebalance keep; all rebalance unless given. */
  readonly carried?: CarriedAllocations;
}

interface HeldBars {
  readonly bars: Bars;
  readonly refused: ReadonlyMap<Ticker, string>;
}

/**
 * Decides on one look: on the managed part of the account, with prices of this session. None while the
 * stated equity and its own parts disagree, nor while something that is to be held has no fresh price.
 * With the market closed it is sized at the last closes.
 */
export function decideFromSnapshot(
  parts: ObserverParts,
  held: HeldBars,
  question: SnapshotQuestion,
): Outcome {
  const contradiction = contradictionOf(parts, question);
  if (contradiction) return contradiction;
  const outcome = sized(parts, held, question);
  if (outcome.kind !== 'decided') return outcome;
  return (
    withoutFreshPrice(parts, outcome, question) ?? withinCollar(outcome, parts.limits.priceCollar)
  );
}

/** The same without a look at prices: what rankings and regime are, which need closes only. */
export function rankOnly(
  parts: ObserverParts,
  held: HeldBars,
  question: SnapshotQuestion,
): Outcome {
  return sized(parts, held, { ...question, latest: new Map() });
}

function sized(parts: ObserverParts, held: HeldBars, question: SnapshotQuestion): Outcome {
  return decide(inputOf(parts, held, question));
}

/** Everything that the decision on a look depends on. */
export function inputOf(
  parts: ObserverParts,
  held: HeldBars,
  question: SnapshotQuestion,
): DecisionInput {
  const { universe, models, limits, rules, acceptedMoves = [] } = parts;
  const { id, cause, account, positions, asOf } = question;
  return {
    id,
    cause,
    accountId: account.id,
    asOf,
    bars: held.bars,
    refused: held.refused,
    acceptedMoves,
    universe,
    models,
    carried: question.carried ?? new Map(),
    holdings: {
      ...managedOf(parts, question),
      positions: new Map(positions.map(({ ticker, qty }) => [ticker, qty])),
    },
    prices: sizingPrices(parts, held.bars, question),
    limits,
    rules,
    warmUp: false,
  };
}

/** Equity and cash that targets and limits are shares of, at the prices of the same look. */
export function managedOf(
  { universe, limits }: Pick<EngineParts, 'universe' | 'limits'>,
  question: Pick<SnapshotQuestion, 'account' | 'positions' | 'latest' | 'now'>,
): ManagedAccount {
  const { account, positions } = question;
  const own = ownTickers(universe);
  const ownValue = cents(
    positions
      .filter(({ ticker }) => own.has(ticker))
      .reduce((sum, position) => sum + worthOf(position, question, limits.maxPriceAgeMs), 0),
  );
  return managedAccount({ cash: account.cash, ownValue }, limits);
}

/** What is Rotor's, and the settings that say how much of it Rotor manages. */
export function managedTerms({
  universe,
  limits: { reserve, maxManaged },
}: Pick<EngineParts, 'universe' | 'limits'>): ManagedTerms {
  return { own: [...ownTickers(universe)], reserve, maxManaged };
}

function ownTickers(universe: Universe): ReadonlySet<Ticker> {
  return new Set(tradable(universe).map(({ ticker }) => ticker));
}

/** At a fresh price where there is one; else at what the broker values it with. */
function worthOf(
  position: Position,
  { latest, now }: Pick<SnapshotQuestion, 'latest' | 'now'>,
  maxAgeMs: number,
): Cents {
  const fresh = freshPrice(latest.get(position.ticker), { now, maxAgeMs })?.price;
  return fresh === undefined ? positionValue(position) : valueOf(position.qty, fresh);
}

function contradictionOf(
  { limits }: Pick<EngineParts, 'limits'>,
  question: SnapshotQuestion,
): NoDecision | undefined {
  const { account, positions, unmanaged = [], asOf } = question;
  const counted =
    account.cash +
    positions.reduce((sum, each) => sum + worthOf(each, question, limits.maxPriceAgeMs), 0) +
    unmanaged.reduce((sum, { value }) => sum + (value ?? 0), 0);
  const found = equityContradiction(account.equity, cents(counted), limits.equityTolerance);
  if (!found) return undefined;
  const reason =
    `No decision as of ${asOf}. The broker states an equity of ${usd(found.stated)}, but cash and ` +
    `positions are worth ${usd(found.counted)}.`;
  return { kind: 'no-decision', reason, expected: asOf, found: new Map() };
}

/** Fresh prices; the last closes where there is none, which `withoutFreshPrice` judges. */
function sizingPrices(
  { limits }: Pick<EngineParts, 'limits'>,
  bars: Bars,
  { latest, now }: SnapshotQuestion,
): ReadonlyMap<Ticker, number> {
  const rules = { now, maxAgeMs: limits.maxPriceAgeMs };
  const fresh = [...latest].flatMap(([ticker, price]): [Ticker, number][] =>
    freshPrice(price, rules) ? [[ticker, price.price]] : [],
  );
  return new Map([...lastCloses(bars), ...fresh]);
}

/** What is sold whole needs no price to be sized; all else that is held or wanted does. */
function withoutFreshPrice(
  { limits }: Pick<EngineParts, 'limits'>,
  { asOf, plan, verdict }: Decision,
  { latest, now }: SnapshotQuestion,
): NoDecision | undefined {
  if (!sessionAt(now)) return undefined;
  const rules = { now, maxAgeMs: limits.maxPriceAgeMs };
  const missing = plan.lines.flatMap(({ ticker }): [Ticker, string][] => {
    const why = whyNotFresh(ticker, freshness(latest.get(ticker), rules));
    return why === undefined || !verdict.weights.get(ticker) ? [] : [[ticker, why]];
  });
  if (missing.length === 0) return undefined;
  const reason = `No decision as of ${asOf}. ${missing.map(([, why]) => why).join('; ')}.`;
  return { kind: 'no-decision', reason, expected: asOf, found: new Map(missing) };
}

/**
 * The decision, unless it was sized with a price that the last close contradicts. The check before each
 * order would hold it back only until the price is right again, and then let the wrong sizes pass.
 */
function withinCollar(decision: Decision, collar: number): Outcome {
  const { asOf, closes, prices, plan } = decision;
  const wrong = plan.lines.flatMap(({ ticker }): [Ticker, string][] => {
    const [price, close] = [prices.get(ticker), closes.get(ticker)];
    const gap = Math.abs((price ?? Number.NaN) / (close ?? Number.NaN) - 1);
    if (gap <= collar) return [];
    return [[ticker, `latest price ${price ?? 'none'}, last close ${close ?? 'none'}`]];
  });
  if (wrong.length === 0) return decision;
  const sentences = wrong.map(([ticker, found]) => `${ticker}: ${found}`).join('; ');
  const reason = `No decision as of ${asOf}. Prices outside the collar: ${sentences}.`;
  return { kind: 'no-decision', reason, expected: asOf, found: new Map(wrong) };
}

function usd(value: Cents): string {
  return `$${Math.round(toDollars(value)).toLocaleString('en-US')}`;
}
