import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startHealth } from '#src/health/health.ts';
import { createMetrics } from '#src/health/metrics.ts';
import { type HealthServer, json, plain, startHealthServer } from '#src/health/server.ts';
import { createScrubber } from '#src/log.ts';
import { account, book, NUMBER, observation } from '#tests/support/desk.ts';
import { startProgram } from '#tests/support/process.ts';

let server: HealthServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(alive = true): Promise<string> {
  server = await startHealthServer({
    host: '127.0.0.1',
    port: 0,
    scrub: createScrubber(['canary-secret']),
    answers: {
      '/healthz': () => plain(alive ? 200 : 503, 'alive: looked 1 s ago'),
      '/readyz': () => json(503, { ready: false, reasons: ['canary-secret'] }),
      '/broken': () => {
        throw new Error('canary-secret');
      },
    },
  });
  return `http://127.0.0.1:${server.port}`;
}

const get = async (url: string, init?: RequestInit) => {
  const answer = await fetch(url, init);
  return { status: answer.status, body: await answer.text(), headers: answer.headers };
};

describe('the health server', () => {
  it('answers on loopback, keeps nothing open and shows no secret', async () => {
    const url = await start();
    expect(await get(`${url}/healthz?x=1`)).toMatchObject({ status: 200 });
    const ready = await get(`${url}/readyz`);
    expect(ready).toMatchObject({ status: 503, body: '{"ready":false,"reasons":["[secret]"]}\n' });
    expect(ready.headers.get('connection')).toBe('close');
    const broken = await get(`${url}/broken`);
    expect(broken).toMatchObject({ status: 500, body: 'Error\n' });
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('takes no %s', async (method) => {
    expect((await get(`${await start()}/healthz`, { method })).status).toBe(405);
  });

  it('knows three paths and no other', async () => {
    const url = await start();
    for (const path of ['/', '/status', '/healthz/', '/__proto__', '/constructor', '/../.env'])
      expect((await get(url + path)).status, path).toBe(404);
  });

  it('closes while somebody is connected', async () => {
    const url = new URL(await start());
    const socket = connect(Number(url.port), '127.0.0.1');
    await once(socket, 'connect');
    const gone = once(socket, 'close');
    await server?.close();
    server = undefined;
    expect(await gone).toEqual([false]);
  });
});

describe('a port that is taken', () => {
  it('is said once, tried again, and listened on when it is free', async () => {
    const first = new URL(await start());
    const lines: string[] = [];
    const say = (text: string): void => void lines.push(text);
    const health = await startHealth({
      config: { port: Number(first.port), host: '127.0.0.1', heartbeatUrl: undefined },
      build: { version: '1.0.0', commit: 'abc' },
      vitals: () => {
        throw new Error('nobody asks');
      },
      scrub: (text) => text,
      log: { info: say, warn: say, error: say },
    });
    await health.again();
    await health.again();
    expect(lines).toEqual([`health: HEALTH_PORT ${first.port} cannot be listened on: EADDRINUSE`]);
    await server?.close();
    server = undefined;
    await health.again();
    await health.again();
    expect(lines.slice(1)).toEqual([`health at http://127.0.0.1:${first.port}/readyz`]);
    expect((await get(`${first.origin}/none`)).status).toBe(404);
    await health.close();
    await health.again();
    await expect(fetch(first.origin)).rejects.toThrow();
  });
});

const CHECK = resolve(import.meta.dirname, '../../src/health/check.ts');

/** In another process, so that this one can answer. */
async function check(port: number): Promise<{ code: number | null; said: string; ms: number }> {
  const since = performance.now();
  const program = startProgram(CHECK, { HEALTH_PORT: String(port) });
  const code = await program.ended;
  return { code, said: program.output(), ms: performance.now() - since };
}

describe('the health check of the image', () => {
  it('ends with 0 while the process lives, and with 1 when it is stuck', async () => {
    const port = Number(new URL(await start()).port);
    expect(await check(port)).toMatchObject({ code: 0, said: 'alive: looked 1 s ago\n' });
    await server?.close();
    const stuck = Number(new URL(await start(false)).port);
    expect(await check(stuck)).toMatchObject({ code: 1 });
  });

  it('ends with 1 where nobody listens', async () => {
    const port = Number(new URL(await start()).port);
    await server?.close();
    server = undefined;
    expect(await check(port)).toMatchObject({
      code: 1,
      said: expect.stringContaining('no answer'),
    });
  });

  it('ends with 1 within its time when nobody answers', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const found = await check(port);
    silent.closeAllConnections();
    silent.close();
    expect(found).toMatchObject({ code: 1, said: expect.stringContaining('within 2500 ms') });
  });
});

describe('the metrics', () => {
  const process = {
    memoryBytes: { rss: 1, heapUsed: 2, external: 3 },
    loopDelayMs: { p50: 1, p99: 2, max: 3 },
    heartbeats: 4,
  };
  const pulse = {
    upMs: 1_000,
    intervalMs: 15_000,
    ticks: 7,
    tickMs: 1,
    lookMs: 1,
    answerMs: 1,
    renewMs: 1,
    renewProblem: undefined,
  };
  const discord = { connected: true, lagMs: 50, owed: 3, missing: [], problem: undefined };
  const vitals = {
    book: book([]),
    seen: observation({ account: account(123_456) }),
    doubt: undefined,
    comparedAt: undefined,
    discord,
    pulse,
  };
  const metrics = createMetrics({ version: '1.2.3', commit: 'abc' });

  it('say what the desk sees, in what Prometheus reads, and twice the same', async () => {
    const text = await metrics.text(vitals, process);
    for (const line of [
      'rotor_build_info{version="1.2.3",commit="abc",mode="SANDBOX"} 1',
      'rotor_ready 0',
      'rotor_reason_ok{reason="reconciled"} 0',
      'rotor_reason_ok{reason="broker"} 1',
      'rotor_equity_dollars 123456',
      'rotor_outbox_entries 3',
      'rotor_discord_lag_seconds 0.05',
      'rotor_cycles_total 7',
      'rotor_heartbeats_total 4',
      'rotor_memory_bytes{kind="rss"} 1',
      'rotor_event_loop_delay_seconds{quantile="p99"} 0.002',
      'rotor_orders_total{side="buy"} 0',
    ])
      expect(text.split('\n')).toContain(line);
    expect(await metrics.text(vitals, process)).toBe(text);
  });

  it('name no account, and give no number for what is not known', async () => {
    const text = await metrics.text(
      {
        ...vitals,
        seen: observation({ account: undefined }),
        discord: { ...discord, lagMs: undefined },
      },
      process,
    );
    expect(text).not.toContain(NUMBER);
    for (const unknown of [
      'rotor_equity_dollars',
      'rotor_discord_lag_seconds',
      'rotor_slippage_bps',
    ])
      expect(text).not.toMatch(new RegExp(`^${unknown}.* `, 'm'));
  });
});
