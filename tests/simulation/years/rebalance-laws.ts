/** What must hold between the orders of a rebalance and between rebalances, by the exchange's own truth. */
import { type AccountState, managedOrdersOf, type Rebalance } from '#core/domain/account-state.ts';
import { firstSessionOfMonth, sessionsBetween } from '#core/domain/calendar.ts';
import { type Decision, isFlatten, isRaise } from '#core/domain/decision.ts';
import type { Entry, Recorded } from '#core/domain/entry.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import { CLIENT_ORDER_PREFIX, isFinal, type OrderIntent } from '#core/domain/order.ts';
import { epochMs, type SessionDate, toShares, valueOf } from '#core/domain/units.ts';
import { isRestored } from './faults.ts';
import { FAULT_KINDS, type FaultKind } from './kinds.ts';
import type { LawParts } from './order-laws.ts';
import { worthOf } from './worth.ts';

const MINUTE_MS = 60_000;
/** They keep no sell from leaving. */
const NO_HINDRANCE: readonly FaultKind[] = [
  ...(['discord-down', 'discord-flaky', 'discord-unheard', 'answers-late', 'dividend'] as const),
  ...(['interest', 'fee', 'no-rights', 'late-press', 'mistyped', 'crash', 'gap'] as const),
  ...(['updates-lost', 'updates-repeated', 'updates-late', 'stream-down'] as const),
  ...(['slow-fills', 'sells-unsettled', 'deposit', 'answer-lost'] as const),
];
/** A fraction of MAX_ORDER_USD: above it, the price when the order is sent may put it over the limit. */
const NEAR = 0.98;
const ON_ITS_WAY_MS = 5_000;
/** The most orders sent for one line of a plan before its remainder is given up. */
const MOST_ATTEMPTS = 4;
const HINDRANCES = FAULT_KINDS.filter((kind) => !NO_HINDRANCE.includes(kind));

/** What is to be sold brings the cash: a buy leaves after each sell that the day's limits allow. */
export function checkSellsFirst(
  parts: LawParts,
  intent: OrderIntent,
  { decision, at }: Pick<Rebalance, 'decision' | 'at'>,
): void {
  const { exchange, faults, time, report, settings } = parts;
  if (intent.side === 'sell') return;
  // A sell refused when the rebalance began stays refused after money for the buys has arrived.
  if (faults.since(epochMs(Math.min(at, time.now() - 16 * MINUTE_MS)), HINDRANCES)) return;
  const sold = exchange.fake.accepted.filter(
    ({ side, clientOrderId, submittedAt }) =>
      side === 'sell' && clientOrderId.startsWith(CLIENT_ORDER_PREFIX) && submittedAt >= at,
  );
  const room = roomToday(parts);
  const waiting = decision.plan.orders.filter(
    ({ side, ticker, estimated }) =>
      side === 'sell' &&
      estimated < Math.min(settings.limits.maxOrder, room) * NEAR &&
      !sold.some((order) => order.ticker === ticker),
  );
  if (waiting.length === 0) return;
  const names = waiting.map(({ ticker }) => ticker).join(', ');
  report('buy before sells', `${intent.clientOrderId} leaves and ${names} was not sold`);
}

/** Dollars in cents that MAX_TURNOVER_PER_DAY leaves of the day, by what the exchange accepted in it. */
function roomToday(parts: LawParts): number {
  const today = newYorkDate(parts.time.now());
  const sent = parts.exchange.fake.accepted.filter(
    ({ clientOrderId, submittedAt }) =>
      clientOrderId.startsWith(CLIENT_ORDER_PREFIX) && newYorkDate(submittedAt) === today,
  );
  const value = sent.reduce((sum, order) => {
    const size = isFinal(order) ? order.filledQty : order.qty;
    return sum + valueOf(size, parts.market.price(order.ticker, parts.time.now()).price);
  }, 0);
  return parts.settings.limits.maxTurnoverPerDay * worthOf(parts).sized - value;
}

