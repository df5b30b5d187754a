/** What is told, once, and what is final. */
import type { RuleBreak } from './rule-break.ts';

const DRIFT = 'src/core/engine/monitoring/drift.ts';
const WATCHED = 'tests/core/engine/monitoring/monitor.test.ts';

export const WATCHING_BREAKS: readonly RuleBreak[] = [
  {
    rule: 'an open drift closes only well below the limit',
    file: DRIFT,
    find: 'const CLEAR_BELOW = 0.6;',
    put: 'const CLEAR_BELOW = 1;',
    tests: WATCHED,
    test: 'closes only well below it',
  },
  {
    rule: 'drift is not told while a rebalance runs',
    file: DRIFT,
    find: 'if (!last || unfinished(book) || !broker.connected) return [];',
    put: 'if (!last || !broker.connected) return [];',
    tests: WATCHED,
    test: 'is not reported while a rebalance runs',
  },
  {
    rule: 'a trade by hand that was meant is no drift',
    file: DRIFT,
    find: '!book.intentionalTrades.has(ticker) &&',
    put: '',
    tests: 'tests/core/engine/operator-actions.test.ts',
    test: 'that is accepted is intended: its drift is resolved and does not return',
  },
  {
    rule: 'less than one share is no drift',
    file: DRIFT,
    find: 'if (!fractional && size <= share) return false;',
    put: '',
    tests: WATCHED,
    test: 'of less than one share is not reported',
  },
  {
    rule: 'a short absence of the stream is not told',
    file: 'src/core/engine/monitoring/monitor.ts',
    find: 'at - downSince <= STREAM_MS',
    put: 'false',
    tests: WATCHED,
    test: 'that comes and goes within a minute',
  },
  {
    rule: 'bars are late only when they should be there',
    file: 'src/core/engine/monitoring/staleness.ts',
    find: 'const isDue = barsThrough(epochMs(now - GRACE_MS)) === expected;',
    put: 'const isDue = now > 0 && GRACE_MS > 0;',
    tests: WATCHED,
    test: 'of a session are reported once when they are late',
  },
  {
    rule: 'the same halt is not counted every five minutes',
    file: 'src/core/engine/monitoring/error-alert.ts',
    find: 'const isNews = !open || (halt && isRepeatNews(book, open, clocks.market.now()));',
    put: 'const isNews = !open || halt || isRepeatNews(book, open, clocks.market.now());',
    tests: WATCHED,
    test: 'is not reported again for as long as nothing changes',
  },
  {
    rule: 'the earlier clock says which bars are final',
    file: 'src/core/engine/broker-time.ts',
    find: 'behind = Math.min(0, market.at - clocks.market.now());',
    put: 'behind = Math.min(0, market.at - market.at);',
    tests: WATCHED,
    test: 'determines which bars are final: a host whose clock is ahead requests none too early',
  },
];
