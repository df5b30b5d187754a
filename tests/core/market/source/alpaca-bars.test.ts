import { Alpaca } from '@alpacahq/alpaca-trade-api';
import { describe, expect, it } from 'vitest';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { epochMs } from '#core/domain/units.ts';
import { createAlpacaBars } from '#core/market/source/alpaca-bars.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { day, XLF, XLK } from '../histories.ts';

type Answer = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

const RECENT = {
  status: 403,
  body: { message: 'subscription does not permit querying recent SIP data' },
};

/** The real SDK, its requests answered here; `asked` keeps what it sent. */
function source(time: string, ...answers: readonly (Answer | Error)[]) {
  const asked: URLSearchParams[] = [];
  const said: string[] = [];
  const left = [...answers];
  const alpaca = new Alpaca({
    keyId: 'PK',
    secret: 'secret',
    retry: false,
    fetchApi: async (url) => {
      asked.push(new URL(String(url)).searchParams);
      const answer = left.shift() ?? { status: 500, body: {} };
      if (answer instanceof Error) throw answer;
      return new Response(JSON.stringify(answer.body), {
        status: answer.status,
        headers: { 'content-type': 'application/json', ...answer.headers },
      });
    },
  });
  const [date = '', minute = ''] = time.split(' ');
  const [hours = 0, minutes = 0] = minute.split(':').map(Number);
  const clock = leapingClock(newYorkInstant(day(date), hours * 60 + minutes));
  const say = (text: string): void => void said.push(text);
  const pause = leapingClock(epochMs(0));
  const stop = new AbortController();
  const parts = { alpaca, clock, pause, signal: stop.signal, log: { info: say, warn: say } };
  return { asked, said, clock, pause, stop, fetcher: createAlpacaBars(parts) };
}

function page(bars: Record<string, readonly string[]>, next: string | null = null): Answer {
  const rows = Object.entries(bars).map(([symbol, stamps]) => [symbol, stamps.map(row)]);
  return { status: 200, body: { bars: Object.fromEntries(rows), next_page_token: next } };
}

function row(stamp: string) {
  return { t: stamp, o: 10, h: 11, l: 9, c: 10.5, v: 1000, n: 5, vw: 10.2 };
}

const FROM = day('2024-03-07');
const FRIDAY = day('2024-03-08');

