import { describe, expect, it } from 'vitest';
import type { Model } from '#core/domain/model.ts';
import { placesIn, weightsOf } from '#core/domain/places.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { MODELS } from '#models/list.ts';
import { sectorRotationBearV1 } from '#models/sector-rotation-bear-v1.ts';
import { sectorRotationBullV1 } from '#models/sector-rotation-bull-v1.ts';
import { sectorRotationV1 } from '#models/sector-rotation-v1.ts';
import { AS_OF } from '#tests/support/bars.ts';

/** The weights of a model where the first sectors of the universe have the given, falling momenta. */
function weigh(
  { weigh, parameters }: Model,
  ...momenta: number[]
): readonly (readonly [string, number])[] {
  const tickers = placesIn(UNIVERSE);
  const weights = new Float64Array(tickers.length);
  weigh(
    {
      order: Int32Array.from(momenta, (_, place) => place),
      momentum: Float64Array.from(momenta),
      ...{ regime: 'bull', asOf: AS_OF, parameters },
      defensive: tickers.indexOf(UNIVERSE.defensive.ticker),
    },
    weights,
  );
  return [...weightsOf(weights, tickers)];
}

const all = (name: string, weight = 1) => [[name, weight]];

describe('the models', () => {
  it('are the three of the design, with its parameters', () => {
    const table = MODELS.map(({ id, parameters: p, activeIn, budget }) => [
      id,
      p.lookback,
      p.top,
      p.minimumMomentum,
      p.leverage,
      activeIn,
      budget,
    ]);
    expect(table).toEqual([
      ['SectorRotationModel_v1', 126, 3, 0, 1, 'always', 1],
      ['SectorRotationBull_v1', 80, 4, 0.03, 1.3, 'bull', 0.33],
      ['SectorRotationBear_v1', 126, 2, 0.1, 1, 'bear', 0.33],
    ]);
  });

  it('select the strongest few at equal weight', () => {
    const weights = weigh(sectorRotationV1, 0.3, 0.2, 0.1, 0.05);
    expect(weights).toEqual([
      ['XLK', 1 / 3],
      ['XLF', 1 / 3],
      ['XLE', 1 / 3],
    ]);
  });

  it('divide the share of a weak ticker among the others', () => {
    const weights = weigh(sectorRotationBullV1, 0.3, 0.04, 0.02, 0.01);
    expect(weights).toEqual([
      ['XLK', 0.5],
      ['XLF', 0.5],
    ]);
  });

  it('give a single remaining ticker everything', () => {
    expect(weigh(sectorRotationBearV1, 0.2, 0.05)).toEqual(all('XLK'));
  });

  it('flee into bonds when nobody qualifies', () => {
    expect(weigh(sectorRotationV1, -0.1, -0.2)).toEqual(all('TLT'));
    expect(weigh(sectorRotationBearV1, 0.09, 0.08)).toEqual(all('TLT'));
  });

  it('accept a momentum equal to the minimum', () => {
    expect(weigh(sectorRotationV1, 0)).toEqual(all('XLK'));
    expect(weigh(sectorRotationBullV1, 103 / 100 - 1)).toEqual(all('XLK'));
    expect(weigh(sectorRotationBearV1, 30.9 / 30 - 1 + 0.07)).toEqual(all('XLK'));
    expect(weigh(sectorRotationBearV1, 0.0999)).toEqual(all('TLT'));
  });
});
