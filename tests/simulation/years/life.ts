/** One process of a simulated desk: the real engine, journal and outbox over ports that may fail. */

import { createDashboard, type Dashboard } from '#bot/dashboard.ts';
import { createRouter, type Router } from '#bot/interactions/router.ts';
import { HEADER } from '#bot/messages/dashboard-thread.ts';
import { createMessageStore, type MessageStore } from '#bot/messages/message-store.ts';
import type { Outbox } from '#bot/messages/outbox.ts';
import { COMMANDS } from '#commands/list.ts';
import type { AccountState } from '#core/domain/account-state.ts';
import type { Recorded } from '#core/domain/entry.ts';
import { type EpochMs, epochMs } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { createEngine, type RunningEngine } from '#core/engine/engine.ts';
import { sentence } from '#core/errors.ts';
import type { BarSource, Broker, Clock, Journal, Log, PostBook } from '#core/ports.ts';
import { createJournal } from '#core/store/journal.ts';
import { acquireLease, type Lease } from '#core/store/lease.ts';
import { createPostBook } from '#core/store/posts.ts';
import { MODELS } from '#models/list.ts';
import type { Config } from '#src/config/types.ts';
import { BUILD } from '#tests/support/limits.ts';
import { outboxOver } from '#tests/support/outbox.ts';
import type { Discord } from './discord.ts';
import type { Disk } from './disk.ts';
import type { Fuse } from './fuse.ts';
import { PLACE } from './presses.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What a process is made of. */
export interface LifeParts {
  readonly settings: Config;
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  /** Whether a process of this host lives. */
  readonly lives: (pid: number) => boolean;
  readonly time: VirtualTime;
  /** How far the machine's clock is from the true time, milliseconds. */
  readonly skew: () => number;
  readonly disk: Disk;
  readonly discord: Discord;
  readonly broker: Broker;
  readonly bars: BarSource;
  readonly fuse: Fuse;
  readonly onAppend: (recorded: readonly Recorded[], life: Life) => void;
  /** An error that nobody foresaw. */
  readonly onSurprise: (text: string) => void;
  /** The process ends by itself, for that reason. */
  readonly onFail: (reason: string) => void;
}

/** A process that runs, or did. */
export interface Life {
  readonly name: string;
  readonly fuse: Fuse;
  readonly host: string;
  readonly pid: number;
  isUp(): boolean;
  isStarting(): boolean;
  /** Undefined before the journal was opened. */
  readonly engine: RunningEngine | undefined;
  /** Takes what people press; undefined before the journal was opened. */
  readonly router: Router | undefined;
  book(): AccountState | undefined;
  /** What its clock shows. */
  now(): EpochMs;
  /** What keeps the journal from being believed, as the process knows it. */
  doubt(): string | undefined;
  /** The last entry that people were told of. */
  told(): number;
  /** What the pinned message says that stands in Discord; undefined where none does. */
  dashboard(): string | undefined;
  /** The ids of the messages that the process will edit again. */
  messages(): ReadonlySet<string>;
  lease(): Lease | undefined;
  start(): Promise<void>;
  tick(): void;
  stop(reason: string): Promise<void>;
  /** What keeps the journal from being believed. */
  chainFault(): string | undefined;
}

const TELL_MS = 1_000;
const TELL_AGAIN_MS = 15_000;
const SHOWN_EVERY_MS = 30 * 60_000;
const SHOWN_AFTER_MS = 20_000;

export function createLife(parts: LifeParts): Life {
  const { time, fuse, disk, onFail } = parts;
  const clock = clockOf(parts);
  let opened: Opened | undefined;
  let [isUp, isStarting] = [false, true];
  let telling = false;
  let shownAt = 0;
  let isShownSoon = false;

  function fail(error: unknown): void {
    if (fuse.isDead()) return;
    fuse.kill();
    onFail(sentence(error));
  }
  function tell(outbox: Outbox, afterMs: number): void {
    if (telling || fuse.isDead()) return;
    telling = true;
    time.at(time.now() + afterMs, () => {
      telling = false;
      if (fuse.isDead()) return;
      outbox.tell().catch(() => tell(outbox, TELL_AGAIN_MS));
    });
  }

  /** Once things have settled, and not too often; Discord's silence is the next refresh's. */
  function refreshDashboard(): void {
    if (fuse.isDead() || isShownSoon) return;
    isShownSoon = true;
    time.at(Math.max(time.now() + SHOWN_AFTER_MS, shownAt + SHOWN_EVERY_MS), () => {
      isShownSoon = false;
      if (fuse.isDead()) return;
      shownAt = time.now();
      opened?.dashboard.refresh().catch(() => undefined);
    });
  }

  const life: Life = {
    name: parts.name,
    host: parts.host,
    pid: parts.pid,
    fuse,
    isUp: () => isUp && !fuse.isDead(),
    isStarting: () => isStarting && !fuse.isDead(),
    get engine() {
      return opened?.engine;
    },
    get router() {
      return opened?.router;
    },
    book: () => opened?.journal.book(),
    now: clock.now,
    doubt: () => opened?.journal.doubt(),
    told: () => opened?.posts.told() ?? 0,
    dashboard: () => parts.discord.find(opened?.messageStore.idOf(HEADER) ?? '')?.text,
    messages: () => new Set(opened?.messages()),
    lease: () => opened?.lease,
    chainFault: () => opened?.journal.verify().fault,
    async start() {
      try {
        const lease = await acquireLease(disk.database, clock, parts);
        if (fuse.isDead()) return;
        opened = open(parts, clock, lease);
        const { journal, outbox } = opened;
        journal.onAppend((recorded) => {
          parts.onAppend(recorded, life);
          tell(outbox, TELL_MS);
        });
        tell(outbox, TELL_MS);
        await opened.engine.start();
        [isUp, isStarting] = [true, false];
      } catch (error) {
        fail(error);
      }
    },
    tick() {
      if (!isUp || fuse.isDead() || fuse.isFrozen() || !opened) return;
      const { engine, lease } = opened;
      try {
        lease.renew();
      } catch (error) {
        return fail(error);
      }
      engine
        .look()
        .then(() => engine.wake())
        .catch(fail)
        .finally(refreshDashboard);
    },
    async stop(reason) {
      isUp = false;
      await opened?.engine.stop(reason).catch(() => undefined);
      if (fuse.isDead()) return;
      opened?.lease.release();
      fuse.kill();
    },
  };
  return life;
}

