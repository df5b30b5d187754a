/** Discord is away for half an hour while a rebalance runs: trading does not know, people miss nothing. */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import type { Broker } from '#core/ports.ts';
import { createPostBook } from '#core/store/posts.ts';
import {
  driven,
  eventually,
  type House,
  messagesIn,
  openHouse,
  titleOf,
  titlesIn,
} from '#tests/support/bot-house.ts';
import { createManualTime } from '#tests/support/manual-time.ts';
import { START, type World, world } from '#tests/support/world.ts';

const MINUTES = 45;
const MINUTE_MS = 60_000;

/** Every request to the broker from now on, word for word. */
function overheard({ broker, answers }: World): readonly string[] {
  const requests: string[] = [];
  const said = (_key: string, value: unknown): unknown =>
    value instanceof Map || value instanceof Set ? [...value] : value;
  const heard = <K extends keyof Broker>(name: K): void => {
    const own = broker[name] as (...all: unknown[]) => unknown;
    const listen = (...all: unknown[]): unknown => {
      requests.push(`${name} ${JSON.stringify(all, said)}`);
      return own(...all);
    };
    answers[name] = listen as Broker[K];
  };
  for (const name of ASKED) heard(name);
  return requests;
}

const ASKED = [
  'account',
  'positions',
  'clock',
  'calendar',
  'assets',
  'latestPrices',
  'openOrders',
  'orders',
  'orderByClientId',
  'fills',
  'activities',
  'submit',
  'cancel',
] as const;

/** The same morning each time: sells, buys, one order in two parts, one refused. */
function morning(): World {
  const made = world({
    held: { XLF: 200, XLU: 300 },
    cashUsd: 50_000,
    target: ['XLK', 'XLE', 'XLV'],
  });
  made.broker.behave((intent) => {
    if (intent.ticker === 'XLF') return { kind: 'fills', parts: [20, 180] };
    if (intent.ticker === 'XLV') return { kind: 'refused', reason: 'cost basis must be >= 1' };
    return { kind: 'whole' };
  });
  return made;
}

interface Told {
  readonly requests: readonly string[];
  /** What the channel, then each thread, says: title and text without the mark of lateness. */
  readonly channel: readonly string[];
  readonly thread: readonly string[];
}

async function run(outage: boolean): Promise<Told & { readonly house: House }> {
  const desk = morning();
  const requests = overheard(desk);
  const pace = createManualTime(START);
  const { engine, parts, database } = desk;
  const posts = createPostBook(database);
  const house = await openHouse({ engine, journal: parts.journal, posts, pace });
  const bot = await house.open();
  await eventually(house, () => titlesIn(house)).toHaveLength(3);
  await driven(pace, engine.start());
  if (outage)
    house.discord.faults.inject({ on: 'everything', how: 'unavailable', forMs: 30 * MINUTE_MS });
  for (let minute = 0; minute < MINUTES; minute++) {
    await desk.minutes(1);
    for (let step = 0; step < 12; step++) {
      pace.advance(MINUTE_MS / 12);
      await setImmediate();
    }
    if (outage && minute === 28) {
      expect(bot.health().owed).toBeGreaterThan(20);
      expect(house.discord.faults.met().length).toBeGreaterThan(20);
      expect(parts.journal.book().rebalances.values().next().value?.result).toBeDefined();
    }
  }
  await eventually(house, () => house.posts.told(), 5_000).toBe(parts.journal.book().seq);
  const summary = messagesIn(house).find((each) => titleOf(each).includes('Rebalanced'));
  return {
    requests,
    channel: titlesIn(house).slice(3),
    thread: titlesIn(house, summary?.id),
    house,
  };
}

describe('Discord away for 30 minutes while a rebalance runs', () => {
  it('changes no request to the broker, and afterwards every message exists once, in order', async () => {
    const calm = await run(false);
    await calm.house.close();
    const stormy = await run(true);
    try {
      expect(stormy.requests.length).toBeGreaterThan(50);
      expect(stormy.requests).toEqual(calm.requests);
      expect(stormy.thread).toEqual(calm.thread);
      expect(stormy.channel).toEqual(calm.channel);
      expect(stormy.channel.join()).toContain('▲ Rebalanced partly');
      expect(stormy.thread).toEqual(['Decision', 'Orders']);
      const late = messagesIn(stormy.house)
        .map(({ embeds }) => JSON.stringify(embeds[0]?.['footer'] ?? ''))
        .filter((footer) => footer.includes('late, from'));
      expect(late.length).toBeGreaterThan(0);
      expect(epochMs(stormy.house.pace.now())).toBeGreaterThan(START + 30 * MINUTE_MS);
    } finally {
      await stormy.house.close();
    }
  });
});
