/** A whole simulated year: one desk, one market, one broker, and everything that a story has happen to them. */
import { createHash } from 'node:crypto';
import { managedOrdersOf, unfinished } from '#core/domain/account-state.ts';
import type { Bars } from '#core/domain/bar.ts';
import { closeDays, isSession, sessionAt } from '#core/domain/calendar.ts';
import type { Recorded } from '#core/domain/entry.ts';
import { formatLogLine } from '#core/domain/journal-events/table.ts';
import { newYorkDate, newYorkTime } from '#core/domain/new-york.ts';
import { CLIENT_ORDER_PREFIX } from '#core/domain/order.ts';
import { type EpochMs, epochMs, toShares } from '#core/domain/units.ts';
import { createBarFeed } from './bar-feed.ts';
import { checkDecision } from './decision-laws.ts';
import { createDiscord } from './discord.ts';
import { checkRights } from './discord-people.ts';
import { createDisk, type Disk } from './disk.ts';
import { createExchange, type Exchange, START_CASH } from './exchange.ts';
import { createFaults, type Faults, isRestored, type Sometimes } from './faults.ts';
import { ruleOf } from './kinds.ts';
import type { Life } from './life.ts';
import { createMachine, type Machine, needsBackup } from './machine.ts';
import { createMarket, type Market } from './market.ts';
import { moveMoney, scheduleActions } from './money.ts';
import { checkCancel, checkFresh, checkPost, type LawParts } from './order-laws.ts';
import { eveningOf, nextWake } from './pace.ts';
import { createPeople, morningOf, type People } from './people.ts';
import type { Phase } from './phases.ts';
import { createPostCount } from './post-count.ts';
import { createProvocations, type Provocations } from './provocations.ts';
import { checkEvening } from './quiet-laws.ts';
import {
  checkAllowed,
  checkApproved,
  checkHalted,
  checkInTime,
  checkOnce,
  checkRefused,
  checkResult,
  checkSellsFirst,
  createOwnHalts,
} from './rebalance-laws.ts';
import { createRepeats, type Repeats } from './repeat-laws.ts';
import { createRequestCount } from './request-laws.ts';
import { settingsWith } from './settings.ts';
import { watchAlerts } from './shown-laws.ts';
import type { Happening, Story } from './story.ts';
import { createTrueDrawdown } from './true-drawdown.ts';
import type { Law, Violation } from './violations.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';
import { managedOf } from './worth.ts';

/** What a year came to. */
export interface YearReport {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly sometimes: Sometimes;
  /** Alarms that rang. */
  readonly steps: number;
  readonly entries: number;
  readonly rebalances: number;
  readonly orders: number;
  readonly messages: number;
  /** Everything that happened, at its instants. */
  readonly happened: readonly Happening[];
  /** Of every line that was told: equal digests, equal years. */
  readonly digest: string;
}

/** How a year is looked at. */
export interface YearOptions {
  /** Told every line, in order; its instant and text also apart. */
  readonly tell?: (line: string, at: EpochMs, text: string) => void;
  /** The year ends at its first violation of this law. */
  readonly until?: Law;
}

/** More of one kind tell nothing new. */
const MOST_OF_A_LAW = 1;
const FOLLOW_MS = 5_000;
const SOON_MS = 1_000;
const AWAKE_AFTER_MS = 6 * 60_000;
const OLDEST_BACKUP_MS = 10 * 86_400_000;

/** Runs the story to its end. */
export async function runYear(
  story: Story,
  real: Bars,
  options: YearOptions = {},
): Promise<YearReport> {
  closeDays([]);
  const year = createYear(story, real, options);
  const last = story.sessions.at(-1);
  try {
    if (last) await year.time.runTo(epochMs(eveningOf(last) + 1));
    return year.report();
  } finally {
    closeDays([]);
  }
}