interface Opened {
  readonly journal: Journal;
  readonly posts: PostBook;
  readonly messages: () => readonly string[];
  readonly lease: Lease;
  readonly engine: RunningEngine;
  readonly messageStore: MessageStore;
  readonly outbox: Outbox;
  readonly dashboard: Dashboard;
  readonly router: Router;
}

function open(parts: LifeParts, clock: Clock, lease: Lease): Opened {
  const { fuse, disk, discord, broker, bars } = parts;
  const kept = createJournal({ ...disk, clock, guard: lease.assertHeld });
  const journal: Journal = {
    ...kept,
    append: (...entries) => fuse.now(() => kept.append(...entries)),
  };
  const posts = createPostBook(disk.database);
  const engine = createEngine({
    ...engineSettings(parts),
    ...{ broker, bars, journal, universe: UNIVERSE, models: MODELS },
    clocks: { market: clock, wall: clock },
    log: logOf(parts),
    ...{ mode: 'PAPER', version: parts.version, build: { ...BUILD, code: parts.version } },
    hash: (text) => text,
    deliveredThrough: posts.told,
  });
  const messageStore = createMessageStore({
    channel: discord.channelFor(fuse),
    posts,
    draw: async () => new Uint8Array(),
    log: logOf(parts),
    journalCreatedAt: () => 'birth',
    wall: clock,
  });
  const outbox = outboxOver({
    engine,
    journal,
    posts,
    messageStore,
    wall: clock,
    alertRoleId: undefined,
  });
  const clocks = { market: clock, wall: clock };
  const dashboard = createDashboard({ engine, models: MODELS, messageStore, clocks });
  const router = routerOver(parts, clock, engine);
  // As the bot does once it is connected.
  void router.load();
  const ids = disk.database.prepare<[], string>('SELECT message_id FROM posts').pluck();
  const messages = (): readonly string[] => ids.all();
  return { journal, posts, messages, lease, engine, messageStore, outbox, dashboard, router };
}

function routerOver(parts: LifeParts, clock: Clock, engine: RunningEngine): Router {
  const { guildId, channelId, operator } = PLACE;
  const channelIds = [channelId];
  const noOtherRoles = { viewerRoleId: undefined, approverRoleId: undefined };
  return createRouter({
    rules: {
      guildId,
      channelIds,
      operatorRoleId: operator,
      adminRoleId: undefined,
      ...noOtherRoles,
    },
    ...{ engine, models: MODELS, loadCommands: async () => COMMANDS, settings: [] },
    clocks: { market: clock, wall: clock },
    log: logOf(parts),
    keep: () => undefined,
    discord: () => ({ connected: true, lagMs: 40, missing: [], owed: 0, problem: undefined }),
  });
}

function engineSettings({ settings }: LifeParts) {
  const { limits, rules, approval, announce, maxDrift, riskFree } = settings;
  const { maxCatchUpSessions, rebalanceOnRegimeChange, regimeHoldSessions } = settings;
  return {
    ...{ limits, rules, approval, announce, maxDrift, riskFree },
    ...{ maxCatchUpSessions, rebalanceOnRegimeChange, regimeHoldSessions },
  };
}

/** Setting the clock moves what it shows; what sleeps goes on as long as it was told to. */
function clockOf({ time, skew, fuse }: LifeParts): Clock {
  return {
    now: (): EpochMs => epochMs(time.now() + skew()),
    sleep: (ms, signal) => fuse.later(() => time.sleep(ms, signal)),
  };
}

function logOf({ onSurprise, fuse }: LifeParts): Log {
  return {
    info: () => undefined,
    warn: () => undefined,
    error: (text, fields) => {
      if (fields?.['error'] !== undefined && !fuse.isDead())
        onSurprise(`${text} ${String(fields['error'])}`);
    },
  };
}
