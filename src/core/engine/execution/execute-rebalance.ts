/**
 * Carries a recorded decision out: sells, then buys from the cash that is really there. Every step is
 * written down before and after, so carrying out again after a crash is the same as carrying out. Each
 * line stands for itself: one that waits holds no other back, and what is still wanted stays owed.
 */
import {
  type ManagedOrder,
  managedOrdersOf,
  openAlert,
  type RebalanceResult,
} from '#core/domain/account-state.ts';
import type { AlertSubject } from '#core/domain/alert.ts';
import { sessionsBetween } from '#core/domain/calendar.ts';
import { type Decision, isFlatten } from '#core/domain/decision.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import type { Side } from '#core/domain/order.ts';
import {
  isOver,
  linesOf,
  liveOrder,
  nextIntent,
  type OrderLine,
  retryAt,
  unsentOrder,
} from '#core/domain/order-lines.ts';
import { epochMs } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { exactly, resolvedEntries } from '../alerts.ts';
import type { EngineParts, ExecutionParts } from '../parts.ts';
import type { ReconcileResult } from '../reconciliation/reconcile.ts';
import type { Reconciler } from '../reconciliation/reconcile-account.ts';
import { sizesOfBuys } from './buy-sizes.ts';
import { cancelRequested, cancelRequestedOrders, presumedLost } from './cancelled-orders.ts';
import { isOrderFinal } from './managed-orders.ts';
import type { OrderBlock } from './order-block.ts';
import {
  limitAlerts,
  limitsLifted,
  preTradeCheck,
  type TradingSnapshot,
  takeSnapshot,
  withOrder,
} from './pre-trade-check.ts';
import { type CutReasons, leftAlert, resultOf } from './rebalance-result.ts';
import { limitRejection } from './rejections.ts';
import { isOverdue } from './stuck-orders.ts';
import { isEnded, submitOrder } from './submit-order.ts';
import { awaitFinal, bookFills, refreshOrders } from './track-orders.ts';

/** How far a rebalance came. */
export type Progress =
  | { readonly kind: 'finished'; readonly result: RebalanceResult }
  /** Something is still wanted; it goes on at the next tick that allows it. */
  | { readonly kind: 'waiting'; readonly reason: string };

/** What one pass over the lines of a rebalance found out. */
interface Pass {
  readonly parts: ExecutionParts;
  readonly decision: Decision;
  readonly signal: AbortSignal;
  /** Lines that wait, by side and ticker, and why. */
  readonly waits: Map<string, OrderBlock>;
  /** Lines that get no more, by side and ticker, for reasons that no order carries. */
  readonly cuts: Map<string, string>;
  /** Orders that were asked to cancel in this pass. */
  readonly asked: Set<string>;
  /** The last session in which it is still tried. */
  readonly isLastSession: boolean;
  /** What the books were compared with, until something is sent after it. */
  compared: ReconcileResult | undefined;
  /** What holds every buy back; undefined while the books add up. */
  booksDiffer: OrderBlock | undefined;
}

/** One pass: sends what may leave, follows it to its end, and says whether anything is still wanted. */
export async function executeRebalance(
  parts: ExecutionParts,
  reconciler: Pick<Reconciler, 'reconcileFills'>,
  decision: Decision,
  signal: AbortSignal,
): Promise<Progress> {
  const pass = passOf(parts, decision, signal);
  await executeSide(pass, 'sell');
  // Nothing is bought on books that do not add up, whether somebody was told of it already or not.
  pass.compared = await reconciler.reconcileFills();
  pass.booksDiffer = pass.compared.differences.length > 0 ? BOOKS_DIFFER : undefined;
  await executeSide(pass, 'buy');
  await reconciler.reconcileFills();
  parts.journal.append(...(pass.waits.size === 0 ? limitsLifted(parts) : []));
  const wait = [...pass.waits.values()][0];
  if (wait) return { kind: 'waiting', reason: wait.reason };
  return { kind: 'finished', result: finish(parts, decision, [], pass.cuts) };
}

