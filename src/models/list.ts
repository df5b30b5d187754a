import type { Model } from '#core/domain/model.ts';
import { sectorRotationBearV1 } from './sector-rotation-bear-v1.ts';
import { sectorRotationBullV1 } from './sector-rotation-bull-v1.ts';
import { sectorRotationV1 } from './sector-rotation-v1.ts';

/** Every model that trades, in display order. */
export const MODELS: readonly Model[] = [
  sectorRotationV1,
  sectorRotationBullV1,
  sectorRotationBearV1,
];
