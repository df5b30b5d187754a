/** What must hold in the evening, when nothing has gone wrong for a while: books, header, months, messages. */
import { type AccountState, unfinished } from '#core/domain/account-state.ts';
import type { AlertTopic } from '#core/domain/alert.ts';
import { firstSessionOfMonth, sessionsBetween } from '#core/domain/calendar.ts';
import { isFlatten, isRaise } from '#core/domain/decision.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import { isFinal } from '#core/domain/order.ts';
import { flowsBetween } from '#core/domain/people-flows.ts';
import { isSkipped } from '#core/domain/start-rules.ts';
import { type EpochMs, epochMs } from '#core/domain/units.ts';
import { headerView } from '#core/views/header.ts';
import { MODELS } from '#models/list.ts';
import type { Faults } from './faults.ts';
import type { FaultKind } from './kinds.ts';
import { FAULT_KINDS } from './kinds.ts';
import type { Life } from './life.ts';
import type { LawParts } from './order-laws.ts';
import {
  checkAlertsTold,
  checkDashboard,
  checkEnded,
  checkGain,
  checkMessages,
  checkRebalanceTold,
} from './shown-laws.ts';
import { trueSessionOver } from './true-calendar.ts';
import { worthOf } from './worth.ts';

/** They leave the books as they are, or people know of them at once. */
const HARMLESS: readonly FaultKind[] = [
  'pause',
  'flatten',
  'reduce',
  'halt',
  'halt-twice',
  'halt-while-sending',
  'hand-order',
  'dividend',
  'crash',
  'gap',
  'stays-shut',
];
const LOUD = FAULT_KINDS.filter((kind) => !HARMLESS.includes(kind));
/** Whatever keeps a rebalance from being made. */
const TROUBLE = FAULT_KINDS.filter((kind) => !['dividend', 'crash', 'gap'].includes(kind));
/** They stay until a person has dealt with them. */
const FOR_PEOPLE: readonly AlertTopic[] = [
  ...(['owed-rebalance', 'reconciliation', 'error', 'drawdown', 'stuck-order'] as const),
  'suspected-split',
];
const SPLITS: readonly FaultKind[] = [
  ...(['split', 'late-split', 'reverse-split', 'late-spin-off'] as const),
];
const DAY_MS = 24 * 3_600_000;
const QUIET_MS = 4 * 3_600_000;
/** Sessions by which an account's first rebalance may be later than a monthly one. */
const FIRST_SESSIONS = 4;
/** Prices move until shares that came are seen. */
const SHARES_SLACK = 0.1;

/** Any of these says that a month is not done, or that cash lies idle, and why. */
const CALLS: readonly AlertTopic[] = [
  ...([
    'late-rebalance',
    'owed-rebalance',
    'no-decision',
    'data-late',
    'idle-cash',
    'left-undone',
  ] as const),
  ...([
    'limit',
    'reconciliation',
    'error',
    'calendar',
    'clock',
    'broker',
    'drawdown',
    'open-orders',
  ] as const),
  ...([
    'stuck-order',
    'refused-order',
    'suspected-split',
    'bars-in-doubt',
    'drift',
    'external-trade',
  ] as const),
];

/** Looks at everything that must agree by now; without a process, only at what the account is worth. */
export function checkEvening(parts: LawParts, life: Life | undefined): void {
  const book = life?.book();
  const from = book && (book.drawdownFrom?.at ?? 0);
  const { whole, managed } = worthOf(parts);
  const fallen = parts.drawdown.below(whole, from, managed);
  if (!life && isQuiet(parts)) parts.report('no process runs', 'nothing went wrong for hours');
  if (!life || !book || !life.isUp() || parts.disk.isDamaged()) return;
  checkNeverEnds(parts, book);
  checkMonth(parts, book);
  checkDone(parts, book);
  checkStuck(parts, book);
  if (!isQuiet(parts)) return;
  checkBooks(parts, book);
  checkFlows(parts, book);
  checkHeader(parts, life);
  checkCash(parts, book);
  checkTold(parts, book, life);
  checkDashboard(parts, life);
  checkGain(parts, life);
  checkMessages(parts, life);
  checkEnded(parts, book);
  checkAlertsTold(parts, life, book);
  checkRebalanceTold(parts, book);
  const isOver = fallen > parts.settings.limits.maxDrawdown + 0.02;
  const isSplit = parts.faults.since(epochMs(parts.time.now() - 3 * DAY_MS), SPLITS);
  if (isOver && !isSplit && book.state.state === 'RUN')
    parts.report('drawdown ignored', `${Math.round(fallen * 1000) / 10} % below its best`);
}

function isQuiet({ faults, time, exchange }: LawParts): boolean {
  if (faults.since(epochMs(time.now() - QUIET_MS), LOUD)) return false;
  return exchange.hidden.size === 0 && exchange.fake.accepted.every(isFinal);
}

