/** What shares that moved without an order are worth. */
import { describe, expect, it } from 'vitest';
import type { Position } from '#core/domain/account.ts';
import { dollars, sessionDate, type Ticker, ticker, wholeShares } from '#core/domain/units.ts';
import { sharePrices } from '#core/engine/reconciliation/share-prices.ts';
import { started, type World } from '#tests/support/world.ts';

const [XLF, XLK] = [ticker('XLF'), ticker('XLK')];

const pricesIn = ({ parts }: World, of: readonly Ticker[], positions?: readonly Position[]) =>
  sharePrices(parts.broker, parts.journal.book(), of, positions);

/** XLF is held at 100 and closed at 90; XLK is not held. Nothing has a latest price. */
async function desk() {
  const made = await started({ cashUsd: 10_000, held: { XLF: 100 } });
  const holdings = new Map([[XLF, { qty: wholeShares(100), value: dollars(9_000) }]]);
  const point = { session: sessionDate('2024-06-28'), equity: dollars(19_000), benchmark: 1 };
  made.parts.journal.append({
    kind: 'equity',
    point: { ...point, cash: dollars(10_000), holdings },
  });
  made.answers.latestPrices = async () => new Map();
  return made;
}

describe('the price of shares that moved', () => {
  it('is the broker’s of the position, also while nothing has a latest price', async () => {
    const made = await desk();
    expect(await pricesIn(made, [XLF])).toEqual(new Map([[XLF, 100]]));
  });

  it('is the last close once the position is gone and has no latest price', async () => {
    const made = await desk();
    made.answers.positions = async () => [];
    expect(await pricesIn(made, [XLF, XLK])).toEqual(new Map([[XLF, 90]]));
  });

  it('is the latest one before the last close', async () => {
    const made = await desk();
    made.answers.latestPrices = async (tickers) =>
      new Map(
        tickers.map((each) => [
          each,
          { ticker: each, price: 95, at: made.parts.clocks.market.now() },
        ]),
      );
    expect(await pricesIn(made, [XLF], [])).toEqual(new Map([[XLF, 95]]));
  });

  it('is asked for nowhere where nothing moved', async () => {
    const made = await desk();
    made.answers.positions = async () => {
      throw new Error('asked');
    };
    expect(await pricesIn(made, [])).toEqual(new Map());
  });
});
