/** Variables that limit decisions and orders, in Rotor's own units. */
import type { z } from 'zod';
import type { TradingLimits } from '#core/domain/trading-limits.ts';
import { dollars } from '#core/domain/units.ts';
import type { ApprovalRules } from '#core/engine/parts.ts';
import type { TradingRules } from './types.ts';
import { schema } from './variables.ts';

/** Variables needed for decisions, also offline. */
export const tradingSchema = schema.pick({
  ACCEPTED_MOVES: true,
  MAX_GROSS: true,
  MAX_WEIGHT: true,
  MIN_POSITION_USD: true,
  MIN_ORDER_USD: true,
  MIN_DRIFT: true,
  FRACTIONAL: true,
});

/** Rules for decisions, from their variables. */
export function tradingOf(parsed: z.output<typeof tradingSchema>): TradingRules {
  return {
    acceptedMoves: parsed.ACCEPTED_MOVES,
    limits: {
      maxGross: parsed.MAX_GROSS,
      maxWeight: parsed.MAX_WEIGHT,
      minPosition: dollars(parsed.MIN_POSITION_USD),
    },
    rules: {
      fractional: parsed.FRACTIONAL,
      minOrder: dollars(parsed.MIN_ORDER_USD),
      minDrift: parsed.MIN_DRIFT,
    },
  };
}

/** Limits that no order may exceed, whatever was decided. */
export function orderLimitsOf(parsed: z.output<typeof schema>): TradingLimits {
  return {
    maxGross: parsed.MAX_GROSS,
    maxWeight: parsed.MAX_WEIGHT,
    maxOrder: dollars(parsed.MAX_ORDER_USD),
    maxOrdersPerDay: parsed.MAX_ORDERS_PER_DAY,
    maxTurnoverPerDay: parsed.MAX_TURNOVER_PER_DAY,
    priceCollar: parsed.PRICE_COLLAR,
    maxDrawdown: parsed.MAX_DRAWDOWN,
    limitBps: parsed.ORDER_LIMIT_BPS,
    maxPriceAgeMs: parsed.MAX_PRICE_AGE * 1000,
    equityTolerance: parsed.EQUITY_TOLERANCE,
    reserve: dollars(parsed.RESERVE_USD),
    maxManaged: parsed.MAX_MANAGED_USD === undefined ? undefined : dollars(parsed.MAX_MANAGED_USD),
  };
}

/** Limits that exclude each other: no order, or no position, would be possible. */
export function limitFaults(parsed: z.output<typeof schema>): readonly string[] {
  const { MIN_ORDER_USD, MAX_ORDER_USD, MIN_POSITION_USD, MAX_MANAGED_USD = Infinity } = parsed;
  return [
    ...(MIN_ORDER_USD > MAX_ORDER_USD ? ['MIN_ORDER_USD: expected at most MAX_ORDER_USD'] : []),
    ...(MIN_POSITION_USD > MAX_MANAGED_USD
      ? ['MIN_POSITION_USD: expected at most MAX_MANAGED_USD']
      : []),
  ];
}

/** When a person must approve, and how far prices may move before approval. */
export function approvalOf(parsed: z.output<typeof schema>): ApprovalRules {
  const { TWO_PERSON_USD: usd, REPLAN_BPS: replanBps } = parsed;
  return { twoPersonAbove: usd === undefined ? undefined : dollars(usd), replanBps };
}
