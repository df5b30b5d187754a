import { describe, expect, it } from 'vitest';
import { headerKey, headerPost, offlinePost } from '#bot/posts/header.ts';
import type { Entry } from '#core/domain/entry.ts';
import { dollars, epochMs, sessionDate, ticker } from '#core/domain/units.ts';
import { headerView } from '#core/views/header.ts';
import type { DiscordSeen } from '#core/views/status.ts';
import { MODELS } from '#models/list.ts';
import { decided } from '#tests/support/deciding.ts';
import {
  account,
  alert,
  baseline,
  book,
  carriedOut,
  NOW,
  noDecision,
  observation,
} from '#tests/support/desk.ts';

const DISCORD: DiscordSeen = {
  connected: true,
  lagMs: 42,
  missing: [],
  owed: 0,
  problem: undefined,
};

function view(
  entries: readonly Entry[] = [],
  seen = observation(),
  discord: Partial<DiscordSeen> = {},
) {
  return headerView(book(entries), seen, MODELS, { ...DISCORD, ...discord });
}
const fieldOf = (post: ReturnType<typeof headerPost>, name: string): string =>
  post.embeds[0]?.fields?.find((field) => field.name === name)?.value ?? '';

const PAUSE: Entry = { kind: 'pause', paused: true, by: 'ines', reason: 'holiday' };
const CLOSED = { at: NOW, open: false, nextOpen: epochMs(NOW + 1), nextClose: epochMs(NOW + 2) };

describe('the next rebalance', () => {
  const session = sessionDate('2026-11-23');
  const said = (entries: readonly Entry[], seen: Parameters<typeof observation>[0]) =>
    fieldOf(headerPost(view(entries, observation(seen))), 'Next rebalance')
      .split('\n')
      .slice(0, 3);

  it.each([
    ['now', [], {}, 'due now'],
    ['after a pause', [PAUSE], {}, 'waits for /resume (approver)'],
    ['in the morning', [], { market: CLOSED }, 'waits for the market'],
    ['at 09:35', [], { ordersFrom: NOW }, `<t:${NOW / 1000}:R>`],
    [
      'with its prices',
      [],
      { data: { ...observation().data, undecided: noDecision() } },
      'waits for data',
    ],
    [
      'after the evidence',
      [],
      { nextRebalance: { session, owed: true, waits: 'evidence' } },
      'waits until an approver has read /evidence',
    ],
  ] as const)('that is overdue comes %s', (_when, entries, change, words) => {
    const seen = { nextRebalance: { session, owed: true }, ...change };
    expect(said(entries, seen)).toEqual(['overdue (2026-11-23)', words]);
  });

  it.each([
    ['off', {}, ['none automatically; /rebalance (operator; an approver approves) makes a plan']],
    ['money', {}, ['with the first deposit']],
    ['approval', {}, ['Mon 2026-11-23', '**its plan waits for an approver**']],
    [
      undefined,
      { missed: session },
      ['**2026-11-23 waits for an approver**: /rebalance (operator; an approver approves)'],
    ],
  ] as const)('has no time where none starts automatically (%s)', (waits, change, words) => {
    expect(said([], { nextRebalance: { session, owed: false, waits, ...change } })).toEqual(words);
  });

  it('is shown next to the missed one', () => {
    const missed = sessionDate('2026-11-02');
    const nextRebalance = { session: sessionDate('2026-12-01'), owed: false, missed };
    expect(said([], { nextRebalance })).toEqual([
      'Tue 2026-12-01',
      `<t:${Date.parse('2026-12-01T14:35:00Z') / 1000}:R>`,
      '**2026-11-02 waits for an approver**: /rebalance (operator; an approver approves)',
    ]);
  });
});

it('names the day by which kept cash is needed, and says where that is only a part of it', () => {
  const raised = (id: string, neededBy?: string): Entry => ({
    ...{ kind: 'cash-raised', id, amount: dollars(5_000), by: 'ann' },
    ...(neededBy !== undefined && { neededBy: sessionDate(neededBy) }),
  });
  const kept = (...entries: readonly Entry[]) =>
    fieldOf(headerPost(view(entries)), 'Cash').split('**kept** ')[1];
  expect(kept(raised('a'))).toBe('$5,000.00');
  expect(kept(raised('a', '2026-12-01'))).toBe('$5,000.00 for 2026-12-01');
  expect(kept(raised('a', '2026-12-01'), raised('b'))).toBe(
    '$10,000.00, first needed by 2026-12-01',
  );
});

describe('the day’s gain', () => {
  it.each([
    ['2026-11-23T14:29:00Z', 'last session'],
    ['2026-11-23T14:30:00Z', 'today'],
    ['2026-11-24T02:00:00Z', 'today'],
    ['2026-11-22T17:00:00Z', 'last session'],
  ])('at %s is that of the %s', (at, word) => {
    const post = headerPost(view([], observation({ at: epochMs(Date.parse(at)) })));
    expect(fieldOf(post, 'Equity').split('\n')[1]).toBe(`${word} unknown`);
  });
});

