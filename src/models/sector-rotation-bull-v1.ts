import type { Model, ModelParameters } from '#core/domain/model.ts';
import { strongestOf, topByMomentum } from './top-by-momentum.ts';

const parameters: ModelParameters = {
  lookback: 80,
  top: 4,
  minimumMomentum: 0.03,
  leverage: 1.3,
};

/** Quicker, broader and geared: the four strongest sectors of 80 sessions, in a bull market. */
export const sectorRotationBullV1: Model = {
  id: 'SectorRotationBull_v1',
  activeIn: 'bull',
  budget: 0.33,
  parameters,
  holds: (momenta) => strongestOf(momenta, parameters),
  weigh: (input) => topByMomentum(input, parameters),
};
