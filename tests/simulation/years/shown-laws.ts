/** What people are shown and told is so: by the simulation's own truth, in its own figures. */
import { brokerByName } from '#bot/posts/alert-remedies.ts';
import type { AccountState } from '#core/domain/account-state.ts';
import type { Alert, AlertTopic } from '#core/domain/alert.ts';
import { isFlatten } from '#core/domain/decision.ts';
import type { Recorded } from '#core/domain/entry.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import { isFinal } from '#core/domain/order.ts';
import { epochMs } from '#core/domain/units.ts';
import { headerView } from '#core/views/header.ts';
import { MODELS } from '#models/list.ts';
import { isRestored } from './faults.ts';
import { FAULT_KINDS, type FaultKind } from './kinds.ts';
import type { Life } from './life.ts';
import type { LawParts } from './order-laws.ts';
import { trueSessionAt } from './true-calendar.ts';
import { worthOf } from './worth.ts';

/** With them no message gets through, or none can be noted as told. */
const SILENCING: readonly FaultKind[] = [
  ...(['discord-down', 'discord-flaky', 'discord-unheard', 'disk-full', 'frozen'] as const),
  ...(['backup-restored', 'log-cut', 'journal-altered', 'clock-back', 'clock-forward'] as const),
];
const SPLITS: readonly FaultKind[] = ['split', 'late-split', 'reverse-split'];
const LATE: readonly FaultKind[] = ['late-split', 'late-spin-off'];
const DIVIDENDS: readonly FaultKind[] = ['dividend', 'stock-dividend'];
/** Faults that put another journal in the place of the right one, for a while or for good. */
const OTHER_JOURNALS: readonly FaultKind[] = [
  ...(['backup-restored', 'backup-stays', 'log-cut', 'journal-altered'] as const),
];
const CRITICAL_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
const DIVIDEND_MS = 10 * DAY_MS;
/** The causes of each alarm, one of which must have occurred recently; any cause where none is listed. */
const CAUSES: { readonly [T in AlertTopic]?: readonly FaultKind[] } = {
  ...{ reconciliation: FAULT_KINDS, broker: FAULT_KINDS, error: FAULT_KINDS },
  ...{ 'external-trade': FAULT_KINDS, 'suspected-split': FAULT_KINDS, 'no-price': FAULT_KINDS },
  'unknown-activity': [],
  calendar: ['stays-shut', 'calendars-differ', 'clock-back', 'clock-forward'],
  clock: ['clock-apart', 'clock-back', 'clock-forward', 'slow-broker', 'frozen'],
  stream: ['stream-down', 'frozen', 'clock-back', 'clock-forward'],
};
const CAUSE_MS = 7 * DAY_MS;
/** What moves a price, or may: the next bars show whether it was so. */
const LARGE_MOVES: readonly FaultKind[] = ['crash', 'gap', 'spin-off', 'late-spin-off'];
const MOVE_MS = 4 * DAY_MS;
/** Each of them ends with its cause. */
const PASSING: readonly AlertTopic[] = ['broker', 'clock', 'stream', 'bars-in-doubt'];
/** Money that came or left since the last close may count from that close: before a long weekend, days ago. */
const SINCE_CLOSE_MS = 5 * DAY_MS;
/** Money that came within a day may count from its morning or from its instant. */
const TODAY_SLACK = 0.02;
/** Otherwise a gain is exact, but for what moved between the close and the evening. */
const EXACT_SLACK = 0.001;
/** Prices move between the close and what is seen after it. */
const FALL_SLACK = 0.05;

/** Cents as dollars, as the dashboard writes them: a word joiner keeps the sign with its amount. */
function dollars(cents: number): string {
  const [whole = '', part = ''] = (Math.abs(cents) / 100).toFixed(2).split('.');
  return `${cents < 0 ? '\u2212\u2060' : ''}$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${part}`;
}

/** The pinned message that stands in Discord says what the account is worth and what of it is cash. */
export function checkDashboard(parts: LawParts, life: Life): void {
  const shown = life.dashboard();
  if (shown === undefined) return;
  const { equity, cash, account } = worthOf(parts);
  const figures = account === equity ? [equity, cash] : [equity, cash, account];
  for (const figure of figures.map(dollars)) {
    if (!shown.includes(figure)) parts.report('dashboard differs', `${figure} is not in ${shown}`);
  }
}

/** What is shown as the gain of a day is one: what people brought or took is none of it. */
export function checkGain(parts: LawParts, life: Life): void {
  const { engine } = life;
  const truth = parts.drawdown.today();
  if (!engine || truth === undefined) return;
  // A day that people confirmed as closed shows the gain of the session before.
  if (parts.market.isShut(newYorkDate(parts.time.now()))) return;
  // While shares are late what is seen is less than what there is.
  if (parts.faults.since(epochMs(parts.time.now() - 8 * DAY_MS), LATE)) return;
  const { today: shown, sinceStart } = headerView(engine.book(), engine.observation(), MODELS);
  // On paper a dividend counts from its day on, though it is paid some days later.
  const isPaying = parts.faults.since(epochMs(parts.time.now() - DIVIDEND_MS), DIVIDENDS);
  const isLoose = isPaying || parts.drawdown.isDisturbedSince(parts.time.now() - SINCE_CLOSE_MS);
  const slack = isLoose ? TODAY_SLACK + parts.drawdown.spread() : EXACT_SLACK;
  if (shown !== undefined && Math.abs(shown - truth) > slack)
    parts.report('gain differs', `${percent(shown)} shown, ${percent(truth)} earned`);
  if (sinceStart?.you === undefined || isPaying || parts.drawdown.isDisturbed()) return;
  const earned = parts.drawdown.sinceStart();
  if (Math.abs(sinceStart.you - earned) > EXACT_SLACK)
    parts.report(
      'gain differs',
      `${percent(sinceStart.you)} since start shown, ${percent(earned)} earned`,
    );
}

