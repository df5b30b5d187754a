/**
 * What a machine may ask, over HTTP: /healthz, /readyz and /metrics. Reads only, and little of it. A port
 * that is taken is tried again until whoever holds it lets go.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type { Log } from '#core/ports.ts';

/** One answer, before its secrets are taken out. */
export interface HealthAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** A server that listens. */
export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** What the server needs from outside. */
export interface HealthServerParts {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** By path. */
  readonly answers: Readonly<Record<string, () => Promise<HealthAnswer> | HealthAnswer>>;
  /** Takes every secret out of a text. */
  readonly scrub: (text: string) => string;
  /** Who has not asked in full by then is cut off; five seconds unless told. */
  readonly askMs?: number;
}

const ASK_MS = 5_000;
/** How often Node looks for who asks too slowly; thirty seconds of its own. */
const CHECK_MS = 1_000;
const MAX_CONNECTIONS = 16;

/** Listens before it resolves. @throws when the port is taken. */
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

/** The service's name in compose.yaml, for who asks from another container. */
const SERVICE = 'rotor';

/** A page of the web that resolves its own name to this machine must not read what stands here. */
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
    // For the image's check, which must know whom to end when nobody answers any more.
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
  /** Tries a port again that was taken, unless the last try was only just. Never rejects. */
  retryListen(): Promise<void>;
  close(): Promise<void>;
}

/** What the port needs from outside. */
export interface HealthPortParts {
  /** Undefined: no server. */
  readonly port: number | undefined;
  readonly host: string;
  /** @throws when the port is taken. */
  readonly listen: (port: number) => Promise<HealthServer>;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
  readonly log: Log;
}

/** Between two tries; doubled after each. */
const FIRST_WAIT_MS = 5_000;
/** The wait stops growing here. */
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
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'no reason';
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
