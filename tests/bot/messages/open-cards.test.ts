/** Every card with buttons, brought to each way in which it can be over, without anybody pressing it. */
import { describe, expect, it } from 'vitest';
import { createIncidents } from '#bot/alerts/incidents.ts';
import { CARD_KINDS, cardPost } from '#bot/messages/cards.ts';
import { createMessageStore } from '#bot/messages/message-store.ts';
import { noteCard, openCards } from '#bot/messages/open-cards.ts';
import { refreshOpenCards } from '#bot/messages/refresh-cards.ts';
import type { Post } from '#bot/post.ts';
import { parseSubject } from '#core/domain/alert.ts';
import type { Decision } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { Observation } from '#core/domain/observation.ts';
import { cents, dollars, epochMs, sessionDate } from '#core/domain/units.ts';
import { handChannel } from '#tests/support/channel.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decided } from '#tests/support/deciding.ts';
import {
  alert,
  baseline,
  carriedOut,
  memoryPosts,
  NOW,
  observation,
  proposal,
} from '#tests/support/desk.ts';
import { SAMPLES } from '#tests/support/entries.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { silentLog } from '#tests/support/log.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A way in which a card comes to read otherwise, and the labels that are left on it. */
interface Ending {
  readonly name: string;
  readonly entries?: readonly Entry[];
  readonly waitMs?: number;
  readonly seen?: Partial<Observation>;
  readonly left: readonly string[];
}

interface Card {
  readonly name: string;
  readonly subject: string;
  readonly made: readonly Entry[];
  readonly seen?: Partial<Observation>;
  readonly buttons: readonly string[];
  readonly endings: readonly Ending[];
}

const PLAN: Decision = decided({ id: 'p1' });
const halt: Entry = { kind: 'state', state: 'HALT', by: 'ines', reason: 'the news' };
const pause: Entry = { kind: 'pause', paused: true, by: 'ines', reason: 'lunch' };
const HALTED: Ending = { name: 'HALT', entries: [halt], left: ['Reject'] };

const answered = (answer: 'approved' | 'rejected' | 'expired' | 'replaced'): Entry => ({
  kind: 'answer',
  proposalId: 'p1',
  answer,
  by: 'tom',
});

const PLAN_ENDINGS: readonly Ending[] = [
  { name: 'its ten minutes are over', waitMs: 10 * MINUTE_MS, left: [] },
  { name: 'another day', waitMs: DAY_MS, entries: [answered('expired')], left: [] },
  { name: 'approved elsewhere', entries: [answered('approved')], left: [] },
  { name: 'rejected elsewhere', entries: [answered('rejected')], left: [] },
  { name: 'replaced', entries: [answered('replaced')], left: [] },
  { name: 'another rebalance ran', entries: carriedOut(decided({ id: 'm1' })), left: [] },
  HALTED,
];

const ANNOUNCED_ID = 'monthly-2026-12';
const { session } = SAMPLES.announced;
const chosen = (choice: 'run' | 'delay' | 'skip'): Entry => ({
  ...{ kind: 'schedule-change', id: ANNOUNCED_ID, session, choice, by: 'tom' },
  ...(choice === 'delay' && { until: sessionDate('2026-12-02') }),
});
const FLATTEN: Decision = decided({ id: 'flatten-1', cause: 'manual' });
const DEPOSIT: Entry = {
  kind: 'activity',
  activity: {
    ...SAMPLES.activity.activity,
    ...{ ticker: undefined, id: 'd1', kind: 'deposit', cash: cents(500_000) },
  },
};
const ROLE: Entry = {
  kind: 'role-proposed',
  proposal: { ...SAMPLES['role-proposed'].proposal, expiresAt: epochMs(NOW + 10 * MINUTE_MS) },
};
const { kind: _kind, ...roleSaid } = SAMPLES['role-answered'];

function alertCard(subject: string, own: readonly string[]): Card {
  const about = parseSubject(subject);
  const ack: Entry = { kind: 'acknowledged', subject: about, by: 'tom' };
  return {
    name: `alert of ${subject}`,
    subject: `alert:${subject}#2`,
    made: [{ kind: 'alert', alert: alert({ subject: about, severity: 'critical' }) }],
    buttons: [...own, 'Acknowledge'],
    endings: [
      { name: 'acknowledged', entries: [ack], left: own },
      { name: 'solved', entries: [{ kind: 'resolved', subject: about, text: 'ok' }], left: [] },
      {
        name: 'lapsed',
        entries: [{ kind: 'resolved', subject: about, text: 'over', lapsed: true }],
        left: [],
      },
    ],
  };
}

