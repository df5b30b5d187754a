/** HEALTHY, DEGRADED or HALTED, by named rules. A closed market counts as healthy. */
import { accountProblem, isFunded } from '../domain/account.ts';
import type { AccountState } from '../domain/account-state.ts';
import { lastFinalSession, sessionsBetween } from '../domain/calendar.ts';
import { type Observation, startingSession, wasAsked } from '../domain/observation.ts';
import type { EpochMs } from '../domain/units.ts';

/** Rotor's health as one word. */
export type Status = 'HEALTHY' | 'DEGRADED' | 'HALTED';

/** The verdict of one rule. */
export type Verdict = 'ok' | Exclude<Status, 'HEALTHY'>;

/** The state of the bot and its messages, where known. */
export interface DiscordSeen {
  /** To the gateway: commands and buttons arrive over it, while messages are sent without it. */
  readonly connected: boolean;
  readonly lagMs: number | undefined;
  readonly missing: readonly string[];
  /** Problems with the configured roles, one sentence each; none by default. */
  readonly roles?: readonly string[];
  readonly owed: number;
  readonly problem: string | undefined;
}

/** One rule and its verdict. */
export interface StatusRule {
  readonly name: RuleName;
  readonly verdict: Verdict;
  /** The current state as text: `answered 3 s ago`. */
  readonly value: string;
}

/** A rule that is not ok, and the resulting status. */
export interface StatusReason {
  readonly rule: RuleName;
  readonly makes: Exclude<Status, 'HEALTHY'>;
  /** The current state as text. */
  readonly text: string;
}

/** The status and the reasons for it. */
export interface StatusView {
  readonly status: Status;
  /** Worst first; empty when healthy. An open alert is a reason of its own. */
  readonly reasons: readonly StatusReason[];
  /** All rules, including those that are ok. The bot's own are included where known. */
  readonly rules: readonly StatusRule[];
}

type RuleName =
  | 'safe mode'
  | 'trading state'
  | 'paused'
  | 'account'
  | 'broker'
  | 'order stream'
  | 'market'
  | 'data'
  | 'rebalance'
  | 'alerts'
  | 'Discord'
  | 'Discord lag'
  | 'permissions'
  | 'roles'
  | 'messages waiting';

interface Finding {
  readonly verdict: Verdict;
  readonly value: string;
  /** One for each problem where there are several; the value by default. */
  readonly details?: readonly string[];
}

type Rule = (book: AccountState, seen: Observation) => Finding;

const RULES: readonly (readonly [RuleName, Rule])[] = [
  ['trading state', tradingState],
  ['paused', paused],
  ['account', account],
  ['broker', broker],
  ['order stream', stream],
  ['market', market],
  ['data', data],
  ['rebalance', rebalance],
  ['alerts', alerts],
];

const BOT_RULES: readonly (readonly [RuleName, (discord: DiscordSeen) => Finding])[] = [
  ['Discord', gateway],
  ['Discord lag', lag],
  ['permissions', permissions],
  ['messages waiting', owed],
];

/** Listed only while active: it is rare. */
function inSafeMode(reason: string): Finding & { readonly name: 'safe mode' } {
  return { name: 'safe mode', ...halted(reason) };
}

/** Slower than this, an answer feels broken. */
const SLOW_MS = 2_000;
/** With this many undelivered entries, people read outdated news. */
const MANY_UNDELIVERED = 200;

/** The worst of all rules. Without `discord` the bot's own rules are left out. */
export function statusView(
  book: AccountState,
  seen: Observation,
  discord?: DiscordSeen,
): StatusView {
  const found = [
    ...(seen.safeMode === undefined ? [] : [inSafeMode(seen.safeMode)]),
    ...RULES.map(([name, rule]) => ({ name, ...rule(book, seen) })),
    ...(discord ? BOT_RULES.map(([name, rule]) => ({ name, ...rule(discord) })) : []),
    ...unfitRoles(discord?.roles),
  ];
  const reasons = found.flatMap(reasonsOf);
  const halted = reasons.filter((reason) => reason.makes === 'HALTED');
  const degraded = reasons.filter((reason) => reason.makes === 'DEGRADED');
  return {
    status: halted.length > 0 ? 'HALTED' : degraded.length > 0 ? 'DEGRADED' : 'HEALTHY',
    reasons: [...halted, ...degraded],
    rules: found.map(({ name, verdict, value }) => ({ name, verdict, value })),
  };
}

function reasonsOf({
  name,
  verdict,
  value,
  details = [value],
}: Finding & { readonly name: RuleName }): readonly StatusReason[] {
  if (verdict === 'ok') return [];
  return details.map((text) => ({ rule: name, makes: verdict, text }));
}

function tradingState({ state }: AccountState): Finding {
  if (state.state === 'RUN') return ok('RUN');
  const value = `${state.state} by ${state.by}: ${state.reason}`;
  return state.state === 'HALT' ? halted(value) : degraded(value);
}

function paused({ paused }: AccountState): Finding {
  return paused ? degraded(`by ${paused.by}: ${paused.reason}`) : ok('no');
}

