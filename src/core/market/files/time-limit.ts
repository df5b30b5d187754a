import { createContext, Script } from 'node:vm';

/** `late`: stopped; whether the bytes or the machine caused it is unknown. */
export interface Late {
  readonly kind: 'late';
  readonly reason: string;
}

/**
 * The result of `work`, or that it was stopped: timers do not fire in a thread that loops, but the limit of
 * `node:vm` is enforced from outside of it. A promise would continue after the call, without a limit.
 * @param limitMs milliseconds.
 * @throws what `work` throws.
 */
export function withinTime<T>(work: () => T, limitMs: number): T | Late {
  const result: T[] = [];
  context['work'] = () => void result.push(work());
  try {
    CALL.runInContext(context, { timeout: limitMs });
  } catch (error) {
    if (!isTimeout(error)) throw error;
  }
  return result[0] ?? { kind: 'late', reason: `was not parsed within ${limitMs / 1_000} s` };
}

const CALL = new Script('work()');
/** The work runs in its own context; this one only names it. */
const context = createContext({});

/** Where `Error` is another context's, `instanceof` would miss it. */
function isTimeout(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
