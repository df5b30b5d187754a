/**
 * Executes a recorded decision: sells, then buys from the cash actually available. Every step is recorded
 * before and after, so executing it again after a crash is safe. Lines are independent: one that waits does
 * not hold up the others, and any remainder stays due.
 */
import { type ManagedOrder, managedOrdersOf, openAlert } from '#core/domain/account-state.ts';
import { type Decision, isFlatten } from '#core/domain/decision.ts';
import type { Side } from '#core/domain/order.ts';
import {
  isOver,
  linesOf,
  liveOrder,
  type OrderLine,
  retryAt,
  unsentOrder,
} from '#core/domain/order-lines.ts';
import type { ExecutionParts } from '../parts.ts';
import type { Reconciler } from '../reconciliation/reconcile-account.ts';
import { sizesOfBuys } from './buy-sizes.ts';
import { cancelRequestedOrders, mayWriteOff } from './cancelled-orders.ts';
import { finish, openOrders, type Progress } from './finish-rebalance.ts';
import type { OrderBlock } from './order-block.ts';
import { nameOf, type Pass, passOf } from './pass.ts';
import { limitAlerts, limitsLifted, takeSnapshot, withOrder } from './pre-trade-check.ts';
import { earlyWait, noteBlock, orderOf, sendOrBlock } from './send-line.ts';
import { isLive } from './stuck-orders.ts';
import { isEnded } from './submit-order.ts';
import { awaitFinal, bookFills } from './track-orders.ts';

/**
 * One pass: sends the orders that may be sent, waits until they are final, and returns whether anything
 * remains.
 */
export async function executeRebalance(
  parts: ExecutionParts,
  reconciler: Pick<Reconciler, 'reconcileFills'>,
  decision: Decision,
  signal: AbortSignal,
): Promise<Progress> {
  const pass = passOf(parts, decision, signal);
  await executeSide(pass, 'sell');
  pass.compared = await reconciler.reconcileFills();
  pass.booksDiffer = pass.compared.differences.length > 0 ? BOOKS_DIFFER : undefined;
  await executeSide(pass, 'buy');
  await reconciler.reconcileFills();
  parts.journal.append(...(pass.waits.size === 0 ? limitsLifted(parts) : []));
  const wait = [...pass.waits.values()][0];
  if (wait) return { kind: 'waiting', reason: wait.reason };
  return { kind: 'finished', result: finish(parts, decision, [], pass.cuts) };
}

const BOOKS_DIFFER: OrderBlock = {
  kind: 'wait',
  limit: 'open problem',
  reason: 'our records and the broker’s differ',
};

/** Sends and tracks one side until nothing more may be sent, not even the rest of what has just ended. */
async function executeSide(pass: Pass, side: Side): Promise<void> {
  const { parts, decision, signal, asked } = pass;
  const own = (): readonly ManagedOrder[] =>
    managedOrdersOf(parts.journal.book(), decision.id).filter(({ intent }) => intent.side === side);
  for (;;) {
    await cancelRequestedOrders(parts, asked);
    const sent = await sendLines(pass, linesOf(decision, own(), side));
    // An order in flight when someone cancelled it has arrived by now.
    await cancelRequestedOrders(parts, asked);
    // Nothing waits for an order of one that a person has ended: what they asked for instead comes next.
    const live = (): readonly ManagedOrder[] =>
      isEnded(parts.journal.book(), decision.id) ? [] : own().filter((each) => isLive(parts, each));
    // Orders of an earlier pass may end in this one, and leave a rest.
    const isWaited = live().length > 0;
    if (isWaited && (await awaitFinal(parts, live, signal)) === 'still open') {
      alertStillOpen(pass, side, live());
      return;
    }
    if (!sent && !isWaited) return;
  }
}

/** Sends the lines that may be sent now; true if any was sent, or a line ended without an order. */
async function sendLines(pass: Pass, lines: readonly OrderLine[]): Promise<boolean> {
  const { parts, decision } = pass;
  // A person may have ended it: nothing more is recorded or sent.
  if (isEnded(parts.journal.book(), decision.id)) return false;
  const unknown = ofUnknownOutcome(pass);
  const due = lines.filter((line) => mayTry(pass, line) && maySendDespiteUnknown(unknown, line));
  if (due.length === 0) return false;
  // The account is compared with the books, which must include the previous orders.
  await bookFills(parts);
  const { compared } = pass;
  pass.compared = undefined;
  const tickers = due.map(({ planned }) => planned.ticker);
  let snapshot = await takeSnapshot(parts, tickers, compared);
  const sizes = sizesOfBuys({ ...pass, snapshot, lines: due });
  let isNews = false;
  for (const line of due) {
    const size = sizes.sizes.get(nameOf(line));
    const block = sizes.blocks.get(nameOf(line)) ?? (await earlyWait(pass, line, snapshot, size));
    if (isEnded(parts.journal.book(), decision.id)) return false;
    // One of its orders may have been cancelled during the requests to the broker.
    if (isOver(currentLine(pass, line))) continue;
    const managed = block ? undefined : orderOf(pass, line, size);
    const outcome = block ?? (managed && (await sendOrBlock(pass, managed, snapshot)));
    const now = managed && parts.journal.book().managedOrders.get(managed.intent.clientOrderId);
    if (now?.order) snapshot = withOrder(snapshot, now.order);
    if (outcome) noteBlock(pass, line, managed, outcome);
    isNews ||= outcome === undefined;
  }
  parts.journal.append(...limitAlerts(parts, pass.held));
  return isNews;
}

