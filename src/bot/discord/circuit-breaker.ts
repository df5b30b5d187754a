/**
 * Between discord.js and the network: stops asking while Discord, or what stands before it, refuses this
 * machine. The library alone would wait a ban of 18 hours out in silence, repeat a 429 that names no
 * time fifty times a second, and take a proxy's page, of an error or of a login, for Discord's own answer.
 */
import { DefaultRestOptions, type RESTOptions, type ResponseLike } from 'discord.js';
import type { Clock, Log } from '#core/ports.ts';

/** Asks one request of Discord's REST API. */
export type Ask = RESTOptions['makeRequest'];

/** Lets requests through, or says why not. */
export interface CircuitBreaker {
  /** Rejects with `DiscordBlocked` without asking while the breaker is open. */
  readonly request: Ask;
  /** Why nothing is asked at present, in words; undefined while requests go through. */
  problem(): string | undefined;
  /** Milliseconds since Discord itself answered last; undefined before the first answer. */
  silentMs(): number | undefined;
}

/** What a circuit breaker needs. */
export interface CircuitBreakerParts {
  /** Real time. */
  readonly wall: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Told once a block, when it lasts a minute or more, in words for people outside of Discord. */
  readonly onBlocked?: ((text: string) => void) | undefined;
  /** The library's own unless given. */
  readonly ask?: Ask | undefined;
}

/** Nothing was asked, or the answer was not Discord's: it is kept and tried again. */
export class DiscordBlocked extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'DiscordBlocked';
  }
}

const FIRST_PAUSE_MS = 5_000;
/** What stands before Discord may dislike one request only: the next is soon tried. */
const FIRST_STRANGER_PAUSE_MS = 1_000;
/** However long a ban says that it lasts, one request each ten minutes asks whether it is over. */
const MAX_PAUSE_MS = 10 * 60_000;
const LOG_FROM_MS = 60_000;
/** No limit of the whole bot is as long: it is fifty requests a second. */
const LONG_WAIT_MS = 30_000;
/** Discord bans an address after 10,000 refused requests in ten minutes. */
const SPANS = [
  { most: 20, spanMs: 10_000 },
  { most: 500, spanMs: 10 * 60_000 },
] as const;
/** A limit that all bots share is not held against the address, and is no reason to hammer. */
const SHARED_SPANS = [{ most: 2_000, spanMs: 10 * 60_000 }] as const;
const REFUSED: ReadonlySet<number> = new Set([401, 403, 429]);

/** So many refusals within so long, and the next one waits. */
interface Span {
  readonly most: number;
  readonly spanMs: number;
}

interface Block {
  /** When the first of them in a row began, and when this one did. */
  readonly began: number;
  readonly since: number;
  readonly until: number;
  readonly reason: string;
  /** Blocks in a row, this one counted. */
  readonly count: number;
  /** People outside of Discord know of it. */
  readonly told: boolean;
}

/** Makes a closed breaker: requests go through. It outlives single connections. */
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
 * Why an answer stops the next request, and for how long, after so many in a row that did; undefined where
 * it does not.
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

/** No content, which has no type: as after a pin. */
const EMPTY = 204;

/** Discord answers in JSON, also what it refuses; what stands before it answers in HTML or text. */
function isDiscords({ headers }: ResponseLike): boolean {
  return /^application\/json/i.test(headers.get('content-type') ?? '');
}

/** Asks to slow down and names no time that the library would keep, or bars this machine for long. */
function isUnboundedRateLimit(response: ResponseLike): boolean {
  if (response.status !== 429) return false;
  const waitMs = retryAfterMs(response);
  return !isDiscords(response) || waitMs === 0 || (waitMs > LONG_WAIT_MS && !isOfRoute(response));
}

/** A limit of one route holds nothing else up. */
function isOfRoute({ headers }: ResponseLike): boolean {
  return ['user', 'shared'].includes(headers.get('x-ratelimit-scope') ?? '');
}

/** Answered in Discord's place; what is wrong at Discord itself is tried again by the library. */
function isFromIntermediary(response: ResponseLike): boolean {
  return !isDiscords(response) && response.status < 500 && response.status !== EMPTY;
}

/** Asked for and not granted, for now or at all. */
function isRefusal({ status }: ResponseLike): boolean {
  return REFUSED.has(status);
}

/** Discord does not count a limit that all bots share against the address. */
function isShared({ headers }: ResponseLike): boolean {
  return headers.get('x-ratelimit-scope') === 'shared';
}

/** Milliseconds; 0 where it is missing or no number. */
function retryAfterMs({ headers }: ResponseLike): number {
  const seconds = Number(headers.get('retry-after') ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0;
}

/** Doubled after each block in a row, at most ten minutes. */
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

/** The requests that were refused lately. */
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
    /** Milliseconds until another refusal may be risked; 0 while it may. */
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
