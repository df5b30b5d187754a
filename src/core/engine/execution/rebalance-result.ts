/** What a rebalance came to, in sentences; from the record alone. */
import type { AccountState, ManagedOrder, RebalanceResult } from '#core/domain/account-state.ts';
import type { Alert } from '#core/domain/alert.ts';
import type { Decision } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';
import { isAsPlanned, type OrderIntent } from '#core/domain/order.ts';
import { qty, qtyToDecimal, toDollars } from '#core/domain/units.ts';
import { resolvedEntries } from '../alerts.ts';
import { NO_DECISION, OWED } from '../monitoring/staleness.ts';

/** What was done against what was planned. */
export function resultOf(
  decision: Decision,
  managedOrders: readonly ManagedOrder[],
): RebalanceResult {
  const left = decision.plan.orders.flatMap((planned) => {
    const own = managedOrders.filter(
      ({ intent }) => intent.ticker === planned.ticker && intent.side === planned.side,
    );
    const sentence = shortfall(planned, own);
    return sentence === undefined ? [] : [`${planned.side} ${planned.ticker}: ${sentence}`];
  });
  return { kind: left.length === 0 ? 'complete' : 'partial', left };
}

/** Why less than planned was traded, or undefined. `managedOrders` are the attempts at one order. */
function shortfall(
  planned: OrderIntent,
  managedOrders: readonly ManagedOrder[],
): string | undefined {
  const last = managedOrders.at(-1);
  if (!last) return 'not sent, the cash that was there did not reach';
  const filled = managedOrders.reduce((sum, managed) => sum + (managed.order?.filledQty ?? 0), 0);
  const amounts = `${qtyToDecimal(qty(filled))} of ${qtyToDecimal(planned.qty)} filled`;
  if (last.cancelRequestedBy !== undefined && last.order?.status !== 'filled') {
    const who = `taken back by ${last.cancelRequestedBy}`;
    return filled > 0 ? `${amounts}, then ${who}` : who;
  }
  if (last.refusal !== undefined) return `refused: ${last.refusal}`;
  if (filled === planned.qty) return undefined;
  const whole = last.order?.status === 'filled';
  if (whole && isAsPlanned(filled, planned.qty)) return undefined;
  return whole
    ? `${amounts}, as far as the cash reached`
    : `${amounts}, then ${last.order?.brokerStatus}`;
}

/** How the subject of what a rebalance left undone begins. */
const LEFT = 'left ';

/** What was told of orders and trades before; a new plan starts from what is there. */
export function newPlanEnds(book: AccountState): readonly Entry[] {
  return [
    ...resolvedEntries(
      book,
      ['refused ', 'external ', LEFT],
      'A new plan starts from what is there.',
    ),
    ...resolvedEntries(book, [NO_DECISION, OWED], 'A rebalance has begun.'),
  ];
}

/** What was left undone by itself; what people took back or an alert refused is told already. */
export function leftAlert(
  decision: Decision,
  managedOrders: readonly ManagedOrder[],
): Alert | undefined {
  const known = new Set(
    managedOrders
      .filter(({ cancelRequestedBy, refusal }) => (cancelRequestedBy ?? refusal) !== undefined)
      .map(({ intent }) => `${intent.side} ${intent.ticker}`),
  );
  const told = resultOf(decision, managedOrders).left.filter((line) => !known.has(subjectOf(line)));
  if (told.length === 0) return undefined;
  return {
    subject: `${LEFT}${decision.id}`,
    severity: 'warning',
    title: 'Left undone',
    text: told.join('; '),
    remedy: 'The next rebalance starts from what is held; /rebalance does it now.',
  };
}

/** The order that a line of a result is about: `sell XLF`. */
export function subjectOf(line: string): string {
  return line.split(':')[0] ?? '';
}

/** One line for the terminal: `sell 12 XLK (about $1,234)`. */
export function orderLine(intent: OrderIntent): string {
  const usd = Math.round(toDollars(intent.estimated)).toLocaleString('en-US');
  return `${intent.side} ${qtyToDecimal(intent.qty)} ${intent.ticker} (about $${usd})`;
}
