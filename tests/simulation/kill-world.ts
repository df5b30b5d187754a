/**
 * One canonical rebalance (six sells, six buys, two of them filled in parts, one refused) with every
 * outward effect numbered, and a process that can be stopped at any of them and started again.
 */
import Database from 'better-sqlite3';
import type { Channel } from '#bot/discord/channel.ts';
import { createMessageStore } from '#bot/messages/message-store.ts';
import type { AccountState } from '#core/domain/account-state.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import type { OrderIntent } from '#core/domain/order.ts';
import { dollars, epochMs, sessionDate, type Ticker, ticker } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { createEngine, type RunningEngine } from '#core/engine/engine.ts';
import type { Broker, Journal, PostBook } from '#core/ports.ts';
import { openDatabase } from '#core/store/database.ts';
import { noHighWater } from '#core/store/high-water.ts';
import { createJournal, verifyChain } from '#core/store/journal.ts';
import { createPostBook } from '#core/store/posts.ts';
import { lastPrices, market } from '#tests/support/bars.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { type FakeBroker, fakeBroker } from '#tests/support/fake-broker.ts';
import { APPROVAL, BUILD, LIMITS } from '#tests/support/limits.ts';
import { silentLog } from '#tests/support/log.ts';
import { holdingEqually } from '#tests/support/models.ts';
import { outboxOver } from '#tests/support/outbox.ts';

const SOLD = ['XLK', 'XLF', 'XLE', 'XLV', 'XLI', 'XLP'];
const BOUGHT = ['XLU', 'XLY', 'XLC', 'XLB', 'XLRE', 'TLT'];
const START = newYorkInstant(sessionDate('2024-07-01'), 9 * 60 + 36);
const MAX_WAKES = 60;

/** Where an effect is cut: before it, when it happened but nobody heard, or right after it. */
export type Point = 'before' | 'unheard' | 'after';
export const POINTS: readonly Point[] = ['before', 'unheard', 'after'];

export interface Stop {
  readonly effect: number;
  readonly point: Point;
}

class Killed extends Error {
  constructor() {
    super('the process was killed');
    this.name = 'Killed';
  }
}

export interface Verdict {
  readonly effects: number;
  readonly faults: readonly string[];
}

/** A message at Discord: where it stands and what it says. */
interface Told {
  readonly place: string;
  text: string;
}

/** What outlives a process: the disk, the broker, Discord, and time. */
interface World {
  disk: Buffer | undefined;
  readonly clock: ReturnType<typeof leapingClock>;
  readonly broker: FakeBroker;
  /** By nonce, in the order they came: Discord answers a known nonce with its first message. */
  readonly messages: Map<string, Told>;
}

/** Runs the rebalance, stopping the n-th life at the n-th stop; the last life runs to its end. */
export async function runWithStops(stops: readonly Stop[]): Promise<Verdict> {
  const world = createWorld();
  let effects = 0;
  for (const stop of [...stops, undefined]) {
    const life = await live(world, stop);
    effects = life.effects;
    if (stop && !life.killed) break;
  }
  return { effects, faults: judge(world) };
}

function createWorld(): World {
  const clock = leapingClock(START);
  const broker = fakeBroker(clock, dollars(10_000));
  for (const [held, price] of lastPrices(market())) broker.setPrice(held, price);
  for (const symbol of SOLD) broker.give(symbol, 150);
  broker.behave(behaviour);
  return { disk: undefined, clock, broker, messages: new Map() };
}

/** A function of the order alone, so that every life meets the same broker. */
function behaviour(intent: OrderIntent): ReturnType<Parameters<FakeBroker['behave']>[0]> {
  if (intent.ticker === 'XLF') return { kind: 'fills', parts: [20, 130] };
  if (intent.ticker === 'XLY' && intent.attempt === 1) return { kind: 'fills', parts: [5] };
  if (intent.ticker === 'XLC')
    return { kind: 'refused', reason: 'cost basis must be >= minimal amount of order 1' };
  return { kind: 'whole' };
}

interface Fuse {
  count: number;
  dead: boolean;
  readonly stop: Stop | undefined;
}

