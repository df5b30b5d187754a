/** The daily close: recorded once per session, after booking cash flows. */
import type { EquityPoint } from '#core/domain/account-state.ts';
import type { Bars } from '#core/domain/bar.ts';
import { lastClosedSession, nextSession, sessionAt, sessionOn } from '#core/domain/calendar.ts';
import type { Entry } from '#core/domain/entry.ts';
import { type ClosingFault, closingFaults } from '#core/domain/official-close.ts';
import { type EpochMs, epochMs, type SessionDate, type Ticker } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { contradictionOf, contradictionWords } from '../account-check.ts';
import type { Observer, ReconcileParts } from '../parts.ts';
import { managedTerms } from '../preview.ts';
import {
  equityAt,
  holdingsAt,
  isOfficial,
  officialCloses,
  priceAtBroker,
} from './closing-values.ts';
import { incompleteActions } from './incomplete-actions.ts';
import { type MarketBars, missedClose } from './missed-close.ts';
import { describe, reconcile } from './reconcile.ts';
import type { Reconciler } from './reconcile-account.ts';

/** The recorded closes: the account's value at the end of each session. */
export interface DailyClose {
  /** Records the account as it is now. Records nothing while a difference may still be explained. */
  close(session: SessionDate): Promise<void>;
  /** Replaces provisional and wrong closes by official ones, as entries of their own. */
  correct(): void;
  /** Records missed closes as far as they are known, and reports those that are not, once. */
  backfill(sessions: readonly SessionDate[]): void;
}

/**
 * A deposit may be in the cash before it is in the broker's list of activities. A longer difference needs a
 * person, and must not prevent the close; nor may bars that do not arrive.
 */
const PATIENCE_MS = 30 * 60_000;
/** Once the market is open the account's value has changed: before that it is recorded as it is. */
const BEFORE_OPEN_MS = 10 * 60_000;

type CloseObserver = Pick<Observer, 'bars' | 'last' | 'raw'>;

/** Creates the recorder of closes; recorded closes are in the journal. */
export function createDailyClose(
  parts: ReconcileParts,
  observer: CloseObserver,
  reconciler: Reconciler,
): DailyClose {
  const { clocks, journal, universe } = parts;
  const { ticker } = universe.benchmark;
  const mayWait = createGracePeriod(clocks);
  let isHeld = false;
  let checked: Bars | undefined;

  return {
    async close(session) {
      if (isHeld) return;
      await reconciler.reconcile();
      const point = await pointNow(parts, observer, session, mayWait);
      if (!point) return;
      journal.append({ kind: 'equity', point });
      checked = undefined;
    },
    correct() {
      const bars = observer.bars();
      if (bars === checked || doubtedIn(observer).size > 0) return;
      checked = bars;
      journal.append(...corrections(closingFaults(journal.book(), bars, ticker, observer.raw())));
    },
    backfill(sessions) {
      let lost: Lost | undefined;
      for (const date of sessions) {
        const session = sessionOn(date);
        if (!session) continue;
        const market = { bars: observer.bars(), raw: observer.raw() };
        const found = missedClose(journal.book(), market, ticker, session);
        const isLater = found.kind === 'unknown' && !found.isFinal;
        // Closes are recorded in order: those after one that is waited for wait as well.
        isHeld = isLater && (sessionAt(clocks.market.now()) !== undefined || mayWait(date));
        if (isHeld) break;
        if (found.kind === 'unknown') {
          lost = { sessions: [...(lost?.sessions ?? []), date], reason: found.reason };
        } else {
          const point = { ...found.point, managedBy: managedTerms(parts) };
          journal.append(...entriesOf(lost), { kind: 'equity', point });
          lost = undefined;
        }
      }
      journal.append(...entriesOf(lost));
    },
  };
}

/** Whether the close of a session may still wait for missing data. */
function createGracePeriod(clocks: ReconcileParts['clocks']): (session: SessionDate) => boolean {
  let waiting: { readonly session: SessionDate; readonly until: number } | undefined;
  return (session) => {
    const now = clocks.market.now();
    if (waiting?.session !== session) {
      const open = nextSession(now).open - BEFORE_OPEN_MS;
      waiting = { session, until: epochMs(Math.min(now + PATIENCE_MS, open)) };
    }
    return now < waiting.until;
  };
}

