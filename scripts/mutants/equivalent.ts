/** Mutants without any observable effect, each with the reason why no test can detect it. */
import { DOMAIN_ROWS } from './equivalent-domain.ts';
import { ENGINE_ROWS } from './equivalent-engine.ts';
import { FILE_ROWS } from './equivalent-rows.ts';
import { type Row, RULE_ROWS } from './equivalent-rules.ts';
import { STORE_ROWS } from './equivalent-store.ts';
import { TASK_ROWS } from './equivalent-tasks.ts';

/** All mutants of the file that turn `from` into `to`; of several on different lines those on `line`. */
export interface Equivalent {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** A part of its line. */
  readonly line?: string;
  readonly reason: string;
}

const REGIME = 'src/core/decide/regime.ts';
const MOMENTUM = 'src/core/decide/momentum.ts';
const UNITS = 'src/core/domain/units.ts';
const PLAN = 'src/core/decide/plan.ts';
const FLOWS = 'src/core/domain/people-flows.ts';
const EXPOSURE = 'src/core/engine/execution/exposure.ts';
const SORTED_ONCE = 'sorted again for each question it is the same, only slower';

const NO_HISTORY = 'without a history there is no close either, and one of the two is asked for it';

const EXACT_TOO = 'the longer way through big integers gives the same cents';
const ZERO_CENTS =
  'of 0 both ways give 0, and a product of whole numbers is nowhere between 0 and 1';
const RAISE = 'src/core/decide/raise.ts';
const ONE_BILLIONTH = 'a billionth of a share is under the minimum, and no order of anybody';
const CHECK = 'src/core/engine/execution/check-order.ts';
const ONE_POSITION = 'the broker reports one position for each ticker';
const ASSET_KNOWN = 'an order of an asset that is not listed was turned away before';
const SPLIT = 'src/core/domain/split.ts';
const CASH_FLOW = 'src/core/domain/cash-flow.ts';
const DATE_TOO = 'the longer way to write a date gives the same text';
const NO_RATIO = 'without a price there is no ratio, and nothing is near to none';
const HELD_BILLIONTH = 'nobody holds a billionth of a share';
const FRESH = 'src/core/domain/fresh-price.ts';
const COMPLETENESS = 'src/core/decide/completeness.ts';
const ALL_THERE = 'doubts are looked for only where the bars of every need are there';
const CRUMB = 'a buy of a billionth of a share is always under the minimum';

const SCHEDULER = 'src/core/scheduler.ts';

const NO_EMPTY_LOT = 'no lot without shares is ever kept';
const ONE_ID = 'no two lots that arrived have the same id';
const BOTH_SIDES = 'both sums that are compared contain it';
const TYPES = 'nothing is later than, or near to, what is undefined; the type checker asks';
const ZERO_HALF = 'of 0 either half leaves less than a whole';
const NO_CHANGE = 'a change of nothing keeps its sign, and is not moved';
const ONE_KIND = 'a key belongs to sales or to actions; the type checker asks';
const NEAR = 'Math.abs(now / price - 1) <= slack';

