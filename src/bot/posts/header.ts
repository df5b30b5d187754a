/** The pinned message, also the answer to /status. */

import type { APIEmbedField } from 'discord.js';
import { readDifference } from '#core/domain/figures.ts';
import { newYorkDate, newYorkInstant } from '#core/domain/new-york.ts';
import { type ComingRebalance, startingSession } from '#core/domain/observation.ts';
import type { HeaderView } from '#core/views/header.ts';
import { dayOf, escape, instantOf, label, lines, money, percent, UNKNOWN } from '../format.ts';
import { withRoles } from '../interactions/command-access.ts';
import { embed, field, type Post } from '../post.ts';
import { brokerByName } from './alert-remedies.ts';
import { DASHBOARD_BUTTONS } from './ask-buttons.ts';
import { unsentLine } from './backlog.ts';
import { ticking } from './instants.ts';
import { whileStopped } from './line.ts';
import { wholeAccountLine } from './whole-account.ts';

/** Orders are sent from this time on, in minutes after midnight. */
const FIRST_ORDERS = 9 * 60 + 35;

const BROKER = { up: '●', down: '○ DOWN', unasked: '○ not asked yet' } as const;

/** One line with the most important facts. */
export function headline(view: HeaderView): string {
  return [
    'ROTOR',
    `Account: ${escape(view.accountNumber ?? UNKNOWN, 40)}`,
    view.mode,
    statusWord(view),
    `Market: ${marketWord(view)}`,
    `Alpaca: ${BROKER[view.broker]}`,
    `Discord: ${discordWord(view)}`,
    view.regime ?? 'regime unknown',
    barsWord(view),
    `v${escape(view.version, 40)}`,
  ].join(' | ');
}

/** The pinned header: the state of Rotor on one screen of a phone. */
export function headerPost(view: HeaderView): Post {
  return {
    content: headline(view),
    embeds: [
      embed({
        mode: view.mode,
        title: `${statusSign(view)} ${statusWord(view)}`,
        body: lines(problems(view), 1500),
        fields: fields(view),
        note: label(view.data.source, 80),
      }),
    ],
    components: DASHBOARD_BUTTONS,
  };
}

/**
 * Decides what counts as a change of the header: everything except values that move constantly. Latency
 * counts by its order of magnitude.
 */
export function headerKey(view: HeaderView): string {
  const reasons = view.reasons.map((reason) =>
    MOVING.has(reason.rule) ? { ...reason, text: '' } : reason,
  );
  const { lagMs } = view;
  const steady = { ...view, reasons, lagMs: lagMs && 10 ** Math.floor(Math.log10(lagMs)) };
  return JSON.stringify(headerPost(steady));
}

const MOVING: ReadonlySet<string> = new Set(['Discord lag', 'messages waiting']);

/** Header shown while Rotor is stopped. */
export function offlinePost(view: HeaderView, reason: string): Post {
  const content = headline(view).replace(` | ${statusWord(view)} | `, ' | OFFLINE | ');
  const body = `Stopped ${instantOf(view.at)}: ${escape(reason)}\n${whileStopped(view.atBroker)}`;
  const whole = embed({
    mode: view.mode,
    title: '○ OFFLINE',
    body,
    fields: fields(view),
    note: label(view.data.source, 80),
  });
  return { content, embeds: [whole] };
}

function discordWord({ connected, lagMs }: HeaderView): string {
  if (connected === false) return '○ DOWN';
  return lagMs === undefined ? '●' : `${Math.round(lagMs)} ms`;
}

function marketWord({ market }: HeaderView): string {
  if (!market) return UNKNOWN;
  return market.open
    ? `● OPEN closes ${ticking(market.nextClose)}`
    : `○ CLOSED opens ${ticking(market.nextOpen)}`;
}

/** The oldest ticker counts: `bars to 2026-11-19 (1 session old: SPY and 2 more)`. */
function barsWord({ data }: HeaderView): string {
  const { asOf, ageSessions = 0, faulty, fault, progress } = data;
  if (progress) return `bars ${progress.done}/${progress.of}`;
  if (asOf === undefined) return 'no bars yet';
  const [first, ...more] = faulty;
  const who = first && (more.length > 0 ? `${first} and ${more.length} more` : first);
  if (ageSessions > 0) {
    const age = ageSessions === 1 ? '1 session old' : `${ageSessions} sessions old`;
    return `bars to ${asOf} (${who ? `${age}: ${who}` : age})`;
  }
  return `bars to ${asOf} (${who ? `${who}: ${escape(fault ?? UNKNOWN, 40)}` : 'up to date'})`;
}

function statusWord({ status, safeMode }: HeaderView): string {
  return safeMode === undefined ? status : 'SAFE MODE';
}

function statusSign({ status }: HeaderView): string {
  return { HEALTHY: '●', DEGRADED: '▲', HALTED: '■' }[status];
}

const NO_MONEY = 'No money yet: tracking and trading start with the first deposit.';

function problems({ reasons, hasNoMoney }: HeaderView): readonly string[] {
  if (reasons.length === 0 && hasNoMoney) return [NO_MONEY];
  if (reasons.length === 0) return ['No open problems.'];
  return reasons.map(
    ({ rule, text }) => `**${escape(rule, 60)}** ${withRoles(escape(brokerByName(text), 240))}`,
  );
}

