/** More faults that are planted in a copy of the code: what is decided, what people may do, what is shown. */
import type { PlantedFault } from './planted-fault.ts';

const HOLIDAYS = 'src/core/domain/holidays.ts';
const EXECUTION = 'src/core/engine/execution';
const RULES = 'src/core/rules';

export const PLANTED_DECISIONS: readonly PlantedFault[] = [
  {
    fault: 'a half day is taken for a whole one',
    file: HOLIDAYS,
    find: '    for (const day of halvesOf(year)) halves.add(day);\n',
    put: '',
  },
  {
    fault: 'Good Friday is taken for a session',
    file: HOLIDAYS,
    find: '    easter(year) - 2 * DAY_MS,\n',
    put: '',
  },
  {
    fault: 'clocks change a week late',
    file: 'src/core/domain/new-york.ts',
    find: 'sunday(year, 3, 1) + 7 * DAY_MS',
    put: 'sunday(year, 3, 1) + 14 * DAY_MS',
  },
  {
    fault: 'momentum looks back one session less',
    file: 'src/core/decide/momentum.ts',
    find: 'sessionOffset(asOf, -lookback)',
    put: 'sessionOffset(asOf, 1 - lookback)',
  },
  {
    fault: 'the regime is that of the session before',
    file: 'src/core/decide/regime.ts',
    find: 'const held = history ? countThrough(history, asOf) : 0;',
    put: 'const held = history ? countThrough(history, asOf) - 1 : 0;',
  },
  {
    fault: 'the leverage of a model is not applied',
    file: 'src/core/decide/portfolio.ts',
    find: '...{ activeIn, budget, leverage: parameters.leverage },',
    put: '...{ activeIn, budget, leverage: 1 },',
  },
  {
    fault: 'the weight of a sector is not capped',
    file: `${RULES}/limits.ts`,
    find: '  capEach(weights, exempt, limits.maxWeight, report);\n',
    put: '',
  },
  {
    fault: 'small holdings that are not wanted stay',
    file: `${RULES}/changes.ts`,
    find: 'if (weight === 0) {',
    put: 'if (weight === 0 && has < 30e9) return 0;\n  if (weight === 0) {',
  },
  {
    fault: 'an order may cross the whole quote',
    file: `${EXECUTION}/order-terms.ts`,
    find: '1 + limitBps / 10_000 : 1 - limitBps / 10_000',
    put: '1 + limitBps / 1_000 : 1 - limitBps / 1_000',
  },
  {
    fault: 'orders leave until the close',
    file: 'src/core/domain/trading-window.ts',
    find: 'session.close - BEFORE_CLOSE_MS',
    put: 'session.close',
  },
  {
    fault: 'orders leave at the open',
    file: 'src/core/domain/trading-window.ts',
    find: 'session.open + AFTER_OPEN_MS',
    put: 'session.open',
  },
  {
    fault: 'a part that was filled counts as the whole order',
    file: 'src/core/domain/order-lines.ts',
    find: '  const filled = attempts.reduce((sum, { order }) => sum + (order?.filledQty ?? 0), 0);\n  const rest',
    put: '  const filled = attempts.reduce((sum, { order }) => sum + (order?.qty ?? 0), 0);\n  const rest',
  },
  {
    fault: 'a rest is sent without counting what was filled',
    file: 'src/core/domain/order-lines.ts',
    find: '  const rest = planned.qty - filled;\n',
    put: '  const rest = planned.qty;\n',
  },
  {
    fault: 'an order is written down after it was sent',
    file: `${EXECUTION}/submit-order.ts`,
    find: "  journal.append({ kind: 'sending', clientOrderId, try: attempt, sent });\n  const outcome = await broker.submit({ ...intent, ...sent });\n",
    put: "  const outcome = await broker.submit({ ...intent, ...sent });\n  journal.append({ kind: 'sending', clientOrderId, try: attempt, sent });\n",
  },
  {
    fault: 'an order gets a new id each time it is sent',
    file: `${EXECUTION}/submit-order.ts`,
    find: '  const outcome = await broker.submit({ ...intent, ...sent });\n',
    put: "  const again = attempt > 1 ? '-' + attempt : '';\n  const outcome = await broker.submit({ ...intent, ...sent, clientOrderId: clientOrderId + again });\n",
  },
];