function account({ baseline }: AccountState, { account }: Observation): Finding {
  if (!account) return ok('not known yet');
  const problem = accountProblem(account);
  if (problem) return (problem.takes === 'nothing' ? halted : degraded)(problem.text);
  return !baseline && !isFunded(account) ? ok(NO_MONEY) : ok(account.status);
}

const NO_MONEY = 'no money yet: tracking and trading start with the first deposit';

function broker(_book: AccountState, seen: Observation): Finding {
  const { at, broker, account } = seen;
  if (!wasAsked(seen)) return ok('not asked yet');
  if (!broker.connected) return degraded(broker.problem ?? 'it does not answer');
  if (!account) return degraded('has not reported the account yet');
  return ok(broker.lastAnswer === undefined ? 'answers' : `answered ${ago(broker.lastAnswer, at)}`);
}

function stream(_book: AccountState, { broker }: Observation): Finding {
  if (broker.streaming) return ok('listening');
  if (!broker.connected) return ok('waits for the broker');
  return degraded('not connected; Rotor polls orders instead');
}

/** A closed market is as good as an open one: for information, not a fault. */
function market(_book: AccountState, { market }: Observation): Finding {
  return ok(market ? (market.open ? 'open' : 'closed, as scheduled') : 'hours unknown so far');
}

function data(_book: AccountState, { at, data }: Observation): Finding {
  const { progress, problem } = data;
  if (progress) return ok(`fetching bars, ${progress.done} of ${progress.of} tickers are done`);
  if (data.missing) {
    const value = data.missing.reason;
    return problem === undefined
      ? degraded(value)
      : { ...degraded(value), details: [problem, value] };
  }
  if (data.asOf === undefined) return ok('no bars yet');
  const age = sessionsBetween(data.asOf, lastFinalSession(at).date);
  const words = age <= 0 ? 'up to date' : `${age} ${age === 1 ? 'session' : 'sessions'} old`;
  return ok(`bars to ${data.asOf} as expected, ${words}`);
}

function rebalance(_book: AccountState, { nextRebalance: next }: Observation): Finding {
  if (!next) return ok('next one not known yet');
  const { session, owed, missed } = next;
  const coming = startingSession(next);
  const words = [
    ...(owed ? [`overdue for ${session}`] : []),
    ...(coming ? [`next ${coming}`] : []),
    ...(next.waits === 'off' ? ['none starts automatically'] : []),
    ...(next.waits === 'money' ? ['the first one comes with the first deposit'] : []),
    ...(next.waits === 'approval' ? [`the plan of ${session} waits for an approver`] : []),
    ...(missed ? [`the one of ${missed} waits for an approver`] : []),
  ];
  return ok(words.join('; '));
}

function alerts({ alerts }: AccountState): Finding {
  const open = [...alerts.values()].filter(({ alert }) => alert.severity !== 'info');
  if (open.length === 0) return ok('none open');
  const unseen = open.filter(({ acknowledged }) => !acknowledged).length;
  const value = `${open.length} open, ${unseen} not acknowledged`;
  // An acknowledged warning is left to the person; an error counts until it is fixed.
  const bad = open.filter(
    ({ alert, acknowledged }) => !(acknowledged && alert.severity === 'warning'),
  );
  if (bad.length === 0) return ok(value);
  return { ...degraded(value), details: bad.map(({ alert }) => `${alert.title}: ${alert.text}`) };
}

function gateway({ connected }: DiscordSeen): Finding {
  return connected ? ok('connected') : degraded('not connected: no command and no button works');
}

function lag({ lagMs }: DiscordSeen): Finding {
  if (lagMs === undefined) return ok('not measured yet');
  return lagMs < SLOW_MS ? ok(`${Math.round(lagMs)} ms`) : degraded(`${Math.round(lagMs)} ms`);
}

function permissions({ missing }: DiscordSeen): Finding {
  return missing.length === 0 ? ok('all granted') : degraded(`missing: ${missing.join(', ')}`);
}

/** Listed only while there is a problem with them. */
function unfitRoles(
  roles: readonly string[] = [],
): readonly (Finding & { readonly name: 'roles' })[] {
  if (roles.length === 0) return [];
  return [{ name: 'roles', ...degraded(roles.join('; ')), details: roles }];
}

function owed({ owed, problem }: DiscordSeen): Finding {
  const value = owed === 0 ? 'none' : `${owed}`;
  if (problem !== undefined) return degraded(`${value}; ${problem}`);
  return owed > MANY_UNDELIVERED ? degraded(`${value}, posting them takes a while`) : ok(value);
}

/** `3 s ago`, `2 min ago`, in market time. */
function ago(at: EpochMs, now: EpochMs): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < 100) return `${seconds} s ago`;
  if (seconds < 6_000) return `${Math.round(seconds / 60)} min ago`;
  return `${Math.round(seconds / 3_600)} h ago`;
}

function ok(value: string): Finding {
  return { verdict: 'ok', value };
}

function degraded(value: string): Finding {
  return { verdict: 'DEGRADED', value };
}

function halted(value: string): Finding {
  return { verdict: 'HALTED', value };
}
