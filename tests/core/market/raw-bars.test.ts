import { expect, it } from 'vitest';
import type { Bar, BarHistory } from '#core/domain/bar.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { epochMs, type SessionDate, sessionDate, ticker } from '#core/domain/units.ts';
import { createRawBars } from '#core/market/raw-bars.ts';
import { memoryDisk } from './memory-disk.ts';
import { createSource } from './store-world.ts';

const XLK = ticker('XLK');
const DAYS = sessionsIn(sessionDate('2024-01-02'), sessionDate('2024-02-29')).map(
  ({ date }) => date,
);
const day = (nth: number): SessionDate => DAYS[nth] as SessionDate;
const flat = (close: number) => ({ open: close, high: close, low: close, close, volume: 1 });
const ROWS = DAYS.map((date, nth): Bar => ({ date, ...flat(100 + nth) }));
const NOTHING = { info() {}, warn() {}, error() {} };

function begin(first: number | undefined, feed = 'sip') {
  const source = createSource();
  source.holds(XLK, ROWS);
  const disk = memoryDisk();
  const clock = { now: () => epochMs(0) };
  let since = first;
  const start = () =>
    createRawBars({
      fetcher: { ...source.fetcher, originOf: () => ({ feed, adjustment: 'raw' }) },
      since: () => (since === undefined ? undefined : day(since)),
      ...{ disk, clock, tickers: [XLK], name: 'test source', log: NOTHING },
    });
  return { source, start, raw: start(), needFrom: (nth: number) => (since = nth) };
}

const shown = (history: BarHistory | undefined) =>
  history && [history.dates[0], history.dates.at(-1), history.close.at(-1)];

it('raw bars are requested from the first recorded close on, and later only new ones', async () => {
  const { source, raw, start } = begin(10);
  expect(shown((await raw.load(day(20))).get(XLK))).toEqual([day(5), day(20), 120]);
  await raw.load(day(20));
  expect(source.asked).toEqual([`XLK ${day(5)} ${day(20)}`]);
  const found = await start().load(day(21));
  expect(shown(found.get(XLK))).toEqual([day(5), day(21), 121]);
  expect(source.asked.at(-1)).toBe(`XLK ${day(16)} ${day(21)}`);
});

it('raw bars reach back when an older close must be checked', async () => {
  const { raw, needFrom } = begin(undefined);
  await raw.load(day(30));
  needFrom(8);
  const found = (await raw.load(day(30))).get(XLK);
  expect(found?.dates).toEqual(DAYS.slice(3, 31));
});

it('raw bars of the last days are corrected by the tape, and none from IEX are kept', async () => {
  const corrected = ROWS.map((row) => (row.date === day(19) ? { ...row, ...flat(118) } : row));
  for (const [feed, close] of [
    ['sip', 118],
    ['iex', undefined],
  ] as const) {
    const { source, raw } = begin(10, feed);
    await raw.load(day(20));
    source.holds(XLK, corrected);
    const found = (await raw.load(day(21))).get(XLK);
    expect(found?.close[found.dates.indexOf(day(19))]).toBe(close);
  }
});

it('a source that does not return raw bars leaves the stored ones, without an error', async () => {
  const { source, raw } = begin(10);
  await raw.load(day(20));
  source.outage = 'no answer';
  expect(shown((await raw.load(day(21))).get(XLK))).toEqual([day(5), day(20), 120]);
});
