import { describe, expect, it } from 'vitest';
import { MODELS } from '#models/list.ts';
import { buildOf } from '#ops/build-info.ts';
import type { Environment } from '#src/config/environment.ts';
import { parseConfig } from '#src/config.ts';

const ENV: Environment = {
  ALPACA_KEY_ID: 'PKONE',
  ALPACA_SECRET_KEY: 'one',
  DISCORD_TOKEN: 'one',
  DISCORD_GUILD_ID: '100000000000000001',
  DISCORD_CHANNEL_ID: '100000000000000002',
};

const digest = (more: Environment = {}) => buildOf(parseConfig({ ...ENV, ...more }), MODELS).config;

describe('the digest of the configuration', () => {
  it('is the same for the sandbox on another port', () => {
    const on = (port: number) =>
      digest({
        ALPACA_API_BASE: `http://127.0.0.1:${port}`,
        DISCORD_API_BASE: `http://127.0.0.1:${port}/api`,
      });
    expect(on(40_001)).toBe(on(40_002));
    expect(on(40_001)).not.toBe(digest());
  });

  it('differs for another host or limit, and is the same for another secret', () => {
    const live = { ALPACA_LIVE: 'yes-real-money', ALPACA_KEY_ID: 'AKONE' };
    expect(digest({ ...live, ALPACA_API_BASE: 'https://api.alpaca.markets' })).not.toBe(digest());
    expect(digest({ MAX_WEIGHT: '0.3' })).not.toBe(digest());
    expect(digest({ DISCORD_TOKEN: 'two', ALPACA_SECRET_KEY: 'two' })).toBe(digest());
  });
});
