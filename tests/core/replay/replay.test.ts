/** Decisions are made again from what they read, through restarts, and a difference is explained. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bars, truncateTo } from '#core/domain/bar.ts';
import { firstSessionOfNextMonth, sessionOffset, sessionsBetween } from '#core/domain/calendar.ts';
import type { Recorded } from '#core/domain/entry.ts';
import { type SessionDate, sessionDate } from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import type { ReplayParts } from '#core/replay/replay.ts';
import { type Replay, type ReplayRange, replayJournal } from '#core/replay/replay-journal.ts';
import { createInputStore } from '#core/store/input-store.ts';
import { MODELS } from '#models/list.ts';
import { AS_OF, history, lastPrices, SESSIONS } from '#tests/support/bars.ts';
import { barsThrough, running, type World } from '#tests/support/world.ts';

/** `REPLAY_MONTHS=100 npx vitest run tests/core/replay --testTimeout=3600000` for a hundred rebalances. */
const MONTHS = Number(process.env['REPLAY_MONTHS'] ?? 3);
const PREVIEWS_A_MONTH = 9;

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

interface Kept {
  readonly made: World;
  readonly folder: string;
  replay(changed?: Partial<ReplayParts>, range?: ReplayRange): Replay;
  recorded(): readonly Recorded[];
}

/** A desk that keeps what its decisions read, after its first rebalance by the three models. */
async function keeping(): Promise<Kept> {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-replay-'));
  folders.push(folder);
  const store = createInputStore(folder);
  const made = await running({ models: MODELS, inputs: { store, code: 'c1' } });
  const recorded = () => made.parts.journal.since(0, 1_000_000);
  const replay: Kept['replay'] = (changed = {}, range = {}) => {
    const { universe, models } = made.parts;
    const accountId = made.book().account?.id ?? '';
    const parts = { store, universe, models, code: 'c1', accountId, ...changed };
    return replayJournal(recorded(), parts, range);
  };
  return { made, folder, replay, recorded };
}

async function nextMonths({ made }: Kept, months: readonly string[]): Promise<void> {
  for (const day of months) {
    made.goTo(day, '09:36');
    await made.minutes(3);
  }
}

/** The first session of a month so many months later. */
function monthAfter(first: SessionDate, months: number): SessionDate {
  let day = first;
  for (let month = 0; month < months; month++) day = firstSessionOfNextMonth(day).date;
  return day;
}

/** Each ticker swings by a twentieth in a rhythm of its own, so that the strongest change. */
function swinging(last: SessionDate): Bars {
  const count = SESSIONS + sessionsBetween(AS_OF, last);
  return new Map(
    instruments(UNIVERSE).map(({ ticker }, index) => [
      ticker,
      history(ticker, (at) => 100 * (1 + 0.05 * Math.sin(at / (17 + 3 * index))), {
        ...{ asOf: last, count },
      }),
    ]),
  );
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).map((name) => join(folder, name));
}

/** The file that holds bars, which alone is large. */
function barsFile(folder: string): string {
  const [largest = ''] = filesIn(folder).toSorted(
    (left, right) => readFileSync(right).length - readFileSync(left).length,
  );
  return largest;
}

