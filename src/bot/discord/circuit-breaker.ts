/**
 * Sits between discord.js and the network: stops requests while Discord, or a proxy in front of it, blocks
 * this machine. Without it the library would silently wait out a ban of 18 hours, repeat a 429 without a
 * time fifty times a second, and take a proxy's error or login page for Discord's own answer.
 */
import { DefaultRestOptions, type RESTOptions, type ResponseLike } from 'discord.js';
import type { Clock, Log } from '#core/ports.ts';

/** Sends one request to Discord's REST API. */
export type Ask = RESTOptions['makeRequest'];

/** Lets requests through, or says why not. */
export interface CircuitBreaker {
  /** Rejects with `DiscordBlocked`, without a request, while the breaker is open. */
  readonly request: Ask;
  /** Why requests are currently blocked; undefined while they go through. */
  problem(): string | undefined;
  /** Milliseconds since the last answer from Discord itself; undefined before the first one. */
  silentMs(): number | undefined;
}

/** Dependencies of createCircuitBreaker. */
export interface CircuitBreakerParts {
  /** Wall clock. */
  readonly wall: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Called once per block that lasts a minute or more, with a sentence for people outside of Discord. */
  readonly onBlocked?: ((text: string) => void) | undefined;
  /** Sends requests; the library's own function by default. */
  readonly ask?: Ask | undefined;
}

/** No request was sent, or the answer was not Discord's: the message is kept and retried. */
export class DiscordBlocked extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'DiscordBlocked';
  }
}

const FIRST_PAUSE_MS = 5_000;
/** A proxy may have rejected only this request: retry soon. */
const FIRST_STRANGER_PAUSE_MS = 1_000;
/** However long a ban claims to last, one request every ten minutes checks whether it is over. */
const MAX_PAUSE_MS = 10 * 60_000;
const LOG_FROM_MS = 60_000;
/** The bot-wide limit is fifty requests a second, so it never causes a wait this long. */
const LONG_WAIT_MS = 30_000;
/** Discord bans an address after 10,000 rejected requests in ten minutes. */
const SPANS = [
  { most: 20, spanMs: 10_000 },
  { most: 500, spanMs: 10 * 60_000 },
] as const;
/**
 * A limit shared by all bots does not count against the address, but is no reason to hammer the API either.
 */
const SHARED_SPANS = [{ most: 2_000, spanMs: 10 * 60_000 }] as const;
const REFUSED: ReadonlySet<number> = new Set([401, 403, 429]);

/** After this many rejections within the span, the next request waits. */
interface Span {
  readonly most: number;
  readonly spanMs: number;
}

interface Block {
  /** Start of the first block in a row, and of this one. */
  readonly began: number;
  readonly since: number;
  readonly until: number;
  readonly reason: string;
  /** Consecutive blocks, including this one. */
  readonly count: number;
  /** People outside of Discord were notified. */
  readonly told: boolean;
}

/** Creates a closed breaker, which lets requests through. It outlives single connections. */
export function createCircuitBreaker(parts: CircuitBreakerParts): CircuitBreaker {
  const { wall, ask = DefaultRestOptions.makeRequest } = parts;
  const tripCheck = createTripCheck(wall);
  let block: Block | undefined;
  let isProbing = false;
  let answeredAt: number | undefined;

  /** A clock that was set back must not keep the breaker open for longer. */
  const isOn = ({ since, until }: Block): boolean => wall.now() >= since && wall.now() < until;

  function trip(reason: string, requestedMs: number): DiscordBlocked {
    const now = wall.now();
    const pauseMs = Math.min(MAX_PAUSE_MS, requestedMs);
    const count = (block?.count ?? 0) + 1;
    const began = Math.min(block?.began ?? now, now);
    const told = block?.told || now + pauseMs - began >= LOG_FROM_MS;
    if (told && !block?.told) tell(parts, reason);
    block = { began, since: now, until: now + pauseMs, reason, count, told };
    return new DiscordBlocked(reason);
  }

  async function judged(response: ResponseLike): Promise<ResponseLike> {
    const found = tripCheck(response, block?.count ?? 0);
    if (!found) return response;
    await discard(response);
    throw trip(...found);
  }

  const request: Ask = async (url, init) => {
    if (block && (isOn(block) || isProbing)) throw new DiscordBlocked(block.reason);
    isProbing = block !== undefined;
    try {
      const response = await judged(await ask(url, init));
      if (block?.told) parts.log.info('Discord: takes requests again');
      if (response.status < 500 && response.status !== 429) answeredAt = wall.now();
      block = undefined;
      return response;
    } finally {
      isProbing = false;
    }
  };

  return {
    request,
    problem: () => block?.reason,
    silentMs: () => (answeredAt === undefined ? undefined : wall.now() - answeredAt),
  };
}

