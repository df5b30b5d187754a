/** The books of each session: closed once, with the money that came and went booked before. */
import { holdingsOf } from '#core/domain/account.ts';
import { nextSession, sessionAt, sessionOn } from '#core/domain/calendar.ts';
import type { Entry } from '#core/domain/entry.ts';
import { epochMs, type SessionDate } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import type { Observer } from '../observer.ts';
import type { EngineParts } from '../parts.ts';
import { missedClose } from './missed-close.ts';
import { describe, reconcile } from './reconcile.ts';
import type { Reconciler } from './reconcile-account.ts';

export interface DailyClose {
  /** Records the account as it is now. Writes nothing while a difference may still be explained. */
  close(session: SessionDate): Promise<void>;
  /** Records afterwards what can be known of those closes, and says which cannot, once. */
  makeUp(sessions: readonly SessionDate[]): void;
}

/**
 * A deposit may be in the cash before it is in the broker's list of movements. A difference that
 * stands for longer is a person's matter, and must not cost the line; nor may bars that do not come.
 */
const PATIENCE_MS = 30 * 60_000;
/** Once the market is open the account is worth something else: before that it is recorded as it is. */
const BEFORE_OPEN_MS = 10 * 60_000;

export function createDailyClose(
  parts: EngineParts,
  observer: Pick<Observer, 'bars'>,
  reconciler: Reconciler,
): DailyClose {
  const { broker, clock, journal, log, universe } = parts;
  const { ticker } = universe.benchmark;
  let isHeld = false;
  let waiting: { readonly session: SessionDate; readonly until: number } | undefined;

  function mayWait(session: SessionDate): boolean {
    const now = clock.now();
    if (waiting?.session !== session) {
      const open = nextSession(now).open - BEFORE_OPEN_MS;
      waiting = { session, until: epochMs(Math.min(now + PATIENCE_MS, open)) };
    }
    return now < waiting.until;
  }

  return {
    async close(session) {
      if (isHeld) return;
      await reconciler.reconcile();
      // Account and benchmark at the same instant, so that You and SPY can be compared.
      const [account, positions, prices] = await Promise.all([
        broker.account(),
        broker.positions(),
        broker.latestPrices([ticker]),
      ]);
      const benchmark = prices.get(ticker)?.price;
      if (benchmark === undefined) throw new TradingError(`${ticker}: no latest price`, 'retry');
      const { ledger, booked } = journal.book();
      const differences = reconcile(ledger, account, positions, booked.size);
      if (differences.length > 0 && mayWait(session)) {
        log.info(`close of ${session} waits: ${describe(differences)}`);
        return;
      }
      const { equity, cash } = account;
      const holdings = holdingsOf(positions);
      const point = { session, equity, cash, benchmark, holdings };
      journal.append({ kind: 'equity', point });
    },
    makeUp(sessions) {
      let lost: Lost | undefined;
      for (const date of sessions) {
        const session = sessionOn(date);
        if (!session) continue;
        const found = missedClose(journal.book(), observer.bars(), ticker, session);
        const isLater = found.kind === 'unknown' && !found.isFinal;
        // Closes go in by their order: what is behind one that is waited for waits as well.
        isHeld = isLater && (sessionAt(clock.now()) !== undefined || mayWait(date));
        if (isHeld) break;
        if (found.kind === 'unknown') {
          lost = { sessions: [...(lost?.sessions ?? []), date], reason: found.reason };
        } else {
          journal.append(...entriesOf(lost), { kind: 'equity', point: found.point });
          lost = undefined;
        }
      }
      journal.append(...entriesOf(lost));
    },
  };
}

type Lost = Pick<Extract<Entry, { kind: 'missed-closes' }>, 'sessions' | 'reason'>;

function entriesOf(lost: Lost | undefined): readonly Entry[] {
  return lost ? [{ kind: 'missed-closes', ...lost }] : [];
}
