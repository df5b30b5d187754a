/** Retries temporary failures: a few times, with growing delays, honouring the server's requested delay. */
import { TradingError } from '#core/errors.ts';
import type { Clock } from '#core/ports.ts';

/** Dependencies of createRetry. */
export interface RetryParts {
  /** Real time: the server's minutes are not those of a faster market. */
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /** Ends every delay; the request then fails. */
  readonly signal?: AbortSignal | undefined;
  readonly say: (text: string) => void;
}

/** Before the second, third and fourth attempt. */
const WAITS_MS = [1_000, 4_000, 15_000] as const;
/** From the first attempt to the last: the engine waits for it, and retries in five minutes. */
const BUDGET_MS = 90_000;

/** Runs an attempt, and retries after temporary failures. */
export type Retry = <T>(attempt: () => Promise<T>) => Promise<T>;

/**
 * One time budget for all calls of the returned function. Throws the last error, and at once any that a
 * retry would not change.
 */
export function createRetry({ clock, signal, say }: RetryParts): Retry {
  const until = clock.now() + BUDGET_MS;

  async function again<T>(attempt: () => Promise<T>, failures: number): Promise<T> {
    try {
      return await attempt();
    } catch (error) {
      const waitMs = Math.max(
        WAITS_MS[failures] ?? Number.POSITIVE_INFINITY,
        requestedDelayMs(error),
      );
      if (signal?.aborted) throw stopped();
      if (!isTransient(error) || clock.now() + waitMs > until) throw error;
      say(`${wordsOf(error)}, asked again in ${Math.ceil(waitMs / 1000)} s`);
      await clock.sleep(waitMs, signal).catch(() => Promise.reject(stopped()));
      return again(attempt, failures + 1);
    }
  }
  return (attempt) => again(attempt, 0);
}

function stopped(): TradingError {
  return new TradingError('bars: Rotor is stopping', 'retry');
}

/** By status, not by class: the SDK contains several copies of its error classes. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error && 'status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}

/** No answer, an interrupted one, or one that says `later`. */
function isTransient(error: unknown): boolean {
  if (ownError(error)) return false;
  const status = statusOf(error);
  if (status === undefined) return error instanceof Error && TRANSIENT.has(error.name);
  return status === 408 || status === 429 || status >= 500;
}

/** Error names with which the SDK passes on network errors, broken bodies and truncated JSON. */
const TRANSIENT: ReadonlySet<string> = new Set(['FetchError', 'SyntaxError', 'TypeError']);

/**
 * Milliseconds requested by the server; 0 where there was no request. The SDK also takes the end of the
 * rate limit period for a request, which counts only if there were too many requests.
 */
function requestedDelayMs(error: unknown): number {
  if (!(error instanceof Error && 'retryAfterMs' in error)) return 0;
  if (statusOf(error) !== 429 && !saysRetryAfter(error)) return 0;
  const { retryAfterMs } = error;
  return typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs) ? retryAfterMs : 0;
}

function saysRetryAfter(error: Error): boolean {
  if (!('response' in error && error.response instanceof Response)) return false;
  return error.response.headers.has('retry-after');
}

/** One of our own errors that passed through the SDK, such as the host guard's. */
function ownError(error: unknown): TradingError | undefined {
  if (error instanceof TradingError) return error;
  return error instanceof Error && error.name === 'FetchError' ? ownError(error.cause) : undefined;
}

const MAX_REASON_LENGTH = 200;

/** Translates: rejected keys and plans need a person, everything else a retry. */
export function asTradingError(error: unknown): TradingError {
  const own = ownError(error);
  if (own) return own;
  const status = statusOf(error);
  const refused = status === 401 || status === 403;
  return new TradingError(`bars: ${wordsOf(error)}`, refused ? 'fix-config' : 'retry', {
    cause: error,
  });
}

/** `Alpaca gave status 403: subscription does not permit …`, for display; never a page's body. */
function wordsOf(error: unknown): string {
  const status = statusOf(error);
  if (status === undefined) return `Alpaca gave no answer${detailOf(error)}`;
  const said = error instanceof Error ? error.message.trim().replaceAll(/\s+/g, ' ') : '';
  const isReason = status < 500 && said !== '' && !/^(<|Response returned)/.test(said);
  return `Alpaca gave status ${status}${isReason ? `: ${said.slice(0, MAX_REASON_LENGTH)}` : ''}`;
}

function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if (error.name === 'SyntaxError') return ' (cut off)';
  const causes = [error.cause, error.cause instanceof Error ? error.cause.cause : undefined];
  const names = causes.flatMap((cause) => {
    if (!(cause instanceof Error)) return [];
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
    return cause.name === 'TimeoutError' ? ['in time'] : (code ?? []);
  });
  const [first] = names;
  return first === 'in time' ? ' in time' : first === undefined ? '' : ` (${first})`;
}
