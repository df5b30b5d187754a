/** Runs parts of a search on a worker thread and reports each finished one. */
import { parentPort, workerData } from 'node:worker_threads';
import { prepareHistory } from '#core/backtest/history.ts';
import { interestOf } from '#core/backtest/interest.ts';
import { closeDays } from '#core/domain/calendar.ts';
import { pointsOf, pointTrial } from '#core/evidence/sweep.ts';
import { summaryOf } from '#core/evidence/trial.ts';
import { MODELS } from '#models/list.ts';
import type { ToSweep } from './sweep-job.ts';

// Sent by our own thread, which created it with that type.
const job = workerData as ToSweep;

closeDays(job.closedDays);
const history = prepareHistory(job);
const interest = interestOf(history, job.rates);
const setup = { ...job.settings, history, ...(interest && { more: { interest } }) };
for (const { model, lookback } of job.parts) {
  const points = pointsOf({ ...job.grid, lookback: [lookback] });
  const own = MODELS.find(({ id }) => id === model);
  const rows = points.map((point) => {
    const { final, cagr, sharpe, mdd } = summaryOf(pointTrial(setup, point, own));
    return { ...(model !== undefined && { model }), point, final, cagr, sharpe, mdd };
  });
  parentPort?.postMessage({ model, lookback, rows });
}
