import { describe, expect, it } from 'vitest';
import { epochMs, ticker } from '#core/domain/units.ts';
import { changesView } from '#core/views/changes.ts';
import { dataView } from '#core/views/data.ts';
import { market } from '#tests/support/bars.ts';
import { book, noDecision, observation } from '#tests/support/desk.ts';

describe('the data view', () => {
  it('counts each ticker’s rows, its first and its last', () => {
    const bars = market({ XLK: 0.2 });
    const { rows } = dataView(bars, observation());
    const history = bars.get(ticker('XLK'));
    expect(rows).toHaveLength(13);
    expect(rows[0]).toMatchObject({
      ticker: 'XLK',
      rows: history?.dates.length,
      first: history?.dates[0],
      last: history?.dates.at(-1),
      finding: undefined,
    });
  });

  it('counts the age in closed sessions, which is undefined without bars', () => {
    const seen = observation({ at: epochMs(Date.parse('2024-07-03T12:00:00Z')) });
    // The builder's bars end on Friday 2024-06-28; Monday and Tuesday have closed since.
    expect(dataView(market({ XLK: 0.2 }), seen).rows[0]?.ageSessions).toBe(2);
    expect(dataView(new Map(), seen).rows[0]).toMatchObject({ rows: 0, ageSessions: undefined });
  });

  it('shows the finding next to its ticker, and that of an unknown ticker at the end', () => {
    const found = new Map([
      [ticker('SPY'), '2026-11-19'],
      [ticker('ZZZ'), 'none'],
    ]);
    const missing = { ...noDecision(), found };
    const view = dataView(new Map(), observation({ data: { ...observation().data, missing } }));
    expect(view.rows.filter(({ finding }) => finding).map((row) => row.ticker)).toEqual([
      'SPY',
      'ZZZ',
    ]);
    expect(view).toMatchObject({ expected: '2026-11-20', missing: missing.reason });
  });
});

describe('the changes since the last start', () => {
  const start = (version: string, code: string, config = 'c', models = 'm') => ({
    kind: 'started' as const,
    version,
    mode: 'SANDBOX' as const,
    build: { code, config, models },
  });

  it('are named one by one', () => {
    const changed = (...entries: Parameters<typeof book>[0] & object) =>
      changesView(book(entries))?.changed;
    expect(changed(start('1', 'a'), start('1', 'a'))).toEqual([]);
    expect(changed(start('1', 'a'), start('2', 'b'))).toEqual(['version', 'code']);
    expect(changed(start('1', 'a', 'c', 'm'), start('1', 'a', 'd', 'n'))).toEqual([
      'configuration',
      'models',
    ]);
  });

  it('are unknown at the first start, and if a start did not record its build', () => {
    expect(changesView(book())).toBeUndefined();
    expect(changesView(book([start('1', 'a')]))).toMatchObject({
      before: undefined,
      changed: undefined,
    });
    const silent = { kind: 'started', version: '0', mode: 'SANDBOX' } as const;
    expect(changesView(book([silent, start('1', 'a')]))).toMatchObject({
      before: { version: '0' },
      changed: undefined,
    });
  });

  it('name what the change log has now and did not have before', () => {
    const noted = (...notes: readonly string[]) => {
      const { build, ...rest } = start('1', 'a');
      return { ...rest, build: { ...build, notes } };
    };
    const news = (...entries: Parameters<typeof book>[0] & object) =>
      changesView(book(entries))?.notes;
    expect(news(noted('old'), noted('new', 'old'))).toEqual(['new']);
    expect(news(noted('old'), noted('old'))).toEqual([]);
    expect(news(start('1', 'a'), noted('new'))).toEqual(['new']);
    expect(news(noted('the first start tells none'))).toEqual([]);
  });

  it('are not invented for a start that the account state no longer holds', () => {
    const entries = book([start('1', 'a')]);
    expect(changesView(entries, epochMs(5))).toBeUndefined();
    expect(changesView(entries, entries.starts[0]?.at)?.start.version).toBe('1');
  });
});
