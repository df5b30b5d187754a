import { describe, expect, it } from 'vitest';
import { parseSubject } from '#core/domain/alert.ts';
import type { Entry } from '#core/domain/entry.ts';
import { epochMs, sessionDate } from '#core/domain/units.ts';
import { backlogView } from '#core/views/backlog.ts';
import { decided } from '#tests/support/deciding.ts';
import {
  alert,
  book,
  carriedOut,
  NOW,
  noDecision,
  observation,
  proposal,
} from '#tests/support/desk.ts';

const DISCORD = { connected: true, lagMs: 42, missing: [], owed: 0, problem: undefined };
const items = (
  entries: readonly Entry[] = [],
  seen = observation(),
  wallNow = NOW,
  discord: Partial<typeof DISCORD> & { problem?: undefined } = {},
) => backlogView(book(entries), seen, wallNow, { ...DISCORD, ...discord }).items;
const OWED = { nextRebalance: { session: sessionDate('2026-11-18'), owed: true } };
const LONG_AGO = sessionDate('2026-11-02');
const closed = { at: NOW, open: false, nextOpen: epochMs(NOW + 1), nextClose: epochMs(NOW + 2) };

describe('the backlog', () => {
  it('is empty when nothing is pending, and names the next rebalance', () => {
    expect(items()).toEqual([]);
    expect(backlogView(book(), observation(), NOW, DISCORD).next).toBe('2026-12-01');
  });

  it('says how late an overdue rebalance is, and that it runs automatically', () => {
    expect(items([], observation(OWED))).toEqual([
      { kind: 'owed', session: '2026-11-18', lateSessions: 3, waitsFor: { kind: 'nothing' } },
    ]);
  });

  it.each<readonly [string, readonly Entry[], object, object]>([
    [
      'a pause',
      [{ kind: 'pause', paused: true, by: 'ines', reason: 'x' }],
      {},
      { kind: 'resume', state: 'paused', by: 'ines' },
    ],
    [
      'a halt',
      [{ kind: 'state', state: 'HALT', by: 'omar', reason: 'x' }],
      {},
      { kind: 'resume', state: 'HALT', by: 'omar' },
    ],
    [
      'a halt of Rotor’s own, and for an approval then',
      [{ kind: 'state', state: 'HALT', by: 'rotor', reason: 'x' }],
      {},
      { kind: 'resume', state: 'HALT', by: 'rotor', thenAsks: true },
    ],
    [
      'a person',
      [],
      { nextRebalance: { session: OWED.nextRebalance.session, owed: false, missed: LONG_AGO } },
      { kind: 'person', why: 'missed' },
    ],
    [
      'a person, also while paused',
      [{ kind: 'pause', paused: true, by: 'ines', reason: 'x' }],
      {
        nextRebalance: { ...OWED.nextRebalance, owed: false, missed: LONG_AGO, missedBy: 'halted' },
      },
      { kind: 'person', why: 'halted' },
    ],
    [
      'an answer to its plan',
      [],
      { nextRebalance: { ...OWED.nextRebalance, owed: false, waits: 'approval' } },
      { kind: 'person', why: 'approval' },
    ],
    [
      'a reader of the evidence',
      [],
      { nextRebalance: { ...OWED.nextRebalance, waits: 'evidence' } },
      { kind: 'person', why: 'evidence' },
    ],
    [
      'a price, in the first half hour too',
      [],
      { data: { ...observation().data, undecided: noDecision('XLK has no price') } },
      { kind: 'data', reason: 'XLK has no price' },
    ],
    [
      'the market, whose old prices are no news',
      [],
      { market: closed, data: { ...observation().data, undecided: noDecision('XLK is old') } },
      { kind: 'market', opens: closed.nextOpen },
    ],
    [
      'the broker',
      [],
      { broker: { ...observation().broker, connected: false, problem: 'no answer' } },
      { kind: 'broker' },
    ],
    ['the trading window', [], { ordersFrom: epochMs(NOW + 60_000) }, { kind: 'window' }],
    [
      'data',
      [],
      { data: { ...observation().data, missing: noDecision('XLK: none') } },
      { kind: 'data', reason: 'XLK: none' },
    ],
    ['the market', [], { market: closed }, { kind: 'market', opens: closed.nextOpen }],
  ])('says that an owed rebalance waits for %s', (_name, entries, change, waitsFor) => {
    const [item] = items(entries, observation({ ...OWED, ...change }));
    expect(item).toMatchObject({ kind: 'owed', waitsFor });
  });

  it('names no next rebalance where none starts automatically, or the one that waits is meant', () => {
    const session = sessionDate('2026-11-23');
    const next = (change: object) => {
      const nextRebalance = { session, owed: false, ...change };
      return backlogView(book(), observation({ nextRebalance }), NOW, DISCORD).next;
    };
    expect(next({})).toBe(session);
    expect(next({ missed: LONG_AGO })).toBe(session);
    expect(next({ missed: session })).toBeUndefined();
    expect(next({ waits: 'approval' })).toBeUndefined();
    expect(next({ waits: 'off' })).toBeUndefined();
    expect(next({ waits: 'money' })).toBeUndefined();
    expect(next({ waits: 'announcement' })).toBe(session);
  });

  it('counts the orders of a running rebalance, and lists the open ones', () => {
    const decision = decided();
    const unfinished = carriedOut(decision).slice(0, -1);
    const [running, ...rest] = items(unfinished.slice(0, -2));
    const count = decision.plan.orders.length;
    expect(running).toMatchObject({
      kind: 'running',
      id: decision.id,
      orders: count,
      done: count - 1,
    });
    expect(rest.map(({ kind }) => kind)).toEqual(['order']);
    expect(items(carriedOut(decision))).toEqual([]);
  });

  it('says which limits hold back a running rebalance, while orders may be sent', () => {
    const held: Entry = {
      kind: 'alert',
      alert: alert({ subject: parseSubject('limit MAX_ORDERS_PER_DAY') }),
    };
    const begun = [...carriedOut(decided()).slice(0, -3), held];
    const waitsFor = (seen = observation()) => items(begun, seen)[0];
    expect(waitsFor()).toMatchObject({
      kind: 'running',
      waitsFor: { kind: 'limits', limits: ['MAX_ORDERS_PER_DAY'] },
    });
    expect(waitsFor(observation({ market: closed }))).toMatchObject({
      waitsFor: { kind: 'market' },
    });
  });

  it('lists open alerts and who has seen them, the most severe first, without information', () => {
    const raise = (subject: string, severity: 'info' | 'warning' | 'critical'): Entry => ({
      kind: 'alert',
      alert: alert({ subject: parseSubject(subject), severity, title: subject }),
    });
    const entries = [
      raise('a', 'info'),
      raise('b', 'warning'),
      raise('c', 'critical'),
      raise('d', 'critical'),
    ];
    const found = items([
      ...entries,
      { kind: 'acknowledged', subject: parseSubject('c'), by: 'ines' },
    ]);
    expect(found).toMatchObject([
      { title: 'c', seenBy: 'ines' },
      { title: 'd', seenBy: undefined },
      { title: 'b', seenBy: undefined },
    ]);
  });

  it('lists a plan until it is answered or expires in real time', () => {
    const made: Entry = { kind: 'proposal', proposal: proposal() };
    expect(items([made])).toMatchObject([{ kind: 'plan', id: 'p1', approvals: 0, approvers: 1 }]);
    expect(items([made], observation(), epochMs(NOW + 600_000))).toEqual([]);
    expect(
      items([made, { kind: 'answer', proposalId: 'p1', answer: 'rejected', by: 'x' }]),
    ).toEqual([]);
  });

  it('lists no plan that risk has refused: nobody can approve it', () => {
    const verdict = { kind: 'refused', weights: new Map(), breaches: [], reason: 'x' } as const;
    const decision = { ...decided(), verdict };
    expect(items([{ kind: 'proposal', proposal: proposal(decision) }])).toEqual([]);
  });

  it('counts messages not delivered yet', () => {
    expect(items([], observation(), NOW, { owed: 3 })).toEqual([
      { kind: 'messages', owed: 3, problem: undefined },
    ]);
  });
});