describe('a replay of the journal', () => {
  it('reproduces every decision, plan and flatten to the byte, through a restart', async () => {
    const kept = await keeping();
    const { made } = kept;
    await nextMonths(kept, ['2024-08-01', '2024-09-03']);
    await made.restart();
    await nextMonths(kept, ['2024-10-01']);
    await made.engine.propose({ id: 'u1', name: 'ines' });
    await made.engine.flatten('ines', 'a test');
    const found = kept.replay();
    expect(found.decisions.map(({ id }) => id)).toHaveLength(6);
    expect([found.equal, found.of, found.notKept]).toEqual([6, 6, 0]);
  });

  it('reproduces rebalances and plans of a new moving market, through a restart and another version', async () => {
    const kept = await keeping();
    const { made } = kept;
    const first = sessionDate('2024-08-01');
    const months = Array.from({ length: MONTHS }, (_, index) => monthAfter(first, index));
    const waves = swinging(months.at(-1) ?? first);
    made.bars = (asOf) => new Map([...waves].map(([name, all]) => [name, truncateTo(all, asOf)]));
    for (const [index, day] of months.entries()) {
      made.goTo(day, '09:36');
      const before = sessionOffset(day, -1).date;
      for (const [name, price] of lastPrices(made.bars(before))) made.broker.setPrice(name, price);
      if (index === Math.floor(MONTHS / 2)) await made.restart();
      await made.minutes(4);
      for (let plan = 0; plan < PREVIEWS_A_MONTH; plan++) {
        const found = await made.engine.propose({ id: 'u1', name: 'ines' });
        expect('reason' in found ? found.reason : '').toBe('');
      }
    }
    const { equal, of, notKept } = kept.replay({ code: 'c2' });
    const all = 1 + MONTHS * (1 + PREVIEWS_A_MONTH);
    expect({ equal, of, notKept }).toEqual({ equal: all, of: all, notKept: 0 });
  });

  it('covers only the requested sessions', async () => {
    const kept = await keeping();
    await nextMonths(kept, ['2024-08-01', '2024-09-03']);
    const only = { from: sessionDate('2024-07-15'), to: sessionDate('2024-08-15') };
    expect(kept.replay({}, only).decisions.map(({ asOf }) => asOf)).toEqual(['2024-07-31']);
  });

  it('repeats decisions whose bars were revised since', async () => {
    const kept = await keeping();
    kept.made.bars = (through) => {
      const all = new Map(barsThrough(through));
      for (const [ticker, history] of all) {
        const revised = (column: Float64Array) => column.map((price) => price * 0.99);
        const { open, high, low, close } = history;
        all.set(ticker, {
          ...{ ...history, open: revised(open), high: revised(high) },
          ...{ low: revised(low), close: revised(close) },
        });
      }
      return all;
    };
    await nextMonths(kept, ['2024-08-01']);
    expect(kept.replay()).toMatchObject({ equal: 2, of: 2 });
  });

  it('says that the kept bars are damaged, and which decision read them', async () => {
    const kept = await keeping();
    const file = barsFile(kept.folder);
    const text = gunzipSync(readFileSync(file)).toString('utf8');
    writeFileSync(file, gzipSync(text.replace('100', '101')));
    const { decisions, equal, of } = kept.replay();
    expect([equal, of]).toEqual([0, 1]);
    expect(decisions[0]?.result).toMatchObject({ kind: 'different', input: 'bars' });
  });

  it('says that a stored input is gone', async () => {
    const kept = await keeping();
    for (const file of filesIn(kept.folder)) rmSync(file);
    expect(kept.replay().decisions[0]?.result).toMatchObject({ input: 'bars' });
  });

  it('says that other code decided, and what it decides otherwise', async () => {
    const kept = await keeping();
    const models = MODELS.map((model) => ({ ...model, budget: model.budget * 2 + 1 }));
    const [first] = kept.replay({ models, code: 'c2' }).decisions;
    expect(first?.result).toMatchObject({ kind: 'different', input: 'code' });
    expect(JSON.stringify(first?.result)).toContain(
      'c1, now c2; decision.votes.0.budget: 1, now 3',
    );
  });

  it('accepts other code that makes the same decisions', async () => {
    const kept = await keeping();
    expect(kept.replay({ code: 'c2' })).toMatchObject({ equal: 1, of: 1 });
  });

  it('names an unexplained difference', async () => {
    const kept = await keeping();
    const models = MODELS.map((model) => ({ ...model, budget: model.budget + 1 }));
    expect(kept.replay({ models }).decisions[0]?.result).toMatchObject({ input: 'none' });
  });

  it('counts older decisions separately', async () => {
    const made = await running({ models: MODELS });
    const { universe, models } = made.parts;
    const store = createInputStore(join(tmpdir(), 'rotor-nothing-there'));
    const parts = { store, universe, models, code: 'c1', accountId: '' };
    const found = replayJournal(made.parts.journal.since(0, 1_000), parts);
    expect(found).toMatchObject({ of: 0, equal: 0, notKept: 1 });
  });

  it('stores the bars of a decision in less than 150 KB', async () => {
    const { folder } = await keeping();
    const sizes = filesIn(folder).map((file) => readFileSync(file).length);
    expect(sizes).toHaveLength(2);
    expect(Math.max(...sizes)).toBeLessThan(150_000);
  });
});

describe('the input store', () => {
  it('stores equal texts once', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rotor-replay-'));
    folders.push(folder);
    const store = createInputStore(folder);
    expect(store.keep('a')).toBe(store.keep('a'));
    expect(filesIn(folder)).toHaveLength(1);
    expect(store.read(store.hash('a'))).toBe('a');
    expect(store.read(store.hash('b'))).toBeUndefined();
  });

  it('reports a text that could not be stored, and still returns its hash', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rotor-replay-'));
    folders.push(folder);
    writeFileSync(join(folder, 'taken'), '');
    const said: string[] = [];
    const log = { info: () => {}, warn: () => {}, error: (text: string) => void said.push(text) };
    const store = createInputStore(join(folder, 'taken'), log);
    expect(store.keep('a')).toBe(store.hash('a'));
    expect(said[0]).toContain('could not be kept');
  });
});