function passOf(parts: ExecutionParts, decision: Decision, signal: AbortSignal): Pass {
  const { clocks, journal, maxCatchUpSessions } = parts;
  const begun = journal.book().rebalances.get(decision.id)?.at ?? clocks.market.now();
  const age = sessionsBetween(newYorkDate(begun), newYorkDate(clocks.market.now()));
  const isLastSession = age >= maxCatchUpSessions;
  const [waits, cuts, asked] = [new Map(), new Map(), new Set<string>()];
  const found = { compared: undefined, booksDiffer: undefined };
  return { parts, decision, signal, waits, cuts, asked, isLastSession, ...found };
}

/** Sends and follows one side until nothing of it may leave any more. */
async function executeSide(pass: Pass, side: Side): Promise<void> {
  const { parts, decision, signal, asked } = pass;
  const own = (): readonly ManagedOrder[] =>
    managedOrdersOf(parts.journal.book(), decision.id).filter(({ intent }) => intent.side === side);
  for (;;) {
    await cancelRequestedOrders(parts, asked);
    const sent = await sendLines(pass, linesOf(decision, own(), side));
    // One that was on its way when somebody cancelled it has arrived by now.
    await cancelRequestedOrders(parts, asked);
    const live = (): readonly ManagedOrder[] => own().filter((each) => isLive(parts, each));
    if (live().length > 0 && (await awaitFinal(parts, live, signal)) === 'still open') {
      alertStillOpen(pass, side, live());
      return;
    }
    if (!sent) return;
  }
}

/** At the broker and not final; one that outlived its session is not waited for. */
function isLive({ clocks }: Pick<EngineParts, 'clocks'>, managed: ManagedOrder): boolean {
  if (managed.state !== 'placed' || managed.setAsideBy !== undefined) return false;
  return !isOrderFinal(managed) && !isOverdue(managed, clocks.market.now());
}

/** Sends what may leave now; whether anything did, or a line ended without an order. */
async function sendLines(pass: Pass, lines: readonly OrderLine[]): Promise<boolean> {
  const { parts, decision } = pass;
  // A person may have ended it: nothing of it is written or sent any more.
  if (isEnded(parts.journal.book(), decision.id)) return false;
  const unknown = ofUnknownOutcome(pass);
  const due = lines.filter((line) => mayTry(pass, line) && mayLeaveBeside(unknown, line));
  if (due.length === 0) return false;
  // What the account says is held against the books, which must know of the orders before.
  await bookFills(parts);
  if (isEnded(parts.journal.book(), decision.id)) return false;
  const { compared } = pass;
  pass.compared = undefined;
  const tickers = due.map(({ planned }) => planned.ticker);
  let snapshot = await takeSnapshot(parts, tickers, compared);
  const sizes = sizesOfBuys({ ...pass, snapshot, lines: due });
  let isNews = false;
  const before = new Set(pass.waits.keys());
  for (const line of due) {
    if (isEnded(parts.journal.book(), decision.id)) return false;
    const size = sizes.sizes.get(nameOf(line));
    const block = sizes.blocks.get(nameOf(line)) ?? (await earlyWait(pass, line, snapshot, size));
    if (isEnded(parts.journal.book(), decision.id)) return false;
    const managed = block ? undefined : orderOf(pass, line, size);
    const outcome = block ?? (managed && (await sendOrBlock(pass, managed, snapshot)));
    const now = managed && parts.journal.book().managedOrders.get(managed.intent.clientOrderId);
    if (now?.order && outcome === undefined) snapshot = withOrder(snapshot, now.order);
    if (outcome) noteBlock(pass, line, managed, outcome);
    isNews ||= outcome === undefined;
  }
  const held = [...pass.waits].filter(([name]) => !before.has(name));
  parts.journal.append(...limitAlerts(parts, new Map(held)));
  return isNews;
}

/** While the outcome of one order is not known nothing else leaves; a flatten goes on all the same. */
function ofUnknownOutcome({ parts, decision }: Pass): readonly ManagedOrder[] {
  if (isFlatten(decision)) return [];
  return managedOrdersOf(parts.journal.book(), decision.id).filter(
    (managed) => managed.state === 'sending' && !presumedLost(parts, managed),
  );
}

function mayLeaveBeside(unknown: readonly ManagedOrder[], line: OrderLine): boolean {
  const own = unsentOrder(line);
  return unknown.length === 0 || (own !== undefined && unknown.includes(own));
}