/** Runs an effect, unless the process dies at it. */
function effect<T>(fuse: Fuse, act: () => T): T {
  if (fuse.dead) throw new Killed();
  fuse.count += 1;
  const hit = fuse.stop?.effect === fuse.count ? fuse.stop.point : undefined;
  if (hit === 'before') {
    fuse.dead = true;
    throw new Killed();
  }
  const result = act();
  if (hit !== undefined) fuse.dead = true;
  if (hit === 'unheard') throw new Killed();
  return result;
}

async function live(
  world: World,
  stop: Stop | undefined,
): Promise<{ effects: number; killed: boolean }> {
  const fuse: Fuse = { count: 0, dead: false, stop };
  const database = world.disk ? new Database(world.disk) : openDatabase(':memory:');
  const journal = mortalJournal(database, world, fuse);
  const engine = createEngine({
    broker: mortalBroker(world.broker, fuse),
    bars: { name: 'made', load: async () => ({ bars: market(), refused: new Map() }) },
    journal,
    clocks: { market: world.clock, wall: world.clock },
    log: silentLog,
    universe: UNIVERSE,
    models: [rotateAll],
    limits: LIMITS,
    rules: { fractional: false, minOrder: dollars(10), minDrift: 0.01 },
    maxCatchUpSessions: 5,
    rebalanceOnRegimeChange: false,
    mode: 'SANDBOX',
    version: 'test',
    build: BUILD,
    approval: APPROVAL,
    maxDrift: 0.05,
    hash: (text) => text,
  });
  const outbox = mortalOutbox(database, journal, engine, world, fuse);
  try {
    await engine.start();
    for (let wake = 0; wake < MAX_WAKES && !isDone(engine); wake++) {
      await engine.wake();
      await outbox.tell();
      world.clock.set(epochMs(world.clock.now() + 60_000));
    }
    await outbox.tell();
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  } finally {
    world.disk = database.serialize();
    database.close();
  }
  return { effects: fuse.count, killed: fuse.dead };
}

const rotateAll = {
  id: 'rotate-all',
  activeIn: 'always' as const,
  budget: 1,
  parameters: { lookback: 126, top: 6, minimumMomentum: 0, leverage: 1 },
  weigh: holdingEqually(BOUGHT),
};

function isDone(engine: RunningEngine): boolean {
  const all = [...engine.book().rebalances.values()];
  return all.length > 0 && all.every((rebalance) => rebalance.finishedAt !== undefined);
}

function mortalJournal(database: Database.Database, { clock }: World, fuse: Fuse): Journal {
  const journal = createJournal({ database, clock, highWater: noHighWater(), guard: () => {} });
  return { ...journal, append: (...entries) => effect(fuse, () => journal.append(...entries)) };
}

function mortalBroker(broker: FakeBroker, fuse: Fuse): Broker {
  const alive = <A extends unknown[], T>(ask: (...all: A) => Promise<T>) => {
    return async (...all: A): Promise<T> => {
      if (fuse.dead) throw new Killed();
      return ask(...all);
    };
  };
  return {
    ...broker,
    account: alive(broker.account),
    positions: alive(broker.positions),
    orders: alive(broker.orders),
    orderByClientId: alive(broker.orderByClientId),
    fills: alive(broker.fills),
    submit: async (intent) => effect(fuse, () => broker.submit(intent)),
  };
}

function mortalOutbox(
  database: Database.Database,
  journal: Journal,
  engine: RunningEngine,
  { clock, messages }: World,
  fuse: Fuse,
): { tell(): Promise<void> } {
  const book = createPostBook(database);
  const posts: PostBook = {
    ...book,
    markTold: (seq) => effect(fuse, () => book.markTold(seq)),
    save: (subject, ref) => effect(fuse, () => book.save(subject, ref)),
  };
  type Sent = { readonly embeds: readonly unknown[] };
  const textOf = ({ embeds }: Sent): string => JSON.stringify(embeds);
  const at = (id: string): Channel => ({
    id,
    at,
    send: async (message: Sent, nonce: string) =>
      effect(fuse, () => {
        if (!messages.has(nonce)) messages.set(nonce, { place: id, text: textOf(message) });
        return nonce;
      }),
    edit: async (messageId: string, message: Sent) =>
      effect(fuse, () => {
        messages.set(messageId, { place: id, text: textOf(message) });
      }),
    startThread: async (messageId: string) => effect(fuse, () => `thread on ${messageId}`),
    remove: async (messageId: string) => effect(fuse, () => void messages.delete(messageId)),
    pin: async () => undefined,
    ownSince: async () => [],
    find: async () => ({ pinned: true }),
  });
  const channel = at('1');
  const draw = async () => new Uint8Array();
  const messageStore = createMessageStore({
    channel,
    posts,
    draw,
    log: silentLog,
    journalCreatedAt: () => 'birth',
  });
  return outboxOver({ engine, journal, posts, messageStore, wall: clock, alertRoleId: undefined });
}

