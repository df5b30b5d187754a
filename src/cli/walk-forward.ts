import { SESSIONS_OF_A_YEAR } from '#core/domain/performance.ts';
import { dollars } from '#core/domain/units.ts';
import { finalOf, pointsOf, sweep } from '#core/evidence/sweep.ts';
import { type BacktestSetup, summaryOf, type Trial } from '#core/evidence/trial.ts';
import { walkForward as walkThrough } from '#core/evidence/walk-forward.ts';
import type { Command } from './command.ts';
import {
  EVIDENCE_OPTIONS,
  EVIDENCE_USAGE,
  progressOf,
  readEvidenceRequest,
} from './evidence/request.ts';
import { recordTrial } from './evidence/tries.ts';
import { WALK_OPTIONS, walkOf } from './evidence/walk-options.ts';
import { percent, ratio, signedPercent, table, usd } from './text.ts';

/** `rotor walk-forward`. */
export const walkForward: Command = {
  usage: `${EVIDENCE_USAGE} [--train YEARS] [--first YEAR] [--last YEAR]`,
  options: { ...EVIDENCE_OPTIONS, ...WALK_OPTIONS },
  async run(values, parts) {
    const asked = await readEvidenceRequest(values, parts);
    if ('refusal' in asked) return asked.refusal;
    const { setup, grid, provenance, remarks, searchKey: key } = asked;
    const walk = walkOf(values, setup);
    const progress = progressOf(parts);
    const points = pointsOf(grid);
    const tried = sweep(setup, points, (done) => progress('settings', done, points.length));
    const { picks, trial } = walkThrough(setup, tried, walk);
    const uncounted = recordTrial(values, parts, {
      ...{ what: 'walk-forward', key },
      settings: points.length,
    });
    const found = summaryOf(trial);
    const text = [
      table([
        ['year', 'lookback', 'top', 'minimum', 'Sharpe before', 'Sharpe in it'],
        ...picks.map(({ year, point: [lookback, top, min], trainSharpe, testSharpe }) => [
          ...[`${year}`, `${lookback}`, `${top}`, percent(min)],
          ...[ratio(trainSharpe), ratio(testSharpe)],
        ]),
      ]),
      '',
      `${grownText(setup, trial)}, Sharpe ${ratio(found.sharpe)}, ${usd(dollars(finalOf(trial) / 100))} at the end`,
    ].join('\n');
    return {
      exit: 0,
      json: { rule: walk, picks, ledger: found, foot: provenance },
      text,
      remarks: [...remarks, ...uncounted],
    };
  },
};

/** For less than a year the growth itself: annualised it would be noise. */
function grownText({ equity }: BacktestSetup, trial: Trial): string {
  return trial.returns.length < SESSIONS_OF_A_YEAR
    ? `${signedPercent(finalOf(trial) / equity - 1)} in all`
    : `${signedPercent(summaryOf(trial).cagr)} a year`;
}
