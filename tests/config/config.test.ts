import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Environment } from '#src/config/environment.ts';
import { settingsOf } from '#src/config/settings.ts';
import { VARIABLES } from '#src/config/variables.ts';
import { ConfigError, parseConfig, tradingRules, wantsSandbox } from '#src/config.ts';

const ACCOUNTS: Environment = {
  ALPACA_KEY_ID: 'PKCANARY',
  ALPACA_SECRET_KEY: 'canary-secret',
  DISCORD_TOKEN: 'canary-token',
  DISCORD_GUILD_ID: '100000000000000001',
  DISCORD_CHANNEL_ID: '100000000000000002',
};

function faultsOf(env: Environment): readonly string[] {
  try {
    parseConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

function exampleValues(): Map<string, string> {
  const lines = readFileSync('.env.example', 'utf8').split('\n');
  const pairs = lines.flatMap((line) => {
    const match = /^([A-Z_]+)=(.*)$/.exec(line);
    return match?.[1] ? [[match[1], match[2] ?? ''] as const] : [];
  });
  return new Map(pairs);
}

describe('configuration', () => {
  it('is paper with the defaults when only accounts are named', () => {
    const config = parseConfig(ACCOUNTS);
    expect(config.alpaca.apiBase).toBe('https://paper-api.alpaca.markets');
    expect(config.dataDir).toBe('data/bars');
    expect(config.limits).toMatchObject({ maxGross: 1, maxWeight: 0.4, minPosition: 10_000 });
  });

  it('names every variable of the schema in .env.example, and no other', () => {
    expect([...exampleValues().keys()].sort()).toEqual([...VARIABLES].sort());
  });

  it('reads .env.example as the defaults', () => {
    const example = Object.fromEntries([...exampleValues()].filter(([, value]) => value !== ''));
    expect(parseConfig({ ...example, ...ACCOUNTS })).toEqual(parseConfig(ACCOUNTS));
  });

  it('serves health on loopback, and in the sandbox only if configured', () => {
    const sandbox = { ...ACCOUNTS, ALPACA_API_BASE: 'http://127.0.0.1:7357' };
    expect(parseConfig(ACCOUNTS).health).toMatchObject({ port: 8080, host: '127.0.0.1' });
    expect(parseConfig({ ...ACCOUNTS, HEALTH_PORT: '0' }).health.port).toBeUndefined();
    expect(parseConfig(sandbox).health.port).toBeUndefined();
    expect(parseConfig({ ...sandbox, HEALTH_PORT: '9000' }).health.port).toBe(9000);
    expect(faultsOf({ ...ACCOUNTS, HEALTH_HOST: '::' })[0]).toContain('HEALTH_HOST');
  });

  it.each(['HEARTBEAT_URL', 'SUPERVISOR_WEBHOOK_URL'])(
    'accepts %s encrypted, or to this machine',
    (name) => {
      const clear = faultsOf({ ...ACCOUNTS, [name]: 'http://canary.example/canary-path' });
      expect(clear).toEqual([`${name}: expected an https address`]);
      expect(faultsOf({ ...ACCOUNTS, [name]: 'https://hc.example/uuid' })).toEqual([]);
      expect(faultsOf({ ...ACCOUNTS, [name]: 'http://127.0.0.1:9/uuid' })).toEqual([]);
    },
  );

  it.each(['STATE_DIR', 'DATA_DIR', 'DATA_IMPORT'])(
    'refuses shell notation in %s, which would name another folder',
    (name) => {
      for (const text of ['~/rotor', '~', '$HOME/rotor']) {
        expect(faultsOf({ ...ACCOUNTS, [name]: text })).toEqual([
          `${name}: expected a path without ~ and $, which only a shell replaces`,
        ]);
      }
      expect(faultsOf({ ...ACCOUNTS, [name]: './data~1/$x' })).toEqual([]);
    },
  );

  it('accepts days of bars whose move a person has checked, and nothing else in their place', () => {
    const accepted = (text: string) => ({ ...ACCOUNTS, ACCEPTED_MOVES: text });
    expect(parseConfig(ACCOUNTS).acceptedMoves).toEqual([]);
    expect(parseConfig(accepted('XLE:2026-11-20, XLF:2026-11-19')).acceptedMoves).toEqual([
      'XLE:2026-11-20',
      'XLF:2026-11-19',
    ]);
    for (const text of [
      'XLE',
      'XLE 2026-11-20',
      'XLE:20.11.2026',
      'xle:2026-11-20',
      'XLE:2026-02-30',
    ]) {
      expect(faultsOf(accepted(text))[0]).toContain('ACCEPTED_MOVES: expected tickers with days');
    }
  });

  it('accepts days on which the exchange closed, and nothing else in their place', () => {
    const closed = (text: string) => ({ ...ACCOUNTS, CLOSED_DAYS: text });
    expect(parseConfig(ACCOUNTS).closedDays).toEqual([]);
    expect(parseConfig(closed('2025-01-09, 2027-03-13,')).closedDays).toEqual([
      '2025-01-09',
      '2027-03-13',
    ]);
    for (const text of [
      'tomorrow',
      '13.03.2027',
      '2027-02-30',
      '2027-3-1',
      '2027-03-01 2027-03-02',
    ]) {
      expect(faultsOf(closed(text))[0]).toContain('CLOSED_DAYS: expected days as in 2025-01-09');
    }
  });

  it('refuses limits that leave no order or position possible', () => {
    const faultsWith = (more: Environment) => faultsOf({ ...ACCOUNTS, ...more });
    expect(faultsWith({ MIN_ORDER_USD: '600', MAX_ORDER_USD: '500' })).toEqual([
      'MIN_ORDER_USD: expected at most MAX_ORDER_USD',
    ]);
    expect(faultsWith({ MIN_ORDER_USD: '500', MAX_ORDER_USD: '500' })).toEqual([]);
    expect(faultsWith({ MAX_MANAGED_USD: '99' })).toEqual([
      'MIN_POSITION_USD: expected at most MAX_MANAGED_USD',
    ]);
    expect(faultsWith({ MAX_MANAGED_USD: '100' })).toEqual([]);
  });

  it('reports every error at once, by name', () => {
    const faults = faultsOf({ MAX_GROSS: '9', FRACTIONAL: 'perhaps', ALPACA_KEY_ID: 'PKX' });
    for (const name of ['ALPACA_SECRET_KEY', 'DISCORD_TOKEN', 'MAX_GROSS', 'FRACTIONAL']) {
      expect(faults.some((fault) => fault.startsWith(`${name}: `))).toBe(true);
    }
  });

  it('never repeats a value', () => {
    const faults = faultsOf({
      ...ACCOUNTS,
      ALPACA_API_BASE: 'https://canary.example/?k=canary-secret',
      MAX_GROSS: 'canary-secret',
      DISCORD_GUILD_ID: 'canary-token',
    });
    expect(faults.length).toBeGreaterThanOrEqual(3);
    expect(faults.join('\n')).not.toContain('canary-');
  });

  it.each([
    'https://evil.example',
    'http://paper-api.alpaca.markets',
    'http://10.0.0.1',
    'ftp://x',
  ])('refuses the base address %s', (url) => {
    expect(faultsOf({ ...ACCOUNTS, ALPACA_API_BASE: url })[0]).toContain('ALPACA_API_BASE');
    expect(faultsOf({ ...ACCOUNTS, DISCORD_API_BASE: url })[0]).toContain('DISCORD_API_BASE');
  });

  it('refuses the live host without the second switch', () => {
    const live = {
      ...ACCOUNTS,
      ALPACA_KEY_ID: 'AKX',
      ALPACA_API_BASE: 'https://api.alpaca.markets',
    };
    expect(faultsOf(live)).toEqual(['ALPACA_LIVE: the live host needs yes-real-money']);
    expect(faultsOf({ ...live, ALPACA_LIVE: 'yes-real-money' })).toEqual([]);
  });

  it('refuses paper keys at the live host and live keys at the paper host', () => {
    const live = { ALPACA_API_BASE: 'https://api.alpaca.markets', ALPACA_LIVE: 'yes-real-money' };
    expect(faultsOf({ ...ACCOUNTS, ...live })[0]).toContain('is a paper key');
    expect(faultsOf({ ...ACCOUNTS, ALPACA_KEY_ID: 'AKX' })[0]).toContain('is a live key');
  });

  it('rejects a misspelt variable instead of using the default', () => {
    expect(faultsOf({ ...ACCOUNTS, ALPACA_APIBASE: 'x' })).toEqual([
      'ALPACA_APIBASE: is not a variable of Rotor; did you mean ALPACA_API_BASE?',
    ]);
  });

  it('starts the sandbox only when no account is named at all', () => {
    expect(wantsSandbox({ PATH: '/bin', DISCORD_TOKEN: '' })).toBe(true);
    expect(wantsSandbox({ DISCORD_TOKEN: 'x' })).toBe(false);
  });

  it('gives the offline commands their limits without any account', () => {
    expect(tradingRules({ MAX_WEIGHT: '0.25' }).limits.maxWeight).toBe(0.25);
    expect(() => tradingRules({ MAX_WEIGHT: '7' })).toThrow(/MAX_WEIGHT/);
  });
});

describe('the amount above which two people are needed', () => {
  it('is undefined if not set or empty, so that one is enough', () => {
    expect(parseConfig(ACCOUNTS).approval.twoPersonAbove).toBeUndefined();
    const empty = { ...ACCOUNTS, TWO_PERSON_USD: '' };
    expect(parseConfig(empty).approval.twoPersonAbove).toBeUndefined();
    const zero = { ...ACCOUNTS, TWO_PERSON_USD: '0' };
    expect(parseConfig(zero).approval.twoPersonAbove).toBe(0);
  });
});

describe('the displayed settings', () => {
  const shown = (env: Environment) =>
    new Map(settingsOf(env).map(([name, ...rest]) => [name, rest]));

  it('name every variable with its value in force, also if it is the default', () => {
    const all = shown(ACCOUNTS);
    expect([...all.keys()]).toEqual(VARIABLES);
    for (const [name, [value]] of all) expect(value, name).not.toBe('default');
    expect(all.get('MAX_WEIGHT')).toEqual(['0.4', 'default']);
    expect(all.get('MAX_ORDER_USD')).toEqual(['100000', 'default']);
    expect(all.get('FRACTIONAL')).toEqual(['false', 'default']);
    expect(all.get('ACCEPTED_MOVES')).toEqual(['not set', 'default']);
    expect(all.get('TWO_PERSON_USD')).toEqual(['not set', 'default']);
    expect(all.get('ALPACA_API_BASE')).toEqual(['https://paper-api.alpaca.markets', 'default']);
    expect(shown({ ...ACCOUNTS, MAX_WEIGHT: '0.25' }).get('MAX_WEIGHT')).toEqual(['0.25']);
    expect(shown({ ...ACCOUNTS, MAX_WEIGHT: '' }).get('MAX_WEIGHT')).toEqual(['0.4', 'default']);
  });

  it('derive dependent settings in the same way as the configuration', () => {
    for (const env of [
      ACCOUNTS,
      { ...ACCOUNTS, STATE_DIR: '/data', ALPACA_API_BASE: 'http://127.0.0.1:9' },
    ]) {
      const config = parseConfig(env);
      const all = shown(env);
      expect(all.get('DATA_DIR')).toEqual([config.dataDir, 'default']);
      expect(all.get('HEALTH_PORT')).toEqual([String(config.health.port ?? 0), 'default']);
    }
  });

  it('hide every secret, including passwords and keys in addresses', () => {
    const all = shown({
      ...ACCOUNTS,
      HEARTBEAT_URL: 'https://hc.example.org/canary',
      CHART_SERVER: 'https://user:canary@charts.example.org/draw?key=canary#canary',
    });
    expect(JSON.stringify([...all]).toLowerCase()).not.toContain('canary');
    expect(all.get('CHART_SERVER')).toEqual(['https://charts.example.org/draw?…']);
    expect(all.get('HEARTBEAT_URL')).toEqual(['set']);
    expect(all.get('SUPERVISOR_WEBHOOK_URL')).toEqual(['not set', 'default']);
  });
});
