import type { EpochMs } from '#core/domain/units.ts';
import type { Speed } from './dto.ts';
import type { PageLevers } from './levers.ts';

/** The market's clock as the page shows and sets it. */
export interface Market {
  now(): EpochMs;
  speed(): Speed;
  setSpeed(speed: Speed): void;
  onChange(listener: () => void): () => void;
  /** Sessions a second of late; undefined while that is not known. */
  reached?(): number | undefined;
  /** What the numbers are: `sample data`. */
  readonly label: string;
  readonly levers?: PageLevers;
}
