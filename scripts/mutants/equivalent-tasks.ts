/** Mutants of the engine's tasks, and of what people ask of it, without any observable effect. */
import type { Row } from './equivalent-rules.ts';

const ANNOUNCEMENTS = 'src/core/engine/announcements.ts';
const RAISE = 'src/core/engine/raise.ts';
const EVIDENCE = 'src/core/engine/evidence.ts';

const OBSERVER = 'src/core/engine/observer.ts';
const CRASH_LOOP = 'src/ops/crash-loop.ts';
const STATE = 'src/core/engine/trading-state.ts';
const PROPOSALS = 'src/core/engine/proposals.ts';
const PREVIEW = 'src/core/engine/preview.ts';

const ONCE = 'the journal records an entry with the same key only once';
const CONTRADICTED = 'nothing contradicts what is not known; the type checker asks';
const BILLIONTH = 'nobody holds a billionth of a share';
const PRICED = 'whatever is held has a price; the type checker asks';

/** The list. */
export const TASK_ROWS: readonly Row[] = [
  [ANNOUNCEMENTS, ONCE, 'deliveredAt === undefined && told >= seq', 'told >= seq'],
  [ANNOUNCEMENTS, ONCE, 'over || book.rebalances.has(id)', 'book.rebalances.has(id)'],
  [
    ANNOUNCEMENTS,
    'only sessions are announced; the type checker asks',
    'on !== undefined && now >= tradingWindow(on).to',
    'now >= tradingWindow(on).to',
  ],
  [RAISE, PRICED, 'prices.get(ticker) ?? 0', 'prices.get(ticker)'],
  [RAISE, PRICED, '0', '1', 'prices.get(ticker) ?? 0'],
  ['src/core/engine/execution/flatten.ts', ONCE, 'running && !isOver', 'running'],
  [EVIDENCE, ONCE, 'known', 'false', "kind: 'evidence-due'"],
  [
    EVIDENCE,
    'no day is before what is undefined; the type checker asks',
    'from !== undefined && newYorkDate(clocks.market.now()) < from',
    'newYorkDate(clocks.market.now()) < from',
  ],
  [
    'src/core/engine/model-roles.ts',
    'every answer has a name; the type checker asks',
    "answeredBy ?? 'nobody'",
    'answeredBy',
  ],
  [PREVIEW, BILLIONTH, '0', '1', 'positions.filter(({ qty }) => qty > 0)'],
  [PREVIEW, BILLIONTH, '0', '1', 'own.has(ticker) && qty > 0'],
  [PREVIEW, 'no shares are worth nothing', 'qty > 0', 'qty >= 0', 'own.has(ticker) && qty > 0'],
  [
    PREVIEW,
    'divided by nothing known it is no number either way; the type checker asks',
    'close ?? Number.NaN',
    'close',
  ],
  [
    PREVIEW,
    'no decision is made for a ticker without a close, so that nobody reads why',
    "close ?? 'none'",
    'close',
  ],
  [OBSERVER, CONTRADICTED, 'through === undefined || found.size === 0', 'found.size === 0'],
  [OBSERVER, CONTRADICTED, 'price === undefined || close === undefined', 'price === undefined'],
  [OBSERVER, CONTRADICTED, 'price === undefined || close === undefined', 'close === undefined'],
  [
    OBSERVER,
    'ranked again without prices it is the same, only slower',
    "outcome.kind === 'decided'",
    'false',
    'const ranked',
  ],
  [
    'src/core/engine/startup.ts',
    'the reading of the bars asks for it otherwise; here it is timed on its own',
    'await observer.readBrokerTime()',
    'undefined',
  ],
  ['src/core/engine/tasks.ts', 'nobody halts within a minute of 1970', '0', '1', 'askedAt.get'],
  [
    PROPOSALS,
    ONCE,
    'answer === undefined && (clocks.wall.now() >= proposal.expiresAt || newYorkDate(at) !== day)',
    '(clocks.wall.now() >= proposal.expiresAt || newYorkDate(at) !== day)',
  ],
  [PROPOSALS, 'nothing is recorded of no entries', 'late.length === 0', 'false'],
  [
    PROPOSALS,
    'nothing is more than what is undefined; the type checker asks',
    'twoPersonAbove !== undefined && value > twoPersonAbove',
    'value > twoPersonAbove',
  ],
  [PROPOSALS, 'asked only of a plan with an answer', "answer ?? 'answered'", 'answer'],
  [PROPOSALS, 'asked only of a plan with an answer', "answeredBy ?? 'nobody'", 'answeredBy'],
  [PROPOSALS, 'who approves is more than nobody', '1', '0', 'approvers = 1'],
  [
    'src/core/engine/operator-actions.ts',
    'no two fills have the same id',
    'book.externalFills.find(({ id }) => id === fillId)',
    'book.externalFills.findLast(({ id }) => id === fillId)',
  ],
  [
    'src/core/engine/operator-actions.ts',
    'an alert about a trade is of one that is booked; the type checker asks',
    '!fill || !openAlert(book, subject)',
    '!openAlert(book, subject)',
  ],
  [CRASH_LOOP, 'an id of seven characters tells starts apart too', '0', '1', 'const own: Start'],
  [
    CRASH_LOOP,
    'what is undefined is not written into the file',
    'mode && { safeMode: mode }',
    '{ safeMode: mode }',
  ],
  [
    CRASH_LOOP,
    'each text has a first line; the type checker asks',
    "text.split('\\n')[0]?.slice(0, 200).replace(/\\.$/, '') ?? ''",
    "text.split('\\n')[0]?.slice(0, 200).replace(/\\.$/, '')",
  ],
  [STATE, 'a cent of what is not booked makes no difference', '0', '1', 'const own'],
  [
    STATE,
    'an account that was observed has cash; the type checker asks',
    '0',
    '1',
    'cash = cents(0)',
  ],
];