/** The books are the broker's; or people were called, since the first look met money that no list showed. */
export function checkBooks(
  { exchange, faults, report }: Pick<LawParts, 'exchange' | 'faults' | 'report'>,
  { ledger, alerts, baseline }: AccountState,
): void {
  const isCalled = [...alerts.values()].some(
    ({ alert }) => alert.subject.about === 'reconciliation',
  );
  const first = baseline?.at ?? 0;
  const isUnlisted = faults.begun.some(
    ({ kind, from }) => kind === 'late-deposit' && from <= first && first - from < DAY_MS,
  );
  if (isCalled && isUnlisted) return;
  const truth = exchange.holdings();
  const tickers = new Set([...ledger.lots.keys(), ...truth.shares.keys()]);
  const wrong = [...tickers].flatMap((ticker) => {
    const ours = ledger.lots.get(ticker)?.qty ?? 0;
    const theirs = truth.shares.get(ticker) ?? 0;
    return ours === theirs ? [] : [`${ticker} ${ours / 1e9} for ${theirs / 1e9}`];
  });
  if (ledger.cash !== truth.cash) wrong.push(`cash ${ledger.cash} for ${truth.cash}`);
  if (wrong.length > 0) report('books differ', wrong.join(', '));
}

/** What people brought and took stands in the books as that, and nothing else does. */
export function checkFlows(
  { drawdown, report }: Pick<LawParts, 'drawdown' | 'report'>,
  book: AccountState,
): void {
  const { cash, shares, isKnown } = drawdown.flows();
  if (!isKnown) return;
  const { deposited, withdrawn } = flowsBetween(book, { since: 0, until: Number.MAX_SAFE_INTEGER });
  const found = deposited - withdrawn;
  // Shares count at what they were worth when the desk saw them.
  if (Math.abs(found - cash - shares) > 1 + SHARES_SLACK * Math.abs(shares))
    report(
      'flows differ',
      `${found / 100} dollars for ${cash / 100} and ${shares / 100} in shares`,
    );
}

function checkHeader(parts: LawParts, life: Life): void {
  const { engine } = life;
  if (!engine) return;
  const view = headerView(engine.book(), engine.observation(), MODELS);
  const truth = worthOf(parts);
  // One whose answer was lost may be there until the desk looks it up after its session.
  const { open } = trueSessionOver(parts.time.now());
  const there = view.atBroker.filter(
    ({ order, sentAt = 0 }) => order !== undefined || sentAt < open,
  );
  const wrong = [
    ...(view.equity === truth.equity ? [] : [`equity ${view.equity} for ${truth.equity}`]),
    ...(view.cash === truth.cash ? [] : [`cash ${view.cash} for ${truth.cash}`]),
    ...(there.length === 0 ? [] : [`${there.length} orders at the broker`]),
  ];
  if (wrong.length > 0) parts.report('header differs', wrong.join(', '));
}

function isCalled(book: AccountState): boolean {
  const isOpen = [...book.alerts.values()].some(({ alert }) => CALLS.includes(alert.subject.about));
  return isOpen || book.state.state !== 'RUN' || book.paused !== undefined;
}

/** Cash that the last plan wanted invested lies there, and nobody is told. */
function checkCash(parts: LawParts, book: AccountState): void {
  const last = [...book.rebalances.values()].at(-1);
  if (!last?.finishedAt || isFlatten(last.decision) || isCalled(book)) return;
  const { verdict } = last.decision;
  if (verdict.kind === 'refused') return;
  const wanted = [...verdict.weights.values()].reduce((sum, weight) => sum + weight, 0);
  const { cash, equity } = worthOf(parts);
  const left = parts.people.leftSince(last.at);
  const idle = (cash - left) / equity - Math.max(0, 1 - wanted);
  if (idle > parts.settings.maxDrift + 0.01) {
    parts.report(
      'silent cash',
      `${Math.round(idle * 1000) / 10} % of the account, after ${last.decision.id}`,
    );
  }
}

/** From the session after the one it is due on, a month is done, or people know that it is not. */
export function checkMonth(
  { report, time, faults, people, settings }: Omit<LawParts, 'exchange'>,
  book: AccountState,
): void {
  const { id, late } = monthOf(time.now(), faults, book);
  if (settings.announce.auto === 'off') return;
  // Where Rotor waits for an approval, its announcement asks people for one.
  const isAsked = settings.announce.auto === 'approve' && !people.hasConfirmed(id ?? '');
  if (isAsked && book.announcements.has(id ?? '')) return;
  if (id !== undefined && late >= 1 && !isCalled(book)) report('month forgotten', id);
}