interface World {
  readonly story: Story;
  readonly time: VirtualTime;
  readonly market: Market;
  readonly faults: Faults;
  readonly exchange: Exchange;
  readonly disk: Disk;
  readonly machine: Machine;
  readonly people: People;
  readonly laws: LawParts;
  readonly provocations: Provocations;
  repeats: Repeats;
  ownHalts: ReturnType<typeof createOwnHalts>;
  readonly tell: (text: string) => void;
  awakeUntil: number;
  /** When something last happened, or was written down, or an order changed. */
  changedAt: number;
  /** The one alarm that wakes the processes. */
  alarm: { readonly at: number; readonly callOff: () => void };
}

function createYear(story: Story, real: Bars, options: YearOptions) {
  const start = story.sessions[0]?.open ?? 0;
  const time = createVirtualTime(epochMs(start - 3_600_000));
  const hash = createHash('sha256');
  const violations: Violation[] = [];
  const tell = (text: string): void => {
    const line = `${stamp(time.now())}  ${text}`;
    hash.update(line);
    options.tell?.(line, time.now(), text);
  };
  const report = (law: Law, text: string): void => {
    if (violations.filter((each) => each.law === law).length >= MOST_OF_A_LAW) return;
    violations.push({ law, at: time.now(), text });
    tell(`VIOLATION ${law}: ${text}`);
  };
  const phase = (): Phase => phaseOf(time.now(), world.machine.main() ?? world.machine.alive()[0]);
  const faults = createFaults(story, time.now, phase, ({ kind }, at) =>
    tell(`* ${ruleOf(kind).says} (${at})`),
  );
  const market = createMarket(story, real, faults.begun);
  const settings = settingsWith(story.settings);
  const managed = managedOf(START_CASH, settings.limits);
  const drawdown = createTrueDrawdown(market, { whole: START_CASH, managed });
  const exchange = createExchange({
    ...{ seed: story.seed, time, market, faults, tell },
    onMoved: (activity) => {
      drawdown.moved(activity);
      changed(world, SOON_MS);
    },
    onShown: () => changed(world, SOON_MS),
  });
  const disk = createDisk();
  const posts = createPostCount();
  const discord = createDiscord(story.seed, faults, disk.isDamaged, time.now);
  const laws: LawParts = {
    ...{ settings, time, market, exchange, faults, report, posts, disk, drawdown, discord },
    people: {
      approvedBy: (planId) => people.approvedBy(planId),
      hasSkipped: (id) => people.hasSkipped(id),
      hasConfirmed: (id) => people.hasConfirmed(id),
      leftSince: (instant) => people.leftSince(instant),
    },
  };
  const skew = (): number => skewOf(faults);
  const machine = createMachine({
    ...{ seed: story.seed, settings, time, faults, market, exchange, disk, discord, tell, skew },
    bars: createBarFeed(market, time, faults),
    onSurprise: (text) => {
      if (!faults.on('disk-full') && !disk.isDamaged()) report('surprise', text);
    },
    onBelieved: () => report('damage believed', 'a process found no fault in a damaged journal'),
    onRestored: () => {
      const ids = disk.database.prepare<[], string>('SELECT message_id FROM posts').pluck().all();
      discord.forgetAllBut(new Set(ids));
      drawdown.disturbed(time.now());
      world.repeats = createRepeats(laws);
      world.ownHalts = createOwnHalts(laws);
    },
    onPost: (intent, life, price) => {
      tell(
        `${life.name} sends ${intent.side} ${toShares(intent.qty)} ${intent.ticker} at ${intent.limitPrice}`,
      );
      checkPost(laws, intent, life);
      checkFresh(laws, intent, life, price);
      const rebalance = life.book()?.rebalances.get(intent.decisionId);
      if (rebalance) checkSellsFirst(laws, intent, rebalance);
    },
    countRequests: () => createRequestCount(laws),
    onCancel: (orderId) => checkCancel(laws, orderId),
    onAppend: (recorded, life) => onAppend(world, recorded, life),
    onStart: () => provocations.reached('starting'),
    onTakeOver: (first, second) =>
      report('lease taken from the living', `${second.name} beside ${first.name}`),
  });
  const people = createPeople({
    ...{ seed: story.seed, settings, time, tell, faults, exchange, discord, report },
    life: () => machine.main(),
    confirmClosings: () => confirmClosings(world),
    isExcused: () => faults.on('disk-full') !== undefined || disk.isDamaged(),
  });
  const provocations = createProvocations(story, time, (happening) => {
    faults.begin(happening);
    time.at(happening.from, () => begin(world, happening));
  });
  const world: World = {
    ...{ story, time, market, faults, exchange, disk, machine, people, laws, provocations, tell },
    repeats: createRepeats(laws),
    ownHalts: createOwnHalts(laws),
    awakeUntil: 0,
    changedAt: 0,
    alarm: { at: Number.POSITIVE_INFINITY, callOff: () => undefined },
  };
  setUp(world);
  exchange.onUpdate(() => changed(world, SOON_MS));
  return {
    time,
    report: (): YearReport => {
      checkEnd(world, report);
      const book = machine.main()?.book();
      return {
        ...{ seed: story.seed, violations, sometimes: faults.sometimes, steps: time.steps() },
        entries: book?.seq ?? 0,
        rebalances: book?.rebalances.size ?? 0,
        orders: exchange.fake.accepted.length,
        messages: discord.sent(),
        happened: faults.begun,
        digest: hash.digest('hex'),
      };
    },
  };
}

