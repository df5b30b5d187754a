import { Alpaca } from '@alpacahq/alpaca-trade-api';
import { describe, expect, it } from 'vitest';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { createAlpacaBars } from '#core/market/alpaca-bars.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { day, XLF, XLK } from './histories.ts';

type Answer = { readonly status: number; readonly body: unknown };

const RECENT = {
  status: 403,
  body: { message: 'subscription does not permit querying recent SIP data' },
};

/** The real SDK, its requests answered here; `asked` keeps what it sent. */
function source(time: string, ...answers: readonly Answer[]) {
  const asked: URLSearchParams[] = [];
  const left = [...answers];
  const alpaca = new Alpaca({
    keyId: 'PK',
    secret: 'secret',
    retry: false,
    fetchApi: async (url) => {
      asked.push(new URL(String(url)).searchParams);
      const { status, body } = left.shift() ?? { status: 500, body: {} };
      return new Response(JSON.stringify(body), {
        status,
        headers: { 'content-type': 'application/json' },
      });
    },
  });
  const [date = '', minute = ''] = time.split(' ');
  const [hours = 0, minutes = 0] = minute.split(':').map(Number);
  const clock = leapingClock(newYorkInstant(day(date), hours * 60 + minutes));
  return { asked, fetcher: createAlpacaBars({ alpaca, clock }) };
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
  it('asks for adjusted daily bars of the consolidated tape, ten thousand points a page', async () => {
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

  it('dates a bar by its New York midnight, in winter and in summer', async () => {
    const { fetcher } = source(
      '2024-03-18 09:35',
      page({ XLK: ['2024-03-08T05:00:00Z', '2024-03-11T04:00:00Z'] }),
    );
    const found = await fetcher.fetch([XLK, XLF], FROM, day('2024-03-15'));
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

  it('ends with the last session that is asked for, and drops bars after it', async () => {
    const { asked, fetcher } = source(
      '2024-03-11 12:00',
      page({ XLK: ['2024-03-08T05:00:00Z', '2024-03-11T04:00:00Z'] }),
    );
    const found = await fetcher.fetch([XLK], FROM, FRIDAY);
    expect(asked[0]?.get('end')).toBe('2024-03-09T04:59:00.000Z');
    expect(found.get(XLK)?.map(({ date }) => date)).toEqual(['2024-03-08']);
  });

  it('stays sixteen minutes behind the clock', async () => {
    const { asked, fetcher } = source('2024-03-08 16:20', page({}));
    await fetcher.fetch([XLK], FROM, FRIDAY);
    expect(asked[0]?.get('end')).toBe('2024-03-08T21:04:00.000Z');
  });

  it('leaves out a session that closed less than sixteen minutes ago', async () => {
    const { fetcher } = source(
      '2024-03-08 16:15',
      page({ XLK: ['2024-03-07T05:00:00Z', '2024-03-08T05:00:00Z'] }),
    );
    const found = await fetcher.fetch([XLK], FROM, FRIDAY);
    expect(found.get(XLK)?.map(({ date }) => date)).toEqual(['2024-03-07']);
  });

  it('asks nothing when nothing can be out yet, or nobody is asked about', async () => {
    const { asked, fetcher } = source('2024-03-08 16:15');
    expect((await fetcher.fetch([XLK], FRIDAY, FRIDAY)).size).toBe(0);
    expect((await fetcher.fetch([], FROM, FRIDAY)).size).toBe(0);
    expect(asked).toHaveLength(0);
  });

  it('follows every page', async () => {
    const { asked, fetcher } = source(
      '2024-03-11 09:35',
      page({ XLF: ['2024-03-07T05:00:00Z'] }, 'more'),
      page({ XLF: ['2024-03-08T05:00:00Z'], XLK: ['2024-03-08T05:00:00Z'] }),
    );
    const found = await fetcher.fetch([XLK, XLF], FROM, FRIDAY);
    expect(asked[1]?.get('page_token')).toBe('more');
    expect(found.get(XLF)).toHaveLength(2);
    expect(found.get(XLK)).toHaveLength(1);
  });

  it('falls back to IEX when the account may not query recent SIP data', async () => {
    const { asked, fetcher } = source(
      '2024-03-11 09:35',
      RECENT,
      page({ XLK: ['2024-03-08T05:00:00Z'] }),
    );
    const found = await fetcher.fetch([XLK], FROM, FRIDAY);
    expect(asked.map((query) => query.get('feed'))).toEqual(['sip', 'iex']);
    expect(found.get(XLK)).toHaveLength(1);
  });

  it.each([
    [401, 'fix-config'],
    [403, 'fix-config'],
    [429, 'retry'],
    [500, 'retry'],
  ])('does not fall back on status %d, and says what to do: %s', async (status, remedy) => {
    const { asked, fetcher } = source('2024-03-11 09:35', { status, body: { message: 'no' } });
    await expect(fetcher.fetch([XLK], FROM, FRIDAY)).rejects.toMatchObject({
      name: 'TradingError',
      remedy,
      message: `bars: Alpaca gave status ${status}`,
    });
    expect(asked).toHaveLength(1);
  });
});
