/** Keeps our books equal to the broker's: books what explains a difference, and reports the rest. */
import type { Position } from '#core/domain/account.ts';
import { type AccountState, openAlert } from '#core/domain/account-state.ts';
import type { Alert } from '#core/domain/alert.ts';
import { differenceHash } from '#core/domain/difference.ts';
import type { Entry } from '#core/domain/entry.ts';
import { lastCloseOf } from '#core/domain/last-close.ts';
import { isSplit } from '#core/domain/split.ts';
import {
  cents,
  type EpochMs,
  epochMs,
  type Qty,
  type Ticker,
  valueOf,
} from '#core/domain/units.ts';
import { resolvedEntries } from '../alerts.ts';
import { isOrderFinal, isUnseen } from '../execution/managed-orders.ts';
import { settleUnknown } from '../execution/stuck-orders.ts';
import { readOrders } from '../execution/track-orders.ts';
import type { ReconcileParts } from '../parts.ts';
import { assertAccount, RECONCILIATION } from './known-account.ts';
import { acceptForeignOrders, lostOrders } from './lost-orders.ts';
import { changedEntries, movementEntries, movementOf, type Scope } from './movements.ts';
import { type Difference, describe, type ReconcileResult, reconcile } from './reconcile.ts';
import { sharePrices } from './share-prices.ts';

/** Keeps the books equal to the broker's, and reports differences. */
export interface Reconciler {
  /** Follows up our orders, books every movement, compares. Keeps one alert open while they differ. */
  reconcile(): Promise<ReconcileResult>;
  /**
   * The same between two steps of a rebalance: movements other than executions are requested only if
   * something differs without them.
   */
  reconcileFills(): Promise<ReconcileResult>;
  /**
   * Accepts the current difference into our books; returns a sentence about it. With `shown`, only if the
   * difference has that hash; else the alert is updated and nothing is accepted.
   */
  acceptDifference(by: string, shown?: string): Promise<string>;
  /** When the books were last compared, whatever the result; undefined before the first time. */
  comparedAt(): EpochMs | undefined;
  /** Whether there is a difference not reported yet: it is compared again soon. */
  isSettling(): boolean;
}

const CHANGED = 'Nothing was accepted: the difference has changed since it was shown.';
const NO_DIFFERENCE_LEFT = 'Nothing was accepted: there is no difference any more.';
const AGREE = 'Our records match the broker’s again.';

/** For this long after one of our orders changed cash or shares, the broker's answers may be inconsistent. */
const SETTLING_MS = 3 * 60_000;

/** Creates the reconciler; bookings are in the journal. */
export function createReconciler(parts: ReconcileParts): Reconciler {
  const { broker, journal } = parts;
  let comparedAt: EpochMs | undefined;
  let isSettling = false;
  let lookedBackFor: string | undefined;
  const settle = (compared: ReconcileResult): ReconcileResult => {
    comparedAt = parts.clocks.market.now();
    const told = reportable(journal.book(), compared.differences, comparedAt);
    isSettling = told.length < compared.differences.length;
    show(journal, told);
    return compared;
  };
  return {
    async reconcile() {
      const before = openAlert(journal.book(), RECONCILIATION)?.alert.text;
      const compared = settle(await compare(parts));
      const text = describe(compared.differences);
      if (text !== before || text === lookedBackFor) return compared;
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
      // This comes first: while one of them counts as ours, nothing can be compared. It halted the app by
      // name, so it is what a person intends to accept.
      journal.append(...(await acceptForeignOrders(parts, by)));
      const { differences, positions } = await compare(parts);
      const text = describe(differences);
      if (shown !== undefined && differenceHash(text) !== shown) {
        show(journal, differences);
        return text === '' ? NO_DIFFERENCE_LEFT : `${CHANGED} ${text}`;
      }
      // Its executions are booked once it is found: accepted now, they would count twice.
      const [unseen] = unseenIn(journal.book(), differences, parts.clocks.market.now());
      if (unseen)
        return `Nothing was accepted: the outcome of an order of ${unseen} is not known yet.`;
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
  // Only orders with ids of this account; other movements are booked once the account is known.
  await followUp(parts);
  return bookAndCompare(parts, await movementEntries(parts, scope));
}

/** The same, including corrections of older activities. */
async function compareFarBack(parts: ReconcileParts): Promise<ReconcileResult> {
  return bookAndCompare(parts, await changedEntries(parts));
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
  // Activities of another account must not be booked here.
  assertAccount(journal.book(), account);
  const { booked: known } = journal.book();
  // Others may have booked some of it in the meantime. A fill of our orders is recorded once and booked
  // once.
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
  await readOrders(parts, epochMs(Math.min(...loose.map((managed) => managed.at))));
  await settleUnknown(parts, parts.clocks.market.now());
}

/**
 * Differences to report. A movement by a recent order is not yet in every answer of the broker: nothing is
 * bought on it, but no alert is raised before it had time to appear. An open alert lists everything.
 */
function reportable(
  book: AccountState,
  differences: readonly Difference[],
  now: EpochMs,
): readonly Difference[] {
  if (openAlert(book, RECONCILIATION)) return differences;
  const moved = new Set(
    [...book.managedOrders.values()]
      .filter(
        (managed) =>
          isUnseen(managed, now) ||
          (managed.order !== undefined && now - managed.order.updatedAt < SETTLING_MS),
      )
      .map(({ intent }) => intent.ticker),
  );
  return differences.filter(({ ticker }) =>
    ticker === undefined ? moved.size === 0 : !moved.has(ticker),
  );
}

/** The tickers that differ and have an order that the broker does not show yet. */
function unseenIn(
  { managedOrders }: AccountState,
  differences: readonly Difference[],
  now: EpochMs,
): readonly Ticker[] {
  return [...managedOrders.values()]
    .filter((managed) => isUnseen(managed, now))
    .map(({ intent }) => intent.ticker)
    .filter((of) => differences.some(({ ticker }) => ticker === of));
}

/** Keeps the one alert equal to the difference. */
function show(journal: ReconcileParts['journal'], differences: readonly Difference[]): void {
  const open = openAlert(journal.book(), RECONCILIATION);
  const text = describe(differences);
  if (differences.length > 0 && open?.alert.text !== text) {
    journal.append({ kind: 'alert', alert: differenceAlert(text) });
  } else if (differences.length === 0 && open) {
    journal.append({ kind: 'resolved', subject: RECONCILIATION, text: AGREE });
  }
}

/** With their effect on equity, where there is a price. */
async function adjustments(
  { broker, journal }: Pick<ReconcileParts, 'broker' | 'journal'>,
  differences: readonly Difference[],
  positions: readonly Position[],
  by: string,
): Promise<readonly Entry[]> {
  const book = journal.book();
  const tickers = differences.flatMap(({ ticker }) => ticker ?? []);
  const prices = await sharePrices(broker, book, tickers, positions);
  return differences.map(({ ticker, qty, cash }): Entry => {
    const entry = { kind: 'adjustment', ticker, qty, cash, by } as const;
    if (ticker === undefined) return { ...entry, worth: cash };
    const price = prices.get(ticker);
    // Shares from a split are not a deposit: the account's value is unchanged.
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
