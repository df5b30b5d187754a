import type { MarketTime } from '#core/market-time/market-time.ts';
import type { ValidationParts } from './order-validation.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Dependencies for accepting and filling orders. */
export interface ExchangeParts extends ValidationParts {
  readonly random: SeededRandom;
  readonly time: MarketTime;
}
