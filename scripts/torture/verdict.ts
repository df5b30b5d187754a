/** Compares broker, channel and journals at the end. */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { AccountState } from '#core/domain/account-state.ts';
import { CLIENT_ORDER_PREFIX } from '#core/domain/order.ts';
import { epochMs } from '#core/domain/units.ts';
import { isBehind } from '#core/engine/execution/managed-orders.ts';
import { checkJournal } from '#core/store/backup.ts';
import { journalFiles } from '#core/store/journal-files.ts';
import { createPostBook } from '#core/store/posts.ts';
import type { Activity, OrderRecord, Settings } from '#sandbox/alpaca/records.ts';
import { filledQty, isOpen } from '#sandbox/alpaca/records.ts';
import type { StoredMessage } from '#sandbox/discord/records.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { journalAt } from '#tests/support/journal.ts';
import type { World } from './world.ts';

/** The broker's orders compared with the journals: duplicates and losses. */
export interface Verdict {
  readonly rebalances: number;
  readonly orders: number;
  /** POSTs that the broker rejected because it already had the order. */
  readonly collisions: number;
  readonly doubled: readonly string[];
  readonly lost: readonly string[];
  readonly mismatches: readonly string[];
}

interface Account {
  readonly orders: readonly OrderRecord[];
  readonly activities: readonly Activity[];
  readonly settings: Settings;
}

/** Called when every Rotor has ended. */
export function judge(world: World): Verdict {
  const account = readAccount(world.servers.files.alpaca);
  const book = bookOf(world.stateDir);
  const others = world.others.filter((dir) => existsSync(journalFiles(dir).database)).map(bookOf);
  const told = judgeChannel(world, book);
  return {
    rebalances: book.rebalances.size,
    orders: account.orders.length,
    collisions: world.said.join('').match(/client[ _]order[ _]id must be unique/g)?.length ?? 0,
    doubled: [...judgeOrders(account, [book, ...others]), ...judgeMonths(book), ...told.doubled],
    lost: [...judgeLost(account, book, others), ...told.lost],
    mismatches: [...judgeLedger(account, book), ...judgeChains(world)],
  };
}

function readAccount(file: string): Account {
  const database = new Database(file, { readonly: true });
  const bodies = <T>(table: string): T[] =>
    database
      .prepare<[], { body: string }>(`SELECT body FROM ${table}`)
      .all()
      .map(({ body }) => JSON.parse(body) as T);
  const [settings] = bodies<Settings>("facts WHERE name = 'settings'");
  if (!settings) throw new Error(`${file}: no settings`);
  const account = {
    orders: bodies<OrderRecord>('orders ORDER BY seq'),
    activities: bodies<Activity>('activities ORDER BY seq'),
    settings,
  };
  database.close();
  return account;
}

function bookOf(stateDir: string): AccountState {
  return journalAt(journalFiles(stateDir).database, leapingClock(epochMs(0))).book();
}

/** Never more than planned, by whichever instance planned most. */
function judgeOrders({ orders }: Account, books: readonly AccountState[]): string[] {
  const planned = new Map<string, number>();
  for (const { decision } of books.flatMap(({ rebalances }) => [...rebalances.values()])) {
    for (const { ticker, side, qty } of decision.plan.orders) {
      const key = `${decision.id}-${ticker}-${side[0]}`;
      planned.set(key, Math.max(qty, planned.get(key) ?? 0));
    }
  }
  const filled = new Map<string, number>();
  for (const order of orders) {
    // rotor-ACCOUNT-DECISION-TICKER-SIDE-ATTEMPT
    const key = order.clientOrderId.split('-').slice(2, -1).join('-');
    filled.set(key, (filled.get(key) ?? 0) + filledQty(order));
  }
  const ids = orders.map(({ clientOrderId }) => clientOrderId);
  return [
    ...ids.filter((id, n) => ids.indexOf(id) !== n).map((id) => `${id} stands twice`),
    ...[...filled]
      .filter(([key, qty]) => qty > (planned.get(key) ?? 0))
      .map(([key, qty]) => `${key}: ${qty} filled, ${planned.get(key) ?? 0} planned`),
  ];
}

function judgeMonths({ rebalances }: AccountState): string[] {
  const months = [...rebalances.keys()]
    .filter((id) => !id.startsWith('regime'))
    .map((id) => /\d{4}-\d{2}/.exec(id)?.[0] ?? id);
  return months.filter((month, n) => months.indexOf(month) !== n).map((m) => `${m} traded twice`);
}