const CARDS: readonly Card[] = [
  {
    name: 'plan',
    subject: 'proposal:p1',
    made: [{ kind: 'proposal', proposal: proposal(PLAN) }],
    buttons: ['Approve', 'Reject'],
    endings: PLAN_ENDINGS,
  },
  {
    name: 'plan that raises cash',
    subject: 'proposal:p1',
    made: [{ kind: 'proposal', proposal: proposal(PLAN, { raise: { amount: dollars(5_000) } }) }],
    buttons: ['Approve', 'Reject'],
    endings: PLAN_ENDINGS,
  },
  {
    name: 'announcement',
    subject: `rebalance:${ANNOUNCED_ID}`,
    made: [SAMPLES.announced],
    buttons: ['Run at the open', 'Delay a day', 'Skip this one', 'Why?'],
    endings: [
      {
        name: 'confirmed',
        entries: [chosen('run')],
        left: ['Delay a day', 'Skip this one', 'Why?'],
      },
      { name: 'delayed', entries: [chosen('delay')], left: [] },
      { name: 'skipped', entries: [chosen('skip')], left: [] },
      { name: 'its session ended', entries: [SAMPLES['announcement-over']], left: [] },
      { name: 'it began', entries: carriedOut(decided({ id: ANNOUNCED_ID })), left: [] },
      { name: 'HALT', entries: [halt], left: ['Delay a day', 'Skip this one', 'Why?'] },
      { name: 'pause', entries: [pause], left: ['Delay a day', 'Skip this one', 'Why?'] },
    ],
  },
  {
    name: 'flatten',
    subject: 'rebalance:flatten-1',
    made: [{ kind: 'decision', decision: FLATTEN }],
    seen: { ordersFrom: epochMs(NOW + MINUTE_MS) },
    buttons: ['Undo'],
    endings: [
      { name: 'the window opened', waitMs: MINUTE_MS, seen: { ordersFrom: undefined }, left: [] },
      { name: 'its orders left', entries: carriedOut(FLATTEN).slice(1), left: [] },
      {
        name: 'undone elsewhere',
        entries: [
          {
            kind: 'finished',
            decisionId: 'flatten-1',
            result: { kind: 'partial', left: [] },
          },
        ],
        left: [],
      },
    ],
  },
  {
    name: 'deposit',
    subject: 'line:2',
    made: [DEPOSIT],
    buttons: ['Invest now', 'At the next rebalance'],
    endings: [
      {
        name: 'answered elsewhere',
        entries: [{ kind: 'deposit-choice', activityId: 'd1', choice: 'later', by: 'tom' }],
        left: [],
      },
      { name: 'a rebalance ran', entries: carriedOut(decided({ id: 'm1' })), left: [] },
    ],
  },
  {
    name: 'raised cash',
    subject: 'raised:7:1',
    made: [SAMPLES['cash-raised']],
    buttons: ['Release'],
    endings: [
      { name: 'released elsewhere', entries: [SAMPLES['cash-released']], left: [] },
      {
        name: 'withdrawn',
        entries: [
          {
            kind: 'activity',
            activity: {
              ...SAMPLES.activity.activity,
              ...{ ticker: undefined, id: 'w1', kind: 'withdrawal', cash: dollars(-20_000) },
            },
          },
        ],
        left: [],
      },
    ],
  },
  {
    name: 'change of a model',
    subject: 'role:role-2026-11-10-1',
    made: [ROLE],
    buttons: ['Approve', 'Reject'],
    endings: [
      { name: 'its ten minutes are over', waitMs: 10 * MINUTE_MS, left: [] },
      { name: 'approved elsewhere', entries: [SAMPLES['role-answered']], left: [] },
      {
        name: 'rejected elsewhere',
        entries: [{ kind: 'role-answered', ...roleSaid, answer: 'rejected' }],
        left: [],
      },
    ],
  },
  alertCard('broker', []),
  alertCard('external f2', ['Adopt', 'Ignore']),
  alertCard('reconciliation', ['Adopt']),
  alertCard('stuck o1', ['Set aside']),
];

/** Labels of the buttons that can be pressed. */
const labelsOf = ({ components = [] }: Pick<Post, 'components'>): readonly string[] =>
  components.flatMap((row) =>
    row.components.flatMap((each) => ('label' in each && each.label ? [each.label] : [])),
  );

