/** SIGKILL at every step of a top-up, on a real disk, and what the next start finds. */

import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionDate } from '#core/domain/units.ts';
import { peers, UNIVERSE } from '#core/domain/universe.ts';
import { createBarStore } from '#core/market/bar-store.ts';
import { startProgram } from '#tests/support/process.ts';
import { AFTER, BEFORE, historyOf, sourceOf, TWO } from './top-up-world.ts';

let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'rotor-top-up-'));
  await load(join(root, 'filled'), BEFORE, true);
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

function load(folder: string, through: SessionDate, hasSource: boolean) {
  return createBarStore({
    peers: peers(UNIVERSE),
    folder,
    fetcher: sourceOf(hasSource ? TWO : []),
    tickers: TWO,
    name: 'source',
    log: { info() {}, warn() {}, error() {} },
  }).load(through);
}

interface Killed {
  readonly at: string;
  /** `old` or `new` rows of each ticker, by a start without any source. */
  readonly found: readonly string[];
}

/** Undefined when the top-up is over before that step. */
async function killedAt(step: number): Promise<Killed | undefined> {
  const folder = join(root, `killed ${step}`);
  await cp(join(root, 'filled'), folder, { recursive: true });
  const program = startProgram('tests/process/top-up.ts', {
    TOP_UP_FOLDER: folder,
    TOP_UP_STEP: `${step}`,
  });
  const said = await program.said(/at .*|done after .*/);
  await program.end('SIGKILL');
  if (said.startsWith('done')) return undefined;
  const { bars } = await load(folder, AFTER, false);
  const found = TWO.map((name) => {
    const history = bars.get(name);
    const last = history?.dates.at(-1);
    if (last !== BEFORE && last !== AFTER) return `ends ${last}`;
    expect(history).toEqual(historyOf(name, last));
    return last === BEFORE ? 'old' : 'new';
  });
  const healed = await load(folder, AFTER, true);
  for (const name of TWO) expect(healed.bars.get(name)).toEqual(historyOf(name, AFTER));
  return { at: said.replace('at ', ''), found };
}

describe('a process that is killed during an update of bars', () => {
  it('leaves each ticker old or new at every step, and the next start completes it', async () => {
    const table: string[] = [];
    const width = 4;
    for (let first = 1; ; first += width) {
      const steps = Array.from({ length: width }, (_, nth) => first + nth);
      const killed = await Promise.all(steps.map(killedAt));
      for (const each of killed) if (each) table.push(`${each.found.join(' ')}, at ${each.at}`);
      if (killed.includes(undefined)) break;
    }
    const steps = (name: string): readonly string[] => [
      `write ${name}_1D.parquet draft`,
      `sync ${name}_1D.parquet draft`,
      'write manifest.json draft',
      'sync manifest.json draft',
      'rename to manifest.json',
      'sync the folder',
      `rename to ${name}_1D.parquet`,
      'sync the folder',
      'write manifest.json draft',
      'sync manifest.json draft',
      'rename to manifest.json',
      'sync the folder',
    ];
    const all = ['ask for the bars', 'take the answer', ...steps('XLF'), ...steps('XLK')];
    expect(table).toEqual(
      all.map((name, step) => {
        // The rename of a file is the moment: before it the old rows, after it the new ones.
        const [one, two] = [step > 8 ? 'new' : 'old', step > 20 ? 'new' : 'old'];
        return `${one} ${two}, at ${name}`;
      }),
    );
  });
});
