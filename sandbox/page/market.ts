import type { EpochMs } from '#core/domain/units.ts';
import type { Speed } from './dto.ts';
import type { PageLevers } from './levers.ts';

/** The market's clock as the page shows and sets it. */
export interface Market {
  now(): EpochMs;
  speed(): Speed;
  setSpeed(speed: Speed): void;
  onChange(listener: () => void): () => void;
  /** Actual sessions per second; undefined while unknown. */
  reached?(): number | undefined;
  /** Description of the data: `sample data`. */
  readonly label: string;
  readonly levers?: PageLevers;
}
