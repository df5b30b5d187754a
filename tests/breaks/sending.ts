/** Orders on their way to the broker: each exactly once. */
import type { RuleBreak } from './rule-break.ts';

const CARRY_OUT = 'src/core/engine/execution/execute-rebalance.ts';
const SEND = 'src/core/engine/execution/submit-order.ts';
const SIZING = 'src/core/engine/execution/sizing.ts';
const FOLLOW = 'src/core/engine/execution/track-orders.ts';
const SUBMISSION = 'src/core/broker/submission.ts';
const CARRIED_OUT = 'tests/core/engine/execution/execute-rebalance.test.ts';
const FAULTS = 'tests/faults/broker.test.ts';
const SUBMITTED = 'tests/core/broker/submission.test.ts';

export const SENDING_BREAKS: readonly RuleBreak[] = [
  {
    rule: 'sells leave before buys',
    file: CARRY_OUT,
    find: "  const sold = await executeSide(parts, decision, 'sell', signal);",
    put:
      "  await planBuys(parts, decision); await executeSide(parts, decision, 'buy', signal);\n" +
      "  const sold = await executeSide(parts, decision, 'sell', signal);",
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
    find: '!(await awaitFinal(parts, managedOrders, signal))',
    put: 'false',
    tests: CARRIED_OUT,
    test: 'does not buy while a sell is still open',
  },
  {
    rule: 'buys are sized from the cash that is there',
    file: SIZING,
    find: 'total > available ? Math.max(0, available) / total : 1',
    put: '1',
    tests: CARRIED_OUT,
    test: 'does not buy more than the cash',
  },
  {
    rule: 'cash is read again before buys are sized',
    file: CARRY_OUT,
    find: 'spendable(parts, decision, account.cash, account.buyingPower)',
    put: 'decision.holdings.equity',
    tests: CARRIED_OUT,
    test: 'does not buy more than the cash',
  },
  {
    rule: 'a POST is written down before it is made',
    file: SEND,
    find: "  journal.append({ kind: 'sending', clientOrderId, try: attempt });\n",
    put: '',
    tests: CARRIED_OUT,
    test: 'writes down that an order is sent before it leaves',
  },
  {
    rule: 'a remainder is written down before it is sent',
    file: CARRY_OUT,
    find: "parts.journal.append(...rest.map((intent): Entry => ({ kind: 'intent', intent })));",
    put: 'for (const intent of rest) await parts.broker.submit(intent);\n    return undefined;',
    tests: CARRIED_OUT,
    test: 'sends what was left over',
  },
  {
    rule: 'after an unknown outcome only the same id is sent again',
    file: SEND,
    find: 'await broker.submit(intent)',
    put: "await broker.submit({ ...intent, clientOrderId: clientOrderId + '-x'.repeat(attempt - 1) })",
    tests: CARRIED_OUT,
    test: 'never arrived again under the same id',
  },
  {
    rule: 'an unknown outcome is looked up',
    file: SEND,
    find: 'return findSubmitted(parts, intent, signal);',
    put: 'return false;',
    tests: CARRIED_OUT,
    test: 'looks an unanswered order up',
  },
  {
    rule: 'an order whose sending was cut short is looked up at the next start',
    file: SEND,
    find: "managed.state === 'sending' && (await findSubmitted(parts, managed.intent, signal))",
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
    find: '(await limits()) ?? lateBlock(parts, managed.intent)',
    put:
      'attempt > managed.tries + 1\n' +
      '        ? undefined\n' +
      '        : ((await limits()) ?? lateBlock(parts, managed.intent))',
    tests: CARRIED_OUT,
    test: 'asks the limits before it sends an order again',
  },
  {
    rule: 'an order that may have arrived is not forgotten as refused',
    file: CARRY_OUT,
    find: "block.kind === 'wait' || !unsent",
    put: "block.kind === 'wait'",
    tests: CARRIED_OUT,
    test: 'never refuses an order that may have arrived',
  },
  {
    rule: 'another order under our id halts',
    file: SEND,
    find: 'if (!isSame(intent, order)) {',
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
    file: SIZING,
    find: 'rest <= 0 || intent.attempt > MAX_EXTRA_ATTEMPTS',
    put: 'rest <= 0',
    tests: CARRIED_OUT,
    test: 'at most three times more',
  },
  {
    rule: 'a remainder goes under a new attempt number',
    file: SIZING,
    find: 'const attempt = intent.attempt + 1;',
    put: 'const attempt = intent.attempt;',
    tests: CARRIED_OUT,
    test: 'each under a new id',
  },
  {
    rule: 'an order replaced by hand has no remainder',
    file: SIZING,
    find: '!ENDED_SHORT.has(order.status)',
    put: "order.status === 'open'",
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
    find: 'const POLL_MS = 2_000;',
    put: 'const POLL_MS = 300_000;',
    tests: FAULTS,
    test: 'A9: a fill that no hint tells of',
  },
  {
    rule: 'a hint of the stream is no fill',
    file: FOLLOW,
    find: 'await Promise.race([hint.arrived, clock.sleep(POLL_MS, signal)]);',
    put:
      'const heard = hint.arrived.then(() => true);\n' +
      '    const waited = clock.sleep(POLL_MS, signal).then(() => false);\n' +
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
