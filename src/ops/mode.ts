/** Determines the mode where the address alone does not. */
import { modeOf } from '#core/broker/client.ts';
import type { Mode } from '#core/domain/account.ts';
import { TradingError } from '#core/errors.ts';
import { readTimeScale } from '#core/market-time/follow.ts';

const ANSWER_WITHIN_MS = 5_000;

/**
 * SANDBOX only for Rotor's own sandbox, which reports its market time. Another imitation of Alpaca on this
 * machine is PAPER: its market uses the system clock, and its request limits are Alpaca's.
 * @throws TradingError `retry` when nothing listens at the loopback address, so that the mode is unknown.
 */
export async function askMode(apiBase: string): Promise<Mode> {
  const mode = modeOf(apiBase);
  if (mode !== 'SANDBOX') return mode;
  try {
    await readTimeScale(`${apiBase}/sandbox/time`, AbortSignal.timeout(ANSWER_WITHIN_MS));
    return 'SANDBOX';
  } catch (error) {
    // When the connection fails, `fetch` throws a TypeError with a cause.
    if (error instanceof TypeError && error.cause !== undefined) {
      throw new TradingError(`nothing answers at ${apiBase}, the address of the broker`, 'retry');
    }
    return 'PAPER';
  }
}
