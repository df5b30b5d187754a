/**
 * The desk: the pinned header, the rankings and the alpha chart. Three messages for ever, each edited
 * only when it says something else and never faster than its interval; the latest state wins.
 */
import type { Model } from '#core/domain/model.ts';
import type { EpochMs } from '#core/domain/units.ts';
import type { Engine } from '#core/engine.ts';
import type { Clock } from '#core/ports.ts';
import { alphaView } from '#core/views/alpha.ts';
import { type HeaderView, headerView } from '#core/views/header.ts';
import { rankingsView } from '#core/views/rankings.ts';
import { floorMinutes, timeOf } from './format.ts';
import type { Keeper } from './keeper.ts';
import type { Post } from './post.ts';
import { alphaPost } from './posts/alpha.ts';
import { headerPost, offlinePost } from './posts/header.ts';
import { rankingsPost } from './posts/rankings.ts';

export interface DeskParts {
  readonly engine: Pick<Engine, 'book' | 'observation' | 'listen'>;
  readonly models: readonly Model[];
  readonly keeper: Keeper;
  /** Shown on the messages. */
  readonly clock: Pick<Clock, 'now'>;
  /** Real time, for the intervals. */
  readonly pace: Pick<Clock, 'now'>;
}

export interface Desk {
  /** Puts a message that was unpinned while nobody looked back on the wall. */
  open(): Promise<void>;
  /** Edits what changed and may be edited by now. */
  refresh(): Promise<void>;
  /** The last edit of this run: the header says that nobody is at the desk. */
  offline(reason: string): Promise<void>;
  close(): void;
}

export const HEADER = 'header';
const HEADER_EVERY_MS = 15_000;
const RANKINGS_EVERY_MS = 15_000;
const ALPHA_EVERY_MS = 30_000;
/** The time alone is no news; that the desk still lives is, this often. */
const PULSE_MINUTES = 5;

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
    ...headerView(engine.book(), engine.observation(), models),
    at: clock.now(),
  });
  const fixtures: readonly Fixture[] = [
    { subject: HEADER, everyMs: HEADER_EVERY_MS, pin: true, make: () => headerOf(header()) },
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
    if (event.kind !== 'progress') touch();
  });
  touch();

  async function refresh(): Promise<void> {
    for (const { subject, everyMs, pin, make } of fixtures) {
      const before = last.get(subject);
      if (!dirty.has(subject) || (before !== undefined && pace.now() < before + everyMs)) continue;
      // What changes while Discord answers makes it dirty again.
      dirty.delete(subject);
      const { post, key } = make();
      const put = await keeper.put(subject, post, { key, pin }).catch((error: unknown) => {
        dirty.add(subject);
        throw error;
      });
      if (put !== 'same') last.set(subject, pace.now());
    }
  }

  return {
    open: () => keeper.ensurePinned(HEADER),
    refresh,
    offline: async (reason) => {
      await keeper.put(HEADER, offlinePost(header(), reason), { pin: true });
    },
    close: forget,
  };
}

function keyed(post: Post): { readonly post: Post; readonly key: string } {
  return { post, key: JSON.stringify(post) };
}

/** The minute in the headline changes all the time; alone it makes an edit only with the pulse. */
function headerOf(view: HeaderView): { readonly post: Post; readonly key: string } {
  const post = headerPost(view);
  const content = post.content?.replace(timeOf(view.at), '');
  return {
    post,
    key: JSON.stringify([floorMinutes(view.at, PULSE_MINUTES), content, post.embeds]),
  };
}
