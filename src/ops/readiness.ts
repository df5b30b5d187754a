/**
 * Whether Rotor may trade now, and whether it is healthy: named reasons, pure. Nights and closed markets do
 * not count against it.
 */
import { accountProblem } from '#core/domain/account.ts';
import { type AccountState, openAlert } from '#core/domain/account-state.ts';
import type { AlertSubject } from '#core/domain/alert.ts';
import { type Observation, wasAsked } from '#core/domain/observation.ts';
import { unsentOrders } from '#core/domain/order-lines.ts';
import type { EpochMs } from '#core/domain/units.ts';
import { type ActivityAges, atWork, liveness, MISSED_INTERVALS, seconds } from './liveness.ts';

/** Input of the rules. */
export interface HealthInputs {
  readonly book: AccountState;
  readonly seen: Observation;
  /** Why the journal cannot be trusted. */
  readonly doubt: string | undefined;
  /** When our records were last compared with the broker's, in market time. */
  readonly comparedAt: EpochMs | undefined;
  readonly discord: DiscordHealth;
  readonly activity: ActivityAges;
}

/** Health of the bot. */
export interface DiscordHealth {
  readonly connected: boolean;
  readonly lagMs: number | undefined;
  /** Number of journal entries not yet delivered. */
  readonly owed: number;
  /** Names of missing permissions. */
  readonly missing: readonly string[];
  readonly problem: string | undefined;
}

/** scripts/deploy/remote.sh refers to `reconciled` and `trading` by name. */
export type ReasonName =
  | 'safe mode'
  | 'reconciled'
  | 'books'
  | 'errors'
  | 'tasks'
  | 'journal'
  | 'trading'
  | 'account'
  | 'broker'
  | 'stream'
  | 'data'
  | 'calendar'
  | 'clocks'
  | 'Discord';

/** One named check of /readyz. */
export interface Reason {
  readonly name: ReasonName;
  readonly ok: boolean;
  /** The current state, as text. */
  readonly detail: string;
}

/** All checks, and the verdict. */
export interface Readiness {
  /** May trade now. Discord only receives messages, so it does not count. */
  readonly ready: boolean;
  readonly reasons: readonly Reason[];
}

type Finding = Omit<Reason, 'name'>;
type Rule = (inputs: HealthInputs) => Finding;

const RULES: readonly (readonly [ReasonName, Rule])[] = [
  ['safe mode', safeMode],
  ['reconciled', reconciled],
  ['books', ({ book }) => unlessAlert(book, { about: 'reconciliation' }, 'ours are the broker’s')],
  ['errors', errors],
  ['tasks', tasks],
  ['journal', journal],
  ['trading', trading],
  ['account', account],
  ['broker', broker],
  ['stream', stream],
  ['data', data],
  ['calendar', ({ book }) => unlessAlert(book, { about: 'calendar' }, 'ours is the broker’s')],
  ['clocks', ({ book }) => unlessAlert(book, { about: 'clock' }, 'ours is the broker’s')],
  ['Discord', discord],
];

/** After this time without renewal another process may take over the lease. */
const LEASE_MS = 10_000;
/** A rebalance waits ten minutes for its sells and ten for its buys; this is more. */
const BUSY_MS = 30 * 60_000;

/** Every rule in the order of /readyz. */
export function readiness(inputs: HealthInputs): Readiness {
  const reasons = RULES.map(([name, rule]): Reason => ({ name, ...rule(inputs) }));
  return { ready: reasons.every(({ name, ok }) => ok || name === 'Discord'), reasons };
}

/**
 * Whether to ping the dead man's switch: alive, and every check passes, including Discord. A stop by a
 * person counts as healthy, as they know about it; a stop by Rotor does not.
 */
export function isHealthy(inputs: HealthInputs): boolean {
  const { state, paused } = inputs.book;
  const byPerson = state.state === 'RUN' ? paused !== undefined : state.by !== 'rotor';
  return (
    liveness(inputs.activity).alive &&
    readiness(inputs).reasons.every(({ name, ok }) => ok || (name === 'trading' && byPerson))
  );
}

