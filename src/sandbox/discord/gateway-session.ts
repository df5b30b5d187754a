/** What the gateway remembers of a client, beyond any one connection. */
import type { WebSocket } from 'ws';
import { OP } from './gateway-codes.ts';

export interface Session {
  readonly id: string;
  readonly intents: number;
  /** Whether it is connected now. */
  connected(): boolean;
  attach(socket: WebSocket): void;
  detach(socket: WebSocket): void;
  dispatch(event: string, data: unknown): void;
  /** Sends again what came after the sequence number; false when that is not known any more. */
  replay(afterSequence: number): boolean;
}

const KEPT_EVENTS = 2_000;

export function createSession(id: string, intents: number): Session {
  const log: { readonly sequence: number; readonly frame: string }[] = [];
  let sequence = 0;
  let current: WebSocket | undefined;
  return {
    id,
    intents,
    connected: () => current !== undefined,
    attach: (socket) => {
      current = socket;
    },
    detach: (socket) => {
      if (current === socket) current = undefined;
    },
    dispatch: (event, data) => {
      sequence += 1;
      const frame = JSON.stringify({ op: OP.dispatch, t: event, s: sequence, d: data });
      log.push({ sequence, frame });
      if (log.length > KEPT_EVENTS) log.shift();
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
