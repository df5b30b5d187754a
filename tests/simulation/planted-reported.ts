/**
 * Faults of bug reports, and of the system before this one, planted by somebody who did not write the
 * simulator and chose them before any was tried.
 */
import type { PlantedFault } from './planted-fault.ts';

const EXECUTION = 'src/core/engine/execution';
const MONITOR = 'src/core/engine/monitoring/monitor.ts';
const OBSERVER = 'src/core/engine/observer.ts';
const SCHEDULER = 'src/core/scheduler.ts';

export const PLANTED_REPORTED: readonly PlantedFault[] = [
  {
    fault: 'the bar of a session that is still open counts as its close',
    file: 'src/core/domain/calendar.ts',
    find: 'lastClosedSession(epochMs(now - BARS_AFTER_CLOSE_MS))',
    put: 'lastClosedSession(epochMs(now + 8 * 3_600_000))',
  },
  {
    fault: 'the account is read once, and plans are sized on that from then on',
    file: OBSERVER,
    find: '      const { answer } = await askBroker(parts, time, tickers);\n      return { asOf',
    put: '      const { answer: now } = await askBroker(parts, time, tickers);\n      const { account, positions } = now;\n      const answer = { ...now, ...(bars.first ??= { account, positions }) };\n      return { asOf',
  },
  {
    fault: 'a restart forgets which rebalances were made',
    file: 'src/core/store/journal.ts',
    find: '  let { book, last } = chain;\n',
    put: '  let { book, last } = chain;\n  book = { ...book, rebalances: new Map() };\n',
  },
  {
    fault: 'a month is traded a session late',
    file: SCHEDULER,
    find: '  const month = firstSessionOfMonth(today);\n',
    put: '  const month = sessionOffset(firstSessionOfMonth(today).date, 1);\n',
  },
  {
    fault: 'after a HALT of its own Rotor trades on by itself',
    file: SCHEDULER,
    find: 'if (resumedFromHalt === undefined) return false;',
    put: 'if (resumedFromHalt !== 0) return false;',
  },
  {
    fault: 'bars from before a split are kept',
    file: OBSERVER,
    find: 'if (through === undefined || found.size === 0) return false;',
    put: "if (through !== '') return false;",
    coveredBy: [
      {
        check: 'bars that keep a plan from being made are read again',
        file: OBSERVER,
        find: 'await bars.read(time.lastComplete(), missing?.found, progress);',
        put: 'await bars.read(time.lastComplete(), missing && undefined, progress);',
      },
    ],
    unfound:
      'it delays a plan by a day where the split is in the night before; the next bars are new',
  },
  {
    fault: 'the gain of a day is counted from a close too early',
    file: 'src/core/views/header.ts',
    find: 'change(now.you, curve[span.from]?.you)',
    put: 'change(now.you, curve[span.from - 1]?.you)',
  },
  {
    fault: 'cash that lies idle is not reported',
    file: MONITOR,
    find: '    ...(isWhole ? idleCashEntries(parts, observation) : []),\n',
    put: '',
  },
  {
    fault: 'a silent broker stays reported after it is back',
    file: MONITOR,
    find: 'answersSince !== undefined && at - answersSince',
    put: 'answersSince === undefined && at - answersSince',
  },
  {
    fault: 'an order that is stuck calls nobody',
    file: MONITOR,
    find: '    ...stuckEntries(journal.book(), parts.clocks.market.now()),\n',
    put: '',
  },
  {
    fault: 'open orders stay reported after they have ended',
    file: MONITOR,
    find: '    ...openOrdersOver(journal.book()),\n',
    put: '',
  },
  {
    fault: 'a line that has to wait holds up those behind it',
    file: `${EXECUTION}/execute-rebalance.ts`,
    find: 'if (outcome) noteBlock(pass, line, managed, outcome);',
    put: 'if (outcome) noteBlock(pass, line, managed, outcome);\n    if (outcome) break;',
    unfound: 'the others leave once it does, at most ninety minutes later; no law says how soon',
  },
  {
    fault: 'every update of an order asks for all orders at once',
    file: `${EXECUTION}/track-orders.ts`,
    find: 'const early = requestedAt + spacing - clocks.market.now();',
    put: 'const early = spacing - spacing;',
    coveredBy: [
      {
        check: 'without an update they are asked for every five seconds',
        file: `${EXECUTION}/track-orders.ts`,
        find: 'clocks.market.sleep(POLL_MS, signal)]',
        put: 'clocks.market.sleep(POLL_MS / 100, signal)]',
      },
    ],
  },
  {
    fault: 'a message that Discord does not take is given up',
    file: 'src/bot/messages/outbox.ts',
    find: 'await message.tell(late);\n',
    put: 'await message.tell(late).catch(() => undefined);\n',
  },
  {
    fault: 'shares that a dividend is paid in are not booked',
    file: 'src/core/domain/cash-flow.ts',
    find: '    ledger: applyMovement(book.ledger, activity),\n    lots: lotsAfter',
    put: "    ledger: activity.type === 'DIV.SDIV' ? book.ledger : applyMovement(book.ledger, activity),\n    lots: lotsAfter",
  },
  {
    fault: 'shares of a split that a person accepts count as a deposit',
    file: 'src/core/engine/reconciliation/reconcile-account.ts',
    find: 'if (wasSplit(book, ticker, qty, price)) return',
    put: 'if (price === 0) return',
    unfound: 'the exchange books each split; gains after a change by hand are not compared',
  },
];
