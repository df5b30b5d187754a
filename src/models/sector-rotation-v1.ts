import type { Model } from '#core/domain/model.ts';
import { topByMomentum } from './top-by-momentum.ts';

/** The core: the three strongest sectors over half a year without a loss, in any regime. */
export const sectorRotationV1: Model = {
  id: 'SectorRotationModel_v1',
  activeIn: 'always',
  budget: 1,
  parameters: {
    lookback: 126,
    top: 3,
    minimumMomentum: 0,
    leverage: 1,
  },
  weigh: topByMomentum,
};
