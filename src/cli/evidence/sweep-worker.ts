/** Runs the settings of some lookbacks on a worker thread and reports each finished lookback. */
import { parentPort, workerData } from 'node:worker_threads';
import { prepareHistory } from '#core/backtest/history.ts';
import { interestOf } from '#core/backtest/interest.ts';
import { pointsOf, sweep } from '#core/evidence/sweep.ts';
import { summaryOf } from '#core/evidence/trial.ts';
import type { SweepJob } from './sweep-job.ts';

// Sent by our own thread, which created it with that type.
const job = workerData as SweepJob;

const history = prepareHistory(job);
const interest = interestOf(history, job.rates);
const setup = { ...job.settings, history, ...(interest && { more: { interest } }) };
for (const lookback of job.lookbacks) {
  const tried = sweep(setup, pointsOf({ ...job.grid, lookback: [lookback] }));
  const rows = tried.map((trial) => {
    const { final, cagr, sharpe, mdd } = summaryOf(trial);
    return { point: trial.point, final, cagr, sharpe, mdd };
  });
  parentPort?.postMessage({ lookback, rows });
}
