import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rotor, withFolder } from '#tests/support/cli.ts';

const ACCOUNTS = {
  ALPACA_KEY_ID: 'PKCANARY',
  ALPACA_SECRET_KEY: 'canary-secret',
  DISCORD_TOKEN: 'canary-token',
  DISCORD_GUILD_ID: '100000000000000001',
  DISCORD_CHANNEL_ID: '100000000000000002',
};

describe('rotor settings', () => {
  it('exits with 0 if a start would accept them, and opens nothing', async () => {
    const { exit, out } = await rotor(['settings'], { env: ACCOUNTS });
    expect([exit, out]).toEqual([0, 'pass  configuration: complete']);
  });

  it('names every error by the rules of a start, without values, and exits with 2', async () => {
    const wrong = { ...ACCOUNTS, MAX_ORDERS_USD: '500', OPERATOR_ROLE_ID: '100000000000000001' };
    const { exit, out } = await rotor(['settings'], { env: wrong });
    expect(exit).toBe(2);
    expect(out).toContain(
      'MAX_ORDERS_USD: is not a variable of Rotor; did you mean MAX_ORDER_USD?',
    );
    expect(out).toContain('OPERATOR_ROLE_ID: is the id of the server');
    expect(out).not.toMatch(/canary|500/);
  });

  it('names the line of a file, also if an environment hides the name', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'rotor.env');
      writeFileSync(file, 'FRACTIONAL=true\nLIMIT=500\n');
      const { exit, out } = await rotor(['settings', '--file', file], { env: ACCOUNTS });
      expect([exit, out]).toEqual([2, expect.stringContaining('rotor.env: line 2: LIMIT: is not')]);
    });
  });

  it('reads rotor.env from standard input, as the deploy passes it', () => {
    const { PATH, HOME } = process.env;
    const { status, stdout } = spawnSync(
      process.execPath,
      ['src/cli.ts', 'settings', '--file', '-'],
      { env: { PATH, HOME, ...ACCOUNTS }, input: 'MAX_DRIFT: 1\n', encoding: 'utf8' },
    );
    expect([status, stdout]).toEqual([2, expect.stringContaining('rotor.env: line 1: MAX_DRIFT:')]);
  });

  it('warns about settings that may not do what people expect', async () => {
    const env = { ...ACCOUNTS, SUPERVISOR_WEBHOOK_URL: 'https://discord.com/api/webhooks/1/x' };
    const { exit, err } = await rotor(['settings'], { env });
    expect([exit, err]).toEqual([0, expect.stringContaining('the same ban silences it')]);
  });
});

describe('rotor journal kinds', () => {
  it('prints the stored names, including an old one', async () => {
    const { exit, out } = await rotor(['journal', 'kinds']);
    expect(exit).toBe(0);
    expect(out.split('\n')).toEqual(expect.arrayContaining(['order', 'withdrawn', 'meant']));
    expect(out).not.toContain('cancel-requested');
  });
});
