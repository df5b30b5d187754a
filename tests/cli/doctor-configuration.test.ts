import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examine } from '../../src/cli/doctor/configuration.ts';

const EXAMPLE = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8');
const VARIABLES = [...EXAMPLE.matchAll(/^([A-Z_]+)=/gm)].map(([, name = '']) => name);

/** Folders and an address: whether they are there is asked elsewhere. */
const FREE = new Set(['STATE_DIR', 'DATA_DIR', 'DATA_IMPORT', 'CHART_SERVER', 'SANDBOX_BARS']);

const WHOLE = {
  ALPACA_KEY_ID: 'PKCANARYCANARY',
  ALPACA_SECRET_KEY: 'canary-secret',
  DISCORD_TOKEN: 'canary-token',
  DISCORD_GUILD_ID: '123456789012345678',
  DISCORD_CHANNEL_ID: '123456789012345679',
};

describe('the configuration as the doctor reads it', () => {
  it('is complete, or the sandbox’s', () => {
    expect(examine(WHOLE).check.detail).toBe('complete');
    expect(examine({})).toMatchObject({ check: { pass: true }, config: undefined });
  });

  it.each(VARIABLES.filter((name) => !FREE.has(name)))('continues when %s is wrong', (name) => {
    // Nothing takes this: not a word, not a number, not an address.
    const { check, config } = examine({ ...WHOLE, [name]: 'http://x\u0000 \n' });
    expect(check.pass).toBe(false);
    expect(check.detail).toContain(name);
    expect(config?.stateDir).toEqual(expect.any(String));
  });

  it.each<[Record<string, string>, readonly string[]]>([
    [{ ALPACA_KEY_ID: '' }, ['Alpaca']],
    [{ ALPACA_API_BASE: 'https://api.alpaca.markets' }, ['Alpaca']],
    [{ DISCORD_TOKEN: '' }, ['Discord']],
    [{ DISCORD_TOKEN: '', ALPACA_SECRET_KEY: '' }, ['Alpaca', 'Discord']],
    [{ MAX_WEIGHT: '7' }, []],
  ])('asks nobody with what is wrong: %j', (wrong, withheld) => {
    const found = examine({ ...WHOLE, ...wrong });
    expect([...found.withheld]).toEqual(withheld);
    expect(found.config?.alpaca.keyId).toBe(
      withheld.includes('Alpaca') ? 'nobody' : WHOLE.ALPACA_KEY_ID,
    );
  });
});
