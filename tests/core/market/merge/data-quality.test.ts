import { describe, expect, it } from 'vitest';
import type { Bar } from '#core/domain/bar.ts';
import type { SecondClose } from '#core/domain/findings.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import type { SessionDate } from '#core/domain/units.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { bar, bars, day, XLK } from '../histories.ts';
import { createWorld } from '../store-world.ts';

const ALL = bars('2023-04-03', '2024-03-15');
const FRIDAY = day('2024-03-08');
const MONDAY = day('2024-03-11');
const EVENING = newYorkInstant(FRIDAY, 16 * 60 + 16);
const SPLIT = '2024-02-14';

const halvedBefore = (date: string) =>
  ALL.map((each) => (each.date < date ? each : bar(each.date, each.close / 2)));
const rulesOf = (set: Awaited<ReturnType<Store['load']>>) =>
  (set.provenance?.get(XLK)?.findings ?? []).map(({ rule, date }) => `${rule} ${date}`);
type Store = Awaited<ReturnType<typeof world>>['store'];

async function world(rows: readonly Bar[], other?: { is?: SecondClose & { date: SessionDate } }) {
  const made = await createWorld();
  made.source.holds(XLK, rows);
  const fetcher = { ...made.source.fetcher, otherCloseOf: () => other?.is };
  return { ...made, store: made.start(leapingClock(EVENING), { fetcher }) };
}

describe('bars with data issues', () => {
  it('are kept and named, and requested again', async () => {
    const { store, source } = await world(halvedBefore(SPLIT));
    const set = await store.load(FRIDAY);
    expect([set.bars.has(XLK), set.refused.size, rulesOf(set)]).toEqual([
      true,
      0,
      ['jump 2024-02-14'],
    ]);
    source.asked.length = 0;
    await store.load(FRIDAY);
    expect(source.asked).toEqual(['XLK 2013-03-01 2024-03-08']);
  });

  it('are valid within the hour once the source has corrected them', async () => {
    const { store, source, stored, lines } = await world(halvedBefore(SPLIT));
    await store.load(FRIDAY);
    const right = ALL.map((each) => bar(each.date, each.close / 2));
    source.holds(XLK, right);
    const set = await store.load(FRIDAY);
    expect(rulesOf(set)).toEqual([]);
    expect(set.bars.get(XLK)?.close[0]).toBe(right[0]?.close);
    expect((await stored()).close[0]).toBe(right[0]?.close);
    expect(lines.filter((line) => line.includes('adjusted since'))).toHaveLength(1);
    source.asked.length = 0;
    await store.load(FRIDAY);
    expect(source.asked).toEqual([]);
  });

  it('with one wrong price are valid once the source has corrected it', async () => {
    const spiked = ALL.map((each) => (each.date === FRIDAY ? bar(FRIDAY, each.close * 100) : each));
    const { store, source } = await world(spiked);
    expect(rulesOf(await store.load(FRIDAY))).toEqual(['jump 2024-03-08']);
    source.holds(XLK, ALL);
    expect(rulesOf(await store.load(FRIDAY))).toEqual([]);
  });

  it('outside every lookback are named and not requested', async () => {
    const { store, source } = await world(halvedBefore('2023-06-05'));
    // 2024-03-19 is 200 sessions after 2023-06-02, so its window begins after the jump.
    const late = bars('2023-04-03', '2024-03-28').map((each) =>
      each.date < '2023-06-05' ? each : bar(each.date, each.close / 2),
    );
    source.holds(XLK, late);
    const end = day('2024-03-28');
    expect(rulesOf(await store.load(end))).toEqual(['jump 2023-06-05']);
    source.asked.length = 0;
    await store.load(end);
    expect(source.asked).toEqual([]);
  });

  it('are not written again while nothing about them changes', async () => {
    const { store } = await world(halvedBefore(SPLIT));
    const first = (await store.load(FRIDAY)).bars.get(XLK);
    expect((await store.load(FRIDAY)).bars.get(XLK)).toBe(first);
  });
});

describe('a second source', () => {
  const close = ALL.find(({ date }) => date === FRIDAY)?.close ?? Number.NaN;

  it('that agrees is not an issue', async () => {
    const { store } = await world(ALL, {
      is: { date: FRIDAY, source: 'iex', close: close * 1.001 },
    });
    expect(rulesOf(await store.load(FRIDAY))).toEqual([]);
  });

  it('that differs slightly is shown and rejects nothing', async () => {
    const { store } = await world(ALL, {
      is: { date: FRIDAY, source: 'iex', close: close * 1.01 },
    });
    const set = await store.load(FRIDAY);
    expect([rulesOf(set), set.bars.has(XLK)]).toEqual([['second-source 2024-03-08'], true]);
  });

  it('that differs greatly rejects the ticker until both agree', async () => {
    const other = { is: { date: FRIDAY, source: 'iex', close: close / 2 } };
    const { store } = await world(ALL, other);
    const set = await store.load(FRIDAY);
    expect(set.bars.has(XLK)).toBe(false);
    expect(set.refused.get(XLK)).toMatch(/^close [\d.]+ of 2024-03-08, iex has .*second-source\)$/);
    expect(set.provenance?.get(XLK)?.last).toBe(FRIDAY);
    other.is = { date: FRIDAY, source: 'iex', close };
    expect((await store.load(FRIDAY)).bars.has(XLK)).toBe(true);
  });

  it('that differs greatly on a day accepted by a person rejects nothing', async () => {
    const other = { is: { date: FRIDAY, source: 'iex', close: close / 2 } };
    const { source, start } = await world(ALL, other);
    const fetcher = { ...source.fetcher, otherCloseOf: () => other.is };
    const believing = start(leapingClock(EVENING), { fetcher, acceptedMoves: [`XLK:${FRIDAY}`] });
    const set = await believing.load(FRIDAY);
    expect([set.bars.has(XLK), rulesOf(set)]).toEqual([true, ['second-source 2024-03-08']]);
    const another = start(leapingClock(EVENING), { fetcher, acceptedMoves: ['XLF:2024-03-08'] });
    expect((await another.load(FRIDAY)).bars.has(XLK)).toBe(false);
  });

  it('for another session than the stored ones is ignored', async () => {
    const { store } = await world(ALL, { is: { date: MONDAY, source: 'iex', close: 1 } });
    expect(rulesOf(await store.load(FRIDAY))).toEqual([]);
  });
});
