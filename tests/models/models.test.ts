import { describe, expect, it } from 'vitest';
import type { ModelInput } from '#core/domain/model.ts';
import { ticker } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { MODELS } from '#models/list.ts';
import { sectorRotationBearV1 } from '#models/sector-rotation-bear-v1.ts';
import { sectorRotationBullV1 } from '#models/sector-rotation-bull-v1.ts';
import { sectorRotationV1 } from '#models/sector-rotation-v1.ts';
import { AS_OF } from '#tests/support/bars.ts';

/** Sectors in universe order with the given momenta, strongest first. */
function ranked(...momenta: number[]): ModelInput {
  const rankings = momenta.map((momentum, index) => ({
    rank: index + 1,
    ticker: UNIVERSE.sectors[index]?.ticker ?? ticker('NONE'),
    momentum,
    close: 1 + momentum,
    past: 1,
    pastDate: AS_OF,
  }));
  return {
    ranking: { asOf: AS_OF, lookback: 126, rankings, excluded: [] },
    regime: { kind: 'bull', close: 1, mean200: 1, distance: 0, momentum126: 0 },
    defensive: UNIVERSE.defensive.ticker,
  };
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

  it('take the strongest few at equal weight', () => {
    const weights = sectorRotationV1.weigh(ranked(0.3, 0.2, 0.1, 0.05));
    expect([...weights]).toEqual([
      ['XLK', 1 / 3],
      ['XLF', 1 / 3],
      ['XLE', 1 / 3],
    ]);
  });

  it('share what a weak one leaves among those that remain', () => {
    const weights = sectorRotationBullV1.weigh(ranked(0.3, 0.04, 0.02, 0.01));
    expect([...weights]).toEqual([
      ['XLK', 0.5],
      ['XLF', 0.5],
    ]);
  });

  it('give a single survivor everything', () => {
    expect([...sectorRotationBearV1.weigh(ranked(0.2, 0.05))]).toEqual(all('XLK'));
  });

  it('flee into bonds when nobody qualifies', () => {
    expect([...sectorRotationV1.weigh(ranked(-0.1, -0.2))]).toEqual(all('TLT'));
    expect([...sectorRotationBearV1.weigh(ranked(0.09, 0.08))]).toEqual(all('TLT'));
  });

  it('count a momentum at the minimum as enough', () => {
    expect([...sectorRotationV1.weigh(ranked(0))]).toEqual(all('XLK'));
    expect([...sectorRotationBullV1.weigh(ranked(103 / 100 - 1))]).toEqual(all('XLK'));
    expect([...sectorRotationBearV1.weigh(ranked(30.9 / 30 - 1 + 0.07))]).toEqual(all('XLK'));
    expect([...sectorRotationBearV1.weigh(ranked(0.0999))]).toEqual(all('TLT'));
  });
});