function stamp(at: EpochMs): string {
  const seconds = String(Math.floor(at / 1_000) % 60).padStart(2, '0');
  return `${newYorkDate(at)} ${newYorkTime(at)}:${seconds}`;
}

function phaseOf(now: EpochMs, life: Life | undefined): Phase {
  if (life?.isStarting()) return 'starting';
  const book = life?.book();
  const running = book && unfinished(book);
  if (!book || !running) return sessionAt(now) ? 'idle' : 'closed';
  const sent = managedOrdersOf(book, running.decision.id).filter(
    ({ state }) => state !== 'planned',
  );
  if (sent.some(({ intent }) => intent.side === 'buy')) return 'buying';
  return sent.length > 0 ? 'selling' : 'planned';
}

function skewOf(faults: Faults): number {
  const [back, forward] = [faults.on('clock-back'), faults.on('clock-forward')];
  for (const each of [back, forward]) if (each) faults.met(each);
  if (back) return -Math.round(back.pick ** 3 * 7_200_000);
  return forward ? Math.round(forward.pick ** 3 * 7_200_000) : 0;
}

function onAppend(world: World, recorded: readonly Recorded[], life: Life): void {
  const { tell, laws, faults } = world;
  laws.posts.written(recorded);
  world.provocations.written(recorded, life.book());
  for (const each of recorded) {
    const line = formatLogLine(each);
    tell(`${life.name}: ${line ?? each.entry.kind}`);
    checkRights(laws.report, each.entry);
    checkHalted(laws, each.entry);
    watchAlerts(laws, each, life);
    // What is written into a damaged journal goes with it.
    if (!laws.disk.isDamaged()) {
      world.repeats(each);
      world.ownHalts(each, life.book());
    }
    if (each.entry.kind === 'adjustment') laws.drawdown.disturbed(world.time.now());
    world.people.told(each.entry);
    if (each.entry.kind === 'refused') checkRefused(laws, each.entry.clientOrderId);
    const ended = each.entry.kind === 'finished' ? life.book() : undefined;
    if (ended && each.entry.kind === 'finished') checkResult(laws, ended, each.entry.decisionId);
    if (each.entry.kind !== 'decision') continue;
    checkDecision(laws, each.entry.decision, skewOf(faults));
    const book = life.book();
    if (!book) continue;
    checkOnce(laws, book, each.entry.decision);
    checkAllowed(laws, book, each.entry.decision);
    checkApproved(laws, each.entry.decision);
    if (skewOf(faults) === 0) checkInTime(laws, book, each.entry.decision);
  }
  // What was written down is followed by another wake a few seconds later; nothing follows from a close.
  if (recorded.some(({ entry }) => entry.kind !== 'equity')) changed(world, FOLLOW_MS);
}

