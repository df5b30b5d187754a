/** The clocks of a process: the sandbox's market has its own time; otherwise it is the system clock. */
import type { Mode } from '#core/domain/account.ts';
import { type FollowedTime, followMarketTime } from '#core/market-time/follow.ts';
import type { Clocks } from '#core/ports.ts';
import { systemClock } from '#src/time.ts';

/** Both clocks, and the connection to the market's clock. */
export interface OpenedClocks {
  readonly clocks: Clocks;
  /** Undefined when the market uses the system clock; the caller closes it. */
  readonly followed: FollowedTime | undefined;
}

/**
 * Follows the market time of a sandbox at `apiBase`.
 * @throws the fetch error when it does not answer.
 */
export async function openClocks(mode: Mode, apiBase: string): Promise<OpenedClocks> {
  if (mode !== 'SANDBOX') return machineClocks();
  const followed = await followMarketTime(apiBase, { realNow: Date.now });
  return { clocks: { market: followed, wall: systemClock() }, followed };
}

/** The system clock for both. */
export function machineClocks(): OpenedClocks {
  const wall = systemClock();
  return { clocks: { market: wall, wall }, followed: undefined };
}