const ROWS: readonly Row[] = [
  [
    'src/core/domain/deposits.ts',
    'no deposit has no id; the type checker asks',
    'cancels === undefined',
    'false',
  ],
  ['src/core/domain/order-lines.ts', 'a rest of 0 is 0 either way', 'rest <= 0', 'rest < 0'],
  [
    'src/core/domain/tax/corporate-actions.ts',
    NO_CHANGE,
    'change.qty < 0',
    'change.qty <= 0',
    'else if',
  ],
  ['src/core/domain/tax/corporate-actions.ts', NO_CHANGE, '0', '1', 'else if (change.qty < 0)'],
  [
    'src/core/domain/tax/lot-books.ts',
    'without a sale nothing reads the proceeds',
    '0',
    '1',
    'out.sale?.proceeds ?? 0',
  ],
  ['src/core/domain/tax/open-lots.ts', ZERO_HALF, 'product < 0n', 'product <= 0n'],
  [
    'src/core/domain/tax/open-lots.ts',
    'a whole of 0 was answered before',
    'divisor < 0n',
    'divisor <= 0n',
  ],
  [
    'src/core/domain/tax/open-lots.ts',
    'a sign is 1 or -1 here, and its own inverse',
    'Math.min(Math.abs(lot.qty), left) * Math.sign(quantity)',
    'Math.min(Math.abs(lot.qty), left) / Math.sign(quantity)',
  ],
  ['src/core/domain/tax/return-of-capital.ts', NO_EMPTY_LOT, 'qty > 0', 'qty >= 0'],
  ['src/core/domain/tax/spin-offs.ts', NO_EMPTY_LOT, 'lot.qty > 0', 'lot.qty >= 0'],
  [
    'src/core/domain/tax/tax-lots.ts',
    ONE_KIND,
    "known?.kind === 'sale' && step.kind === 'sale'",
    "known?.kind === 'sale'",
  ],
  [
    'src/core/domain/tax/tax-lots.ts',
    ONE_KIND,
    "known?.kind === 'actions' && step.kind === 'actions'",
    "known?.kind === 'actions'",
  ],
  [
    'src/core/domain/tax/tax-lots.ts',
    'a purchase is a step of its own under any key: an order has one side',
    "event.kind !== 'trade' || event.fill.side !== 'sell'",
    "event.kind !== 'trade'",
  ],
  ['src/core/domain/tax/tax-lots.ts', 'a sale has a fill', 'ticker !== undefined', 'true'],
  [
    'src/core/domain/tax/tax-lots.ts',
    'no movement of 0 shares is an event',
    'event.qty > 0',
    'event.qty >= 0',
  ],
  [
    'src/core/domain/tax/uncosted-lots.ts',
    'only an opening states a cost',
    "event.kind === 'opening'",
    'true',
  ],
  [
    'src/core/domain/tax/uncosted-lots.ts',
    ONE_ID,
    'uncostedLots(record).find((each) => each.lot === lot)',
    'uncostedLots(record).findLast((each) => each.lot === lot)',
  ],
  [
    'src/core/domain/tax/uncosted-lots.ts',
    ONE_ID,
    'record.events.find((each) => each.lot === lot)',
    'record.events.findLast((each) => each.lot === lot)',
  ],
  [
    'src/core/domain/tax/uncosted-lots.ts',
    TYPES,
    'cost.acquired !== undefined && cost.acquired > known.came',
    'cost.acquired > known.came',
  ],
  [
    'src/core/domain/tax/uncosted-lots.ts',
    'a billionth of a share can cost no cent',
    '0',
    '1',
    'came <= 0 ||',
  ],
  ['src/core/domain/tax/uncosted-lots.ts', BOTH_SIDES, '0', '1', 'map(({ cost }) => cost ?? 0)'],
  ['src/core/domain/tax/uncosted-lots.ts', BOTH_SIDES, '0', '1', 'sum + value, 0'],
  ['src/core/domain/tax/wash-sales.ts', NO_EMPTY_LOT, 'part.qty < 0', 'part.qty <= 0'],
  ['src/core/domain/tax/wash-sales.ts', NO_EMPTY_LOT, '0', '1', 'part.qty < 0'],
  [
    'src/core/domain/tax/wash-sales.ts',
    'an unknown day lies in no window; the type checker asks',
    'Math.sign(lot.qty) === (isShort ? -1 : 1) && !lot.isReplacement && lot.acquired !== undefined',
    'Math.sign(lot.qty) === (isShort ? -1 : 1) && !lot.isReplacement',
  ],
  ['src/core/domain/late-flows.ts', TYPES, 'at !== undefined && at >= fill.at', 'at >= fill.at'],
  ['src/core/domain/late-flows.ts', 'nothing is held of no ticker', 'ticker && isMoved', 'isMoved'],
  [
    'src/core/domain/performance.ts',
    'at its trough a curve is below its peak',
    'index > deepest.trough',
    'index >= deepest.trough',
  ],
  [
    'src/core/engine/execution/stuck-orders.ts',
    'an order is overdue only where the broker has reported it',
    "order?.brokerStatus ?? 'open'",
    'order?.brokerStatus',
  ],
  [
    'src/core/engine/reconciliation/missed-close.ts',
    'all that is held has a price there',
    'prices.get(ticker) ?? Number.NaN',
    'prices.get(ticker)',
  ],
  [
    'src/core/engine/reconciliation/missed-close.ts',
    'the cash of every other event is none at all or not 0',
    "event.kind !== 'action' || event.cash !== 0",
    'event.cash !== 0',
  ],
  [
    'src/core/engine/reconciliation/missed-close.ts',
    TYPES,
    'bars.get(ticker)?.dates.at(-1) ?? date',
    'bars.get(ticker)?.dates.at(-1)',
  ],
  [
    'src/core/engine/reconciliation/missed-close.ts',
    TYPES,
    `now !== undefined && price !== undefined && ${NEAR}`,
    NEAR,
  ],
  [
    'src/core/engine/reconciliation/missed-close.ts',
    TYPES,
    'now !== undefined && price !== undefined',
    'now !== undefined',
  ],
  [
    'src/core/engine/reconciliation/missed-close.ts',
    TYPES,
    'now !== undefined && price !== undefined',
    'price !== undefined',
  ],
  [
    'src/core/engine/reconciliation/missed-close.ts',
    'no quotient of two numbers is off by exactly that much',
    NEAR,
    NEAR.replace('<=', '<'),
  ],
  [
    'src/core/engine/reconciliation/missed-close.ts',
    'a price by no shares is not near to any',
    'held && shares',
    'held',
  ],
];

