import { describe, expect, it } from 'vitest';
import { barHistory } from '#core/domain/bar.ts';
import { epochMs, sessionDate, ticker } from '#core/domain/units.ts';
import { askPrices, lastCloses } from '#core/engine/prices.ts';
import { TradingError } from '#core/errors.ts';

const XLK = ticker('XLK');

describe('the prices of now and of the last close', () => {
  const failing = (error: Error) => ({
    latestPrices: async () => {
      throw error;
    },
  });

  it('are the last close of each history', () => {
    const rows = [10, 12, 11].map((close, at) => ({
      date: sessionDate(`2024-07-0${at + 1}`),
      ...{ open: close, high: close, low: close, close, volume: 1 },
    }));
    const bars = new Map([
      [XLK, barHistory(XLK, rows)],
      [ticker('XLF'), barHistory(ticker('XLF'), [])],
    ]);
    expect([...lastCloses(bars)]).toEqual([
      ['XLK', 11],
      ['XLF', Number.NaN],
    ]);
  });

  it('are none, with the reason, while the broker does not answer', async () => {
    const latest = new Map([[XLK, { ticker: XLK, price: 10, at: epochMs(1) }]]);
    const answering = { latestPrices: async () => latest };
    expect(await askPrices(answering, [XLK])).toEqual({ latest, priceProblem: undefined });
    const silent = failing(new TradingError('the broker did not answer', 'retry'));
    expect(await askPrices(silent, [XLK])).toEqual({
      latest: new Map(),
      priceProblem: expect.stringContaining('the broker did not answer'),
    });
  });

  it('are no excuse for any other error', async () => {
    const wrongKey = failing(new TradingError('the key is wrong', 'fix-config'));
    await expect(askPrices(wrongKey, [XLK])).rejects.toThrow('the key is wrong');
    const odd = Object.assign(new RangeError('odd'), { remedy: 'retry' });
    await expect(askPrices(failing(odd), [XLK])).rejects.toThrow('odd');
  });
});
