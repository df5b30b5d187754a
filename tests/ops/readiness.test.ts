import { describe, expect, it } from 'vitest';
import { parseSubject } from '#core/domain/alert.ts';
import type { Entry } from '#core/domain/entry.ts';
import { TradingError } from '#core/errors.ts';
import { type ActivityAges, createActivity, liveness } from '#ops/liveness.ts';
import { type HealthInputs, isHealthy, readiness } from '#ops/readiness.ts';
import { deskState } from '#sandbox/pace/desk.ts';
import {
  ACCOUNT_ENTRY,
  account,
  alert,
  baseline,
  book,
  NOW,
  noDecision,
  observation,
} from '#tests/support/desk.ts';
import { running } from '#tests/support/world.ts';

const INTERVAL_MS = 15_000;
const RUNNING: readonly Entry[] = [ACCOUNT_ENTRY, baseline()];

function ages(overrides: Partial<ActivityAges> = {}): ActivityAges {
  return {
    upMs: 3_600_000,
    intervalMs: INTERVAL_MS,
    ticks: 100,
    tickMs: 1_000,
    workMs: undefined,
    refreshMs: 5_000,
    answerMs: 5_000,
    renewMs: 1_000,
    renewProblem: undefined,
    ...overrides,
  };
}

function inputs(
  overrides: Partial<HealthInputs> = {},
  entries: readonly Entry[] = [],
): HealthInputs {
  return {
    book: book([...RUNNING, ...entries]),
    seen: observation(),
    doubt: undefined,
    comparedAt: NOW,
    discord: { connected: true, lagMs: 40, owed: 0, missing: [], problem: undefined },
    activity: ages(),
    ...overrides,
  };
}

/** What keeps it from trading, by name. */
function bad(state: HealthInputs): readonly string[] {
  return readiness(state)
    .reasons.filter(({ ok }) => !ok)
    .map(({ name }) => name);
}

const halt = (by: string): Entry => ({ kind: 'state', state: 'HALT', by, reason: 'the news' });
const seen = observation();

const FAULTS: readonly (readonly [string, string, HealthInputs])[] = [
  [
    'an error at every try',
    'errors',
    inputs({}, [
      { kind: 'alert', alert: alert({ subject: parseSubject('error Alpaca activities: 500') }) },
    ]),
  ],
  ['a task that never ends', 'tasks', inputs({ activity: ages({ workMs: 1_800_001 }) })],
  ['safe mode', 'safe mode', inputs({ seen: { ...seen, safeMode: '5 crashes' } })],
  ['books that were never compared', 'reconciled', inputs({ comparedAt: undefined })],
  [
    'books that differ',
    'books',
    inputs({}, [{ kind: 'alert', alert: alert({ subject: parseSubject('reconciliation') }) }]),
  ],
  [
    'a lease that cannot be renewed',
    'journal',
    inputs({ activity: ages({ renewProblem: 'disk full' }) }),
  ],
  ['a lease that was not renewed', 'journal', inputs({ activity: ages({ renewMs: 10_001 }) })],
  ['HALT', 'trading', inputs({}, [halt('ines')])],
  ['a pause', 'trading', inputs({}, [{ kind: 'pause', paused: true, by: 'ines', reason: 'x' }])],
  [
    'a blocked account',
    'account',
    inputs({ seen: { ...seen, account: account(1, { blocked: true }) } }),
  ],
  [
    'an account that may only sell',
    'account',
    inputs({ seen: { ...seen, account: account(1, { liquidationOnly: true }) } }),
  ],
  [
    'a broker that refuses',
    'broker',
    inputs({ seen: { ...seen, broker: { ...seen.broker, connected: false } } }),
  ],
  ['a broker that hangs', 'broker', inputs({ activity: ages({ answerMs: 2 * INTERVAL_MS + 1 }) })],
  [
    'a stream that is away',
    'stream',
    inputs({ seen: { ...seen, broker: { ...seen.broker, streaming: false } } }),
  ],
  [
    'a bar that is missing',
    'data',
    inputs({ seen: { ...seen, data: { ...seen.data, missing: noDecision() } } }),
  ],
  [
    'calendars that disagree',
    'calendar',
    inputs({}, [{ kind: 'alert', alert: alert({ subject: parseSubject('calendar') }) }]),
  ],
  [
    'clocks that disagree',
    'clocks',
    inputs({}, [{ kind: 'alert', alert: alert({ subject: parseSubject('clock') }) }]),
  ],
];

