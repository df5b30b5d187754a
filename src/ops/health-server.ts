/** What a machine may ask, over HTTP: /healthz, /readyz and /metrics. Reads only, and little of it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HealthAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

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
const MOST_CONNECTIONS = 16;

/** @throws when the port is taken. */
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
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(parts.port, parts.host);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

async function answer(
  { method, url = '/' }: IncomingMessage,
  { answers }: HealthServerParts,
): Promise<HealthAnswer> {
  if (method !== 'GET') return plain(405, 'GET only');
  const path = url.split('?')[0] ?? '/';
  const given = Object.hasOwn(answers, path) ? answers[path] : undefined;
  if (!given) return plain(404, `here are ${Object.keys(answers).join(', ')}`);
  try {
    return await given();
  } catch (error) {
    return plain(500, error instanceof Error ? error.name : 'failed');
  }
}

export function plain(status: number, text: string): HealthAnswer {
  return { status, type: 'text/plain; charset=utf-8', body: `${text}\n` };
}

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
