/** Faults that are planted in a copy of the code: simulated years must find each of them. */

import type { PlantedFault } from './planted-fault.ts';
import { PLANTED_BOOKS, PLANTED_DECISIONS, PLANTED_PEOPLE } from './planted-more.ts';
import { PLANTED_OTHERS } from './planted-others.ts';
import { PLANTED_REPORTED } from './planted-reported.ts';

const EXECUTION = 'src/core/engine/execution';
const MONITOR = 'src/core/engine/monitoring/monitor.ts';
const SCHEDULER = 'src/core/scheduler.ts';

const PLANTED_ORDERS: readonly PlantedFault[] = [
  {
    fault: 'HALT is ignored by every check of an order',
    file: `${EXECUTION}/order-block.ts`,
    find: "if (state === 'HALT')",
    put: 'if (false)',
  },
  {
    fault: 'a lost answer is taken for a refusal',
    file: `${EXECUTION}/submit-order.ts`,
    find: 'reason: outcome.reason });\n      return findSubmitted(parts, clientOrderId, signal);',
    put: "reason: outcome.reason });\n      journal.append({ kind: 'refused', clientOrderId, reason: outcome.reason });\n      return true;",
  },
  {
    fault: 'buys are sent before sells',
    file: `${EXECUTION}/execute-rebalance.ts`,
    find: "  await executeSide(pass, 'sell');\n",
    put: "  await executeSide(pass, 'buy');\n  await executeSide(pass, 'sell');\n",
  },
  {
    fault: 'a late split is taken for a crash',
    file: MONITOR,
    find: '  if (incompleteActions(journal.book(), observation, observer.bars()).length > 0) return false;\n',
    put: '',
  },
  {
    fault: 'a month is traded again',
    file: SCHEDULER,
    find: 'const known = month <= newYorkDate(first.at) || book.rebalances.has(id);',
    put: 'const known = month <= newYorkDate(first.at);',
  },
  {
    fault: 'a month is traded under two names',
    file: SCHEDULER,
    find: '? date.slice(0, 7) : date}',
    put: '? (now % 2 === 0 ? date : date.slice(0, 7)) : date}',
  },
  {
    fault: 'buying power is ignored',
    file: `${EXECUTION}/exposure.ts`,
    find: "    { law: 'buying power', room: cents(facts.buyingPower - facts.reserve) },\n",
    put: '',
  },
  {
    fault: 'cash that open buys may still cost is spent again',
    file: `${EXECUTION}/exposure.ts`,
    find: 'facts.cash + credit - facts.openBuys - facts.reserve',
    put: 'facts.cash + credit - facts.reserve',
    coveredBy: [
      {
        check: 'buying power is net of open orders',
        file: `${EXECUTION}/exposure.ts`,
        find: "    { law: 'buying power', room: cents(facts.buyingPower - facts.reserve) },\n",
        put: '',
      },
    ],
  },
  {
    fault: 'it is decided on bars that are too old',
    file: 'src/core/decide/completeness.ts',
    find: 'return history && faultOf(history, asOf, need);',
    put: 'return history && undefined;',
  },
  {
    fault: 'orders leave at prices that are too old',
    file: 'src/core/domain/fresh-price.ts',
    find: '  if (ageMs <= maxAgeMs) return',
    put: '  if (ageMs <= maxAgeMs || true) return',
  },
  {
    fault: 'a fill is booked twice',
    file: 'src/core/domain/journal-events/orders.ts',
    find: 'if (booked.has(fill.id)) return {};\n',
    put: '',
    coveredBy: [
      {
        check: 'the journal takes each fill once',
        file: 'src/core/domain/journal-events/orders.ts',
        find: '    key: ({ fill }) => fill.id,\n    exact: true,\n    reduce: (state, { clientOrderId, fill }, at)',
        put: '    key: () => undefined,\n    reduce: (state, { clientOrderId, fill }, at)',
      },
      {
        check: 'the comparison of the books leaves out what is booked',
        file: 'src/core/engine/reconciliation/movements.ts',
        find: 'told.filter((fill) => !book.booked.has(fill.id) || lacks(book, fill))',
        put: 'told.filter(() => true)',
      },
    ],
  },
  {
    fault: 'a fill that is told twice is booked twice',
    file: `${EXECUTION}/managed-orders.ts`,
    find: '    return !isRepeat;\n',
    put: '    return true;\n',
  },
  {
    fault: 'orders of others are cancelled',
    file: `${EXECUTION}/cancel-orders.ts`,
    find: 'lost: others.filter(ours)',
    put: 'lost: others',
  },
  {
    fault: 'a deep drawdown does not stop buying',
    file: MONITOR,
    find: '  watchDrawdown(parts, observer, observation);\n',
    put: '',
  },
  {
    fault: 'nobody is asked for a rebalance that was missed',
    file: SCHEDULER,
    find: 'const asked: readonly DueTask[] = missed ? [ask(book, missed)] : [];',
    put: 'const asked: readonly DueTask[] = missed ? [] : [];',
  },
  {
    fault: 'a rebalance is caught up however late it is',
    file: SCHEDULER,
    find: 'sessionsBetween(session, today) > maxCatchUpSessions || flattenedSince(book, session);',
    put: 'flattenedSince(book, session);',
  },
];

/** Every fault, by where it comes from. */
export const PLANTED_GROUPS: Readonly<Record<string, readonly PlantedFault[]>> = {
  'Bug reports, and the system before this one': PLANTED_REPORTED,
  Orders: PLANTED_ORDERS,
  Decisions: PLANTED_DECISIONS,
  Books: PLANTED_BOOKS,
  'People and messages': PLANTED_PEOPLE,
  Others: PLANTED_OTHERS,
};

/** Every fault. */
export const PLANTED_FAULTS: readonly PlantedFault[] = Object.values(PLANTED_GROUPS).flat();