/** In a world in which nothing goes wrong any more a month is done, whatever people were called for. */
export function checkDone(
  { report, time, faults, people, settings }: Omit<LawParts, 'exchange'>,
  book: AccountState,
): void {
  const { id, late } = monthOf(time.now(), faults, book);
  const isAsked = settings.announce.auto === 'approve';
  if (id === undefined || settings.announce.auto === 'off') return;
  if (isAsked && !people.hasConfirmed(id)) return;
  if (late < 0 || book.state.state !== 'RUN' || book.paused) return;
  const waits = [...book.alerts.values()].some(({ alert }) =>
    FOR_PEOPLE.includes(alert.subject.about),
  );
  // The session itself, and the evening before in which it is announced.
  if (waits || faults.since(epochMs(time.now() - 3 * DAY_MS), TROUBLE)) return;
  // One that began before may wait for the next day's turnover.
  if (late === 0 && unfinished(book)) return;
  // Prices far from the last close keep it from being decided on that day.
  if (late === 0 && faults.since(epochMs(time.now() - 4 * DAY_MS), ['crash', 'gap'])) return;
  report('month not done', `${id}, ${late} sessions late`);
}

/** The month that is due and neither done nor skipped, and by how many sessions it is late. */
function monthOf(
  now: EpochMs,
  faults: Pick<Faults, 'begun'>,
  book: AccountState,
): { readonly id: string | undefined; readonly late: number } {
  const today = newYorkDate(now);
  const first = firstSessionOfMonth(today).date;
  const id = `monthly-${first.slice(0, 7)}`;
  const began = book.baseline && newYorkDate(book.baseline.at);
  // What a person sold is no rebalance.
  const isDone = [...book.rebalances.values()].some(
    ({ at, decision }) => newYorkDate(at) >= first && !isFlatten(decision) && !isRaise(decision),
  );
  const isOver = !began || began >= first || isDone || isSkipped(book, id);
  const due = book.announcements.get(id)?.until ?? first;
  if (isOver || book.rebalances.size > 0)
    return { id: isOver ? undefined : id, late: sessionsBetween(due, today) };
  // An account's first rebalance is announced the evening before, whatever keeps that evening from coming,
  // and not while somebody has paused it or the machine is off.
  const [resumed, on] = [newYorkDate(book.state.at), newYorkDate(onSince(faults, now))];
  const from = [due, resumed, on].toSorted().at(-1) ?? due;
  return { id, late: sessionsBetween(from, today) - (FIRST_SESSIONS - 1) };
}

/** When the machine was switched on last; 0 where it was never off. */
function onSince({ begun }: Pick<Faults, 'begun'>, now: EpochMs): EpochMs {
  const offs = begun.filter(({ kind, from }) => kind === 'switched-off' && from <= now);
  return epochMs(Math.max(0, ...offs.map(({ to }) => to)));
}

/** With them an order may be open at the exchange, and the desk cannot see it. */
const HIDING: readonly FaultKind[] = [
  ...(['stale-orders', 'stale-order', 'stale-open-orders', 'unfindable-orders'] as const),
  ...(['broker-down', 'broker-flaky', 'slow-broker', 'clock-back', 'frozen', 'disk-full'] as const),
  ...(['order-unseen', 'answer-lost', 'backup-restored', 'backup-stays'] as const),
];

/** An order that is open at the exchange a session after its own is one that people are called for. */
export function checkStuck(
  { exchange, faults, time, report }: LawParts,
  { managedOrders, alerts }: AccountState,
): void {
  if (faults.since(epochMs(time.now() - DAY_MS), HIDING)) return;
  const { open } = trueSessionOver(time.now());
  for (const order of exchange.fake.accepted) {
    const { clientOrderId, submittedAt } = order;
    const managed = managedOrders.get(clientOrderId);
    if (!managed || managed.setAsideBy !== undefined || isFinal(order) || submittedAt >= open)
      continue;
    const isCalled = [...alerts.values()].some(
      ({ alert: { subject } }) =>
        subject.about === 'stuck-order' && subject.clientOrderId === clientOrderId,
    );
    if (!isCalled) report('stuck order untold', clientOrderId);
  }
}

function checkNeverEnds({ report, time, faults, settings }: LawParts, book: AccountState): void {
  const running = unfinished(book);
  // A machine that came back after the close ends it in the next session.
  if (!running || newYorkDate(onSince(faults, time.now())) === newYorkDate(time.now())) return;
  const age = sessionsBetween(newYorkDate(running.at), newYorkDate(time.now()));
  if (age > settings.maxCatchUpSessions + 2 && !isCalled(book)) {
    report('rebalance never ends', `${running.decision.id} runs for ${age} sessions`);
  }
}

function checkTold({ report }: LawParts, book: AccountState, life: Life): void {
  if (life.told() !== book.seq)
    report('told late', `${book.seq - life.told()} entries are not told`);
}
