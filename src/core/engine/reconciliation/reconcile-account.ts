/** Keeps our books equal to the broker's: books what explains a difference, and shows what does not. */
import type { Position } from '#core/domain/account.ts';
import { type AccountState, openAlert } from '#core/domain/account-state.ts';
import type { Activity } from '#core/domain/activity.ts';
import type { Alert } from '#core/domain/alert.ts';
import { differenceHash } from '#core/domain/difference.ts';
import type { Entry } from '#core/domain/entry.ts';
import { CLIENT_ORDER_PREFIX, type Fill, type Order } from '#core/domain/order.ts';
import { isSplit } from '#core/domain/split.ts';
import {
  cents,
  type EpochMs,
  epochMs,
  type Qty,
  qtyToDecimal,
  type Ticker,
  toDollars,
  valueOf,
} from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { resolvedEntries } from '../alerts.ts';
import {
  isOrderFinal,
  isSame,
  orderEntries,
  ordersById,
  withoutRepeats,
} from '../execution/managed-orders.ts';
import { neverArrived } from '../execution/stuck-orders.ts';
import { readOrders } from '../execution/track-orders.ts';
import type { ReconcileParts } from '../parts.ts';
import { assertAccount, RECONCILIATION } from './known-account.ts';
import { newActivities } from './new-activities.ts';
import { type Difference, describe, type ReconcileResult, reconcile } from './reconcile.ts';
import { lastCloseOf } from './suspected-split.ts';

/** Keeps the books equal to the broker's, and says where they differ. */
export interface Reconciler {
  /** Follows our orders up, books every movement, compares. Leaves one alert open while it differs. */
  reconcile(): Promise<ReconcileResult>;
  /**
   * The same between two steps of a rebalance: movements that are no executions are asked for only where
   * something differs without them.
   */
  reconcileFills(): Promise<ReconcileResult>;
  /**
   * Takes what differs now over into our books; a sentence that says what. With `shown`, only when
   * it is what that hash stands for; else the alert is brought up to date and nothing is taken.
   */
  acceptDifference(by: string, shown?: string): Promise<string>;
  /** When the books were compared last, whatever came of it; undefined before the first time. */
  comparedAt(): EpochMs | undefined;
  /** Something differs that nobody is told of yet: it is to be compared again soon. */
  isSettling(): boolean;
}

type Scope = 'all' | 'fills';

const CHANGED = 'Nothing was accepted: the difference has changed since it was shown.';
const NO_DIFFERENCE_LEFT = 'Nothing was accepted: there is no difference any more.';
const AGREE = 'Our records match the broker’s again.';

/** So long after an order of ours moved something the broker's answers may not agree with each other. */
const SETTLING_MS = 3 * 60_000;

/** Fees and dividends may be booked days after the day they belong to. */
const LATE_MS = 7 * 86_400_000;
/** Older ones may be changed: so far back is looked, once, for what a difference that stands may be. */
const LOOKBACK_MS = 90 * 86_400_000;

/** Builds the reconciler; what is booked stands in the journal. */
export function createReconciler(parts: ReconcileParts): Reconciler {
  const { broker, journal } = parts;
  let comparedAt: EpochMs | undefined;
  let isSettling = false;
  let lookedBackFor: string | undefined;
  const settle = (compared: ReconcileResult): ReconcileResult => {
    comparedAt = parts.clocks.market.now();
    const told = tellable(journal.book(), compared.differences, comparedAt);
    isSettling = told.length < compared.differences.length;
    show(journal, told);
    return compared;
  };
  return {
    async reconcile() {
      const before = openAlert(journal.book(), RECONCILIATION)?.alert.text;
      const compared = settle(await compare(parts));
      const text = describe(compared.differences);
      if (text === '' || text !== before || text === lookedBackFor) return compared;
      lookedBackFor = text;
      return settle(await compareFarBack(parts));
    },
    async reconcileFills() {
      const compared = await compare(parts, 'fills');
      return settle(compared.differences.length === 0 ? compared : await compare(parts));
    },
    comparedAt: () => comparedAt,
    isSettling: () => isSettling,
    async acceptDifference(by, shown) {
      const doubt = journal.doubt();
      if (doubt !== undefined) return doubt;
      assertAccount(journal.book(), await broker.account());
      // First of all: while one of them counts as ours, nothing can be compared. It halted the desk
      // by name, so it is what a person means who adopts.
      journal.append(...(await acceptForeignOrders(parts, by)));
      const { differences, positions } = await compare(parts);
      const text = describe(differences);
      if (shown !== undefined && differenceHash(text) !== shown) {
        show(journal, differences);
        return text === '' ? NO_DIFFERENCE_LEFT : `${CHANGED} ${text}`;
      }
      journal.append(
        ...(await lostOrders(parts)).map(
          ({ clientOrderId }): Entry => ({ kind: 'recovered-order', clientOrderId, by }),
        ),
        ...(await adjustments(parts, differences, positions, by)),
        ...resolvedEntries(journal.book(), ['reconciliation'], `Adopted by ${by}.`),
      );
      return text === '' ? 'Our records match the broker’s.' : text;
    },
  };
}

