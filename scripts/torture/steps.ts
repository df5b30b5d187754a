/** Performs one step of the plan on the running Rotor. A missing consequence is an error. */
import { setTimeout as wait } from 'node:timers/promises';
import { journalFiles } from '#core/store/journal-files.ts';
import type { Running } from '#tests/support/process.ts';
import { isDayBeforeRebalance, isIdle, progressOf } from './pace.ts';
import type { Moment, Step } from './plan.ts';
import { copyState, NO_DISCORD, type World } from './world.ts';

const TRADING = /decided |plan: |bought |sold |unknown, looking| complete| partial/;
/** For hangs only: a slow machine is waited for. On an idle one a month of the market takes ten seconds. */
const TIMEOUT_MS = 600_000;
const LOOK_MS = 10;
/** An operator reads the answer, waits for the resumed work, and retries until the limit. */
const READS_MS = 1_000;
const RESUMED_MS = 15_000;
const OPERATOR_TRIES = TIMEOUT_MS / RESUMED_MS;
const DECIDED = /decided /;
const DECIDED_ALL = /decided /g;

/**
 * Performs one step and records its errors in the world.
 * @throws Error when something that must happen hangs.
 */
export async function perform(world: World, step: Step): Promise<void> {
  switch (step.kind) {
    case 'kill':
      await reach(world, step.moment);
      return kill(world);
    case 'pause':
      await reach(world, step.moment);
      // A resumed process must not apply an old speed to the time it was suspended.
      await world.pace.slow();
      await pause(world, step.overlapMs);
      return world.pace.release();
    case 'second':
      return second(world);
    case 'twins':
      await reach(world, step.moment);
      return twins(world);
    case 'split':
      return split(world, step);
    default:
      return step satisfies never;
  }
}

/** Waits for whatever comes first: the moment, the end of the process, or the end of the market. */
async function reach({ main, pace }: World, moment: Moment): Promise<void> {
  if (moment.kind === 'trade') {
    await Promise.race([
      heard(main, TRADING, moment.lines),
      until(() => pace.isOver(), 'a line about trading'),
    ]);
  }
  await wait(moment.delayMs);
}

/** Whether it printed that before it ended. */
export function heard(life: Running, pattern: RegExp, times = 1): Promise<boolean> {
  return life.said(pattern, times).then(
    () => true,
    () => false,
  );
}

/** @throws when the condition does not hold in time. */
export async function until(
  holds: () => boolean,
  what: string,
  timeoutMs = TIMEOUT_MS,
): Promise<void> {
  for (let left = timeoutMs; !holds(); left -= LOOK_MS) {
    if (left <= 0) throw new Error(`hangs: no ${what} after ${timeoutMs / 1000} s`);
    await wait(LOOK_MS);
  }
}

/** The exit code, or undefined while it is still running. */
async function exitOf(life: Running, timeoutMs: number): Promise<number | null | undefined> {
  return Promise.race([life.ended, wait(timeoutMs, undefined)]);
}

async function kill(world: World): Promise<void> {
  await cleanUp(world, world.main);
  world.main = world.start(world.stateDir);
}

async function cleanUp(world: World, life: Running): Promise<void> {
  if (life.child.exitCode !== null) {
    world.faults.push(`died by itself with ${life.child.exitCode}: ${tail(life)}`);
  }
  await life.end('SIGKILL');
  world.said.push(life.output());
  world.counts.kills += 1;
}

/** Suspends the process at any point until another has taken over; then it must not continue. */
async function pause(world: World, overlapMs: number): Promise<void> {
  const { faults, counts, main, stateDir } = world;
  counts.pauses += 1;
  main.child.kill('SIGSTOP');
  const next = world.start(stateDir);
  const took = await Promise.race([heard(next, /started, version/), wait(40_000, false)]);
  if (took) await wait(overlapMs);
  main.child.kill('SIGCONT');
  if (!took) {
    // Stopped during a write, it keeps the database locked: no other can take over, and it may continue.
    const code = await exitOf(next, 0);
    if (code === 5 && /is locked by another process/.test(next.output())) counts.locked += 1;
    else
      faults.push(`no heir took over from a paused instance, it ended with ${code}: ${tail(next)}`);
    await next.end('SIGKILL');
    return;
  }
  const code = await exitOf(main, 20_000);
  if (code !== 5 || !/lease: another Rotor/.test(main.output())) {
    faults.push(`resumed after its lease it ended with ${code}: ${tail(main)}`);
    await main.end('SIGKILL');
  }
  world.said.push(main.output());
  world.main = next;
}