/** The list, by file. */
export const EQUIVALENT: readonly Equivalent[] = [
  { file: REGIME, from: '0', to: '1', line: 'history ?', reason: NO_HISTORY },
  {
    file: REGIME,
    from: '!history || close === undefined',
    to: 'close === undefined',
    reason: NO_HISTORY,
  },
  { file: UNITS, from: '1e14', to: '0', reason: EXACT_TOO },
  {
    file: UNITS,
    from: 'Math.abs(product) <= EXACT_PRODUCT',
    to: 'Math.abs(product) < EXACT_PRODUCT',
    reason: EXACT_TOO,
  },
  {
    file: UNITS,
    from: 'Math.floor(shares)',
    to: 'Math.ceil(shares)',
    reason: 'a whole number is both, and anything else is neither',
  },
  { file: UNITS, from: 'product < 0', to: 'product <= 0', reason: ZERO_CENTS },
  { file: UNITS, from: '0', to: '1', line: 'product < 0', reason: ZERO_CENTS },
  { file: UNITS, from: 'exact < 0n', to: 'exact <= 0n', reason: ZERO_CENTS },
  {
    file: PLAN,
    from: 'left.ticker < right.ticker',
    to: 'left.ticker <= right.ticker',
    reason: 'a ticker is held once',
  },
  {
    file: PLAN,
    from: '1',
    to: '0',
    line: 'left.ticker < right.ticker',
    reason: 'the sort only looks whether the answer is below 0',
  },
  { file: PLAN, from: '0', to: '1', line: 'change > 0', reason: CRUMB },
  {
    file: PLAN,
    from: 'change > 0',
    to: 'change >= 0',
    line: 'action:',
    reason: 'no change is told of before',
  },
  {
    file: 'src/core/decide/portfolio.ts',
    from: '0',
    to: '1',
    line: 'row: 0',
    reason: 'a decision has one row, and nothing here reads its number',
  },
  {
    file: MOMENTUM,
    from: '8',
    to: '0',
    reason: 'rankings are kept for speed only: made again they are the same',
  },
  {
    file: MOMENTUM,
    from: 'past + close',
    to: 'past - close',
    reason: 'either is no number where one of the two is none',
  },
  {
    file: COMPLETENESS,
    from: '8',
    to: '0',
    reason: 'what was found is kept for speed only: looked for again it is the same',
  },
  {
    file: COMPLETENESS,
    from: '0',
    to: '1',
    line: 'const held = history',
    reason: 'one session is needed at least',
  },
  {
    file: COMPLETENESS,
    from: 'price !== undefined && Number.isFinite(price)',
    to: 'Number.isFinite(price)',
    reason: 'what is undefined is not finite either; the type checker asks',
  },
  { file: RAISE, from: '0', to: '1', line: 'size > 0', reason: ONE_BILLIONTH },
  { file: RAISE, from: '0', to: '1', line: 'if (price <= 0) return', reason: ONE_BILLIONTH },
  { file: COMPLETENESS, from: 'history', to: 'true', line: 'findingsOf(', reason: ALL_THERE },
  {
    file: COMPLETENESS,
    from: 'history',
    to: 'true',
    line: '[[ticker, history]',
    reason: ALL_THERE,
  },
  {
    file: COMPLETENESS,
    from: "finding.severity === 'refuses'",
    to: 'true',
    reason: 'in a window without a hole the only note is the one about volume',
  },
  {
    file: 'src/core/domain/order.ts',
    from: 'next.filledQty > known.filledQty',
    to: 'next.filledQty >= known.filledQty',
    reason: 'they are known to differ here',
  },
  {
    file: FLOWS,
    from: 'SORTED.get(cashFlows) ?? cashFlows.toSorted((a, b) => a.counted - b.counted)',
    to: 'cashFlows.toSorted((a, b) => a.counted - b.counted)',
    reason: SORTED_ONCE,
  },
  { file: FLOWS, from: 'SORTED.set(cashFlows, known)', to: 'undefined', reason: SORTED_ONCE },
  {
    file: FLOWS,
    from: 'sorted[middle]?.counted ?? instant',
    to: 'sorted[middle]?.counted',
    reason: 'the middle of the search is always in the list; the rest is for the type checker',
  },
  {
    file: EXPOSURE,
    from: 'positions.find((each) => each.ticker === ticker)',
    to: 'positions.findLast((each) => each.ticker === ticker)',
    reason: ONE_POSITION,
  },
  {
    file: EXPOSURE,
    from: '0',
    to: '1',
    line: 'Math.max(0, order.qty - order.filledQty)',
    reason: 'a billionth of a share is worth no cent at any price under five million dollars',
  },
  {
    file: EXPOSURE,
    from: 'position.qty < 0',
    to: 'position.qty <= 0',
    reason: 'a position of no shares is worth nothing either way',
  },
  {
    file: EXPOSURE,
    from: '0',
    to: '1',
    line: 'position.qty < 0',
    reason: 'nobody holds a billionth of a share, and it is worth no cent',
  },
  {
    file: CHECK,
    from: `context.openOrders.find(
    ({ ticker, side, clientOrderId }) =>
      ticker === intent.ticker &&
      side !== intent.side &&
      !context.setAside.has(clientOrderId) &&
      (!isExempt(intent, context) || clientOrderId.startsWith(CLIENT_ORDER_PREFIX)),
  )`,
    to: `context.openOrders.findLast(
    ({ ticker, side, clientOrderId }) =>
      ticker === intent.ticker &&
      side !== intent.side &&
      !context.setAside.has(clientOrderId) &&
      (!isExempt(intent, context) || clientOrderId.startsWith(CLIENT_ORDER_PREFIX)),
  )`,
    reason: 'of each that crosses the same is said',
  },
  {
    file: CHECK,
    from: "staleReason(intent.ticker, found) ?? ''",
    to: 'staleReason(intent.ticker, found)',
    reason: 'what is not fresh has a reason; the type checker asks',
  },
  {
    file: CHECK,
    from: 'own ?? intent.priceAtDecision',
    to: 'own',
    reason: 'a buy without a fresh price was turned away before',
  },
  {
    file: CHECK,
    from: 'positions.find((each) => each.ticker === ticker)',
    to: 'positions.findLast((each) => each.ticker === ticker)',
    reason: ONE_POSITION,
  },
  {
    file: CHECK,
    from: 'positions.find(({ ticker, qty: held }) => ticker === intent.ticker && held < 0)',
    to: 'positions.findLast(({ ticker, qty: held }) => ticker === intent.ticker && held < 0)',
    reason: ONE_POSITION,
  },
  {
    file: CHECK,
    from: 'asset?.fractionable ?? false',
    to: 'asset?.fractionable',
    reason: ASSET_KNOWN,
  },
  { file: CHECK, from: 'false', to: 'true', line: 'fractionable ?? false', reason: ASSET_KNOWN },
  {
    file: CHECK,
    from: '0',
    to: '1',
    line: 'position?.available ?? qty(0)',
    reason: 'without a position nothing is wanted of it either',
  },
  { file: CHECK, from: '0', to: '1', line: 'size > 0', reason: ONE_BILLIONTH },
  {
    file: CHECK,
    from: 'limitPrice === undefined',
    to: 'false',
    reason: 'only a sell of a flatten goes out at market, and no size is asked of it',
  },
  {
    file: 'src/core/decide/decide.ts',
    from: "candidates?.map(({ ticker }) => ticker).join() ?? ''",
    to: 'candidates?.map(({ ticker }) => ticker).join()',
    reason: 'a key that says undefined is that of no candidates too',
  },
  {
    file: 'src/core/decide/carried.ts',
    from: '[...last.votes, ...(last.shadows ?? [])].find((each) => each.id === id)',
    to: '[...last.votes, ...(last.shadows ?? [])].findLast((each) => each.id === id)',
    reason: 'a model votes or is in the shadow, never both',
  },
  {
    file: SPLIT,
    from: 'Math.abs(found / ratio - 1) <= tolerance',
    to: 'Math.abs(found / ratio - 1) < tolerance',
    reason: 'a number near 1 less 1 is never exactly the float of a hundredth',
  },
  {
    file: SPLIT,
    from: 'BOTH_WAYS.find((ratio) => isNear(found, ratio, toleranceOf(ratio, isSuspected)))',
    to: 'BOTH_WAYS.findLast((ratio) => isNear(found, ratio, toleranceOf(ratio, isSuspected)))',
    reason: 'no two ratios lie so near to each other',
  },
  {
    file: SPLIT,
    from: 'before <= 0 || after <= 0 || lastClose === undefined || price === undefined',
    to: 'before <= 0 || after <= 0 || lastClose === undefined',
    reason: NO_RATIO,
  },
  {
    file: SPLIT,
    from: 'before <= 0 || after <= 0 || lastClose === undefined',
    to: 'before <= 0 || after <= 0',
    reason: NO_RATIO,
  },
  { file: SPLIT, from: '0', to: '1', line: 'before <= 0', reason: HELD_BILLIONTH },
  {
    file: FRESH,
    from: 'bid > 0',
    to: 'bid >= 0',
    reason: 'a bid of 0 is twice as far from the middle as any spread that is allowed',
  },
  {
    file: FRESH,
    from: '((ask - bid) / middle) * 10_000 <= maxSpreadBps + 1e-9',
    to: '((ask - bid) / middle) * 10_000 < maxSpreadBps + 1e-9',
    reason: 'the billionth beside it is there because no float hits the bound itself',
  },
  {
    file: FRESH,
    from: 'Number.MAX_SAFE_INTEGER - MAX_CLOCK_LEAD_MS',
    to: 'Number.MAX_SAFE_INTEGER + MAX_CLOCK_LEAD_MS',
    reason: 'either is later than every instant',
  },
  { file: UNITS, from: 'year >= 1000', to: 'year > 1000', reason: DATE_TOO },
  { file: UNITS, from: 'year <= 9999', to: 'year < 9999', reason: DATE_TOO },
  { file: UNITS, from: '9999', to: '0', reason: DATE_TOO },
  { file: UNITS, from: 'isPlain', to: 'false', reason: DATE_TOO },
  {
    file: CASH_FLOW,
    from: 'cashFlows.find((flow) => flow.activity.id === activity.cancels)',
    to: 'cashFlows.findLast((flow) => flow.activity.id === activity.cancels)',
    reason: 'an activity is booked once under its id',
  },
  {
    file: CASH_FLOW,
    from: `event.kind !== 'trade' &&
      event.recordedAt === earlier?.at`,
    to: 'event.recordedAt === earlier?.at',
    reason: 'a trade has its ticker in its fill; the type checker asks',
  },
  {
    file: CASH_FLOW,
    from: '0',
    to: '1',
    line: 'lots.get(ticker)?.qty ?? 0',
    reason: 'a billionth of a share is worth no cent',
  },
  {
    file: CASH_FLOW,
    from: 'worth > 0',
    to: 'worth >= 0',
    reason: 'a difference that is worth nothing is no flow',
  },
  {
    file: CASH_FLOW,
    from: 'closed !== undefined && activity.at <= closed',
    to: 'activity.at <= closed',
    reason: 'nothing is before what is undefined; the type checker asks',
  },
  {
    file: 'src/core/engine/execution/late-fills.ts',
    from: '0',
    to: '1',
    line: 'decision.holdings.positions.get(ticker) ?? 0',
    reason: 'nobody buys a billionth of a share',
  },
  {
    file: 'src/core/engine/plan-changes.ts',
    from: 'equity > 0',
    to: 'equity >= 0',
    reason: 'what has moved over an equity of 0 is Infinity either way',
  },
  {
    file: SCHEDULER,
    from: 'counted ?? newYorkDate(baseline.at)',
    to: 'newYorkDate(baseline.at)',
    reason: 'sessions up to the last recorded one are left out again below; it is only slower',
  },
  {
    file: SCHEDULER,
    from: 'month.session < week.session',
    to: 'month.session <= week.session',
    reason: 'a month and a week of the same session are one rebalance',
  },
  ...[
    ...ROWS,
    ...RULE_ROWS,
    ...ENGINE_ROWS,
    ...TASK_ROWS,
    ...DOMAIN_ROWS,
    ...FILE_ROWS,
    ...STORE_ROWS,
  ].map(([file, reason, from, to, line]) => ({
    ...{ file, reason, from, to },
    ...(line !== undefined && { line }),
  })),
];
