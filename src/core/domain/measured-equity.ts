/**
 * What every return and every fall is measured on: the managed part of the account, and what came to it
 * and went from it between two instants. The account as a whole where an older journal knows no more. Pure.
 */
import type { AccountState, EquityPoint } from './account-state.ts';
import { lastClosedSession, sessionAt, sessionOn } from './calendar.ts';
import {
  type AccountSnapshot,
  type ManagedAccount,
  type ManagedRules,
  managedAccount,
} from './managed-account.ts';
import { newYorkInstant } from './new-york.ts';
import { cashFlowsIn, type FlowSpan, flowsBetween } from './people-flows.ts';
import { type Flows, growth } from './performance.ts';
import { type Cents, cents, type EpochMs, type Qty, type Ticker } from './units.ts';

/** A fund falls by what it spins off, and may rise or fall by as much as half of that the same day. */
const SPUN_OFF = 0.5;

/** What of a snapshot is cash and these tickers. */
interface PartOfAccount {
  readonly value: number;
  readonly held: number;
}

/** What Rotor manages, in cents; where it still holds more than it may, what it holds. */
export function measuredEquity(snapshot: AccountSnapshot): Cents {
  const { managedBy } = snapshot;
  const part = managedBy && partOf(snapshot, new Set(managedBy.own));
  return part ? measured(part, managedBy) : snapshot.equity;
}

/** What Rotor manages beside the whole account, for people; in cents. */
export interface MeasuredAccount extends ManagedAccount {
  /** Undefined where it is the same, but for the cents that a broker rounds. */
  readonly whole: Cents | undefined;
}

const SAME_CENTS = 100;

/** The measured part of the account with its cash. */
export function measuredAccount(
  snapshot: AccountSnapshot & { readonly cash: Cents },
): MeasuredAccount {
  const equity = measuredEquity(snapshot);
  const part = snapshot.managedBy && partOf(snapshot, new Set(snapshot.managedBy.own));
  const isWhole = !part || Math.abs(equity - snapshot.equity) < SAME_CENTS;
  return isWhole
    ? { equity: snapshot.equity, cash: snapshot.cash, whole: undefined }
    : { equity, cash: cents(equity - part.held), whole: snapshot.equity };
}

/**
 * What came to the measured part and went from it, in cents, so that nothing else is a gain or a loss:
 * people's money, what was bought and sold of other things, and every change of the settings. What came
 * counts from the beginning; what went, at the end, is below 0 where the rest of the account made up
 * for a loss.
 */
export function measuredFlows(
  book: Pick<AccountState, 'cashFlows' | 'externalFills'>,
  before: AccountSnapshot,
  after: AccountSnapshot,
  span: FlowSpan,
): Flows {
  const own = measuredTickers(book, before, after, span);
  const [start, end] = [own && partOf(before, own), own && partOf(after, own)];
  const isPart = own !== undefined && start !== undefined && end !== undefined;
  const { deposited, withdrawn } = flowsBetween(book, span, isPart ? own : undefined);
  const came = (isPart ? start.value : before.equity) + deposited;
  const gain = (isPart ? end.value : after.equity) + withdrawn - came;
  const base = isPart ? measured({ ...start, value: came }, widerOf(before, after)) : came;
  return {
    deposited: base - measuredEquity(before),
    withdrawn: base + gain - measuredEquity(after),
  };
}

/**
 * Growth of what is measured between two stands, 1 for no change; undefined where nothing was there to grow.
 * @param earned income that belongs to it and was not paid, in cents.
 */
export function measuredGrowth(
  before: AccountSnapshot,
  after: AccountSnapshot,
  flows: Flows,
  earned = 0,
): number | undefined {
  const [start, end] = [measuredEquity(before), measuredEquity(after) + earned];
  // An account of which nothing is managed, or from which all was withdrawn, neither gains nor loses.
  const isIdle = start === 0 && end === 0 && flows.deposited === 0 && flows.withdrawn === 0;
  return isIdle ? 1 : growth(start, end, flows);
}

/** The wider of two settings each: a raised one counts from the beginning, a lowered one from the end. */
function widerOf(
  { managedBy: one }: AccountSnapshot,
  { managedBy: other = one }: AccountSnapshot,
): ManagedRules {
  const caps = [one?.maxManaged, other?.maxManaged].filter((each) => each !== undefined);
  return {
    reserve: cents(Math.min(one?.reserve ?? 0, other?.reserve ?? 0)),
    maxManaged: caps.length < 2 ? undefined : cents(Math.max(...caps)),
  };
}

function measured({ value, held }: PartOfAccount, rules: ManagedRules): Cents {
  const whole = { cash: cents(value - held), ownValue: cents(held) };
  return cents(Math.max(managedAccount(whole, rules).equity, Math.min(held, value)));
}

function partOf(
  { cash, holdings }: AccountSnapshot,
  own: ReadonlySet<Ticker>,
): PartOfAccount | undefined {
  if (cash === undefined || !holdings) return undefined;
  const held = [...holdings].reduce(
    (sum, [ticker, { value }]) => (own.has(ticker) ? sum + value : sum),
    0,
  );
  return { value: cash + held, held };
}

/**
 * What is Rotor's at either end, and what an own fund became within: it is given up at the end only.
 * Undefined where the whole account is measured.
 */
export function measuredTickers(
  book: Pick<AccountState, 'cashFlows'>,
  ...[start, end, span]: readonly [before: AccountSnapshot, after: AccountSnapshot, span: FlowSpan]
): ReadonlySet<Ticker> | undefined {
  const snapshots = [start, end] as const;
  if (!start.managedBy) return undefined;
  const own = new Set([...start.managedBy.own, ...(end.managedBy?.own ?? [])]);
  const actions = cashFlowsIn(book, span).filter(({ activity }) => activity.kind === 'split');
  const isOwn = (ticker: Ticker | undefined): boolean => ticker !== undefined && own.has(ticker);
  const isReplaced = actions.some(({ activity }) => isOwn(activity.ticker) && activity.qty < 0);
  const became = actions.flatMap(({ activity: { ticker, qty } }) =>
    ticker !== undefined && qty > 0 && (isReplaced || isSpunOff(ticker, qty, own, snapshots))
      ? [ticker]
      : [],
  );
  return new Set([...own, ...became]);
}

/** Whether one of Rotor's funds lost in value, its shares unchanged, about what the new shares are worth. */
function isSpunOff(
  ticker: Ticker,
  came: Qty,
  own: ReadonlySet<Ticker>,
  [before, after]: readonly [AccountSnapshot, AccountSnapshot],
): boolean {
  const there = after.holdings?.get(ticker);
  if (own.has(ticker) || !there || there.qty <= 0) return false;
  const worth = (there.value * came) / there.qty;
  return [...(before.holdings ?? [])].some(([parent, was]) => {
    const now = after.holdings?.get(parent);
    const isSame = own.has(parent) && now?.qty === was.qty;
    return isSame && was.value - now.value >= worth * SPUN_OFF;
  });
}

/**
 * When the numbers of a close were read. A recording that cannot be of that close (the market was
 * open, or another session had closed) is one that was made up; the close itself counts then.
 */
export function instantOf({ session, at }: EquityPoint): EpochMs {
  const plausible =
    at !== undefined && !sessionAt(at) && at > 0 && lastClosedSession(at).date === session;
  if (plausible) return at;
  return sessionOn(session)?.close ?? newYorkInstant(session, 16 * 60);
}
