/** A split's shares at every hour that they may come at: closes, drawdown, lots and returns. */
import { afterEach, describe, expect, it } from 'vitest';
import { lastCloseOf } from '#core/domain/last-close.ts';
import { qty, ticker } from '#core/domain/units.ts';
import { suspectedSplits } from '#core/engine/reconciliation/suspected-split.ts';
import type { Play } from '#tests/core/market/plays-world.ts';
import { openQuarter, TRADED } from './quarter-world.ts';

const XLK = ticker('XLK');
/** Four for three: markets fall by as much, so only the bars show it. */
const XLV = ticker('XLV');
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

/** Holds a ticker by hand, split from `EX` on; nothing else is traded. */
async function begin(held = XLK): Promise<void> {
  play = await openQuarter('2024-02-08');
  await play.start();
  play.engine.setState('HALT', 'ines', 'only what was bought by hand');
  play.time.advanceTo(play.at('2024-02-08', '11:00'));
  play.alpaca.apply({ kind: 'trade', ticker: held, side: 'buy', qty: qty(SHARES * 1e9) });
  await at('2024-02-08', '11:00', '16:20', '16:26');
  await at('2024-02-09', '16:20', '16:26');
  await at('2024-02-12', '16:20', '16:26');
}

const sharesCome = (split: typeof XLK) =>
  play.alpaca.apply({ kind: 'split', ticker: split, ...RATIOS.get(split) } as never);
const RATIOS = new Map([
  [XLK, { from: 1, to: 2 }],
  [XLV, { from: 3, to: 4 }],
]);

/** Cash and shares times the close of each day, in cents. */
function worthOn(held: typeof XLK, date: string): number {
  const close = TRADED.get(held)?.find((day) => day.date === date)?.close ?? Number.NaN;
  const { from = 1, to = 1 } = (date >= EX && RATIOS.get(held)) || {};
  const shares = (SHARES * to) / from;
  return play.journal.book().ledger.cash + Math.round(shares * close * 100);
}

function closes() {
  return play.journal.book().equity.map(({ session, equity }) => [session, equity]);
}

const DAYS = ['2024-02-08', '2024-02-09', '2024-02-12', EX, '2024-02-14', '2024-02-15'];

describe('the shares of a split', () => {
  it.each([
    ['on the ex-date in the session', EX, '11:00', XLK],
    ['in the evening of the ex-date', EX, '19:00', XLK],
    ['before the next open', '2024-02-14', '08:00', XLK],
    ['in the next session', '2024-02-14', '11:00', XLK],
    ['after the next close', '2024-02-14', '16:10', XLK],
    ['before the next open, of a ratio that markets fall by', '2024-02-14', '08:00', XLV],
    ['in the next session, of a ratio that markets fall by', '2024-02-14', '11:00', XLV],
  ])('%s: every close is cash and shares at its prices', async (_, day, time, held) => {
    await begin(held);
    for (const date of [EX, '2024-02-14', '2024-02-15']) {
      const own = date === day ? [time] : [];
      for (const each of ['09:40', '12:00', '16:20', '16:26', ...own].toSorted()) {
        play.time.advanceTo(play.at(date, each));
        if (own.includes(each)) sharesCome(held);
        await at(date, each);
      }
    }
    expect(closes()).toEqual(DAYS.map((date) => [date, worthOn(held, date)]));
    expect(play.journal.book().state.by).toBe('ines');
    expect([...play.journal.book().missed]).toEqual([]);
    expect(play.alerts().join()).not.toContain('split');
  });

  it('are expected also where the latest price is still the old one', async () => {
    await begin();
    play.time.advanceTo(play.at(EX, '12:00'));
    await play.engine.look();
    const { observation, book } = play.engine;
    const old = new Map([[XLK, lastCloseOf(book(), XLK) ?? 0]]);
    expect(suspectedSplits(book(), { ...observation(), prices: old }, new Map())).toEqual([
      { ticker: XLK, ratio: 2 },
    ]);
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
