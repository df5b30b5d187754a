/** The gateway, version 10, JSON: identify, heartbeat, resume, and a session's events. */
import type { Server } from 'node:http';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Timers } from '#sandbox/time/real-timers.ts';
import type { FaultBox, GatewayTrouble } from './fault-box.ts';
import type { Presence } from './feed.ts';
import { ALL_INTENTS, CLOSE, OP, PRIVILEGED } from './gateway-codes.ts';
import { createSession, type Session } from './gateway-session.ts';
import { isJson, type Json, listOf, numberOf, textOf } from './json.ts';

export interface Gateway {
  /** To every session that asked for one of these intents; 0 is everybody's. */
  dispatch(event: string, data: unknown, intents?: number): void;
  /** IDENTIFYs taken since the start. */
  identified(): number;
  connections(): number;
  close(): void;
}

export interface GatewayParts {
  readonly server: Server;
  readonly path: string;
  readonly token: string;
  readonly timers: Timers;
  readonly realNow: () => number;
  readonly faults: FaultBox;
  readonly heartbeatIntervalMs: number;
  readonly allowedIntents: number;
  readonly nextId: () => string;
  /** READY without its session, and what follows it at once. */
  readonly welcome: () => { readonly ready: Json; readonly next: readonly [string, Json][] };
  readonly onPresence: (presence: Presence | undefined) => void;
}

interface Connection {
  readonly socket: WebSocket;
  session: Session | undefined;
  acknowledges: boolean;
  lastBeatMs: number;
  recentSends: number[];
}

const MAX_SENDS = 120;
const SENDS_WINDOW_MS = 60_000;

export function createGateway(parts: GatewayParts): Gateway {
  const sockets = new WebSocketServer({ server: parts.server, path: parts.path });
  const sessions = new Map<string, Session>();
  const open = new Set<Connection>();
  let identified = 0;

  const say = (connection: Connection, op: number, d: unknown): void =>
    connection.socket.send(JSON.stringify({ op, d, s: null, t: null }));

  const identify = (connection: Connection, data: Json): void => {
    const intents = numberOf(data, 'intents') ?? -1;
    const refusal = parts.faults.identifyTrouble() ?? refusalOf(data, intents, parts);
    const closing = connection.session ? CLOSE.alreadyAuthenticated : refusal;
    if (closing !== undefined) {
      connection.socket.close(closing);
      return;
    }
    identified += 1;
    const session = createSession(`session-${parts.nextId()}`, intents);
    sessions.set(session.id, session);
    connection.session = session;
    session.attach(connection.socket);
    const { ready, next } = parts.welcome();
    session.dispatch('READY', { ...ready, session_id: session.id });
    for (const [event, body] of next) session.dispatch(event, body);
    if (isJson(data['presence'])) parts.onPresence(presenceOf(data['presence']));
  };

  const resume = (connection: Connection, data: Json): void => {
    const session = sessions.get(textOf(data, 'session_id') ?? '');
    if (tokenOf(data) !== parts.token) {
      connection.socket.close(CLOSE.authenticationFailed);
      return;
    }
    if (!session) {
      say(connection, OP.invalidSession, false);
      return;
    }
    connection.session = session;
    session.attach(connection.socket);
    if (!session.replay(numberOf(data, 'seq') ?? 0)) {
      sessions.delete(session.id);
      connection.socket.close(CLOSE.invalidSequence);
      return;
    }
    session.dispatch('RESUMED', {});
  };

  const hear = (connection: Connection, frame: Json): void => {
    const data = isJson(frame['d']) ? frame['d'] : {};
    switch (frame['op']) {
      case OP.heartbeat:
        connection.lastBeatMs = parts.realNow();
        if (connection.acknowledges) say(connection, OP.heartbeatAck, null);
        break;
      case OP.identify:
        identify(connection, data);
        break;
      case OP.resume:
        resume(connection, data);
        break;
      case OP.presence:
        if (connection.session) parts.onPresence(presenceOf(data));
        else connection.socket.close(CLOSE.notAuthenticated);
        break;
      case OP.voiceState:
      case OP.requestMembers:
      case OP.requestSoundboard:
        break;
      default:
        connection.socket.close(CLOSE.unknownOp);
    }
  };

  const receive = (connection: Connection, raw: RawData): void => {
    const frame = parseFrame(raw);
    if (sendsTooMuch(connection, parts.realNow())) connection.socket.close(CLOSE.rateLimited);
    else if (frame) hear(connection, frame);
    else connection.socket.close(CLOSE.decodeError);
  };

  sockets.on('connection', (socket) => {
    const lastBeatMs = parts.realNow();
    const connection: Connection = {
      socket,
      session: undefined,
      acknowledges: true,
      lastBeatMs,
      recentSends: [],
    };
    open.add(connection);
    socket.on('message', (raw) => receive(connection, raw));
    socket.on('close', (code) => {
      open.delete(connection);
      connection.session?.detach(socket);
      // A client that says good-bye does not come back for its events.
      if (code === 1000 || code === 1001) sessions.delete(connection.session?.id ?? '');
      if (open.size === 0) parts.onPresence(undefined);
    });
    // The close that follows says all there is to say.
    socket.on('error', () => socket.terminate());
    say(connection, OP.hello, { heartbeat_interval: parts.heartbeatIntervalMs, _trace: [] });
    watchHeartbeat(connection, open, parts);
  });

  parts.faults.onGateway((what) => {
    for (const connection of [...open]) afflict(connection, what, sessions, say);
  });

  return {
    dispatch: (event, data, intents = 0) => {
      for (const session of sessions.values()) {
        if (intents === 0 || (session.intents & intents) !== 0) session.dispatch(event, data);
      }
    },
    identified: () => identified,
    connections: () => open.size,
    close: () => {
      for (const { socket } of open) socket.terminate();
      sockets.close();
    },
  };
}