/** What must be true however often the process died. */
function judge({ disk, broker, clock, messages }: World): readonly string[] {
  const database = new Database(disk);
  const journal = createJournal({ database, clock, highWater: noHighWater(), guard: () => {} });
  const book = journal.book();
  const faults: string[] = [];
  const expect = (holds: boolean, text: string): void => {
    if (!holds) faults.push(text);
  };
  const ids = broker.accepted.map((order) => order.clientOrderId);
  const trades = [...book.managedOrders.values()].filter((managed) => managed.order !== undefined);
  expect(new Set(ids).size === ids.length, 'an order stands twice at the broker');
  expect(book.rebalances.size === 1, `${book.rebalances.size} rebalances, expected 1`);
  expect(
    [...book.rebalances.values()].every(({ result }) => result),
    'the rebalance never ended',
  );
  expect(trades.length === ids.length, 'the broker has orders that the journal has not');
  expect(ids.length === 12, `${ids.length} orders at the broker, expected 12`);
  expect(same(positionsOf(broker), lotsOf(book.ledger.lots)), 'positions differ from the broker’s');
  expect(book.ledger.cash === broker.ledger().cash, 'cash differs from the broker’s');
  expect(broker.ledger().cash >= 0, 'cash is negative');
  expect(
    SOLD.every((symbol) => !broker.ledger().lots.has(ticker(symbol))),
    'a sell is missing',
  );
  expect(verifyChain(database, noHighWater()).fault === undefined, 'the chain is broken');
  // Each life says that it started; everything else is said once.
  const told = [...messages.values()].filter(({ text }) => !/started/i.test(text));
  expect(new Set(told.map(({ text }) => text)).size === told.length, 'a message stands twice');
  faults.push(...storyFaults(book, told));
  database.close();
  return faults;
}

/** The rebalance as people read it: one message, and in its thread the decision and every order. */
function storyFaults(book: AccountState, told: readonly Told[]): readonly string[] {
  const [rebalance] = [...book.rebalances.values()];
  const inChannel = told.filter(({ place }) => place === '1').map(titleOf);
  const inThread = told.filter(({ place }) => place !== '1');
  const threads = new Set(inThread.map(({ place }) => place));
  const steps = inThread.map(titleOf);
  const orders = rebalance?.decision.plan.orders ?? [];
  const lost = orders.filter(({ side, ticker: of }) => {
    return !inThread.at(-1)?.text.includes(`${side.padEnd(4)} ${of.padEnd(4)} `);
  });
  const faults: string[] = [];
  if (threads.size !== 1) faults.push(`${threads.size} threads, expected 1`);
  if (steps.join() !== 'Decision,Orders') faults.push(`the thread reads ${steps.join(', ')}`);
  if (lost.length > 0) faults.push(`${lost.length} orders are not in the thread`);
  if (inChannel.filter((title) => title.includes('Rebalanced')).length !== 1)
    faults.push(`the channel reads ${inChannel.join(', ')}`);
  return faults;
}

function titleOf({ text }: Told): string {
  const [first] = JSON.parse(text) as readonly { readonly title?: string }[];
  return first?.title ?? '';
}

function positionsOf(broker: FakeBroker): ReadonlyMap<Ticker, number> {
  return lotsOf(broker.ledger().lots);
}

function lotsOf(lots: ReadonlyMap<Ticker, { readonly qty: number }>): ReadonlyMap<Ticker, number> {
  return new Map([...lots].map(([held, { qty }]) => [held, qty]));
}

function same(left: ReadonlyMap<Ticker, number>, right: ReadonlyMap<Ticker, number>): boolean {
  return left.size === right.size && [...left].every(([held, qty]) => right.get(held) === qty);
}
