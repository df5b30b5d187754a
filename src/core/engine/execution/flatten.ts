/** Sells everything that Rotor may trade, because a person said so. */
import { planOrders } from '#core/decide/plan.ts';
import type { Account, Position } from '#core/domain/account.ts';
import {
  type AccountState,
  type ManagedOrder,
  managedOrdersOf,
  type Rebalance,
  unfinished,
} from '#core/domain/account-state.ts';
import type { Bars } from '#core/domain/bar.ts';
import { nextSession, sessionAt } from '#core/domain/calendar.ts';
import { type Decision, flattenId, isFlatten } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { Regime } from '#core/domain/model.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import { type EpochMs, epochMs, type SessionDate, type Ticker } from '#core/domain/units.ts';
import { instruments, tradable } from '#core/domain/universe.ts';
import { barsThrough, tradableSession, tradingWindow } from '#core/scheduler.ts';
import type { Observer } from '../observer.ts';
import type { EngineParts } from '../parts.ts';
import type { AnswerOutcome } from '../proposals.ts';
import { assertAccount } from '../reconciliation/reconcile-account.ts';
import { cancelOrders, failureOf, targetOf } from './cancel-orders.ts';
import { sellIntents } from './execute-rebalance.ts';
import { newPlanEnds, resultOf } from './rebalance-result.ts';
import { isManagedOrderFinal, refreshOrders } from './track-orders.ts';

const closed = (reason: string): AnswerOutcome => ({ kind: 'closed', reason });

/**
 * A rebalance that runs is ended first: what a person wants sold must not be bought meanwhile. Its
 * orders are asked to cancel; a ticker whose order does not go waits for it, the others are sold. Outside
 * the trading window, and under HALT, it is written down all the same: the state becomes REDUCE, and the
 * sells leave in the next window unless somebody takes it back before.
 */
export async function flatten(
  parts: EngineParts,
  observer: Observer,
  signal: AbortSignal,
  by: string,
  reason: string,
): Promise<AnswerOutcome> {
  const { broker, journal } = parts;
  const refused = refusalReason(parts);
  if (refused !== undefined) return closed(refused);
  const running = unfinished(journal.book());
  const reduce: Entry = { kind: 'state', state: 'REDUCE', by, reason: `flatten: ${reason}` };
  if (running) {
    journal.append(reduce);
    await cancelRunning(parts, running, by, signal);
  }
  const [account, positions] = await Promise.all([broker.account(), broker.positions()]);
  assertAccount(journal.book(), account);
  const held = ownPositions(parts, positions);
  const prices = await pricesOf(parts, held);
  // Everything below is one step: nothing can be written in between.
  const other = unfinished(journal.book());
  if (other && other.decision.id !== running?.decision.id && !isFlatten(other.decision)) {
    // It began meanwhile; the same again ends it.
    return flatten(parts, observer, signal, by, reason);
  }
  const late = refusalReason(parts);
  if (late !== undefined) return closed(late);
  const over = running ? endRunning(journal.book(), running, by) : [];
  if (held.length === 0) {
    journal.append(...over);
    return closed('Nothing is held that Rotor may sell.');
  }
  const decision = flattenDecision(parts, observer, account, held, prices);
  journal.append(
    ...(journal.book().state.state === 'REDUCE' ? [] : [reduce]),
    ...over,
    ...newPlanEnds(journal.book()),
    { kind: 'decision', decision },
    ...sellIntents(decision),
  );
  const now = parts.clock.now();
  return tradableSession(now)
    ? { kind: 'accepted' }
    : { kind: 'accepted', startsAt: nextWindow(now) };
}

/** When orders may leave next. */
function nextWindow(now: EpochMs): EpochMs {
  const session = sessionAt(now);
  const today = session && tradingWindow(session);
  return today && now < today.from ? today.from : tradingWindow(nextSession(now)).from;
}

/** Takes back a flatten of which no order was sent yet; the state stays REDUCE. */
export function takeBackFlatten({ journal }: EngineParts, by: string): AnswerOutcome {
  const running = unfinished(journal.book());
  if (!running || !isFlatten(running.decision)) return closed('Nothing is waiting to be sold.');
  const sent = managedOrdersOf(journal.book(), running.decision.id).some(
    ({ state }) => state !== 'planned',
  );
  if (sent) return closed('Orders have left already; cancel those that are still open.');
  journal.append(...endRunning(journal.book(), running, by, `taken back by ${by}`));
  return { kind: 'accepted' };
}

function refusalReason({ journal }: EngineParts): string | undefined {
  const book = journal.book();
  const doubt = journal.doubt();
  if (doubt !== undefined) return doubt;
  if (!book.baseline) return 'Rotor has not met the account yet.';
  const running = unfinished(book);
  if (running && isFlatten(running.decision)) return 'Everything is being sold already.';
  return undefined;
}

