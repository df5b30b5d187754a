import type { Model, ModelParameters } from '#core/domain/model.ts';
import { strongestOf, topByMomentum } from './top-by-momentum.ts';

const parameters: ModelParameters = {
  lookback: 126,
  top: 3,
  minimumMomentum: 0,
  leverage: 1,
};

/** The core: the three strongest sectors of half a year that did not lose, in any regime. */
export const sectorRotationV1: Model = {
  id: 'SectorRotationModel_v1',
  activeIn: 'always',
  budget: 1,
  parameters,
  holds: (momenta) => strongestOf(momenta, parameters),
  weigh: (input) => topByMomentum(input, parameters),
};
