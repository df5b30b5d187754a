/**
 * Faults on demand: one list of rules, asked at every request, stream event and connection. A rule
 * is used up after `times` and says what to do instead of the ordinary thing.
 */

/** A request or event that a fault may hit. */
export type FaultContext =
  | {
      readonly kind: 'request';
      readonly method: string;
      readonly path: string;
      readonly body: unknown;
    }
  | { readonly kind: 'upgrade'; readonly path: string }
  | { readonly kind: 'auth' }
  | { readonly kind: 'event'; readonly event: string; readonly clientOrderId: string };

/** What goes wrong. */
export type Fault =
  /** Answers this instead, before or after the request had its effect. */
  | {
      readonly kind: 'answer';
      readonly effect: boolean;
      readonly status: number;
      readonly body: unknown;
    }
  /** Destroys the socket without an answer, before or after the effect. */
  | { readonly kind: 'drop'; readonly effect: boolean }
  /** The effect happens; half of the answer is sent as if it were whole. */
  | { readonly kind: 'truncate' }
  /** The effect happens; the socket breaks in the middle of the answer. */
  | { readonly kind: 'cut' }
  /** Nothing happens, or the effect without an answer, until the promise resolves. */
  | { readonly kind: 'hold'; readonly effect: boolean; readonly until: Promise<void> }
  /** An event is never sent; an authentication is never answered. */
  | { readonly kind: 'lose' }
  /** An event is sent that many times more. */
  | { readonly kind: 'repeat'; readonly more: number }
  /** An event waits for the next one and comes after it. */
  | { readonly kind: 'swap' }
  /** This frame is sent in the event's or the authentication's place. */
  | { readonly kind: 'frame'; readonly frame: string };

interface FaultRule {
  readonly on: (context: FaultContext) => boolean;
  readonly fault: Fault;
  /** How often it strikes; once unless told. */
  readonly times?: number;
}

/** Rules that wait for their occasion. */
export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
  /** The fault for this context, or undefined. Counts one use of the first rule that matches. */
  strike(context: FaultContext): Fault | undefined;
}

/** No rules until one is added. */
export function createFaults(): Faults {
  let rules: { readonly rule: FaultRule; left: number }[] = [];
  return {
    add: (rule) => void rules.push({ rule, left: rule.times ?? 1 }),
    clear: () => {
      rules = [];
    },
    strike: (context) => {
      const found = rules.find(({ rule }) => rule.on(context));
      if (!found) return undefined;
      found.left -= 1;
      if (found.left <= 0) rules = rules.filter((each) => each !== found);
      return found.rule.fault;
    },
  };
}

/** Fits a request by method and the beginning of its path. */
export function onRequest(method: string, path: string): (context: FaultContext) => boolean {
  return (context) =>
    context.kind === 'request' && context.method === method && context.path.startsWith(path);
}

/** Fits a stream event by its name. */
export function onEvent(event: string): (context: FaultContext) => boolean {
  return (context) => context.kind === 'event' && context.event === event;
}