/** May be at the broker and may still fill, or filled more than is booked. */
function mayStillFill(managed: ManagedOrder): boolean {
  return managed.state !== 'planned' && !isManagedOrderFinal(managed);
}

async function cancelRunning(
  parts: EngineParts,
  { decision }: Rebalance,
  by: string,
  signal: AbortSignal,
): Promise<void> {
  const { clock, journal } = parts;
  const open = managedOrdersOf(journal.book(), decision.id).filter(
    (managed) => !isManagedOrderFinal(managed),
  );
  journal.append(
    ...open.map(({ intent }): Entry => {
      return { kind: 'cancel-requested', clientOrderId: intent.clientOrderId, by };
    }),
  );
  await cancelOrders(parts, open.filter(mayStillFill).map(targetOf), signal);
  const since = epochMs(Math.min(clock.now(), ...open.map(({ at }) => at)));
  // Books the fills; where the broker does not answer the orders stay loose and the answer says so.
  await failureOf(() => refreshOrders(parts, since));
}

/** The running rebalance ends here; what it had not sent never is. */
function endRunning(
  book: AccountState,
  { decision }: Rebalance,
  by: string,
  why = `ended by ${by}, who has everything sold`,
): readonly Entry[] {
  const managedOrders = managedOrdersOf(book, decision.id);
  const unsent = managedOrders.filter(({ state }) => state === 'planned');
  const { left } = resultOf(decision, managedOrders);
  return [
    ...unsent.flatMap(({ intent: { clientOrderId } }): Entry[] => [
      { kind: 'cancel-requested', clientOrderId, by },
      { kind: 'refused', clientOrderId, reason: `cancelled by ${by}` },
    ]),
    {
      kind: 'finished',
      decisionId: decision.id,
      result: { kind: 'partial', left: [why, ...left] },
    },
  ];
}

function ownPositions(
  { universe }: EngineParts,
  positions: readonly Position[],
): readonly Position[] {
  const own = new Set(tradable(universe).map(({ ticker }) => ticker));
  return positions.filter(({ ticker, qty }) => own.has(ticker) && qty > 0);
}

/** The latest trade; without one what the broker values the position with. The gate asks again. */
async function pricesOf(
  { broker }: EngineParts,
  held: readonly Position[],
): Promise<ReadonlyMap<Ticker, number>> {
  const latest = await broker.latestPrices(held.map(({ ticker }) => ticker));
  return new Map(
    held.map(({ ticker, currentPrice, averagePrice }) => [
      ticker,
      latest.get(ticker)?.price ?? currentPrice ?? averagePrice,
    ]),
  );
}

/** A whole record with an empty target: it needs no bars, so it works when they are what is wrong. */
function flattenDecision(
  parts: EngineParts,
  observer: Observer,
  { id: accountId, equity, cash }: Account,
  held: readonly Position[],
  prices: ReadonlyMap<Ticker, number>,
): Decision {
  const { universe, limits, rules } = parts;
  const now = observer.now() ?? parts.clock.now();
  const asOf = barsThrough(now);
  const id = freshId(parts);
  const holdings = {
    equity,
    cash,
    positions: new Map(held.map((each) => [each.ticker, each.qty])),
  };
  const verdict = { kind: 'approved', weights: new Map(), breaches: [] } as const;
  const input = { accountId, decisionId: id, verdict, holdings, prices, universe, limits, rules };
  return {
    kind: 'decided',
    id,
    cause: 'manual',
    asOf,
    regime: regimeOf(parts, observer),
    rankings: [],
    votes: [],
    portfolio: { target: new Map(), grossBefore: 0, grossAfter: 0 },
    verdict,
    holdings,
    closes: closesOf(parts, observer.bars(), asOf),
    prices,
    plan: planOrders(input),
  };
}

function freshId({ clock, journal }: EngineParts): string {
  const day = newYorkDate(clock.now());
  for (let number = 1; ; number++) {
    const id = flattenId(day, number);
    if (!journal.book().rebalances.has(id)) return id;
  }
}

/** The regime plays no part; the record says what was known of it. */
function regimeOf({ journal }: EngineParts, observer: Observer): Regime {
  const book = journal.book();
  const seen = observer.last();
  const last = [...book.rebalances.values()].at(-1)?.decision.regime;
  return (
    seen.data.regime ??
    last ?? {
      kind: 'neutral',
      close: book.baseline?.benchmark ?? 0,
      mean200: undefined,
      distance: undefined,
      momentum126: undefined,
    }
  );
}

/** Closes that are up to date; an older one would hold an order back for what the market did. */
function closesOf(
  { universe }: EngineParts,
  bars: Bars,
  asOf: SessionDate,
): ReadonlyMap<Ticker, number> {
  return new Map(
    instruments(universe).flatMap(({ ticker }): [Ticker, number][] => {
      const history = bars.get(ticker);
      const close = history?.dates.at(-1) === asOf ? history.close.at(-1) : undefined;
      return close === undefined ? [] : [[ticker, close]];
    }),
  );
}
