/** When something is due, and what is decided then. */
import type { RuleBreak } from './rule-break.ts';

const SCHEDULER = 'src/core/scheduler.ts';
const CALENDAR = 'src/core/domain/calendar.ts';
const MOMENTUM = 'src/core/decide/momentum.ts';
const COMPLETENESS = 'src/core/decide/completeness.ts';
const SCHEDULED = 'tests/core/scheduler.test.ts';
const CALENDARS = 'tests/core/domain/calendar.test.ts';
const RANKED = 'tests/core/decide/momentum.test.ts';
const COMPLETE = 'tests/core/decide/completeness.test.ts';

export const DECIDING_BREAKS: readonly RuleBreak[] = [
  {
    rule: 'a monthly rebalance is named by its month',
    file: SCHEDULER,
    find: 'date.slice(0, 7)',
    put: 'date.slice(0, 4)',
    tests: SCHEDULED,
    test: 'is due on the first session of the next month',
  },
  {
    rule: 'a restart does not trade again',
    file: SCHEDULER,
    find: 'if (!first) return',
    put: 'if (!first || first) return',
    tests: SCHEDULED,
    test: 'does nothing for the rest of the month',
  },
  {
    rule: 'a missed rebalance stays owed',
    file: SCHEDULER,
    find: 'session: until, owed: now >= opens }',
    put: 'session: until, owed: sessionAt(now)?.date === date }',
    tests: SCHEDULED,
    test: 'is still owed when the first session was missed',
  },
  {
    rule: 'what was done is not owed any more',
    file: SCHEDULER,
    find: ' || book.rebalances.has(id);',
    put: ';',
    tests: SCHEDULED,
    test: 'is still owed when the first session was missed, and done once',
  },
  {
    rule: 'a model that does not rebalance keeps its last weights',
    file: 'src/core/engine/observer.ts',
    find: 'carriedAllocations(last, parts.models, cadences)',
    put: 'carriedAllocations(last, parts.models, cadences && undefined)',
    tests: 'tests/core/engine/cadences.test.ts',
    test: 'keep their last weights, as the journal has them, while another one rebalances',
  },
  {
    rule: 'a rebalance missed too long ago is asked about',
    file: SCHEDULER,
    find: 'sessionsBetween(session, today) > maxCatchUpSessions || flattenedSince',
    put: 'sessionsBetween(session, today) > 1_000 || flattenedSince',
    tests: SCHEDULED,
    test: 'asks an operator',
  },
  {
    rule: 'an unfinished rebalance goes before a new one',
    file: SCHEDULER,
    find: "if (open) due.push({ kind: 'resume', id: open.decision.id });",
    put: 'if (false) due.push();',
    tests: SCHEDULED,
    test: 'goes on with an unfinished one',
  },
  {
    rule: 'nothing leaves in the last 15 minutes',
    file: SCHEDULER,
    find: 'session.close - BEFORE_CLOSE_MS',
    put: 'session.close',
    tests: SCHEDULED,
    test: 'at 15:45: false',
  },
  {
    rule: 'half days close early',
    file: CALENDAR,
    find: 'halves.has(date) || HALF.has(date)',
    put: 'false',
    tests: SCHEDULED,
    test: 'on 2026-11-27 at 12:45: false',
  },
  {
    rule: 'one-off closings are no sessions',
    file: CALENDAR,
    find: ' || CLOSED.has(date)',
    put: '',
    tests: CALENDARS,
    test: 'closed',
  },
  {
    rule: 'daylight saving ends on the first Sunday of November',
    file: 'src/core/domain/new-york.ts',
    find: 'since2007 ? sunday(year, 11, 1) : sunday(year, 10, 25)',
    put: 'sunday(year, 10, 25)',
    tests: CALENDARS,
    test: 'agrees with the zone database around every clock change',
  },
  {
    rule: 'a missing ticker has no momentum at all',
    file: MOMENTUM,
    find: '    throw new RangeError(`ranking:',
    put:
      '    const none = { close: 0, past: 0, pastDate: asOf };\n' +
      '    if (lookback > 0) return { ticker, momentum: 0, ...none };\n' +
      '    throw new RangeError(`ranking:',
    tests: RANKED,
    test: 'stops rather than rank a sector whose bars are missing',
  },
  {
    rule: 'a missing file makes no decision',
    file: COMPLETENESS,
    find: ': absence(need.ticker, asOf, refused);',
    put: ': undefined;',
    tests: COMPLETE,
    test: 'refuses a decision without the file of',
  },
  {
    rule: 'a stale ticker makes no decision',
    file: COMPLETENESS,
    find: 'const fault = history ? faultOf(history, asOf, need)',
    put: 'const fault = history ? undefined',
    tests: COMPLETE,
    test: 'one ticker is a session behind',
  },
  {
    rule: 'a hole in the window makes no decision',
    file: COMPLETENESS,
    find: 'if (date < expected) return',
    put: 'if (false) return',
    tests: COMPLETE,
    test: 'names the session of a hole',
  },
  {
    rule: 'bars after the as-of date are not read',
    file: MOMENTUM,
    find: 'const last = history ? countThrough(history, asOf) - 1 : -1;',
    put: 'const last = history ? history.dates.length - 1 : -1;',
    tests: 'tests/core/decide/laws.test.ts',
    test: 'does not change with bars after its as-of date',
  },
  {
    rule: 'a backtest does not see the future',
    file: 'src/core/domain/bar.ts',
    find: 'if ((history.dates[middle] ?? date) <= date) low = middle + 1;',
    put: 'if (true) low = middle + 1;',
    tests: 'tests/core/backtest.test.ts',
    test: 'the poisoned future',
  },
  {
    rule: 'equal momenta keep universe order',
    file: 'src/core/rules/ranking.ts',
    find: '|| left - right',
    put: '|| right - left',
    tests: RANKED,
    test: 'keeps universe order among equals',
  },
  {
    rule: 'what only rounding tells apart is a tie',
    file: 'src/core/rules/ranking.ts',
    find: 'Math.round(momentum / MOMENTUM_EPSILON)',
    put: 'momentum',
    tests: RANKED,
    test: 'whose histories were adjusted differently',
  },
  {
    rule: 'a sector under the minimum momentum is left out',
    file: 'src/core/rules/selection.ts',
    find: 'at(momenta, count) >= minimum - MOMENTUM_EPSILON',
    put: 'at(momenta, count) > -1',
    tests: 'tests/models/models.test.ts',
    test: 'flee into bonds',
  },
  {
    rule: 'a sector is capped at MAX_WEIGHT',
    file: 'src/core/rules/limits.ts',
    find: 'place === exempt || weight <= maxWeight + WEIGHT_EPSILON',
    put: 'place === exempt || weight > 0',
    tests: 'tests/core/decide/risk.test.ts',
    test: 'caps a sector',
  },
  {
    rule: 'a target is scaled down to MAX_GROSS',
    file: 'src/core/rules/blend.ts',
    find: 'if (gross > maxGross) scaleBy',
    put: 'if (gross < 0) scaleBy',
    tests: 'tests/core/decide/portfolio.test.ts',
    test: 'scaled to MAX_GROSS',
  },
  {
    rule: 'planned buys fit the money',
    file: 'src/core/rules/sizing.ts',
    find: 'if (cost <= available) return 1',
    put: 'if (cost > -1) return 1',
    tests: 'tests/core/decide/plan.test.ts',
    test: 'shrinks every buy by the same factor',
  },
];
