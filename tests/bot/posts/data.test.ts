import { describe, expect, it } from 'vitest';
import { dataPost } from '#bot/posts/data.ts';
import type { BarProvenance, DataQualityIssue } from '#core/domain/findings.ts';
import { epochMs, sessionDate, type Ticker, ticker } from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import { dataView } from '#core/views/data.ts';
import { AS_OF, changed, market, withRows } from '#tests/support/bars.ts';
import { noDecision, observation } from '#tests/support/desk.ts';

/** Friday's bars, seen on Monday morning. */
const MONDAY = epochMs(Date.parse('2024-07-01T13:00:00Z'));
const XLRE = ticker('XLRE');

function provenance(findings: readonly DataQualityIssue[] = []): BarProvenance {
  return {
    rows: 230,
    first: sessionDate('2023-08-01'),
    last: AS_OF,
    source: 'Alpaca',
    feed: 'sip',
    adjustment: 'all',
    fetchedAt: MONDAY,
    findings,
  };
}

function post(findings: readonly DataQualityIssue[] = [], asked = 1, bars = market({ XLK: 0.2 })) {
  const of = (name: Ticker) =>
    findings.filter((each) => each.ticker === undefined || each.ticker === name);
  const all = instruments(UNIVERSE).map(
    ({ ticker: name }) => [name, provenance(of(name))] as const,
  );
  const data = { ...observation().data, asOf: AS_OF, provenance: new Map(all) };
  return dataPost(dataView(bars, observation({ at: MONDAY, data })), asked);
}

const idle: DataQualityIssue = {
  rule: 'no-volume',
  ticker: XLRE,
  date: sessionDate('2024-03-12'),
  severity: 'note',
  text: 'no trade on 2024-03-12',
};
const split: DataQualityIssue = {
  ...idle,
  rule: 'jump',
  severity: 'refuses',
  text: '-50.0 % on 2024-03-12',
};
const still: DataQualityIssue = {
  rule: 'still',
  date: AS_OF,
  severity: 'refuses',
  text: 'every close of 2024-06-28 equals the one before',
};

const body = (shown: ReturnType<typeof post>) => shown.embeds[0]?.description ?? '';
const fieldOf = (shown: ReturnType<typeof post>, name: string) =>
  shown.embeds[0]?.fields?.find((field) => field.name === name)?.value;

describe('The bars on a phone', () => {
  it('are rows of at most 32 columns: how many, first, last, age', () => {
    const table = body(post()).split('```')[1]?.trim().split('\n') ?? [];
    expect(table[1]).toBe('XLK    230 23-08-01 24-06-28   0');
    expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(32);
  });

  it('are paged, with each ticker on one page', () => {
    const pages = [1, 2].map((number) => body(post([], number)));
    expect(post().embeds[0]?.title).toBe('● Bars · 1–7 of 13 tickers');
    expect(post().components?.[0]?.components.map((button) => button.type)).toHaveLength(3);
    for (const { ticker: name } of instruments(UNIVERSE)) {
      expect(pages.filter((page) => page.includes(`\n${name} `))).toHaveLength(1);
    }
    expect(post([], 2).embeds[0]?.title).toBe('● Bars · 8–13 of 13 tickers');
  });

  it('show their source, feed, adjustment and the latest fetch', () => {
    expect(fieldOf(post(), 'Origin')).toBe('all: Alpaca, sip, all, Mon 2024-07-01 09:00 ET');
  });

  it('mark a ticker with findings, those that block a decision first', () => {
    const shown = post([idle, split], 2);
    expect(body(shown)).toContain('\nXLRE! ');
    expect(fieldOf(shown, 'Findings')?.split('\n')).toEqual([
      'XLRE: -50.0 % on 2024-03-12; blocks decisions unless ACCEPTED_MOVES lists it',
      'XLRE: no trade on 2024-03-12',
    ]);
    expect(fieldOf(post([idle, split], 1), 'Findings')).toBeUndefined();
  });

  it('show findings about all tickers once, on every page', () => {
    const told = 'all: every close of 2024-06-28 equals the one before; blocks decisions';
    for (const page of [1, 2]) {
      const findings = fieldOf(post([still], page), 'Findings')?.split('\n') ?? [];
      expect(findings).toHaveLength(1);
      expect(findings[0]).toContain(told);
    }
  });

  it('name the oldest ticker and how far it is behind', () => {
    const behind = changed(market({ XLK: 0.2 }), 'SPY', (had) =>
      withRows(had, (row, index, count) => (index > count - 3 ? undefined : row)),
    );
    expect(body(post([], 1, behind))).toContain('Oldest: SPY, ends 2024-06-26, 2 sessions behind.');
    expect(body(post())).toContain('Every ticker has the last close, 2024-06-28.');
    const none = dataPost(dataView(new Map(), observation()));
    expect(body(none)).toContain('There are no bars yet.');
  });

  it('show the stored rows of a ticker whose bars were rejected', () => {
    const refused = changed(market({ XLK: 0.2 }), 'XLK', () => undefined);
    expect(body(post([], 1, refused))).toContain('XLK    230 23-08-01 24-06-28   0');
  });

  it('are followed by the reason if no decision was possible', () => {
    const missing = noDecision('XLE: jump on 2024-03-12');
    const seen = observation({ data: { ...observation().data, missing } });
    const shown = dataPost(dataView(market({ XLK: 0.2 }), seen));
    expect(shown.embeds[0]?.title).toMatch(/^▲/);
    expect(body(shown)).toContain('XLE: jump on 2024-03-12');
  });
});
