import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Environment } from '#src/config/environment.ts';
import { settingsOf } from '#src/config/settings.ts';
import { SECRET_VARIABLES } from '#src/config/variables.ts';
import { ConfigError, wantsSandbox } from '#src/config.ts';
import { addressOf, type ReadSecret, withSecretFiles } from '#src/secrets.ts';

const FILES: Readonly<Record<string, string>> = {
  '/run/secrets/token': 'canary-token\n',
  '/run/secrets/key': 'PKCANARY\r\n',
  '/run/secrets/empty': '\n',
};

function read(path: string): string {
  const content = FILES[path];
  if (content === undefined) throw new Error(`ENOENT ${path} canary-reason`);
  return content;
}

function faultsOf(env: Environment, from: ReadSecret = read): readonly string[] {
  try {
    withSecretFiles(env, from);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

describe('secrets as files', () => {
  it('stand for the variable, without the end of their line', () => {
    const env = withSecretFiles(
      { DISCORD_TOKEN_FILE: '/run/secrets/token', ALPACA_KEY_ID_FILE: '/run/secrets/key', A: '1' },
      read,
    );
    expect(env).toEqual({ DISCORD_TOKEN: 'canary-token', ALPACA_KEY_ID: 'PKCANARY', A: '1' });
  });

  it('leave an environment without them as it is', () => {
    expect(withSecretFiles({ DISCORD_TOKEN: 'canary', DISCORD_TOKEN_FILE: '' }, read)).toEqual({
      DISCORD_TOKEN: 'canary',
    });
  });

  it('report every fault at once, by name and path and never with a content', () => {
    const faults = faultsOf({
      DISCORD_TOKEN: 'canary-other',
      DISCORD_TOKEN_FILE: '/run/secrets/token',
      ALPACA_KEY_ID_FILE: '/run/secrets/none',
      ALPACA_SECRET_KEY_FILE: '/run/secrets/empty',
    });
    expect(faults).toEqual([
      'ALPACA_KEY_ID_FILE: cannot read /run/secrets/none',
      'ALPACA_SECRET_KEY_FILE: /run/secrets/empty is empty',
      'DISCORD_TOKEN: is set, and DISCORD_TOKEN_FILE too; keep one',
    ]);
    expect(faults.join()).not.toContain('canary');
  });

  it.each([
    ['one\ntwo', 'a second line'],
    ['one\r\n\r\ntwo', 'a second line'],
    ['a token', 'a space or a tab'],
    ['a\ttoken', 'a space or a tab'],
    ['a\u00a0token', 'a space or a tab'],
    ['a\u200btoken', 'a control or an invisible character'],
    ['a\u0007token', 'a control or an invisible character'],
    ['a\u0000token', 'a control or an invisible character'],
    ['a\u202etoken', 'a control or an invisible character'],
  ])('are one word: not %j', (content, what) => {
    const faults = (env: Environment): readonly string[] => {
      return faultsOf(env, () => `canary-${content}\n`);
    };
    const found = faults({ DISCORD_TOKEN_FILE: '/run/odd' });
    expect(found).toEqual([`DISCORD_TOKEN_FILE: expected one word, found ${what} in /run/odd`]);
    const given = faults({ ALPACA_KEY_ID: `canary-${content}` });
    expect(given).toEqual([`ALPACA_KEY_ID: expected one word, found ${what}`]);
  });

  it('may have room around them', () => {
    const env = withSecretFiles({ DISCORD_TOKEN_FILE: '/run/room' }, () => '\ufeff canary \n\n');
    expect(env).toEqual({ DISCORD_TOKEN: 'canary' });
  });

  it.each([
    ['https://hooks.example/canary', true],
    ['http://127.0.0.1:9/canary', true],
    ['http://hooks.example/canary', false],
    ['https://hooks.example/ca\nnary', false],
    ['canary', false],
  ])('that are addresses go out in clear text nowhere: %s', (url, isSafe) => {
    const found = addressOf('SUPERVISOR_WEBHOOK_URL', { SUPERVISOR_WEBHOOK_URL: url }, read);
    expect(found).toBe(isSafe ? url : undefined);
  });

  it('may be empty where the secret is optional', () => {
    expect(withSecretFiles({ HEARTBEAT_URL_FILE: '/run/secrets/empty' }, read)).toEqual({});
  });

  it('show as set, like those of the environment', () => {
    for (const name of SECRET_VARIABLES) {
      const env = withSecretFiles({ [`${name}_FILE`]: '/run/secrets/token' }, read);
      expect(settingsOf(env).find(([each]) => each === name)?.[1], name).toBe('set');
      expect(JSON.stringify(settingsOf(env))).not.toContain('canary');
    }
  });

  it('name an account: a desk whose keys are files does not play with the sandbox', () => {
    const env = { ALPACA_KEY_ID_FILE: '/run/secrets/key' };
    expect(wantsSandbox(withSecretFiles(env, read))).toBe(false);
    expect(wantsSandbox(withSecretFiles({}, read))).toBe(true);
  });

  it('are named in .env.example, every one', () => {
    const example = readFileSync('.env.example', 'utf8');
    for (const name of SECRET_VARIABLES) {
      expect(example).toContain(`${name}_FILE`);
    }
  });
});
