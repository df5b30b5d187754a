/** The pinned message, and the same in answer to /status. */
import type { APIEmbedField } from 'discord.js';
import { newYorkDate, newYorkInstant } from '#core/domain/new-york.ts';
import { type EpochMs, epochMs } from '#core/domain/units.ts';
import type { HeaderView } from '#core/views/header.ts';
import type { WallOf } from '../command.ts';
import { dayOf, instantOf, label, lines, money, percent, plain, UNKNOWN } from '../format.ts';
import { field, frame, type Post } from '../post.ts';
import { ticking } from './instants.ts';

const SAME: WallOf = (at) => at;
/** Orders may leave from here on, minutes after midnight. */
const FIRST_ORDERS = 9 * 60 + 35;

/** One line that says everything a glance needs. */
export function headline(view: HeaderView, wallOf: WallOf = SAME): string {
  return [
    'ROTOR',
    `Account: ${plain(view.accountNumber ?? UNKNOWN, 40)}`,
    view.mode,
    view.status,
    `Market: ${marketWord(view, wallOf)}`,
    `Alpaca: ${view.brokerConnected ? '●' : '○ DOWN'}`,
    `Discord: ${view.lagMs === undefined ? '●' : `${Math.round(view.lagMs)} ms`}`,
    view.regime ?? 'regime unknown',
    barsWord(view),
    `v${plain(view.version, 40)}`,
  ].join(' | ');
}

/** `wallOf` gives the reader's instant for one of the desk's, so that what is relative ticks there. */
export function headerPost(view: HeaderView, wallOf: WallOf = SAME): Post {
  return {
    content: headline(view, wallOf),
    embeds: [
      frame({
        mode: view.mode,
        title: `${statusSign(view)} ${view.status}`,
        body: lines(problems(view), 1500),
        fields: fields(view, wallOf),
        note: label(view.data.source, 80),
      }),
    ],
  };
}

/**
 * What counts as a change of the header: everything that it says but what moves all the time. The lag
 * counts by its order of magnitude, ticking instants to the minute.
 */
export function headerKey(view: HeaderView, wallOf: WallOf = SAME): string {
  const reasons = view.reasons.map((reason) =>
    MOVING.has(reason.rule) ? { ...reason, text: '' } : reason,
  );
  const { lagMs } = view;
  const steady = { ...view, reasons, lagMs: lagMs && 10 ** Math.floor(Math.log10(lagMs)) };
  return JSON.stringify(headerPost(steady, (at) => toMinute(wallOf(at))));
}

const MOVING: ReadonlySet<string> = new Set(['Discord lag', 'messages owed']);

function toMinute(wall: EpochMs | undefined): EpochMs | undefined {
  return wall && epochMs(Math.round(wall / 60_000) * 60_000);
}

/** What stays on the wall while nobody is at the desk. */
export function offlinePost(view: HeaderView, reason: string, wallOf: WallOf = SAME): Post {
  const content = headline(view, wallOf).replace(` | ${view.status} | `, ' | OFFLINE | ');
  const body = `Stopped ${instantOf(view.at)}: ${plain(reason)}\nPositions stay as they are.`;
  const embed = frame({
    mode: view.mode,
    title: '○ OFFLINE',
    body,
    fields: fields(view, wallOf),
    note: label(view.data.source, 80),
  });
  return { content, embeds: [embed] };
}

function marketWord({ market, at }: HeaderView, wallOf: WallOf): string {
  if (!market) return UNKNOWN;
  return market.open
    ? `● OPEN closes ${ticking(market.nextClose, wallOf, at)}`
    : `○ CLOSED opens ${ticking(market.nextOpen, wallOf, at)}`;
}

function barsWord({ data: { asOf, ageSessions } }: HeaderView): string {
  return asOf === undefined ? 'no bars yet' : `bars to ${asOf} (${ageSessions ?? '?'} d)`;
}

function statusSign({ status }: HeaderView): string {
  return { HEALTHY: '●', DEGRADED: '▲', HALTED: '■' }[status];
}

function problems({ reasons }: HeaderView): readonly string[] {
  if (reasons.length === 0) return ['No open problem.'];
  return reasons.map(({ rule, text }) => `**${plain(rule, 60)}** ${plain(text, 240)}`);
}

function fields(view: HeaderView, wallOf: WallOf): readonly APIEmbedField[] {
  return [
    field('Equity', `**${money(view.equity)}**\ntoday ${percent(view.today)}`),
    field('Cash', `${money(view.cash)}\nexposure ${percent(view.exposure, 1, 'plain')}`),
    field('Since start', sinceStart(view)),
    field('Next rebalance', nextRebalance(view, wallOf)),
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

function sinceStart({ sinceStart }: HeaderView): string {
  if (!sinceStart) return 'not begun';
  const { you, spy, alpha } = sinceStart;
  return `You ${percent(you)}\nSPY ${percent(spy)}\n**Alpha ${percent(alpha)}**`;
}

function nextRebalance(view: HeaderView, wallOf: WallOf): string {
  const { nextRebalance: next, lastRebalance: last, at } = view;
  return [
    next ? nextLine(next, wallOf, at) : UNKNOWN,
    ...(last ? [`last ${ticking(last.at, wallOf, at)}${wordOf(last.outcome)}`] : []),
  ].join('\n');
}

function nextLine(
  { session, owed }: NonNullable<HeaderView['nextRebalance']>,
  wallOf: WallOf,
  at: EpochMs,
): string {
  if (owed) return `due now (${session})`;
  const from = newYorkInstant(session, FIRST_ORDERS);
  if (wallOf(from) === undefined) return dayOf(session);
  return `${dayOf(session)}\n${ticking(from, wallOf, at)}`;
}

function wordOf(outcome: 'running' | 'complete' | 'partial'): string {
  return outcome === 'complete' ? '' : `, ${outcome}`;
}

/** Two lines a model: a phone has no room for one. */
function modelLine(
  { id, active, share, lastAt }: HeaderView['models'][number],
  { nextRebalance: next }: HeaderView,
): string {
  const word = active === undefined ? '? unknown' : active ? '● active' : '○ resting';
  const part =
    share === undefined || active === false ? '' : `share ${percent(share, 0, 'plain')}, `;
  const last = lastAt === undefined ? 'none yet' : newYorkDate(lastAt);
  const coming = next === undefined ? UNKNOWN : next.owed ? 'due now' : next.session;
  return `**${plain(id)}** ${word}\n-# ${part}last ${last}, next ${coming}`;
}

function trading({ trading: { state, by, reason, at }, paused }: HeaderView): string {
  const since = at > 0 ? `, since ${instantOf(at)}` : '';
  const how = `**${state}** by ${plain(by, 60)}: ${plain(reason, 200)}${since}`;
  if (!paused) return how;
  const pause = `by ${plain(paused.by, 60)}: ${plain(paused.reason, 200)}`;
  return `${how}\n**Paused** ${pause}, since ${instantOf(paused.at)}`;
}
