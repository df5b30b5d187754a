import type { Model, ModelParameters } from '#core/domain/model.ts';
import { strongestOf, topByMomentum } from './top-by-momentum.ts';

const parameters: ModelParameters = {
  lookback: 126,
  top: 2,
  minimumMomentum: 0.1,
  leverage: 1,
};

/** Picky: at most two sectors that rose 10 % while the market fell, else bonds. */
export const sectorRotationBearV1: Model = {
  id: 'SectorRotationBear_v1',
  activeIn: 'bear',
  budget: 0.33,
  parameters,
  holds: (momenta) => strongestOf(momenta, parameters),
  weigh: (input) => topByMomentum(input, parameters),
};
