/** Identifies and resumes sessions, and sends each its events. */
import type { FaultInjector } from './fault-injector.ts';
import type { Presence } from './feed.ts';
import { ALL_INTENTS, CLOSE, OP, PRIVILEGED } from './gateway-codes.ts';
import { type Connection, say } from './gateway-connection.ts';
import { createSession, type Session } from './gateway-session.ts';
import type { IdentifyBudget } from './identify-budget.ts';
import { isJson, type Json, listOf, numberOf, textOf } from './json.ts';

/** The sessions of all clients. */
export interface Sessions {
  identify(connection: Connection, data: Json): void;
  resume(connection: Connection, data: Json): void;
  forget(session: Session | undefined): void;
  dispatch(event: string, data: unknown, intents: number): void;
  identified(): number;
  resumed(): number;
  tokenHolds(): boolean;
}

/** Dependencies of createSessions. */
export interface SessionParts {
  readonly token: string;
  readonly faults: FaultInjector;
  readonly budget: IdentifyBudget;
  readonly realNow: () => number;
  readonly allowedIntents: number;
  readonly nextId: () => string;
  /** READY without its session, and the events that follow it at once. */
  readonly welcome: () => { readonly ready: Json; readonly next: readonly [string, Json][] };
  readonly onPresence: (presence: Presence | undefined) => void;
  /** Discord revoked the token: all sessions end. */
  readonly onTokenTaken: () => void;
}

/** Discord documents no time; users report minutes. */
const RESUMABLE_MS = 5 * 60_000;

/** State of all clients. */
interface Clients {
  readonly sessions: Map<string, Session>;
  identified: number;
  resumed: number;
  tokenHolds: boolean;
}

/** Creates an empty list of sessions; a restart ends all. */
export function createSessions(parts: SessionParts): Sessions {
  const clients: Clients = { sessions: new Map(), identified: 0, resumed: 0, tokenHolds: true };
  return {
    identify: (connection, data) => identify(clients, connection, data, parts),
    resume: (connection, data) => resume(clients, connection, data, parts),
    forget: (session) => void clients.sessions.delete(session?.id ?? ''),
    dispatch: (event, data, intents) => {
      for (const session of clients.sessions.values()) {
        if (intents === 0 || (session.intents & intents) !== 0) session.dispatch(event, data);
      }
    },
    identified: () => clients.identified,
    resumed: () => clients.resumed,
    tokenHolds: () => clients.tokenHolds,
  };
}

function identify(clients: Clients, connection: Connection, data: Json, parts: SessionParts): void {
  const intents = numberOf(data, 'intents') ?? -1;
  const refusal = parts.faults.identifyFault() ?? refusalOf(data, intents, parts);
  const closing = connection.session ? CLOSE.alreadyAuthenticated : refusal;
  if (closing !== undefined) {
    connection.socket.close(closing);
    return;
  }
  if (!clients.tokenHolds || !parts.budget.take()) {
    clients.tokenHolds = false;
    clients.sessions.clear();
    parts.onTokenTaken();
    return;
  }
  clients.identified += 1;
  const session = createSession(`session-${parts.nextId()}`, intents);
  clients.sessions.set(session.id, session);
  connection.session = session;
  session.attach(connection.socket);
  const { ready, next } = parts.welcome();
  session.dispatch('READY', { ...ready, session_id: session.id });
  for (const [event, body] of next) session.dispatch(event, body);
  if (isJson(data['presence'])) parts.onPresence(presenceOf(data['presence']));
}

function resume(clients: Clients, connection: Connection, data: Json, parts: SessionParts): void {
  const session = clients.sessions.get(textOf(data, 'session_id') ?? '');
  const refusal = refusalToResume(clients, data, session, parts);
  if (typeof refusal === 'number') {
    connection.socket.close(refusal);
    return;
  }
  if (!session || refusal === 'invalid-session') {
    clients.sessions.delete(session?.id ?? '');
    say(connection, OP.invalidSession, false);
    return;
  }
  connection.session = session;
  session.attach(connection.socket);
  if (!session.replay(numberOf(data, 'seq') ?? 0)) {
    clients.sessions.delete(session.id);
    connection.socket.close(CLOSE.invalidSequence);
    return;
  }
  clients.resumed += 1;
  session.dispatch('RESUMED', {});
}

/** A close code, or that there is no session to resume. */
function refusalToResume(
  { tokenHolds }: Clients,
  data: Json,
  session: Session | undefined,
  parts: SessionParts,
): number | 'invalid-session' | undefined {
  const fault = parts.faults.resumeFault();
  if (tokenOf(data) !== parts.token || !tokenHolds) return CLOSE.authenticationFailed;
  if (fault !== undefined) return fault;
  const lostMs = session?.lostMs() ?? parts.realNow();
  return !session || parts.realNow() - lostMs > RESUMABLE_MS ? 'invalid-session' : undefined;
}

function refusalOf(data: Json, intents: number, parts: SessionParts): number | undefined {
  if (tokenOf(data) !== parts.token) return CLOSE.authenticationFailed;
  if (intents < 0 || (intents & ~ALL_INTENTS) !== 0) return CLOSE.invalidIntents;
  const privileged = intents & PRIVILEGED & ~parts.allowedIntents;
  return privileged === 0 ? undefined : CLOSE.disallowedIntents;
}

function tokenOf(data: Json): string {
  return (textOf(data, 'token') ?? '').replace(/^Bot\s+/, '');
}

/** Parses the presence sent by a client. */
export function presenceOf(data: Json): Presence {
  const activity = listOf(data, 'activities')[0];
  const custom = activity && textOf(activity, 'state');
  return {
    status: textOf(data, 'status') ?? 'online',
    text: custom ?? (activity && textOf(activity, 'name')),
  };
}