async function second(world: World): Promise<void> {
  world.counts.seconds += 1;
  await heard(world.main, /started, version/);
  await expectRefused(world, world.start(world.stateDir));
}

async function twins(world: World): Promise<void> {
  world.counts.seconds += 1;
  await cleanUp(world, world.main);
  const [one, two] = [world.start(world.stateDir), world.start(world.stateDir)];
  const loser = await Promise.race([one.ended.then(() => one), two.ended.then(() => two)]);
  await expectRefused(world, loser);
  world.main = loser === one ? two : one;
}

async function expectRefused(world: World, life: Running): Promise<void> {
  const code = await exitOf(life, 30_000);
  if (code === 5 && /lease: another Rotor runs/.test(life.output())) return;
  world.faults.push(`a second instance ended with ${code}, not 5: ${tail(life)}`);
  await life.end('SIGKILL');
}

async function split(world: World, step: Extract<Step, { kind: 'split' }>): Promise<void> {
  world.counts.splits += 1;
  const folder = `${world.stateDir}-other-${world.counts.splits}`;
  world.others.push(folder);
  const isCopy = step.from === 'copy';
  const other = isCopy ? await copied(world, folder) : world.start(folder, NO_DISCORD);
  if (!other) return;
  if (isCopy) await bothTrade(world, folder);
  else if (!(await Promise.race([heard(other, /trading state HALT/), wait(TIMEOUT_MS, false)]))) {
    world.faults.push(`an empty journal on a used account did not halt: ${tail(other)}`);
  }
  await wait(step.endMs);
  await other.end('SIGKILL');
  world.said.push(other.output());
  if (world.pace.progress().halted) await operate(world);
}

/** On the eve of a rebalance the market is paused until the other instance runs as well. */
async function copied(world: World, folder: string): Promise<Running | undefined> {
  const { pace, servers, main, stateDir } = world;
  const isTime = (): boolean => isDayBeforeRebalance(pace.progress(), servers.time.now());
  await until(() => pace.isOver() || isTime(), 'the eve of a rebalance');
  await pace.hold();
  if (!isTime()) {
    pace.release();
    return undefined;
  }
  await heard(main, /Discord: ready/);
  await copyState(stateDir, folder);
  const other = world.start(folder, NO_DISCORD);
  if (!(await heard(other, /bars 13 of 13/))) world.faults.push(`split: ${tail(other)}`);
  await bothDecide(main, other, pace.release);
  return other;
}

/**
 * Both decide before either sends: the quicker one is held until the other is as far. The second POST of
 * each order collides with the first one's at the broker.
 */
async function bothDecide(one: Running, two: Running, begun: () => void): Promise<void> {
  const decided = (life: Running): Promise<Running> =>
    heard(life, DECIDED, (life.output().match(DECIDED_ALL) ?? []).length + 1).then(() => life);
  const [first, second] = [decided(one), decided(two)];
  begun();
  const quicker = await Promise.race([first, second]);
  quicker.child.kill('SIGSTOP');
  await Promise.race([quicker === one ? second : first, wait(5_000)]);
  quicker.child.kill('SIGCONT');
}

async function bothTrade({ servers, stateDir }: World, folder: string): Promise<void> {
  const isSettled = (state: string): boolean => {
    const progress = progressOf(journalFiles(state).database);
    return progress.halted || isIdle(progress, servers.time.now());
  };
  await until(() => isSettled(stateDir), 'the main half');
  await until(() => isSettled(folder), 'the other half');
}

/** A person looks at the halted Rotor and resumes it, again if necessary. */
async function operate(world: World): Promise<void> {
  world.counts.halts += 1;
  const { servers, pace } = world;
  const isOver = (): boolean =>
    !pace.progress().halted && isIdle(pace.progress(), servers.time.now());
  for (let tries = 0; tries < OPERATOR_TRIES && !isOver(); tries++) {
    await servers.operate('adopt');
    await wait(READS_MS);
    await servers.operate('resume', { reason: 'the other desk is stopped' });
    await until(isOver, 'an end after /resume', RESUMED_MS).catch(() => undefined);
  }
  if (!isOver()) world.faults.push(`no end after /adopt and /resume: ${tail(world.main)}`);
}

/** The last four lines printed by a process. */
export function tail(life: Running): string {
  return life.output().trimEnd().split('\n').slice(-4).join(' | ');
}
