/** The doctor over the real SDKs and the sandbox: what it finds, and what it proves. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import { createSandbox, type Sandbox } from '#sandbox/sandbox.ts';
import { startDiscord } from '#tests/sandbox/discord/support.ts';
import { rotor } from '#tests/support/cli.ts';
import { doctorOfAnyone } from './anyone.ts';

const CANARY = 'canary-3f8a-never-shown';

let folder: string;
let sandbox: Sandbox;
let discord: SandboxDiscord;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rotor-doctor-'));
  sandbox = await createSandbox({
    bars: 'data/sample',
    port: 0,
    speed: 'minute',
    stateDir: folder,
  });
  discord = await startDiscord({});
});

afterAll(async () => {
  await Promise.all([sandbox.close(), discord.close()]);
  await rm(folder, { recursive: true });
});

interface Line {
  readonly name: string;
  readonly pass: boolean;
  readonly detail: string;
  readonly remedy: string;
}

async function examined(env: Readonly<Record<string, string>> = {}, ...more: string[]) {
  const { exit, out, err } = await rotor(['doctor', '--json', ...more], {
    env: { ...sandbox.environment, ...env },
  });
  expect(out + err).not.toContain(CANARY);
  const { checks }: { readonly checks: readonly Line[] } = JSON.parse(out);
  return { exit, checks, failed: checks.filter((check) => !check.pass) };
}

/** The same Alpaca, another Discord, which a test may change. */
const elsewhere = (): Record<string, string> => ({
  DISCORD_TOKEN: discord.token,
  DISCORD_API_BASE: discord.apiBase,
  DISCORD_GUILD_ID: discord.guildId,
  DISCORD_CHANNEL_ID: discord.channelId,
  DISCORD_FALLBACK_CHANNEL_ID: '',
  VIEWER_ROLE_ID: discord.roles.viewer,
  OPERATOR_ROLE_ID: '',
  APPROVER_ROLE_ID: '',
  ADMIN_ROLE_ID: '',
  ALERT_ROLE_ID: '',
});