async function compare(parts: ReconcileParts, scope: Scope = 'all'): Promise<ReconcileResult> {
  // Only orders under ids of this account; whatever else moved is booked once the account is known.
  await followUp(parts);
  return bookAndCompare(parts, await movementEntries(parts, scope));
}

/** The same with what the broker may have changed of older activities. */
async function compareFarBack(parts: ReconcileParts): Promise<ReconcileResult> {
  const { broker, journal, clocks } = parts;
  const rows = await broker.activities(since(journal.book(), LOOKBACK_MS));
  const news = newActivities(journal.book(), rows, clocks.market.now());
  return bookAndCompare(parts, await activityEntries(parts, news));
}

async function bookAndCompare(
  parts: ReconcileParts,
  entries: readonly Entry[],
): Promise<ReconcileResult> {
  const { broker, journal } = parts;
  const askedAt = parts.clocks.market.now();
  const [account, positions, unmanaged] = await Promise.all([
    broker.account(),
    broker.positions(),
    broker.unmanagedHoldings(),
  ]);
  // What another account did must not be booked here.
  assertAccount(journal.book(), account);
  const { booked: known } = journal.book();
  // Others may have booked some of it meanwhile. A fill of ours is written once and moves the books once.
  const isNew = (entry: Entry): boolean =>
    entry.kind === 'fill' || !known.has(movementOf(entry) ?? '');
  journal.append(...entries.filter(isNew));
  const { ledger, booked } = journal.book();
  const differences = reconcile(ledger, account, positions, booked.size);
  return { askedAt, account, positions, unmanaged, differences };
}

async function followUp(parts: ReconcileParts): Promise<void> {
  const loose = [...parts.journal.book().managedOrders.values()].filter(
    (managed) => managed.state !== 'planned' && !isOrderFinal(managed),
  );
  if (loose.length === 0) return;
  const { clocks, journal } = parts;
  await readOrders(parts, epochMs(Math.min(...loose.map((managed) => managed.at))));
  journal.append(...neverArrived(journal.book(), clocks.market.now()));
}

/**
 * What is to be told. What an order of ours moved a moment ago is not in every answer of the broker's yet:
 * nothing is bought on it, but nobody is called before it has had the time. An open alert tells everything.
 */
function tellable(
  book: AccountState,
  differences: readonly Difference[],
  now: EpochMs,
): readonly Difference[] {
  if (openAlert(book, RECONCILIATION)) return differences;
  const moved = new Set(
    [...book.managedOrders.values()]
      .filter(({ order }) => order !== undefined && now - order.updatedAt < SETTLING_MS)
      .map(({ intent }) => intent.ticker),
  );
  return differences.filter(({ ticker }) =>
    ticker === undefined ? moved.size === 0 : !moved.has(ticker),
  );
}

/** Keeps the one alert equal to what differs. */
function show(journal: ReconcileParts['journal'], differences: readonly Difference[]): void {
  const open = openAlert(journal.book(), RECONCILIATION);
  const text = describe(differences);
  if (differences.length > 0 && open?.alert.text !== text) {
    journal.append({ kind: 'alert', alert: differenceAlert(text) });
  } else if (differences.length === 0 && open) {
    journal.append({ kind: 'resolved', subject: RECONCILIATION, text: AGREE });
  }
}

/** With what each adds to the equity, where there is a price: the broker's of the position, or the latest. */
async function adjustments(
  { broker, journal }: Pick<ReconcileParts, 'broker' | 'journal'>,
  differences: readonly Difference[],
  positions: readonly Position[],
  by: string,
): Promise<readonly Entry[]> {
  const book = journal.book();
  const known = new Map(positions.map((each) => [each.ticker, each.currentPrice]));
  const asked = differences.flatMap(({ ticker }) =>
    ticker !== undefined && known.get(ticker) === undefined ? [ticker] : [],
  );
  const latest = asked.length > 0 ? await broker.latestPrices(asked) : new Map();
  return differences.map(({ ticker, qty, cash }): Entry => {
    const entry = { kind: 'adjustment', ticker, qty, cash, by } as const;
    if (ticker === undefined) return { ...entry, worth: cash };
    const price = known.get(ticker) ?? latest.get(ticker)?.price;
    // Shares that a split made are no deposit: the account is worth what it was.
    if (wasSplit(book, ticker, qty, price)) return { ...entry, worth: cents(0) };
    return price === undefined ? entry : { ...entry, worth: valueOf(qty, price) };
  });
}

