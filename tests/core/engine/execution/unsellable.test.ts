/** What could not be sold now, for a person who is about to sell everything. */
import { describe, expect, it } from 'vitest';
import type { Asset, Position } from '#core/domain/account.ts';
import { qty, wholeShares } from '#core/domain/units.ts';
import { unsellable } from '#core/engine/execution/unsellable.ts';
import { TradingError } from '#core/errors.ts';
import { observation, position } from '#tests/support/desk.ts';
import { type World, world } from '#tests/support/world.ts';

const shares = (symbol: string, count: number, changes: Partial<Position> = {}): Position => {
  const held = qty(Math.round(count * 1e9));
  return { ...position(symbol, 1), qty: held, available: held, ...changes };
};

async function reasons(
  positions: readonly Position[],
  { fractional = true, asset = {} }: { fractional?: boolean; asset?: Partial<Asset> } = {},
  prepare: (made: World) => void = () => {},
) {
  const made = world({ rules: { fractional } });
  made.answers.assets = async (tickers) =>
    tickers.map((ticker) => ({ ticker, tradable: true, fractionable: true, ...asset }));
  prepare(made);
  const found = await unsellable(made.parts, { last: () => observation({ positions }) });
  expect([...found.values()]).not.toContain(undefined);
  return Object.fromEntries(found);
}

describe('what cannot be sold', () => {
  it('is nothing of what is whole, free and tradable, and nothing of others', async () => {
    expect(await reasons([shares('XLK', 3), shares('XLE', 0.5)])).toEqual({});
    expect(await reasons([shares('AAPL', 0.5)], { fractional: false })).toEqual({});
  });

  it('is an asset that cannot be traded or is not listed', async () => {
    const reason = { XLK: 'XLK cannot be traded at the broker now' };
    expect(await reasons([shares('XLK', 3)], { asset: { tradable: false } })).toEqual(reason);
    const unlisted = (made: World): void => {
      made.answers.assets = async () => [];
    };
    expect(await reasons([shares('XLK', 3)], {}, unlisted)).toEqual(reason);
  });

  it('is judged for each ticker by its own asset', async () => {
    const onlyXle = (made: World): void => {
      made.answers.assets = async (tickers) =>
        tickers.map((each) => ({ ticker: each, tradable: each !== 'XLE', fractionable: true }));
    };
    expect(await reasons([shares('XLK', 3), shares('XLE', 3)], {}, onlyXle)).toEqual({
      ...{ XLE: 'XLE cannot be traded at the broker now' },
    });
  });

  it('is what another order reserves', async () => {
    const held = (available: number) => shares('XLK', 3, { available: qty(available) });
    expect(await reasons([held(wholeShares(1))])).toEqual({
      ...{ XLK: '2 XLK are reserved by another open order' },
    });
    expect(await reasons([held(wholeShares(-1))])).toEqual({
      ...{ XLK: '3 XLK are reserved by another open order' },
    });
  });

  it('is a part of a share where fractions may not be traded', async () => {
    const part = { XLK: '0.5 of a share of XLK' };
    expect(await reasons([shares('XLK', 3.5)], { fractional: false })).toEqual(part);
    expect(await reasons([shares('XLK', 3.5)], { asset: { fractionable: false } })).toEqual(part);
    expect(await reasons([shares('XLK', 3)], { fractional: false })).toEqual({});
  });

  it('is judged without the broker’s assets where it does not answer', async () => {
    const silent = (made: World): void => {
      made.answers.assets = () => Promise.reject(new TradingError('no answer', 'retry'));
    };
    expect(await reasons([shares('XLK', 3.5)], {}, silent)).toEqual({});
    expect(await reasons([shares('XLK', 3.5)], { fractional: false }, silent)).toEqual({
      ...{ XLK: '0.5 of a share of XLK' },
    });
    const broken = (made: World): void => {
      made.answers.assets = () => Promise.reject(new Error('broken'));
    };
    await expect(reasons([shares('XLK', 3)], {}, broken)).rejects.toThrow('broken');
  });
});
