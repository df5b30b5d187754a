/** The circuit breaker between the library and the network, in time by hand. */
import { describe, expect, it } from 'vitest';
import { type Ask, createCircuitBreaker, DiscordBlocked } from '#bot/discord/circuit-breaker.ts';
import { epochMs } from '#core/domain/units.ts';
import { NOW } from '#tests/support/desk.ts';
import { silentLog } from '#tests/support/log.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const JSON_TYPE = { 'content-type': 'application/json' };
const HTML = { 'content-type': 'text/html; charset=UTF-8' };

type Answer = readonly [status: number, headers?: Readonly<Record<string, string>>];

/** A network that answers what `answer` says now. */
function network(first: Answer) {
  const time = { now: NOW as number };
  const wall = {
    now: () => epochMs(time.now),
    advance: (ms: number): void => {
      time.now += ms;
    },
  };
  const told: string[] = [];
  const state = { answer: first, asked: 0 };
  const ask = (async () => {
    state.asked += 1;
    const [status, headers = JSON_TYPE] = state.answer;
    return new Response(status === 204 ? null : '{}', { status, headers });
  }) as unknown as Ask;
  const onBlocked = (text: string): void => void told.push(text);
  const breaker = createCircuitBreaker({ wall, log: silentLog, onBlocked, ask });
  /** The status, or the sentence of what was not let through. */
  const get = async (): Promise<number | string> => {
    try {
      return (await breaker.request('https://discord.example', {})).status;
    } catch (error) {
      if (error instanceof DiscordBlocked) return error.message;
      throw error;
    }
  };
  /** Asks as often as anybody could for so long; the requests that left. */
  const storm = async (ms: number, everyMs: number): Promise<number> => {
    const before = state.asked;
    for (let passed = 0; passed < ms; passed += everyMs) {
      await get();
      wall.advance(everyMs);
    }
    return state.asked - before;
  };
  return { wall, told, state, breaker, get, storm };
}

describe('a ban of the whole address', () => {
  it.each([
    ['18 hours', HTML, '66271', '19 h'],
    ['half an hour', HTML, '1800', '30 min'],
    ['18 hours, told in JSON,', JSON_TYPE, '66271', '19 h'],
  ])(
    'of %s is asked about once in ten minutes and reported once',
    async (_name, type, after, words) => {
      const { told, state, breaker, get, storm } = network([
        429,
        { ...type, 'retry-after': after },
      ]);
      expect(await get()).toContain(words);
      expect(breaker.problem()).toContain('refuses every request');
      expect(await storm(60 * MINUTE_MS, SECOND_MS)).toBeLessThanOrEqual(6);
      expect(told).toEqual([expect.stringContaining('Messages wait')]);
      state.answer = [200];
      await storm(10 * MINUTE_MS, SECOND_MS);
      expect([breaker.problem(), await get()]).toEqual([undefined, 200]);
    },
  );

  it('that is shorter than ten minutes blocks for its duration only', async () => {
    const { wall, state, get } = network([429, { ...HTML, 'retry-after': '30' }]);
    await get();
    state.answer = [200];
    wall.advance(29 * SECOND_MS);
    expect(await get()).toContain('refuses');
    wall.advance(SECOND_MS);
    expect(await get()).toBe(200);
  });

  it('lets a single request check whether it is over, however many wait', async () => {
    const { wall, state, get } = network([429, { ...HTML, 'retry-after': '30' }]);
    await get();
    wall.advance(MINUTE_MS);
    await Promise.all(Array.from({ length: 20 }, get));
    expect(state.asked).toBe(2);
  });

  it('does not last longer when the clock is set back', async () => {
    const { wall, state, get } = network([429, { ...HTML, 'retry-after': '600' }]);
    await get();
    state.answer = [200];
    wall.advance(-10 * MINUTE_MS);
    expect(await get()).toBe(200);
  });
});

describe('rejected requests', () => {
  it.each([
    ['a 429 of something in between without a time', [429, HTML]],
    ['a 429 of Discord without a time', [429]],
    ['a 429 whose time is no number', [429, { ...JSON_TYPE, 'retry-after': 'soon' }]],
    ['a 403', [403]],
    ['a 401', [401]],
    ['a 429 that asks for half a second', [429, { ...JSON_TYPE, 'retry-after': '0.5' }]],
  ] as const)('stay few with %s, however fast requests are made', async (_name, answer) => {
    const { storm } = network(answer);
    expect(await storm(10 * SECOND_MS, 20)).toBeLessThanOrEqual(20);
    expect(await storm(30 * MINUTE_MS, 100)).toBeLessThan(1_600);
  });

  it('of Discord without a time block the next request at once, unlike in the library', async () => {
    const { state, get } = network([429]);
    expect([await get(), await get()]).toEqual(Array(2).fill(expect.stringContaining('how long')));
    expect(state.asked).toBe(1);
  });

  it('because of a shared limit do not count', async () => {
    const shared = { ...JSON_TYPE, 'retry-after': '1', 'x-ratelimit-scope': 'shared' };
    const { storm } = network([429, shared]);
    expect(await storm(10 * SECOND_MS, 100)).toBe(100);
    expect(await storm(10 * MINUTE_MS, 20)).toBeLessThan(2_100);
  });

  it('of one route do not block others, however long they last', async () => {
    const { get, breaker } = network([
      429,
      { ...JSON_TYPE, 'retry-after': '3600', 'x-ratelimit-scope': 'user' },
    ]);
    expect([await get(), breaker.problem()]).toEqual([429, undefined]);
  });

  it('are not answers: the silence continues to count', async () => {
    const { get, breaker, state, wall } = network([200]);
    await get();
    wall.advance(MINUTE_MS);
    state.answer = [429, { ...JSON_TYPE, 'retry-after': '2' }];
    await get();
    expect(breaker.silentMs()).toBe(MINUTE_MS);
  });

  it('from Discord itself reach the library unchanged', async () => {
    const { get, state, breaker } = network([403]);
    expect(await get()).toBe(403);
    state.answer = [429, { ...JSON_TYPE, 'retry-after': '2' }];
    expect([await get(), breaker.problem()]).toEqual([429, undefined]);
  });
});

describe('an answer from a proxy in front of Discord', () => {
  it.each([200, 302, 400, 401, 403, 404, 407, 451])(
    'with status %d is an outage',
    async (status) => {
      const { get } = network([status, HTML]);
      expect(await get()).toBe(`answered by something before Discord: ${status}`);
    },
  );

  it('lets the next request through after a second, as it may be about another message', async () => {
    const { wall, state, get } = network([400, HTML]);
    await get();
    state.answer = [200];
    wall.advance(SECOND_MS);
    expect(await get()).toBe(200);
  });

  it.each([
    ['a 403 page', [403, HTML]],
    ['a 429 page without a time', [429, HTML]],
    ['a page of a login', [200, HTML]],
  ] as const)(
    'that continues is reported outside Discord within a minute, once, with %s',
    async (_name, answer) => {
      const { told, storm } = network(answer);
      await storm(MINUTE_MS, SECOND_MS);
      expect(told).toHaveLength(1);
      await storm(60 * MINUTE_MS, SECOND_MS);
      expect(told).toHaveLength(1);
    },
  );

  it('is not assumed when Discord itself answers without content', async () => {
    expect(await network([204, {}]).get()).toBe(204);
  });

  it('is an outage even without a content type', async () => {
    expect(await network([400, {}]).get()).toContain('before Discord');
  });
});
