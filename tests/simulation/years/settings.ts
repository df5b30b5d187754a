/** The settings of simulated desks: those that Rotor has when nobody sets any, and a rule of two people. */
import { parseConfig } from '#src/config.ts';

const ENVIRONMENT = {
  ALPACA_KEY_ID: 'PK'.padEnd(16, 'A'),
  ALPACA_SECRET_KEY: 'a'.repeat(20),
  DISCORD_TOKEN: ['M'.repeat(24), 'a'.repeat(6), 'd'.repeat(27)].join('.'),
  DISCORD_GUILD_ID: '1'.padEnd(18, '0'),
  DISCORD_CHANNEL_ID: '2'.padEnd(18, '0'),
  // Most plans need two people.
  TWO_PERSON_USD: '20000',
};

export const SETTINGS = parseConfig(ENVIRONMENT);
