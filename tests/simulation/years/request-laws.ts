/** How often a process may ask the broker: Alpaca answers 200 requests a minute, and what leaves is paced. */
import { type EpochMs, epochMs } from '#core/domain/units.ts';
import type { LawParts } from './order-laws.ts';

/** Told of each request as it leaves. */
export type RequestCount = () => void;

/** More than that many minutes of Alpaca’s allowance would only ever wait longer. */
const MINUTES = 5;
const MOST = 200 * MINUTES;
const SPAN_MS = MINUTES * 60_000;

/** Of one process, whose own pace would only hide how much it asks for. */
export function createRequestCount({
  time,
  report,
}: Pick<LawParts, 'time' | 'report'>): RequestCount {
  /** Times of the last requests: each overwrites the oldest. */
  const left: EpochMs[] = [];
  let count = 0;
  return () => {
    const now = time.now();
    const before = left[count % MOST] ?? Number.NEGATIVE_INFINITY;
    if (now - before < SPAN_MS)
      report('too many requests', `${MOST + 1} in ${Math.round((now - before) / 1_000)} s`);
    left[count % MOST] = epochMs(now);
    count += 1;
  };
}