/** A card that somebody got as an answer a moment ago; everything else is memory of the process. */
function house(card: Card) {
  const clock = leapingClock(NOW);
  const journal = memoryJournal(clock);
  journal.append(baseline(), ...card.made);
  let seen = observation(card.seen);
  const [channel, posts] = [handChannel(), memoryPosts()];
  const started = () => {
    const incidents = createIncidents();
    const store = { channel, posts, draw: async () => Uint8Array.of(1), log: silentLog };
    const messageStore = createMessageStore({ ...store, journalCreatedAt: () => 'b' });
    const engine = { book: () => journal.book(), observation: () => seen };
    const parts = { engine, incidents, wall: clock, alertRoleId: undefined };
    const cardOf = (subject: string) => {
      for (const recorded of journal.since(incidents.seen(), 1_000)) incidents.take(recorded);
      return cardPost(parts, subject);
    };
    return { cardOf, refresh: () => refreshOpenCards({ posts, messageStore, cardOf }) };
  };
  const first = started();
  return {
    ...{ channel, posts, journal, started },
    refresh: first.refresh,
    async show(): Promise<void> {
      const post = first.cardOf(card.subject);
      if (!post) throw new Error(`nothing is known of ${card.subject}`);
      const message = { content: '', file: undefined, documents: [], mention: undefined };
      const shown = { ...message, embeds: post.embeds, components: post.components ?? [] };
      const messageId = await channel.send(shown, 'n1');
      noteCard(posts, card.subject, { post, messageId, channelId: channel.id });
    },
    reach({ entries = [], waitMs = 0, seen: now = {} }: Ending): void {
      clock.set(epochMs(clock.now() + waitMs));
      journal.append(...entries);
      seen = observation({ ...card.seen, ...now });
    },
    labels: () => channel.in(channel.id).map(labelsOf),
  };
}

describe('a card with buttons', () => {
  for (const card of CARDS) {
    for (const ending of card.endings) {
      for (const how of ['at once', 'after a restart'] as const) {
        it(`${card.name}, ${ending.name}, ${how}: has [${ending.left.join(', ')}] without a press`, async () => {
          const desk = house(card);
          await desk.show();
          await desk.refresh();
          expect(desk.labels()).toEqual([card.buttons]);
          desk.reach(ending);
          const { refresh } = how === 'at once' ? desk : desk.started();
          await refresh();
          expect(desk.labels()).toEqual([ending.left]);
          expect(openCards(desk.posts)).toEqual(ending.left.length > 0 ? [card.subject] : []);
          const before = desk.channel.calls.length;
          await refresh();
          expect(desk.channel.calls.length).toBe(before);
        });
      }
    }
  }

  it('has a kind covered by this test', () => {
    const tried = new Set(CARDS.map(({ subject }) => subject.split(':')[0]));
    expect([...tried].sort()).toEqual([...CARD_KINDS].sort());
  });

  it('does not block others when it fails', async () => {
    const [plan] = CARDS;
    if (!plan) throw new Error('there is no plan');
    const desk = house(plan);
    await desk.show();
    const other = { messageId: '99', channelId: 'c1', post: { embeds: [] } };
    desk.journal.append(SAMPLES['cash-raised']);
    noteCard(desk.posts, 'raised:7:1', {
      ...other,
      post: { embeds: [], components: [{ type: 1, components: [] }] },
    });
    desk.journal.append(answered('rejected'));
    desk.channel.failures.push(new Error('Discord does not answer'));
    await expect(desk.refresh()).rejects.toThrow('Discord does not answer');
    await desk.refresh();
    expect(desk.labels()[0]).toEqual([]);
  });

  it('that became another card is not restored', async () => {
    const [plan] = CARDS;
    if (!plan) throw new Error('there is no plan');
    const desk = house(plan);
    await desk.show();
    const { messageId = '' } = desk.posts.find('proposal:p1') ?? {};
    const second = proposal(PLAN, { id: 'p2' });
    desk.journal.append(answered('replaced'), { kind: 'proposal', proposal: second });
    const components = [{ type: 1, components: [] }] as const;
    const post: Post = { embeds: [], components: [{ ...components[0], components: [] }] };
    noteCard(desk.posts, 'proposal:p2', { post, messageId, channelId: 'c1' });
    const before = desk.channel.calls.length;
    await desk.refresh();
    // One edit, to what the second plan says; none to the answer of the first.
    expect(desk.channel.calls.slice(before)).toEqual([`edit ${messageId}`]);
    expect(desk.labels()).toEqual([plan.buttons]);
    expect(openCards(desk.posts)).toEqual(['proposal:p2']);
  });
});