export const PLANTED_BOOKS: readonly PlantedFault[] = [
  {
    fault: 'a dividend counts as money that was brought',
    file: 'src/core/domain/people-flows.ts',
    find: '  return flowValue({ ...activity, worth });',
    put: "  return activity.kind === 'dividend' ? activity.cash : flowValue({ ...activity, worth });",
  },
  {
    fault: 'a deposit counts as a gain',
    file: 'src/core/domain/people-flows.ts',
    find: '  return flowValue({ ...activity, worth });',
    put: "  return activity.kind === 'deposit' ? 0 : flowValue({ ...activity, worth });",
  },
  {
    fault: 'shares that are transferred in count as a gain',
    file: 'src/core/domain/people-flows.ts',
    find: '  return flowValue({ ...activity, worth });',
    put: "  return activity.kind === 'transfer' ? 0 : flowValue({ ...activity, worth });",
  },
  {
    fault: 'a sell is booked at a cent less a share',
    file: 'src/core/domain/ledger.ts',
    find: '  const value = valueOf(fill.qty, fill.price);\n',
    put: "  const value = valueOf(fill.qty, fill.side === 'sell' ? fill.price - 0.01 : fill.price);\n",
  },
  {
    fault: 'fees are not booked',
    file: 'src/core/domain/cash-flow.ts',
    find: '    ledger: applyMovement(book.ledger, activity),\n    lots: lotsAfter',
    put: "    ledger: activity.kind === 'fee' ? book.ledger : applyMovement(book.ledger, activity),\n    lots: lotsAfter",
  },
  {
    fault: 'a difference from the broker does not stop buying',
    file: `${EXECUTION}/send-line.ts`,
    find: "return side === 'buy' ? booksDiffer : undefined;",
    put: "return side === 'buy' ? undefined && booksDiffer : undefined;",
    coveredBy: [
      {
        check: 'nothing is bought while an alert tells of the difference',
        file: `${EXECUTION}/pre-trade-check.ts`,
        find: "const books = side === 'buy' ? openAlert(book, RECONCILIATION) : undefined;",
        put: 'const books = undefined;',
      },
    ],
  },
  {
    fault: 'the account is read once for all orders of a rebalance',
    file: `${EXECUTION}/execute-rebalance.ts`,
    find: 'snapshot = withOrder(snapshot, now.order);',
    put: 'snapshot = { ...snapshot };',
    coveredBy: [
      {
        check: 'all buys of a pass are sized together',
        file: `${EXECUTION}/buy-sizes.ts`,
        find: 'if (total <= room.room) return',
        put: 'if (total > 0) return',
      },
    ],
  },
  {
    fault: 'an equity that its parts contradict is believed',
    file: 'src/core/engine/preview.ts',
    find: '  if (contradiction) return contradictionWords(contradiction);\n',
    put: '',
    coveredBy: [
      {
        check: 'what is sized is cash and positions, not the equity that the broker states',
        file: 'src/core/engine/preview.ts',
        find: 'managedAccount({ cash: account.cash, ownValue, owed }, limits)',
        put: 'managedAccount({ cash: account.cash, ownValue: cents(account.equity - account.cash + 0 * ownValue), owed }, limits)',
      },
    ],
  },
];

