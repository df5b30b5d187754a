/** The real process over the sandbox: what is asked of it from outside, how it ends, and its safe mode. */

import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeDigest } from '#ops/build-info.ts';
import { type Running, startRotor } from '#tests/support/process.ts';
import { type Servers, startServers } from '#tests/support/sandbox-process.ts';

const CANARY = 'canary-path-of-a-secret-address';

interface Listener {
  readonly url: string;
  readonly heard: string[];
  readonly server: Server;
}

let folder = '';
let servers: Servers;
let outside: Listener;
let state = '';
let turn = 0;
const running: Running[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-health-'));
  servers = await startServers(folder);
  outside = await listen();
});

afterAll(async () => {
  await servers.close();
  outside.server.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  turn += 1;
  state = join(folder, `rotor-${turn}`);
  mkdirSync(state);
  outside.heard.length = 0;
});

afterEach(async () => {
  servers.thaw();
  for (const each of running.splice(0)) if (each.child.exitCode === null) await each.end('SIGKILL');
});

/** Stands for healthchecks.io and for a webhook. */
async function listen(): Promise<Listener> {
  const heard: string[] = [];
  const server = createServer((request, reply) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      heard.push(body);
      reply.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/${CANARY}`, heard, server };
}

function start(more: Record<string, string> = {}): Running {
  const rotor = startRotor({ ...servers.environment, STATE_DIR: state, HEALTH_PORT: '0', ...more });
  running.push(rotor);
  return rotor;
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return String(port);
}

interface Ready {
  readonly status: number;
  readonly bad: readonly string[];
}

async function readyz(port: string): Promise<Ready> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
  const { reasons } = (await answer.json()) as { reasons: { name: string; ok: boolean }[] };
  return { status: answer.status, bad: reasons.filter(({ ok }) => !ok).map(({ name }) => name) };
}

/** The limit is for hangs only: a busy machine may take its time. */
async function until(holds: () => Promise<boolean> | boolean, limitMs = 300_000): Promise<void> {
  const since = performance.now();
  while (!(await holds())) {
    if (performance.now() - since > limitMs) throw new Error(`not so within ${limitMs} ms`);
    await wait(100);
  }
}

/** Messages on the sandbox's Discord that say this. */
function posted(text: string): number {
  const database = new Database(servers.files.discord, { readonly: true });
  try {
    const count = database.prepare('SELECT count(*) FROM messages WHERE json LIKE ?').pluck();
    return Number(count.get(`%${text}%`));
  } finally {
    database.close();
  }
}

describe('the health of a running Rotor', () => {
  it('says offline in the header when it is stopped', async () => {
    const rotor = start();
    await rotor.said(/Discord: ready/);
    await until(() => posted('| HEALTHY |') === 1);
    expect(await rotor.end('SIGTERM')).toBe(0);
    await until(() => posted('| OFFLINE |') === 1);
  });

  it('is red while the broker is silent, green after it, and the process ends although it is silent', async () => {
    const port = await freePort();
    const rotor = start({ HEALTH_PORT: port, HEARTBEAT_URL: outside.url });
    await rotor.said(/Discord: ready/);
    await until(async () => (await readyz(port)).status === 200);
    await until(() => outside.heard.length > 0);

    servers.freeze();
    await until(async () => (await readyz(port)).status === 503);
    expect((await readyz(port)).bad).toContain('broker');
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    const beats = outside.heard.length;

    servers.thaw();
    await until(async () => (await readyz(port)).bad.length === 0);
    await until(() => outside.heard.length > beats);
    expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain(
      'rotor_ready 1',
    );

    servers.freeze();
    await wait(1_000);
    expect(await rotor.end('SIGTERM')).toBe(0);
    expect(rotor.output()).not.toContain(CANARY);
  });
});

describe('a journal that is deleted while Rotor runs', () => {
  it('ends the process, whose next start is in HALT', async () => {
    const port = await freePort();
    const rotor = start({ HEALTH_PORT: port });
    await rotor.said(/started, version/);
    await until(async () => (await readyz(port)).bad.length === 0);
    for (const end of ['', '-wal', '-shm']) rmSync(join(state, `journal.sqlite${end}`));
    // It says so, or ends with its next write; nobody answers while it closes.
    const says = (): Promise<boolean> =>
      readyz(port).then(
        ({ bad }) => bad.includes('journal'),
        () => false,
      );
    const red = async (): Promise<boolean> => rotor.child.exitCode !== null || (await says());
    await until(red);
    await rotor.end('SIGTERM');
    expect(rotor.output()).toContain(
      'is not the file any more that this Rotor writes: it was removed',
    );
    const next = start({ HEALTH_PORT: port });
    await next.said(/Discord: ready/);
    await until(async () => (await readyz(port)).bad.includes('trading'));
    expect(next.output()).toMatch(/trading state HALT by rotor: journal: entries are lost/);
  });
});

describe('a process that cannot start', () => {
  it('is reported outside Discord once, without a secret, as far as the configuration can be read', async () => {
    const file = join(state, 'webhook');
    writeFileSync(file, `${outside.url}\n`);
    const wrong = {
      SUPERVISOR_WEBHOOK_URL_FILE: file,
      DISCORD_TOKEN: 'canary-token',
      DISCORD_TOKEN_FILE: '/nowhere',
    };
    for (let run = 0; run < 2; run++) expect(await start(wrong).ended).toBe(2);
    expect(outside.heard).toHaveLength(1);
    const { content, allowed_mentions } = JSON.parse(outside.heard[0] ?? '');
    expect(content).toMatch(/Rotor ended with 2: configuration:[\s\S]*DISCORD_TOKEN_FILE/);
    expect(content).not.toContain('canary');
    expect(allowed_mentions).toEqual({ parse: [] });
  });

  it('because another has its journal exits with 5 and says so', async () => {
    const first = start();
    await first.said(/started, version/);
    const second = start();
    expect(await second.ended).toBe(5);
    expect(second.output()).toMatch(/another Rotor runs on this journal/);
  });

  it('because it was killed is reported outside Discord by its next start, not by one in parallel', async () => {
    const told = { SUPERVISOR_WEBHOOK_URL: outside.url };
    const first = start(told);
    await first.said(/started, version/);
    expect(await start(told).ended).toBe(5);
    expect(outside.heard.join()).not.toContain('without a word');
    await first.end('SIGKILL');
    await start(told).said(/started, version/);
    await until(() => outside.heard.some((body) => body.includes('ended without a message')));
  });

  it('because another was stopped in the middle of a write exits with 5 and says what to do', async () => {
    const holder = new Database(join(state, 'journal.sqlite'));
    holder.exec('CREATE TABLE t (a); BEGIN EXCLUSIVE');
    try {
      const rotor = start();
      expect(await rotor.ended).toBe(5);
      expect(rotor.output()).toMatch(/is locked by another process.*end that one/s);
    } finally {
      holder.close();
    }
  });
});

describe('safe mode', () => {
  it('after five crashes answers and does not trade, until an approver resumes and approves the first plan', async () => {
    const crash = { at: Date.now() - 1_000, build: codeDigest(), end: 'running' };
    writeFileSync(join(state, 'starts.json'), JSON.stringify({ starts: Array(5).fill(crash) }));
    const port = await freePort();
    const rotor = start({ HEALTH_PORT: port, SUPERVISOR_WEBHOOK_URL: outside.url });
    await rotor.said(/SAFE MODE: 5 crashes in ten minutes/);
    await rotor.said(/Discord: ready/);
    await until(() => posted('| SAFE MODE |') === 1);
    expect(outside.heard.map((body) => JSON.parse(body).content).join()).toContain('SAFE MODE');
    expect((await readyz(port)).bad).toContain('safe mode');
    await servers.operate('status');
    await servers.setSpeed(60);
    await wait(4_000);
    expect(rotor.output()).not.toMatch(/decided |plan: /);

    expect(await rotor.end('SIGTERM')).toBe(0);
    const again = start({ HEALTH_PORT: port });
    await again.said(/SAFE MODE: 5 crashes/);
    await again.said(/Discord: ready/);
    await servers.operate('resume', { reason: 'mended' });
    await again.said(
      /A plan needs an approval: initial-\S+ is the first plan since Rotor halted itself/,
    );
    await servers.setSpeed(0);
    expect((await readyz(port)).bad).not.toContain('safe mode');
    expect(await again.end('SIGTERM')).toBe(0);
    const last = start();
    await last.said(/Discord: ready/);
    expect(last.output()).not.toContain('SAFE MODE');
  });

  it('also starts if the journal cannot be opened', async () => {
    writeFileSync(join(state, 'journal.sqlite'), 'no database at all '.repeat(1_000));
    const port = await freePort();
    const rotor = start({ HEALTH_PORT: port });
    await rotor.said(/SAFE MODE: journal: \S+ cannot be used: SqliteError/);
    await rotor.said(/Discord: ready/);
    await until(() => posted('| SAFE MODE |') > 0);
    await until(() => posted('cannot be used: SqliteError') > 0);
    expect((await readyz(port)).bad).toEqual(expect.arrayContaining(['safe mode', 'journal']));
    await servers.operate('resume', { reason: 'try' });
    expect((await readyz(port)).bad).toContain('safe mode');
  });
});