/**
 * Why an answer blocks further requests and for how long, given the consecutive blocks before it; undefined
 * when it does not.
 */
function createTripCheck(wall: Pick<Clock, 'now'>) {
  const refusals = createRefusalCounter(wall, SPANS);
  const shared = createRefusalCounter(wall, SHARED_SPANS);
  return (response: ResponseLike, before: number): readonly [string, number] | undefined => {
    if (isRefusal(response)) (isShared(response) ? shared : refusals).note();
    if (isUnboundedRateLimit(response)) {
      return [reasonOf(response), retryAfterMs(response) || growing(FIRST_PAUSE_MS, before)];
    }
    const full = Math.max(refusals.fullForMs(), shared.fullForMs());
    if (full > 0) {
      const count = refusals.count() + shared.count();
      return [`Discord refused ${count} requests in ten minutes`, full];
    }
    if (!isFromIntermediary(response)) return undefined;
    const reason = `answered by something before Discord: ${response.status}`;
    return [reason, growing(FIRST_STRANGER_PAUSE_MS, before)];
  };
}

function tell({ log, onBlocked }: CircuitBreakerParts, reason: string): void {
  log.error(reason);
  onBlocked?.(`${reason}. Messages wait and come when it is over.`);
}

/** No content, and so no content type: as after pinning. */
const EMPTY = 204;

/** Discord answers in JSON, including errors; a proxy in front of it answers in HTML or text. */
function isDiscords({ headers }: ResponseLike): boolean {
  return /^application\/json/i.test(headers.get('content-type') ?? '');
}

/** A rate limit without a time that the library would respect, or a ban of this machine. */
function isUnboundedRateLimit(response: ResponseLike): boolean {
  if (response.status !== 429) return false;
  const waitMs = retryAfterMs(response);
  return !isDiscords(response) || waitMs === 0 || (waitMs > LONG_WAIT_MS && !isOfRoute(response));
}

/** The limit of one route does not affect other routes. */
function isOfRoute({ headers }: ResponseLike): boolean {
  return ['user', 'shared'].includes(headers.get('x-ratelimit-scope') ?? '');
}

/** Answered by a proxy; the library itself retries errors of Discord. */
function isFromIntermediary(response: ResponseLike): boolean {
  return !isDiscords(response) && response.status < 500 && response.status !== EMPTY;
}

/** The request was denied, temporarily or permanently. */
function isRefusal({ status }: ResponseLike): boolean {
  return REFUSED.has(status);
}

/** Discord does not count a limit shared by all bots against the address. */
function isShared({ headers }: ResponseLike): boolean {
  return headers.get('x-ratelimit-scope') === 'shared';
}

/** Milliseconds; 0 where missing or not a number. */
function retryAfterMs({ headers }: ResponseLike): number {
  const seconds = Number(headers.get('retry-after') ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0;
}

/** Doubles after each consecutive block, up to ten minutes. */
function growing(firstMs: number, before: number): number {
  return Math.min(MAX_PAUSE_MS, firstMs * 2 ** Math.min(before, 10));
}

function reasonOf(response: ResponseLike): string {
  const waitMs = retryAfterMs(response);
  const often = 'Discord refuses every request of this machine (429';
  if (waitMs === 0) return `${often}, without saying for how long)`;
  const minutes = Math.ceil(waitMs / 60_000);
  return `${often}, for ${minutes >= 120 ? `${Math.ceil(minutes / 60)} h` : `${minutes} min`})`;
}

async function discard(response: ResponseLike): Promise<void> {
  await response.arrayBuffer().catch(() => undefined);
}

/** Counts recently rejected requests. */
function createRefusalCounter(wall: Pick<Clock, 'now'>, spans: readonly Span[]) {
  const longest = Math.max(...spans.map(({ spanMs }) => spanMs));
  let at: readonly number[] = [];
  const recent = (): readonly number[] => {
    const now = wall.now();
    return at.filter((each) => each <= now && each > now - longest);
  };
  return {
    note: (): void => {
      at = [...recent(), wall.now()];
    },
    count: () => recent().length,
    /** Milliseconds until another rejection can be risked; 0 if it can be now. */
    fullForMs: (): number => {
      const now = wall.now();
      const waits = spans.map(({ most, spanMs }) => {
        const oldest = recent().at(-most);
        return oldest === undefined ? 0 : oldest + spanMs - now;
      });
      return Math.max(0, ...waits);
    },
  };
}
