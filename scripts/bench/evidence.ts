/**
 * The rules over ten years compared with a lower bound: the same rules in one bare loop on typed arrays,
 * for whole shares and one model. Compares ratios of median CPU time; the loop is not part of Rotor.
 */

import { prepareHistory } from '../../src/core/backtest/history.ts';
import { dollars, sessionDate } from '../../src/core/domain/units.ts';
import { instruments, UNIVERSE } from '../../src/core/domain/universe.ts';
import { type Grid, pointsOf, sweep } from '../../src/core/evidence/sweep.ts';
import { type BacktestSetup, deskOf, trialOf } from '../../src/core/evidence/trial.ts';
import { readFolder } from '../../src/core/market/files/folder.ts';
import { rowOf } from '../../src/core/rules/panel.ts';
import { MODELS } from '../../src/models/list.ts';
import { benchLongSearch, benchPage } from './evidence-page.ts';
import { floorRun } from './floor.ts';

type Report = (name: string, value: number, unit: string) => void;

const FOLDER = process.env['BARS'] ?? '../shared/bars/equities';
const SPAN = { from: sessionDate('2016-01-04'), to: sessionDate('2025-11-14') };
const RUNS = 41;
const ROUNDS = 5;

const GRID: Grid = {
  lookback: Array.from({ length: 17 }, (_, index) => 14 * (index + 1)),
  top: [1, 2, 3, 4, 5, 6],
  min: [0, 0.025, 0.05, 0.075, 0.1],
};

/** Skipped without ten years of real bars. */
export async function benchEvidence(report: Report): Promise<void> {
  const tickers = instruments(UNIVERSE).map(({ ticker }) => ticker);
  const latest = sessionDate('2026-12-31');
  const { bars } = await readFolder({ folders: [FOLDER], tickers, latest });
  if (bars.size < tickers.length) {
    return console.log(
      `evidence: left out, no bars of every ticker in ${FOLDER}; BARS names another folder`,
    );
  }
  const prepare = cpu(() => prepareHistory({ bars, universe: UNIVERSE }));
  report('bars made ready for many runs, once', prepare, 'ms CPU');
  const history = prepareHistory({ bars, universe: UNIVERSE });
  const setup: BacktestSetup = {
    history,
    from: rowOf(history.panel, SPAN.from),
    to: rowOf(history.panel, SPAN.to),
    equity: dollars(100_000),
    slippageBps: 5,
    limits: { maxGross: 1, maxWeight: 0.4, minPosition: dollars(100) },
    rules: { fractional: false, minOrder: dollars(10), minDrift: 0.01 },
  };
  const points = pointsOf(GRID);
  const warm = sweep(setup, points);
  const floorFinals = points.map((point) => floorRun(setup, point));
  const equal = warm.filter((trial, index) => trial.final === floorFinals[index]).length;
  const floor = median(RUNS, () => floorRun(setup, [126, 3, 0]));
  report('floor: one bare run of ten years', floor, 'ms CPU');
  const desk = median(RUNS, () => trialOf(setup, deskOf(MODELS, history)));
  report('ten years of all models', desk, 'ms CPU');
  report('  of the floor', desk / floor, 'times');
  const floors = median(ROUNDS, () => points.map((point) => floorRun(setup, point)));
  report('floor: 510 bare runs', floors, 'ms CPU');
  const all = median(ROUNDS, () => sweep(setup, points));
  report('510 settings', all, 'ms CPU');
  report('  of the floor', all / floors, 'times');
  report('settings whose last cent is that of the floor', equal, `of ${points.length}`);
  await benchLongSearch(report, setup);
  benchPage(report, FOLDER);
}

function cpu(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1_000;
}

function median(rounds: number, work: () => unknown): number {
  const times = Array.from({ length: rounds }, () => cpu(work)).sort((one, other) => one - other);
  return times[rounds >> 1] ?? Number.NaN;
}
