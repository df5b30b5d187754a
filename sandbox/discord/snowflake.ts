/** Discord ids: milliseconds since 2015 above a counter of 22 bits, 17 to 19 digits. */
const DISCORD_EPOCH_MS = 1_420_070_400_000;
const COUNTER_BITS = 22n;

/** Ids that increase with time. */
export interface Snowflakes {
  /** A new id, larger than every previous one, even when the clock stops or is set back. */
  next(): string;
}

/** Ids larger than `after`, even when the clock was set back. */
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

/** Id of the `index`-th object that existed before the first message. */
export function foundingId(index: number): string {
  const foundedMs = Date.UTC(2024, 0, 2);
  return String((BigInt(foundedMs - DISCORD_EPOCH_MS) << COUNTER_BITS) + BigInt(index));
}