describe('bars from Alpaca', () => {
  it('are requested as adjusted daily bars of the consolidated tape, ten thousand points a page', async () => {
    const { asked, fetcher } = source('2024-03-11 09:35', page({}));
    await fetcher.fetch([XLK, XLF], FROM, FRIDAY);
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      symbols: 'XLK,XLF',
      timeframe: '1Day',
      adjustment: 'all',
      feed: 'sip',
      limit: '10000',
      start: '2024-03-07T05:00:00.000Z',
    });
  });

  it('are dated by midnight in New York, in winter and in summer', async () => {
    const { fetcher } = source(
      '2024-03-18 09:35',
      page({ XLK: ['2024-03-08T05:00:00Z', '2024-03-11T04:00:00Z'] }),
      page({}),
    );
    const found = await fetcher.fetch([XLK, XLF], day('2024-03-08'), day('2024-03-11'));
    expect(found.get(XLK)?.map(({ date }) => date)).toEqual(['2024-03-08', '2024-03-11']);
    expect(found.get(XLK)?.[0]).toEqual({
      date: '2024-03-08',
      open: 10,
      high: 11,
      low: 9,
      close: 10.5,
      volume: 1000,
    });
    expect(found.has(XLF)).toBe(false);
  });

  it('end with the last requested session, and later bars are dropped', async () => {
    const { asked, fetcher } = source(
      '2024-03-11 12:00',
      page({ XLK: ['2024-03-08T05:00:00Z', '2024-03-11T04:00:00Z'] }),
    );
    const found = await fetcher.fetch([XLK], FROM, FRIDAY);
    expect(asked[0]?.get('end')).toBe('2024-03-08T21:00:00.000Z');
    expect(found.get(XLK)?.map(({ date }) => date)).toEqual(['2024-03-08']);
  });

  it('are requested up to a close that is sixteen minutes old by our clock and the broker’s', async () => {
    const ahead = source('2024-03-08 16:45', page({}));
    await ahead.fetcher.fetch([XLK], FROM, day('2024-03-07'));
    expect(ahead.asked[0]?.get('end')).toBe('2024-03-07T21:00:00.000Z');
    const { asked, fetcher } = source('2024-03-08 16:16', page({}));
    await fetcher.fetch([XLK], FROM, FRIDAY);
    expect(asked[0]?.get('end')).toBe('2024-03-08T21:00:00.000Z');
  });

  it('are requested up to the early close of a half day', async () => {
    const { asked, fetcher } = source('2023-11-24 13:16', page({}));
    await fetcher.fetch([XLK], day('2023-11-22'), day('2023-11-24'));
    expect(asked[0]?.get('end')).toBe('2023-11-24T18:00:00.000Z');
  });

  it('exclude a session that closed less than sixteen minutes ago', async () => {
    const { fetcher } = source(
      '2024-03-08 16:15',
      page({ XLK: ['2024-03-07T05:00:00Z', '2024-03-08T05:00:00Z'] }),
    );
    const found = await fetcher.fetch([XLK], FROM, FRIDAY);
    expect(found.get(XLK)?.map(({ date }) => date)).toEqual(['2024-03-07']);
  });

  it('need no request when none can be available yet, or no ticker is requested', async () => {
    const { asked, fetcher } = source('2024-03-08 16:15');
    expect((await fetcher.fetch([XLK], FRIDAY, FRIDAY)).size).toBe(0);
    expect((await fetcher.fetch([], FROM, FRIDAY)).size).toBe(0);
    expect(asked).toHaveLength(0);
  });

  it('follow every page', async () => {
    const { asked, fetcher } = source(
      '2024-03-11 09:35',
      page({ XLF: ['2024-03-07T05:00:00Z'] }, 'more'),
      page({ XLF: ['2024-03-08T05:00:00Z'], XLK: ['2024-03-08T05:00:00Z'] }),
      page({ XLK: ['2024-03-08T05:00:00Z'] }),
    );
    const found = await fetcher.fetch([XLK, XLF], FROM, FRIDAY);
    expect(asked[1]?.get('page_token')).toBe('more');
    expect(found.get(XLF)).toHaveLength(2);
    expect(found.get(XLK)).toHaveLength(1);
  });

  it.each([
    ['the same again', ['more', 'more']],
    ['one of before', ['one', 'two', 'one']],
  ])('are rejected completely when a page names %s', async (_, tokens) => {
    const pages = tokens.map((token) => page({ XLK: ['2024-03-07T05:00:00Z'] }, token));
    const { fetcher } = source('2024-03-11 09:35', ...pages, page({}));
    await expect(fetcher.fetch([XLK], FROM, FRIDAY)).rejects.toMatchObject({
      remedy: 'retry',
      message: "bars: Alpaca's answer is not sound: a page names one that was there",
    });
  });

  it('follow at most two hundred pages', async () => {
    const pages = Array.from({ length: 300 }, (_, at) => page({}, `page ${at}`));
    const { asked, fetcher } = source('2024-03-11 09:35', ...pages);
    await expect(fetcher.fetch([XLK], FROM, FRIDAY)).rejects.toThrow('more than 200 pages');
    expect(asked).toHaveLength(201);
  });

  it.each([
    ['a price as text', { t: '2024-03-08T05:00:00Z', o: 10, h: 11, l: 9, c: '10.5', v: 1 }],
    ['no close', { t: '2024-03-08T05:00:00Z', o: 10, h: 11, l: 9, v: 1 }],
    ['a stamp that is none', { t: 'Friday', o: 10, h: 11, l: 9, c: 10, v: 1 }],
  ])('are rejected in an answer with %s, with the field named', async (_, odd) => {
    const body = { bars: { XLK: [row('2024-03-07T05:00:00Z'), odd] }, next_page_token: null };
    const { asked, fetcher } = source('2024-03-11 09:35', { status: 200, body });
    await expect(fetcher.fetch([XLK], FROM, FRIDAY)).rejects.toThrow(/field bars\.XLK\.1\.[ct]/);
    expect(asked).toHaveLength(1);
  });
});

