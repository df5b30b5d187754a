/** The engine's tasks. */

import { commonGap } from '../decide/completeness.ts';
import { holdingsOf, isFunded } from '../domain/account.ts';
import { openAlert, unfinished } from '../domain/account-state.ts';
import type { Alert } from '../domain/alert.ts';
import { sessionsBetween } from '../domain/calendar.ts';
import type { Decision, NoDecision } from '../domain/decision.ts';
import { hasElapsed } from '../domain/elapsed.ts';
import { newYorkDate } from '../domain/new-york.ts';
import { isPostponed } from '../domain/start-rules.ts';
import { cents, type EpochMs, epochMs, valueOf } from '../domain/units.ts';
import { sentence, TradingError } from '../errors.ts';
import { barsThrough, type DueTask } from '../scheduler.ts';
import { isReported, isToldToday, resolvedEntries } from './alerts.ts';
import { announceForApproval, beginsUnannounced } from './announcements.ts';
import { followEvidence, unreadEvidence } from './evidence.ts';
import { cancelOrders, openTargets } from './execution/cancel-orders.ts';
import { executeRebalance } from './execution/execute-rebalance.ts';
import { abandonRebalance } from './execution/finish-rebalance.ts';
import { newPlanEnds, orderLine } from './execution/rebalance-result.ts';
import { sellIntents } from './execution/sell-intents.ts';
import { CALENDAR, checkCalendar } from './monitoring/calendar-check.ts';
import { owedEntries } from './owed-alert.ts';
import type { Observer, TaskParts } from './parts.ts';
import { managedTerms } from './preview.ts';
import { createDailyClose } from './reconciliation/daily-close.ts';
import { assertAccount } from './reconciliation/known-account.ts';
import { assertNothingLost } from './reconciliation/lost-orders.ts';
import type { Reconciler } from './reconciliation/reconcile-account.ts';

/** `back-off`: nothing more can be done now; try again later. */
export type TaskOutcome = 'done' | 'back-off';

/** The tasks that the engine runs at a wake. */
export interface Tasks {
  /** True when new bars arrived. */
  refreshBars(progress?: (done: number, of: number) => void): Promise<boolean>;
  /** @throws TradingError `fix-config` when the account is not the one of this journal. */
  assertOwnAccount(): void;
  /** Pins the first account observed, and rejects any other afterwards. */
  verifyAccount(): Promise<void>;
  /** Replaces provisional and wrong closes by official ones, once for each reading of the bars. */
  correctCloses(): void;
  /** Checks the calendar once a day, then the books. */
  check(): Promise<void>;
  /** Under a person's HALT, asks the broker to cancel any of our orders that is still open. */
  keepHalted(): Promise<void>;
  perform(due: DueTask): Promise<TaskOutcome>;
}

/** Delay before missing bars are requested again. */
const BARS_RETRY_MS = 5 * 60_000;
/** Orders that do not go would otherwise use up the broker's limit of requests. */
const CANCEL_AGAIN_MS = 30_000;
/** Fills older than this are already in the positions of a first baseline. */
const KNOWN_MS = 14 * 86_400_000;

/** Dependencies and state of the tasks. */
interface Bench {
  readonly parts: TaskParts;
  readonly observer: Observer;
  readonly reconciler: Reconciler;
  readonly check: () => Promise<void>;
  readonly signal: AbortSignal;
}

function createKeepHalted(parts: TaskParts, signal: AbortSignal): Tasks['keepHalted'] {
  /** When a cancellation was last requested, by client order id. */
  const askedAt = new Map<string, EpochMs>();
  return async () => {
    const book = parts.journal.book();
    if (book.state.state !== 'HALT' || book.state.by === 'rotor') return;
    const now = parts.clocks.market.now();
    const due = openTargets(book).filter(
      ({ order, known }) =>
        !known || now - (askedAt.get(order.clientOrderId) ?? 0) >= CANCEL_AGAIN_MS,
    );
    for (const { order, kind } of await cancelOrders(parts, due, signal))
      if (kind === 'asked') askedAt.set(order.clientOrderId, now);
  };
}

