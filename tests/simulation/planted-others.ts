/** Faults of the kinds that were reported, and that the system before this one had. */
import type { PlantedFault } from './planted-fault.ts';

const EXECUTION = 'src/core/engine/execution';

export const PLANTED_OTHERS: readonly PlantedFault[] = [
  {
    fault: 'what is sized is sized at the last closes',
    file: 'src/core/engine/preview.ts',
    find: 'return new Map([...closes, ...usable]);',
    put: 'return new Map([...usable, ...closes]);',
  },
  {
    fault: 'bars are read once and then kept',
    file: 'src/core/engine/tasks.ts',
    find: 'if (isSettled || (barsAskedFor === through && isRecent)) return false;',
    put: "if (isSettled || (barsAskedFor !== '' && isRecent !== undefined)) return false;",
    coveredBy: [
      {
        check: 'bars are read again for each decision',
        file: 'src/core/engine/observer.ts',
        find: '      await refreshBars();\n      const { answer }',
        put: '      const { answer }',
      },
    ],
  },
  {
    fault: 'a message counts as told before it is sent',
    file: 'src/bot/messages/outbox.ts',
    find: '      for (const [message, late] of inOrderOfEntries(parts, batch)) await message.tell(late);\n      posts.markTold(last.seq);\n',
    put: '      posts.markTold(last.seq);\n      for (const [message, late] of inOrderOfEntries(parts, batch)) await message.tell(late);\n',
  },
  {
    fault: 'a journal is taken over from a process that lives',
    file: 'src/core/store/lease.ts',
    find: '    if (!isSame(other, seen)) throw occupied(other);\n',
    put: '',
    coveredBy: [
      {
        check: 'who holds the journal is looked at again when it is taken',
        file: 'src/core/store/lease.ts',
        find: '      if (other && !isSame(other, silent)) throw occupied(other);\n',
        put: '',
      },
    ],
  },
  {
    fault: 'limits stand on the side that does not fill',
    file: `${EXECUTION}/order-terms.ts`,
    find: "side === 'buy' ? 1 + limitBps / 10_000",
    put: "side !== 'buy' ? 1 + limitBps / 10_000",
  },
  {
    fault: 'a line is sent again while its order is open',
    file: `${EXECUTION}/execute-rebalance.ts`,
    find: 'cuts.has(name) || isOver(line) || liveOrder(line)) return false;',
    put: 'cuts.has(name) || (isOver(line) && !liveOrder(line))) return false;',
  },
  {
    fault: 'a mistyped word sells everything',
    file: 'src/commands/flatten.ts',
    find: '  if (typed !== WORD) {\n',
    put: "  if (typed === '') {\n",
  },
  {
    fault: 'selling everything leaves a position',
    file: `${EXECUTION}/flatten-decision.ts`,
    find: 'return positions.filter(({ ticker, qty }) => own.has(ticker) && qty > 0);',
    put: 'return positions.filter(({ ticker, qty }) => own.has(ticker) && qty > 0).slice(1);',
  },
  {
    fault: 'a drawdown may be twice as deep',
    file: 'src/core/engine/monitoring/monitor.ts',
    find: 'observation) >= limits.maxDrawdown;',
    put: 'observation) >= 2 * limits.maxDrawdown;',
  },
  {
    fault: 'a first rebalance is not announced before',
    file: 'src/core/domain/start-rules.ts',
    find: "  if (!isFirst(id) || rules.first === 'now') return undefined;\n",
    put: '  if (id) return undefined;\n',
  },
  {
    fault: 'what a person cancelled is sent again',
    file: 'src/core/domain/order-lines.ts',
    find: 'if (last.cancelRequestedBy !== undefined || last.setAsideBy !== undefined) return true;',
    put: 'if (last.setAsideBy !== undefined) return true;',
  },
  {
    fault: 'an order of unknown outcome holds up nothing',
    file: `${EXECUTION}/execute-rebalance.ts`,
    find: "(managed) => managed.state === 'sending' && !mayWriteOff(parts, managed),\n  );",
    put: '(managed) => managed.state !== managed.state && !mayWriteOff(parts, managed),\n  );',
    coveredBy: [
      {
        check: 'a pass ends with the order whose outcome is not known',
        file: `${EXECUTION}/send-line.ts`,
        find: 'if (!passes || !isFlatten(decision)) throw error;',
        put: 'if (!passes) throw error;',
      },
    ],
  },
];
