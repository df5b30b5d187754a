/** What must hold between the orders of a rebalance and between rebalances, by the exchange's own truth. */
import type { AccountState, Rebalance } from '#core/domain/account-state.ts';
import { firstSessionOfMonth, sessionsBetween } from '#core/domain/calendar.ts';
import type { Decision } from '#core/domain/decision.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import { CLIENT_ORDER_PREFIX, type OrderIntent } from '#core/domain/order.ts';
import { epochMs } from '#core/domain/units.ts';
import { FAULT_KINDS, type FaultKind } from './kinds.ts';
import type { LawParts } from './order-laws.ts';
import { SETTINGS } from './settings.ts';

const MINUTE_MS = 60_000;
/** They keep no sell from leaving. */
const NO_HINDRANCE: readonly FaultKind[] = [
  ...(['discord-down', 'discord-flaky', 'discord-unheard', 'answers-late', 'dividend'] as const),
  ...(['interest', 'fee', 'no-rights', 'late-press', 'mistyped', 'crash', 'gap'] as const),
  ...(['updates-lost', 'updates-repeated', 'updates-late', 'stream-down'] as const),
  ...(['slow-fills', 'sells-unsettled', 'deposit', 'answer-lost'] as const),
];
const HINDRANCES = FAULT_KINDS.filter((kind) => !NO_HINDRANCE.includes(kind));

/** What is to be sold brings the cash: a buy leaves after each sell of its plan has. */
export function checkSellsFirst(
  { exchange, faults, time, report }: LawParts,
  intent: OrderIntent,
  { decision, at }: Pick<Rebalance, 'decision' | 'at'>,
): void {
  if (intent.side === 'sell') return;
  if (faults.since(epochMs(time.now() - 16 * MINUTE_MS), HINDRANCES)) return;
  const sold = exchange.fake.accepted.filter(
    ({ side, clientOrderId, submittedAt }) =>
      side === 'sell' && clientOrderId.startsWith(CLIENT_ORDER_PREFIX) && submittedAt >= at,
  );
  const waiting = decision.plan.orders.filter(
    ({ side, ticker }) => side === 'sell' && !sold.some((order) => order.ticker === ticker),
  );
  if (waiting.length === 0) return;
  const names = waiting.map(({ ticker }) => ticker).join(', ');
  report('buy before sells', `${intent.clientOrderId} leaves and ${names} was not sold`);
}

/** After that many sessions a month is traded only where a person says so; a delay moves its session. */
export function checkInTime(
  { report, time }: LawParts,
  { announcements }: Pick<AccountState, 'announcements'>,
  { id, cause }: Pick<Decision, 'id' | 'cause'>,
): void {
  if (cause !== 'monthly') return;
  const today = newYorkDate(time.now());
  const due = announcements.get(id)?.until ?? firstSessionOfMonth(today).date;
  const late = sessionsBetween(due, today);
  if (late > SETTINGS.maxCatchUpSessions)
    report('month late', `${id} is decided ${late} sessions after ${due}`);
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
