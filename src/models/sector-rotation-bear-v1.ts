import type { Model } from '#core/domain/model.ts';
import { topByMomentum } from './top-by-momentum.ts';

/** Strict: at most two sectors that rose 10 % while the market fell, else bonds. */
export const sectorRotationBearV1: Model = {
  id: 'SectorRotationBear_v1',
  activeIn: 'bear',
  budget: 0.33,
  parameters: {
    lookback: 126,
    top: 2,
    minimumMomentum: 0.1,
    leverage: 1,
  },
  weigh: topByMomentum,
};
