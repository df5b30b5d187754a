import { sessionsIn } from '#core/domain/calendar.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import { centsToDecimal, epochMs, qtyToDecimal, toDollars } from '#core/domain/units.ts';
import { equityAt } from './account-metrics.ts';
import { type Answer, invalid, ok } from './answers.ts';
import { type Call, type Route, route } from './http.ts';
import { type LeverSettings, ofClass, shownRows } from './levers.ts';
import type { Activity } from './records.ts';
import { activityPrefix, microsOf, utcTimestamp } from './timestamps.ts';
import type { TradingParts } from './trading-routes.ts';

type Json = Readonly<Record<string, unknown>>;

const MAX_PAGE = 100;
const DAY_MS = 86_400_000;

/** Activities and the equity of past sessions. */
export function activityRoutes(parts: TradingParts): readonly Route[] {
  const listed = (call: Call, types: readonly string[]): Answer =>
    listActivities(parts, call.query, types);
  return [
    route('GET', '/v2/account/activities', (call) =>
      listed(
        call,
        call.query.getAll('activity_types').flatMap((text) => text.split(',')),
      ),
    ),
    route('GET', '/v2/account/activities/:type', (call) =>
      listed(call, Object.values(call.params)),
    ),
    route('GET', '/v2/account/portfolio/history', ({ query }) => history(parts, query)),
  ];
}

/** `after` and `until` are exclusive; a page starts after the activity whose id is the token. */
function listActivities(
  { book, levers }: TradingParts,
  query: URLSearchParams,
  types: readonly string[],
): Answer {
  const size = Number(query.get('page_size') ?? MAX_PAGE);
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE)
    return invalid('page size must be between 1 and 100');
  const found = book.activities().filter(matcher(query, types));
  const directed = query.get('direction') === 'asc' ? found : found.toReversed();
  const token = query.get('page_token');
  const start = token === null ? 0 : directed.findIndex((activity) => idOf(activity) === token) + 1;
  if (token !== null && start === 0) return invalid('invalid page_token');
  const page = directed.slice(start, start + size);
  return ok(
    ofClass(withForeign(page.map(activityJson), { query, types }, levers.settings()), query),
  );
}

function matcher(
  query: URLSearchParams,
  types: readonly string[],
): (activity: Activity) => boolean {
  const after = microsOf(query.get('after') ?? '') ?? Number.NEGATIVE_INFINITY;
  const until = microsOf(query.get('until') ?? '') ?? Number.POSITIVE_INFINITY;
  const date = query.get('date')?.slice(0, 10);
  const orderId = query.get('order_id');
  return (activity) => {
    const at = activityMicros(activity);
    if (orderId !== null && (activity.kind !== 'fill' || activity.orderId !== orderId))
      return false;
    if (types.length > 0 && !types.includes(typeOf(activity))) return false;
    if (date !== undefined && newYorkDate(activity.at) !== date) return false;
    return at > after && at < until;
  };
}

/** Adds foreign rows to the first page, if they match order and type. */
function withForeign(
  rows: readonly Json[],
  { query, types }: { readonly query: URLSearchParams; readonly types: readonly string[] },
  set: LeverSettings,
): readonly Json[] {
  const orderId = query.get('order_id');
  const isFirst = query.get('page_token') === null;
  const activities = set.foreign.activities
    .filter(() => isFirst)
    .filter((each) => types.length === 0 || types.includes(String(each['activity_type'])))
    .filter((each) => orderId === null || each['order_id'] === orderId);
  return shownRows(rows, 'activities', { ...set, foreign: { ...set.foreign, activities } });
}

function activityJson(activity: Activity): Readonly<Record<string, unknown>> {
  const base = { id: idOf(activity), activity_type: typeOf(activity) };
  if (activity.kind === 'fill') {
    return {
      ...base,
      transaction_time: utcTimestamp(activity.at, activity.seq),
      type: activity.leaves === 0 ? 'fill' : 'partial_fill',
      price: centsToDecimal(activity.price),
      qty: qtyToDecimal(activity.qty),
      side: activity.side,
      symbol: activity.ticker,
      leaves_qty: qtyToDecimal(activity.leaves),
      cum_qty: qtyToDecimal(activity.cumulative),
      order_id: activity.orderId,
      order_status: activity.leaves === 0 ? 'filled' : 'partially_filled',
    };
  }
  const shares = 'qty' in activity && {
    symbol: activity.ticker,
    qty: qtyToDecimal(activity.qty),
  };
  const price = activity.kind === 'transfer' && activity.price !== undefined;
  const net = centsToDecimal(activity.amount);
  return {
    ...base,
    date: newYorkDate(activity.at),
    net_amount: net,
    status: 'executed',
    ...shares,
    ...(price && { price: centsToDecimal(activity.price) }),
  };
}

function idOf(activity: Activity): string {
  return `${activityPrefix(activity.at)}::${activity.id}`;
}

const TYPES = {
  fill: 'FILL',
  split: 'SPLIT',
  transfer: 'ACATS',
  dividend: 'DIV',
  fee: 'FEE',
} as const;

function typeOf(activity: Activity): string {
  if (activity.kind === 'cash') return activity.amount < 0 ? 'CSW' : 'CSD';
  return TYPES[activity.kind];
}

function activityMicros(activity: Activity): number {
  return activity.at * 1000 + (activity.seq % 1000);
}

const PERIOD_DAYS: Readonly<Record<string, number>> = { D: 1, W: 7, M: 31, A: 366 };

/** Daily equity at each close since the account was opened; only `1D` is supported. */
function history({ book, market, time }: TradingParts, query: URLSearchParams): Answer {
  const timeframe = query.get('timeframe') ?? '1D';
  if (timeframe !== '1D') return invalid('invalid timeframe: the sandbox keeps 1D only');
  const period = /^(\d+)([DWMA])$/.exec(query.get('period') ?? '1M');
  if (!period) return invalid('invalid period');
  const now = time.now();
  const reach = Number(period[1]) * (PERIOD_DAYS[period[2] ?? 'M'] ?? 31) * DAY_MS;
  const start = microsOf(query.get('start') ?? '');
  const created = book.settings().createdAt;
  const from = newYorkDate(Math.max(created, start === undefined ? now - reach : start / 1000));
  const sessions = sessionsIn(from, newYorkDate(now)).filter((session) => session.open <= now);
  const equity = sessions.map(({ close }) => equityAt(book, market, epochMs(Math.min(close, now))));
  const base = book.settings().openingCash;
  return ok({
    timestamp: sessions.map((session) => Math.floor(session.open / 1000)),
    equity: equity.map(toDollars),
    profit_loss: equity.map((value) => (value - base) / 100),
    profit_loss_pct: equity.map((value) => (value - base) / base),
    base_value: toDollars(base),
    base_value_asof: newYorkDate(created),
    timeframe,
    cashflow: {},
  });
}