/** Each message stands once: what no process knows of was sent twice. */
export function checkMessages({ report, discord }: LawParts, life: Life): void {
  const known = life.messages();
  const strays = discord.standing().filter(({ id }) => !known.has(id));
  if (strays.length > 0)
    report(
      'message twice',
      strays
        .map(({ head }) => head)
        .slice(0, 3)
        .join(' | '),
    );
}

/**
 * What is critical is told within a minute while Discord and the process are there; what counts as told
 * and is not over by then stands there.
 */
export function watchAlerts(parts: LawParts, { entry, seq, at }: Recorded, life: Life): void {
  if (entry.kind !== 'alert') return;
  const topic = entry.alert.subject.about;
  if (topic === 'drawdown') checkFall(parts);
  const causes = CAUSES[topic];
  // The shares of a split come in the night, before its session begins.
  const isSplitNight = topic === 'suspected-split' && isSplit(parts);
  if (causes && !isSplitNight && !parts.faults.since(epochMs(parts.time.now() - CAUSE_MS), causes))
    parts.report('called for nothing', `${entry.alert.title}: ${entry.alert.text}`);
  const { severity, title } = entry.alert;
  if (severity === 'info') return;
  const { time, faults, report } = parts;
  const from = time.now();
  time.at(from + CRITICAL_MS, () => {
    if (!life.isUp() || faults.since(epochMs(from - DAY_MS / 24), SILENCING)) return;
    const isTold = life.told() >= seq;
    if (severity === 'critical' && !isTold)
      report('critical told late', `${title}, written down at ${at}`);
    const isOpen = [...(life.book()?.alerts.values() ?? [])].some(
      ({ alert }) => alert === entry.alert,
    );
    if (isTold && isOpen) checkTold(parts, entry.alert, life);
  });
}

/** Whether a ticker splits within a day. */
function isSplit({ market, time }: LawParts): boolean {
  return market.actions.some(
    ({ kind, session }) => kind === 'split' && Math.abs(session.open - time.now()) < DAY_MS,
  );
}

/** What is over is no problem any more, and what is called final may not be waited for. */
export function checkEnded(
  { report, exchange, faults, time }: LawParts,
  { alerts }: AccountState,
): void {
  // A move as large as that stays in doubt until the bars after it bear it out, or a person does.
  const isMove = faults.since(epochMs(time.now() - MOVE_MS), LARGE_MOVES);
  for (const { alert } of alerts.values()) {
    const { subject } = alert;
    const isOver = subject.about === 'open-orders' && exchange.fake.accepted.every(isFinal);
    const isTrue = subject.about === 'bars-in-doubt' && isMove;
    if (isOver || (PASSING.includes(subject.about) && !isTrue))
      report('alert never ends', `${alert.title}: ${alert.text}`);
  }
}

/** What people are called for stands in Discord. */
export function checkAlertsTold(parts: LawParts, life: Life, { alerts }: AccountState): void {
  // On another journal for a while, Rotor removes messages that it does not know.
  for (const { alert, firstAt } of alerts.values())
    if (!parts.faults.since(epochMs(firstAt - CRITICAL_MS), OTHER_JOURNALS))
      checkTold(parts, alert, life);
}

/** Some message has the title of the alert: the dashboard lists it too, but an edit calls nobody. */
function checkTold({ report, discord }: LawParts, alert: Alert, life: Life): void {
  const { severity, title, text } = alert;
  const [dashboard, shown] = [life.dashboard(), brokerByName(title)];
  const messages = discord.standing().filter((each) => each.text !== dashboard);
  if (severity !== 'info' && !messages.some((each) => each.text.includes(shown)))
    report('alert untold', `${title}: ${text}`);
}

/** How the last rebalance ended stands in Discord: some message has its name and says that it was made. */
export function checkRebalanceTold(
  { report, discord, faults, time }: LawParts,
  { rebalances }: Pick<AccountState, 'rebalances'>,
): void {
  const last = [...rebalances.values()].at(-1);
  if (last?.finishedAt === undefined || isFlatten(last.decision) || isRestored(faults, time.now()))
    return;
  // As with alerts: on another journal Rotor removes messages that it does not know.
  if (faults.since(epochMs(last.at - CRITICAL_MS), OTHER_JOURNALS)) return;
  const { id } = last.decision;
  const isTold = discord
    .standing()
    .some(({ text }) => text.includes('Rebalanced') && text.includes(id));
  if (!isTold) report('rebalance untold', id);
}

/** A fall that stops trading is one: no split, no dividend and no money that was taken. */
function checkFall(parts: LawParts): void {
  // In the night of a split the shares are new and the price is the old one.
  const isOpen = trueSessionAt(parts.time.now()) !== undefined;
  if (!isOpen && parts.faults.since(epochMs(parts.time.now() - DAY_MS), SPLITS)) return;
  const fallen = parts.drawdown.present(worthOf(parts).whole);
  if (fallen < parts.settings.limits.maxDrawdown - FALL_SLACK)
    parts.report('drawdown invented', `${percent(fallen)} below its best`);
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 1_000) / 10} %`;
}