/** Whether the line wants something that has not been tried in vain in this pass. */
function mayTry({ parts, waits, cuts }: Pass, line: OrderLine): boolean {
  const name = nameOf(line);
  if (waits.has(name) || cuts.has(name) || isOver(line) || liveOrder(line)) return false;
  const again = retryAt(line);
  if (unsentOrder(line) || again === undefined || again <= parts.clocks.market.now()) return true;
  const refusal = line.attempts.at(-1)?.refusal;
  const reason = `${name}: ${refusal === undefined ? 'rejected by the broker' : `refused: ${refusal}`}`;
  waits.set(name, { kind: 'wait', limit: 'account', reason });
  return false;
}

function nameOf({ planned }: OrderLine): string {
  return `${planned.side} ${planned.ticker}`;
}

/** Why the line's next order waits. It is not written down then: its size would be the one of now. */
async function earlyWait(
  { parts, decision, booksDiffer }: Pass,
  line: OrderLine,
  snapshot: TradingSnapshot,
  size = line.wanted,
): Promise<OrderBlock | undefined> {
  if (unsentOrder(line)) return undefined;
  if (line.planned.side === 'buy' && booksDiffer) return booksDiffer;
  const intent = nextIntent(line, parts.journal.book().account?.id ?? '', size);
  const checked = await preTradeCheck(parts, decision, { intent, sent: undefined }, snapshot);
  return checked.kind === 'wait' ? checked : undefined;
}

/** The order that is written down already, or the line's next one; its intent is recorded first. */
function orderOf({ parts }: Pass, line: OrderLine, size = line.wanted): ManagedOrder | undefined {
  const { journal } = parts;
  const known = unsentOrder(line);
  if (known) return known;
  const intent = nextIntent(line, journal.book().account?.id ?? '', size);
  journal.append({ kind: 'intent', intent });
  return journal.book().managedOrders.get(intent.clientOrderId);
}

/** Checks every limit and then sends, or says what holds the order back. */
async function sendOrBlock(
  { parts, decision, signal, booksDiffer }: Pass,
  managed: ManagedOrder,
  snapshot: TradingSnapshot,
): Promise<OrderBlock | undefined> {
  const { clientOrderId, side } = managed.intent;
  if (signal.aborted) return STOPPING;
  // An order that may be at the broker already is looked up first, whatever the limits say.
  return orWait(decision, () =>
    submitOrder(parts, managed, signal, async () => {
      const early = cancelRequested(parts, clientOrderId);
      if (early) return early;
      if (side === 'buy' && booksDiffer) return booksDiffer;
      const checked = await preTradeCheck(parts, decision, managed, snapshot);
      return signal.aborted ? STOPPING : (cancelRequested(parts, clientOrderId) ?? checked);
    }),
  );
}

/** One order of unknown outcome stops a rebalance; of a flatten it holds only its own ticker up. */
async function orWait(
  decision: Decision,
  submit: () => Promise<OrderBlock | undefined>,
): Promise<OrderBlock | undefined> {
  try {
    return await submit();
  } catch (error) {
    const passes = error instanceof TradingError && error.remedy === 'retry';
    if (!passes || !isFlatten(decision)) throw error;
    return { kind: 'wait', limit: 'unknown outcome', reason: error.message };
  }
}

const BOOKS_DIFFER: OrderBlock = {
  kind: 'wait',
  limit: 'open problem',
  reason: 'our records and the broker’s differ',
};

const STOPPING: OrderBlock = { kind: 'wait', limit: 'stopping', reason: 'Rotor is stopping' };

/** Writes down what holds a line back: for now, or for good. */
function noteBlock(
  { parts, waits, cuts }: Pass,
  line: OrderLine,
  managed: ManagedOrder | undefined,
  block: OrderBlock,
): void {
  const { journal } = parts;
  const name = nameOf(line);
  const now = managed && journal.book().managedOrders.get(managed.intent.clientOrderId);
  // Refusing one that may have arrived would forget it: it waits until it is found or may be sent.
  const mayBeThere = now?.state === 'sending' && !presumedLost(parts, now);
  if (block.kind === 'wait' || mayBeThere) {
    waits.set(name, block);
    return;
  }
  cuts.set(name, block.reason);
  if (!now) return;
  const { clientOrderId } = now.intent;
  const isCancelled = now.cancelRequestedBy !== undefined;
  const reason = isCancelled ? block.reason : `${block.limit}: ${block.reason}`;
  journal.append(
    { kind: 'refused', clientOrderId, reason },
    ...(isCancelled ? [] : [{ kind: 'alert', alert: limitRejection(now.intent, block) } as const]),
  );
}

