/**
 * The desk: the pinned header, the rankings and the alpha chart. Three messages for ever, each edited
 * only when it says something else and never faster than its interval; the latest state wins.
 */
import type { Model } from '#core/domain/model.ts';
import { wasAsked } from '#core/domain/observation.ts';
import type { EpochMs } from '#core/domain/units.ts';
import type { Engine } from '#core/engine/engine.ts';
import type { Clock } from '#core/ports.ts';
import { alphaView } from '#core/views/alpha.ts';
import { type HeaderView, headerView } from '#core/views/header.ts';
import { rankingsView } from '#core/views/rankings.ts';
import type { DiscordHealth } from './interactions/command.ts';
import type { Keeper } from './messages/message-store.ts';
import { createTurns } from './messages/serial-queue.ts';
import type { Post } from './post.ts';
import { alphaPost } from './posts/alpha.ts';
import { headerKey, headerPost, offlinePost } from './posts/header.ts';
import { rankingsPost } from './posts/rankings.ts';

export interface DeskParts {
  readonly engine: Pick<Engine, 'book' | 'observation' | 'listen'>;
  readonly models: readonly Model[];
  readonly keeper: Keeper;
  /** Shown on the messages. */
  readonly clock: Pick<Clock, 'now'>;
  /** Real time, for the intervals. */
  readonly pace: Pick<Clock, 'now'>;
  /** How Discord does, for the header; not shown unless given. */
  readonly discord?: (() => DiscordHealth) | undefined;
}

export interface Desk {
  /** Looks whether everything hangs where it should. */
  open(): Promise<void>;
  /** Somebody touched a message, or pins, or rights: it is looked after with the next refresh. */
  touched(messageIds?: readonly string[]): void;
  /** Edits what changed and may be edited by now; every few minutes looks whether all still hangs. */
  refresh(): Promise<void>;
  /** The last edit of this run: the header says that nobody is at the desk. */
  offline(reason: string): Promise<void>;
  close(): void;
}

export const HEADER = 'header';
const WALL = { place: 'wall', sound: 'silent' } as const;
const HEADER_EVERY_MS = 15_000;
const RANKINGS_EVERY_MS = 15_000;
const ALPHA_EVERY_MS = 30_000;
/** Discord tells of deleted and unpinned messages; what it did not tell is found this much later. */
const CHECK_EVERY_MS = 5 * 60_000;

interface Fixture {
  readonly subject: string;
  readonly everyMs: number;
  readonly pin: boolean;
  readonly make: () => { readonly post: Post; readonly key: string };
}

export function createDesk(parts: DeskParts): Desk {
  const { engine, models, keeper, clock, pace } = parts;
  const last = new Map<string, EpochMs>();
  const dirty = new Set<string>();
  const header = (): HeaderView => ({
    ...headerView(engine.book(), engine.observation(), models, parts.discord?.()),
    at: clock.now(),
  });
  /** What moves all the time is no change: readers' clocks move it. */
  const headerNow = () => {
    const view = header();
    return { post: headerPost(view), key: headerKey(view) };
  };
  const fixtures: readonly Fixture[] = [
    { subject: HEADER, everyMs: HEADER_EVERY_MS, pin: true, make: headerNow },
    {
      subject: 'rankings',
      everyMs: RANKINGS_EVERY_MS,
      pin: false,
      make: () => keyed(rankingsPost(rankingsView(engine.book(), engine.observation(), models))),
    },
    {
      subject: 'alpha',
      everyMs: ALPHA_EVERY_MS,
      pin: false,
      make: () => keyed(alphaPost(alphaView(engine.book(), engine.observation()))),
    },
  ];
  const touch = (): void => {
    for (const { subject } of fixtures) dirty.add(subject);
  };
  const forget = engine.listen((event) => {
    if (event.kind === 'progress') dirty.add(HEADER);
    else touch();
  });
  touch();
  let checkedAt: EpochMs | undefined;

  /** What is gone is hung anew with the next refresh, and what is unpinned is pinned. */
  async function check(): Promise<void> {
    checkedAt = pace.now();
    for (const { subject, pin } of fixtures) {
      const found = await keeper.check(subject, pin).catch((error: unknown) => {
        checkedAt = undefined;
        throw error;
      });
      // Where the better place was closed, only trying says whether it is open again.
      if (found === 'gone' || subject === HEADER) dirty.add(subject);
      if (found === 'gone') last.delete(subject);
    }
  }

  async function refresh(): Promise<void> {
    if (checkedAt === undefined || pace.now() >= checkedAt + CHECK_EVERY_MS) await check();
    for (const { subject, everyMs, pin, make } of fixtures) {
      const before = last.get(subject);
      if (!dirty.has(subject) || (before !== undefined && pace.now() < before + everyMs)) continue;
      // What changes while Discord answers makes it dirty again.
      dirty.delete(subject);
      const seen = engine.observation();
      const { post, key } = make();
      const put = await keeper.put(subject, post, { key, pin, ...WALL }).catch((error: unknown) => {
        dirty.add(subject);
        throw error;
      });
      // What is said before the first look is old within a second: it starts no interval.
      if (put !== 'same' && wasAsked(seen)) last.set(subject, pace.now());
    }
  }

  const inTurn = createTurns();
  return {
    open: () => inTurn(check),
    touched: (messageIds) => {
      const ours = new Set(messageIds);
      if (!messageIds || fixtures.some(({ subject }) => ours.has(keeper.idOf(subject) ?? '')))
        checkedAt = undefined;
    },
    refresh: () => inTurn(refresh),
    offline: (reason) =>
      inTurn(async () => {
        await keeper.put(HEADER, offlinePost(header(), reason), { pin: true, ...WALL });
      }),
    close: forget,
  };
}

function keyed(post: Post): { readonly post: Post; readonly key: string } {
  return { post, key: JSON.stringify(post) };
}
