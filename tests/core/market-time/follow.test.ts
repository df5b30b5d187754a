import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { epochMs, sessionDate } from '#core/domain/units.ts';
import { type FollowedTime, followMarketTime } from '#core/market-time/follow.ts';
import type { TimeScale } from '#core/market-time/time-scale.ts';
import { type ManualTimers, manualTimers } from '#tests/core/broker/manual-timers.ts';

const START = newYorkInstant(sessionDate('2024-03-04'), 600);
const END = newYorkInstant(sessionDate('2024-03-08'), 600);
const HOUR = 3_600_000;

interface Leader {
  readonly time: FollowedTime;
  readonly timers: ManualTimers;
  /** Everything in one piece, as a process finds it that was stopped meanwhile. */
  tell(...timeScales: readonly TimeScale[]): void;
  heard(): Promise<readonly TimeScale[]>;
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const timeScale = (over: Partial<TimeScale>): TimeScale => ({
  marketMs: START,
  realMs: 1_000_000,
  speed: 10,
  endMs: END,
  ...over,
});

/** A follower of a leader whose words a test writes. */
async function follow(first: TimeScale): Promise<Leader> {
  const timers = manualTimers(1_000_000);
  const stream = Promise.withResolvers<ServerResponse>();
  const server = createServer((request, response) => {
    if (request.url === '/sandbox/time/stream') {
      response.flushHeaders();
      stream.resolve(response);
    } else response.end(JSON.stringify(first));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const time = await followMarketTime(`http://127.0.0.1:${port}`, { realNow: timers.now, timers });
  const changes: TimeScale[] = [];
  let told = Promise.withResolvers<void>();
  time.onChange((next) => {
    changes.push(next);
    time.now();
    told.resolve();
  });
  const response = await stream.promise;
  closers.push(() => {
    time.close();
    server.closeAllConnections();
    server.close();
  });
  return {
    time,
    timers,
    tell: (...timeScales) => {
      told = Promise.withResolvers<void>();
      response.write(timeScales.map((each) => `data: ${JSON.stringify(each)}\n\n`).join(''));
    },
    heard: () => told.promise.then(() => changes),
  };
}

describe('a clock that follows another', () => {
  it('uses only the latest of the time scales that arrived while it was stopped', async () => {
    const { time, timers, tell, heard } = await follow(timeScale({ speed: 0 }));
    timers.advance(HOUR);
    const fast = timeScale({ speed: 1_000 });
    const paused = timeScale({ marketMs: epochMs(START + 60_000), realMs: timers.now(), speed: 0 });
    tell(fast, paused);
    expect(await heard()).toEqual([paused]);
    expect(time.now()).toBe(START + 60_000);
  });
});
