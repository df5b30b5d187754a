/** Planned faults: a test says what shall fail, and the server checks before it acts. */
export type HttpFault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** 429: for the whole token, for this route, or for a shared resource. */
  | {
      readonly kind: 'rate-limit';
      readonly retryAfterMs: number;
      readonly scope?: 'global' | 'user' | 'shared';
      readonly code?: number;
    }
  /** The request is accepted but never answered; with `after` it also takes effect. */
  | { readonly kind: 'hang'; readonly after?: boolean }
  /** The connection breaks; with `after` the request also takes effect. */
  | { readonly kind: 'reset'; readonly after?: boolean }
  /** Executed and answered, but only after this delay. */
  | { readonly kind: 'late'; readonly delayMs: number };

/** An immediate fault of open connections. */
export type GatewayFault =
  /** The connection breaks without a close frame. */
  | { readonly kind: 'drop' }
  /** Open connections neither send nor receive any more. */
  | { readonly kind: 'silence' }
  | { readonly kind: 'close'; readonly code: number }
  /** Op 7. */
  | { readonly kind: 'reconnect' }
  /** Op 9. */
  | { readonly kind: 'invalid-session'; readonly resumable: boolean }
  /** Heartbeats are no longer acknowledged on the open connections. */
  | { readonly kind: 'mute' };

/** A new connection is rejected with 503, or accepted without HELLO. */
export type ConnectFault = 'refuse' | 'silence';
/** A close code, or op 9 meaning that the session cannot be resumed. */
type ResumeFault = number | 'invalid-session';
/** Whether requests break, are never answered, or get 503. */
type OutageKind = 'reset' | 'silence' | 'unavailable';

/** `times`: number of uses, 1 by default. `forMs`: duration in real time, with unlimited uses. */
interface Span {
  readonly times?: number;
  readonly forMs?: number;
}

type LastingFault =
  | (Span & {
      readonly on: 'http';
      readonly method?: string;
      /** Matched against the path after `/api/v10`; every path by default. */
      readonly path?: RegExp;
      readonly what: HttpFault;
    })
  /** IDENTIFYs are answered with this close code. */
  | (Span & { readonly on: 'identify'; readonly code: number })
  | (Span & { readonly on: 'resume'; readonly what: ResumeFault })
  | (Span & { readonly on: 'connect'; readonly what: ConnectFault })
  /** A full outage: requests, open and new connections. Until healed, or for `forMs`. */
  | { readonly on: 'everything'; readonly how?: OutageKind; readonly forMs?: number };

/** `gateway`: at once, on every open connection. */
type InjectedFault = LastingFault | { readonly on: 'gateway'; readonly what: GatewayFault };

/** A request affected by a fault. */
interface FaultHit {
  readonly method: string;
  readonly path: string;
  readonly kind: HttpFault['kind'];
  readonly atMs: number;
}

/** Faults waiting to be triggered. */
export interface FaultInjector {
  /** @returns a function that removes the fault. */
  inject(fault: InjectedFault): () => void;
  /** Requests affected by a fault, oldest first. */
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

  /** The first matching answer; counts one use of its fault. */
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
