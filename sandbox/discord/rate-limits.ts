/** Discord's rate limits: counted per route and major parameter, reported in headers. */
import { ApiFault } from './faults.ts';

interface Window {
  readonly limit: number;
  readonly windowMs: number;
}

/** Limits as reported by users of the real service; Discord documents only the global one. */
export const RATE_LIMITS = {
  global: { limit: 50, windowMs: 1_000 },
  'message-send': { limit: 5, windowMs: 5_000 },
  'message-edit': { limit: 5, windowMs: 5_000 },
  /** For a message over an hour old; reported by code 30046, not in headers. */
  'old-message-edit': { limit: 3, windowMs: 6_000 },
  'message-delete': { limit: 5, windowMs: 1_000 },
  pins: { limit: 5, windowMs: 5_000 },
  threads: { limit: 10, windowMs: 10_000 },
  webhook: { limit: 5, windowMs: 2_000 },
  commands: { limit: 5, windowMs: 20_000 },
  other: { limit: 50, windowMs: 1_000 },
} as const satisfies Readonly<Record<string, Window>>;

/** A kind of bucket. */
export type RateLimitName = keyof typeof RATE_LIMITS;
/** The window of each kind. */
export type RateLimits = Readonly<Record<RateLimitName, Window>>;

/** No limit that a test would reach. */
export const UNLIMITED: RateLimits = Object.fromEntries(
  Object.keys(RATE_LIMITS).map((name) => [name, { limit: 1_000_000, windowMs: 1_000 }]),
) as unknown as RateLimits;

/** Headers of an answer. */
export type Headers = Readonly<Record<string, string>>;

/** Counts requests and rejects those over a limit. */
export interface RateLimiter {
  /** Counts a request against its bucket. @throws ApiFault 429 */
  take(name: RateLimitName, major: string, routeKey: string): Headers;
  /** Counts against every bucket of the token. @throws ApiFault 429 */
  takeGlobal(): void;
  /** Counts an edit of a message older than an hour. @throws ApiFault 429 with code 30046 */
  takeOldEdit(channelId: string): void;
}

interface Bucket {
  used: number;
  resetMs: number;
}

/** Every bucket is full at the start. */
export function createRateLimiter(limits: RateLimits, nowMs: () => number): RateLimiter {
  const buckets = new Map<string, Bucket>();

  const count = (key: string, window: Window): Bucket => {
    const now = nowMs();
    const open = buckets.get(key);
    const bucket = open && open.resetMs > now ? open : { used: 0, resetMs: now + window.windowMs };
    bucket.used += 1;
    buckets.set(key, bucket);
    return bucket;
  };
  const secondsLeft = (bucket: Bucket): number => Math.max(0, bucket.resetMs - nowMs()) / 1000;

  return {
    take: (name, major, routeKey) => {
      const window = limits[name];
      const bucket = count(`${name}/${routeKey}/${major}`, window);
      const left = secondsLeft(bucket);
      const headers = {
        'X-RateLimit-Limit': String(window.limit),
        'X-RateLimit-Remaining': String(Math.max(0, window.limit - bucket.used)),
        'X-RateLimit-Reset': (bucket.resetMs / 1000).toFixed(3),
        'X-RateLimit-Reset-After': left.toFixed(3),
        'X-RateLimit-Bucket': bucketName(`${name}/${routeKey}`),
      };
      if (bucket.used > window.limit) throw limited(left, 'user', undefined, headers);
      return headers;
    },
    takeGlobal: () => {
      const bucket = count('global', limits.global);
      if (bucket.used <= limits.global.limit) return;
      throw limited(secondsLeft(bucket), 'global');
    },
    takeOldEdit: (channelId) => {
      const window = limits['old-message-edit'];
      const bucket = count(`old-message-edit/${channelId}`, window);
      if (bucket.used <= window.limit) return;
      throw limited(secondsLeft(bucket), 'shared', OLD_EDITS);
    },
  };
}

const OLD_EDITS = 30046;
const WORDS: Readonly<Record<number, string>> = {
  [OLD_EDITS]: 'Maximum number of edits to messages older than 1 hour reached. Try again later.',
};

/** 429 as Discord words it. */
export function limited(
  retryAfterSeconds: number,
  scope: 'global' | 'user' | 'shared',
  code?: number,
  headers: Headers = {},
): ApiFault {
  const body = {
    message: WORDS[code ?? 0] ?? 'You are being rate limited.',
    retry_after: Number(retryAfterSeconds.toFixed(3)),
    global: scope === 'global',
    ...(code !== undefined && { code }),
  };
  return new ApiFault(429, body, {
    ...headers,
    'X-RateLimit-Scope': scope,
    ...(scope === 'global' && { 'X-RateLimit-Global': 'true' }),
    'Retry-After': String(Math.ceil(retryAfterSeconds)),
  });
}

/** Discord names buckets by opaque hashes; FNV-1a is enough to distinguish them. */
function bucketName(text: string): string {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0').repeat(4);
}