export const PLANTED_PEOPLE: readonly PlantedFault[] = [
  {
    fault: 'one person alone approves a large plan',
    file: 'src/core/engine/proposals.ts',
    find: 'if (waitingFor <= 0) return',
    put: 'if (waitingFor <= 1) return',
  },
  {
    fault: 'one person approves twice',
    file: 'src/core/engine/proposals.ts',
    find: 'if (known.approvals.some(({ byId }) => byId === by.id)) {',
    put: 'if (false) {',
  },
  {
    fault: 'everybody may press buttons',
    file: 'src/bot/interactions/router.ts',
    find: "if (permission.kind === 'refused' || !handler) return",
    put: "if ((permission.kind === 'refused' && request.kind !== 'component') || !handler) return",
    coveredBy: [
      {
        check: 'the role is looked at again before it acts',
        file: 'src/bot/interactions/execute.ts',
        find: "return now.kind === 'refused' ? now.reason : undefined;",
        put: "return now.kind === 'refused' && now.reason === '' ? now.reason : undefined;",
      },
    ],
  },
  {
    fault: 'an interaction that Discord delivers twice acts twice',
    file: 'src/bot/interactions/router.ts',
    find: '    if (!audit(engine, request, permission)) {',
    put: '    audit(engine, request, permission);\n    if (false) {',
  },
  {
    fault: 'HALT leaves open orders at the broker',
    file: 'src/core/engine/operator-actions.ts',
    find: '    cancelOrders(parts, suspects, signal),\n    otherOpenOrders',
    put: '    cancelOrders(parts, [], signal),\n    otherOpenOrders',
    coveredBy: [
      {
        check: 'open orders are asked to go again at every wake under HALT',
        file: 'src/core/engine/tasks.ts',
        find: "book.state.by === 'rotor') return;",
        put: "book.state.by !== 'nobody') return;",
      },
    ],
  },
  {
    fault: 'a pause holds up nothing',
    file: 'src/core/scheduler.ts',
    find: 'if (!open && !book.paused) {',
    put: 'if (!open) {',
    coveredBy: [
      {
        check: 'a rebalance looks at the pause before it decides',
        file: 'src/core/engine/tasks.ts',
        find: "if (state === 'HALT' || book.paused !== undefined || unfinished(book)) return true;",
        put: "if (state === 'HALT' || unfinished(book)) return true;",
      },
    ],
  },
  {
    fault: 'a skipped month is traded',
    file: 'src/core/scheduler.ts',
    find: '  return known || isSkipped(book, id) || wasRebalancedManually',
    put: '  return known || wasRebalancedManually',
    coveredBy: [
      {
        check: 'a rebalance looks for a skip before it decides',
        file: 'src/core/domain/start-rules.ts',
        find: 'return isDelayed || isSkipped({ announcements }, id) || isStopped(',
        put: 'return isDelayed || isStopped(',
      },
    ],
  },
  {
    fault: 'REDUCE lets buys through',
    file: `${EXECUTION}/order-block.ts`,
    find: "if (state === 'REDUCE' && intent.side === 'buy')",
    put: "if (state === 'REDUCE' && false)",
  },
  {
    fault: 'a lease that another process took does not stop the writing',
    file: 'src/core/store/lease.ts',
    find: '    if (now?.epoch === epoch) return;\n',
    put: '    if (now) return;\n',
  },
  {
    fault: 'a journal that lost its end is believed',
    file: 'src/core/store/journal.ts',
    find: '  if (marked === undefined) {\n',
    put: '  if (marked === undefined) return undefined;\n  if (marked === mark.hash) {\n',
  },
  {
    fault: 'a message is sent again under another nonce',
    file: 'src/bot/messages/send-message.ts',
    find: 'const nonce = digest(`',
    put: 'const nonce = digest(String(performance.now()) + `',
  },
  {
    fault: 'an error that lasts is told with every attempt',
    file: 'src/core/engine/monitoring/error-alert.ts',
    find: 'const isNews = !open || (halt &&',
    put: 'const isNews = !halt || !open || (halt &&',
  },
  {
    fault: 'a broker that answers now and then is reported each time',
    file: 'src/core/engine/monitoring/monitor.ts',
    find: 'at - answersSince >= STEADY_MS',
    put: 'at >= answersSince',
  },
  {
    fault: 'an alert about idle cash is told to nobody',
    file: 'src/bot/messages/event-messages.ts',
    find: '      : [incident(making, key), ',
    put: "      : [...(key.startsWith('alert:idle cash') ? [] : [incident(making, key)]), ",
  },
  {
    fault: 'the dashboard is edited once a day',
    file: 'src/bot/dashboard.ts',
    find: 'const HEADER_EVERY_MS = 15_000;',
    put: 'const HEADER_EVERY_MS = 86_400_000;',
  },
];
