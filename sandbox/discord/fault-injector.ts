/** Planned misfortunes: a test says what shall go wrong, the server asks before it acts. */
export type HttpFault =
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

/** Something that goes wrong on open connections, now. */
export type GatewayFault =
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
export type ConnectFault = 'refuse' | 'silence';
/** A close code, or op 9 that the session cannot be resumed. */
type ResumeFault = number | 'invalid-session';
/** Whether requests break, are never answered, or get 503. */
type OutageKind = 'reset' | 'silence' | 'unavailable';

/** `times`: how often, 1 unless set. `forMs`: how long by the server's clock, then at any number. */
interface Span {
  readonly times?: number;
  readonly forMs?: number;
}

type LastingFault =
  | (Span & {
      readonly on: 'http';
      readonly method?: string;
      /** Matched against the path after `/api/v10`; every path unless set. */
      readonly path?: RegExp;
      readonly what: HttpFault;
    })
  /** IDENTIFYs are answered with this close code. */
  | (Span & { readonly on: 'identify'; readonly code: number })
  | (Span & { readonly on: 'resume'; readonly what: ResumeFault })
  | (Span & { readonly on: 'connect'; readonly what: ConnectFault })
  /** Discord is away: requests, open connections, new connections. Until healed unless `forMs`. */
  | { readonly on: 'everything'; readonly how?: OutageKind; readonly forMs?: number };

/** `gateway`: now, on every open connection. */
type InjectedFault = LastingFault | { readonly on: 'gateway'; readonly what: GatewayFault };

/** A request that met a fault. */
interface FaultHit {
  readonly method: string;
  readonly path: string;
  readonly kind: HttpFault['kind'];
  readonly atMs: number;
}

/** Faults that wait for their occasion. */
export interface FaultInjector {
  /** @returns takes it back. */
  inject(fault: InjectedFault): () => void;
  /** The requests that met a fault, oldest first. */
  met(): readonly FaultHit[];
  httpFault(method: string, path: string): HttpFault | undefined;
  identifyFault(): number | undefined;
  resumeFault(): ResumeFault | undefined;
  connectFault(): ConnectFault | undefined;
  onGateway(listener: (what: GatewayFault) => void): void;
}

interface Waiting {
  readonly fault: LastingFault;
  readonly untilMs: number;
  left: number;
}

const MAX_HITS = 10_000;
const OUTAGES: Readonly<Record<OutageKind, HttpFault>> = {
  reset: { kind: 'reset' },
  silence: { kind: 'hang' },
  unavailable: { kind: 'status', status: 503 },
};

/** No faults until one is injected. */
export function createFaultInjector(realNow: () => number): FaultInjector {
  const waiting = new Set<Waiting>();
  const listeners = new Set<(what: GatewayFault) => void>();
  const hits: FaultHit[] = [];

  /** The first that has something to say, which then counts as used. */
  const ask = <T>(answer: (fault: LastingFault) => T | undefined): T | undefined => {
    for (const one of waiting) {
      if (realNow() >= one.untilMs) waiting.delete(one);
      const said = waiting.has(one) ? answer(one.fault) : undefined;
      if (said === undefined) continue;
      one.left -= 1;
      if (one.left <= 0) waiting.delete(one);
      return said;
    }
    return undefined;
  };
  const applyFault = (what: GatewayFault): void => {
    for (const listener of listeners) listener(what);
  };
  const httpFault: FaultInjector['httpFault'] = (method, path) => {
    const what = ask((fault) => httpPart(fault, method, path));
    if (what) hits.push({ method, path, kind: what.kind, atMs: realNow() });
    if (hits.length > MAX_HITS) hits.shift();
    return what;
  };
  return {
    inject: (fault) => {
      if (fault.on === 'gateway') {
        applyFault(fault.what);
        return () => undefined;
      }
      const one = waitingFor(fault, realNow());
      waiting.add(one);
      if (fault.on === 'everything') {
        applyFault({ kind: fault.how === 'silence' ? 'silence' : 'drop' });
      }
      return () => waiting.delete(one);
    },
    met: () => hits,
    httpFault,
    identifyFault: () => ask((fault) => (fault.on === 'identify' ? fault.code : undefined)),
    resumeFault: () => ask((fault) => (fault.on === 'resume' ? fault.what : undefined)),
    connectFault: () => ask(connectPart),
    onGateway: (listener) => void listeners.add(listener),
  };
}

function waitingFor(fault: LastingFault, nowMs: number): Waiting {
  const once = fault.on !== 'everything' && fault.forMs === undefined;
  const times = 'times' in fault ? fault.times : undefined;
  return {
    fault,
    untilMs: nowMs + (fault.forMs ?? Number.POSITIVE_INFINITY),
    left: times ?? (once ? 1 : Number.POSITIVE_INFINITY),
  };
}

function httpPart(fault: LastingFault, method: string, path: string): HttpFault | undefined {
  if (fault.on === 'everything') return OUTAGES[fault.how ?? 'reset'];
  if (fault.on !== 'http' || (fault.method ?? method) !== method) return undefined;
  return (fault.path?.test(path) ?? true) ? fault.what : undefined;
}

function connectPart(fault: LastingFault): ConnectFault | undefined {
  if (fault.on === 'connect') return fault.what;
  if (fault.on !== 'everything') return undefined;
  return fault.how === 'silence' ? 'silence' : 'refuse';
}
