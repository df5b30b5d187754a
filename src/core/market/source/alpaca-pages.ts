/** Daily bars from the data API: page after page, until there is no next one. */
import type { Alpaca } from '@alpacahq/alpaca-trade-api';
import { z } from 'zod';
import type { Bar } from '#core/domain/bar.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import type { Ticker } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import type { Retry } from './retry.ts';

/** The consolidated tape, or only the IEX exchange. */
export type Feed = 'sip' | 'iex';

/** Adjusted for later splits and dividends, or unadjusted. */
export type Adjustment = 'all' | 'raw';

/** The bars to request. */
export interface PagesRequest {
  readonly tickers: readonly Ticker[];
  /** Both inclusive. */
  readonly start: Date;
  readonly end: Date;
  readonly feed: Feed;
  readonly adjustment: Adjustment;
}

/** Bars per page over all tickers, Alpaca's maximum. */
const PAGE_POINTS = 10_000;
/** Three histories of eleven years fit one page; this limit allows for servers with smaller pages. */
const MAX_PAGES = 200;

const row = z.object({
  t: z.iso.datetime({ offset: true }),
  o: z.number(),
  h: z.number(),
  l: z.number(),
  c: z.number(),
  v: z.number(),
});

const page = z.object({
  /** Null, rather than an empty object, when there is no bar at all. */
  bars: z.record(z.string(), z.array(row)).nullish(),
  next_page_token: z.string().nullish(),
});

/**
 * Every page of the answer, rows in the order received; a ticker without rows is absent.
 * @throws TradingError `retry` for an answer that is not a page, repeats a page token, or never ends; the
 * SDK's own error when it was not answered.
 */
export async function readPages(
  alpaca: Pick<Alpaca, 'marketData'>,
  request: PagesRequest,
  { retry, signal }: { readonly retry: Retry; readonly signal?: AbortSignal | undefined },
): Promise<Map<string, Bar[]>> {
  const found = new Map<string, Bar[]>();
  const asked = new Set<string>();
  let token: string | undefined;
  do {
    const { bars, next } = await retry(() => readPage(alpaca, request, token, signal));
    for (const [symbol, rows] of bars) found.set(symbol, [...(found.get(symbol) ?? []), ...rows]);
    if (next !== undefined && asked.has(next)) throw unsound('a page names one that was there');
    if (asked.size >= MAX_PAGES) throw unsound(`more than ${MAX_PAGES} pages`);
    if (next !== undefined) asked.add(next);
    token = next;
  } while (token !== undefined);
  return found;
}

async function readPage(
  alpaca: Pick<Alpaca, 'marketData'>,
  { tickers, start, end, feed, adjustment }: PagesRequest,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<{ readonly bars: readonly (readonly [string, Bar[]])[]; readonly next?: string }> {
  const { raw } = await alpaca.marketData.stocks.stockBarsRaw(
    {
      symbols: tickers.join(','),
      timeframe: '1Day',
      start,
      end,
      adjustment,
      feed,
      limit: PAGE_POINTS,
      ...(token !== undefined && { pageToken: token }),
    },
    signal && { signal },
  );
  const read = page.safeParse(await raw.json());
  if (!read.success) {
    const issue = read.error.issues[0];
    throw unsound(`field ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as expected'}`);
  }
  const { bars, next_page_token: next } = read.data;
  const rows = Object.entries(bars ?? {}).map(([symbol, all]) => [symbol, all.map(barOf)] as const);
  return { bars: rows, ...(next && { next }) };
}

/** Alpaca stamps a daily bar with New York midnight in UTC. */
function barOf({ t, o, h, l, c, v }: z.output<typeof row>): Bar {
  return { date: newYorkDate(Date.parse(t)), open: o, high: h, low: l, close: c, volume: v };
}

function unsound(what: string): TradingError {
  return new TradingError(`bars: Alpaca's answer is not sound: ${what}`, 'retry');
}
