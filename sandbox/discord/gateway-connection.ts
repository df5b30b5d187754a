/** One connection to the gateway, and its faults. */
import type { RawData, WebSocket } from 'ws';
import type { Timers } from '#core/market-time/real-timers.ts';
import type { GatewayFault } from './fault-injector.ts';
import { CLOSE, OP } from './gateway-codes.ts';
import type { Session } from './gateway-session.ts';
import { isJson, type Json } from './json.ts';

/** An open web socket and its state. */
export interface Connection {
  readonly socket: WebSocket;
  session: Session | undefined;
  acknowledges: boolean;
  /** Neither sends nor receives. */
  silent: boolean;
  lastBeatMs: number;
  recentSends: number[];
}

const MAX_SENDS = 120;
const SENDS_WINDOW_MS = 60_000;

/** A newly accepted connection. */
export function newConnection(socket: WebSocket, lastBeatMs: number, silent: boolean): Connection {
  return { socket, session: undefined, acknowledges: true, silent, lastBeatMs, recentSends: [] };
}

/** Sends a frame without an event, unless the connection is silent. */
export function say(connection: Connection, op: number, d: unknown): void {
  if (!connection.silent) connection.socket.send(JSON.stringify({ op, d, s: null, t: null }));
}

/** Applies the fault to one connection. */
export function applyFault(
  connection: Connection,
  what: GatewayFault,
  nowMs: number,
  forget: (session: Session | undefined) => void,
): void {
  switch (what.kind) {
    case 'drop':
      connection.socket.terminate();
      break;
    case 'silence':
      connection.silent = true;
      connection.session?.detach(connection.socket, nowMs);
      break;
    case 'close':
      connection.socket.close(what.code);
      break;
    case 'reconnect':
      // Events from now on wait for the resumed connection.
      connection.session?.detach(connection.socket, nowMs);
      say(connection, OP.reconnect, null);
      break;
    case 'invalid-session':
      connection.session?.detach(connection.socket, nowMs);
      if (!what.resumable) forget(connection.session);
      say(connection, OP.invalidSession, what.resumable);
      break;
    case 'mute':
      connection.acknowledges = false;
      break;
    default:
      what satisfies never;
  }
}

/** Dependencies of watchHeartbeat. */
export interface HeartbeatParts {
  readonly heartbeatIntervalMs: number;
  readonly timers: Timers;
  readonly realNow: () => number;
}

/** Discord allows one missed heartbeat before it disconnects a client. */
export function watchHeartbeat(
  connection: Connection,
  open: ReadonlySet<Connection>,
  parts: HeartbeatParts,
): void {
  const limitMs = parts.heartbeatIntervalMs * 2;
  parts.timers.after(limitMs, () => {
    if (!open.has(connection)) return;
    if (parts.realNow() - connection.lastBeatMs > limitMs) connection.socket.close(CLOSE.timedOut);
    else watchHeartbeat(connection, open, parts);
  });
}

/** Whether this frame exceeds 120 in a minute. */
export function sendsTooMuch(connection: Connection, nowMs: number): boolean {
  const recent = connection.recentSends.filter((at) => at > nowMs - SENDS_WINDOW_MS);
  connection.recentSends = [...recent, nowMs];
  return connection.recentSends.length > MAX_SENDS;
}

/** Returns undefined for a frame that is not a JSON object. */
export function parseFrame(raw: RawData): Json | undefined {
  try {
    const frame: unknown = JSON.parse(String(raw));
    return isJson(frame) ? frame : undefined;
  } catch (fault) {
    if (fault instanceof SyntaxError) return undefined;
    throw fault;
  }
}
