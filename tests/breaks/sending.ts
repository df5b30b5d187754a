/** Orders on their way to the broker: each exactly once. */
import type { RuleBreak } from './rule-break.ts';

const CARRY_OUT = 'src/core/engine/execution/execute-rebalance.ts';
const SEND = 'src/core/engine/execution/submit-order.ts';
const FOLLOW = 'src/core/engine/execution/track-orders.ts';
const SUBMISSION = 'src/core/broker/submission.ts';
const CARRIED_OUT = 'tests/core/engine/execution/execute-rebalance.test.ts';
const FAULTS = 'tests/faults/broker.test.ts';
const SUBMITTED = 'tests/core/broker/submission.test.ts';

export const SENDING_BREAKS: readonly RuleBreak[] = [
  {
    rule: 'sells leave before buys',
    file: CARRY_OUT,
    find: "  await executeSide(pass, 'sell');\n",
    put: "  await executeSide(pass, 'buy');\n  await executeSide(pass, 'sell');\n",
    tests: CARRIED_OUT,
    test: 'sells before it buys',
  },
  {
    rule: 'a plan lists its sells first',
    file: 'src/core/decide/plan.ts',
    find: "[...ordersOf('sell', changes, input), ...ordersOf('buy', changes, input)]",
    put: "[...ordersOf('buy', changes, input), ...ordersOf('sell', changes, input)]",
    tests: 'tests/core/decide/plan.test.ts',
    test: 'sells before it buys',
  },
  {
    rule: 'sells are final before buys are sized',
    file: CARRY_OUT,
    find: "live().length > 0 && (await awaitFinal(parts, live, signal)) === 'still open'",
    put: 'false',
    tests: CARRIED_OUT,
    test: 'buys with the cash that is there once a sell has not ended',
  },
  {
    rule: 'buys are sized from the cash that is there',
    file: 'src/core/engine/execution/order-terms.ts',
    find: 'room: cents(facts.cash + credit - facts.openBuys - facts.reserve)',
    put: 'room: cents(facts.managedEquity * 9)',
    tests: 'tests/core/engine/execution/order-terms.test.ts',
    test: 'names the law that binds',
  },
  {
    rule: 'cash is read again before buys are sized',
    file: 'src/core/engine/execution/order-terms.ts',
    find: 'if (valueOf(qty(whole), limitPrice) <= room) return qty(whole);',
    put: 'return qty(whole);',
    tests: 'tests/core/engine/execution/order-terms.test.ts',
    test: 'stay within their laws',
  },
  {
    rule: 'a POST is written down before it is made',
    file: SEND,
    find: "  journal.append({ kind: 'sending', clientOrderId, try: attempt, sent });\n",
    put: '',
    tests: CARRIED_OUT,
    test: 'writes down that an order is sent before it leaves',
  },
  {
    rule: 'a remainder is written down before it is sent',
    file: CARRY_OUT,
    find: "  journal.append({ kind: 'intent', intent });\n",
    put: '',
    tests: CARRIED_OUT,
    test: 'sends what was left over',
  },
  {
    rule: 'after an unknown outcome only the same id is sent again',
    file: SEND,
    find: 'await broker.submit({ ...intent, ...sent })',
    put: "await broker.submit({\n    ...intent,\n    ...sent,\n    clientOrderId: clientOrderId + '-x'.repeat(attempt - 1),\n  })",
    tests: CARRIED_OUT,
    test: 'never arrived again under the same id',
  },
  {
    rule: 'an unknown outcome is looked up',
    file: SEND,
    find: 'return findSubmitted(parts, clientOrderId, signal);',
    put: 'return false;',
    tests: CARRIED_OUT,
    test: 'looks an unanswered order up',
  },
  {
    rule: 'an order whose sending was cut short is looked up at the next start',
    file: SEND,
    find: "managed.state === 'sending' && (await findSubmitted(parts, clientOrderId, signal))",
    put: 'false',
    tests: CARRIED_OUT,
    test: 'is not made for an order whose sending was cut short',
  },
  {
    rule: 'an id that is not found may still be at the broker',
    file: SEND,
    find: '  return false;\n}',
    put:
      "  const reason = 'not found';\n" +
      "  journal.append({ kind: 'refused', clientOrderId: intent.clientOrderId, reason });\n" +
      '  return true;\n}',
    tests: CARRIED_OUT,
    test: 'sends nothing else while the outcome of one order is unknown',
  },
  {
    rule: 'not being found at once proves nothing',
    file: SEND,
    find: '[0, 1_000, 3_000, 10_000]',
    put: '[0]',
    tests: CARRIED_OUT,
    test: 'is not made again before the id was looked up several times',
  },
  {
    rule: 'the limits are asked before the second POST of an order as well',
    file: SEND,
    find: "    if (checked.kind !== 'send') return checked;\n",
    put: "    if (checked.kind !== 'send' && attempt === managed.tries + 1) return checked;\n    if (checked.kind !== 'send') throw new TypeError('not asked');\n",
    tests: CARRIED_OUT,
    test: 'asks the limits before it sends an order again',
  },
  {
    rule: 'an order that may have arrived is not forgotten as refused',
    file: CARRY_OUT,
    find: "block.kind === 'wait' || mayBeThere",
    put: "block.kind === 'wait'",
    tests: CARRIED_OUT,
    test: 'that may have arrived is never written off by a limit',
  },
  {
    rule: 'another order under our id halts',
    file: 'src/core/engine/execution/managed-orders.ts',
    find: 'if (!isSame(managed, order)) {',
    put: 'if (false) {',
    tests: CARRIED_OUT,
    test: 'halts when the id of an order stands for something else',
  },
  {
    rule: 'an answer about another order than the one sent halts',
    file: SUBMISSION,
    find: 'if (differs.length === 0) return;',
    put: 'return;',
    tests: SUBMITTED,
    test: 'halts when the broker took another quantity',
  },
  {
    rule: 'a 5xx is unknown, not refused',
    file: SUBMISSION,
    find: 'status >= 400 && status < 500 &&',
    put: 'status >= 400 &&',
    tests: SUBMITTED,
    test: 'is unknown on 500 with JSON',
  },
  {
    rule: 'a 408, 409 or 429 is unknown, not refused',
    file: SUBMISSION,
    find: '!NOT_FINAL.has(status) && ',
    put: '',
    tests: SUBMITTED,
    test: 'is unknown on 409',
  },
  {
    rule: 'a duplicate id is looked up, not refused',
    file: SUBMISSION,
    find: 'if (isDuplicate(status, reason))',
    put: 'if (false)',
    tests: SUBMITTED,
    test: 'is unknown on a duplicate id as 40010001',
  },
  {
    rule: 'a remainder is sent three times at most',
    file: 'src/core/domain/order-lines.ts',
    find: 'order !== undefined).length >= MAX_ACCEPTED',
    put: 'order !== undefined).length >= 99',
    tests: CARRIED_OUT,
    test: 'at most three times more',
  },
  {
    rule: 'a remainder goes under a new attempt number',
    file: 'src/core/domain/order-lines.ts',
    find: 'attempts.map(({ intent }) => intent.attempt)) + 1;',
    put: 'attempts.map(({ intent }) => intent.attempt)) + 0;',
    tests: CARRIED_OUT,
    test: 'each under a new id',
  },
  {
    rule: 'an order replaced by hand has no remainder',
    file: 'src/core/domain/order-lines.ts',
    find: '!MAY_FOLLOW.has(last.order.status)',
    put: 'false',
    tests: FAULTS,
    test: 'replaced by hand is not followed by a remainder',
  },
  {
    rule: 'an order is named by its decision',
    file: 'src/core/domain/order.ts',
    find: 'key.decisionId',
    put: "'plan'",
    tests: 'tests/core/decide/plan.test.ts',
    test: 'names its orders by account, decision',
  },
  {
    rule: 'orders are polled whatever the stream says',
    file: FOLLOW,
    find: 'const POLL_MS = 5_000;',
    put: 'const POLL_MS = 900_000;',
    tests: FAULTS,
    test: 'A9: a fill that no hint tells of',
  },
  {
    rule: 'a hint of the stream is no fill',
    file: FOLLOW,
    find: 'await Promise.race([hint.arrived, clocks.market.sleep(POLL_MS, signal)]);',
    put:
      'const heard = hint.arrived.then(() => true);\n' +
      '    const waited = clocks.market.sleep(POLL_MS, signal).then(() => false);\n' +
      '    if (await Promise.race([heard, waited])) return true;',
    tests: CARRIED_OUT,
    test: 'because the stream says that something happened',
  },
  {
    rule: 'a cancel is a request until the broker says otherwise',
    file: 'src/core/broker/order-rows.ts',
    find: 'return FINAL.has(text) ?',
    put: "return text === 'pending_cancel' ? 'canceled' : FINAL.has(text) ?",
    tests: 'tests/core/broker/alpaca-broker.test.ts',
    test: 'that is pending_cancel at the broker is open to us',
  },
];