/** Creates the tasks. `signal` ends waits in them when the app stops. */
export function createTasks(
  parts: TaskParts,
  observer: Observer,
  reconciler: Reconciler,
  signal: AbortSignal,
): Tasks {
  const { journal } = parts;
  const dailyClose = createDailyClose(parts, observer, reconciler);
  const check = createCheck(parts, reconciler);
  const bench: Bench = { parts, observer, reconciler, check, signal };
  const assertOwnAccount = (): void => {
    const { account } = observer.last();
    if (account) assertAccount(journal.book(), account);
  };
  return {
    check,
    assertOwnAccount,
    refreshBars: createBarRefresh(parts.clocks, observer),
    async verifyAccount() {
      assertOwnAccount();
      const { account } = observer.last();
      if (account && isFunded(account) && !journal.book().baseline) await adoptBaseline(parts);
      if (journal.book().baseline) followEvidence(parts);
    },
    correctCloses: () => dailyClose.correct(),
    keepHalted: createKeepHalted(parts, signal),
    async perform(due) {
      switch (due.kind) {
        case 'rebalance':
          return rebalance(bench, due);
        case 'resume': {
          await check();
          const open = unfinished(journal.book());
          return open ? continueRebalance(bench, open.decision, open.at) : 'done';
        }
        case 'ask':
          journal.append(...owedEntries(journal.book(), due, parts.announce?.auto));
          return 'done';
        case 'equity':
          await dailyClose.close(due.session);
          return 'done';
        case 'missed':
          dailyClose.backfill(due.sessions);
          return 'done';
        default:
          return due satisfies never;
      }
    },
  };
}

function createCheck(parts: TaskParts, reconciler: Reconciler): Tasks['check'] {
  const { clocks, journal } = parts;
  let calendarCheckedOn = '';
  return async () => {
    const today = newYorkDate(clocks.market.now());
    if (calendarCheckedOn !== today || openAlert(journal.book(), CALENDAR)) {
      await checkCalendar(parts);
      calendarCheckedOn = today;
    }
    await assertNothingLost(parts);
    await reconciler.reconcile();
  };
}

function createBarRefresh(clocks: TaskParts['clocks'], observer: Observer): Tasks['refreshBars'] {
  let barsAskedFor = '';
  let barsAskedAt: number | undefined;
  return async (progress) => {
    await observer.readBrokerTime();
    const now = observer.now();
    // Which bars are final is unknown until the broker has given its time.
    if (now === undefined) return false;
    const through = barsThrough(now);
    const isRecent = !hasElapsed(barsAskedAt, BARS_RETRY_MS, clocks.market.now());
    const { asOf, missing } = observer.last().data;
    // All present but still no decision: suspicious bars may have been corrected since.
    const isSettled = asOf === through && missing === undefined;
    if (isSettled || (barsAskedFor === through && isRecent)) return false;
    [barsAskedFor, barsAskedAt] = [through, clocks.market.now()];
    await observer.refreshBars(progress);
    return true;
  };
}

async function rebalance(
  bench: Bench,
  due: Extract<DueTask, { kind: 'rebalance' }>,
): Promise<TaskOutcome> {
  const { parts, observer, check } = bench;
  const { clocks, journal, log } = parts;
  await check();
  // Nothing could be sent; a decision made now would be stale when trading resumes.
  if (mayNotRebalance(parts)) return 'back-off';
  const outcome = await observer.decideAndKeep(due.id, due.cause, due.cadences);
  updateNoDecision(parts, outcome.kind === 'no-decision' ? noDecisionAlert(outcome) : undefined);
  if (outcome.kind === 'no-decision') {
    journal.append({ kind: 'no-decision', cause: due.id, outcome });
    return 'back-off';
  }
  if (outcome.verdict.kind === 'refused') {
    throw new TradingError(`risk refused the target: ${outcome.verdict.reason}`, 'skip-cycle');
  }
  // People may act during the requests to the broker.
  if (mayNotRebalance(parts)) return 'back-off';
  if (isPostponed(journal.book(), due.id, clocks.market.now())) return 'back-off';
  if (announceForApproval(parts, outcome)) return 'back-off';
  journal.append(
    ...(beginsUnannounced(parts, due.id) ? [{ kind: 'unannounced', id: due.id } as const] : []),
    ...newPlanEnds(journal.book(), outcome),
    { kind: 'decision', decision: outcome },
    ...sellIntents(outcome),
  );
  for (const order of outcome.plan.orders) log.info(`plan: ${orderLine(order)}`);
  return continueRebalance(bench, outcome, clocks.market.now());
}

