import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { closeOn } from '#core/domain/bar.ts';
import { cents, epochMs, sessionDate, ticker, valueOf, wholeShares } from '#core/domain/units.ts';
import { readFolder } from '#core/market/files/folder.ts';
import { fileHighWater } from '#core/store/high-water.ts';
import { RECOUNTED } from '#core/views/changes.ts';
import { rotor } from '#tests/support/cli.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { journalAt } from '#tests/support/journal.ts';

const [SPY, XLK] = [ticker('SPY'), ticker('XLK')];
const FOLDER = 'data/sample';

it('journal verify names a close that holds the next session’s prices, and what it should be', async () => {
  const state = mkdtempSync(join(tmpdir(), 'rotor-closes-'));
  const { bars } = await readFolder({
    folders: [FOLDER],
    tickers: [SPY, XLK],
    latest: sessionDate('2026-12-31'),
  });
  const [spy, xlk] = [bars.get(SPY), bars.get(XLK)];
  if (!spy || !xlk) throw new Error('expected the sample');
  const days = spy.dates.slice(-40, -10);
  const moved = days.findIndex((day, index) => {
    const next = days[index + 1];
    return (
      index > 5 &&
      next &&
      Math.abs((closeOn(spy, next) ?? 0) / (closeOn(spy, day) ?? 1) - 1) > 0.006
    );
  });
  const journal = journalAt(
    join(state, 'journal.sqlite'),
    leapingClock(epochMs(1_800_000_000_000)),
  );
  const qty = wholeShares(10);
  const worthOf = (day: string) => valueOf(qty, closeOn(xlk, sessionDate(day)) ?? 0);
  for (const [index, session] of days.entries()) {
    const from = (index === moved ? days[index + 1] : session) ?? session;
    const value = worthOf(from);
    const point = {
      ...{ session, equity: cents(100_000 + value), cash: cents(100_000) },
      ...{ benchmark: closeOn(spy, from) ?? 0, holdings: new Map([[XLK, { qty, value }]]) },
    };
    journal.append({ kind: 'equity', point });
  }
  const { exit, err } = await rotor(['journal', 'verify', '--state', state], {
    env: { DATA_DIR: FOLDER },
  });
  const official = 100_000 + worthOf(days[moved] ?? '');
  expect(err).toContain(`close of ${days[moved]}: recorded`);
  expect(err).toContain(`official ${(official / 100).toFixed(2)}`);
  expect(exit).toBe(1);
  rmSync(state, { recursive: true });
});

it('journal verify says of a journal of commit 35b5fb1 that its numbers are counted anew', async () => {
  const state = mkdtempSync(join(tmpdir(), 'rotor-old-'));
  copyFileSync(
    new URL('../core/store/fixtures/journal-35b5fb1.db', import.meta.url),
    join(state, 'journal.sqlite'),
  );
  const hash = '193ac8b39d049fc72cb85d50c85c29744b1deea8c56dc524e44c3d5f983139d4';
  fileHighWater(join(state, 'journal.head')).write({ seq: 72, hash });
  const { exit, out, err } = await rotor(['journal', 'verify', '--state', state]);
  expect([exit, out.trim()]).toEqual([0, '72 entries, the chain holds']);
  expect(err).toContain(RECOUNTED);
  rmSync(state, { recursive: true });
});
