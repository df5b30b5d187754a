/** A desk whose time runs in small steps, as it does for people, and what it asks of the broker meanwhile. */
import { type EpochMs, epochMs } from '#core/domain/units.ts';
import type { Broker } from '#core/ports.ts';
import type { World } from './world.ts';

const STEP_MS = 100;
/** As the process does it. */
const WAKE_MS = 5_000;
const LOOK_MS = 15_000;

/** What goes to the trading host; prices come from another one. */
const TRADING_HOST = [
  'account',
  'positions',
  'clock',
  'calendar',
  'assets',
  'openOrders',
  'orders',
  'orderByClientId',
  'fills',
  'activities',
  'submit',
  'cancel',
] as const satisfies readonly (keyof Broker)[];

/** Assets are asked for one by one. */
function requestsOf(name: (typeof TRADING_HOST)[number], given: readonly unknown[]): unknown[] {
  if (name === 'assets' && Array.isArray(given[0])) return given[0];
  return [name];
}

export interface PeopleTime {
  /** Lets so much time go by; `each` is called after every step. */
  pass(durationMs: number, each?: (now: EpochMs) => void): Promise<void>;
  /** Requests to the trading host in the busiest rolling minute. */
  busiestMinute(): number;
}

/** From now on whoever sleeps waits until time has passed, and every request is counted. */
export function peopleTime(desk: World): PeopleTime {
  const sleepers = new Map<() => void, number>();
  Object.assign(desk.clock, {
    sleep: (durationMs: number) =>
      new Promise<void>((wake) => sleepers.set(wake, desk.clock.now() + durationMs)),
  });
  const asked: number[] = [];
  for (const name of TRADING_HOST) {
    const own: (...given: never[]) => unknown = desk.broker[name];
    Reflect.set(desk.answers, name, (...given: never[]) => {
      asked.push(...requestsOf(name, given).map(() => desk.clock.now()));
      return own(...given);
    });
  }
  let isLooking = false;

  async function step(passed: number): Promise<void> {
    if (passed % WAKE_MS === 0) void desk.engine.wake();
    if (passed % LOOK_MS === 0 && !isLooking) {
      isLooking = true;
      void desk.engine.look().finally(() => {
        isLooking = false;
      });
    }
    // Answers come in later turns of the event loop.
    for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve));
    const now = epochMs(desk.clock.now() + STEP_MS);
    desk.clock.set(now);
    for (const [wake, at] of sleepers) {
      if (at > now) continue;
      sleepers.delete(wake);
      wake();
    }
  }

  return {
    async pass(durationMs, each) {
      for (let passed = 0; passed < durationMs; passed += STEP_MS) {
        await step(passed);
        each?.(desk.clock.now());
      }
    },
    busiestMinute: () =>
      Math.max(
        0,
        ...asked.map((from) => asked.filter((at) => at >= from && at < from + 60_000).length),
      ),
  };
}
