/** What the engine does when something is due. */
import { unfinished } from '../domain/book.ts';
import type { Decision, NoDecision } from '../domain/decision.ts';
import type { Alert } from '../domain/entry.ts';
import { cents, epochMs, valueOf } from '../domain/units.ts';
import { TradingError } from '../errors.ts';
import { barsThrough, type Due } from '../scheduler.ts';
import { carryOut, orderLine, sellIntents } from './carry-out.ts';
import { isSettled, refreshOrders } from './follow.ts';
import { type Observer, ownTickers } from './observer.ts';
import type { EngineParts } from './parts.ts';
import { type Difference, describe, reconcile } from './reconcile.ts';

/** `rest`: nothing more can be done now, come back later. */
export type DutyOutcome = 'done' | 'rest';

export interface Duties {
  /** True when new bars came in. */
  refreshBars(progress?: (done: number, of: number) => void): Promise<boolean>;
  /** Pins the account at first meeting, and refuses another one afterwards. */
  meetAccount(): Promise<void>;
  /** Books what happened to our orders while Rotor was away. */
  followUp(): Promise<void>;
  perform(due: Due): Promise<DutyOutcome>;
}

/** Bars that could not be had are asked for again this much later. */
const BARS_RETRY_MS = 5 * 60_000;

export function createDuties(parts: EngineParts, observer: Observer, signal: AbortSignal): Duties {
  const { broker, clock, journal, log } = parts;
  let barsAskedFor = '';
  let barsAskedAt = 0;

  async function followUp(): Promise<void> {
    const loose = [...journal.book().legs.values()].filter(
      (leg) => leg.state !== 'planned' && !isSettled(leg),
    );
    if (loose.length === 0) return;
    await refreshOrders(parts, epochMs(Math.min(...loose.map((leg) => leg.at))));
  }

  /** Share differences stop trading; a difference in cash alone is told. */
  async function mayTrade(): Promise<boolean> {
    await followUp();
    const [account, positions] = await Promise.all([broker.account(), broker.positions()]);
    if (account.blocked) {
      raise({ ...BLOCKED, text: `Account ${account.number} is ${account.status} and blocked.` });
      return false;
    }
    const own = ownTickers(parts);
    const differences = reconcile(journal.book().ledger, account, positions);
    const shares = differences.filter(({ ticker }) => ticker !== undefined && own.has(ticker));
    settleAlert('reconciliation', shares.length > 0 ? differenceAlert(shares) : undefined);
    return shares.length === 0;
  }

  async function rebalance(due: Extract<Due, { kind: 'rebalance' }>): Promise<DutyOutcome> {
    if (!(await mayTrade())) return 'rest';
    const outcome = await observer.decide(due.id, due.cause);
    settleAlert(
      'no-decision',
      outcome.kind === 'no-decision' ? noDecisionAlert(outcome) : undefined,
    );
    if (outcome.kind === 'no-decision') {
      journal.append({ kind: 'no-decision', cause: due.id, outcome });
      return 'rest';
    }
    if (outcome.verdict.kind === 'refused') {
      throw new TradingError(`risk refused the target: ${outcome.verdict.reason}`, 'skip-cycle');
    }
    journal.append({ kind: 'decision', decision: outcome }, ...sellIntents(outcome));
    return goOn(outcome);
  }

  async function goOn(decision: Decision): Promise<DutyOutcome> {
    for (const order of decision.plan.orders) log.info(`plan: ${orderLine(order)}`);
    const progress = await carryOut(parts, decision, signal);
    if (progress.kind === 'finished') return 'done';
    log.info(`${decision.id} rests: ${progress.reason}`);
    return 'rest';
  }

  /** Account and benchmark at the same instant, so that You and SPY can be compared. */
  async function closeBooks(due: Extract<Due, { kind: 'equity' }>): Promise<DutyOutcome> {
    const ticker = parts.universe.benchmark.ticker;
    const [account, prices] = await Promise.all([broker.account(), broker.latestPrices([ticker])]);
    const benchmark = prices.get(ticker)?.price;
    if (benchmark === undefined) throw new TradingError(`${ticker}: no latest price`, 'retry');
    const { equity, cash } = account;
    journal.append({ kind: 'equity', point: { session: due.session, equity, cash, benchmark } });
    return 'done';
  }

  function raise(alert: Alert): void {
    journal.append({ kind: 'alert', alert });
  }

  /** Raises the alert, or says that the trouble of that subject is over. */
  function settleAlert(subject: string, alert: Alert | undefined): void {
    if (alert) raise(alert);
    else if (journal.book().alerts.has(subject)) {
      journal.append({ kind: 'resolved', subject, text: 'This is in order again.' });
    }
  }

  return {
    followUp,
    async refreshBars(progress) {
      const through = barsThrough(clock.now());
      const recent = clock.now() < barsAskedAt + BARS_RETRY_MS;
      if (observer.last().data.asOf === through || (barsAskedFor === through && recent))
        return false;
      [barsAskedFor, barsAskedAt] = [through, clock.now()];
      await observer.refreshBars(progress);
      return true;
    },
    async meetAccount() {
      const book = journal.book();
      const { account, positions, prices, mode } = observer.last();
      if (!account) return;
      if (book.account && book.account.id !== account.id) {
        throw new TradingError(
          `account: this journal belongs to ${book.account.number}, the keys open ` +
            `${account.number}; use its own STATE_DIR for each account`,
          'fix-config',
        );
      }
      const benchmark = prices.get(parts.universe.benchmark.ticker);
      if (book.baseline || benchmark === undefined) return;
      journal.append(
        { kind: 'account', id: account.id, number: account.number, mode },
        {
          kind: 'baseline',
          cash: account.cash,
          positions: new Map(
            positions.map(({ ticker, qty, averagePrice }) => [
              ticker,
              { qty, cost: cents(valueOf(qty, averagePrice)) },
            ]),
          ),
          equity: account.equity,
          benchmark,
        },
      );
    },
    async perform(due) {
      switch (due.kind) {
        case 'rebalance':
          return rebalance(due);
        case 'resume': {
          const open = unfinished(journal.book());
          if (!open) return 'done';
          await followUp();
          return goOn(open.decision);
        }
        case 'equity':
          return closeBooks(due);
        default:
          return due satisfies never;
      }
    },
  };
}

const BLOCKED: Omit<Alert, 'text'> = {
  subject: 'account blocked',
  severity: 'critical',
  title: 'Account blocked',
  remedy: 'Look at the account on the broker’s page; Rotor tries again by itself.',
};

function noDecisionAlert(outcome: NoDecision): Alert {
  return {
    subject: 'no-decision',
    severity: 'warning',
    title: 'No decision',
    text: outcome.reason,
    remedy: 'Positions stay. The rebalance is owed and done when the data is there.',
  };
}

function differenceAlert(differences: readonly Difference[]): Alert {
  return {
    subject: 'reconciliation',
    severity: 'critical',
    title: 'Positions differ from the broker’s',
    text: describe(differences),
    remedy: 'No order is sent until both sides agree.',
  };
}
