/** The settings of simulated desks: half of them have those that Rotor has when nobody sets any. */

import type { Config } from '#src/config/types.ts';
import { parseConfig } from '#src/config.ts';
import { drawsOf, pickOf } from './chance.ts';

const ENVIRONMENT = {
  ALPACA_KEY_ID: 'PK'.padEnd(16, 'A'),
  ALPACA_SECRET_KEY: 'a'.repeat(20),
  DISCORD_TOKEN: ['M'.repeat(24), 'a'.repeat(6), 'd'.repeat(27)].join('.'),
  DISCORD_GUILD_ID: '1'.padEnd(18, '0'),
  DISCORD_CHANNEL_ID: '2'.padEnd(18, '0'),
  // Most plans need two people.
  TWO_PERSON_USD: '20000',
};
/** What people set, and to what. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  FRACTIONAL: ['true'],
  MAX_GROSS: ['0.8'],
  RESERVE_USD: ['20000'],
  MAX_MANAGED_USD: ['60000'],
  MAX_WEIGHT: ['0.25'],
  MAX_ORDER_USD: ['25000'],
  MIN_DRIFT: ['0.03'],
  MAX_DRIFT: ['0.1'],
  MAX_DRAWDOWN: ['0.1'],
  MAX_PRICE_AGE: ['60'],
  PRICE_COLLAR: ['0.05'],
  TWO_PERSON_USD: [''],
  MAX_CATCHUP_SESSIONS: ['0', '2'],
  REBALANCE_ON_REGIME_CHANGE: ['true'],
  AUTO_REBALANCE: ['approve', 'approve', 'off'],
  MAX_ORDERS_PER_DAY: ['6'],
  MAX_TURNOVER_PER_DAY: ['0.4'],
  MIN_ORDER_USD: ['500'],
  MIN_POSITION_USD: ['5000'],
  ORDER_LIMIT_BPS: ['5'],
  EQUITY_TOLERANCE: ['0.001'],
  REPLAN_BPS: ['5'],
  QUIET_HOURS: ['22:00-07:00'],
  FIRST_REBALANCE: ['now'],
  ANNOUNCE_AT: ['17:00,08:30'],
};
/** Parts of all settings that a desk may have changed. */
const CHANGED = [0, 0, 0.1, 0.4] as const;

/** Names of settings and their values, as in a file of settings. */
export type Changes = Readonly<Record<string, string>>;

/** What the people of that story set. */
export function drawSettings(seed: number): Changes {
  const part = pickOf(CHANGED, drawsOf(seed, 'settings')()) ?? 0;
  return Object.fromEntries(
    Object.entries(CHOICES).flatMap(([name, values]) => {
      const draw = drawsOf(seed, 'setting', name);
      return draw() < part ? [[name, pickOf(values, draw()) ?? '']] : [];
    }),
  );
}

/** All settings of a desk that has these set. */
export function settingsWith(changes: Changes = {}): Config {
  return parseConfig({ ...ENVIRONMENT, ...changes });
}
