import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCrashGuard } from '#ops/crash-loop.ts';
import type { Ending, Lifecycle } from '#ops/lifecycle.ts';
import type { Environment } from '#src/config.ts';
import { withFolder } from '#tests/support/cli.ts';

const heard: string[] = [];
const outside = createServer((request, answer) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => {
    body += text;
  });
  request.on('end', () => {
    heard.push(body);
    answer.writeHead(204).end();
  });
});

beforeAll(async () => {
  outside.listen(0);
  await once(outside, 'listening');
});
afterAll(() => outside.close());
beforeEach(() => void heard.splice(0));

/** The process ends, with that address of a webhook. */
async function ended(host: string, asFile: boolean): Promise<void> {
  const url = `http://${host}:${(outside.address() as AddressInfo).port}/canary`;
  const told: ((ending: Ending) => unknown)[] = [];
  const beforeShutdown: Lifecycle['beforeShutdown'] = (tell) => void told.push(tell);
  await withFolder(async (folder) => {
    const given: Environment = asFile
      ? { SUPERVISOR_WEBHOOK_URL_FILE: '/run/webhook' }
      : { SUPERVISOR_WEBHOOK_URL: url };
    const life = { beforeShutdown };
    createCrashGuard(life, { ...given, STATE_DIR: folder }, () => `${url}\n`);
    for (const tell of told) await tell({ code: 1, why: 'a fault' });
  });
}

describe.each([
  ['the variable', false],
  ['the file', true],
])('the webhook of %s', (_name, asFile) => {
  it('is rung on this machine', async () => {
    await ended('127.0.0.1', asFile);
    expect(heard).toEqual([expect.stringContaining('Rotor ended with 1: a fault')]);
  });

  // It answers here too, but 0.0.0.0 is no name of this machine: as the configuration has it.
  it('is not rung elsewhere in clear text', async () => {
    await ended('0.0.0.0', asFile);
    expect(heard).toEqual([]);
  });
});

describe('the safe mode', () => {
  it('has been told outside when the start goes on, for it may end at once', async () => {
    const { port } = outside.address() as AddressInfo;
    const told: ((ending: Ending) => unknown)[] = [];
    const beforeShutdown: Lifecycle['beforeShutdown'] = (tell) => void told.push(tell);
    const life = { beforeShutdown };
    await withFolder(async (folder) => {
      const env = { SUPERVISOR_WEBHOOK_URL: `http://127.0.0.1:${port}/`, STATE_DIR: folder };
      const count = () =>
        createCrashGuard(life, env, () => '').count({ stateDir: folder, build: 'b', limit: 1 });
      await count();
      for (const tell of told.splice(0)) await tell({ code: 1, why: undefined });
      expect(heard).toEqual([]);
      await count();
      expect(heard).toEqual([expect.stringContaining('Rotor is in SAFE MODE')]);
    });
  });
});
