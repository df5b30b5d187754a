import type { Build } from '#core/domain/account-state.ts';
import type { RiskLimits } from '#core/domain/decision.ts';
import type { TradingLimits } from '#core/domain/trading-limits.ts';
import { cents, dollars } from '#core/domain/units.ts';
import type { ApprovalRules } from '#core/engine/parts.ts';

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
  limitBps: 50,
  maxPriceAgeMs: 15 * 60_000,
  equityTolerance: 0.01,
  reserve: cents(0),
  maxManaged: undefined,
};

export const BUILD: Build = { code: 'c0de', config: 'c0f1', models: 'm0d5' };

/** One person is enough, and a plan bears ordinary moves of prices. */
export const APPROVAL: ApprovalRules = { twoPersonAbove: undefined, replanBps: 50 };
