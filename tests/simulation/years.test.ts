import { beforeAll, describe, expect, it } from 'vitest';
import type { Bars } from '#core/domain/bar.ts';
import { epochMs } from '#core/domain/units.ts';
import { FAULT_KINDS, type FaultKind } from './years/kinds.ts';
import { createMarket } from './years/market.ts';
import { realBars } from './years/real-bars.ts';
import { shrinkStory } from './years/shrink.ts';
import { sometimesTable, zerosIn } from './years/sometimes.ts';
import { drawStory, type Happening, type Story } from './years/story.ts';
import { runYear } from './years/year.ts';

let real: Bars;

beforeAll(async () => {
  real = await realBars();
});

/** The first weeks of a year: one or two rebalances, and much that goes wrong. */
function weeks(seed: number): Story {
  return drawStory(seed, 24);
}

describe('a simulated year', () => {
  it('is the same to the last line for the same seed', async () => {
    const told: string[][] = [[], []];
    const reports = [];
    for (const lines of told) {
      reports.push(await runYear(weeks(4), real, { tell: (line) => void lines.push(line) }));
    }
    expect(told[1]).toEqual(told[0]);
    expect(reports[1]).toEqual(reports[0]);
    expect(told[0]?.length).toBeGreaterThan(50);
  });

  it('differs for another seed', async () => {
    const [one, other] = [await runYear(weeks(4), real), await runYear(weeks(6), real)];
    expect(one.digest).not.toBe(other.digest);
  });

  it.each([1, 2, 3, 5])('violates no invariant in its first weeks with seed %i', async (seed) => {
    const { violations, rebalances } = await runYear(weeks(seed), real);
    expect(violations).toEqual([]);
    expect(rebalances).toBeGreaterThan(0);
  });
});

describe('processes of a simulated year', () => {
  const story = weeks(1);
  const from = epochMs(story.sessions[3]?.open ?? 0);
  const happens = (kind: FaultKind, afterMs: number, pick: number): Happening => {
    const at = epochMs(from + afterMs);
    return { kind, from: at, to: at, pick };
  };
  it.each<[string, readonly Happening[]]>([
    [
      'run on where two more start at one instant, on this host and on another',
      [happens('second-process', 0, 0.7), happens('second-process', 0, 0.2)],
    ],
    [
      'are restarted where one that took over from the first is killed too',
      [
        happens('second-process', 0, 0.7),
        happens('killed-before', 1_000, 0),
        happens('killed-before', 60_000, 0),
      ],
    ],
  ])('%s', async (_, happenings) => {
    const { violations, rebalances } = await runYear({ ...story, happenings }, real);
    expect(violations).toEqual([]);
    expect(rebalances).toBeGreaterThan(0);
  });
});

describe('a simulated exchange that stays shut on a day that calendars call a session', () => {
  it('trades nothing and has no bar of that day, and all the others', async () => {
    const { sessions } = weeks(1);
    const [before, day, after] = sessions.slice(-3);
    if (!before || !day || !after) throw new Error('the story has no sessions');
    const at = epochMs(day.open - 3_600_000);
    const shut: Happening = { kind: 'stays-shut', from: at, to: at, pick: 0 };
    const market = createMarket({ seed: 1, settings: {}, sessions, happenings: [shut] }, real);
    const noon = epochMs(day.open + 7_200_000);
    expect([before, day, after].map(({ open }) => market.sessionAt(open)?.date)).toEqual([
      before.date,
      undefined,
      after.date,
    ]);
    const [ticker] = real.keys();
    if (ticker === undefined) throw new Error('there are no bars');
    const evening = market.price(ticker, epochMs(before.close + 1));
    expect(market.price(ticker, noon)).toEqual(evening);
    const dates = market.bars(after.date, epochMs(after.close + 1)).get(ticker)?.dates ?? [];
    expect(dates.slice(-2)).toEqual([before.date, after.date]);
  });
});

describe('the report of a violation', () => {
  it('is shrunk to the necessary faults and the day on which it happens', async () => {
    const story = drawStory(4);
    const needed = story.happenings.slice(3, 5);
    const at = needed[1]?.from ?? story.happenings[0]?.from;
    if (at === undefined) throw new Error('the story has no faults');
    const violation = { law: 'short position', at, text: 'made up' } as const;
    const shortest = await shrinkStory(story, violation, async ({ happenings }) =>
      needed.every((each) => happenings.includes(each)) ? violation : undefined,
    );
    expect(shortest.happenings).toEqual(needed);
    expect(shortest.sessions.at(-1)?.date).toBe(new Date(at).toISOString().slice(0, 10));
  });
});

describe('the table of faults met', () => {
  it('names every kind, and those never met', () => {
    const table = sometimesTable(new Map([['halt', new Map([['selling', 2]])]]));
    expect(table).toHaveLength(FAULT_KINDS.length + 1);
    expect(table.find((line) => line.startsWith('halt '))).toMatch(/halt +0 +0 +0 +2 +0 +-/);
    const zeros = zerosIn(new Map());
    expect(zeros).toEqual(
      expect.arrayContaining(['answer-lost while buying', 'frozen while starting']),
    );
    expect(zeros).not.toContain('answer-lost while planned');
    expect(zeros).not.toContain('answers-late while starting');
  });
});

describe('the bars that markets are drawn from', () => {
  it('are refused where one ticker has none: the same seed would give another year', async () => {
    await expect(realBars('tests')).rejects.toThrow('tests: not every ticker could be read');
  });
});
