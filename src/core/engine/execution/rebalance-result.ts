/** The result of a rebalance as sentences, from the record alone. */
import type { AccountState, ManagedOrder, RebalanceResult } from '#core/domain/account-state.ts';
import type { Alert } from '#core/domain/alert.ts';
import { type Decision, isFlatten, isRaise } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';
import { usd } from '#core/domain/figures.ts';
import { isAsPlanned, isFinal, type Order, type OrderIntent } from '#core/domain/order.ts';
import { endingOf } from '#core/domain/order-words.ts';
import { qty, qtyToDecimal } from '#core/domain/units.ts';
import { resolvedEntries } from '../alerts.ts';
import { owedOver } from '../owed-alert.ts';

/** Why Rotor cut a line short, by side and ticker as returned by `lineName`. */
export type CutReasons = ReadonlyMap<string, string>;

const NO_CUTS: CutReasons = new Map();
/** Of an order that may be at the broker without being shown. */
const UNKNOWN = 'outcome unknown';

/** Compares what was done with the plan. `cuts` are the reasons not recorded in an order. */
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
  if (last?.status === 'filled' && isAsPlanned(filled, planned.qty, planned.side)) return undefined;
  const latest = attempts.at(-1);
  const reason = reasonOf(latest, last, cut);
  if (filled > 0) {
    const amounts = `${qtyToDecimal(qty(filled))} of ${qtyToDecimal(planned.qty)} filled`;
    return withReason(amounts, ', then ', reason);
  }
  if (latest?.state === 'sending') return reason;
  return withReason(last ? 'not filled' : 'not sent', ': ', reason);
}

/** `last` is the broker's report on the latest order that it has. */
function reasonOf(
  latest: ManagedOrder | undefined,
  last: Order | undefined,
  cut: string | undefined,
): string | undefined {
  const ending = endOf(latest) ?? cut;
  if (latest?.state === 'sending') return withReason(UNKNOWN, ', ', ending);
  return ending ?? (last && endingOf(last));
}

function withReason(words: string, between: string, reason: string | undefined): string {
  return reason === undefined ? words : `${words}${between}${reason}`;
}

/** Why the last order of a line ended, beyond the broker's status. */
function endOf(last: ManagedOrder | undefined): string | undefined {
  if (last?.setAsideBy !== undefined) return `set aside by ${last.setAsideBy}`;
  if (last?.cancelRequestedBy !== undefined && last.order?.status !== 'filled') {
    return `cancelled by ${last.cancelRequestedBy}`;
  }
  if (last?.refusal !== undefined) return `refused: ${last.refusal}`;
  return undefined;
}

/** Resolves earlier alerts about orders and trades; a new plan starts from the current holdings. */
export function newPlanEnds(book: AccountState, decision: Decision): readonly Entry[] {
  return [
    ...resolvedEntries(
      book,
      ['refused-order', 'late-fill', 'external-trade', 'left-undone'],
      'A new plan starts from the current holdings.',
      'lapsed',
    ),
    ...(isFlatten(decision) || isRaise(decision)
      ? []
      : [
          ...resolvedEntries(book, ['no-decision', 'regime'], 'A rebalance has begun.'),
          ...owedOver(book, decision),
        ]),
  ];
}

/** Reports what was not completed; cancellations by people and rejections with an alert are already known. */
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

/** The alert about open orders is resolved when they end, however their rebalance ended. */
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

/** The order that a line of a result refers to: `sell XLF`. */
export function lineName(line: string): string {
  return line.split(':')[0] ?? '';
}

/** One line for the terminal: `sell 12 XLK (about $1,234)`. */
export function orderLine(intent: OrderIntent): string {
  return `${intent.side} ${qtyToDecimal(intent.qty)} ${intent.ticker} (about ${usd(intent.estimated)})`;
}