/** After that many sessions a month is traded only where a person says so; a delay moves its session. */
export function checkInTime(
  { report, time, settings }: LawParts,
  { announcements }: Pick<AccountState, 'announcements'>,
  { id, cause }: Pick<Decision, 'id' | 'cause'>,
): void {
  if (cause !== 'monthly') return;
  const today = newYorkDate(time.now());
  const due = announcements.get(id)?.until ?? firstSessionOfMonth(today).date;
  const late = sessionsBetween(due, today);
  if (late > settings.maxCatchUpSessions)
    report('month late', `${id} is decided ${late} sessions after ${due}`);
}

/** What is said of a rebalance that ended is so: what was traded less than planned is named, and only that. */
export function checkResult(
  { exchange, report, time, faults }: LawParts,
  book: AccountState,
  id: string,
): void {
  // Of what a lost journal knew nothing can be said but what is held now.
  if (isRestored(faults, time.now())) return;
  const { decision, result } = book.rebalances.get(id) ?? {};
  if (!decision || !result) return;
  const ids = new Set(managedOrdersOf(book, id).map(({ intent }) => intent.clientOrderId));
  const own = exchange.fake.accepted.filter(({ clientOrderId }) => ids.has(clientOrderId));
  for (const { side, ticker, qty } of decision.plan.orders) {
    const filled = own
      .filter((order) => order.side === side && order.ticker === ticker)
      .reduce((sum, { filledQty }) => sum + filledQty, 0);
    const line = result.left.find((each) => each.startsWith(`${side} ${ticker}:`));
    const isNamed = line !== undefined;
    // What became of an order that no list showed is called unknown, and that is so.
    const isUnknown = line?.includes('outcome unknown') ?? false;
    const words = `${id}: ${side} ${ticker}, ${filled / 1e9} of ${toShares(qty)}`;
    // A share, or one in a hundred, may be left by prices that moved.
    if (filled < qty * 0.99 - 1e9 && !isNamed) report('result untrue', `${words}, and not named`);
    // A fill of the last seconds is on its way to the desk.
    const isJustFilled = own.some(
      ({ ticker: of, updatedAt }) => of === ticker && time.now() - updatedAt < ON_ITS_WAY_MS,
    );
    if (filled >= qty && isNamed && !isUnknown && !isJustFilled)
      report('result untrue', `${words}, and called undone`);
    const attempts = own.filter((order) => order.side === side && order.ticker === ticker);
    const isPart = filled > 0 && filled < qty * 0.99;
    // Any other reason is named: a person, a limit, a refusal, or what ended the whole of it.
    const isWhole = result.left.every((each) => /^(buy|sell) /.test(each));
    if (
      isPart &&
      isWhole &&
      attempts.length < MOST_ATTEMPTS &&
      line?.match(/filled, then (cancelled|expired)$/)
    )
      report('given up early', `${words}, in ${attempts.length} orders`);
  }
}

/** What is written down as refused, or as never arrived, is not at the exchange. */
export function checkRefused(
  { exchange, report, faults, time }: LawParts,
  clientOrderId: string,
): void {
  // What a lost journal knew of is numbered again, and found to be done already.
  if (isRestored(faults, time.now())) return;
  if (exchange.fake.accepted.some((order) => order.clientOrderId === clientOrderId))
    report('result untrue', `${clientOrderId} is at the exchange, and called refused`);
}

/** By itself Rotor stops everything only where its journal is not the one that it wrote. */
export function checkHalted({ report, disk, faults, time }: LawParts, entry: Entry): void {
  if (entry.kind !== 'state' || entry.state !== 'HALT' || entry.by !== 'rotor') return;
  if (!disk.isDamaged() && !isRestored(faults, time.now()))
    report('halted for nothing', entry.reason);
}

type AllowedParts = Pick<LawParts, 'report' | 'time' | 'people' | 'faults' | 'settings'>;

