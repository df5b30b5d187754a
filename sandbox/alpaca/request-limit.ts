/** Alpaca's rate limit: requests per minute and key, separate for the trading and the data host. */
import type { EpochMs } from '#core/domain/units.ts';
import type { Answer } from './answers.ts';

/** Counts the requests of one account. */
export interface RequestLimit {
  /** Headers of the answer, and the rejection when the limit is reached. */
  take(host: 'trading' | 'data'): {
    readonly headers: Readonly<Record<string, string>>;
    readonly refusal: Answer | undefined;
  };
}

/** Dependencies of createRequestLimit. */
interface RequestLimitParts {
  readonly perMinute: () => number;
  readonly marketNow: () => EpochMs;
  /** Market milliseconds per real millisecond. */
  readonly speed: () => number;
  /** System time in milliseconds since 1970. */
  readonly realNow: () => number;
}

const MINUTE_MS = 60_000;
/** Alpaca's body of a 429. */
const TOO_MANY: Answer = { status: 429, body: { code: 42910000, message: 'rate limit exceeded' } };

/**
 * A rolling minute. The faster of market and system time counts: a market at 412 times real speed has its
 * minute in a seventh of a second, a paused one uses the system clock.
 */
export function createRequestLimit(parts: RequestLimitParts): RequestLimit {
  const taken = {
    trading: [] as { readonly market: number; readonly real: number }[],
    data: [] as { readonly market: number; readonly real: number }[],
  };
  return {
    take: (host) => {
      const [market, real, limit] = [parts.marketNow(), parts.realNow(), parts.perMinute()];
      const recent = taken[host].filter(
        (each) => market - each.market < MINUTE_MS && real - each.real < MINUTE_MS,
      );
      const isOver = recent.length >= limit;
      if (!isOver) recent.push({ market, real });
      taken[host] = recent;
      const oldest = recent[0] ?? { market, real };
      const left = MINUTE_MS - Math.max(real - oldest.real, 0);
      const leftByMarket = (MINUTE_MS - (market - oldest.market)) / parts.speed();
      const resetMs = real + Math.min(left, leftByMarket);
      const headers = {
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(Math.max(0, limit - recent.length)),
        'x-ratelimit-reset': String(Math.ceil(resetMs / 1000)),
      };
      return { headers, refusal: isOver ? TOO_MANY : undefined };
    },
  };
}
