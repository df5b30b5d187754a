/** What people do to the running desk. */
import type { RuleBreak } from './rule-break.ts';

const ACTS = 'src/core/engine/operator-actions.ts';
const FLATTEN = 'src/core/engine/execution/flatten.ts';
const PROPOSALS = 'src/core/engine/proposals.ts';
const TAKEN_BACK = 'src/core/engine/execution/cancelled-orders.ts';
const ACTED = 'tests/core/engine/operator-actions.test.ts';
const ANYTIME = 'tests/core/engine/acts-anytime.test.ts';
const FLATTENED = 'tests/core/engine/execution/flatten.test.ts';
const APPROVED = 'tests/core/engine/approvals.test.ts';
const RECONCILED = 'tests/core/engine/reconciliation.test.ts';

export const ACTING_BREAKS: readonly RuleBreak[] = [
  {
    rule: 'a deposit is answered once',
    file: 'src/core/engine/operator-actions.ts',
    find: 'if (known?.choice)',
    put: 'if (known?.over && known.choice)',
    tests: 'tests/core/engine/deposits.test.ts',
    test: 'is answered once',
  },
  {
    rule: 'a decision ends what is offered for a deposit',
    file: 'src/core/domain/deposits.ts',
    find: '{ ...offer, over: true }]',
    put: 'offer]',
    tests: 'tests/core/engine/deposits.test.ts',
    test: 'is over once a plan was approved',
  },
  {
    rule: 'HALT is written down before anything is asked',
    file: ACTS,
    find: "  journal.append({ kind: 'state', state: 'HALT', by, reason });\n",
    put: "      await broker.openOrders();\n      journal.append({ kind: 'state', state: 'HALT', by, reason });\n",
    tests: ACTED,
    test: 'is written down before anything is asked of the broker',
  },
  {
    rule: 'no POST begins after HALT, not even in the same breath',
    file: 'src/core/engine/execution/submit-order.ts',
    find: '?? stateBlock(intent, { state });',
    put: "?? (state === 'RUN' ? undefined : undefined);",
    tests: ANYTIME,
    test: 'HALT lets no POST begin after it',
  },
  {
    rule: 'HALT leaves the orders of others alone',
    file: 'src/core/engine/execution/cancel-orders.ts',
    find: 'lost: others.filter(ours)',
    put: 'lost: others',
    tests: ACTED,
    test: 'names the others and leaves them alone',
  },
  {
    rule: 'a silent broker does not keep HALT from answering',
    file: 'src/core/engine/execution/cancel-orders.ts',
    find: 'if (error instanceof TradingError) return sentence(error);',
    put: '',
    tests: ACTED,
    test: 'is recorded though the broker is silent',
  },
  {
    rule: 'under HALT what is still open is asked to go again',
    file: 'src/core/engine/cycle.ts',
    find: '    await tasks.keepHalted();\n',
    put: '',
    tests: ACTED,
    test: 'asks again at every wake',
  },
  {
    rule: 'taking back is written down before the cancel is asked',
    file: ACTS,
    find: '  journal.append(...managedOrders.map(({ intent }) => cancelRequested(intent.clientOrderId, by)));\n',
    put: '',
    tests: ACTED,
    test: 'is written down before the cancel is asked',
  },
  {
    rule: 'a taken back order has no remainder',
    file: 'src/core/domain/order-lines.ts',
    find: 'last.cancelRequestedBy !== undefined || last.setAsideBy',
    put: 'last.setAsideBy',
    tests: ACTED,
    test: 'no rest of it is sent',
  },
  {
    rule: 'a taken back order that was not sent never is',
    file: TAKEN_BACK,
    find: 'if (by === undefined) return undefined;',
    put: 'if (by === undefined || by) return undefined;',
    tests: ACTED,
    test: 'keeps it from ever being sent',
  },
  {
    rule: 'a taken back order that arrives late is canceled',
    file: TAKEN_BACK,
    find: '    await broker.cancel(order.id);\n',
    put: '',
    tests: ACTED,
    test: 'cancels it when it turns up',
  },
  {
    rule: 'a pause begins no rebalance',
    file: 'src/core/scheduler.ts',
    find: 'else if (!book.paused)',
    put: 'else',
    tests: 'tests/core/scheduler.test.ts',
    test: 'no rebalance is due and none is asked about',
  },
  {
    rule: 'RUN ends a pause',
    file: 'src/core/engine/trading-state.ts',
    find: 'return book.paused ?',
    put: 'return false && book.paused ?',
    tests: ACTED,
    test: 'RUN begins what is owed',
  },
  {
    rule: 'the drawdown counts from what the account is worth at RUN',
    file: 'src/core/domain/journal-events/process.ts',
    find: 'drawdownFrom: equity === undefined ? undefined : {',
    put: 'drawdownFrom: equity !== undefined ? undefined : {',
    tests: 'tests/core/engine/trading-state.test.ts',
    test: 'counts the drawdown from what the account is worth at that moment',
  },
  {
    rule: 'selling everything ends the rebalance that runs',
    file: FLATTEN,
    find: 'const over = running && !isOver ? endEntries(journal.book(), running, by, why) : [];',
    put: 'const over: Entry[] = running && endEntries.length < 0 ? [] : [];',
    tests: FLATTENED,
    test: 'sells the others while an order of the ended rebalance does not go',
  },
  {
    rule: 'a large plan needs two people',
    file: PROPOSALS,
    find: 'value > twoPersonAbove ? 2 : 1',
    put: 'value < 0 ? 2 : 1',
    tests: APPROVED,
    test: 'must approve a plan whose orders are worth more',
  },
  {
    rule: 'two people are two different ones',
    file: PROPOSALS,
    find: 'known.approvals.some(({ byId }) => byId === by.id)',
    put: 'false',
    tests: APPROVED,
    test: 'the same one again is refused by name',
  },
  {
    rule: 'a plan that prices moved is shown again',
    file: PROPOSALS,
    find: '> parts.approval.replanBps',
    put: '> Infinity',
    tests: APPROVED,
    test: 'beyond REPLAN_BPS is shown again',
  },
  {
    rule: 'a plan is looked at again after the broker was asked',
    file: PROPOSALS,
    find: "closedReason(parts, observer, proposal.id, 'approved') ??",
    put: '',
    tests: APPROVED,
    test: 'pressing at the same time approve once',
  },
  {
    rule: 'a plan that nobody answers is written down as expired',
    file: 'src/core/engine/cycle.ts',
    find: '    expireProposals(parts);\n',
    put: '',
    tests: APPROVED,
    test: 'is written down as expired once',
  },
  {
    rule: 'only what was shown is adopted',
    file: 'src/core/engine/reconciliation/reconcile-account.ts',
    find: 'shown !== undefined && differenceHash(text) !== shown',
    put: 'false',
    tests: RECONCILED,
    test: 'takes nothing when something else differs now',
  },
];