function wasSplit(
  book: AccountState,
  ticker: Ticker,
  moved: Qty,
  price: number | undefined,
): boolean {
  const before = book.ledger.lots.get(ticker)?.qty ?? 0;
  return isSplit(before, before + moved, lastCloseOf(book, ticker), price);
}

/** Everything since the books were last closed, with room for what is booked late. */
function since(book: AccountState, lateMs = LATE_MS): EpochMs {
  const closed = book.equity.at(-1)?.session;
  const from = closed ? Date.parse(`${closed}T00:00:00Z`) : (book.baseline?.at ?? 0);
  return epochMs(Math.max(0, from - lateMs));
}

/** Fills that no order of ours explains, and cash or shares that moved without an order. */
async function movementEntries(parts: ReconcileParts, scope: Scope): Promise<readonly Entry[]> {
  const { broker, journal } = parts;
  const book = journal.book();
  if (!book.baseline) return [];
  const from = since(book);
  const [fills, activities] = await Promise.all([
    broker.fills(from),
    scope === 'all' ? broker.activities(from) : [],
  ]);
  const news = fills.filter((fill) => !book.booked.has(fill.id) || lacks(book, fill));
  const known = ordersById(journal.book());
  const isExplained = news.every((fill) => isCounted(book, fill, news));
  const orders = isExplained ? [...known.values()] : await broker.orders(from);
  const moved = orderEntries(journal.book(), orders);
  const newest = new Map(orders.map((order) => [order.id, order]));
  const fillEntries = withoutRepeats(book, newest, news).map((fill) =>
    entryFor(fill, orders, book),
  );
  return [
    ...moved,
    ...fillEntries,
    ...fillEntries.flatMap(externalAlert),
    ...(await activityEntries(
      parts,
      newActivities(journal.book(), activities, parts.clocks.market.now()),
    )),
  ];
}

/** With what moved shares are worth, where the row does not say; a type that is not known is asked about. */
async function activityEntries(
  { broker }: Pick<ReconcileParts, 'broker'>,
  activities: readonly Activity[],
): Promise<readonly Entry[]> {
  const unvalued = activities.filter(
    ({ kind, ticker, qty, worth }) =>
      (kind === 'transfer' || kind === 'other') && ticker && qty !== 0 && worth === undefined,
  );
  const tickers = [...new Set(unvalued.flatMap(({ ticker }) => ticker ?? []))];
  const latest = tickers.length > 0 ? await broker.latestPrices(tickers) : new Map();
  return activities.flatMap((activity): readonly Entry[] => {
    const { ticker, qty } = activity;
    const price = ticker && unvalued.includes(activity) ? latest.get(ticker)?.price : undefined;
    const valued = price === undefined ? activity : { ...activity, worth: valueOf(qty, price) };
    const entry: Entry = { kind: 'activity', activity: valued };
    return activity.kind === 'other' && activity.cancels === undefined
      ? [entry, { kind: 'alert', alert: unknownActivityAlert(valued) }]
      : [entry];
  });
}

/** The id of the movement that an entry books or tells of. */
function movementOf(entry: Entry): string | undefined {
  if (entry.kind === 'fill' || entry.kind === 'external-fill') return entry.fill.id;
  if (entry.kind === 'activity') return entry.activity.id;
  if (entry.kind !== 'alert') return undefined;
  const { subject } = entry.alert;
  if (subject.about === 'external-trade') return subject.fillId;
  return subject.about === 'unknown-activity' ? subject.activityId : undefined;
}

function unknownActivityAlert({ id, type = 'no type', ticker, cash, qty }: Activity): Alert {
  const moved = [
    ...(cash === 0 ? [] : [`$${toDollars(cash)}`]),
    ...(qty === 0 ? [] : [`${qtyToDecimal(qty)} ${ticker ?? 'shares'}`]),
  ].join(' and ');
  return {
    subject: { about: 'unknown-activity', activityId: id },
    severity: 'warning',
    title: 'Unknown account activity',
    text: `The broker booked ${moved || 'nothing'} as ${type}, which Rotor does not know.`,
    remedy:
      'It is recorded, and left out of performance. Compare it with the account statement; ' +
      'acknowledge this when it is right.',
  };
}

