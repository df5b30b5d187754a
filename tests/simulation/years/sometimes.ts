/** What was met how often, and what never was: a fault that nothing meets proves nothing. */
import { PHASES, type Phase, type Sometimes } from './faults.ts';
import { areaOf, FAULT_KINDS, type FaultKind, ruleOf } from './kinds.ts';

const TRADING: readonly Phase[] = ['planned', 'selling', 'buying'];

/** They are met by an order in the moment in which it leaves. */
const AT_POST: readonly FaultKind[] = [
  ...(['order-unseen', 'never-arrives', 'answer-lost', 'held-back', 'refused-for-now'] as const),
  ...(['refused-for-good', 'rejected-later', 'partial-then-ends', 'slow-fills'] as const),
  'stays-new',
];
/** They are met by an order that is open, or of which nobody knows whether it is. */
const OF_OPEN_ORDERS: readonly FaultKind[] = [
  ...(['stale-order', 'unfindable-orders', 'sells-unsettled', 'outlives-session'] as const),
  ...(['cancel-sticks', 'fills-while-cancelled', 'cancel-fails'] as const),
  ...(['updates-lost', 'updates-repeated', 'updates-late', 'stream-down'] as const),
];
/** What is asked only before an order leaves, or for somebody who presses. */
const BEFORE_ORDERS: readonly FaultKind[] = ['stale-open-orders', 'not-tradable'];

/** Why a kind cannot be met in a phase, by its nature; undefined where it can. */
export function whyMeaningless(kind: FaultKind, phase: Phase): string | undefined {
  const area = areaOf(kind);
  if (ruleOf(kind).idleOnly) return 'it happens in the night or moves no request';
  if (AT_POST.includes(kind) && phase !== 'selling' && phase !== 'buying')
    return 'a rebalance whose order leaves is selling or buying';
  if (OF_OPEN_ORDERS.includes(kind) && phase === 'planned')
    return 'no order of a plan is open before the first one leaves';
  if (kind === 'outlives-session' && phase === 'idle') return 'it is met after the close';
  if (kind === 'sells-unsettled' && phase === 'closed')
    return 'nothing is sold while the market is closed';
  if (BEFORE_ORDERS.includes(kind) && phase === 'starting')
    return 'a process that starts takes no presses and sends nothing';
  if (phase === 'starting' && (area === 'people' || area === 'orders' || kind === 'answers-late'))
    return 'a process that starts takes no presses and sends nothing';
  if (phase === 'closed' && area === 'orders') return 'no order leaves while the market is closed';
  if (area === 'bars' && TRADING.includes(phase)) return 'bars are read before a plan is made';
  if (area === 'updates' && (phase === 'closed' || phase === 'starting'))
    return 'no order is open to tell of';
  return undefined;
}

/** Adds the counts of a year. */
export function addSometimes(to: Sometimes, from: Sometimes): void {
  for (const [kind, counts] of from) {
    const sum = to.get(kind) ?? new Map<Phase, number>();
    for (const [phase, count] of counts) sum.set(phase, (sum.get(phase) ?? 0) + count);
    to.set(kind, sum);
  }
}

/** One line a kind, one column a phase; `-` is meaningless. */
export function sometimesTable(sometimes: Sometimes): readonly string[] {
  const head = ['fault met in phase'.padEnd(24), ...PHASES.map((phase) => phase.padStart(9))].join(
    '',
  );
  const rows = FAULT_KINDS.map((kind) => {
    const cells = PHASES.map((phase) => {
      const count = sometimes.get(kind)?.get(phase);
      return String(count ?? (whyMeaningless(kind, phase) === undefined ? 0 : '-')).padStart(9);
    });
    return [kind.padEnd(24), ...cells].join('');
  });
  return [head, ...rows];
}

/** Pairs that have a meaning and were never met. */
export function zerosIn(sometimes: Sometimes): readonly string[] {
  return FAULT_KINDS.flatMap((kind) =>
    PHASES.filter(
      (phase) => whyMeaningless(kind, phase) === undefined && !sometimes.get(kind)?.get(phase),
    ).map((phase) => `${kind} while ${phase}`),
  );
}
