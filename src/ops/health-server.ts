/**
 * The HTTP server for monitoring: /healthz, /readyz and /metrics, read-only. If the port is taken, it
 * retries until the port is free.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { errorCode } from '#core/errors.ts';
import type { Log } from '#core/ports.ts';

/** One answer, before secrets are removed. */
export interface HealthAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** A listening server. */
export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Dependencies of startHealthServer. */
export interface HealthServerParts {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** By path. */
  readonly answers: Readonly<Record<string, () => Promise<HealthAnswer> | HealthAnswer>>;
  /** Removes every secret from a text. */
  readonly scrub: (text: string) => string;
  /** Requests not completely received by then are cut off; five seconds by default. */
  readonly askMs?: number;
}

const ASK_MS = 5_000;
/** How often Node checks for slow requests; its default is thirty seconds. */
const CHECK_MS = 1_000;
const MAX_CONNECTIONS = 16;

/** Resolves when it listens. @throws when the port is taken. */
export async function startHealthServer(parts: HealthServerParts): Promise<HealthServer> {
  const { askMs = ASK_MS } = parts;
  const limits = {
    maxHeaderSize: 4_096,
    headersTimeout: askMs,
    requestTimeout: askMs,
    connectionsCheckingInterval: CHECK_MS,
    keepAliveTimeout: 1,
  };
  const server = createServer(limits, (request, reply) => {
    void answer(request, parts).then((said) => send(reply, said, parts.scrub));
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(parts.port, parts.host);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

async function answer(
  { method = '', url = '/', headers, socket }: IncomingMessage,
  { answers }: HealthServerParts,
): Promise<HealthAnswer> {
  if (!isOwnHost(headers.host, socket.localAddress)) return plain(421, 'not the name of this host');
  if (!['GET', 'HEAD'].includes(method)) return plain(405, 'GET and HEAD only');
  const path = url.split('?')[0] ?? '/';
  const given = Object.hasOwn(answers, path) ? answers[path] : undefined;
  if (!given) return plain(404, `here are ${Object.keys(answers).join(', ')}`);
  try {
    return await given();
  } catch (error) {
    return plain(500, error instanceof Error ? error.name : 'failed');
  }
}

/** The service's name in compose.yaml, used by requests from other containers. */
const SERVICE = 'rotor';

/**
 * Prevents DNS rebinding: a web page that resolves its own name to this machine must not read the answers.
 */
function isOwnHost(host: string | undefined, localAddress: string | undefined): boolean {
  if (host === undefined) return true;
  if (!/^[\w.:[\]-]+$/.test(host) || !URL.canParse(`http://${host}`)) return false;
  const { hostname: asked } = new URL(`http://${host}`);
  const address = localAddress?.replace('::ffff:', '');
  const names = ['localhost', '127.0.0.1', '[::1]', hostname().toLowerCase(), SERVICE, address];
  return names.includes(asked);
}

/** An answer in plain text. */
export function plain(status: number, text: string): HealthAnswer {
  return { status, type: 'text/plain; charset=utf-8', body: `${text}\n` };
}

/** An answer in JSON. */
export function json(status: number, value: unknown): HealthAnswer {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n` };
}

function send(reply: ServerResponse, said: HealthAnswer, scrub: (text: string) => string): void {
  reply.writeHead(said.status, {
    'content-type': said.type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
    // The image's check needs the id of the process to kill when it no longer answers.
    'rotor-pid': process.pid,
  });
  reply.end(scrub(said.body));
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** The port of the health server. */
export interface HealthPort {
  /** Retries a port that was taken, unless the last attempt was very recent. Never rejects. */
  retryListen(): Promise<void>;
  close(): Promise<void>;
}

/** Dependencies of createHealthPort. */
export interface HealthPortParts {
  /** Undefined: no server. */
  readonly port: number | undefined;
  readonly host: string;
  /** @throws when the port is taken. */
  readonly listen: (port: number) => Promise<HealthServer>;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

/** Between two attempts; doubled after each. */
const FIRST_WAIT_MS = 5_000;
/** Longest wait between two attempts. */
export const MAX_WAIT_MS = 60_000;

/** Nothing listens before the first `retryListen`. */
export function createHealthPort(parts: HealthPortParts): HealthPort {
  const { port, host, listen, now, log } = parts;
  let server: HealthServer | undefined;
  let trying: Promise<void> | undefined;
  let waitMs = FIRST_WAIT_MS;
  let nextAt = Number.NEGATIVE_INFINITY;
  let said = '';
  let isOver = false;

  async function take(wanted: number): Promise<void> {
    try {
      server = await listen(wanted);
      log.info(`health at http://${host}:${server.port}/readyz`);
    } catch (error) {
      const code = errorCode(error) ?? 'no reason';
      const text = `health: HEALTH_PORT ${wanted} cannot be opened, trying again: ${code}${heldBy(code)}`;
      if (said !== code) log.error(text);
      said = code;
      nextAt = now() + waitMs;
      waitMs = Math.min(2 * waitMs, MAX_WAIT_MS);
    }
  }

  return {
    async retryListen() {
      if (port === undefined || server || trying || isOver || now() < nextAt) return;
      trying = take(port);
      await trying;
      trying = undefined;
    },
    async close() {
      isOver = true;
      await trying;
      await server?.close();
    },
  };
}

function heldBy(code: string): string {
  return code === 'EADDRINUSE'
    ? '; another program uses it, perhaps a Rotor that is still running'
    : '';
}
