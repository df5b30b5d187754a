import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ticker } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { add, equalWeights, gross, scale, turnover, type Weights } from '#core/domain/weights.ts';

fc.configureGlobal({ seed: 20_251_117 });

const SECTORS = UNIVERSE.sectors.map((sector) => sector.ticker);

const anyWeights: fc.Arbitrary<Weights> = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...SECTORS), fc.double({ min: 0, max: 1, noNaN: true })), {
    selector: ([name]) => name,
  })
  .map((entries) => new Map(entries));

describe('weights', () => {
  it('in equal parts sum to 1, and none to 0', () => {
    for (let count = 1; count <= SECTORS.length; count++) {
      expect(gross(equalWeights(SECTORS.slice(0, count)))).toBeCloseTo(1, 12);
    }
    expect(gross(equalWeights([]))).toBe(0);
  });

  it('add up by ticker, in any order', () => {
    fc.assert(
      fc.property(anyWeights, anyWeights, (left, right) => {
        const [one, other] = [add(left, right), add(right, left)];
        expect(gross(one)).toBeCloseTo(gross(left) + gross(right), 9);
        for (const name of SECTORS) expect(one.get(name)).toBe(other.get(name));
      }),
    );
  });

  it('are scaled without changing the original', () => {
    const before = new Map([[ticker('XLK'), 0.5]]);
    expect(scale(before, 0.5).get(ticker('XLK'))).toBe(0.25);
    expect(before.get(ticker('XLK'))).toBe(0.5);
  });

  it('turn over half of the change: nothing for no change, all for a full switch', () => {
    const [tech, bonds] = [new Map([[ticker('XLK'), 1]]), new Map([[ticker('TLT'), 1]])];
    expect(turnover(tech, bonds)).toBe(1);
    expect(turnover(tech, tech)).toBe(0);
    expect(turnover(new Map(), tech)).toBe(0.5);
  });

  it('turn over the same in both directions', () => {
    fc.assert(
      fc.property(anyWeights, anyWeights, (from, to) => {
        expect(turnover(from, to)).toBeCloseTo(turnover(to, from), 12);
      }),
    );
  });
});
