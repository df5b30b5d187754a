/** A whole desk over the real engine: a broker in memory, made bars, a journal in memory, time that leaps. */
import type Database from 'better-sqlite3';
import type { AccountState, ManagedOrder } from '#core/domain/account-state.ts';
import type { Alert } from '#core/domain/alert.ts';
import type { Bars } from '#core/domain/bar.ts';
import { sessionsBetween } from '#core/domain/calendar.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { Model } from '#core/domain/model.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import {
  dollars,
  type EpochMs,
  epochMs,
  type SessionDate,
  sessionDate,
} from '#core/domain/units.ts';
import { UNIVERSE, withCandidates } from '#core/domain/universe.ts';
import { createEngine, type RunningEngine } from '#core/engine/engine.ts';
import type { EngineParts } from '#core/engine/parts.ts';
import type { BarSource, Broker, Journal } from '#core/ports.ts';
import { openDatabase } from '#core/store/database.ts';
import { type HighWater, noHighWater } from '#core/store/high-water.ts';
import { createJournal } from '#core/store/journal.ts';
import { holdingEqually } from '#tests/support/models.ts';
import { AS_OF, lastPrices, market, SESSIONS } from './bars.ts';
import { type LeapingClock, leapingClock } from './clock.ts';
import { type FakeBroker, fakeBroker } from './fake-broker.ts';
import { APPROVAL, BUILD, LIMITS } from './limits.ts';
import { silentLog } from './log.ts';

/** New York wall time, `at('2024-07-01', '09:36')`. */
export function at(date: string, time: string): EpochMs {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return newYorkInstant(sessionDate(date), hour * 60 + minute);
}

/** The first session of a month, one minute after orders may leave. */
export const START = at('2024-07-01', '09:36');

const MINUTE_MS = 60_000;

export interface WorldOptions {
  readonly start?: EpochMs;
  readonly cashUsd?: number;
  /** Shares held when Rotor meets the account. */
  readonly held?: Readonly<Record<string, number>>;
  /** In place of the one model that wants the target. */
  readonly models?: readonly Model[];
  /** What the one model wants, in equal weights. */
  readonly target?: readonly string[];
  readonly limits?: Partial<EngineParts['limits']>;
  readonly rules?: Partial<EngineParts['rules']>;
  readonly approval?: Partial<EngineParts['approval']>;
  readonly maxDrift?: number;
  /** How automatic rebalances are announced; they are not unless given. */
  readonly announce?: EngineParts['announce'];
  /** The last entry that people were told of. */
  readonly deliveredThrough?: () => number;
  /** `SANDBOX` unless given. */
  readonly mode?: EngineParts['mode'];
  /** Somebody has read the evidence of what decides: with real money nothing is bought before. */
  readonly hasReadEvidence?: boolean;
  /** Where what decisions read is kept; nowhere unless given. */
  readonly inputs?: EngineParts['inputs'];
  /** In place of the made bars. */
  readonly source?: BarSource;
  readonly database?: Database.Database;
  readonly highWater?: HighWater;
  /** Called inside every transaction of the journal. */
  readonly guard?: () => void;
}

export interface World {
  readonly broker: FakeBroker;
  readonly clock: LeapingClock;
  readonly database: Database.Database;
  /** What the next decision will want. */
  target: readonly string[];
  /** Answers of the broker, put in place of the fake's own. Undefined puts the fake's own back. */
  readonly answers: { -readonly [K in keyof Broker]?: Broker[K] | undefined };
  /** Bars in place of the made ones. */
  bars: ((through: SessionDate) => Bars) | undefined;
  readonly parts: EngineParts;
  readonly engine: RunningEngine;
  book(): AccountState;
  managedOrders(): readonly ManagedOrder[];
  /** `sell XLF 50`, one a POST. */
  posted(): readonly string[];
  alerts(): readonly Alert[];
  /** Every entry of that kind that was ever recorded. */
  entries<K extends Entry['kind']>(kind: K): readonly Extract<Entry, { kind: K }>[];
  /** A process ends and the next one begins on the same disk. */
  restart(): Promise<void>;
  /** A new engine over the same disk that has not been started. */
  reborn(): RunningEngine;
  /** Wakes once a minute, looking at the broker before each, for so many minutes. */
  minutes(count: number): Promise<void>;
  goTo(date: string, time: string): void;
}

const madeBars = new Map<SessionDate, Bars>();

