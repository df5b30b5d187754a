import { epochMs } from '#core/domain/units.ts';
import type { Clock, Pacer } from '#core/ports.ts';
import { createScaledTime } from './market-time.ts';
import { realTimers, type Timers } from './real-timers.ts';
import type { TimeScale } from './time-scale.ts';

/** A clock led by another process. */
export interface FollowedTime extends Clock, Pacer {
  timeScale(): TimeScale;
  speed(): number;
  onChange(listener: (timeScale: TimeScale) => void): () => void;
  /** Whether the leader can be reached. */
  following(): boolean;
  close(): void;
}

/** Dependencies of followMarketTime. */
export interface FollowParts {
  /** The same real clock that the leader reads. */
  readonly realNow: () => number;
  readonly timers?: Timers;
}

const RETRY_MS = 100;

/**
 * The leader's clock in another process. While the leader cannot be reached the market stands still,
 * because the leader runs the market; when it is back, time continues and never goes backwards.
 * @throws the fetch error when the leader does not answer the first time.
 */
export async function followMarketTime(baseUrl: string, parts: FollowParts): Promise<FollowedTime> {
  const { realNow, timers = realTimers } = parts;
  const first = await readTimeScale(`${baseUrl}/sandbox/time`);
  const time = createScaledTime(first, realNow, timers);
  const stopped = new AbortController();
  let heard = false;
  let cancelRetry = (): void => undefined;

  const listen = async (): Promise<void> => {
    const url = `${baseUrl}/sandbox/time/stream`;
    const response = await fetch(url, { signal: stopped.signal });
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      // A process that was stopped finds several events waiting. An old one would be extrapolated to the
      // present at its own speed, far past the market's actual time, and time never goes back.
      const newest = events.findLast((each) => each.startsWith('data: '));
      if (newest === undefined) continue;
      heard = true;
      time.setScale(parseTimeScale(JSON.parse(newest.slice('data: '.length))));
    }
  };
  const lost = (): void => {
    if (stopped.signal.aborted) return;
    heard = false;
    time.setScale({ ...time.timeScale(), marketMs: time.now(), realMs: realNow(), speed: 0 });
    cancelRetry = timers.after(RETRY_MS, follow);
  };
  // A restart of the leader is expected here: a broken stream and a refused one mean the same.
  const follow = (): void => void listen().then(lost, lost);

  follow();
  return {
    ...time,
    following: () => heard,
    close: () => {
      stopped.abort();
      cancelRetry();
      time.stop();
    },
  };
}

/** The leader's time scale. @throws RangeError or SyntaxError for another answer. */
export async function readTimeScale(url: string, signal?: AbortSignal): Promise<TimeScale> {
  const response = await fetch(url, signal ? { signal } : {});
  return parseTimeScale(await response.json());
}

function parseTimeScale(body: unknown): TimeScale {
  const found = body as Partial<Record<keyof TimeScale, unknown>>;
  const { marketMs, realMs, speed, endMs } = found;
  if (![marketMs, realMs, speed, endMs].every((part) => typeof part === 'number')) {
    throw new RangeError(
      `market time: expected a time scale, found ${JSON.stringify(body)?.slice(0, 80)}`,
    );
  }
  return {
    marketMs: epochMs(Number(marketMs)),
    realMs: Number(realMs),
    speed: Number(speed),
    endMs: epochMs(Number(endMs)),
  };
}
