/** The gateway's state of a client, independent of any connection. */
import type { WebSocket } from 'ws';
import { OP } from './gateway-codes.ts';

/** A client's session; it outlives its connection. */
export interface Session {
  readonly id: string;
  readonly intents: number;
  /** Whether it is connected now. */
  connected(): boolean;
  attach(socket: WebSocket): void;
  /** At a real instant, in milliseconds since 1970. */
  detach(socket: WebSocket, nowMs: number): void;
  /** When its connection was lost; undefined while connected. */
  lostMs(): number | undefined;
  dispatch(event: string, data: unknown): void;
  /** Resends the events after the sequence number; false when they are no longer available. */
  replay(afterSequence: number): boolean;
}

const MAX_KEPT_EVENTS = 2_000;

/** Creates a session without a connection. */
export function createSession(id: string, intents: number): Session {
  const log: { readonly sequence: number; readonly frame: string }[] = [];
  let sequence = 0;
  let current: WebSocket | undefined;
  let lostMs: number | undefined;
  return {
    id,
    intents,
    connected: () => current !== undefined,
    attach: (socket) => {
      current = socket;
      lostMs = undefined;
    },
    detach: (socket, nowMs) => {
      if (current !== socket) return;
      current = undefined;
      lostMs = nowMs;
    },
    lostMs: () => lostMs,
    dispatch: (event, data) => {
      sequence += 1;
      const frame = JSON.stringify({ op: OP.dispatch, t: event, s: sequence, d: data });
      log.push({ sequence, frame });
      if (log.length > MAX_KEPT_EVENTS) log.shift();
      current?.send(frame);
    },
    replay: (afterSequence) => {
      const oldest = log[0]?.sequence ?? 1;
      if (afterSequence > sequence || afterSequence + 1 < oldest) return false;
      for (const { sequence: at, frame } of log) if (at > afterSequence) current?.send(frame);
      return true;
    },
  };
}