/** Flat bars through the session: every sector closes at 100. A day is the same in all of them. */
export function barsThrough(through: SessionDate): Bars {
  const count = SESSIONS + sessionsBetween(AS_OF, through);
  const known = madeBars.get(through) ?? market({}, { asOf: through, count });
  madeBars.set(through, known);
  return known;
}

/** A desk that was not started yet. */
export function world(options: WorldOptions = {}): World {
  const clock = leapingClock(options.start ?? START);
  const broker = fakeBroker(clock, dollars(options.cashUsd ?? 100_000));
  for (const [held, price] of lastPrices(barsThrough(AS_OF))) broker.setPrice(held, price);
  for (const [symbol, shares] of Object.entries(options.held ?? {})) broker.give(symbol, shares);
  const database = options.database ?? openDatabase(':memory:');
  const answers: World['answers'] = {};
  const port = new Proxy(broker, {
    get: (fake, name) => Reflect.get(answers, name) ?? Reflect.get(fake, name),
  });

  const openJournal = (): Journal =>
    createJournal({
      database,
      clock,
      highWater: options.highWater ?? noHighWater(),
      guard: options.guard ?? (() => {}),
    });
  let parts = partsOf(openJournal());
  let engine = createEngine(parts);

  function partsOf(journal: Journal): EngineParts {
    return {
      broker: port,
      bars: options.source ?? {
        name: 'made',
        load: async (through) => ({
          bars: (made.bars ?? barsThrough)(through),
          refused: new Map(),
        }),
      },
      journal,
      clocks: { market: clock, wall: clock },
      log: silentLog,
      universe: withCandidates(UNIVERSE, options.models ?? []),
      models: options.models ?? [
        {
          id: 'wish',
          activeIn: 'always',
          budget: 1,
          parameters: { lookback: 126, top: 6, minimumMomentum: 0, leverage: 1 },
          weigh: (...asked) => holdingEqually(made.target)(...asked),
        },
      ],
      limits: { ...LIMITS, ...options.limits },
      rules: { fractional: false, minOrder: dollars(10), minDrift: 0.01, ...options.rules },
      maxCatchUpSessions: 5,
      rebalanceOnRegimeChange: false,
      mode: options.mode ?? 'SANDBOX',
      version: 'test',
      build: BUILD,
      approval: { ...APPROVAL, ...options.approval },
      maxDrift: options.maxDrift ?? 0.05,
      hash: (text) => text,
      announce: options.announce,
      inputs: options.inputs,
      deliveredThrough: options.deliveredThrough,
    };
  }

  const made: World = {
    broker,
    clock,
    database,
    target: options.target ?? ['XLK', 'XLE'],
    answers,
    bars: undefined,
    get parts() {
      return parts;
    },
    get engine() {
      return engine;
    },
    book: () => parts.journal.book(),
    managedOrders: () => [...parts.journal.book().managedOrders.values()],
    posted: () =>
      broker.posts.map(({ side, ticker: of, qty }) => `${side} ${of} ${Math.round(qty / 1e9)}`),
    alerts: () => made.entries('alert').map(({ alert }) => alert),
    entries: <K extends Entry['kind']>(kind: K) =>
      parts.journal
        .since(0, 1_000_000)
        .flatMap(({ entry }) =>
          entry.kind === kind ? [entry as Extract<Entry, { kind: K }>] : [],
        ),
    reborn() {
      parts = partsOf(openJournal());
      engine = createEngine(parts);
      return engine;
    },
    async restart() {
      await made.reborn().start();
    },
    async minutes(count) {
      for (let minute = 0; minute < count; minute++) {
        await engine.look();
        await engine.wake();
        clock.set(epochMs(clock.now() + MINUTE_MS));
      }
    },
    goTo: (date, time) => clock.set(at(date, time)),
  };
  if (options.hasReadEvidence) engine.readEvidence(engine.evidenceHash(), 'ines');
  return made;
}

/** A desk that met its account and did its first rebalance, and whose engine runs. */
export async function running(options: WorldOptions = {}): Promise<World> {
  const made = world(options);
  await made.engine.start();
  await made.minutes(3);
  return made;
}

/** A desk that was started and has not been woken yet. */
export async function started(options: WorldOptions = {}): Promise<World> {
  const made = world(options);
  await made.engine.start();
  return made;
}

/** Whether our books and the broker's hold the same, to the share and the cent. */
export function sameBooks({ book, broker }: World): boolean {
  const ours = book().ledger;
  const theirs = broker.ledger();
  const lots = [...theirs.lots].every(([held, { qty }]) => ours.lots.get(held)?.qty === qty);
  return lots && ours.lots.size === theirs.lots.size && ours.cash === theirs.cash;
}
