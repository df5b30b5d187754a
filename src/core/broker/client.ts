/**
 * The one place that opens connections to Alpaca's REST hosts. Everything goes through `fetchApi`:
 * it refuses a foreign host before a socket opens and, for a loopback base, leads both hosts there.
 */
import { Alpaca } from '@alpacahq/alpaca-trade-api';
import type { Mode } from '../domain/account.ts';
import { TradingError } from '../errors.ts';
import type { Log } from '../ports.ts';

/** Keys, address and limits of the SDK's client. */
export interface AlpacaClientParts {
  readonly keyId: string;
  readonly secret: string;
  /** The paper host, the live host, or a loopback address that stands for both hosts. */
  readonly apiBase: string;
  readonly log?: Log;
  /** How long one attempt may take, the answer's body included. */
  readonly timeoutMs?: number;
  /** Before a read is asked again; doubled the next time. */
  readonly retryDelayMs?: number;
  /** How often a read is asked again by the SDK, which honours no wish for more than 5 s; twice. */
  readonly maxRetries?: number;
}

const PAPER = 'https://paper-api.alpaca.markets';
const LIVE = 'https://api.alpaca.markets';
const DATA = 'https://data.alpaca.markets';

const TIMEOUT_MS = 15_000;
const RETRY_DELAY_MS = 250;

/** Half of what the broker allows in a minute: its bucket starts full and a second one is refilled. */
const PACE = { maxRequests: 100, intervalMs: 60_000, maxConcurrent: 4 };

/**
 * Which world orders sent to that base go to.
 * @throws TradingError `fix-config` unless the base is Alpaca's own or loopback.
 */
export function modeOf(apiBase: string): Mode {
  const { origin } = baseUrl(apiBase);
  if (origin === LIVE) return 'LIVE';
  return origin === PAPER ? 'PAPER' : 'SANDBOX';
}

/** Where order updates are streamed. @throws TradingError like `modeOf`. */
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
  return new Alpaca({
    keyId,
    secret,
    paper: mode !== 'LIVE',
    fetchApi: guardedFetch(baseUrl(parts.apiBase), [keyId, secret]),
    timeoutMs: parts.timeoutMs ?? TIMEOUT_MS,
    retry: {
      maxRetries: parts.maxRetries ?? 2,
      retryDelayMs: parts.retryDelayMs ?? RETRY_DELAY_MS,
      onRetry: ({ attempt, status }) =>
        log?.info(`Alpaca: asking again (${attempt}), ${status ?? 'no answer'}`),
    },
    // A loopback broker has no quota, and its market may run a thousand times faster than the clock.
    rateLimit: mode === 'SANDBOX' ? false : PACE,
    redirect: 'error',
  });
}

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

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

/** Error texts reach people and logs, and a server may echo the key that it did not like. */
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
