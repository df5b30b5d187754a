import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CrashGuard, createCrashGuard, type SafeMode } from '#ops/crash-loop.ts';
import { EXIT, type Lifecycle, type ProcessEnd } from '#ops/lifecycle.ts';
import type { Environment } from '#src/config/environment.ts';
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
  const told: ((ending: ProcessEnd) => unknown)[] = [];
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
  it('is used if it is on this machine', async () => {
    await ended('127.0.0.1', asFile);
    expect(heard).toEqual([expect.stringContaining('Rotor ended with 1: a fault')]);
  });

  // It answers here too, but 0.0.0.0 is no name of this machine: as the configuration has it.
  it('is not used elsewhere without encryption', async () => {
    await ended('0.0.0.0', asFile);
    expect(heard).toEqual([]);
  });
});

describe('the final alert', () => {
  const openOrders = ['buy 10 XLK (rotor-1)', 'sell 5 XLF (rotor-2)'];
  const guarded = async (
    act: (guard: CrashGuard, tells: ((ending: ProcessEnd) => unknown)[], folder: string) => unknown,
  ) => {
    const { port } = outside.address() as AddressInfo;
    const told: ((ending: ProcessEnd) => unknown)[] = [];
    const beforeShutdown: Lifecycle['beforeShutdown'] = (tell) => void told.push(tell);
    await withFolder(async (folder) => {
      const env = { SUPERVISOR_WEBHOOK_URL: `http://127.0.0.1:${port}/`, STATE_DIR: folder };
      await act(
        createCrashGuard({ beforeShutdown }, env, () => ''),
        told,
        folder,
      );
    });
  };

  it.each([
    ['fails', { code: 1, why: 'a fault' }, 'Rotor ended with 1: a fault'],
    ['is stopped', { code: 0, why: undefined }, 'Rotor was stopped.'],
  ])('of a desk that %s lists its open orders', async (_name, ending, words) => {
    await guarded(async (guard, told) => {
      guard.watchOrders(() => openOrders);
      for (const tell of told) await tell(ending);
    });
    expect(heard.map((body) => JSON.parse(body).content)).toEqual([
      `${words}\nOpen orders: ${openOrders.join('; ')}`,
    ]);
  });

  it('of a process found dead lists them too', async () => {
    await guarded(async (guard, _told, folder) => {
      const parts = { stateDir: folder, build: 'b', limit: 0 };
      await guard.count(parts);
      const next = await guard.count(parts);
      guard.watchOrders(() => openOrders);
      expect(next.markPreviousKilled()).toBe(true);
      await expect.poll(() => heard.length).toBe(1);
    });
    expect(heard[0]).toContain('buy 10 XLK (rotor-1)');
  });

  it('of a process found dead is not sent where the last one ended by itself', async () => {
    await guarded(async (guard, told, folder) => {
      const parts = { stateDir: folder, build: 'b', limit: 0 };
      await guard.count(parts);
      for (const tell of told) await tell({ code: 0, why: undefined });
      expect((await guard.count(parts)).markPreviousKilled()).toBe(false);
    });
    expect(heard).toEqual([]);
  });

  it('is not sent when a process without open orders is stopped', async () => {
    await guarded(async (_guard, told) => {
      for (const tell of told) await tell({ code: 0, why: undefined });
    });
    expect(heard).toEqual([]);
  });
});

describe('safe mode', () => {
  it('has been reported outside Discord before the start continues, as it may end at once', async () => {
    const { port } = outside.address() as AddressInfo;
    const told: ((ending: ProcessEnd) => unknown)[] = [];
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

  const port = () => (outside.address() as AddressInfo).port;
  /** The mode of the start after one that ended so, if one crash is enough. */
  async function modeAfter(ending: ProcessEnd, act?: (mode: SafeMode) => unknown) {
    let reason: string | undefined;
    await withFolder(async (folder) => {
      const env = { SUPERVISOR_WEBHOOK_URL: `http://127.0.0.1:${port()}/`, STATE_DIR: folder };
      const told: ((end: ProcessEnd) => unknown)[] = [];
      const life: Pick<Lifecycle, 'beforeShutdown'> = {
        beforeShutdown: (tell) => void told.push(tell),
      };
      const count = () =>
        createCrashGuard(life, env, () => '').count({ stateDir: folder, build: 'b', limit: 1 });
      await count();
      for (const tell of told.splice(0)) await tell(ending);
      const mode = await count();
      await act?.(mode);
      reason = mode.safeModeReason();
    });
    return reason;
  }

  it('begins after a crash, with its error, and not after an end that a person has to see to', async () => {
    expect(await modeAfter({ code: 1, why: 'a fault' })).toContain('the last: a fault.');
    expect(await modeAfter({ code: 0, why: undefined })).toBeUndefined();
    expect(await modeAfter({ code: EXIT.configuration, why: 'a wrong key' })).toBeUndefined();
  });

  it('that the process begins by itself is told outside Discord too', async () => {
    const reason = await modeAfter({ code: 0, why: undefined }, async (mode) => {
      mode.enterSafeMode('journal: cannot be used');
      await expect.poll(() => heard.length).toBe(1);
    });
    expect(reason).toBe('journal: cannot be used');
    expect(heard[0]).toContain('Rotor is in SAFE MODE: journal: cannot be used');
  });
});
