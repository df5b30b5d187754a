/** Gathers what the limits are checked against, right before a POST. */
import type { AccountState, ManagedOrder } from '#core/domain/account-state.ts';
import { type Decision, isFlatten } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { Side } from '#core/domain/order.ts';
import { resolvedEntries } from '../alerts.ts';
import { CALENDAR } from '../monitoring/calendar-check.ts';
import type { EngineParts } from '../parts.ts';
import { assertAccount, RECONCILIATION } from '../reconciliation/reconcile-account.ts';
import { type LimitName, limitHint } from './limit-hints.ts';
import { managedOrdersOfDay, type OrderBlock, orderBlock } from './limits.ts';

/** Waiting is ordinary for these; they are shown by the header, not by an alert. */
const ORDINARY: ReadonlySet<LimitName> = new Set([
  'trading window',
  'market',
  'trading state',
  'open problem',
  'stopping',
]);

/** What the limits have against the order now, with the broker asked for everything afresh. */
export async function preTradeCheck(
  parts: EngineParts,
  decision: Decision,
  managed: ManagedOrder,
): Promise<OrderBlock | undefined> {
  const { broker, clock, journal } = parts;
  const { ticker } = managed.intent;
  const doubt = journal.doubt();
  if (doubt !== undefined) return { kind: 'wait', limit: 'journal', reason: doubt };
  const blocked = blockedBy(journal.book(), managed.intent.side);
  if (blocked !== undefined) return { kind: 'wait', limit: 'open problem', reason: blocked };
  const askedAt = clock.now();
  const [market, account, positions, openOrders, assets, prices] = await Promise.all([
    broker.clock(),
    broker.account(),
    broker.positions(),
    broker.openOrders(),
    broker.assets([ticker]),
    broker.latestPrices([ticker]),
  ]);
  const others = [...new Set(openOrders.map((order) => order.ticker))].filter(
    (of) => of !== ticker,
  );
  const otherPrices = others.length > 0 ? await broker.latestPrices(others) : undefined;
  const now = clock.now();
  assertAccount(journal.book(), account);
  const situation = {
    now,
    askedAt,
    state: journal.book().state.state,
    market,
    account,
    positions,
    openOrders,
    asset: assets.find((asset) => asset.ticker === ticker),
    latest: prices.get(ticker),
    prices: new Map([...prices, ...(otherPrices ?? [])].map(([of, { price }]) => [of, price])),
    // Selling everything needs no close; where one is known the collar holds.
    closeDecidedOn:
      decision.closes.get(ticker) ?? (isFlatten(decision) ? prices.get(ticker)?.price : undefined),
    today: managedOrdersOfDay(journal.book().managedOrders.values(), now),
    defensive: parts.universe.defensive.ticker,
    flattening: isFlatten(decision),
  };
  return orderBlock(managed.intent, situation, parts.limits);
}

/** Open alerts that stop trading, or buying, for as long as they are open. */
function blockedBy(book: AccountState, side: Side): string | undefined {
  const calendar = book.alerts.get(CALENDAR);
  const books = side === 'buy' ? book.alerts.get(RECONCILIATION) : undefined;
  return (calendar ?? books)?.alert.text;
}

/** How the subjects of limits begin that hold orders back. */
export const LIMIT = 'limit ';

/** An order left: whatever made orders wait is over. */
export function limitsLifted({ journal }: EngineParts): readonly Entry[] {
  return resolvedEntries(journal.book(), [LIMIT], 'Orders leave again.');
}

export function limitAlert({ journal }: EngineParts, { limit, reason }: OrderBlock): Entry[] {
  const subject = `${LIMIT}${limit}`;
  if (ORDINARY.has(limit) || journal.book().alerts.has(subject)) return [];
  const alert = {
    subject,
    severity: 'warning' as const,
    title: 'Limit reached',
    text: `${limit}: ${reason}`,
    remedy: `${limitHint(limit)} Orders wait; Rotor asks again in five minutes.`,
  };
  return [{ kind: 'alert', alert }];
}
