import { describe, expect, it } from 'vitest';
import { buyAndHold, equalSectors, sixtyForty } from '#core/evidence/benchmarks.ts';
import { fittingBlock } from '#core/evidence/block-length.ts';
import { resample } from '#core/evidence/bootstrap.ts';
import { figuresOf, type RunFigures } from '#core/evidence/figures.ts';
import {
  annualSharpe,
  grownYearly,
  lessOf,
  quantileOf,
  returnsOf,
} from '#core/evidence/moments.ts';
import { runMonkeys } from '#core/evidence/monkeys.ts';
import { costsOf, rivalFigures, trialsOf } from '#core/evidence/page.ts';
import { pointsOf, sweep } from '#core/evidence/sweep.ts';
import { summaryOf, trialOf } from '#core/evidence/trial.ts';
import { walkForward } from '#core/evidence/walk-forward.ts';
import { MODELS } from '#models/list.ts';
import { evidenceCases, evidencePresent, realGround } from '#tests/support/evidence.ts';

/** Every number of the expected value that the found one has too, to a billionth; others are ignored. */
function matching(found: unknown, expected: unknown): unknown {
  if (typeof expected === 'number') return expect.closeTo(expected, 9);
  if (Array.isArray(expected)) {
    const values: readonly unknown[] = Array.isArray(found) ? found : [];
    return expected.map((each, index) => matching(values[index], each));
  }
  if (typeof expected !== 'object' || expected === null) return expected;
  const known = Object.entries(found ?? {});
  const wanted = new Map<string, unknown>(Object.entries(expected));
  return Object.fromEntries(
    known.map(([key, value]) => [key, wanted.has(key) ? matching(value, wanted.get(key)) : value]),
  );
}

const same = (found: unknown, expected: unknown) =>
  expect(found).toEqual(matching(found, expected));

describe.skipIf(!evidencePresent)('on real bars (needs ../shared)', async () => {
  if (!evidencePresent) return;
  const { period, subPeriods } = evidenceCases();
  const { input } = period;
  const setup = await realGround(input.from, input.to, input.equity);
  const runs = trialsOf(setup, MODELS);
  const spy = buyAndHold(setup, setup.history.panel.benchmark);
  const equal = trialOf(setup, equalSectors(setup));

  it.each([...runs.keys()])('the figures of %s equal those of another program', (id) => {
    const trial = runs.get(id) ?? equal;
    const found: RunFigures = figuresOf(setup, trial, { spy, equalReturns: equal.returns });
    same(found, (period['runs'] as Record<string, unknown>)[id]);
  });

  it('the benchmark figures are as expected', () => {
    same(summaryOf(equal), period['equalWeight']);
    same(rivalFigures(spy), period['spy']);
    same(rivalFigures(sixtyForty(setup)), period['mix6040']);
    same({ all: costsOf(setup, MODELS) }, period['costs']);
  });

  it.each(Object.keys(subPeriods))('%s ends with the same cents', (name) => {
    const [from = '', to = '', model = 'all'] = name.split('|');
    const { panel } = setup.history;
    const rows = {
      from: panel.dates.findIndex((date) => date >= from),
      to: panel.dates.findLastIndex((date) => date <= to),
    };
    same(summaryOf(trialsOf({ ...setup, ...rows }, MODELS).get(model) ?? equal), subPeriods[name]);
  });

  it('510 settings end with the same cents, and the walk-forward picks the same ones', () => {
    const tried = sweep(setup, pointsOf(input.grid));
    expect(tried.reduce((sum, one) => sum + one.final, 0)).toBe(11_237_917_723);
    const { picks, trial, stitched } = walkForward(setup, tried, input.walk);
    const found = picks.map(({ year, ...pick }) => [String(year), pick]);
    const expected = period['walk'] as Record<string, unknown>;
    const walked = {
      ...{ stitchedCagr: grownYearly(stitched), stitchedSharpe: annualSharpe(stitched) },
      ...{ picks: Object.fromEntries(found), ledger: summaryOf(trial) },
    };
    same(walked, expected);
  });

  it('the block length for each series equals that of another program', () => {
    const returns = runs.get('all')?.returns ?? new Float64Array();
    const all = {
      returns: fittingBlock(returns),
      excess: fittingBlock(lessOf(returns, returnsOf(spy))),
    };
    same({ all, spy: fittingBlock(returnsOf(spy)) }, period['blockLength']);
  });

  it('the first five random portfolios end with the same cents', () => {
    const like = input.centre;
    for (const [name, sameExposure] of [
      ['dart', false],
      ['sameExposure', true],
    ] as const) {
      const monkeySettings = { count: 5, seed: input.seed, like, sameExposure };
      const finals = runMonkeys(setup, monkeySettings, (trial) => summaryOf(trial).final);
      const expected = (period['monkeys'] as Record<string, { firstFive: number[] }>)[name];
      expect(finals).toEqual(expected?.firstFive);
    }
  });

  it('the resamples give the same interval', () => {
    const { boots: count, bootSeed: seed } = input;
    const all = runs.get('all')?.returns ?? new Float64Array();
    const [found] = resample([all], returnsOf(spy), { count, seed, block: 21 });
    const excess = found?.excess ?? new Float64Array();
    const expected = period['bootstrap'] as Record<string, { excessCagr: Record<string, number> }>;
    for (const share of ['0.025', '0.5', '0.975']) {
      const value = expected['all|21']?.excessCagr[share] ?? Number.NaN;
      expect(quantileOf(excess, Number(share))).toBeCloseTo(value, 9);
    }
  });
});
