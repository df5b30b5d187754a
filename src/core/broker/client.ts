/**
 * The only place that opens connections to Alpaca's REST hosts. Everything goes through `fetchApi`: it
 * rejects a foreign host before a socket opens and, for a loopback base, redirects both hosts there.
 */
import { Alpaca } from '@alpacahq/alpaca-trade-api';
import type { Mode } from '../domain/account.ts';
import { TradingError } from '../errors.ts';
import type { Log } from '../ports.ts';
import {
  createRequestBudget,
  DATA_BUDGET,
  type Priority,
  type RequestBudget,
  type RequestClock,
  TRADING_BUDGET,
} from './request-budget.ts';
import { createRequestClock } from './request-clock.ts';
import { realTimers } from './timers.ts';

/** Remaining requests of each host in this minute; shared by clients of one account. */
export interface RequestBudgets {
  readonly trading: RequestBudget;
  readonly data: RequestBudget;
}

/** Budgets of the broker's two hosts, measured on the given clock; the machine's by default. */
export function createRequestBudgets(clock?: RequestClock): RequestBudgets {
  const own = (): RequestClock =>
    createRequestClock({ now: () => performance.now(), timers: realTimers });
  const parts = { clock: clock ?? own(), timers: realTimers };
  return {
    trading: createRequestBudget({ ...parts, limits: TRADING_BUDGET }),
    data: createRequestBudget({ ...parts, limits: DATA_BUDGET }),
  };
}

/** Keys, address and limits of the SDK's client. */
export interface AlpacaClientParts {
  readonly keyId: string;
  readonly secret: string;
  /** The paper host, the live host, or a loopback address that replaces both hosts. */
  readonly apiBase: string;
  readonly log?: Log;
  /** Shared by the clients of an account; separate by default. */
  readonly budgets?: RequestBudgets;
  /** Maximum duration of one attempt after it is sent, including the answer's body. */
  readonly timeoutMs?: number;
  /** Delay before the first retry of a read; doubled for the next. */
  readonly retryDelayMs?: number;
  /**
   * Number of retries of a failed read, 2 by default; 0 for a caller with its own delays. The SDK honours
   * no Retry-After above 5 s.
   */
  readonly maxRetries?: number;
}

const PAPER = 'https://paper-api.alpaca.markets';
const LIVE = 'https://api.alpaca.markets';
const DATA = 'https://data.alpaca.markets';

const TIMEOUT_MS = 15_000;
const RETRY_DELAY_MS = 250;
/** Other statuses that are retried at once; a 429 waits in the queue until the broker's next period. */
const RETRIED = [408, 425, 500, 502, 503, 504];
const MAX_RETRIES = 2;

/**
 * The mode of orders sent to that base.
 * @throws TradingError `fix-config` unless the base is Alpaca's own or loopback.
 */
export function modeOf(apiBase: string): Mode {
  const { origin } = baseUrl(apiBase);
  if (origin === LIVE) return 'LIVE';
  return origin === PAPER ? 'PAPER' : 'SANDBOX';
}

/** Address of the order-update stream. @throws TradingError like `modeOf`. */
export function streamUrlOf(apiBase: string): string {
  return `${baseUrl(apiBase).origin.replace(/^http/, 'ws')}/stream`;
}

/**
 * The SDK's client, bound to one trading host and its data host.
 * @throws TradingError `fix-config` when the base is not Alpaca's or a key is missing: an empty one
 * would make the SDK look for credentials in the environment.
 */
export function createAlpacaClient(parts: AlpacaClientParts): Alpaca {
  const { keyId, secret, log } = parts;
  const mode = modeOf(parts.apiBase);
  if (keyId === '' || secret === '') {
    throw new TradingError('Alpaca: the key id and the secret key must both be set', 'fix-config');
  }
  const maxRetries = parts.maxRetries ?? MAX_RETRIES;
  return new Alpaca({
    keyId,
    secret,
    paper: mode !== 'LIVE',
    fetchApi: pacedFetch(
      guardedFetch(baseUrl(parts.apiBase), [keyId, secret]),
      parts.budgets ?? createRequestBudgets(),
      { timeoutMs: parts.timeoutMs ?? TIMEOUT_MS, maxRetries },
    ),
    // The SDK's own timeout would include the time in our queue; `pacedFetch` has one.
    timeoutMs: 0,
    retry: {
      maxRetries,
      retryDelayMs: parts.retryDelayMs ?? RETRY_DELAY_MS,
      retryableStatuses: RETRIED,
      onRetry: ({ attempt, status }) =>
        log?.info(`Alpaca: asking again (${attempt}), ${status ?? 'no answer'}`),
    },
    rateLimit: false,
    redirect: 'error',
  });
}

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Every request waits for its turn; only then does its timeout start. Rate-limited reads and cancels are
 * queued again: sending them twice does no harm. An order is never sent twice.
 */
function pacedFetch(
  send: Fetch,
  budgets: RequestBudgets,
  { timeoutMs, maxRetries }: { readonly timeoutMs: number; readonly maxRetries: number },
): Fetch {
  return async (url, init) => {
    const method = init.method ?? 'GET';
    const budget = url.startsWith(DATA) ? budgets.data : budgets.trading;
    const again = method === 'GET' || method === 'DELETE' ? maxRetries : 0;
    for (let refusals = 0; ; refusals++) {
      const done = await budget.turn(rankOf(method, url), init.signal);
      try {
        const response = await send(url, withTimeLimit(init, timeoutMs));
        budget.heard(response);
        if (response.status !== 429 || refusals >= again) return response;
      } finally {
        done();
      }
    }
  };
}

function rankOf(method: string, url: string): Priority {
  if (method !== 'GET') return 'order';
  return new URL(url).pathname.endsWith('/bars') ? 'history' : 'read';
}

/** The timeout runs until the caller has read the body. */
function withTimeLimit(init: RequestInit, timeoutMs: number): RequestInit {
  const limit = AbortSignal.timeout(timeoutMs);
  return { ...init, signal: init.signal ? AbortSignal.any([init.signal, limit]) : limit };
}

function guardedFetch(base: URL, secrets: readonly string[]): Fetch {
  const loopback = isLoopback(base);
  const hosts = loopback ? [PAPER, LIVE, DATA] : [base.origin, DATA];
  return async (url, init) => {
    const target = new URL(url);
    if (!hosts.includes(target.origin)) {
      throw new TradingError(`${target.host} is not a host of this account`, 'fix-config');
    }
    const address = new URL(loopback ? base : target);
    address.pathname = target.pathname;
    address.search = target.search;
    const response = await fetch(address, init);
    return response.ok ? response : scrubbed(response, secrets);
  };
}

/** Error texts reach people and logs, and a server may echo a rejected key. */
async function scrubbed(response: Response, secrets: readonly string[]): Promise<Response> {
  const { status, statusText, headers } = response;
  const text = await response.text();
  const clean = secrets.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text);
  return new Response(clean === '' ? null : clean, { status, statusText, headers });
}

function baseUrl(apiBase: string): URL {
  const url = URL.canParse(apiBase) ? new URL(apiBase) : undefined;
  const allowed = url && (url.origin === PAPER || url.origin === LIVE || isLoopback(url));
  if (!allowed) {
    throw new TradingError(
      `ALPACA_API_BASE: expected ${PAPER}, ${LIVE} or a loopback address`,
      'fix-config',
    );
  }
  return url;
}

function isLoopback({ protocol, hostname }: URL): boolean {
  const local =
    hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  return local && protocol === 'http:';
}
