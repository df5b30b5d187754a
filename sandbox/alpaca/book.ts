import type { EpochMs, Ticker } from '#core/domain/units.ts';
import { after, type Holdings, openingHoldings } from './holdings.ts';
import { type Activity, isOpen, type OrderRecord, type Settings } from './records.ts';
import type { Store } from './store.ts';

/** The broker's books: in memory for reading, persisted in the store. */
export interface Book {
  settings(): Settings;
  order(id: string): OrderRecord | undefined;
  orderByClientId(clientOrderId: string): OrderRecord | undefined;
  /** In order of submission. */
  orders(): readonly OrderRecord[];
  openOrders(ticker?: Ticker): readonly OrderRecord[];
  activities(): readonly Activity[];
  holdings(): Holdings;
  /** Cash and shares at the instant, ignoring later activities. */
  holdingsAt(instant: EpochMs): Holdings;
  /** Everything written inside is persisted atomically. */
  write<T>(work: (pen: BookWriter) => T): T;
}

/** Writes within one transaction. */
export interface BookWriter {
  putOrder(order: OrderRecord): void;
  addActivity(activity: Activity): void;
  putSettings(settings: Settings): void;
}

interface Memory {
  settings: Settings;
  holdings: Holdings;
  readonly orders: Map<string, OrderRecord>;
  readonly byClientId: Map<string, string>;
  readonly open: Map<string, OrderRecord>;
  readonly activities: Activity[];
  /** Holdings after each activity, so that reading the past is a search, not a sum. */
  readonly past: Holdings[];
}

/** @param fresh settings of a new account; saved ones take precedence. */
export function openBook(store: Store, fresh: Settings): Book {
  let memory = load(store, fresh);

  const pen: BookWriter = {
    putOrder: (order) => {
      store.putOrder(order);
      remember(memory, order);
    },
    addActivity: (activity) => {
      store.addActivity(activity);
      book(memory, activity);
    },
    putSettings: (settings) => {
      store.putSettings(settings);
      memory.settings = settings;
    },
  };

  return {
    settings: () => memory.settings,
    order: (id) => memory.orders.get(id),
    orderByClientId: (clientOrderId) =>
      memory.orders.get(memory.byClientId.get(clientOrderId) ?? ''),
    orders: () => [...memory.orders.values()],
    openOrders: (ticker) => {
      const open = [...memory.open.values()];
      return ticker === undefined ? open : open.filter((order) => order.ticker === ticker);
    },
    activities: () => memory.activities,
    holdings: () => memory.holdings,
    holdingsAt: (instant) =>
      memory.past[countUntil(memory.activities, instant) - 1] ??
      openingHoldings(memory.settings.openingCash),
    write: (work) => {
      let done = false;
      try {
        const result = store.transaction(() => work(pen));
        done = true;
        return result;
      } finally {
        // The store kept nothing, so memory must be reset too.
        if (!done) memory = load(store, fresh);
      }
    },
  };
}

function load(store: Store, fresh: Settings): Memory {
  const saved = store.load();
  if (!saved.settings) store.putSettings(fresh);
  const settings = saved.settings ?? fresh;
  const memory: Memory = {
    settings,
    holdings: openingHoldings(settings.openingCash),
    orders: new Map(),
    byClientId: new Map(),
    open: new Map(),
    activities: [],
    past: [],
  };
  for (const activity of saved.activities) book(memory, activity);
  for (const order of saved.orders) remember(memory, order);
  return memory;
}

/** Number of activities at or before the instant; binary search. */
function countUntil(activities: readonly Activity[], instant: EpochMs): number {
  let low = 0;
  let high = activities.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((activities[middle]?.at ?? instant) <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Activities arrive in chronological order. */
function book(memory: Memory, activity: Activity): void {
  memory.holdings = after(memory.holdings, activity);
  memory.activities.push(activity);
  memory.past.push(memory.holdings);
}

function remember(memory: Memory, order: OrderRecord): void {
  memory.orders.set(order.id, order);
  memory.byClientId.set(order.clientOrderId, order.id);
  if (isOpen(order)) memory.open.set(order.id, order);
  else memory.open.delete(order.id);
}