describe('readiness', () => {
  it('holds for a healthy Rotor, at noon and at night', () => {
    expect(readiness(inputs())).toMatchObject({ ready: true });
    const market = { at: NOW, open: false, nextOpen: NOW, nextClose: NOW };
    expect(bad(inputs({ seen: { ...seen, market } }))).toEqual([]);
    expect(bad(inputs({ seen: { ...seen, market: undefined } }))).toEqual([]);
  });

  it.each(FAULTS)('does not hold with %s', (_name, reason, state) => {
    expect(bad(state)).toContain(reason);
    expect(readiness(state).ready).toBe(false);
  });

  it('does not hold with an untrusted journal, which is not compared with the broker', () => {
    expect(bad(inputs({ doubt: 'the chain breaks' }))).toEqual(['reconciled', 'journal']);
  });

  it('holds without Discord, with the reason named', () => {
    const state = inputs({
      discord: { connected: false, lagMs: undefined, owed: 9, missing: [], problem: 'no answer' },
    });
    expect(readiness(state).ready).toBe(true);
    expect(bad(state)).toEqual(['Discord']);
  });

  it('turns red within two intervals of silence, and green with the next answer', () => {
    let now = 0;
    const activity = createActivity(() => now, INTERVAL_MS);
    const isReady = (): boolean => {
      activity.renewed();
      return readiness(inputs({ activity: activity.ages() })).ready;
    };
    activity.refreshed(true);
    for (now = 0; now <= 2 * INTERVAL_MS; now += 1_000) expect(isReady()).toBe(true);
    expect(isReady()).toBe(false);
    activity.refreshed(false);
    expect(isReady()).toBe(false);
    activity.refreshed(true);
    expect(isReady()).toBe(true);
  });
});

describe('the text of readiness', () => {
  it('tells the sandbox’s market that Rotor is working and how many messages are pending', () => {
    const discord = { connected: true, lagMs: 40, owed: 12, missing: [], problem: undefined };
    const state = readiness(inputs({ activity: ages({ workMs: 3_000 }), discord }));
    expect(deskState(state)).toEqual({ isWorking: true, undelivered: 12 });
  });
});

describe('an engine whose tasks fail while its refreshes succeed', () => {
  it.each([
    ['the broker', new TradingError('Alpaca activities: 500', 'retry')],
    ['Rotor itself', new TypeError('x is undefined')],
  ])('is not ready, and names what %s says, until it heals', async (_who, error) => {
    const made = await running();
    const state = () => inputs({ book: made.book(), seen: made.engine.observation() });
    expect(bad(state())).toEqual([]);
    made.answers.activities = () => Promise.reject(error);
    await made.minutes(60);
    expect(bad(state())).toEqual(['errors']);
    expect(isHealthy(state())).toBe(false);
    made.answers.activities = undefined;
    await made.minutes(60);
    expect(bad(state())).toEqual([]);
  });
});

describe('liveness', () => {
  it('counts a process as alive while its refreshes finish, whatever they find', () => {
    let now = 0;
    const activity = createActivity(() => now, INTERVAL_MS);
    for (let look = 0; look < 100; look++) {
      now += INTERVAL_MS;
      activity.refreshed(false);
      expect(liveness(activity.ages()).alive).toBe(true);
    }
    now += 90_001;
    activity.ticked();
    expect(liveness(activity.ages()).alive).toBe(false);
    activity.refreshed(false);
    expect(liveness(activity.ages()).alive).toBe(true);
  });

  it('counts a process as stuck when its work never finishes, though it refreshes and ticks', () => {
    let now = 0;
    const activity = createActivity(() => now, INTERVAL_MS);
    const isAlive = (): boolean => {
      activity.ticked();
      activity.atWork();
      activity.refreshed(true);
      return liveness(activity.ages()).alive;
    };
    for (now = 0; now <= 7_200_000; now += INTERVAL_MS) expect(isAlive()).toBe(true);
    expect(isAlive()).toBe(false);
    activity.workEnded();
    expect(isAlive()).toBe(true);
  });

  it('counts a starting process as alive while its start lasts', () => {
    let now = 0;
    const activity = createActivity(() => now, INTERVAL_MS);
    now = 9 * 60_000;
    expect(liveness(activity.ages()).alive).toBe(true);
    activity.ticked();
    now = 18 * 60_000;
    expect(liveness(activity.ages()).alive).toBe(true);
    now = 20 * 60_000;
    expect(liveness(activity.ages()).alive).toBe(false);
  });
});

describe('health', () => {
  it('includes a Rotor without a fault, even when a person has halted or paused it', () => {
    expect(isHealthy(inputs())).toBe(true);
    expect(isHealthy(inputs({}, [halt('ines')]))).toBe(true);
    expect(isHealthy(inputs({}, [{ kind: 'pause', paused: true, by: 'i', reason: 'x' }]))).toBe(
      true,
    );
  });

  it('excludes a Rotor that halted by itself', () => {
    expect(isHealthy(inputs({}, [halt('rotor')]))).toBe(false);
  });

  it('excludes a Rotor without Discord, or whose process hangs', () => {
    const discord = { connected: false, lagMs: 1, owed: 0, missing: [], problem: undefined };
    expect(isHealthy(inputs({ discord }))).toBe(false);
    expect(isHealthy(inputs({ activity: ages({ refreshMs: 90_001 }) }))).toBe(false);
  });

  it.each(FAULTS.filter(([, reason]) => reason !== 'trading'))(
    'excludes a Rotor with %s',
    (_n, _r, state) => {
      expect(isHealthy(state)).toBe(false);
    },
  );
});