describe('the header', () => {
  it('has the most important facts in one line', () => {
    const closes = Date.parse('2026-11-23T21:00:00Z') / 1000;
    expect(headerPost(view()).content).toBe(
      'ROTOR | Account: PA3XXXXXXXXX | SANDBOX | HEALTHY | ' +
        `Market: ● OPEN closes <t:${closes}:R> | Alpaca: ● | Discord: 42 ms | bull | ` +
        'bars to 2026-11-20 (up to date) | v0.1.0',
    );
  });

  it('shows the age of the oldest ticker’s bars, and its name', () => {
    const { data } = observation();
    const word = (found: Readonly<Record<string, string>>, asOf: string) => {
      const missing = {
        ...noDecision(),
        found: new Map(Object.entries(found).map(([name, what]) => [ticker(name), what])),
      };
      const seen = observation({ data: { ...data, asOf: sessionDate(asOf), missing } });
      const post = headerPost(view([], seen));
      expect(post.content).toContain('| DEGRADED |');
      return post.content?.split(' | ').find((part) => part.startsWith('bars'));
    };
    expect(word({ SPY: '2026-11-19' }, '2026-11-19')).toBe(
      'bars to 2026-11-19 (1 session old: SPY)',
    );
    expect(word({ XLK: '2026-11-19', XLF: '2026-11-18', XLE: '2026-11-18' }, '2026-11-18')).toBe(
      'bars to 2026-11-18 (2 sessions old: XLF and 1 more)',
    );
    expect(word({ XLE: 'jump on 2026-11-18' }, '2026-11-20')).toBe(
      'bars to 2026-11-20 (XLE: jump on 2026-11-18)',
    );
  });

  it('calls bars old only once newer ones are available, 16 minutes after the close', () => {
    const seenAt = (time: string) =>
      headerPost(view([], observation({ at: epochMs(Date.parse(`2026-11-23T${time}Z`)) }))).content;
    expect(seenAt('21:15:59')).toContain('bars to 2026-11-20 (up to date)');
    expect(seenAt('21:16:00')).toContain('bars to 2026-11-20 (1 session old)');
  });

  it('counts the tickers while their bars are fetched, which is not a problem', () => {
    const { data } = observation();
    const fetching = { ...data, asOf: undefined, progress: { done: 7, of: 13 } };
    const post = headerPost(view([], observation({ data: fetching })));
    expect(post.content).toContain('| HEALTHY |');
    expect(post.content).toContain(' | bars 7/13 | ');
  });

  it('says first why the data is incomplete', () => {
    const { data } = observation();
    const missing = noDecision();
    const problem = 'bars: Alpaca gave status 403: not included';
    const seen = observation({ data: { ...data, missing, problem } });
    const texts = view([], seen).reasons.map(({ text }) => text);
    expect(texts.indexOf(problem)).toBeGreaterThanOrEqual(0);
    expect(texts.indexOf(problem)).toBeLessThan(texts.indexOf(missing.reason));
  });

  it('says when a closed market opens', () => {
    const { market } = observation();
    const night = observation({ market: market && { ...market, open: false } });
    const opens = Date.parse('2026-11-24T14:30:00Z') / 1000;
    expect(headerPost(view([], night)).content).toContain(`○ CLOSED opens <t:${opens}:R>`);
  });

  it('shows each model with its share, its last and its next rebalance', () => {
    const post = headerPost(view([baseline(), ...carriedOut(decided())]));
    const models = fieldOf(post, 'Models').split('\n');
    expect(models).toHaveLength(6);
    expect(models[0]).toBe('**SectorRotationModel_v1** ● active');
    expect(models[1]).toBe('-# share 75%, last 2026-11-23, next 2026-12-01');
    expect(models[4]).toContain('○ inactive');
    expect(models[5]).toContain('last none yet');
  });

  it('says who set the trading state and who paused, and why', () => {
    const post = headerPost(
      view([
        { kind: 'state', state: 'REDUCE', by: 'ines', reason: 'the news' },
        { kind: 'pause', paused: true, by: 'omar', reason: 'lunch' },
      ]),
    );
    expect(fieldOf(post, 'Trading')).toContain('**REDUCE** by ines: the news');
    expect(fieldOf(post, 'Trading')).toContain('**Paused** by omar: lunch');
  });

  it('lists the open problems, and says so if there are none', () => {
    expect(headerPost(view()).embeds[0]?.description).toBe('No open problems.');
    const troubled = headerPost(view([{ kind: 'alert', alert: alert() }]));
    expect(troubled.embeds[0]?.description).toContain('broker away');
  });

  it('says if commands do not arrive', () => {
    const deaf = headerPost(view([], observation(), { connected: false }));
    expect(deaf.content).toContain('| DEGRADED |');
    expect(deaf.content).toContain('| Discord: ○ DOWN |');
  });

  it('says offline instead of its status when Rotor is stopped', () => {
    expect(offlinePost(view(), 'deploy').content).toContain('| SANDBOX | OFFLINE |');
  });
});

describe('a change of the header', () => {
  const key = (...given: Parameters<typeof view>) => headerKey(view(...given));

  it('is not caused by the latency or the passing of time', () => {
    expect(key([], observation(), { lagMs: 57 })).toBe(key());
    const seen = observation();
    const broker = { ...seen.broker, lastAnswer: epochMs(NOW + 90_000) };
    expect(key([], observation({ at: epochMs(NOW + 97_000), broker }))).toBe(key());
    expect(headerKey({ ...view(), at: epochMs(NOW + 59_000) })).toBe(key());
  });

  it('is not caused by the number of pending messages or a small change of latency', () => {
    expect(key([], observation(), { owed: 300 })).toBe(key([], observation(), { owed: 301 }));
    expect(key([], observation(), { lagMs: 3_001 })).toBe(key([], observation(), { lagMs: 3_002 }));
  });

  it('is caused by money, a status or a latency of another magnitude', () => {
    expect(key([], observation({ account: account(100_001) }))).not.toBe(key());
    expect(key([{ kind: 'alert', alert: alert() }])).not.toBe(key());
    expect(key([], observation(), { lagMs: 420 })).not.toBe(key());
    expect(key([], observation(), { lagMs: undefined })).not.toBe(key());
    expect(key([], observation(), { connected: false })).not.toBe(key());
  });
});
