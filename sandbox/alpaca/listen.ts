import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Answer, badRequest, UNAUTHORIZED } from './answers.ts';
import type { Fault, Faults } from './faults.ts';
import { answerOf, type Call, type Route, readBody, send, UNKNOWN_PATH } from './http.ts';
import type { OrderStream } from './order-stream.ts';

export interface ServerParts {
  readonly routes: readonly Route[];
  readonly keys: { readonly keyId: string; readonly secret: string };
  readonly faults: Faults;
  readonly stream: OrderStream;
  /** Takes a response over for good when it answers true. */
  readonly live: (path: string, response: ServerResponse) => boolean;
  /** Brings the market up to now; called before every request is looked at. */
  readonly prepare: () => void;
  readonly requestId: () => string;
}

export interface Listening {
  readonly port: number;
  /** Every connection breaks and none is taken, as if the network were down. */
  unplug(): Promise<void>;
  /** Listens again, on the same port. */
  plug(): Promise<void>;
  close(): Promise<void>;
}

/** Listens on loopback only; port 0 takes a free one. */
export async function listen(parts: ServerParts, port: number): Promise<Listening> {
  const sockets = new Set<Duplex>();
  // A client that vanishes in the middle of its request is nothing to the others.
  const server = createServer((request, response) => {
    serve(parts, request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    if (request.url?.startsWith('/stream')) parts.stream.upgrade(request, socket, head);
    else socket.destroy();
  });
  const plug = (at: number): Promise<void> =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(at, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  const unplug = (): Promise<void> =>
    new Promise((resolve) => {
      if (!server.listening) return resolve();
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await plug(port);
  const taken = (server.address() as AddressInfo).port;
  return {
    port: taken,
    unplug,
    plug: () => plug(taken),
    close() {
      parts.stream.close();
      return unplug();
    },
  };
}

async function serve(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = URL.parse(request.url ?? '/', 'http://sandbox');
  if (!url) return send(response, UNKNOWN_PATH, parts.requestId());
  if (request.method === 'GET' && parts.live(url.pathname, response)) return;
  const body = await readBody(request).catch((error: Error) => error);
  if (body instanceof Error) {
    return send(response, badRequest('request body format is invalid'), parts.requestId());
  }
  const call = {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    body,
  };
  const fault = parts.faults.strike({
    kind: 'request',
    method: call.method,
    path: call.path,
    body,
  });
  const answer = hasEffect(fault) ? handle(parts, request, call) : undefined;
  await reply(response, answer, fault, parts.requestId());
}

/** A handler that throws is a fault of the sandbox; the client sees it as Alpaca's own. */
function handle(parts: ServerParts, request: IncomingMessage, call: Omit<Call, 'parts'>): Answer {
  const { headers } = request;
  const open = call.path.startsWith('/sandbox/');
  const known =
    headers['apca-api-key-id'] === parts.keys.keyId &&
    headers['apca-api-secret-key'] === parts.keys.secret;
  if (!open && !known) return UNAUTHORIZED;
  try {
    parts.prepare();
    return answerOf(parts.routes, call);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { status: 500, body: { code: 50010000, message } };
  }
}

function hasEffect(fault: Fault | undefined): boolean {
  return !fault || !('effect' in fault) || fault.effect;
}

async function reply(
  response: ServerResponse,
  answer: Answer | undefined,
  fault: Fault | undefined,
  requestId: string,
): Promise<void> {
  if (fault?.kind === 'drop') return void response.socket?.destroy();
  if (fault?.kind === 'hold') await fault.until;
  const shown = fault?.kind === 'answer' ? { status: fault.status, body: fault.body } : answer;
  if (shown) send(response, shown, requestId, fault);
  else response.socket?.destroy();
}