/** Whether an order of ours does not have its fill: it was booked as somebody's before we knew the order. */
function lacks({ managedOrders }: AccountState, { id, orderId }: Fill): boolean {
  const managed = [...managedOrders.values()].find(({ order }) => order?.id === orderId);
  return managed?.fills.every((fill) => fill.id !== id) ?? false;
}

/** Whether an order of ours, as we know it, counts the fill with those booked before and those beside it. */
function isCounted(
  { managedOrders }: AccountState,
  { orderId }: Fill,
  news: readonly Fill[],
): boolean {
  const managed = [...managedOrders.values()].find(({ order }) => order?.id === orderId);
  const fills = [...(managed?.fills ?? []), ...news.filter((fill) => fill.orderId === orderId)];
  const filled = fills.reduce((sum, { qty: shares }) => sum + shares, 0);
  return managed?.order !== undefined && filled <= managed.order.filledQty;
}

function entryFor(fill: Fill, orders: readonly Order[], book: AccountState): Entry {
  const order = orders.find(({ id }) => id === fill.orderId);
  if (order && book.managedOrders.has(order.clientOrderId)) {
    return { kind: 'fill', clientOrderId: order.clientOrderId, fill };
  }
  return { kind: 'external-fill', fill };
}

function externalAlert(entry: Entry): readonly Entry[] {
  if (entry.kind !== 'external-fill') return [];
  const { id, side, ticker, qty, price } = entry.fill;
  const alert: Alert = {
    subject: { about: 'external-trade', fillId: id },
    severity: 'warning',
    title: 'Traded by hand',
    text: `${side} ${qtyToDecimal(qty)} ${ticker} at $${price}, without an order of Rotor's.`,
    remedy: 'It is recorded; the next rebalance starts from there.',
  };
  return [{ kind: 'alert', alert }];
}

/** Orders under our prefix that the broker has and this journal has not: the journal lost rows. */
export async function lostOrders({
  broker,
  journal,
}: Pick<ReconcileParts, 'broker' | 'journal'>): Promise<readonly Order[]> {
  const book = journal.book();
  const from = book.baseline ? epochMs(Math.max(book.baseline.at, since(book))) : epochMs(0);
  const orders = await broker.orders(from);
  return orders.filter(
    ({ clientOrderId, submittedAt }) =>
      clientOrderId.startsWith(CLIENT_ORDER_PREFIX) &&
      submittedAt >= from &&
      !book.managedOrders.has(clientOrderId) &&
      !book.recoveredOrders.has(clientOrderId),
  );
}

/**
 * Orders of another desk under ids of ours, of another size: theirs stand at the broker, and ours,
 * which never got there, are given up.
 */
async function acceptForeignOrders(
  { broker, journal }: Pick<ReconcileParts, 'broker' | 'journal'>,
  by: string,
): Promise<readonly Entry[]> {
  const { managedOrders } = journal.book();
  const waiting = [...managedOrders.values()].filter(
    ({ order, state }) => !order && state !== 'refused',
  );
  if (waiting.length === 0) return [];
  const orders = await broker.orders(epochMs(Math.min(...waiting.map(({ at }) => at)) - LATE_MS));
  return waiting.flatMap((managed): readonly Entry[] => {
    const { clientOrderId } = managed.intent;
    const theirs = orders.find((order) => order.clientOrderId === clientOrderId);
    if (!theirs || isSame(managed, theirs)) return [];
    const reason = `another Rotor sent its own order under this id; accepted by ${by}`;
    return [
      { kind: 'refused', clientOrderId, reason },
      { kind: 'recovered-order', clientOrderId, by },
    ];
  });
}

/** @throws TradingError `halt` when the broker knows of orders that this journal does not. */
export async function assertNothingLost(parts: ReconcileParts): Promise<void> {
  const lost = await lostOrders(parts);
  const first = lost[0];
  if (!first) return;
  throw new TradingError(
    `journal: the broker has ${lost.length} orders of ours that are not recorded here, the first ` +
      `${first.clientOrderId}: this journal is older than the account; restore a newer backup, or ` +
      'look at the positions and adopt them',
    'halt',
  );
}

function differenceAlert(text: string): Alert {
  return {
    subject: RECONCILIATION,
    severity: 'critical',
    title: 'Our records differ from the broker’s',
    text,
    remedy: 'Nothing is bought until somebody accepts the difference or it disappears.',
    advice: { code: 'adopt-difference' },
  };
}