describe('an answer without one ticker', () => {
  const both = ['2024-03-07T05:00:00Z', '2024-03-08T05:00:00Z'];

  it('returns the others, and names who lacks the last session', async () => {
    const { asked, said, fetcher } = source(
      '2024-03-11 09:35',
      page({ XLF: both, XLK: ['2024-03-07T05:00:00Z'] }),
    );
    const found = await fetcher.fetch([XLK, XLF], FROM, FRIDAY);
    expect([found.get(XLK)?.length, found.get(XLF)?.length]).toEqual([1, 2]);
    expect(said).toEqual(['bars: Alpaca has no bar of 2024-03-08 for XLK']);
    expect(asked).toHaveLength(1);
  });

  it('names all tickers when none has the session yet', async () => {
    const early = ['2024-03-07T05:00:00Z'];
    const { said, fetcher } = source('2024-03-11 09:35', page({ XLF: early, XLK: early }));
    await fetcher.fetch([XLK, XLF], FROM, FRIDAY);
    expect(said).toEqual(['bars: Alpaca has no bar of 2024-03-08 for XLK, XLF']);
  });
});

describe('the feed', () => {
  it('falls back to IEX when the account may not query recent SIP data', async () => {
    const { asked, fetcher } = source(
      '2024-03-11 09:35',
      RECENT,
      page({ XLK: ['2024-03-08T05:00:00Z'] }),
    );
    const found = await fetcher.fetch([XLK], FROM, FRIDAY);
    expect(asked.map((query) => query.get('feed'))).toEqual(['sip', 'iex']);
    expect(found.get(XLK)).toHaveLength(1);
    expect(fetcher.originOf?.(XLK)).toEqual({ feed: 'iex', adjustment: 'all' });
  });

  it('is also IEX when the rejection is the old 422', async () => {
    const { asked, fetcher } = source(
      '2024-03-11 09:35',
      { status: 422, body: { message: 'end is too late for subscription' } },
      page({}),
    );
    await fetcher.fetch([XLK], FROM, FRIDAY);
    expect(asked.map((query) => query.get('feed'))).toEqual(['sip', 'iex']);
  });

  it('stays IEX for an hour, and then the tape is requested again', async () => {
    const bars = page({ XLK: ['2024-03-07T05:00:00Z', '2024-03-08T05:00:00Z'] });
    const { asked, said, clock, fetcher } = source('2024-03-08 16:20', RECENT, bars, bars, bars);
    await fetcher.fetch([XLK], FROM, FRIDAY);
    await fetcher.fetch([XLK], FROM, FRIDAY);
    clock.set(newYorkInstant(FRIDAY, 17 * 60 + 20));
    await fetcher.fetch([XLK], FROM, FRIDAY);
    expect(asked.map((query) => query.get('feed'))).toEqual(['sip', 'iex', 'iex', 'sip']);
    expect(fetcher.originOf?.(XLK)?.feed).toBe('sip');
    expect(said).toHaveLength(1);
  });

  it('is requested again at once when IEX did not answer either', async () => {
    const refusal = { status: 403, body: { message: 'forbidden.' } };
    const { asked, fetcher } = source('2024-03-11 09:35', RECENT, refusal, page({}));
    await expect(fetcher.fetch([XLK], FROM, FRIDAY)).rejects.toThrow('status 403: forbidden.');
    await fetcher.fetch([XLK], FROM, FRIDAY);
    expect(asked.map((query) => query.get('feed'))).toEqual(['sip', 'iex', 'sip']);
  });

  it.each([
    [400, 'retry'],
    [401, 'fix-config'],
    [403, 'fix-config'],
  ])(
    'does not change on status %d, which is asked once and reported: %s',
    async (status, remedy) => {
      const { asked, fetcher } = source('2024-03-11 09:35', { status, body: { message: 'no' } });
      await expect(fetcher.fetch([XLK], FROM, FRIDAY)).rejects.toMatchObject({
        name: 'TradingError',
        remedy,
        message: expect.stringMatching(`^bars: Alpaca gave status ${status}: no`),
      });
      expect(asked).toHaveLength(1);
    },
  );
});

