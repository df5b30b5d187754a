/** The clocks of a process: the sandbox's market keeps its own time; everywhere else it is the machine's. */
import type { Mode } from '#core/domain/account.ts';
import { type FollowedTime, followMarketTime } from '#core/market-time/follow.ts';
import type { Clocks } from '#core/ports.ts';
import { systemClock } from '#src/time.ts';

/** Both clocks, and how the market's is followed. */
export interface OpenedClocks {
  readonly clocks: Clocks;
  /** Undefined where the market keeps the machine's time; the caller closes it. */
  readonly followed: FollowedTime | undefined;
}

/**
 * Follows the market of a sandbox at `apiBase`.
 * @throws the fetch error when that does not answer.
 */
export async function openClocks(mode: Mode, apiBase: string): Promise<OpenedClocks> {
  if (mode !== 'SANDBOX') return machineClocks();
  const followed = await followMarketTime(apiBase, { realNow: Date.now });
  return { clocks: { market: followed, wall: systemClock() }, followed };
}

/** The machine's clock for both. */
export function machineClocks(): OpenedClocks {
  const wall = systemClock();
  return { clocks: { market: wall, wall }, followed: undefined };
}
