import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Alpaca } from '@alpacahq/alpaca-trade-api';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import {
  createAlpacaClient,
  createRequestBudgets,
  type RequestBudgets,
} from '#core/broker/client.ts';
import { createRequestClock } from '#core/broker/request-clock.ts';
import { realTimers } from '#core/broker/timers.ts';
import type { Log } from '#core/ports.ts';

/** Stand-ins for credentials that no error and no log line may ever contain. */
export const KEY_ID = 'CANARY-KEY-ID-3141592653';
export const SECRET = 'canary-secret-2718281828';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** As it was on the wire. */
  readonly body: string;
}

export type Answer = (response: ServerResponse, asked: Asked) => void;

export interface Loopback {
  readonly url: string;
  readonly asked: Asked[];
  /** Connections that were ever opened. */
  connections(): number;
  answer(answer: Answer): void;
  close(): Promise<void>;
}

/** A server on this machine that answers as it is told and remembers what it was asked. */
export async function loopback(first: Answer = json(200, {})): Promise<Loopback> {
  const asked: Asked[] = [];
  let answer = first;
  let connections = 0;
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      const one = { method: request.method ?? '', path: pathname, query: searchParams, body };
      asked.push(one);
      answer(response, one);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    connections: () => connections,
    answer: (next) => {
      answer = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

export function json(status: number, body: unknown): Answer {
  return text(status, 'application/json', JSON.stringify(body));
}

export function text(status: number, type: string, body: string): Answer {
  return (response) => void response.writeHead(status, { 'content-type': type }).end(body);
}

/** The connection breaks and nothing was said. */
export const reset: Answer = (response) => void response.socket?.destroy();

/** Nothing is ever said. */
export const nothing: Answer = () => undefined;

/** The connection breaks in the middle of the answer. */
export function cut(status: number, body: string): Answer {
  return (response) => {
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': String(body.length),
    });
    response.write(body.slice(0, body.length / 2), () => response.socket?.destroy());
  };
}

/** As the client of a market that runs a thousand times faster: nothing waits for a real minute. */
export function quickBudgets() {
  const now = () => performance.now();
  return createRequestBudgets(createRequestClock({ now, timers: realTimers, speed: () => 1_000 }));
}

/** No answer is late on a busy machine; silence is tried with a limit of its own. */
export const PATIENT_MS = 120_000;
/** For answers that never come. */
export const IMPATIENT_MS = 300;

export function clientOf(
  url: string,
  parts: { timeoutMs?: number; log?: Log; budgets?: RequestBudgets } = {},
): Alpaca {
  return createAlpacaClient({
    keyId: KEY_ID,
    secret: SECRET,
    apiBase: url,
    retryDelayMs: 1,
    timeoutMs: PATIENT_MS,
    budgets: quickBudgets(),
    ...parts,
  });
}

export interface StreamServer {
  readonly url: string;
  /** How each connection behaves, in order; the last one is kept. */
  behave(...ways: StreamWay[]): void;
  /** To every connection that listens. */
  send(frame: unknown): void;
  /** Resolves when that many connections in all have been tried. */
  tried(count: number): Promise<void>;
  drop(): void;
  close(): Promise<void>;
}

export type StreamWay = 'works' | 'no-upgrade' | 'no-login' | 'refuses-login' | 'no-listening';

/** Alpaca's order-update stream, as well or as badly behaved as it is told. */
export async function streamServer(): Promise<StreamServer> {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  const held = new Set<{ destroy(): void }>();
  let ways: readonly StreamWay[] = ['works'];
  let tries = 0;
  let waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  server.on('upgrade', (request, socket, head) => {
    const way = ways[Math.min(tries, ways.length - 1)] ?? 'works';
    tries += 1;
    held.add(socket);
    for (const { count, resolve } of waiting) if (tries >= count) resolve();
    waiting = waiting.filter(({ count }) => tries < count);
    if (way === 'no-upgrade') return;
    sockets.handleUpgrade(request, socket, head, (one) => {
      one.on('message', (data) => reply(one, way, data));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/stream`,
    behave: (...next) => {
      ways = next;
      tries = 0;
    },
    send: (frame) => {
      // As paper accounts do: JSON in a binary frame.
      for (const one of sockets.clients) one.send(Buffer.from(JSON.stringify(frame)));
    },
    tried: (count) =>
      new Promise((resolve) => {
        if (tries >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    drop: () => {
      for (const one of sockets.clients) one.terminate();
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of held) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function reply(socket: WebSocket, way: StreamWay, data: RawData): void {
  const frame = JSON.parse(String(data)) as { action?: string };
  const status = way === 'refuses-login' ? 'unauthorized' : 'authorized';
  if (frame.action === 'authenticate' && way !== 'no-login') {
    const answer = { stream: 'authorization', data: { status, action: 'authenticate' } };
    socket.send(JSON.stringify(answer));
  }
  if (frame.action === 'listen' && way !== 'no-listening') {
    socket.send(JSON.stringify({ stream: 'listening', data: { streams: ['trade_updates'] } }));
  }
}
