/** Planned misfortunes: a test says what shall go wrong, the server asks before it acts. */
export type HttpTrouble =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The request is taken and never answered; `after` also carries it out. */
  | { readonly kind: 'hang'; readonly after?: boolean }
  /** The connection breaks; `after` also carries the request out. */
  | { readonly kind: 'reset'; readonly after?: boolean };

export type GatewayTrouble =
  /** The connection breaks without a word. */
  | { readonly kind: 'drop' }
  | { readonly kind: 'close'; readonly code: number }
  /** Op 7. */
  | { readonly kind: 'reconnect' }
  /** Op 9. */
  | { readonly kind: 'invalid-session'; readonly resumable: boolean }
  /** Heartbeats are no longer acknowledged on the open connections. */
  | { readonly kind: 'mute' };

export type Trouble =
  | {
      readonly on: 'http';
      readonly method?: string;
      /** Matched against the path after `/api/v10`. */
      readonly path: RegExp;
      /** How often; 1 unless set. */
      readonly times?: number;
      readonly what: HttpTrouble;
    }
  /** Now, on every open connection. */
  | { readonly on: 'gateway'; readonly what: GatewayTrouble }
  /** The next `times` IDENTIFYs are answered with this close code. */
  | { readonly on: 'identify'; readonly code: number; readonly times?: number };

type Waiting = { left: number } & Exclude<Trouble, { on: 'gateway' }>;

export interface FaultBox {
  /** @returns takes it back. */
  inject(trouble: Trouble): () => void;
  httpTrouble(method: string, path: string): HttpTrouble | undefined;
  identifyTrouble(): number | undefined;
  onGateway(listener: (what: GatewayTrouble) => void): void;
}

export function createFaultBox(): FaultBox {
  const waiting = new Set<Waiting>();
  const listeners = new Set<(what: GatewayTrouble) => void>();
  const use = (one: Waiting): void => {
    one.left -= 1;
    if (one.left <= 0) waiting.delete(one);
  };
  return {
    inject: (trouble) => {
      if (trouble.on === 'gateway') {
        for (const listener of listeners) listener(trouble.what);
        return () => undefined;
      }
      const one = { ...trouble, left: trouble.times ?? 1 };
      waiting.add(one);
      return () => waiting.delete(one);
    },
    httpTrouble: (method, path) => {
      for (const one of waiting) {
        if (one.on !== 'http' || (one.method ?? method) !== method || !one.path.test(path))
          continue;
        use(one);
        return one.what;
      }
      return undefined;
    },
    identifyTrouble: () => {
      for (const one of waiting) {
        if (one.on !== 'identify') continue;
        use(one);
        return one.code;
      }
      return undefined;
    },
    onGateway: (listener) => void listeners.add(listener),
  };
}
