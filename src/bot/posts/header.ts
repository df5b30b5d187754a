/** The pinned message, and the same in answer to /status. */
import type { APIEmbedField } from 'discord.js';
import type { HeaderView } from '#core/views/header.ts';
import {
  dayOf,
  instantOf,
  label,
  lines,
  money,
  percent,
  plain,
  soon,
  timeOf,
  UNKNOWN,
} from '../format.ts';
import { field, frame, type Post } from '../post.ts';

/** One line that says everything a glance needs. */
export function headline(view: HeaderView): string {
  return [
    'ROTOR',
    `Account: ${plain(view.accountNumber ?? UNKNOWN, 40)}`,
    view.mode,
    view.status,
    `Market: ${marketWord(view)}`,
    `Alpaca: ${view.brokerConnected ? '●' : '○ DOWN'}`,
    view.regime ?? 'regime unknown',
    timeOf(view.at),
  ].join(' | ');
}

export function headerPost(view: HeaderView): Post {
  return {
    content: headline(view),
    embeds: [
      frame({
        mode: view.mode,
        title: `${statusSign(view)} ${view.status}`,
        body: lines([...reasons(view), marketLine(view)], 1500),
        fields: fields(view),
        note: note(view),
      }),
    ],
  };
}

/** What stays on the wall while nobody is at the desk. */
export function offlinePost(view: HeaderView, reason: string): Post {
  const content = headline(view).replace(` | ${view.status} | `, ' | OFFLINE | ');
  const body = `Stopped ${instantOf(view.at)}: ${plain(reason)}\nPositions stay as they are.`;
  const embed = frame({
    mode: view.mode,
    title: '○ OFFLINE',
    body,
    fields: fields(view),
    note: note(view),
  });
  return { content, embeds: [embed] };
}

function marketWord({ market }: HeaderView): string {
  if (!market) return UNKNOWN;
  return market.open ? '● OPEN' : '○ CLOSED';
}

/** The hour, not the minutes left: what counts down would make every minute a change. */
function marketLine({ market, at }: HeaderView): string {
  if (!market) return 'Market hours unknown';
  return market.open
    ? `Market closes ${soon(market.nextClose, at)}`
    : `Market opens ${soon(market.nextOpen, at)}`;
}

function statusSign({ status }: HeaderView): string {
  return { HEALTHY: '●', DEGRADED: '▲', HALTED: '■' }[status];
}

function reasons(view: HeaderView): readonly string[] {
  return view.reasons.map(({ rule, text }) => `**${plain(rule, 60)}** ${plain(text, 240)}`);
}

function fields(view: HeaderView): readonly APIEmbedField[] {
  return [
    field('Equity', money(view.equity)),
    field('Today', percent(view.today)),
    field('Since start', sinceStart(view)),
    field('Cash', money(view.cash)),
    field('Exposure', percent(view.exposure, 1, 'plain')),
    field('Next rebalance', nextRebalance(view)),
    field('Models', lines(view.models.map(modelLine), 1000), false),
    field('Trading', trading(view), false),
  ];
}

function sinceStart({ sinceStart }: HeaderView): string {
  if (!sinceStart) return 'not begun';
  const { you, spy, alpha } = sinceStart;
  return `You ${percent(you)}\nSPY ${percent(spy)}\n**Alpha ${percent(alpha)}**`;
}

function nextRebalance({ nextRebalance: next, lastRebalance: last, at }: HeaderView): string {
  const when = next ? (next.owed ? `due now (${next.session})` : dayOf(next.session)) : UNKNOWN;
  if (!last) return when;
  return `${when}\nlast ${soon(last.at, at)}${last.outcome === 'complete' ? '' : `, ${last.outcome}`}`;
}

function modelLine({ id, active, share }: HeaderView['models'][number]): string {
  const word = active === undefined ? '? unknown' : active ? '● active' : '○ resting';
  const part =
    share === undefined || active === false ? '' : `, share ${percent(share, 0, 'plain')}`;
  return `${label(id)} ${word}${part}`;
}

function trading({ trading: { state, by, reason, at } }: HeaderView): string {
  const since = at > 0 ? `, since ${instantOf(at)}` : '';
  return `**${state}** by ${plain(by, 60)}: ${plain(reason, 200)}${since}`;
}

function note({ data, version }: HeaderView): string {
  const asOf = data.asOf === undefined ? 'no bars yet' : `bars to ${data.asOf}`;
  return `${label(data.source, 80)}, ${asOf} · version ${label(version, 40)}`;
}