async function continueRebalance(
  { parts, reconciler, signal }: Bench,
  decision: Decision,
  decidedAt: EpochMs,
): Promise<TaskOutcome> {
  const { clocks, log } = parts;
  const age = sessionsBetween(newYorkDate(decidedAt), newYorkDate(clocks.market.now()));
  const progress =
    age > parts.maxCatchUpSessions
      ? await abandonRebalance(parts, decision)
      : await executeRebalance(parts, reconciler, decision, signal);
  if (progress.kind === 'finished') return 'done';
  log.info(`${decision.id} waits: ${progress.reason}`);
  return 'back-off';
}

/** Reports that no decision was made, or resolves that report. */
function updateNoDecision(
  { journal, clocks }: Pick<TaskParts, 'journal' | 'clocks'>,
  alert: Alert | undefined,
): void {
  const over = resolvedEntries(journal.book(), ['no-decision'], 'This works again.');
  if (!alert) return void journal.append(...over);
  if (isToldToday(journal.book(), alert, clocks.market.now())) return;
  if (isReported(journal.book(), alert.text, 'no-decision')) return;
  journal.append({ kind: 'alert', alert });
}

/** Halted, paused, evidence unread, or a person's rebalance was first. */
function mayNotRebalance(parts: TaskParts): boolean {
  const book = parts.journal.book();
  const { state } = book.state;
  if (state === 'HALT' || book.paused !== undefined || unfinished(book)) return true;
  return unreadEvidence(parts) !== undefined;
}

/** The first connection: our books start from whatever the account holds now. */
async function adoptBaseline(parts: TaskParts): Promise<void> {
  const { broker, clocks, journal, mode } = parts;
  const ticker = parts.universe.benchmark.ticker;
  const from: EpochMs = epochMs(clocks.market.now() - KNOWN_MS);
  const [account, positions, prices, fills, activities] = await Promise.all([
    broker.account(),
    broker.positions(),
    broker.latestPrices([ticker]),
    broker.fills(from),
    broker.activities(from),
  ]);
  const benchmark = prices.get(ticker)?.price;
  if (benchmark === undefined) return;
  let lost: unknown;
  await assertNothingLost(parts).catch((error: unknown) => {
    lost = error;
  });
  journal.append(
    { kind: 'account', id: account.id, number: account.number, mode },
    {
      kind: 'baseline',
      cash: account.cash,
      positions: new Map(
        positions.map(({ ticker: held, qty, averagePrice }) => [
          held,
          { qty, cost: cents(valueOf(qty, averagePrice)) },
        ]),
      ),
      equity: account.equity,
      benchmark,
      holdings: holdingsOf(positions),
      managedBy: managedTerms(parts),
      known: [...fills, ...activities].map(({ id }) => id),
    },
    // Written together: a process that ends here must not start over next time.
    ...(lost === undefined
      ? []
      : [{ kind: 'state', state: 'HALT', by: 'rotor', reason: sentence(lost) } as const]),
  );
  if (lost !== undefined) throw lost;
}

function noDecisionAlert(outcome: NoDecision): Alert {
  return {
    subject: { about: 'no-decision' },
    severity: 'warning',
    title: 'No decision',
    text: outcome.reason,
    remedy: `Positions stay unchanged. The rebalance runs when the data arrives.${ifClosed(outcome)}`,
  };
}

/** The calendars are compared for a week only; an older closing shows as a day that all tickers lack. */
function ifClosed(outcome: NoDecision): string {
  const day = commonGap(outcome);
  return day === undefined
    ? ''
    : ` If the exchange was closed on ${day}, add the day to CLOSED_DAYS and restart Rotor.`;
}
