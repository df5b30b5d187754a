import type { Model } from '#core/domain/model.ts';
import { topByMomentum } from './top-by-momentum.ts';

/** Faster, broader and leveraged: the four strongest sectors over 80 sessions, in a bull market. */
export const sectorRotationBullV1: Model = {
  id: 'SectorRotationBull_v1',
  activeIn: 'bull',
  budget: 0.33,
  parameters: {
    lookback: 80,
    top: 4,
    minimumMomentum: 0.03,
    leverage: 1.3,
  },
  weigh: topByMomentum,
};
