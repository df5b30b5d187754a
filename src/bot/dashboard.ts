/**
 * The dashboard: the pinned header, the rankings and the alpha chart. Three permanent messages, each edited
 * only when its content changes and no more often than its interval; the latest state wins.
 */
import { hasElapsed } from '#core/domain/elapsed.ts';
import type { Model } from '#core/domain/model.ts';
import { wasAsked } from '#core/domain/observation.ts';
import type { EpochMs } from '#core/domain/units.ts';
import type { Engine } from '#core/engine/engine.ts';
import type { Clocks } from '#core/ports.ts';
import { alphaView } from '#core/views/alpha.ts';
import { type HeaderView, headerView } from '#core/views/header.ts';
import { rankingsView } from '#core/views/rankings.ts';
import type { DiscordHealth } from './interactions/command.ts';
import { HEADER } from './messages/dashboard-thread.ts';
import type { MessageStore } from './messages/message-store.ts';
import { createSerialQueue } from './messages/serial-queue.ts';
import type { Post } from './post.ts';
import { alphaPost } from './posts/alpha.ts';
import { headerKey, headerPost, offlinePost } from './posts/header.ts';
import { rankingsPost } from './posts/rankings.ts';

type DashboardClocks = { readonly [K in keyof Clocks]: Pick<Clocks[K], 'now'> };

/** Dependencies of createDashboard. */
export interface DashboardParts {
  readonly engine: Pick<Engine, 'book' | 'observation' | 'listen'>;
  readonly models: readonly Model[];
  readonly messageStore: MessageStore;
  /** The messages show market time; the intervals use the wall clock. */
  readonly clocks: DashboardClocks;
  /** Health of Discord for the header; not shown if omitted. */
  readonly discord?: (() => DiscordHealth) | undefined;
}

/** The three permanent messages of the channel. */
export interface Dashboard {
  /** Checks that all messages exist and are pinned. */
  open(): Promise<void>;
  /** Someone changed a message, a pin or permissions: the next refresh repairs it. */
  touched(messageIds?: readonly string[]): void;
  /** Edits the messages that changed and are due; checks every few minutes that all still exist. */
  refresh(): Promise<void>;
  /** The last edit of this run: the header says that Rotor is offline. */
  offline(reason: string): Promise<void>;
  close(): void;
}

const PINNED_AREA = { place: 'pinned', sound: 'silent' } as const;
const HEADER_EVERY_MS = 15_000;
const RANKINGS_EVERY_MS = 15_000;
const ALPHA_EVERY_MS = 30_000;
/** Discord reports deleted and unpinned messages; a lost report is noticed after this time. */
const CHECK_EVERY_MS = 5 * 60_000;

interface Fixture {
  readonly subject: string;
  readonly everyMs: number;
  readonly pin: boolean;
  readonly make: () => { readonly post: Post; readonly key: string };
}

/** Creates the dashboard; it listens to the engine until it is closed. */
export function createDashboard(parts: DashboardParts): Dashboard {
  const { engine, messageStore } = parts;
  const fixtures = fixturesOf(parts);
  const state = createFreshness(parts, fixtures);
  const { dirty } = state;
  const forget = engine.listen((event) => {
    if (event.kind === 'progress') dirty.add(HEADER);
    else state.touch();
  });
  state.touch();

  async function update({ subject, pin, make }: Fixture): Promise<void> {
    // A change that arrives while Discord answers makes it dirty again.
    dirty.delete(subject);
    const seen = engine.observation();
    const { post, key } = make();
    const options = { key, pin, ...PINNED_AREA };
    const done = await messageStore.upsert(subject, post, options).catch((error: unknown) => {
      dirty.add(subject);
      throw error;
    });
    // Content from before the first refresh is outdated within a second, so it does not start the interval.
    if (done !== 'same' && wasAsked(seen)) state.edited(subject);
  }

  async function refresh(): Promise<void> {
    const mustCheck = state.mustCheck();
    if (mustCheck) await state.check();
    for (const fixture of fixtures) if (state.isDue(fixture)) await update(fixture);
    await messageStore.sweep(mustCheck);
  }

  async function offline(reason: string): Promise<void> {
    const post = offlinePost(headerOf(parts), reason);
    await messageStore.upsert(HEADER, post, { pin: true, ...PINNED_AREA });
  }

  const inOrder = createSerialQueue();
  return {
    open: () => inOrder(state.check),
    touched: (messageIds) => {
      const ours = new Set(messageIds);
      if (!messageIds || fixtures.some(({ subject }) => ours.has(messageStore.idOf(subject) ?? '')))
        state.uncheck();
    },
    refresh: () => inOrder(refresh),
    offline: (reason) => inOrder(() => offline(reason)),
    close: forget,
  };
}

/** Tracks which messages may have changed, and when all were last checked. */
function createFreshness(
  { messageStore, clocks: { wall } }: Pick<DashboardParts, 'messageStore' | 'clocks'>,
  fixtures: readonly Fixture[],
) {
  const last = new Map<string, EpochMs>();
  const dirty = new Set<string>();
  let checkedAt: EpochMs | undefined;

  const uncheck = (): void => {
    checkedAt = undefined;
  };

  /** The next refresh sends deleted messages again and pins unpinned ones. */
  async function check(): Promise<void> {
    checkedAt = wall.now();
    for (const { subject, pin } of fixtures) {
      const found = await messageStore.check(subject, pin).catch((error: unknown) => {
        uncheck();
        throw error;
      });
      // Where the preferred channel was closed, only trying tells whether it is open again.
      if (found === 'gone' || subject === HEADER) dirty.add(subject);
      if (found === 'gone') last.delete(subject);
    }
  }

  return {
    dirty,
    check,
    uncheck,
    mustCheck: () => hasElapsed(checkedAt, CHECK_EVERY_MS, wall.now()),
    touch: (): void => {
      for (const { subject } of fixtures) dirty.add(subject);
    },
    isDue: ({ subject, everyMs }: Fixture): boolean =>
      dirty.has(subject) && hasElapsed(last.get(subject), everyMs, wall.now()),
    /** Starts its interval. */
    edited: (subject: string): void => {
      last.set(subject, wall.now());
    },
  };
}

function headerOf({ engine, models, discord, clocks }: DashboardParts): HeaderView {
  const view = headerView(engine.book(), engine.observation(), models, discord?.());
  return { ...view, at: clocks.market.now() };
}

function fixturesOf(parts: DashboardParts): readonly Fixture[] {
  const { engine, models } = parts;
  /** Values that move constantly do not count as a change: readers' clients update them. */
  const header = () => {
    const view = headerOf(parts);
    return { post: headerPost(view), key: headerKey(view) };
  };
  const rankings = () =>
    keyed(rankingsPost(rankingsView(engine.book(), engine.observation(), models)));
  const alpha = () => keyed(alphaPost(alphaView(engine.book(), engine.observation())));
  return [
    { subject: HEADER, everyMs: HEADER_EVERY_MS, pin: true, make: header },
    { subject: 'rankings', everyMs: RANKINGS_EVERY_MS, pin: false, make: rankings },
    { subject: 'alpha', everyMs: ALPHA_EVERY_MS, pin: false, make: alpha },
  ];
}

function keyed(post: Post): { readonly post: Post; readonly key: string } {
  return { post, key: JSON.stringify(post) };
}
