/**
 * The basis of every return and drawdown: the managed part of the account, and flows in and out between two
 * instants. The whole account where an older journal knows no more. Pure.
 */
import type { AccountState, EquityPoint } from './account-state.ts';
import { lastClosedSession, sessionAt, sessionOn } from './calendar.ts';
import { keepingSame } from './kept.ts';
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

/** A fund falls by the value it spins off, and may move by up to half of that on the same day. */
const SPUN_OFF = 0.5;

/** The part of a snapshot that is cash and these tickers. */
interface PartOfAccount {
  readonly value: number;
  readonly held: number;
}

/** The equity that Rotor manages, in cents; where it holds more than it may, the value held. */
export function measuredEquity(snapshot: AccountSnapshot): Cents {
  const { managedBy } = snapshot;
  const part = managedBy && partOf(snapshot, isIn(managedBy.own));
  return part ? measured(part, managedBy) : snapshot.equity;
}

/** The managed part and the whole account, for display; in cents. */
export interface MeasuredAccount extends ManagedAccount {
  /** Undefined where it is the same, apart from the broker's rounding to cents. */
  readonly whole: Cents | undefined;
}

const SAME_CENTS = 100;

/** The measured part of the account with its cash. */
export function measuredAccount(
  snapshot: AccountSnapshot & { readonly cash: Cents },
): MeasuredAccount {
  const equity = measuredEquity(snapshot);
  const part = snapshot.managedBy && partOf(snapshot, isIn(snapshot.managedBy.own));
  const isWhole = !part || Math.abs(equity - snapshot.equity) < SAME_CENTS;
  return isWhole
    ? { equity: snapshot.equity, cash: snapshot.cash, whole: undefined }
    : { equity, cash: cents(equity - part.held), whole: snapshot.equity };
}

/**
 * Flows into and out of the measured part, in cents, so that none of them is a gain or a loss: deposits and
 * withdrawals, purchases and sales of unmanaged assets, and every change of the settings. Inflows count
 * from the beginning; outflows, at the end, are below 0 where the rest of the account made up for a loss.
 */
export function measuredFlows(
  book: Pick<AccountState, 'cashFlows' | 'externalFills'>,
  before: AccountSnapshot,
  after: AccountSnapshot,
  span: FlowSpan,
): Flows {
  const own = measuredTickers(book, before, after, span);
  const isOwn = (ticker: Ticker): boolean => own?.has(ticker) ?? false;
  const [start, end] = [own && partOf(before, isOwn), own && partOf(after, isOwn)];
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
 * Growth of the measured part between two snapshots, 1 for no change; undefined where there was nothing to
 * grow.
 * @param earned income that belongs to it but was not paid, in cents.
 */
export function measuredGrowth(
  before: AccountSnapshot,
  after: AccountSnapshot,
  flows: Flows,
  earned = 0,
): number | undefined {
  const [start, end] = [measuredEquity(before), measuredEquity(after) + earned];
  // An account with nothing managed, or with everything withdrawn, neither gains nor loses.
  const isIdle = start === 0 && end === 0 && flows.deposited === 0 && flows.withdrawn === 0;
  return isIdle ? 1 : growth(start, end, flows);
}

/** The measured part from one recorded close to the next. */
export interface MeasuredStep {
  readonly flows: Flows;
  /** See measuredGrowth. */
  readonly grown: number | undefined;
}

/** Bounds of a step, and income that belongs to it but was not paid. */
export interface StepSpan extends FlowSpan {
  /** Cents; none if omitted. */
  readonly earned?: number;
}

/**
 * The flows and the growth from one close to a later one. Every refresh follows all closes again, and few
 * entries change any of them: the last result is kept with the later close.
 */
export function measuredStep(
  { cashFlows, externalFills }: Pick<AccountState, 'cashFlows' | 'externalFills'>,
  before: AccountSnapshot,
  after: AccountSnapshot,
  span: StepSpan,
): MeasuredStep {
  const { since, until, bookedAfter, earned = 0 } = span;
  const kept = STEPS.get(after) ?? keepingSame(stepOf);
  STEPS.set(after, kept);
  return kept({
    ...{ cashFlows, externalFills, before, after },
    ...{ since, until, bookedAfter, earned },
  });
}

type StepInput = Pick<AccountState, 'cashFlows' | 'externalFills'> &
  FlowSpan & {
    readonly before: AccountSnapshot;
    readonly after: AccountSnapshot;
    readonly earned: number;
  };

const STEPS = new WeakMap<AccountSnapshot, (input: StepInput) => MeasuredStep>();

function stepOf({ before, after, earned, ...given }: StepInput): MeasuredStep {
  const flows = measuredFlows(given, before, after, given);
  return { flows, grown: measuredGrowth(before, after, flows, earned) };
}

/**
 * The wider of two values of each setting: an increase counts from the beginning, a decrease from the end.
 */
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

/** An account holds few tickers: a set of its own would take longer to make than to search the list. */
function isIn(own: readonly Ticker[]): (ticker: Ticker) => boolean {
  return (ticker) => own.includes(ticker);
}

function partOf(
  { cash, holdings }: AccountSnapshot,
  isOwn: (ticker: Ticker) => boolean,
): PartOfAccount | undefined {
  if (cash === undefined || !holdings) return undefined;
  let held = 0;
  for (const [ticker, { value }] of holdings) if (isOwn(ticker)) held += value;
  return { value: cash + held, held };
}

/**
 * Tickers that are Rotor's at either end, and those that a managed fund turned into: they are excluded at
 * the end only. Undefined where the whole account is measured.
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

/** Whether one of Rotor's funds, its shares unchanged, lost about the value of the new shares. */
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
 * When the numbers of a close were read. A recording time that cannot belong to that close (the market was
 * open, or another session had closed) is that of a late recording; the close's own time is used then.
 */
export function instantOf(point: EquityPoint): EpochMs {
  const known = INSTANTS.get(point) ?? instantFor(point);
  INSTANTS.set(point, known);
  return known;
}

const INSTANTS = new WeakMap<EquityPoint, EpochMs>();

function instantFor({ session, at }: EquityPoint): EpochMs {
  const plausible =
    at !== undefined && !sessionAt(at) && at > 0 && lastClosedSession(at).date === session;
  if (plausible) return at;
  return sessionOn(session)?.close ?? newYorkInstant(session, 16 * 60);
}