function confirmClosings({ story, time, market, machine, tell }: World): void {
  const closed = story.sessions
    .filter(({ date, open }) => open < time.now() && market.isShut(date))
    .map(({ date }) => date);
  if (!closed.some(isSession)) return;
  tell(`CLOSED_DAYS=${closed.join()}`);
  closeDays(closed);
  machine.restart();
}

/** Sets every alarm of the year: what happens, mornings, evenings, bells, and the first process. */
function setUp(world: World): void {
  const { story, time, exchange, machine, people, laws, tell } = world;
  const changes = Object.entries(story.settings).map(([name, value]) => `${name}=${value}`);
  if (changes.length > 0) tell(changes.join(' '));
  scheduleActions(world, tell);
  for (const happening of story.happenings) {
    const { kind, from, pick, during } = happening;
    if (!during) time.at(from, () => begin(world, happening));
    if (needsBackup(kind)) {
      const before = Math.max(time.now(), from - pick * OLDEST_BACKUP_MS);
      time.at(before, () => world.disk.keepBackup(pick));
    }
  }
  for (const session of story.sessions) {
    time.at(session.close + 5_000, exchange.endOfDay);
    time.at(morningOf(session.open), people.lookAfter);
    time.at(eveningOf(session), () => checkEvening(laws, machine.main()));
  }
  time.at(time.now(), machine.boot);
  wakeBy(world, time.now());
}

function begin(world: World, happening: Happening): void {
  const { time, faults, machine, people, tell } = world;
  const { kind, to } = happening;
  tell(`> ${ruleOf(kind).says}${to > happening.from ? ` until ${stamp(to)}` : ''}`);
  stayAwake(world);
  if (moveMoney(world, happening)) faults.met(happening);
  else if (!people.act(happening)) machine.act(happening);
  else if (machine.main()) faults.met(happening);
  changed(world, SOON_MS);
  if (to === happening.from) return;
  // What is over is noticed after some good answers.
  time.at(to, () => {
    stayAwake(world);
    changed(world, SOON_MS);
  });
}

function stayAwake(world: World): void {
  world.awakeUntil = Math.max(world.awakeUntil, world.time.now() + AWAKE_AFTER_MS);
}

/** Something is another than it was: the processes wake so much later, and often from then on. */
function changed(world: World, inMs: number): void {
  world.changedAt = world.time.now();
  wakeBy(world, world.time.now() + inMs);
}

/** Wakes the processes, and sets the alarm for the next time. */
function wake(world: World): void {
  const { time, machine } = world;
  world.alarm = { at: Number.POSITIVE_INFINITY, callOff: () => undefined };
  machine.tick();
  const book = machine.main()?.book();
  const isTrading =
    book !== undefined && unfinished(book) !== undefined && sessionAt(time.now()) !== undefined;
  const isBusy = isTrading || time.now() < world.awakeUntil;
  wakeBy(world, nextWake(time.now(), isBusy ? world.changedAt : undefined, book));
}

/** The next wake is at that instant at the latest. */
function wakeBy(world: World, at: number): void {
  if (world.alarm.at <= at) return;
  world.alarm.callOff();
  world.alarm = { at, callOff: world.time.at(at, () => wake(world)) };
}

function checkEnd(
  { machine, exchange, disk, faults, time }: World,
  report: (law: Law, text: string) => void,
): void {
  const life = machine.main();
  if (disk.isDamaged()) return;
  const fault = life?.chainFault();
  if (fault !== undefined) report('chain broken', fault);
  const book = life?.book();
  if (!book) return;
  if (isRestored(faults, time.now())) return;
  const lost = exchange.fake.accepted.filter(
    ({ clientOrderId, submittedAt }) =>
      clientOrderId.startsWith(CLIENT_ORDER_PREFIX) &&
      // Books that begin anew, from a backup before the first ones, begin with what is held.
      submittedAt >= (book.baseline?.at ?? 0) &&
      !book.managedOrders.has(clientOrderId) &&
      !book.recoveredOrders.has(clientOrderId),
  );
  if (lost.length > 0)
    report('order lost', lost.map(({ clientOrderId }) => clientOrderId).join(', '));
}