describe('a server that does not answer', () => {
  const GOOD = page({ XLK: ['2024-03-08T05:00:00Z'] });
  const busy = (seconds?: number): Answer => ({
    status: 429,
    body: { message: 'too many requests.' },
    ...(seconds !== undefined && { headers: { 'retry-after': `${seconds}` } }),
  });
  const DOWN: Answer = { status: 503, body: {} };
  const REFUSED = Object.assign(new TypeError('fetch failed'), {
    cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
  });

  it.each([
    ['429', busy(), 'bars: Alpaca gave status 429: too many requests., asked again in 1 s'],
    ['500', { status: 500, body: {} }, 'bars: Alpaca gave status 500, asked again in 1 s'],
    ['503', DOWN, 'bars: Alpaca gave status 503, asked again in 1 s'],
    [
      'a refused connection',
      REFUSED,
      'bars: Alpaca gave no answer (ECONNREFUSED), asked again in 1 s',
    ],
  ])('is asked again after %s', async (_, trouble, line) => {
    const { asked, said, fetcher } = source('2024-03-11 09:35', trouble, GOOD);
    expect((await fetcher.fetch([XLK], FRIDAY, FRIDAY)).get(XLK)).toHaveLength(1);
    expect([asked.length, said]).toEqual([2, [line]]);
  });

  it('is asked four times in twenty seconds, and then left alone', async () => {
    const { asked, pause, fetcher } = source('2024-03-11 09:35', DOWN, DOWN, DOWN, DOWN, GOOD);
    await expect(fetcher.fetch([XLK], FRIDAY, FRIDAY)).rejects.toMatchObject({
      remedy: 'retry',
      message: 'bars: Alpaca gave status 503',
    });
    expect([asked.length, pause.now()]).toEqual([4, 20_000]);
  });

  it('is left alone for as long as it asks', async () => {
    const { asked, pause, fetcher } = source('2024-03-11 09:35', busy(33), busy(2), GOOD);
    await fetcher.fetch([XLK], FRIDAY, FRIDAY);
    expect([asked.length, pause.now()]).toEqual([3, 33_000 + 4_000]);
  });

  it.each([
    ['in one wish', [busy(91)], 1, 0],
    ['in two', [busy(60), busy(60)], 2, 60_000],
  ])(
    'is given up when it wishes for more than ninety seconds %s',
    async (_, answers, times, waited) => {
      const { asked, pause, fetcher } = source('2024-03-11 09:35', ...answers, GOOD);
      await expect(fetcher.fetch([XLK], FRIDAY, FRIDAY)).rejects.toThrow('status 429');
      expect([asked.length, pause.now()]).toEqual([times, waited]);
    },
  );

  it('in the middle of the pages is asked for that page again, not for all', async () => {
    const { asked, fetcher } = source(
      '2024-03-11 09:35',
      page({ XLK: ['2024-03-07T05:00:00Z'] }, 'more'),
      DOWN,
      GOOD,
    );
    expect((await fetcher.fetch([XLK], FROM, FRIDAY)).get(XLK)).toHaveLength(2);
    expect(asked.map((query) => query.get('page_token'))).toEqual([null, 'more', 'more']);
  });

  it('is not waited for when Rotor stops', async () => {
    const { asked, stop, fetcher } = source('2024-03-11 09:35', DOWN, GOOD);
    stop.abort();
    await expect(fetcher.fetch([XLK], FRIDAY, FRIDAY)).rejects.toThrow('Rotor is stopping');
    expect(asked.length).toBeLessThanOrEqual(1);
  });
});

describe('the comparison with IEX', () => {
  const OPEN = { XLK: ['2024-03-08T05:00:00Z'], XLF: ['2024-03-08T05:00:00Z'] };
  const symbols = (asked: readonly URLSearchParams[]) =>
    asked.map((each) => `${each.get('feed')} ${each.get('symbols')}`);

  it('repeats the request for a late ticker, and sends it once for the others', async () => {
    const { asked, fetcher } = source('2024-03-08 17:00', page({ XLF: OPEN.XLF }), page(OPEN));
    await fetcher.compare?.([XLF], FRIDAY);
    await fetcher.compare?.([XLF, XLK], FRIDAY);
    await fetcher.compare?.([XLF, XLK], FRIDAY);
    expect(symbols(asked)).toEqual(['iex XLF', 'iex XLK']);
    expect(fetcher.otherCloseOf?.(XLK)).toMatchObject({ close: 10.5, date: FRIDAY });
    expect(fetcher.otherCloseOf?.(XLF)).toMatchObject({ close: 10.5 });
  });

  it('repeats the request for missing closes of IEX, but not at once', async () => {
    const { asked, clock, fetcher } = source('2024-03-08 17:00', page({}), page(OPEN));
    await fetcher.compare?.([XLK], FRIDAY);
    await fetcher.compare?.([XLK], FRIDAY);
    expect(symbols(asked)).toEqual(['iex XLK']);
    await clock.sleep(15 * 60_000);
    await fetcher.compare?.([XLK], FRIDAY);
    expect(fetcher.otherCloseOf?.(XLK)).toMatchObject({ close: 10.5 });
  });
});