function fields(view: HeaderView): readonly APIEmbedField[] {
  return [
    field(
      'Equity',
      [`**${money(view.equity)}**`, gained(view), ...wholeAccountLine(view)].join('\n'),
    ),
    field(
      'Cash',
      `${money(view.cash)}\nexposure ${percent(view.exposure, 1, 'plain')}${kept(view)}`,
    ),
    field('Since start', sinceStart(view)),
    field('Next rebalance', nextRebalance(view)),
    field(
      'Models',
      lines(
        view.models.map((model) => modelLine(model, view)),
        1000,
      ),
      false,
    ),
    field('Trading', trading(view), false),
  ];
}

function kept({ raised }: HeaderView): string {
  if (!raised) return '';
  const { amount, neededBy, isAllThen } = raised;
  const kept = `\n**kept** ${money(amount)}`;
  if (neededBy === undefined) return kept;
  return kept + (isAllThen ? ` for ${neededBy}` : `, first needed by ${neededBy}`);
}

function gained({ today, hasOpened }: HeaderView): string {
  return `${hasOpened ? 'today' : 'last session'} ${percent(today)}`;
}

function sinceStart({ sinceStart, hasNoMoney }: HeaderView): string {
  if (!sinceStart) return hasNoMoney ? 'no money yet' : 'not started';
  const { you, spy } = sinceStart;
  const ahead = readDifference(you, spy);
  return `You ${percent(you)}\nSPY ${percent(spy)}\n**Alpha ${percent(ahead)}**`;
}

function nextRebalance(view: HeaderView): string {
  const { nextRebalance: next, lastRebalance: last, unsentOrders: owed } = view;
  return [
    ...(next ? comingLines(next, view) : [UNKNOWN]),
    ...(last ? [`last ${ticking(last.at)}${wordOf(last.outcome)}`] : []),
    ...(owed.length > 0 ? [`**still to do** ${unsentLine(owed)}`] : []),
  ].join('\n');
}

function comingLines(next: ComingRebalance, view: HeaderView): readonly string[] {
  const { session, owed, missed } = next;
  return [
    ...(owed ? [`overdue (${session})`, waitsUntil(view)] : startLines(next, view)),
    ...(missed === undefined
      ? []
      : [`**${missed} waits for an approver**: ${withRoles('/rebalance')}`]),
  ];
}

function startLines(next: ComingRebalance, view: HeaderView): readonly string[] {
  const { session, waits } = next;
  if (waits === 'off') return [withRoles('none automatically; /rebalance makes a plan')];
  if (waits === 'money') return ['with the first deposit'];
  if (waits === 'approval') return [dayOf(session), waitsUntil(view)];
  const coming = startingSession(next);
  return coming ? [dayOf(coming), ticking(newYorkInstant(coming, FIRST_ORDERS))] : [];
}

function waitsUntil({ waitsFor }: HeaderView): string {
  switch (waitsFor.kind) {
    case 'resume':
      return withRoles('waits for /resume');
    case 'person':
      return waitsFor.why === 'evidence'
        ? 'waits until an approver has read /evidence'
        : '**its plan waits for an approver**';
    case 'data':
      return 'waits for data';
    case 'market':
      return 'waits for the market';
    case 'window':
      return ticking(waitsFor.from);
    case 'broker':
      return 'waits for Alpaca to answer';
    case 'limits':
    case 'nothing':
      return 'due now';
    default:
      return waitsFor satisfies never;
  }
}

function wordOf(outcome: 'running' | 'complete' | 'partial'): string {
  return outcome === 'complete' ? '' : `, ${outcome}`;
}

/** Two lines per model: a phone has no room for one. */
function modelLine(
  { id, active, share, lastAt }: HeaderView['models'][number],
  { nextRebalance: next }: HeaderView,
): string {
  const word = active === undefined ? '? unknown' : active ? '● active' : '○ inactive';
  const part =
    share === undefined || active === false ? '' : `share ${percent(share, 0, 'plain')}, `;
  const last = lastAt === undefined ? 'none yet' : newYorkDate(lastAt);
  return `**${escape(id)}** ${word}\n-# ${part}last ${last}, next ${shortly(next)}`;
}

function shortly(next: HeaderView['nextRebalance']): string {
  if (next === undefined) return UNKNOWN;
  if (next.owed) return 'overdue';
  const other = { off: 'by hand', money: 'with the first deposit' } as const;
  const { waits } = next;
  if (waits === 'off' || waits === 'money') return other[waits];
  return startingSession(next) ?? 'waits for an approver';
}

function trading({ trading: { state, by, reason, at }, paused }: HeaderView): string {
  // Never changed.
  const how =
    at === 0
      ? `**${state}** (default)`
      : `**${state}** by ${escape(by, 60)}: ${escape(reason, 200)}, since ${instantOf(at)}`;
  if (!paused) return how;
  const pause = `by ${escape(paused.by, 60)}: ${escape(paused.reason, 200)}`;
  return `${how}\n**Paused** ${pause}, since ${instantOf(paused.at)}`;
}
