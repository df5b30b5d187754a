import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  alreadySent,
  createLoopbackApp,
  isFromHere,
  type LoopbackApp,
  listenerOf,
} from '#sandbox/loopback-app.ts';
import { UNAUTHORIZED } from './answers.ts';
import type { Faults } from './faults.ts';
import { damaged, MALFORMED, mountRoutes, type Route, readBody, responseOf } from './http.ts';
import type { OrderStream } from './order-stream.ts';
import type { RequestLimit } from './request-limit.ts';

interface ServerParts {
  readonly routes: readonly Route[];
  readonly keys: { readonly keyId: string; readonly secret: string };
  readonly limit: RequestLimit;
  readonly faults: Faults;
  readonly stream: OrderStream;
  /** Streams the market time to a response until it is closed. */
  readonly streamTime: (response: ServerResponse) => void;
  /** Brings the market up to now; called before every request is handled. */
  readonly prepare: () => void;
  readonly requestId: () => string;
  /** Called for each API request; the function it returns is called when the answer is ready. */
  readonly onRequest: () => () => void;
  /** A request is handled when this resolves. */
  readonly mayAnswer: () => Promise<void>;
}

interface Listening {
  readonly port: number;
  /** Breaks every connection and accepts none, as if the network were down. */
  unplug(): Promise<void>;
  /** Listens again, on the same port. */
  plug(): Promise<void>;
  close(): Promise<void>;
}

/** Listens on loopback only; port 0 picks a free one. */
export async function listen(parts: ServerParts, port: number): Promise<Listening> {
  const sockets = new Set<Duplex>();
  const server = createServer(listenerOf(createApp(parts)));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const isWanted = request.url?.startsWith('/stream') && isFromHere(request.headers);
    if (isWanted) parts.stream.upgrade(request, socket, head);
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

/** Alpaca has a separate host for market data, with its own limit. */
function isData(path: string): boolean {
  return path.startsWith('/v2/stocks/') || path.startsWith('/v1');
}

/** Checks keys, limits and faults and advances the market before every route. */
function createApp(parts: ServerParts): LoopbackApp {
  const app = createLoopbackApp();
  app.get('/sandbox/time/stream', (c) => {
    parts.streamTime(c.env.outgoing);
    return alreadySent();
  });
  app.use(async (c, next) => {
    if (c.req.path.startsWith('/sandbox/')) return next();
    const answered = parts.onRequest();
    await parts.mayAnswer();
    return next().finally(answered);
  });
  app.use(async (c, next) => {
    await next();
    c.res.headers.set('x-request-id', parts.requestId());
  });
  app.use(async (c, next) => {
    const { method, path } = c.req;
    const body = await readBody(c);
    if (!body) return responseOf(MALFORMED);
    const fault = parts.faults.strike({ kind: 'request', method, path, body });
    const hasEffect = !fault || !('effect' in fault) || fault.effect;
    if (hasEffect) await next();
    if (!fault) return;
    const answer = await damaged(c, fault, hasEffect ? c.res : undefined);
    c.res = undefined;
    c.res = answer;
  });
  app.use(async (c, next) => {
    const isOpen = c.req.path.startsWith('/sandbox/');
    const isKnown =
      c.req.header('apca-api-key-id') === parts.keys.keyId &&
      c.req.header('apca-api-secret-key') === parts.keys.secret;
    if (!isOpen && !isKnown) return responseOf(UNAUTHORIZED);
    parts.prepare();
    if (isOpen) return next();
    const { headers, refusal } = parts.limit.take(isData(c.req.path) ? 'data' : 'trading');
    if (refusal) return responseOf({ ...refusal, headers });
    await next();
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
    return undefined;
  });
  mountRoutes(app, parts.routes);
  return app;
}
