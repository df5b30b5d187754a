/**
 * Limits how often a Discord session may start, across restarts: after 1,000 a day Discord revokes the
 * token, and a crash loop gets there within hours.
 */
import { z } from 'zod';
import { type EpochMs, epochMs } from '#core/domain/units.ts';
import type { Clock, Log, PostBook } from '#core/ports.ts';
import { readBotState, writeBotState } from '../bot-state.ts';

/** Limits session starts to what Discord allows. */
export interface IdentifyBudget {
  /** Waits until a session may start and counts it. Rejects with the signal's reason. */
  take(signal?: AbortSignal): Promise<void>;
  /** Waits in the same way without counting; called before a connection is opened. */
  ready(signal?: AbortSignal): Promise<void>;
}

/** Dependencies of createIdentifyBudget. */
export interface BudgetParts {
  readonly posts: PostBook;
  /** Wall clock, as Discord counts in real time. */
  readonly wall: Clock;
  readonly log: Log;
}

const NOTE = 'identifies';
const GAP_MS = 5_000;
const SHORT = { count: 10, spanMs: 10 * 60_000, name: '10 minutes' } as const;
const LONG = { count: 500, spanMs: 24 * 3_600_000, name: 'a day' } as const;

const stored = z.array(z.number().transform(epochMs));

/** Creates the budget: at least 5 s apart, 10 in 10 minutes, 500 a day. */
export function createIdentifyBudget({ posts, wall, log }: BudgetParts): IdentifyBudget {
  function recent(): readonly EpochMs[] {
    const all = stored.parse(JSON.parse(readBotState(posts, NOTE) ?? '[]'));
    return all.filter((at) => at > wall.now() - LONG.spanMs);
  }

  async function ready(signal?: AbortSignal): Promise<void> {
    for (;;) {
      const all = recent();
      const free = freeAt(all);
      if (free <= wall.now()) return;
      const over = [SHORT, LONG].find(({ count, spanMs }) =>
        isFull(all, count, spanMs, wall.now()),
      );
      if (over) {
        const minutes = Math.ceil((free - wall.now()) / 60_000);
        const used = `${over.count} sessions were begun within ${over.name}`;
        log.warn(`Discord: ${used}; the next one waits ${minutes} min, so that the token is kept`);
      }
      await wall.sleep(free - wall.now(), signal);
    }
  }

  return {
    ready,
    take: async (signal) => {
      await ready(signal);
      writeBotState(posts, NOTE, JSON.stringify([...recent(), wall.now()].slice(-LONG.count)));
    },
  };
}

function isFull(all: readonly EpochMs[], count: number, spanMs: number, now: EpochMs): boolean {
  return all.filter((at) => at > now - spanMs).length >= count;
}

/** When every rule is met again. */
function freeAt(all: readonly EpochMs[]): number {
  const after = (count: number, spanMs: number): number => {
    const oldest = all.at(-count);
    return oldest === undefined ? 0 : oldest + spanMs;
  };
  return Math.max(
    after(1, GAP_MS),
    after(SHORT.count, SHORT.spanMs),
    after(LONG.count, LONG.spanMs),
  );
}