function judgeLost(
  { orders }: Account,
  book: AccountState,
  others: readonly AccountState[],
): string[] {
  const unknown = orders.filter(
    ({ clientOrderId: id }) =>
      ![book, ...others].some(({ managedOrders }) => managedOrders.has(id)),
  );
  const managedOrders = [...book.managedOrders.values()];
  return [
    ...unknown.map(({ clientOrderId: id }) =>
      id.startsWith(CLIENT_ORDER_PREFIX) ? `${id} is in no journal` : `${id} is not ours`,
    ),
    ...orders.filter(isOpen).map(({ clientOrderId }) => `${clientOrderId} is still open`),
    ...managedOrders
      .filter(isBehind)
      .map(({ intent }) => `${intent.clientOrderId}: a fill is not booked`),
    ...managedOrders
      .filter(({ state }) => state === 'planned' || state === 'sending')
      .map(({ intent, state }) => `${intent.clientOrderId} is left ${state}`),
    ...[...book.rebalances.values()]
      .filter(({ result }) => !result)
      .map(({ decision }) => `${decision.id} never ended`),
  ];
}

/** The account computed from its own activities, compared with our records, to the cent and the share. */
function judgeLedger({ activities, settings }: Account, { ledger }: AccountState): string[] {
  let cash: number = settings.openingCash;
  const shares = new Map<string, number>();
  for (const activity of activities) {
    cash += activity.amount;
    if (activity.kind !== 'fill') continue;
    const moved = activity.side === 'buy' ? activity.qty : -activity.qty;
    shares.set(activity.ticker, (shares.get(activity.ticker) ?? 0) + moved);
  }
  const ours = new Map(
    [...ledger.lots].map(([ticker, { qty }]) => [String(ticker), qty as number]),
  );
  const tickers = new Set([...shares.keys(), ...ours.keys()]);
  return [
    ...(cash === ledger.cash ? [] : [`cash: ours ${ledger.cash}, the broker's ${cash} cents`]),
    ...(cash >= 0 ? [] : ['cash is negative']),
    ...[...tickers]
      .filter((ticker) => (shares.get(ticker) ?? 0) !== (ours.get(ticker) ?? 0))
      .map((t) => `${t}: ours ${ours.get(t) ?? 0}, the broker's ${shares.get(t) ?? 0}`),
    ...[...shares].filter(([, qty]) => qty < 0).map(([ticker]) => `${ticker} is sold short`),
  ];
}

function judgeChains({ stateDir, others }: World): string[] {
  return [stateDir, ...others]
    .map(journalFiles)
    .filter(({ database }) => existsSync(database))
    .flatMap((files) => checkJournal(files).fault ?? []);
}

/** The channel and its threads as a person sees them: one pinned header, each message once. */
function judgeChannel({ servers, stateDir }: World, book: AccountState) {
  const database = new Database(servers.files.discord, { readonly: true });
  const messages = database
    .prepare<[], { json: string }>('SELECT json FROM messages')
    .all()
    .map(({ json }) => JSON.parse(json) as StoredMessage)
    .filter(({ type, cause }) => type === 0 && cause === undefined);
  database.close();
  const journal = new Database(journalFiles(stateDir).database, { readonly: true });
  const posts = journal
    .prepare<[], { subject: string; id: string }>('SELECT subject, message_id AS id FROM posts')
    .all();
  const told = createPostBook(journal).told();
  journal.close();
  const known = new Set(posts.map(({ id }) => id));
  const pinned = messages.filter(({ pinnedTimestamp }) => pinnedTimestamp !== undefined);
  const present = new Set(messages.map(({ id }) => id));
  const of = (id: string) => messages.filter(({ embeds }) => titleOf(embeds).endsWith(` · ${id}`));
  return {
    doubled: [
      ...(pinned.length === 1 ? [] : [`${pinned.length} pinned messages`]),
      ...messages
        .filter(({ id }) => !known.has(id))
        .map(({ id, embeds }) => `message ${id} is nobody's: ${titleOf(embeds)}`),
      ...[...book.rebalances.keys()]
        .filter((id) => of(id).length > 1)
        .map((id) => `${id} was told ${of(id).length} times`),
    ],
    lost: [
      ...(told === book.seq ? [] : [`told up to ${told} of ${book.seq} entries`]),
      ...[...book.rebalances.keys()]
        .filter((id) => of(id).length === 0)
        .map((id) => `${id} untold`),
      ...posts
        .filter(({ id }) => /^\d+$/.test(id) && !present.has(id))
        .map(({ subject }) => `${subject} is nowhere to be seen`),
    ],
  };
}

function titleOf(embeds: StoredMessage['embeds']): string {
  return String(embeds[0]?.['title'] ?? '');
}
