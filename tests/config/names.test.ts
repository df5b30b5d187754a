import { describe, expect, it } from 'vitest';
import type { Environment } from '#src/config/environment.ts';
import { RENAMED_VARIABLES, SECRET_VARIABLES, VARIABLES } from '#src/config/variables.ts';
import { ConfigError, parseConfig, sandboxConfig } from '#src/config.ts';

const ACCOUNTS: Environment = {
  ALPACA_KEY_ID: 'PKCANARY',
  ALPACA_SECRET_KEY: 'canary-secret',
  DISCORD_TOKEN: 'canary-token',
  DISCORD_GUILD_ID: '100000000000000001',
  DISCORD_CHANNEL_ID: '100000000000000002',
};

function faultsOf(parse: () => unknown): readonly string[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

const given = (name: string): readonly string[] =>
  faultsOf(() => parseConfig({ ...ACCOUNTS, [name]: 'canary-value' }));

describe('a name that was meant for Rotor', () => {
  it.each([
    ['MAX_ORDERS_USD', 'MAX_ORDER_USD'],
    ['MAX_ORDRE_USD', 'MAX_ORDER_USD'],
    ['MAXORDER_USD', 'MAX_ORDER_USD'],
    ['MAX-ORDER-USD', 'MAX_ORDER_USD'],
    ['\ufeffMAX_ORDER_USD', 'MAX_ORDER_USD'],
    ['MAX_ORDER', 'MAX_ORDER_USD'],
    ['max_order_usd', 'MAX_ORDER_USD'],
    ['max_order', 'MAX_ORDER_USD'],
    ['Max_Drawdown', 'MAX_DRAWDOWN'],
    ['MAX_DRAWDOWN_PCT', 'MAX_DRAWDOWN'],
    ['MAX_DRAW_DOWN', 'MAX_DRAWDOWN'],
    ['OPERATOR_ROLE', 'OPERATOR_ROLE_ID'],
    ['APPROVERS_ROLE_ID', 'APPROVER_ROLE_ID'],
    ['QUIET_HOUR', 'QUIET_HOURS'],
    ['REPLAN', 'REPLAN_BPS'],
    ['DISCORD_TOKEN_FILES', 'DISCORD_TOKEN_FILE'],
    ['STATE_DIR_FILE', 'STATE_DIR'],
    ['BELIEVED_BAR', 'BELIEVED_BARS'],
    ['MAX_ORDERS', 'MAX_ORDER_USD'],
    ['MAX_ORDER_EUR', 'MAX_ORDER_USD'],
    ['ORDER_MAX_USD', 'MAX_ORDER_USD'],
    ['ORDER_MAX', 'MAX_ORDER_USD'],
    ['ROTOR_MAX_ORDER_USD', 'MAX_ORDER_USD'],
    ['ROLE_OPERATOR_ID', 'OPERATOR_ROLE_ID'],
    ['OPERATOR_ROLES', 'OPERATOR_ROLE_ID'],
    ['OPERATOR_ROLE_NAME', 'OPERATOR_ROLE_ID'],
    ['FRACTIONAL_SHARES', 'FRACTIONAL'],
  ])('%s is refused, and %s is named', (name, meant) => {
    expect(given(name)).toEqual([`${name}: is not a variable of Rotor; did you mean ${meant}?`]);
  });

  it('is also rejected in the sandbox', () => {
    expect(faultsOf(() => sandboxConfig({ SANDBOX_SPEEED: 'second' }))[0]).toContain(
      'SANDBOX_SPEED',
    );
  });

  it('is rejected by its prefix if no name is similar', () => {
    expect(given('ALPACA_PASSPHRASE')).toEqual(['ALPACA_PASSPHRASE: is not a variable of Rotor']);
  });

  it('is never one letter away from another of ours, which could not be distinguished', () => {
    for (const name of VARIABLES)
      expect(given(`${name}S`)[0], name).toContain(`did you mean ${name}?`);
  });
});

describe('an unrelated name', () => {
  it.each([
    'PATH',
    'HOME',
    'HOSTNAME',
    'TZ',
    'LANG',
    'NODE_OPTIONS',
    'NODE_EXTRA_CA_CERTS',
    'HTTPS_PROXY',
    'no_proxy',
    'COMPOSE_PROFILES',
    'SUPERVISOR_PROCESS_NAME',
    'ROTOR_COMMIT',
    'ROTOR_HOME',
    'ROTOR_HEALTH_PORT',
    'MAX_THREADS',
    'INVOCATION_ID',
    'STATE_DIRECTORY',
    'npm_config_cache',
  ])('%s is accepted', (name) => {
    expect(given(name)).toEqual([]);
  });

  it('is neither a secret’s file nor a retired name', () => {
    for (const name of SECRET_VARIABLES) expect(given(`${name}_FILE`), name).toEqual([]);
    for (const name of Object.keys(RENAMED_VARIABLES)) {
      const { notices } = parseConfig({ ...ACCOUNTS, [name]: 'XLE:2026-11-20' });
      expect(notices).toEqual([expect.stringContaining(`${name} still works`)]);
    }
  });
});

describe('the accepted moves', () => {
  it('are those of both names while the old one is still set', () => {
    const both = { BELIEVED_BARS: 'XLE:2026-11-20', ACCEPTED_MOVES: 'XLF:2026-11-19' };
    expect(parseConfig({ ...ACCOUNTS, ...both }).acceptedMoves).toEqual([
      'XLF:2026-11-19',
      'XLE:2026-11-20',
    ]);
    expect(parseConfig(ACCOUNTS).notices).toEqual([]);
  });
});

describe('a value', () => {
  it.each([
    ['MIN_POSITION_USD', ' '],
    ['MIN_POSITION_USD', '\t'],
    ['MAX_ORDER_USD', '1e9'],
    ['MAX_ORDER_USD', '0x10'],
    ['MAX_ORDER_USD', '1,000'],
    ['MAX_ORDER_USD', '$500'],
    ['MAX_ORDERS_PER_DAY', '2.5'],
    ['MAX_CATCHUP_SESSIONS', '1.0'],
    ['SANDBOX_PORT', '80.5'],
    ['CRASH_LIMIT', '-1'],
    ['TWO_PERSON_USD', '  '],
    ['STATE_DIR', '  '],
    ['CHART_SERVER', 'file:///etc/passwd'],
    ['CHART_SERVER', 'ftp://charts.example.org'],
    ['CHART_SERVER', 'http://me:canary@charts.example.org'],
    ['QUIET_HOURS', '22:00-22:00'],
    ['OPERATOR_ROLE_ID', '0100000000000000001'],
  ])('of %s that is %j is refused by name', (name, value) => {
    const faults = faultsOf(() => parseConfig({ ...ACCOUNTS, [name]: value }));
    expect(faults).toEqual([expect.stringMatching(`^${name}: expected `)]);
  });

  it('of RISK_FREE_RATE below 0 is valid, as its sentence says', () => {
    expect(parseConfig({ ...ACCOUNTS, RISK_FREE_RATE: '-0.01' }).riskFree).toBe(-0.01);
    expect(faultsOf(() => parseConfig({ ...ACCOUNTS, RISK_FREE_RATE: '-0.06' }))).toHaveLength(1);
  });
});
