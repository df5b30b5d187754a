/** Planned misfortunes: a test says what shall go wrong, the server asks before it acts. */
export type HttpTrouble =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** 429: of the whole token, of this route, or of a resource that others use too. */
  | {
      readonly kind: 'rate-limit';
      readonly retryAfterMs: number;
      readonly scope?: 'global' | 'user' | 'shared';
      readonly code?: number;
    }
  /** The request is taken and never answered; `after` also carries it out. */
  | { readonly kind: 'hang'; readonly after?: boolean }
  /** The connection breaks; `after` also carries the request out. */
  | { readonly kind: 'reset'; readonly after?: boolean }
  /** Carried out and answered, but only so much later. */
  | { readonly kind: 'late'; readonly delayMs: number };

export type GatewayTrouble =
  /** The connection breaks without a word. */
  | { readonly kind: 'drop' }
  /** Nothing comes on the open connections any more, and nothing is heard. */
  | { readonly kind: 'silence' }
  | { readonly kind: 'close'; readonly code: number }
  /** Op 7. */
  | { readonly kind: 'reconnect' }
  /** Op 9. */
  | { readonly kind: 'invalid-session'; readonly resumable: boolean }
  /** Heartbeats are no longer acknowledged on the open connections. */
  | { readonly kind: 'mute' };

/** A new connection is refused with 503, or taken and left without HELLO. */
export type ConnectTrouble = 'refuse' | 'silence';
/** A close code, or op 9 that the session cannot be resumed. */
export type ResumeTrouble = number | 'invalid-session';
/** Whether requests break, are never answered, or get 503. */
export type OutageKind = 'reset' | 'silence' | 'unavailable';

/** `times`: how often, 1 unless set. `forMs`: how long by the server's clock, then at any number. */
interface Span {
  readonly times?: number;
  readonly forMs?: number;
}

export type LastingTrouble =
  | (Span & {
      readonly on: 'http';
      readonly method?: string;
      /** Matched against the path after `/api/v10`; every path unless set. */
      readonly path?: RegExp;
      readonly what: HttpTrouble;
    })
  /** IDENTIFYs are answered with this close code. */
  | (Span & { readonly on: 'identify'; readonly code: number })
  | (Span & { readonly on: 'resume'; readonly what: ResumeTrouble })
  | (Span & { readonly on: 'connect'; readonly what: ConnectTrouble })
  /** Discord is away: requests, open connections, new connections. Until healed unless `forMs`. */
  | { readonly on: 'everything'; readonly how?: OutageKind; readonly forMs?: number };

/** `gateway`: now, on every open connection. */
export type Trouble = LastingTrouble | { readonly on: 'gateway'; readonly what: GatewayTrouble };

/** A request that met trouble. */
export interface Met {
  readonly method: string;
  readonly path: string;
  readonly kind: HttpTrouble['kind'];
  readonly atMs: number;
}

export interface FaultBox {
  /** @returns takes it back. */
  inject(trouble: Trouble): () => void;
  /** The requests that met trouble, oldest first. */
  met(): readonly Met[];
  httpTrouble(method: string, path: string): HttpTrouble | undefined;
  identifyTrouble(): number | undefined;
  resumeTrouble(): ResumeTrouble | undefined;
  connectTrouble(): ConnectTrouble | undefined;
  onGateway(listener: (what: GatewayTrouble) => void): void;
}

interface Waiting {
  readonly trouble: LastingTrouble;
  readonly untilMs: number;
  left: number;
}

const KEPT_MEETINGS = 10_000;
const OUTAGES: Readonly<Record<OutageKind, HttpTrouble>> = {
  reset: { kind: 'reset' },
  silence: { kind: 'hang' },
  unavailable: { kind: 'status', status: 503 },
};

export function createFaultBox(realNow: () => number): FaultBox {
  const waiting = new Set<Waiting>();
  const listeners = new Set<(what: GatewayTrouble) => void>();
  const met: Met[] = [];

  /** The first that has something to say, which then counts as used. */
  const ask = <T>(answer: (trouble: LastingTrouble) => T | undefined): T | undefined => {
    for (const one of waiting) {
      if (realNow() >= one.untilMs) waiting.delete(one);
      const said = waiting.has(one) ? answer(one.trouble) : undefined;
      if (said === undefined) continue;
      one.left -= 1;
      if (one.left <= 0) waiting.delete(one);
      return said;
    }
    return undefined;
  };
  const afflict = (what: GatewayTrouble): void => {
    for (const listener of listeners) listener(what);
  };
  const httpTrouble: FaultBox['httpTrouble'] = (method, path) => {
    const what = ask((trouble) => httpPart(trouble, method, path));
    if (what) met.push({ method, path, kind: what.kind, atMs: realNow() });
    if (met.length > KEPT_MEETINGS) met.shift();
    return what;
  };
  return {
    inject: (trouble) => {
      if (trouble.on === 'gateway') {
        afflict(trouble.what);
        return () => undefined;
      }
      const one = waitingFor(trouble, realNow());
      waiting.add(one);
      if (trouble.on === 'everything') {
        afflict({ kind: trouble.how === 'silence' ? 'silence' : 'drop' });
      }
      return () => waiting.delete(one);
    },
    met: () => met,
    httpTrouble,
    identifyTrouble: () => ask((trouble) => (trouble.on === 'identify' ? trouble.code : undefined)),
    resumeTrouble: () => ask((trouble) => (trouble.on === 'resume' ? trouble.what : undefined)),
    connectTrouble: () => ask(connectPart),
    onGateway: (listener) => void listeners.add(listener),
  };
}

function waitingFor(trouble: LastingTrouble, nowMs: number): Waiting {
  const once = trouble.on !== 'everything' && trouble.forMs === undefined;
  const times = 'times' in trouble ? trouble.times : undefined;
  return {
    trouble,
    untilMs: nowMs + (trouble.forMs ?? Number.POSITIVE_INFINITY),
    left: times ?? (once ? 1 : Number.POSITIVE_INFINITY),
  };
}

function httpPart(trouble: LastingTrouble, method: string, path: string): HttpTrouble | undefined {
  if (trouble.on === 'everything') return OUTAGES[trouble.how ?? 'reset'];
  if (trouble.on !== 'http' || (trouble.method ?? method) !== method) return undefined;
  return (trouble.path?.test(path) ?? true) ? trouble.what : undefined;
}

function connectPart(trouble: LastingTrouble): ConnectTrouble | undefined {
  if (trouble.on === 'connect') return trouble.what;
  if (trouble.on !== 'everything') return undefined;
  return trouble.how === 'silence' ? 'silence' : 'refuse';
}
