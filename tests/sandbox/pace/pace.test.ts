import { describe, expect, it } from 'vitest';
import { parseSession, sessionAt, sessionsIn } from '#core/domain/calendar.ts';
import { type EpochMs, epochMs, type SessionDate, sessionDate } from '#core/domain/units.ts';
import { createMarketTime, type MarketTime } from '#core/market-time/market-time.ts';
import { SPEEDS } from '#core/market-time/time-scale.ts';
import { createActivity } from '#sandbox/pace/activity.ts';
import { deskState } from '#sandbox/pace/desk.ts';
import { createPace } from '#sandbox/pace/pace.ts';
import { createReached } from '#sandbox/pace/reached.ts';
import { type ManualTimers, manualTimers } from '#tests/core/broker/manual-timers.ts';

const FIRST = sessionDate('2024-01-02');
const LAST = sessionDate('2024-12-31');
const MINUTE_MS = 60_000;

/** A desk that has one thing to do a session, from 09:35 to 15 minutes before the close. */
function slowDesk(time: MarketTime, timers: ManualTimers, workMs: number) {
  const doneAt = new Map<SessionDate, number>();
  let isWorking = false;
  const look = (): void => {
    const session = sessionAt(time.now());
    if (isWorking || !session || doneAt.has(session.date)) return;
    if (time.now() < session.open + 5 * MINUTE_MS) return;
    isWorking = true;
    timers.after(workMs, () => {
      isWorking = false;
      doneAt.set(session.date, (time.now() - session.open) / MINUTE_MS);
    });
  };
  time.every(look);
  return { doneAt, state: async () => ({ isWorking, undelivered: 0 }) };
}

function market(last = LAST) {
  const timers = manualTimers(1_000_000);
  const time = createMarketTime({
    ...{ start: epochMs(parseSession(FIRST).open + 3 * MINUTE_MS), end: last },
    ...{ speed: SPEEDS.second, realNow: timers.now, timers },
  });
  const asked = createActivity();
  const paced = (askDesk: Parameters<typeof createPace>[0]['askDesk'], isTrading = () => false) =>
    createPace({ time, timers, asked, isFollowed: () => true, isTrading, askDesk });
  const run = async (until: EpochMs): Promise<void> => {
    while (time.now() < until) {
      timers.advance(10);
      // What was asked of the desk is answered between two turns.
      await Promise.resolve().then(() => undefined);
      await Promise.resolve();
    }
  };
  return { timers, time, asked, paced, run };
}

describe('The pace of the sandbox market', () => {
  it('misses nothing in a year on a machine where Rotor needs 0.7 s for its tasks at 09:35', async () => {
    const { time, timers, paced, run } = market();
    const desk = slowDesk(time, timers, 700);
    paced(desk.state);
    await run(epochMs(parseSession(LAST).close));
    const sessions = sessionsIn(FIRST, LAST).map(({ date }) => date);
    expect([...desk.doneAt.keys()]).toEqual(sessions);
    // At full speed it would be hours; it goes a step of two minutes each half second.
    expect(Math.max(...desk.doneAt.values())).toBeLessThanOrEqual(10);
    time.stop();
  });

  it('holds the session until its messages are delivered, but no longer than four seconds', async () => {
    const { time, timers, paced, run } = market();
    paced(async () => ({ isWorking: false, undelivered: 3 }));
    const end = epochMs(parseSession(FIRST).close + 20 * MINUTE_MS);
    await run(end);
    const began = timers.now();
    await run(epochMs(end + 1));
    expect(timers.now() - began).toBeGreaterThan(3_500);
    expect(timers.now() - began).toBeLessThan(4_500);
    time.stop();
  });

  it('holds the open until the announcement was delivered, so that the rebalance runs announced', async () => {
    const { time, timers, paced, run } = market();
    let undelivered = 0;
    paced(async () => ({ isWorking: false, undelivered }));
    const [, second] = sessionsIn(FIRST, LAST);
    if (!second) throw new Error('expected a second session');
    await run(epochMs(second.open - MINUTE_MS));
    undelivered = 1;
    timers.after(1_000, () => {
      undelivered = 0;
    });
    const began = timers.now();
    await run(epochMs(second.open + 1));
    expect(timers.now() - began).toBeGreaterThan(900);
    time.stop();
  });

  it('answers requests on the way only when it has stopped', async () => {
    const { time, asked, paced, run } = market();
    const pace = paced(async () => undefined);
    await run(epochMs(parseSession(FIRST).open + 6 * MINUTE_MS));
    const answered = asked.begin();
    let at: number | undefined;
    void pace.standstill().then(() => {
      at = time.now();
      answered();
    });
    await run(epochMs(parseSession(FIRST).open + 61 * MINUTE_MS));
    expect(at).toBe(parseSession(FIRST).open + 60 * MINUTE_MS);
    time.stop();
  });

  it('takes steps of two minutes while orders are filled', async () => {
    const { time, paced, run } = market();
    paced(
      async () => undefined,
      () => true,
    );
    const stops = new Set<number>();
    time.onChange(({ endMs }) => stops.add((endMs - parseSession(FIRST).open) / MINUTE_MS));
    await run(epochMs(parseSession(FIRST).open + 10 * MINUTE_MS));
    expect([...stops].slice(0, 4)).toEqual([3, 5, 7, 9]);
    time.stop();
  });

  it('continues after ten seconds without a client', async () => {
    const { timers, time } = market();
    createPace({
      ...{ time, timers, asked: createActivity(), isFollowed: () => false },
      ...{ isTrading: () => false, askDesk: async () => undefined },
    });
    const start = time.now();
    timers.advance(9_000);
    expect(time.now()).toBe(start);
    for (let second = 0; second < 4; second += 1) {
      timers.advance(1_000);
      await Promise.resolve().then(() => undefined);
      await Promise.resolve();
    }
    expect(time.now()).toBeGreaterThan(start);
    time.stop();
  });

  it('shows the actual speed, not the requested one', async () => {
    const { time, timers, paced, run } = market();
    const desk = slowDesk(time, timers, 1_000);
    paced(desk.state);
    const reached = createReached(time, timers.now);
    await run(epochMs(parseSession(FIRST).close));
    expect(reached()).toBeUndefined();
    for (let half = 0; half < 20; half += 1) {
      const until = timers.now() + 500;
      while (timers.now() < until) {
        timers.advance(10);
        await Promise.resolve().then(() => undefined);
        await Promise.resolve();
      }
      reached();
    }
    expect(reached()).toBeGreaterThan(0.2);
    expect(reached()).toBeLessThan(0.6);
    time.stop();
  });
});

describe('Rotor’s own state', () => {
  it('is read from /readyz', () => {
    const reasons = [
      { name: 'tasks', ok: true, detail: 'working for 3 s' },
      { name: 'Discord', ok: true, detail: 'connected, 12 entries to post' },
    ];
    expect(deskState({ ready: true, reasons })).toEqual({ isWorking: true, undelivered: 12 });
    expect(deskState({ reasons: [] })).toEqual({ isWorking: false, undelivered: 0 });
  });

  it('is working while it starts, but not in safe mode, which asks the broker nothing', () => {
    const reasons = (safeMode: string) => [
      { name: 'safe mode', detail: safeMode },
      { name: 'broker', detail: 'not asked yet' },
    ];
    expect(deskState({ reasons: reasons('no') }).isWorking).toBe(true);
    expect(deskState({ reasons: reasons('5 crashes in ten minutes') }).isWorking).toBe(false);
  });
});