/** The line with its orders as currently in the journal. */
function currentLine({ parts, decision }: Pass, line: OrderLine): OrderLine {
  const { side, ticker } = line.planned;
  const managed = managedOrdersOf(parts.journal.book(), decision.id);
  return linesOf(decision, managed, side).find(({ planned }) => planned.ticker === ticker) ?? line;
}

/** While the outcome of one order is unknown nothing else is sent; a flatten continues regardless. */
function ofUnknownOutcome({ parts, decision }: Pass): readonly ManagedOrder[] {
  if (isFlatten(decision)) return [];
  return managedOrdersOf(parts.journal.book(), decision.id).filter(
    (managed) => managed.state === 'sending' && !mayWriteOff(parts, managed),
  );
}

function maySendDespiteUnknown(unknown: readonly ManagedOrder[], line: OrderLine): boolean {
  const own = unsentOrder(line);
  return unknown.length === 0 || (own !== undefined && unknown.includes(own));
}

/** Whether the line has a remainder that has not failed in this pass. */
function mayTry(pass: Pass, line: OrderLine): boolean {
  const { parts, waits, cuts } = pass;
  const name = nameOf(line);
  if (waits.has(name) || cuts.has(name) || isOver(line) || liveOrder(line)) return false;
  const again = retryAt(line);
  if (unsentOrder(line) || again === undefined || again <= parts.clocks.market.now()) return true;
  noteLater(pass, line);
  return false;
}

function noteLater({ parts, waits, held }: Pass, line: OrderLine): void {
  const [name, block] = [nameOf(line), retryLater(line)];
  waits.set(name, block);
  // A rejection has an alert of its own.
  if (block.limit !== 'asset') return;
  held.set(name, block);
  parts.journal.append(...limitAlerts(parts, held));
}

/** Why a line is retried only later. */
function retryLater(line: OrderLine): OrderBlock {
  const { refusal, order } = line.attempts.at(-1) ?? {};
  const name = nameOf(line);
  if (refusal !== undefined)
    return { kind: 'wait', limit: 'account', reason: `${name}: refused: ${refusal}` };
  return order?.status === 'rejected'
    ? { kind: 'wait', limit: 'account', reason: `${name}: rejected by the broker` }
    : { kind: 'wait', limit: 'asset', reason: `${name}: not filled; the stock may be halted` };
}

/** Once per rebalance: orders that the broker neither fills nor ends are reported, not assumed. */
function alertStillOpen(
  { parts, decision, waits }: Pass,
  side: Side,
  live: readonly ManagedOrder[],
): void {
  const { journal } = parts;
  const reason = stillOpen(side, live);
  for (const { intent } of live) {
    waits.set(`${intent.side} ${intent.ticker}`, {
      kind: 'wait',
      limit: 'open order',
      reason,
    });
  }
  const subject = openOrders(decision);
  // Both sides: their passes take turns, and neither is news to the other.
  const all = managedOrdersOf(journal.book(), decision.id).filter((each) => isLive(parts, each));
  const text = (['sell', 'buy'] as const)
    .map((each) => [each, all.filter(({ intent }) => intent.side === each)] as const)
    .filter(([, orders]) => orders.length > 0)
    .map(([each, orders]) => stillOpen(each, orders))
    .join('; ');
  if (openAlert(journal.book(), subject)?.alert.text === text) return;
  const alert = {
    subject,
    severity: 'warning' as const,
    title: 'Orders stay open',
    text,
    remedy: 'Rotor checks every half minute. Only these tickers wait; the rest continues.',
  };
  journal.append({ kind: 'alert', alert });
}

function stillOpen(side: Side, live: readonly ManagedOrder[]): string {
  const open = live.map(
    ({ intent, order }) => `${intent.ticker} (${order?.brokerStatus ?? 'unknown'})`,
  );
  return `${side} orders still open at the broker: ${open.join(', ')}`;
}