function safeMode({ seen }: HealthInputs): Finding {
  return seen.safeMode === undefined ? ok('no') : bad(seen.safeMode);
}

function reconciled({ comparedAt, seen, doubt }: HealthInputs): Finding {
  if (doubt !== undefined) return bad('the journal may be damaged, so nothing is compared');
  if (comparedAt === undefined) return bad('not since the start');
  return ok(`${seconds(Math.max(0, seen.at - comparedAt))} ago`);
}

/**
 * An error at every attempt blocks the tasks that are due, and may be the only sign of a problem. A halt is
 * covered by the trading state.
 */
function errors({ book }: HealthInputs): Finding {
  const open = [...book.alerts.values()].find(
    ({ alert }) => alert.subject.about === 'error' && alert.severity !== 'critical',
  );
  return open ? bad(open.alert.text) : ok('none');
}

function tasks({ activity: { workMs }, book, seen }: HealthInputs): Finding {
  if (workMs !== undefined && workMs > BUSY_MS) return bad(atWork(workMs));
  const parts = [...(workMs === undefined ? [] : [atWork(workMs)]), ...overdueParts(book, seen)];
  return ok(parts.join('; ') || 'done or not due');
}

/** Names what is overdue, which alone does not make Rotor unhealthy. */
function overdueParts(book: AccountState, { nextRebalance: next }: Observation): readonly string[] {
  const orders = unsentOrders(book).map(({ side, ticker }) => `${side} ${ticker}`);
  const month = next?.missed
    ? [`the rebalance of ${next.missed} waits for an approver`]
    : next?.owed
      ? [`the rebalance of ${next.session} is overdue`]
      : [];
  return [...(orders.length > 0 ? [`still to do: ${orders.join(', ')}`] : []), ...month];
}

function journal({ doubt, activity }: HealthInputs): Finding {
  if (doubt !== undefined) return bad(doubt);
  if (activity.renewProblem !== undefined) return bad(activity.renewProblem);
  if (activity.renewMs === undefined || activity.renewMs > LEASE_MS)
    return bad('not written recently');
  return ok('writable, and the lease is held');
}

function trading({ book: { state, paused } }: HealthInputs): Finding {
  if (state.state !== 'RUN') return bad(`${state.state} by ${state.by}: ${state.reason}`);
  return paused ? bad(`paused by ${paused.by}: ${paused.reason}`) : ok('RUN');
}

function account({ seen: { account } }: HealthInputs): Finding {
  if (!account) return bad('not known yet');
  const problem = accountProblem(account);
  return problem ? bad(problem.text) : ok(account.status);
}

function broker({ seen, activity }: HealthInputs): Finding {
  const { answerMs, intervalMs } = activity;
  const { connected, problem } = seen.broker;
  if (wasAsked(seen) && !connected) return bad(problem ?? 'does not answer');
  if (answerMs === undefined) return bad('not asked yet');
  const said = `answered ${seconds(answerMs)} ago`;
  return answerMs <= MISSED_INTERVALS * intervalMs ? ok(said) : bad(said);
}

function stream({ seen: { broker: seen } }: HealthInputs): Finding {
  return seen.streaming ? ok('listening') : bad('not listening');
}

function data({ seen: { data: seen } }: HealthInputs): Finding {
  if (seen.missing) return bad(seen.problem ?? seen.missing.reason);
  return seen.asOf === undefined ? bad('no bars yet') : ok(`complete to ${seen.asOf}`);
}

function discord({ discord: seen }: HealthInputs): Finding {
  if (!seen.connected) return bad(seen.problem ?? 'not connected');
  if (seen.problem !== undefined) return bad(seen.problem);
  if (seen.missing.length > 0) return bad(`missing: ${seen.missing.join(', ')}`);
  return ok(`connected, ${seen.owed} entries to post`);
}

function unlessAlert(book: AccountState, subject: AlertSubject, fine: string): Finding {
  const open = openAlert(book, subject);
  return open ? bad(open.alert.text) : ok(fine);
}

function ok(detail: string): Finding {
  return { ok: true, detail };
}

function bad(detail: string): Finding {
  return { ok: false, detail };
}
