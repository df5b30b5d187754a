import type { RiskLimits } from '#core/domain/decision.ts';
import { dollars } from '#core/domain/units.ts';
import type { TradingLimits } from '#core/engine/limits.ts';

/** Limits that an ordinary rebalance never meets. */
export const LIMITS: RiskLimits & TradingLimits = {
  maxGross: 1,
  maxWeight: 0.6,
  minPosition: dollars(100),
  maxOrder: dollars(100_000),
  maxOrdersPerDay: 60,
  maxTurnoverPerDay: 2.5,
  priceCollar: 0.1,
  maxDrawdown: 0.2,
};
