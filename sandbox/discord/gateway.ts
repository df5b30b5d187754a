/** The gateway, version 10, JSON: identify, heartbeat, resume, and a session's events. */
import type { IncomingMessage, Server } from 'node:http';
import { type RawData, WebSocketServer } from 'ws';
import { isFromHere } from '#sandbox/loopback-app.ts';
import type { ConnectFault } from './fault-injector.ts';
import { CLOSE, OP } from './gateway-codes.ts';
import {
  applyFault,
  type Connection,
  type HeartbeatParts,
  newConnection,
  parseFrame,
  say,
  sendsTooMuch,
  watchHeartbeat,
} from './gateway-connection.ts';
import {
  createSessions,
  presenceOf,
  type SessionParts,
  type Sessions,
} from './gateway-sessions.ts';
import { isJson, type Json } from './json.ts';

/** Discord's web socket server. */
export interface Gateway {
  /** Sends to every session with one of these intents; 0 sends to all. */
  dispatch(event: string, data: unknown, intents?: number): void;
  /** Successful IDENTIFYs since the start. */
  identified(): number;
  resumed(): number;
  /** False once Discord revoked the token because of too many IDENTIFYs. */
  tokenHolds(): boolean;
  connections(): number;
  close(): void;
}

interface GatewayParts extends HeartbeatParts, Omit<SessionParts, 'onTokenTaken'> {
  readonly server: Server;
  readonly path: string;
}

/** The fault of a connection is chosen before it is accepted. */
type ConnectRequest = IncomingMessage & { fault?: ConnectFault | undefined };
type Verdict = (accepted: boolean, status?: number) => void;

/** Accepts connections on the server's path at once. */
export function createGateway(parts: GatewayParts): Gateway {
  const sockets = createSockets(parts);
  const open = new Set<Connection>();
  const sessions = createSessions({
    ...parts,
    onTokenTaken: () => {
      for (const { socket } of [...open]) socket.close(CLOSE.authenticationFailed);
    },
  });

  sockets.on('connection', (socket, request: ConnectRequest) => {
    const connection = newConnection(socket, parts.realNow(), request.fault === 'silence');
    serve(connection, open, sessions, parts);
  });
  parts.faults.onGateway((what) => {
    for (const connection of [...open])
      applyFault(connection, what, parts.realNow(), sessions.forget);
  });

  return {
    dispatch: (event, data, intents = 0) => sessions.dispatch(event, data, intents),
    identified: sessions.identified,
    resumed: sessions.resumed,
    tokenHolds: sessions.tokenHolds,
    connections: () => open.size,
    close: () => {
      for (const { socket } of open) socket.terminate();
      sockets.close();
    },
  };
}

/** Accepts connections from this machine, unless a fault was planned. */
function createSockets({ server, path, faults }: GatewayParts): WebSocketServer {
  return new WebSocketServer({
    server,
    path,
    verifyClient: ({ req }: { req: ConnectRequest }, done: Verdict) => {
      if (!isFromHere(req.headers)) return done(false, 403);
      req.fault = faults.connectFault();
      if (req.fault === 'refuse') done(false, 503);
      else done(true);
    },
  });
}

function serve(
  connection: Connection,
  open: Set<Connection>,
  sessions: Sessions,
  parts: GatewayParts,
): void {
  const { socket } = connection;
  open.add(connection);
  socket.on('message', (raw) => receive(connection, raw, sessions, parts));
  socket.on('close', (code) => {
    open.delete(connection);
    connection.session?.detach(socket, parts.realNow());
    // A client that closes normally does not resume its session.
    if (code === 1000 || code === 1001) sessions.forget(connection.session);
    if (open.size === 0) parts.onPresence(undefined);
  });
  // The close event that follows has all the information.
  socket.on('error', () => socket.terminate());
  say(connection, OP.hello, { heartbeat_interval: parts.heartbeatIntervalMs, _trace: [] });
  watchHeartbeat(connection, open, parts);
}

function receive(
  connection: Connection,
  raw: RawData,
  sessions: Sessions,
  parts: GatewayParts,
): void {
  if (connection.silent) return;
  const frame = parseFrame(raw);
  if (sendsTooMuch(connection, parts.realNow())) connection.socket.close(CLOSE.rateLimited);
  else if (frame) hear(connection, frame, sessions, parts);
  else connection.socket.close(CLOSE.decodeError);
}

/** Opcodes that the sandbox accepts and ignores. */
const IGNORED: readonly unknown[] = [OP.voiceState, OP.requestMembers, OP.requestSoundboard];

function hear(connection: Connection, frame: Json, sessions: Sessions, parts: GatewayParts): void {
  const data = isJson(frame['d']) ? frame['d'] : {};
  switch (frame['op']) {
    case OP.heartbeat:
      connection.lastBeatMs = parts.realNow();
      if (connection.acknowledges) say(connection, OP.heartbeatAck, null);
      break;
    case OP.identify:
      sessions.identify(connection, data);
      break;
    case OP.resume:
      sessions.resume(connection, data);
      break;
    case OP.presence:
      if (connection.session) parts.onPresence(presenceOf(data));
      else connection.socket.close(CLOSE.notAuthenticated);
      break;
    default:
      if (!IGNORED.includes(frame['op'])) connection.socket.close(CLOSE.unknownOp);
  }
}