/** By itself nothing starts that people paused or skipped, or did not confirm where Rotor waits for that. */
export function checkAllowed(
  { report, time, people, faults, settings }: AllowedParts,
  book: AccountState,
  { id, cause }: Pick<Decision, 'id' | 'cause'>,
): void {
  if (cause === 'manual') return;
  if (settings.announce.auto === 'off')
    report('started against people', `${id}, though AUTO_REBALANCE is off`);
  if (book.paused) report('started against people', `${id} while ${book.paused.by} paused`);
  // What people chose after a backup was made is lost where it is restored and stays.
  if (people.hasSkipped(id) && !isRestored(faults, time.now()))
    report('started against people', `${id} was skipped`);
  const known = book.announcements.get(id);
  const today = newYorkDate(time.now());
  if ((known?.until ?? '') > today) report('started against people', `${id} was delayed`);
  const told = known?.deliveredAt;
  const isAsked = settings.announce.auto === 'approve' && known?.decision.plan.orders.length !== 0;
  if (isAsked && !people.hasConfirmed(id))
    report('started against people', `${id} was not confirmed`);
  const isTold = told !== undefined && newYorkDate(told) < today;
  if (
    cause === 'initial' &&
    !isTold &&
    settings.announce.auto === 'announce' &&
    settings.announce.first === 'announced'
  )
    report('started unannounced', `${id} was not told of the evening before`);
}

/** After a HALT of its own Rotor makes no rebalance by itself that was due before a person resumed. */
export function createOwnHalts({
  report,
}: Pick<LawParts, 'report'>): (recorded: Recorded, book: AccountState | undefined) => void {
  let isOwn = false;
  let resumed: SessionDate | undefined;
  return ({ entry, at }, book) => {
    if (entry.kind === 'state') {
      if (entry.state === 'RUN' && entry.by !== 'rotor' && isOwn) resumed = newYorkDate(at);
      isOwn = entry.state === 'HALT' && entry.by === 'rotor';
    }
    if (entry.kind !== 'decision' || isFlatten(entry.decision) || isRaise(entry.decision)) return;
    const { id, cause } = entry.decision;
    const due = book?.announcements.get(id)?.until ?? firstSessionOfMonth(newYorkDate(at)).date;
    const isAsked = cause === 'initial' || (cause === 'monthly' && due <= (resumed ?? ''));
    if (resumed !== undefined && isAsked)
      report('started against people', `${id} after a HALT of its own`);
    resumed = undefined;
  };
}

/** A plan is traded once as many people approved it as its size needs. */
export function checkApproved(
  { report, people, settings }: LawParts,
  { id, cause, plan }: Decision,
): void {
  if (cause !== 'manual' || !id.startsWith('manual')) return;
  const value = plan.orders.reduce((sum, { estimated }) => sum + estimated, 0);
  const needed = value > (settings.approval.twoPersonAbove ?? Number.POSITIVE_INFINITY) ? 2 : 1;
  const approved = people.approvedBy(id);
  if (approved < needed)
    report('approved by too few', `${id}: ${approved} of ${needed}, for ${value / 100} dollars`);
}

/** By itself a month is traded once, and none after its end. */
export function checkOnce({ report }: LawParts, book: AccountState, { id, cause }: Decision): void {
  if (cause !== 'monthly' && cause !== 'initial') return;
  const at = book.rebalances.get(id)?.at;
  const month = at === undefined ? undefined : newYorkDate(at).slice(0, 7);
  if (cause === 'monthly' && id !== `monthly-${month}`)
    report('month twice', `${id} is decided in ${month}`);
  const others = [...book.rebalances.values()].filter(
    ({ decision, at: other }) =>
      decision.id !== id &&
      (decision.cause === 'monthly' || decision.cause === 'initial') &&
      newYorkDate(other).slice(0, 7) === month,
  );
  for (const { decision } of others) report('month twice', `${id} after ${decision.id}`);
}
