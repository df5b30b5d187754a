import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALLOWED } from '../../scripts/secrets/allowed.ts';
import { secretsIn } from '../../scripts/secrets/patterns.ts';
import { leaksIn } from '../../scripts/secrets/scan.ts';

const ROOT = join(import.meta.dirname, '../..');
const GIT = [
  '-c',
  'user.name=Test',
  '-c',
  'user.email=test@localhost',
  '-c',
  'commit.gpgsign=false',
];

/** Put together here, so that this file holds none of them. */
const join2 = (...parts: readonly string[]): string => parts.join('');
const PLANTED = {
  'Alpaca key': join2('PK', 'Q7W2E9R4T1Y6U3I8O5'),
  'Discord token': join2('MTk4NjIyNDgzNDcxOTI1MjQ4', '.Cl2FMQ.', 'ZnCjm1XVW7vRze4b7Cq4se7kKWs9'),
  'Discord webhook': join2(
    'https://discord.com/api/',
    'webhooks/123456789012345678/',
    'aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5zA7bC9dE1fG3',
  ),
  'ping address': join2('https://hc-ping', '.com/0b3c9a44-1f8e-4c60-9d1d-4b9a2f6f7c11'),
  'Slack webhook': join2(
    'https://hooks.slack',
    '.com/services/T0A1B2C3D/B4E5F6G7H/k9Xq2LmV8rT4wZ7bN1cF6hJ3',
  ),
  'private key': join2('-----BEGIN ', 'OPENSSH PRIVATE KEY-----'),
  'AWS key': join2('AKIA', 'Q7W2E9R4T1Y6U3I8'),
  'GitHub token': join2('ghp', '_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'),
  'npm token': join2('npm', '_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'),
} as const;
const ASSIGNED = join2('k9Xq2LmV8', 'rT4wZ7bN1cF6hJ3pS5dG0yA');

let folder = '';
const git = (...args: readonly string[]): void => {
  execFileSync('git', [...GIT, ...args], { cwd: folder });
};

function commit(file: string, text: string, message = 'Change a file'): void {
  writeFileSync(join(folder, file), text);
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '--message', message);
}

const found = (allowed: readonly string[] = []): readonly string[] =>
  leaksIn(folder, new Set(allowed)).map(({ where, line, kind }) => `${where}:${line} ${kind}`);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-secrets-'));
  git('init', '--quiet');
  commit('clean.ts', 'export const tokenOf = (name: string) => names.get(name);\n');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('the scan for secrets', () => {
  it('finds nothing in a clean repository', () => {
    expect(found()).toEqual([]);
  });

  it.each(Object.entries(PLANTED))('recognises a planted %s', (kind, value) => {
    commit('a.ts', `first\nconst x = '${value}';\n`);
    expect(found()).toContain(`a.ts:2 ${kind}`);
  });

  it.each([
    `ALPACA_SECRET_KEY=${ASSIGNED}`,
    `  "password": "${ASSIGNED}",`,
    `const discordToken = '${ASSIGNED}';`,
    `api_key: ${ASSIGNED}`,
    `curl -H "APCA-API-SECRET-KEY: ${ASSIGNED}"`,
    `aws_secret_access_key = ${ASSIGNED}`,
  ])('recognises an assigned value that looks random (%#)', (line) => {
    expect(secretsIn(line).map(({ value }) => value)).toEqual([ASSIGNED]);
  });

  it.each([
    'const SECRET_VARIABLES = readEverySecretVariable2()',
    'DISCORD_TOKEN_FILE: /run/secrets/discord_token',
    'token: process.env.DISCORD_TOKEN_OF_THE_BOT',
    '"integrity": "sha512-y09e0L0SRI2OA2tUIrjBgoV3eH5hvUKXNkJqXmNo5V2WxIjyC7I7aJfRLMEVpA8yi95f90g=="',
  ])('ignores names and digests (%#)', (line) => {
    expect(secretsIn(line)).toEqual([]);
  });

  it.each([
    `HEARTBEAT_URL=https://uptime.betterstack.com/api/v1/heartbeat/${ASSIGNED}`,
    `SUPERVISOR_WEBHOOK_URL: 'https://example.org/hook?key=${ASSIGNED}'`,
    `s3://${join2('AKIDNAME', ':', ASSIGNED)}@bucket/rotor`,
    join2('https://hc-ping', '.com/k9Xq2LmV8rT4wZ7bN1cF6h/rotor'),
  ])('recognises an address that is a secret (%#)', (line) => {
    expect(secretsIn(line)).toHaveLength(1);
  });

  it.each([
    'HEARTBEAT_URL=http://127.0.0.1:19444/beat',
    'HEARTBEAT_URL_FILE: /run/secrets/heartbeat_url',
  ])('ignores addresses without a secret (%#)', (line) => {
    expect(secretsIn(line)).toEqual([]);
  });

  it.each(['secrets/alpaca_secret_key', 'rotor.env', '.env'])(
    'recognises %s by its name, whatever its content',
    (file) => {
      mkdirSync(join(folder, 'secrets'));
      commit(file, 'a word\n');
      expect(found()).toContain(`${file}:1 file of secrets`);
      commit(file, '');
      expect(found()).toEqual([expect.stringContaining(`${file} (in history`)]);
    },
  );

  it('finds a deleted secret in history', () => {
    commit('a.ts', PLANTED['Alpaca key']);
    commit('a.ts', 'gone\n');
    expect(found()).toEqual([
      expect.stringMatching(/^a\.ts \(in history, as \w{7}\):1 Alpaca key$/),
    ]);
  });

  it('finds a secret on a branch only', () => {
    git('checkout', '--quiet', '-b', 'side');
    commit('b.ts', PLANTED['AWS key']);
    git('checkout', '--quiet', '-');
    expect(found()).toEqual([expect.stringContaining('b.ts (in history')]);
  });

  it('finds an uncommitted secret, and one in a message', () => {
    commit('a.ts', 'x\n', `Use ${PLANTED['npm token']}`);
    writeFileSync(join(folder, 'new.ts'), PLANTED['GitHub token']);
    expect(found()).toEqual([
      'new.ts:1 GitHub token',
      expect.stringMatching(/^the message of \w+:1 npm token$/),
    ]);
  });

  it('ignores exactly the allowed strings', () => {
    commit('a.ts', `${PLANTED['Alpaca key']}\n${PLANTED['AWS key']}\n`);
    expect(found([PLANTED['Alpaca key']])).toEqual(['a.ts:2 AWS key']);
    expect(found([PLANTED['Alpaca key'].slice(0, -1)])).toContain('a.ts:1 Alpaca key');
  });

  it.skipIf(!existsSync(join(ROOT, '.git')))(
    'finds none in this repository and its history (needs a git checkout)',
    () => {
      const leaks = leaksIn(ROOT, new Set(ALLOWED));
      expect(leaks.map(({ where, line, kind }) => `${where}:${line} ${kind}`)).toEqual([]);
    },
  );
});
