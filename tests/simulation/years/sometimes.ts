/** What was met how often, and what never was: a fault that nothing meets proves nothing. */
import type { Sometimes } from './faults.ts';
import { areaOf, FAULT_KINDS, type FaultKind, ruleOf } from './kinds.ts';
import { PHASES, type Phase } from './phases.ts';
import { AT_CANCEL } from './scenes.ts';

const TRADING: readonly Phase[] = ['planned', 'selling', 'buying'];

/** They are met by an order in the moment in which it leaves. */
const AT_POST: readonly FaultKind[] = [
  ...(['order-unseen', 'never-arrives', 'answer-lost', 'held-back', 'refused-for-now'] as const),
  ...(['refused-for-good', 'rejected-later', 'partial-then-ends', 'slow-fills'] as const),
  'stays-new',
];
/** What is asked only before an order leaves, or for somebody who presses. */
const BEFORE_ORDERS: readonly FaultKind[] = ['stale-open-orders', 'not-tradable', 'answers-late'];
const BY_HAND: readonly FaultKind[] = ['hand-buy', 'hand-sell', 'hand-order'];

/** Why a kind cannot be met in a phase, by its nature; undefined where it can. */
export function whyMeaningless(kind: FaultKind, phase: Phase): string | undefined {
  const area = areaOf(kind);
  const isSending = phase === 'selling' || phase === 'buying';
  if (ruleOf(kind).idleOnly) return 'it happens in the night or moves no request';
  if (AT_POST.includes(kind) && !isSending)
    return 'a rebalance whose order leaves is selling or buying';
  if (area === 'updates' && !isSending)
    return 'updates are heard only while a rebalance waits for its orders';
  if (kind === 'sells-unsettled' && phase === 'closed')
    return 'what sells brought may be spent once the day is over';
  if (kind === 'fills-while-cancelled' && phase === 'closed')
    return 'nothing fills while the market is closed';
  if (phase === 'starting') {
    const isPress = area === 'people' && !BY_HAND.includes(kind);
    if (isPress || AT_CANCEL.includes(kind) || BEFORE_ORDERS.includes(kind))
      return 'a process that starts takes no presses, and neither sends nor cancels an order';
  }
  if (area === 'bars' && TRADING.includes(phase)) return 'bars are read before a plan is made';
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

/**
 * Pairs that are not required and were met all the same: a read came back late, or a process had just
 * started. Where there are many, the reason given for them is wrong.
 */
export function deniedIn(sometimes: Sometimes): readonly string[] {
  return FAULT_KINDS.flatMap((kind) =>
    PHASES.filter(
      (phase) => whyMeaningless(kind, phase) !== undefined && sometimes.get(kind)?.get(phase),
    ).map((phase) => `${kind} while ${phase}`),
  );
}
