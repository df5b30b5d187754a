import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '#sandbox/sandbox.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'rotor-environment-'));
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await createSandbox({
    bars: 'data/sample',
    port: 0,
    healthPort: 0,
    speed: 'pause',
    stateDir,
  });
});
afterAll(async () => {
  await sandbox.close();
  rmSync(stateDir, { recursive: true });
});

const ask = async (
  path: string,
): Promise<readonly { readonly id: string; readonly name: string }[]> => {
  const { DISCORD_API_BASE: base, DISCORD_GUILD_ID: guild, DISCORD_TOKEN } = sandbox.environment;
  const headers = { authorization: `Bot ${DISCORD_TOKEN}` };
  const response = await fetch(`${base}/v10/guilds/${guild}/${path}`, { headers });
  return (await response.json()) as readonly { readonly id: string; readonly name: string }[];
};

describe('the environment of the sandbox', () => {
  it.each([
    ['VIEWER_ROLE_ID', 'Viewer'],
    ['OPERATOR_ROLE_ID', 'Operator'],
    ['APPROVER_ROLE_ID', 'Approver'],
    ['ADMIN_ROLE_ID', 'Admin'],
    ['ALERT_ROLE_ID', 'On call'],
  ])('names in %s the role %s', async (variable, name) => {
    const role = (await ask('roles')).find(({ id }) => id === sandbox.environment[variable]);
    expect(role?.name).toBe(name);
  });

  it.each([
    ['DISCORD_CHANNEL_ID', 'rotation-desk'],
    ['DISCORD_FALLBACK_CHANNEL_ID', 'rotor-alerts'],
  ])('names in %s the channel %s', async (variable, name) => {
    const channel = (await ask('channels')).find(({ id }) => id === sandbox.environment[variable]);
    expect(channel?.name).toBe(name);
  });

  it('names a health port that listens even if HEALTH_PORT is 0, because the market asks there', () => {
    expect(Number(sandbox.environment['HEALTH_PORT'])).toBeGreaterThan(0);
  });

  it('names in DISCORD_OWNER_ID the admin', async () => {
    const { DISCORD_OWNER_ID, ADMIN_ROLE_ID } = sandbox.environment;
    const member = await ask(`members/${DISCORD_OWNER_ID}`);
    expect(member).toMatchObject({ roles: expect.arrayContaining([ADMIN_ROLE_ID]) });
  });
});
