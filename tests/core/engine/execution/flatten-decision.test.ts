/** What a flatten sells, and at which prices it is recorded. */
import { describe, expect, it } from 'vitest';
import { ticker } from '#core/domain/units.ts';
import { ownPositions, pricesOf } from '#core/engine/execution/flatten-decision.ts';
import { TradingError } from '#core/errors.ts';
import { position } from '#tests/support/desk.ts';
import { world } from '#tests/support/world.ts';

const XLK = ticker('XLK');
const XLE = ticker('XLE');
const XLF = ticker('XLF');

describe('what a flatten sells', () => {
  it('is what Rotor may trade and holds, never a short position or another ticker', () => {
    const held = [position('XLK', 5), position('XLE', -5), position('AAPL', 5), position('TLT', 1)];
    const found = ownPositions(world().parts, [...held, position('XLF', 0)]);
    expect(found.map((each) => each.ticker)).toEqual(['XLK', 'TLT']);
  });
});

describe('the price of what is sold', () => {
  const held = [
    position('XLK', 1, 90),
    position('XLE', 1, 80),
    { ...position('XLF', 1, 70), currentPrice: undefined },
  ];

  it('is the latest one, else the broker’s, else what was paid', async () => {
    const made = world();
    made.answers.latestPrices = async () =>
      new Map([[XLK, { ticker: XLK, price: 95, at: made.clock.now() }]]);
    expect(await pricesOf(made.parts, held)).toEqual(
      new Map([
        [XLK, 95],
        [XLE, 80],
        [XLF, 69],
      ]),
    );
    made.answers.latestPrices = () => Promise.reject(new TradingError('no answer', 'retry'));
    expect((await pricesOf(made.parts, held)).get(XLK)).toBe(90);
  });
});
