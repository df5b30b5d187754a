import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startHealth } from '#ops/health.ts';
import {
  createHealthPort,
  type HealthServer,
  json,
  MAX_WAIT_MS,
  plain,
  startHealthServer,
} from '#ops/health-server.ts';
import { createScrubber } from '#ops/log.ts';
import { withFolder } from '#tests/support/cli.ts';
import { startProgram } from '#tests/support/process.ts';

let server: HealthServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start({ alive = true, askMs = 5_000 } = {}): Promise<string> {
  server = await startHealthServer({
    host: '127.0.0.1',
    port: 0,
    askMs,
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

const UNFINISHED = [
  ['says nothing', ''],
  ['never ends the headers', 'GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: '],
] as const;

/** Connected, heard by the server, and silent from then on. */
async function caller(url: string, words: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(words);
  await get(`${url}/healthz`);
  return socket;
}

/** What it is told until it is cut off. */
async function lastWords(socket: Socket): Promise<string> {
  let said = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await once(socket, 'close');
  return said;
}

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

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('rejects %s', async (method) => {
    expect((await get(`${await start()}/healthz`, { method })).status).toBe(405);
  });

  it('answers HEAD as GET, without a body', async () => {
    for (const [alive, status] of [
      [true, 200],
      [false, 503],
    ] as const) {
      const said = await get(`${await start({ alive })}/healthz`, { method: 'HEAD' });
      expect(said).toMatchObject({ status, body: '' });
      await server?.close();
    }
  });

  it.each([
    ['127.0.0.1', 200],
    ['localhost', 200],
    ['[::1]', 200],
    ['rotor', 200],
    ['evil.example', 421],
    ['127.0.0.1.evil.example', 421],
    ['localhost.evil.example', 421],
    ['192.0.2.1', 421],
    ['evil.example:80@localhost', 421],
  ])('asked as %s answers %d', async (host, status) => {
    const url = await start();
    const port = new URL(url).port;
    const { promise, resolve: got } = Promise.withResolvers<number | undefined>();
    const named = host.includes('@') ? host : `${host}:${port}`;
    request({ port, host: '127.0.0.1', path: '/healthz', headers: { host: named } }, (said) => {
      said.resume();
      got(said.statusCode);
    }).end();
    expect(await promise).toBe(status);
  });

  it('has three paths and no others', async () => {
    const url = await start();
    for (const path of ['/', '/status', '/healthz/', '/__proto__', '/constructor', '/../.env'])
      expect((await get(url + path)).status, path).toBe(404);
  });

  it.each(UNFINISHED)(
    'cuts off a client that %s',
    async (_what, words) => {
      const socket = await caller(await start({ askMs: 200 }), words);
      expect(await lastWords(socket)).toContain('408');
    },
    4_000,
  );

  it.each(UNFINISHED)(
    'closes while a client %s',
    async (_what, words) => {
      const socket = await caller(await start({ askMs: 3_600_000 }), words);
      const gone = lastWords(socket);
      await server?.close();
      server = undefined;
      expect(await gone).toBe('');
    },
    4_000,
  );
});

/** Where another process may be. */
async function taken(port: number, now = () => 0) {
  const lines: string[] = [];
  const say = (text: string): void => void lines.push(text);
  const health = await startHealth({
    config: { port, host: '127.0.0.1', heartbeatUrl: undefined },
    onReplica: () => undefined,
    build: { version: '1.0.0', commit: 'abc' },
    inputs: () => {
      throw new Error('nobody asks');
    },
    now,
    scrub: (text) => text,
    log: { info: say, warn: say, error: say },
  });
  return { health, lines };
}

describe('a port that is taken', () => {
  it('is reported once, retried, and used when it is free', async () => {
    const first = new URL(await start());
    let now = 0;
    const { health, lines } = await taken(Number(first.port), () => now);
    now += MAX_WAIT_MS;
    await health.retryListen();
    expect(lines).toEqual([
      `health: HEALTH_PORT ${first.port} cannot be opened, trying again: EADDRINUSE; another program uses it, perhaps a Rotor that is still running`,
    ]);
    await server?.close();
    server = undefined;
    now += MAX_WAIT_MS;
    await Promise.all([health.retryListen(), health.retryListen()]);
    await health.retryListen();
    expect(lines.slice(1)).toEqual([`health at http://127.0.0.1:${first.port}/readyz`]);
    expect((await get(`${first.origin}/none`)).status).toBe(404);
    await health.close();
    now += MAX_WAIT_MS;
    await health.retryListen();
    await expect(fetch(first.origin)).rejects.toThrow();
  });

  it('is retried at growing intervals, up to a minute', async () => {
    let now = 0;
    const tried: number[] = [];
    const ignore = (): void => undefined;
    const listening = createHealthPort({
      port: 8080,
      host: '127.0.0.1',
      listen: async () => {
        tried.push(now / 1_000);
        throw new Error('taken');
      },
      now: () => now,
      log: { info: ignore, warn: ignore, error: ignore },
    });
    for (; now <= 200_000; now += 1_000) await listening.retryListen();
    expect(tried).toEqual([0, 5, 15, 35, 75, 135, 195]);
  });

  it('that becomes free during shutdown is released again', async () => {
    const { promise, resolve: free } = Promise.withResolvers<HealthServer>();
    const ignore = (): void => undefined;
    let closed = 0;
    const listening = createHealthPort({
      port: 8080,
      host: '127.0.0.1',
      listen: () => promise,
      now: () => 0,
      log: { info: ignore, warn: ignore, error: ignore },
    });
    void listening.retryListen();
    const ended = listening.close();
    free({ port: 8080, close: async () => void closed++ });
    await ended;
    expect(closed).toBe(1);
  });
});

const CHECK = resolve(import.meta.dirname, '../../src/ops/healthcheck.ts');

/** In another process, so that this one can answer. */
async function check(
  port: number,
  folder = tmpdir(),
): Promise<{ code: number | null; said: string; ms: number }> {
  const since = performance.now();
  const program = startProgram(CHECK, { HEALTH_PORT: String(port), TMPDIR: folder });
  const code = await program.ended;
  return { code, said: program.output(), ms: performance.now() - since };
}

describe('the health check of the image', () => {
  it('exits with 0 while the process is alive, and with 1 when it hangs', async () => {
    const port = Number(new URL(await start()).port);
    expect(await check(port)).toMatchObject({ code: 0, said: 'alive: looked 1 s ago\n' });
    await server?.close();
    const stuck = Number(new URL(await start({ alive: false })).port);
    expect(await check(stuck)).toMatchObject({ code: 1 });
  });

  it('exits with 1 if nothing listens', async () => {
    const port = Number(new URL(await start()).port);
    await server?.close();
    server = undefined;
    expect(await check(port)).toMatchObject({
      code: 1,
      said: expect.stringContaining('no answer'),
    });
  });

  it('kills a process that has answered nothing for two minutes, and none earlier', async () => {
    const hung = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
    const ended = once(hung, 'exit');
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    await withFolder(async (folder) => {
      const memory = join(folder, `rotor-check-${port}.json`);
      writeFileSync(memory, JSON.stringify({ pid: hung.pid }));
      await check(port, folder);
      const { pid, since } = JSON.parse(readFileSync(memory, 'utf8'));
      expect([pid, hung.exitCode, hung.signalCode]).toEqual([hung.pid, null, null]);
      writeFileSync(memory, JSON.stringify({ pid, since: since - 120_000 }));
      expect((await check(port, folder)).said).toMatch(/; killed after 1\d\d s/);
      expect(await ended).toEqual([null, 'SIGKILL']);
      expect(existsSync(memory)).toBe(false);
    });
    silent.closeAllConnections();
    silent.close();
  });

  it('forgets the silence at the first answer, and knows which process it was', async () => {
    const port = Number(new URL(await start()).port);
    await withFolder(async (folder) => {
      const memory = join(folder, `rotor-check-${port}.json`);
      writeFileSync(memory, JSON.stringify({ pid: 1, since: 0 }));
      await check(port, folder);
      expect(JSON.parse(readFileSync(memory, 'utf8'))).toEqual({ pid: process.pid });
    });
  });

  it('exits with 1 in time when nobody answers', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const found = await check(port);
    silent.closeAllConnections();
    silent.close();
    expect(found).toMatchObject({ code: 1, said: expect.stringContaining('within 2500 ms') });
  });
});
