import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type BarHistory, closeOn } from '#core/domain/bar.ts';
import { cents, epochMs, sessionDate, ticker, valueOf, wholeShares } from '#core/domain/units.ts';
import { readFolder } from '#core/market/files/folder.ts';
import { rawFolder } from '#core/market/raw-bars.ts';
import { fileHighWater } from '#core/store/high-water.ts';
import { RECOUNTED } from '#core/views/changes.ts';
import { rotor } from '#tests/support/cli.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { journalAt } from '#tests/support/journal.ts';

const [SPY, XLK] = [ticker('SPY'), ticker('XLK')];
const FOLDER = 'data/sample';
/** Of the sample's sessions, counted from its end. */
const DAYS = [-40, -10] as const;

/** A journal of closes, in which one has the prices of the session after it. */
async function journalWith(state: string, wrongOf: (spy: BarHistory) => number) {
  const { bars } = await readFolder({
    folders: [FOLDER],
    tickers: [SPY, XLK],
    latest: sessionDate('2026-12-31'),
  });
  const [spy, xlk] = [bars.get(SPY), bars.get(XLK)];
  if (!spy || !xlk) throw new Error('expected the sample');
  const days = spy.dates.slice(...DAYS);
  const wrong = wrongOf(spy);
  const journal = journalAt(
    join(state, 'journal.sqlite'),
    leapingClock(epochMs(1_800_000_000_000)),
  );
  const qty = wholeShares(10);
  const worthOf = (day: string) => valueOf(qty, closeOn(xlk, sessionDate(day)) ?? 0);
  for (const [index, session] of days.entries()) {
    const from = (index === wrong ? spy.dates.at(DAYS[0] + index + 1) : session) ?? session;
    const value = worthOf(from);
    const point = {
      ...{ session, equity: cents(100_000 + value), cash: cents(100_000) },
      ...{ benchmark: closeOn(spy, from) ?? 0, holdings: new Map([[XLK, { qty, value }]]) },
    };
    journal.append({ kind: 'equity', point });
  }
  return { day: days[wrong], official: 100_000 + worthOf(days[wrong] ?? '') };
}

/** The first after some days whose next session moves by more than any after-hours trade. */
function aMoveWithin({ dates, close }: BarHistory): number {
  return [...close.slice(...DAYS)].findIndex((price, index) => {
    const next = close.at(DAYS[0] + index + 1) ?? price;
    return index > 5 && dates.length > index && Math.abs(next / price - 1) > 0.006;
  });
}

it('journal verify names a close that holds the next session’s prices, and the correct one', async () => {
  const state = mkdtempSync(join(tmpdir(), 'rotor-closes-'));
  const { day, official } = await journalWith(state, aMoveWithin);
  const { exit, err } = await rotor(['journal', 'verify', '--state', state], {
    env: { DATA_DIR: FOLDER },
  });
  expect(err).toContain(`close of ${day}: recorded`);
  expect(err).toContain(`official ${(official / 100).toFixed(2)}`);
  expect(exit).toBe(1);
  rmSync(state, { recursive: true });
});

it.each([
  ['first', 0],
  ['last', DAYS[1] - DAYS[0] - 1],
])('journal verify checks the %s close with the bars as traded', async (_, index) => {
  const state = mkdtempSync(join(tmpdir(), 'rotor-closes-'));
  const { day, official } = await journalWith(state, () => index);
  const data = join(state, 'bars');
  for (const to of [data, rawFolder(data)]) cpSync(FOLDER, to, { recursive: true });
  const { exit, err } = await rotor(['journal', 'verify', '--state', state], {
    env: { DATA_DIR: data },
  });
  expect(err.match(/close of/g)).toHaveLength(1);
  expect(err).toContain(`close of ${day}: recorded`);
  expect(err).toContain(`official ${(official / 100).toFixed(2)}`);
  expect(exit).toBe(1);
  rmSync(state, { recursive: true });
});

it('journal verify says that the numbers of a journal of commit 35b5fb1 were recalculated', async () => {
  const state = mkdtempSync(join(tmpdir(), 'rotor-old-'));
  copyFileSync(
    new URL('../core/store/fixtures/journal-35b5fb1.db', import.meta.url),
    join(state, 'journal.sqlite'),
  );
  const hash = '193ac8b39d049fc72cb85d50c85c29744b1deea8c56dc524e44c3d5f983139d4';
  fileHighWater(join(state, 'journal.head')).write({ seq: 72, hash });
  const { exit, out, err } = await rotor(['journal', 'verify', '--state', state]);
  expect([exit, out.trim()]).toEqual([0, '72 entries, the chain is intact']);
  expect(err).toContain(RECOUNTED);
  rmSync(state, { recursive: true });
});
