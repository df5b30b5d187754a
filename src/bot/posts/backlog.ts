import { counted } from '#core/domain/figures.ts';
import type { UnsentOrder } from '#core/domain/order-lines.ts';
import type { EpochMs } from '#core/domain/units.ts';
import type { BacklogItem, BacklogView, WaitsFor } from '#core/views/backlog.ts';
import { dayOf, escape, instantOf, label, quantity, soon, UNKNOWN, wallTime } from '../format.ts';
import { withRoles } from '../interactions/command-access.ts';
import { embed, type Post } from '../post.ts';
import { brokerByName } from './alert-remedies.ts';
import { countOf, pageButtons, pageOf } from './pages.ts';

/** Prefix of the page buttons. */
export const BACKLOG = 'backlog:';
const SIZE = 8;

/** One page of everything that is pending; `asked` counts from 1. */
export function backlogPost(view: BacklogView, asked: number): Post {
  const page = pageOf(view.items, asked, SIZE);
  const next = view.next === undefined ? [] : [`Next rebalance ${dayOf(view.next)}.`];
  const items = page.rows.map((item) => itemLine(item, view));
  return {
    embeds: [
      embed({
        mode: view.mode,
        title: page.total === 0 ? '● Nothing pending' : `Backlog · ${countOf(page)}`,
        body: [...items, ...next].join('\n') || 'No rebalance is overdue, and nobody has to act.',
        note: `${label(view.accountNumber ?? UNKNOWN)} · ${instantOf(view.at)}`,
      }),
    ],
    components: pageButtons(page, (number) => `${BACKLOG}${number}`),
  };
}

/** The item, and below it what happens next. */
function itemLine(item: BacklogItem, view: BacklogView): string {
  const [what, next] = words(item, view);
  return `${what}\n-# ${next}`;
}

type Words = readonly [what: string, next: string];

const WORDS: {
  readonly [K in BacklogItem['kind']]: (
    item: Extract<BacklogItem, { kind: K }>,
    at: BacklogView['at'],
  ) => Words;
} = {
  running: ({ id, done, orders, owed, since, waitsFor }, at) => {
    const what = `… **Rebalance ${escape(id, 60)}** ${done} of ${counted(orders, 'order')} done`;
    const still = owed.length === 0 ? '' : `, still to do: ${unsentLine(owed)}`;
    return [`${what}${still}`, `since ${soon(since, at)}; ${waitWords(waitsFor, at)}`];
  },
  owed: ({ session, lateSessions, waitsFor }, at) => {
    const late = lateSessions === 0 ? '' : `, ${counted(lateSessions, 'session')} late`;
    return [`▲ **Rebalance overdue** for ${dayOf(session)}${late}`, waitWords(waitsFor, at)];
  },
  alert: ({ title, severity, since, count, seenBy }, at) => {
    const often = count > 1 ? `, seen ${count} times` : '';
    const what = `▲ **Alert** ${escape(brokerByName(title), 80)} (${severity})`;
    const who = seenBy === undefined ? 'nobody has' : `${escape(seenBy, 40)} has`;
    return [what, `open since ${soon(since, at)}${often}; ${who} acknowledged it`];
  },
  plan: ({ id, requestedBy, orders, approvals, approvers, expiresAt }) => {
    const what = `· **Plan ${escape(id, 60)}** of ${counted(orders, 'order')}, by ${escape(requestedBy, 40)}`;
    const needs = `${approvals} of ${approvers} approvals`;
    return [what, `${needs}; expires ${wallTime(expiresAt)}, then nothing is sent`];
  },
  order: ({ order: { side, qty, filled, ticker, state, at: since } }, at) => {
    const part = filled > 0 && filled < qty ? `, ${quantity(filled)} filled` : '';
    const what = `… **Order** ${side} ${quantity(qty)} ${ticker}: ${state}${part}`;
    return [what, `since ${soon(since, at)}; Rotor follows it until it ends`];
  },
  messages: ({ owed, problem }) => {
    const why = problem === undefined ? 'being posted now, in order' : escape(problem, 100);
    return [
      `· **Messages** ${counted(owed, 'journal entry', 'journal entries')} not posted yet`,
      why,
    ];
  },
};

function words<K extends BacklogItem['kind']>(
  item: Extract<BacklogItem, { kind: K }>,
  { at }: BacklogView,
): Words {
  return WORDS[item.kind as K](item, at);
}

/** `buy 255 XLE, buy 120 XLK`; only the first ones of a long list. */
export function unsentLine(owed: readonly UnsentOrder[]): string {
  const named = owed.slice(0, MAX_NAMED).map((order) => {
    return `${order.side} ${quantity(order.qty)} ${order.ticker}`;
  });
  const more = owed.length > MAX_NAMED ? ` and ${owed.length - MAX_NAMED} more` : '';
  return `${named.join(', ')}${more}`;
}

const MAX_NAMED = 4;

const PLAN = 'waits for an approver; /rebalance shows the plan to approve';

const PERSON = {
  missed: `too old to run automatically: ${PLAN}`,
  flattened: `a person has sold everything since: ${PLAN}`,
  halted: `the first plan since Rotor halted itself: ${PLAN}`,
  approval: 'its plan in the channel waits for an approver',
  evidence: 'waits until an approver has read /evidence',
} as const;

function waitWords(waitsFor: WaitsFor, at: BacklogView['at']): string {
  switch (waitsFor.kind) {
    case 'resume': {
      const why = { HALT: 'halted', REDUCE: 'buying is stopped', paused: 'paused' }[waitsFor.state];
      const then = waitsFor.thenAsks ? 'needs an approval' : 'continues';
      return `${why} by ${escape(waitsFor.by, 40)}: ${then} after ${withRoles('/resume')}`;
    }
    case 'person':
      return withRoles(PERSON[waitsFor.why]);
    case 'data':
      return `waits for data: ${escape(waitsFor.reason, 100)}`;
    case 'market':
      return `runs automatically ${openWords(waitsFor.opens, at)}`;
    case 'window':
      return `runs automatically from ${soon(waitsFor.from, at)}`;
    case 'broker':
      return 'waits for Alpaca to answer';
    case 'limits':
      return `held back by ${waitsFor.limits.map((limit) => escape(limit, 40)).join(', ')}; asks again every five minutes`;
    case 'nothing':
      return 'running now';
    default:
      return waitsFor satisfies never;
  }
}

function openWords(opens: EpochMs | undefined, at: BacklogView['at']): string {
  return opens === undefined ? 'when the market opens' : `after the open, ${soon(opens, at)}`;
}
