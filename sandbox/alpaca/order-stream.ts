/** The trade_updates stream: authenticate, listen, then binary frames of JSON as on paper. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Fault, Faults } from './faults.ts';

/** All listeners of order updates. */
export interface OrderStream {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Sends to all listeners. */
  publish(update: Readonly<Record<string, unknown>>, clientOrderId: string): void;
  /** Breaks every connection, as a network failure does. */
  dropAll(): void;
  close(): void;
}

interface Keys {
  readonly keyId: string;
  readonly secret: string;
}

const STREAM = 'trade_updates';

/** Accepts connections handed to it. */
export function createOrderStream(keys: Keys, faults: Faults): OrderStream {
  const server = new WebSocketServer({ noServer: true });
  const listening = new Set<WebSocket>();
  const publisher = createPublisher({
    send: (frame) => {
      for (const socket of listening) socket.send(Buffer.from(frame));
    },
    drop: () => dropAll(server),
  });
  return {
    upgrade: (request, socket, head) => {
      const fault = faults.strike({ kind: 'upgrade', path: request.url ?? '' });
      if (fault?.kind === 'drop') return void socket.destroy();
      if (fault?.kind === 'answer') {
        return void socket.end(`HTTP/1.1 ${fault.status} Refused\r\nContent-Length: 0\r\n\r\n`);
      }
      if (fault) return;
      server.handleUpgrade(request, socket, head, (each) =>
        serve(each, { keys, faults, listening }),
      );
    },
    publish: (update, clientOrderId) => {
      const event = String(update['event']);
      const fault = faults.strike({ kind: 'event', event, clientOrderId });
      publisher(JSON.stringify({ stream: STREAM, data: update }), fault);
    },
    dropAll: () => dropAll(server),
    close: () => {
      dropAll(server);
      server.close();
    },
  };
}

interface Desk {
  readonly keys: Keys;
  readonly faults: Faults;
  readonly listening: Set<WebSocket>;
}

/** One connection: first its keys, then its subscription. */
function serve(socket: WebSocket, { keys, faults, listening }: Desk): void {
  let authorised = false;
  socket.on('close', () => listening.delete(socket));
  socket.on('error', () => socket.terminate());
  socket.on('message', (data) => {
    const message = read(String(data));
    if (message.action === 'authenticate' || message.action === 'auth') {
      authorised = matches(message, keys);
      answerAuth(socket, authorised, faults);
    } else if (message.action === 'listen' && authorised) {
      const streams = message.streams.filter((name) => name === STREAM);
      if (streams.length > 0) listening.add(socket);
      else listening.delete(socket);
      socket.send(Buffer.from(JSON.stringify({ stream: 'listening', data: { streams } })));
    }
  });
}

/** Sends frames, or applies the fault to them. */
function createPublisher(to: {
  readonly send: (frame: string) => void;
  readonly drop: () => void;
}): (frame: string, fault: Fault | undefined) => void {
  /** Sent after the next one. */
  let heldBack: string | undefined;
  return (frame, fault) => {
    if (fault?.kind === 'lose') return;
    if (fault?.kind === 'drop') return to.drop();
    if (fault?.kind === 'frame') return to.send(fault.frame);
    if (fault?.kind === 'swap') {
      heldBack = frame;
      return;
    }
    to.send(frame);
    for (let more = fault?.kind === 'repeat' ? fault.more : 0; more > 0; more--) to.send(frame);
    if (heldBack !== undefined) to.send(heldBack);
    heldBack = undefined;
  };
}

function dropAll(server: WebSocketServer): void {
  for (const socket of server.clients) socket.terminate();
}

function answerAuth(socket: WebSocket, authorised: boolean, faults: Faults): void {
  const fault = faults.strike({ kind: 'auth' });
  if (fault?.kind === 'lose' || fault?.kind === 'hold') return;
  if (fault?.kind === 'drop') {
    socket.terminate();
    return;
  }
  const status = authorised ? 'authorized' : 'unauthorized';
  const frame = { stream: 'authorization', data: { status, action: 'authenticate' } };
  socket.send(Buffer.from(fault?.kind === 'frame' ? fault.frame : JSON.stringify(frame)));
}

interface Message {
  readonly action: string;
  readonly keyId: string;
  readonly secret: string;
  readonly streams: readonly string[];
}

/** Accepts both forms of the authentication; any other frame is an empty message. */
function read(text: string): Message {
  const frame = parsed(text);
  const data = (frame['data'] ?? {}) as Readonly<Record<string, unknown>>;
  const streams = Array.isArray(data['streams']) ? data['streams'].map(String) : [];
  return {
    action: String(frame['action'] ?? ''),
    keyId: String(data['key_id'] ?? frame['key'] ?? ''),
    secret: String(data['secret_key'] ?? frame['secret'] ?? ''),
    streams,
  };
}

function matches(message: Message, keys: Keys): boolean {
  return message.keyId === keys.keyId && message.secret === keys.secret;
}

/** Invalid input must not end the sandbox. */
function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
