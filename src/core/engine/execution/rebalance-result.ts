/** What a rebalance came to, in sentences; from the record alone. */
import type { AccountState, ManagedOrder, RebalanceResult } from '#core/domain/account-state.ts';
import type { Alert } from '#core/domain/alert.ts';
import { type Decision, isFlatten } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';
import { isAsPlanned, isFinal, type OrderIntent } from '#core/domain/order.ts';
import { endingOf } from '#core/domain/order-words.ts';
import { qty, qtyToDecimal, toDollars } from '#core/domain/units.ts';
import { resolvedEntries } from '../alerts.ts';

/** Why a line was cut short by Rotor itself, by side and ticker as `lineName` gives them. */
export type CutReasons = ReadonlyMap<string, string>;

const NO_CUTS: CutReasons = new Map();

/** What was done against what was planned. `cuts` are the reasons that no order carries. */
export function resultOf(
  decision: Decision,
  managedOrders: readonly ManagedOrder[],
  cuts: CutReasons = NO_CUTS,
): RebalanceResult {
  const left = decision.plan.orders.flatMap((planned) => {
    const own = managedOrders.filter(
      ({ intent }) => intent.ticker === planned.ticker && intent.side === planned.side,
    );
    const line = `${planned.side} ${planned.ticker}`;
    const sentence = shortfall(planned, own, cuts.get(line));
    return sentence === undefined ? [] : [`${line}: ${sentence}`];
  });
  return { kind: left.length === 0 ? 'complete' : 'partial', left };
}

/** Why less than planned was traded, or undefined. `attempts` are the orders of one line. */
function shortfall(
  planned: OrderIntent,
  attempts: readonly ManagedOrder[],
  cut: string | undefined,
): string | undefined {
  const filled = attempts.reduce((sum, { order }) => sum + (order?.filledQty ?? 0), 0);
  if (filled >= planned.qty) return undefined;
  const last = attempts.findLast(({ order }) => order !== undefined)?.order;
  if (last?.status === 'filled' && isAsPlanned(filled, planned.qty)) return undefined;
  const reason = endOf(attempts.at(-1)) ?? cut ?? (last && endingOf(last));
  if (filled > 0) {
    const amounts = `${qtyToDecimal(qty(filled))} of ${qtyToDecimal(planned.qty)} filled`;
    return withReason(amounts, ', then ', reason);
  }
  return withReason(last ? 'not filled' : 'not sent', ': ', reason);
}

function withReason(words: string, between: string, reason: string | undefined): string {
  return reason === undefined ? words : `${words}${between}${reason}`;
}

/** What ended the last order of a line, where it is more than the broker's word. */
function endOf(last: ManagedOrder | undefined): string | undefined {
  if (last?.setAsideBy !== undefined) return `set aside by ${last.setAsideBy}`;
  if (last?.cancelRequestedBy !== undefined && last.order?.status !== 'filled') {
    return `cancelled by ${last.cancelRequestedBy}`;
  }
  if (last?.refusal !== undefined) return `refused: ${last.refusal}`;
  return undefined;
}

/** What was told of orders and trades before; a new plan starts from what is there. */
export function newPlanEnds(book: AccountState): readonly Entry[] {
  return [
    ...resolvedEntries(
      book,
      ['refused-order', 'late-fill', 'external-trade', 'left-undone'],
      'A new plan starts from the current holdings.',
      'lapsed',
    ),
    ...resolvedEntries(book, ['no-decision', 'owed-rebalance'], 'A rebalance has begun.'),
  ];
}

/** What was left undone by itself; what people took back or an alert refused is told already. */
export function leftAlert(
  decision: Decision,
  managedOrders: readonly ManagedOrder[],
  cuts: CutReasons = NO_CUTS,
  before: readonly string[] = [],
): Alert | undefined {
  const known = new Set(
    managedOrders
      .filter(({ cancelRequestedBy, refusal }) => (cancelRequestedBy ?? refusal) !== undefined)
      .map(({ intent }) => `${intent.side} ${intent.ticker}`),
  );
  const { left } = resultOf(decision, managedOrders, cuts);
  const told = [...before, ...left.filter((line) => !known.has(lineName(line)))];
  if (told.length === 0) return undefined;
  return {
    subject: { about: 'left-undone', decisionId: decision.id },
    severity: 'warning',
    title: 'Not completed',
    text: told.join('; '),
    ...(isFlatten(decision)
      ? { remedy: 'What is left is still held; flatten once more to sell it.' }
      : {
          remedy: 'The next rebalance starts from the current holdings.',
          advice: { code: 'left-undone' } as const,
        }),
  };
}

/** What was told of orders that stay open ends when they do, whatever became of their rebalance. */
export function openOrdersOver(book: AccountState): readonly Entry[] {
  const open = new Set(
    [...book.managedOrders.values()]
      .filter(({ order }) => order !== undefined && !isFinal(order))
      .map(({ intent }) => intent.decisionId),
  );
  return resolvedEntries(
    book,
    (subject) => subject.about === 'open-orders' && !open.has(subject.decisionId),
    'The orders are final.',
  );
}

/** The order that a line of a result is about: `sell XLF`. */
export function lineName(line: string): string {
  return line.split(':')[0] ?? '';
}

/** One line for the terminal: `sell 12 XLK (about $1,234)`. */
export function orderLine(intent: OrderIntent): string {
  const usd = Math.round(toDollars(intent.estimated)).toLocaleString('en-US');
  return `${intent.side} ${qtyToDecimal(intent.qty)} ${intent.ticker} (about $${usd})`;
}