function afflict(
  connection: Connection,
  what: GatewayTrouble,
  sessions: Map<string, Session>,
  say: (connection: Connection, op: number, d: unknown) => void,
): void {
  switch (what.kind) {
    case 'drop':
      connection.socket.terminate();
      break;
    case 'close':
      connection.socket.close(what.code);
      break;
    case 'reconnect':
      // What comes from now on waits for the resumed connection.
      connection.session?.detach(connection.socket);
      say(connection, OP.reconnect, null);
      break;
    case 'invalid-session':
      connection.session?.detach(connection.socket);
      if (!what.resumable) sessions.delete(connection.session?.id ?? '');
      say(connection, OP.invalidSession, what.resumable);
      break;
    case 'mute':
      connection.acknowledges = false;
      break;
    default:
      what satisfies never;
  }
}

/** Discord allows one missed beat before it lets a client go. */
function watchHeartbeat(
  connection: Connection,
  open: ReadonlySet<Connection>,
  parts: GatewayParts,
): void {
  const limitMs = parts.heartbeatIntervalMs * 2;
  parts.timers.after(limitMs, () => {
    if (!open.has(connection)) return;
    if (parts.realNow() - connection.lastBeatMs > limitMs) connection.socket.close(CLOSE.timedOut);
    else watchHeartbeat(connection, open, parts);
  });
}

function sendsTooMuch(connection: Connection, nowMs: number): boolean {
  const recent = connection.recentSends.filter((at) => at > nowMs - SENDS_WINDOW_MS);
  connection.recentSends = [...recent, nowMs];
  return connection.recentSends.length > MAX_SENDS;
}

function refusalOf(data: Json, intents: number, parts: GatewayParts): number | undefined {
  if (tokenOf(data) !== parts.token) return CLOSE.authenticationFailed;
  if (intents < 0 || (intents & ~ALL_INTENTS) !== 0) return CLOSE.invalidIntents;
  const privileged = intents & PRIVILEGED & ~parts.allowedIntents;
  return privileged === 0 ? undefined : CLOSE.disallowedIntents;
}

function tokenOf(data: Json): string {
  return (textOf(data, 'token') ?? '').replace(/^Bot\s+/, '');
}

function parseFrame(raw: RawData): Json | undefined {
  try {
    const frame: unknown = JSON.parse(String(raw));
    return isJson(frame) ? frame : undefined;
  } catch (fault) {
    if (fault instanceof SyntaxError) return undefined;
    throw fault;
  }
}

function presenceOf(data: Json): Presence {
  const activity = listOf(data, 'activities')[0];
  const custom = activity && textOf(activity, 'state');
  return {
    status: textOf(data, 'status') ?? 'online',
    text: custom ?? (activity && textOf(activity, 'name')),
  };
}