describe('the doctor', () => {
  it('checks everything else when one variable is wrong', async () => {
    const { failed, checks } = await examined({ MAX_GROSS: '9' }, '--live');
    expect(failed.map(({ name }) => name)).toEqual(['configuration', 'live']);
    expect(failed[0]?.detail).toMatch(/^MAX_GROSS: /);
    const names = checks.map(({ name }) => name);
    for (const name of ['journal', 'Alpaca account', 'calendar agrees', 'market data']) {
      expect(names).toContain(name);
    }
    expect(names.filter((name) => name.startsWith('permission '))).toHaveLength(8);
  });

  it('checks one service when the other’s key cannot be read', async () => {
    const { failed, checks } = await examined({
      DISCORD_TOKEN: '',
      DISCORD_TOKEN_FILE: '/nowhere/token',
    });
    expect(failed.map(({ name, detail }) => `${name}: ${detail}`)).toEqual([
      'configuration: DISCORD_TOKEN_FILE: cannot read /nowhere/token',
      'Discord: not asked',
    ]);
    expect(checks.map(({ name }) => name)).toContain('Alpaca account');
  });

  it('passes every check if Rotor has all it needs', async () => {
    const { exit, checks, failed } = await examined();
    expect(failed).toEqual([]);
    expect(exit).toBe(0);
    const names = checks.map(({ name }) => name);
    for (const name of [
      'Alpaca account',
      'clock',
      'calendar agrees',
      'order stream',
      'market data',
    ])
      expect(names).toContain(name);
    expect(names.filter((name) => name.startsWith('permission '))).toHaveLength(8);
    expect(names.filter((name) => name.startsWith('role '))).toHaveLength(5);
  });

  it('gives the same result in both formats, in lines that fit on a screen', async () => {
    const env = { ...sandbox.environment, ADMIN_ROLE_ID: '123456789012345678' };
    const { out } = await rotor(['doctor'], { env });
    const { checks } = await examined(env);
    const lines = checks.flatMap(({ name, pass, detail, remedy }) => [
      `${pass ? 'pass' : 'FAIL'}  ${name}: ${detail}`,
      ...(pass ? [] : [`      ${remedy}`]),
    ]);
    const steady = (text: string): string => text.replace(/: [\d.,]+ (s from|MB)/, ': some $1');
    expect(out.split('\n').map(steady)).toEqual([
      ...lines.map(steady),
      '',
      `1 of ${checks.length} fail.`,
    ]);
    expect(checks.filter(({ pass, remedy }) => pass !== (remedy === ''))).toEqual([]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it('proves with --live that a message and an order can be sent and removed', async () => {
    const { failed, checks } = await examined({}, '--live');
    expect(failed).toEqual([]);
    const proof = checks.filter(({ name }) => name.startsWith('live: ')).map(({ name }) => name);
    expect(proof).toEqual([
      ...['live: post', 'live: post again', 'live: edit', 'live: attach', 'live: pin'],
      ...['live: remove', 'live: order', 'live: look up', 'live: cancel'],
    ]);
  });

  it.each([
    ['a wrong Alpaca key', { ALPACA_SECRET_KEY: CANARY }, 'Alpaca account', /not accepted/],
    ['a wrong token', { DISCORD_TOKEN: CANARY }, 'Discord token', /token/i],
    [
      'another server',
      { DISCORD_GUILD_ID: '123456789012345678' },
      'Discord server',
      /123456789012345678/,
    ],
    [
      'a channel that is not there',
      { DISCORD_CHANNEL_ID: '123456789012345678' },
      'Discord channel',
      /not seen/,
    ],
    [
      'a role that is not there',
      { ADMIN_ROLE_ID: '123456789012345678' },
      'role ADMIN_ROLE_ID',
      /no role/,
    ],
    [
      'a broker that is away',
      { ALPACA_API_BASE: 'http://127.0.0.1:1' },
      'Alpaca account',
      /failed/,
    ],
  ])('names %s, with a remedy', async (_name, env, name, detail) => {
    const { exit, failed } = await examined(env);
    expect(exit).toBe(2);
    const line = failed.find((check) => check.name === name);
    expect(line?.detail).toMatch(detail);
    expect(line?.remedy).not.toBe('');
  });

  it('names each permission that is missing', async () => {
    discord.act.overwriteForBot(discord.channelId, { deny: ['PinMessages', 'AttachFiles'] });
    const { failed } = await examined(elsewhere());
    expect(failed.map(({ name }) => name)).toEqual([
      'permission Attach Files',
      'permission Pin Messages',
    ]);
    discord.act.overwriteForBot(discord.channelId, {});
  });

  it('names an alert role whose mention notifies nobody', async () => {
    const { failed } = await examined({ ...elsewhere(), ALERT_ROLE_ID: discord.roles.operator });
    expect(failed).toEqual([
      {
        pass: false,
        name: 'role ALERT_ROLE_ID',
        detail: '@Operator cannot be mentioned, so it notifies nobody',
        remedy: 'Server settings > Roles > this role: allow anyone to @mention it.',
      },
    ]);
  });

  it('reports one role for two levels, and acting roles without the first level', async () => {
    const { operator } = discord.roles;
    const equal = { OPERATOR_ROLE_ID: operator, APPROVER_ROLE_ID: operator };
    const first = await examined({ ...elsewhere(), ...equal });
    expect(first.failed).toMatchObject([
      { name: 'roles', detail: expect.stringContaining('are the same role') },
    ]);
    const second = await examined({ ...elsewhere(), APPROVER_ROLE_ID: operator });
    expect(second.failed).toMatchObject([
      { name: 'roles', detail: expect.stringContaining('nobody acts') },
    ]);
  });

  it('says that a ban by Discord silences an alert webhook at Discord', async () => {
    const webhook = 'https://discord.com/api/webhooks/1/secret';
    const { checks } = await examined({ ...elsewhere(), SUPERVISOR_WEBHOOK_URL: webhook });
    const notice = checks.find(({ name }) => name === 'notice');
    expect(notice?.detail).toContain('the same ban silences it');
  });

  it('makes no live test while something is wrong', async () => {
    const OPERATOR_ROLE_ID = discord.roles.operator;
    const env = { ...elsewhere(), OPERATOR_ROLE_ID, ADMIN_ROLE_ID: '123456789012345678' };
    const { checks, failed } = await examined(env, '--live');
    expect(failed.map(({ name }) => name)).toEqual(['role ADMIN_ROLE_ID', 'live']);
    expect(checks.filter(({ name }) => name.startsWith('live: '))).toEqual([]);
  });

  it('reports bars and a journal that its user may not read', async () => {
    const closed = join(folder, 'closed');
    await mkdir(join(closed, 'state'), { recursive: true });
    await chmod(closed, 0o600);
    const env = { ...sandbox.environment, STATE_DIR: join(closed, 'state') };
    const said = await doctorOfAnyone(env);
    await chmod(closed, 0o700);
    const bars = join(closed, 'state/bars');
    expect(said).toMatch(new RegExp(`FAIL {2}bars: EACCES.*\\n +Let this user read ${bars}`));
    expect(said).toMatch(/FAIL {2}journal: EACCES.*\n +Run it as the user that runs Rotor\./);
    expect(said).toContain('pass  Alpaca account');
  });

  it('fails a secret that other users may read or write', async () => {
    const file = join(folder, 'secret');
    await writeFile(file, `${sandbox.environment['ALPACA_SECRET_KEY']}\n`);
    const env = { ALPACA_SECRET_KEY: '', ALPACA_SECRET_KEY_FILE: file };
    for (const mode of [0o644, 0o660, 0o602]) {
      await chmod(file, mode);
      expect((await examined(env)).failed).toEqual([
        {
          name: 'mode of ALPACA_SECRET_KEY_FILE',
          pass: false,
          detail: `${file} is open to others (${mode.toString(8)})`,
          remedy: `chmod 600 ${file}`,
        },
      ]);
    }
    for (const mode of [0o600, 0o400, 0o440]) {
      await chmod(file, mode);
      expect((await examined(env)).failed).toEqual([]);
    }
  });

  it('makes no external request without an account, and no live test', async () => {
    const { out } = await rotor(['doctor', '--live'], { env: { STATE_DIR: folder } });
    expect(out).toContain('pass  sample bars: 13 sound files');
    expect(out).toMatch(/FAIL {2}live: no account is set/);
    expect(out).not.toContain('Discord token');
  });
});
