/** What is computed for people never stands in the way of a HALT. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { UNIVERSE } from '#core/domain/universe.ts';
import { MODELS } from '#models/list.ts';
import { runSweep } from '#src/cli/evidence/sweep-job.ts';
import { createStudies } from '#src/studies/create-studies.ts';
import { setupOf } from '#src/studies/setup.ts';
import { wandering } from '#tests/support/bars.ts';
import { running, type World } from '#tests/support/world.ts';

const BARS = wandering(3, 640);
const POINTS = 10_000;
const GRID = {
  lookback: Array.from({ length: POINTS / 50 }, (_, index) => index + 1),
  top: [1, 2, 3, 4, 5],
  min: Array.from({ length: 10 }, (_, index) => index / 100),
};

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A desk with an order that is open, so that a HALT has something to cancel. */
async function desk(): Promise<World> {
  return running({ models: MODELS });
}

/** Turns of the event loop until the HALT has ended. */
async function turnsOf(work: Promise<unknown>): Promise<number> {
  let isOver = false;
  const over = work.then(() => {
    isOver = true;
  });
  let turns = 0;
  while (!isOver) {
    turns += 1;
    await new Promise(setImmediate);
  }
  await over;
  return turns;
}

/** Begins the work, and presses HALT at the first thing that is told of it. */
async function haltBeside(work: (told: (what: string) => void) => Promise<unknown>) {
  const { engine } = await desk();
  const order: string[] = [];
  let halted: Promise<number> | undefined;
  await work((what) => {
    order.push(what);
    halted ??= turnsOf(engine.halt('ines', 'stop').then(() => order.push('HALT')));
  });
  expect(engine.book().state.state).toBe('HALT');
  return { turns: await halted, order };
}

describe('a HALT', () => {
  it('during a search of 10,000 settings takes as many turns as without it, and ends before the search continues', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rotor-beside-'));
    folders.push(folder);
    const { limits, rules } = (await desk()).parts;
    const setup = setupOf({ bars: BARS, limits, rules, acceptedMoves: [] });
    if ('kind' in setup) throw new Error(setup.reason);
    const { from, to, equity, slippageBps } = setup;
    const alone = await haltBeside(async (told) => told('alone'));
    const found = await haltBeside((told) =>
      runSweep({
        job: {
          ...{ bars: BARS, refused: new Map(), acceptedMoves: [], universe: UNIVERSE, grid: GRID },
          settings: { from, to, equity, slippageBps, limits, rules },
          rates: { cash: 0, margin: 0 },
        },
        ...{ threads: 2, file: join(folder, 'sweep.jsonl') },
        progress: (done, all) => told(`${done} of ${all}`),
      }),
    );
    expect(found.turns).toBe(alone.turns);
    expect(found.order.slice(0, 2)).toEqual(['1 of 200', 'HALT']);
    expect(found.order.at(-1)).toBe('200 of 200');
  });

  it('during a what-if in Discord ends before its next step', async () => {
    const { limits, rules } = (await desk()).parts;
    const place = { stateDir: '/nowhere', code: 'c', rules: { limits, rules, acceptedMoves: [] } };
    const { order } = await haltBeside(async (told) => {
      const ask = { kind: 'what-if', bars: BARS, change: { top: 4 }, now: undefined } as const;
      const step = (done: number, of: number) => told(`${done} of ${of}`);
      told((await createStudies(place).ask<'what-if'>(ask, step)).kind);
    });
    expect([order[1], order.at(-1)]).toEqual(['HALT', 'what-if']);
    expect(order.length).toBeGreaterThan(3);
  });
});