/** The account's value at the close; undefined while that may still change, or once it is past. */
async function pointNow(
  parts: ReconcileParts,
  observer: CloseObserver,
  session: SessionDate,
  mayWait: (session: SessionDate) => boolean,
): Promise<EquityPoint | undefined> {
  const { broker, clocks, journal, log } = parts;
  const { ticker } = parts.universe.benchmark;
  const [account, positions, unmanaged, prices] = await Promise.all([
    broker.account(),
    broker.positions(),
    broker.unmanagedHoldings(),
    broker.latestPrices([ticker]),
  ]);
  // The answers may have taken until the next session: then they are values of that one.
  if (!isLastClosed(session, clocks.market.now())) return undefined;
  const bars = observer.bars();
  const atBroker = new Map([
    [ticker, prices.get(ticker)?.price],
    ...positions.map((each) => [each.ticker, priceAtBroker(each)] as const),
  ]);
  const closes = officialCloses(credibleBars(observer), session, atBroker);
  const benchmark = closes.get(ticker) ?? prices.get(ticker)?.price;
  if (benchmark === undefined) throw new TradingError(`${ticker}: no latest price`, 'retry');
  const { ledger, booked } = journal.book();
  const differences = reconcile(ledger, account, positions, booked.size);
  if (differences.length > 0 && mayWait(session)) {
    log.info(`close of ${session} waits: ${describe(differences)}`);
    return undefined;
  }
  const now = clocks.market.now();
  const reading = { account, positions, unmanaged, setAside: broker.setAside() };
  const contradiction = contradictionOf({ ...reading, latest: new Map(), now }, parts.limits);
  if (contradiction) {
    log.info(`close of ${session} waits: ${contradictionWords(contradiction)}`);
    return undefined;
  }
  const seen = { account, positions, prices: new Map(), at: now };
  if (incompleteActions(journal.book(), seen, bars).length > 0) {
    log.info(`close of ${session} waits: a corporate action may be under way`);
    return undefined;
  }
  const holdings = holdingsAt(positions, closes);
  return {
    session,
    equity: equityAt(reading, holdings),
    cash: account.cash,
    benchmark,
    holdings,
    managedBy: managedTerms(parts),
    ...(isOfficial(bars, closes, ticker, [...holdings.keys()]) ? {} : { provisional: true }),
  };
}

function isLastClosed(session: SessionDate, now: EpochMs): boolean {
  return sessionAt(now) === undefined && lastClosedSession(now).date === session;
}

/**
 * The bars without tickers that are in doubt: what is not good enough to decide on is no official close,
 * even where it is near the broker's price. Those closes are provisional until the bars are clean.
 */
function credibleBars(observer: CloseObserver): MarketBars {
  const doubted = doubtedIn(observer);
  const without = (bars: Bars): Bars =>
    new Map([...bars].filter(([ticker]) => !doubted.has(ticker)));
  return { bars: without(observer.bars()), raw: without(observer.raw()) };
}

function doubtedIn(observer: CloseObserver): ReadonlySet<Ticker> {
  const { missing } = observer.last().data;
  return new Set(missing?.inDoubt ? missing.found.keys() : []);
}

type Lost = Pick<Extract<Entry, { kind: 'missed-closes' }>, 'sessions' | 'reason'>;

function entriesOf(lost: Lost | undefined): readonly Entry[] {
  return lost ? [{ kind: 'missed-closes', ...lost }] : [];
}

function corrections(faults: readonly ClosingFault[]): readonly Entry[] {
  return faults.flatMap(({ recorded, official }): readonly Entry[] => {
    if (!official) return [];
    if (recorded.provisional) return [{ kind: 'official-close', point: official }];
    return [{ kind: 'corrected-close', point: official, recorded: recorded.equity }];
  });
}
