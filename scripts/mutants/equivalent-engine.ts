/** Mutants of the engine without any observable effect. */
import type { Row } from './equivalent-rules.ts';

const SUBMIT = 'src/core/engine/execution/submit-order.ts';
const SIZES = 'src/core/engine/execution/buy-sizes.ts';

const MOVEMENTS = 'src/core/engine/reconciliation/movements.ts';

const SPLITS = 'src/core/engine/reconciliation/suspected-split.ts';
const BILLIONTH_HELD = 'nobody holds a billionth of a share';
const TRACK = 'src/core/engine/execution/track-orders.ts';

const ACCOUNT = 'src/core/engine/reconciliation/reconcile-account.ts';

const MEASURED = 'src/core/domain/measured-equity.ts';
const SLOWER = 'computed again it is the same, only slower';
const NO_PART = 'without settings no part is measured, and nothing of it is read';
const ACTIVITIES = 'src/core/engine/reconciliation/new-activities.ts';
const WEIGHTED = 'src/core/domain/money-weighted.ts';
const HALVINGS = 'one halving more or less than 200 makes no difference';
const SIGN = 'a quotient has the sign of the product, and the same zero is found';
const DRAWDOWN = 'src/core/domain/drawdown.ts';
const UNBOOKED = 'an account of nothing has nothing that is not booked';
const CANCEL = 'src/core/engine/execution/cancel-orders.ts';
const MANAGED = 'src/core/engine/execution/managed-orders.ts';
const UNSELLABLE = 'src/core/engine/execution/unsellable.ts';
const BILLIONTH = 'nobody trades a billionth of a share';

const ONE_ORDER = 'no two orders have the same id';
const TYPES = 'nothing is true of what is undefined; the type checker asks';
const ONE_ASSET = 'the broker lists an asset once';

const SEND_LINE = 'src/core/engine/execution/send-line.ts';
const LATE = 'src/core/engine/execution/late-fills.ts';
const EXECUTE = 'src/core/engine/execution/execute-rebalance.ts';

const DRIFT = 'src/core/engine/monitoring/drift.ts';
const NO_SHARES = 'the broker reports no position of no shares';

