/**
 * Faults on demand: one list of rules, checked at every request, stream event and connection. A rule
 * expires after `times` uses and replaces the normal behaviour.
 */

/** A request or event that a fault may affect. */
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

/** Kinds of faults. */
export type Fault =
  /** Answers with this instead, before or after the request took effect. */
  | {
      readonly kind: 'answer';
      readonly effect: boolean;
      readonly status: number;
      readonly body: unknown;
    }
  /** Closes the socket without an answer, before or after the effect. */
  | { readonly kind: 'drop'; readonly effect: boolean }
  /** Takes effect, but sends half of the answer as if it were complete. */
  | { readonly kind: 'truncate' }
  /** Takes effect, but the socket breaks in the middle of the answer. */
  | { readonly kind: 'cut' }
  /** Blocks until the promise resolves; `effect` tells whether the request takes effect before. */
  | { readonly kind: 'hold'; readonly effect: boolean; readonly until: Promise<void> }
  /** An event is never sent; an authentication is never answered. */
  | { readonly kind: 'lose' }
  /** An event is sent that many additional times. */
  | { readonly kind: 'repeat'; readonly more: number }
  /** An event is sent after the next one. */
  | { readonly kind: 'swap' }
  /** Sends this frame instead of the event or the authentication. */
  | { readonly kind: 'frame'; readonly frame: string };

interface FaultRule {
  readonly on: (context: FaultContext) => boolean;
  readonly fault: Fault;
  /** Number of uses; 1 by default. */
  readonly times?: number;
}

/** Rules waiting to be triggered. */
export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
  /** The fault for this context, or undefined. Counts one use of the first matching rule. */
  strike(context: FaultContext): Fault | undefined;
}

/** Creates an empty list of rules. */
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

/** Matches requests by method and path prefix. */
export function onRequest(method: string, path: string): (context: FaultContext) => boolean {
  return (context) =>
    context.kind === 'request' && context.method === method && context.path.startsWith(path);
}

/** Matches stream events by name. */
export function onEvent(event: string): (context: FaultContext) => boolean {
  return (context) => context.kind === 'event' && context.event === event;
}
