/** Discord ids: milliseconds since 2015 above 22 bits of counter, 17 to 19 digits. */
const DISCORD_EPOCH_MS = 1_420_070_400_000;
const COUNTER_BITS = 22n;

/** Ids that grow with time. */
export interface Snowflakes {
  /** A new id, larger than every one before it, also when the clock stands still or steps back. */
  next(): string;
}

/** Ids larger than `after`, also when the clock was set back. */
export function createSnowflakes(nowMs: () => number, after?: string): Snowflakes {
  let last = BigInt(after ?? '0');
  return {
    next: () => {
      const fresh = BigInt(Math.max(0, nowMs() - DISCORD_EPOCH_MS)) << COUNTER_BITS;
      last = fresh > last ? fresh : last + 1n;
      return String(last);
    },
  };
}

/** The id of the `index`-th thing that was there before the first message. */
export function foundingId(index: number): string {
  const foundedMs = Date.UTC(2024, 0, 2);
  return String((BigInt(foundedMs - DISCORD_EPOCH_MS) << COUNTER_BITS) + BigInt(index));
}