/** Writes down how it ended; what was told of orders that stayed open is over with it. */
function finish(
  { journal }: Pick<EngineParts, 'journal'>,
  decision: Decision,
  before: readonly string[],
  cuts?: CutReasons,
): RebalanceResult {
  // A person may have ended it meanwhile; it ends once.
  const known = journal.book().rebalances.get(decision.id)?.result;
  if (known) return known;
  const managed = managedOrdersOf(journal.book(), decision.id);
  const { kind, left } = resultOf(decision, managed, cuts);
  const alert = leftAlert(decision, managed, cuts, before);
  const result: RebalanceResult =
    before.length > 0 ? { kind: 'partial', left: [...before, ...left] } : { kind, left };
  journal.append(
    { kind: 'finished', decisionId: decision.id, result },
    ...resolvedEntries(journal.book(), exactly(openOrders(decision)), ENDED),
    ...resolvedEntries(journal.book(), ['limit'], ENDED),
    ...(alert ? [{ kind: 'alert', alert } as const] : []),
  );
  return result;
}

/**
 * Ends a rebalance that is too old to go on with its target. Orders that may be at the broker are
 * looked up first; while one may still fill in its own session, the rebalance is not ended.
 */
export async function abandonRebalance(
  parts: ExecutionParts,
  decision: Decision,
): Promise<Progress> {
  const { broker, clocks, journal } = parts;
  const managed = (): readonly ManagedOrder[] => managedOrdersOf(journal.book(), decision.id);
  for (const { intent } of managed().filter(({ state }) => state === 'sending')) {
    const order = await broker.orderByClientId(intent.clientOrderId);
    if (order) journal.append({ kind: 'order', order });
  }
  await refreshOrders(
    parts,
    epochMs(Math.min(clocks.market.now(), ...managed().map(({ at }) => at))),
  );
  if (managed().some((each) => isLive(parts, each))) {
    return { kind: 'waiting', reason: 'orders are still open at the broker' };
  }
  const held = [...journal.book().alerts.values()]
    .filter(({ alert }) => alert.subject.about === 'limit')
    .map(({ alert }) => `last held back by ${alert.text}`);
  const { state, by } = journal.book().state;
  if (state !== 'RUN') held.push(`trading is ${state}, set by ${by}`);
  return { kind: 'finished', result: finish(parts, decision, [ABANDONED, ...held]) };
}

const ENDED = 'The rebalance has ended.';

/** What an alert about orders of this rebalance that stay open is about. */
function openOrders({ id }: Decision): AlertSubject {
  return { about: 'open-orders', decisionId: id };
}

const ABANDONED = 'its time is over: MAX_CATCHUP_SESSIONS went by';

/** Once for each rebalance: orders that the broker neither fills nor ends are shown, not assumed. */
function alertStillOpen(
  { parts, decision, waits }: Pass,
  side: Side,
  live: readonly ManagedOrder[],
): void {
  const { journal } = parts;
  const open = live.map(
    ({ intent, order }) => `${intent.ticker} (${order?.brokerStatus ?? 'unknown'})`,
  );
  const text = `${side} orders still open at the broker: ${open.join(', ')}`;
  for (const { intent } of live) {
    waits.set(`${intent.side} ${intent.ticker}`, {
      kind: 'wait',
      limit: 'open order',
      reason: text,
    });
  }
  const subject = openOrders(decision);
  if (openAlert(journal.book(), subject)?.alert.text === text) return;
  const alert = {
    subject,
    severity: 'warning' as const,
    title: 'Orders stay open',
    text,
    remedy: 'Rotor looks every half minute. Only these tickers wait; the rest goes on.',
  };
  journal.append({ kind: 'alert', alert });
}
