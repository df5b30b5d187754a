/** A whole run: the plan over as many accounts as needed, each checked undisturbed at its end. */

import { writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { lastMark } from '#core/store/journal.ts';
import { journalFiles } from '#core/store/journal-files.ts';
import { createPostBook } from '#core/store/posts.ts';
import { isIdle } from './pace.ts';
import type { Step } from './plan.ts';
import { perform, tail, until } from './steps.ts';
import { judge, type Verdict } from './verdict.ts';
import { type Counts, createWorld, type World } from './world.ts';

/** The result of a torture run. */
export interface Summary extends Counts {
  readonly accounts: number;
  readonly rebalances: number;
  readonly orders: number;
  readonly collisions: number;
  readonly doubled: readonly string[];
  readonly lost: readonly string[];
  readonly mismatches: readonly string[];
  /** Errors on the way. */
  readonly faults: readonly string[];
}

/** @param folder empty; kept so that errors can be examined afterwards. */
export async function torture(
  steps: readonly Step[],
  folder: string,
  say: (line: string) => void,
): Promise<Summary> {
  const rounds: (Verdict & Counts & { readonly faults: readonly string[] })[] = [];
  let done = 0;
  while (done < steps.length) {
    const world = await createWorld(`${folder}/account-${rounds.length + 1}`);
    try {
      const through = await doSteps(world, steps, done, say);
      done = through;
      await end(world);
      rounds.push({ ...judge(world), ...world.counts, faults: world.faults });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      world.faults.push(`${text}; it last said: ${tail(world.main)}`);
      await world.main.end('SIGKILL');
      rounds.push({ ...judge(world), ...world.counts, faults: world.faults });
      done = steps.length;
    } finally {
      world.said.push(world.main.output());
      writeFileSync(`${world.stateDir}.log`, world.said.join('\n'));
      await world.close();
    }
  }
  return sum(rounds);
}

/** Performs steps until they are done or the market is over; returns the number of the next step. */
async function doSteps(
  world: World,
  steps: readonly Step[],
  from: number,
  say: (line: string) => void,
): Promise<number> {
  for (let n = from; n < steps.length; n++) {
    if (world.pace.isOver()) return n;
    const step = steps[n];
    if (!step) return n;
    const faults = world.faults.length;
    await perform(world, step);
    const day = new Date(world.servers.time.now()).toISOString().slice(0, 10);
    const { decided } = world.pace.progress();
    say(`${n + 1}/${steps.length} ${day} ${decided.size} rebalances: ${nameOf(step)}`);
    for (const fault of world.faults.slice(faults)) say(`  FAULT ${fault}`);
  }
  return steps.length;
}

function nameOf(step: Step): string {
  const detail = step.kind === 'split' ? step.from : 'moment' in step ? step.moment.kind : '';
  return `${step.kind} ${detail}`.trimEnd();
}

/**
 * Leaves Rotor undisturbed until nothing is due on the account or in the channel, then stops it as Docker
 * does.
 */
async function end(world: World): Promise<void> {
  const { pace, servers, stateDir, main, faults } = world;
  await main.said(/Discord: ready/);
  await until(
    () => isIdle(pace.progress(), servers.time.now()) && isDelivered(stateDir),
    'an end in peace',
  );
  await pace.hold();
  const code = await main.end('SIGTERM');
  world.said.push(main.output());
  if (code !== 0) faults.push(`SIGTERM ended it with ${code}: ${tail(main)}`);
}

function isDelivered(stateDir: string): boolean {
  const database = new Database(journalFiles(stateDir).database, { readonly: true });
  try {
    return createPostBook(database).told() === lastMark(database).seq;
  } finally {
    database.close();
  }
}

function sum(rounds: readonly (Verdict & Counts & { faults: readonly string[] })[]): Summary {
  const total = (of: (round: Verdict & Counts) => number): number =>
    rounds.reduce((all, round) => all + of(round), 0);
  return {
    accounts: rounds.length,
    kills: total(({ kills }) => kills),
    pauses: total(({ pauses }) => pauses),
    locked: total(({ locked }) => locked),
    seconds: total(({ seconds }) => seconds),
    splits: total(({ splits }) => splits),
    halts: total(({ halts }) => halts),
    rebalances: total(({ rebalances }) => rebalances),
    orders: total(({ orders }) => orders),
    collisions: total(({ collisions }) => collisions),
    doubled: rounds.flatMap(({ doubled }) => doubled),
    lost: rounds.flatMap(({ lost }) => lost),
    mismatches: rounds.flatMap(({ mismatches }) => mismatches),
    faults: rounds.flatMap(({ faults }) => faults),
  };
}