/** The list. */
export const ENGINE_ROWS: readonly Row[] = [
  [DRIFT, 'no account is worth a cent', '0', '1', 'equity <= 0'],
  [
    DRIFT,
    'the broker reports one position for each ticker',
    'positions.find((each) => each.ticker === ticker)',
    'positions.findLast((each) => each.ticker === ticker)',
  ],
  [DRIFT, TYPES, 'price === undefined || !(price > 0)', '!(price > 0)'],
  [DRIFT, NO_SHARES, 'position.qty < 0', 'position.qty <= 0'],
  [DRIFT, BILLIONTH_HELD, '0', '1', 'position.qty < 0'],
  [WEIGHTED, HALVINGS, '0', '1', 'let step = 0'],
  [WEIGHTED, HALVINGS, 'step < STEPS', 'step <= STEPS'],
  [WEIGHTED, SIGN, 'missing(low) * missing(middle)', 'missing(low) / missing(middle)'],
  [WEIGHTED, SIGN, 'missing(low) * missing(high)', 'missing(low) / missing(high)'],
  [WEIGHTED, 'no power of 1.05 is a million', 'wide < MAX_GROWTH', 'wide <= MAX_GROWTH'],
  [
    'src/core/domain/account-state.ts',
    'one rebalance runs at a time',
    '[...book.rebalances.values()].find((rebalance) => rebalance.finishedAt === undefined)',
    '[...book.rebalances.values()].findLast((rebalance) => rebalance.finishedAt === undefined)',
  ],
  ['src/core/engine/execution/flatten-decision.ts', BILLIONTH, '0', '1', 'qty > 0'],
  [UNSELLABLE, BILLIONTH, '0', '1', 'reserved > 0'],
  [
    MANAGED,
    'nothing is more than what is not known; the type checker asks',
    'most === undefined || known.some(({ id }) => id === fill.id)',
    'known.some(({ id }) => id === fill.id)',
  ],
  [
    MANAGED,
    'no time has passed since what is undefined; the type checker asks',
    "state === 'sending' && sentAt !== undefined",
    "state === 'sending'",
  ],
  [
    ACTIVITIES,
    'nothing corrects what is undefined; the type checker asks',
    'corrects === undefined',
    'false',
  ],
  [
    ACTIVITIES,
    'what is undefined is not booked; the type checker asks',
    'target === undefined',
    'false',
  ],
  [
    ACTIVITIES,
    'a row that corrects nothing was booked before',
    'corrects !== undefined && inPlaceOf.get(corrects) !== row.id',
    'inPlaceOf.get(corrects) !== row.id',
  ],
  [
    ACTIVITIES,
    'no row cancels one and corrects another',
    'isSuperseded && cancels === undefined',
    'isSuperseded',
  ],
  [
    ACTIVITIES,
    'a row that cancels was booked as one, which is no version of it',
    '!last || row.cancels !== undefined',
    '!last',
  ],
  [
    MOVEMENTS,
    'an execution is of one of our orders or a trade by hand; the type checker asks',
    "entry.kind !== 'external-fill'",
    'false',
  ],
  [
    'src/core/engine/execution/cancelled-orders.ts',
    'what was never sent was not sent ten minutes ago; the type checker asks',
    'managed?.cancelRequestedBy === undefined || managed.sentAt === undefined',
    'managed?.cancelRequestedBy === undefined',
  ],
  [
    'src/core/engine/execution/late-fills.ts',
    BILLIONTH,
    '0',
    '1',
    'sum + (order?.filledQty ?? 0), 0',
  ],
  [
    MEASURED,
    'where the whole is measured there is no difference',
    '!part || Math.abs(equity - snapshot.equity) < SAME_CENTS',
    'Math.abs(equity - snapshot.equity) < SAME_CENTS',
  ],
  [MEASURED, NO_PART, 'own?.has(ticker) ?? false', 'own?.has(ticker)'],
  [MEASURED, NO_PART, 'false', 'true', 'own?.has(ticker) ?? false'],
  [MEASURED, NO_PART, 'own && partOf(before, isOwn)', 'partOf(before, isOwn)'],
  [MEASURED, NO_PART, 'own && partOf(after, isOwn)', 'partOf(after, isOwn)'],
  [MEASURED, NO_PART, 'own !== undefined && start !== undefined', 'start !== undefined'],
  [MEASURED, SLOWER, 'STEPS.get(after) ?? keepingSame(stepOf)', 'keepingSame(stepOf)'],
  [MEASURED, SLOWER, 'STEPS.set(after, kept)', 'undefined'],
  [MEASURED, SLOWER, 'INSTANTS.get(point) ?? instantFor(point)', 'instantFor(point)'],
  [MEASURED, SLOWER, 'INSTANTS.set(point, known)', 'undefined'],
  [MEASURED, NO_PART, 'one?.reserve ?? 0', 'one?.reserve'],
  [MEASURED, NO_PART, 'other?.reserve ?? 0', 'other?.reserve'],
  [MEASURED, NO_PART, '0', '1', 'one?.reserve ?? 0'],
  [
    MEASURED,
    'no set has what is undefined; the type checker asks',
    'ticker !== undefined && own.has(ticker)',
    'own.has(ticker)',
  ],
  [MEASURED, 'no corporate action brings no shares', 'qty > 0', 'qty >= 0', 'isReplaced'],
  [MEASURED, BILLIONTH, '0', '1', 'qty > 0 && (isReplaced'],
  [MEASURED, 'one of its own is measured already', 'own.has(ticker) || !there', '!there'],
  [MEASURED, 'no fund falls by an endless worth', 'there.qty <= 0', 'there.qty < 0'],
  [MEASURED, BILLIONTH, '0', '1', 'there.qty <= 0'],
  [
    MEASURED,
    'what is undefined is not after any instant; the type checker asks',
    'at !== undefined && !sessionAt(at)',
    '!sessionAt(at)',
  ],
  [MEASURED, 'no close is of 1970', '0', '1', 'at > 0'],
  ['src/core/engine/execution/rebalance-result.ts', BILLIONTH, '0', '1', 'if (filled > 0)'],
  [
    DRAWDOWN,
    'every close says what is not booked, and only closes set a peak',
    '0',
    '1',
    'notBooked = 0',
  ],
  [DRAWDOWN, 'without unexplained money all is explained', 'notBooked > 0', 'notBooked >= 0'],
  [DRAWDOWN, UNBOOKED, 'notBooked > 0 && equity > 0', 'notBooked > 0'],
  [DRAWDOWN, UNBOOKED, 'equity > 0', 'equity >= 0'],
  [
    'src/core/engine/execution/exposure.ts',
    'a cent is shown as $0 too',
    '0',
    '1',
    'Math.max(0, room)',
  ],
  [CANCEL, 'no delay is of a millisecond', '0', '1', 'wait > 0'],
  [CANCEL, BILLIONTH, '0', '1', 'filledQty > 0'],
  [MANAGED, BILLIONTH, '0', '1', 'more <= 0'],
  [MANAGED, BILLIONTH, '0', '1', 'sum + fill.qty, 0'],
  [UNSELLABLE, BILLIONTH, '0', '1', 'Math.max(0, available)'],
  [UNSELLABLE, BILLIONTH, '0', '1', 'part > 0'],
  [UNSELLABLE, 'a time limit ends only once', 'true', 'false', 'once: true'],
  [ACCOUNT, 'no movement has an empty id', "movementOf(entry) ?? ''", 'movementOf(entry)'],
  [
    ACCOUNT,
    'what was not held did not split',
    'book.ledger.lots.get(ticker)?.qty ?? 0',
    'book.ledger.lots.get(ticker)?.qty',
  ],
  [ACCOUNT, 'nobody holds a billionth of a share', '0', '1', 'lots.get(ticker)?.qty ?? 0'],
  [TRACK, 'a sleep of no time is none', 'early > 0', 'early >= 0'],
  [TRACK, 'a millisecond more or less between two looks is not noticed', '0', '1', 'early > 0'],
  [
    TRACK,
    'an order that is open was sent',
    'asked.get(order.id) ?? sentAt ?? at',
    'asked.get(order.id) ?? sentAt',
  ],
  [MOVEMENTS, 'a week earlier either is before 1970', '0', '1', 'book.baseline?.at ?? 0'],
  [
    MOVEMENTS,
    ONE_ORDER,
    '[...managedOrders.values()].find(({ order }) => order?.id === orderId)',
    '[...managedOrders.values()].findLast(({ order }) => order?.id === orderId)',
  ],
  [MOVEMENTS, TYPES, 'ticker && unvalued.includes(activity)', 'unvalued.includes(activity)'],
  [MOVEMENTS, TYPES, "subject.about === 'unknown-activity'", 'true'],
  [
    MOVEMENTS,
    TYPES,
    'managed?.fills.every((fill) => fill.id !== id) ?? false',
    'managed?.fills.every((fill) => fill.id !== id)',
  ],
  [
    'src/core/engine/reconciliation/lost-orders.ts',
    ONE_ORDER,
    'orders.find((order) => order.clientOrderId === clientOrderId)',
    'orders.findLast((order) => order.clientOrderId === clientOrderId)',
  ],
  [
    'src/core/domain/start-rules.ts',
    TYPES,
    "announcements.get(id)?.until ?? ''",
    'announcements.get(id)?.until',
  ],
  [
    'src/core/domain/account.ts',
    'a position without a value owes nothing, and a cent makes no difference',
    '0',
    '1',
    'value ?? 0',
  ],
  [
    SUBMIT,
    'an order that is sent again was sent before; the type checker asks',
    'attempt > 1 && first !== undefined',
    'attempt > 1',
  ],
  [SUBMIT, 'no delay is of a millisecond', '0', '1', 'wait > 0'],
  [
    SUBMIT,
    'an order that was sent is written down; the type checker asks',
    '!order || !managed',
    '!order',
  ],
  [
    'src/core/engine/execution/pre-trade-check.ts',
    ONE_ASSET,
    'snapshot.assets.find((asset) => asset.ticker === ticker)',
    'snapshot.assets.findLast((asset) => asset.ticker === ticker)',
  ],
  [
    SIZES,
    ONE_ASSET,
    'assets.find(({ ticker }) => ticker === planned.ticker)',
    'assets.findLast(({ ticker }) => ticker === planned.ticker)',
  ],
  [
    SIZES,
    'an asset that is not listed cannot be traded in fractions either way',
    'asset?.fractionable ?? false',
    'asset?.fractionable',
  ],
  [
    SEND_LINE,
    'only an error of trading has a remedy; the type checker asks',
    "error instanceof TradingError && error.remedy === 'retry'",
    "error.remedy === 'retry'",
  ],
  [SPLITS, BILLIONTH_HELD, '0', '1', 'qty <= 0'],
  [SPLITS, BILLIONTH_HELD, '0', '1', 'event.qty > 0'],
  [SPLITS, 'the broker reports no position of no shares', 'qty <= 0', 'qty < 0'],
  [
    SPLITS,
    'without a last close there is no ratio; the type checker asks',
    'last === undefined || wasSplit(book, ticker)',
    'wasSplit(book, ticker)',
  ],
  [
    SPLITS,
    'nothing is above what is undefined; the type checker asks',
    'ratio !== undefined && ratio > 1',
    'ratio > 1',
  ],
  [SPLITS, 'no split is of 1 for 1', 'ratio > 1', 'ratio >= 1'],
  [
    SPLITS,
    'a quotient with what is undefined is no number, and none is above a bound; the type checker asks',
    'then === undefined || now === undefined || point?.provisional',
    'point?.provisional',
  ],
  [
    SPLITS,
    'a quotient with what is undefined is no number, and none is above a bound; the type checker asks',
    'then === undefined || now === undefined',
    'then === undefined',
  ],
  [
    SPLITS,
    'a quotient with what is undefined is no number, and none is above a bound; the type checker asks',
    'then === undefined || now === undefined',
    'now === undefined',
  ],
  [
    SPLITS,
    'a quotient less 1 is a multiple of 2 ** -53, which the bound is not',
    'Math.abs(now / then - 1) > MAX_DIVIDEND',
    'Math.abs(now / then - 1) >= MAX_DIVIDEND',
  ],
  [SPLITS, 'nothing is recorded in 1970', '0', '1', '?.at ?? 0'],
  [
    SPLITS,
    'the logarithm of what is undefined is no number, and none is nearer; the type checker asks',
    'currentPrice && ratioNotInPrice(book, ticker, currentPrice)',
    'ratioNotInPrice(book, ticker, currentPrice)',
  ],
  [
    SPLITS,
    'the logarithm of what is undefined is no number, and none is nearer; the type checker asks',
    'last === undefined',
    'false',
    'if (last === undefined) return undefined',
  ],
  [
    SPLITS,
    'it is asked only of what was held at that close',
    'book.equity.at(-1)?.holdings?.get(ticker)?.qty ?? 0',
    'book.equity.at(-1)?.holdings?.get(ticker)?.qty',
  ],
  [SPLITS, 'it is asked only of what was held at that close', '0', '1', '?.qty ?? 0'],
  [SPLITS, BILLIONTH_HELD, '0', '1', 'held + change > 0'],
  ['src/core/engine/reconciliation/incomplete-actions.ts', BILLIONTH_HELD, '0', '1', '?.qty ?? 0'],
  [
    'src/core/engine/reconciliation/incomplete-actions.ts',
    BILLIONTH_HELD,
    '0',
    '1',
    'Math.max(0, more)',
  ],
  [
    'src/core/engine/reconciliation/incomplete-actions.ts',
    'it is 1 for 1 either way',
    'ratio >= 1',
    'ratio > 1',
  ],
  [
    'src/core/engine/execution/flatten.ts',
    'only an error of trading has a remedy; the type checker asks',
    "error instanceof TradingError && error.remedy === 'retry'",
    "error.remedy === 'retry'",
  ],
  [
    'src/core/engine/reconciliation/daily-close.ts',
    'without latest prices nothing has an age',
    '{ ...reading, latest: new Map(), now }',
    '{...reading, latest: new Map()}',
  ],
  [
    'src/core/engine/account-check.ts',
    'two equal numbers do not contradict each other anyway',
    'account.equity > counted',
    'account.equity >= counted',
  ],
  [
    'src/core/engine/owed-alert.ts',
    'each of these alerts has one; the type checker asks',
    "'decisionId' in subject && subject.decisionId === decision.id",
    'subject.decisionId === decision.id',
  ],
  [
    'src/core/engine/announce-schedule.ts',
    'an hour before it is the same day',
    '0',
    '1',
    'const midnight',
  ],
  [
    'src/core/engine/announce-schedule.ts',
    'one rebalance is due at most',
    "rebalanceDue(book, then, unhindered).find((due) => due.kind === 'rebalance')",
    "rebalanceDue(book, then, unhindered).findLast((due) => due.kind === 'rebalance')",
  ],
  [
    EXECUTE,
    'it looks once more, and ends at once',
    'false',
    'true',
    'if (isEnded(parts.journal.book(), decision.id)) return false;',
  ],
  [EXECUTE, 'it looks once more at lines that all wait', 'false', 'true', 'let isNews'],
  [EXECUTE, 'it looks once more at lines that all wait', 'outcome === undefined', 'true', 'isNews'],
  [
    EXECUTE,
    'nothing unknown is undefined; the type checker asks',
    'own !== undefined && unknown.includes(own)',
    'unknown.includes(own)',
  ],
  [
    EXECUTE,
    'a line has one ticker and one side',
    'linesOf(decision, managed, side).find(({ planned }) => planned.ticker === ticker)',
    'linesOf(decision, managed, side).findLast(({ planned }) => planned.ticker === ticker)',
  ],
  [
    EXECUTE,
    'each line of a decision is one of its lines; the type checker asks',
    'linesOf(decision, managed, side).find(({ planned }) => planned.ticker === ticker) ?? line',
    'linesOf(decision, managed, side).find(({ planned }) => planned.ticker === ticker)',
  ],
  [
    EXECUTE,
    'a line that is tried again was tried before; the type checker asks',
    'line.attempts.at(-1) ?? {}',
    'line.attempts.at(-1)',
  ],
  [
    EXECUTE,
    'where no order is open, waiting for all of none ends at once',
    "isWaited && (await awaitFinal(parts, live, signal)) === 'still open'",
    "(await awaitFinal(parts, live, signal)) === 'still open'",
  ],
  [
    EXECUTE,
    'what nothing blocks has an order; the type checker asks',
    'managed && (await sendOrBlock(pass, managed, snapshot))',
    '(await sendOrBlock(pass, managed, snapshot))',
  ],
  [
    EXECUTE,
    'an order that is waited for is at the broker; the type checker asks',
    "order?.brokerStatus ?? 'unknown'",
    'order?.brokerStatus',
  ],
  [
    SEND_LINE,
    'an order that is sent is written down; the type checker asks',
    'parts.journal.book().managedOrders.get(clientOrderId) ?? managed',
    'parts.journal.book().managedOrders.get(clientOrderId)',
  ],
  [
    'src/core/engine/monitoring/borrowed-cash.ts',
    'no account that owes something is worth a cent',
    '0',
    '1',
    'account.equity <= 0',
  ],
  [
    LATE,
    'no time is after what is undefined; the type checker asks',
    'book.resumedAt ?? 0',
    'book.resumedAt',
  ],
  [
    LATE,
    'a flatten sells no more than it found, so what it kept is at least 0',
    'book.ledger.lots.get(ticker)?.qty ?? 0',
    'book.ledger.lots.get(ticker)?.qty',
  ],
  [LATE, 'nobody sold everything in 1970', '0', '1', 'book.resumedAt ?? 0'],
];
