/** A split's shares at every hour that they may come at: closes, drawdown, lots and returns. */
import { afterEach, describe, expect, it } from 'vitest';
import { qty, ticker } from '#core/domain/units.ts';
import type { Play } from '#tests/core/market/plays-world.ts';
import { openQuarter, TRADED } from './quarter-world.ts';

const XLK = ticker('XLK');
const SHARES = 150;
const EX = '2024-02-13';
let play: Play;
afterEach(() => play.end());

async function at(date: string, ...times: readonly string[]): Promise<void> {
  for (const time of times) {
    play.time.advanceTo(play.at(date, time));
    await play.engine.look();
    await play.engine.wake();
  }
}

/** Holds XLK by hand, two for one from `EX` on; nothing else is traded. */
async function begin(): Promise<void> {
  play = await openQuarter('2024-02-08');
  await play.start();
  play.engine.setState('HALT', 'ines', 'only what was bought by hand');
  play.time.advanceTo(play.at('2024-02-08', '11:00'));
  play.alpaca.apply({ kind: 'trade', ticker: XLK, side: 'buy', qty: qty(SHARES * 1e9) });
  await at('2024-02-08', '11:00', '16:20', '16:26');
  await at('2024-02-09', '16:20', '16:26');
  await at('2024-02-12', '16:20', '16:26');
}

const sharesCome = () => play.alpaca.apply({ kind: 'split', ticker: XLK, from: 1, to: 2 });

/** Cash and shares times the close of each day, in cents. */
function worthOn(date: string): number {
  const close = TRADED.get(XLK)?.find((day) => day.date === date)?.close ?? Number.NaN;
  const shares = date < EX ? SHARES : 2 * SHARES;
  return play.journal.book().ledger.cash + Math.round(shares * close * 100);
}

function closes() {
  return play.journal.book().equity.map(({ session, equity }) => [session, equity]);
}

const DAYS = ['2024-02-08', '2024-02-09', '2024-02-12', EX, '2024-02-14', '2024-02-15'];

describe('the shares of a split', () => {
  it.each([
    ['on the ex-date before the open', EX, '08:00'],
    ['on the ex-date in the session', EX, '11:00'],
    ['in the evening of the ex-date', EX, '19:00'],
    ['before the next open', '2024-02-14', '08:00'],
    ['in the next session', '2024-02-14', '11:00'],
    ['after the next close', '2024-02-14', '16:10'],
  ])('%s: every close is cash and shares at its prices', async (_, day, time) => {
    await begin();
    for (const date of [EX, '2024-02-14', '2024-02-15']) {
      const own = date === day ? [time] : [];
      for (const each of ['09:40', '12:00', '16:20', '16:26', ...own].toSorted()) {
        play.time.advanceTo(play.at(date, each));
        if (own.includes(each)) sharesCome();
        await at(date, each);
      }
    }
    expect(closes()).toEqual(DAYS.map((date) => [date, worthOn(date)]));
    expect(play.journal.book().state.by).toBe('ines');
    expect([...play.journal.book().missed]).toEqual([]);
    expect(play.alerts().join()).not.toContain('split');
  });

  it('that never come are given up after a session, and somebody was told', async () => {
    await begin();
    await at(EX, '09:40', '16:20', '16:26');
    expect(play.alerts().join()).toContain('A split may be under way');
    await at('2024-02-14', '09:40', '16:20', '16:26');
    await at('2024-02-15', '09:40', '16:20', '16:26', '17:10');
    expect(closes().length).toBeGreaterThanOrEqual(4);
  });
});
