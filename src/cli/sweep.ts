import { join } from 'node:path';
import { dollars } from '#core/domain/units.ts';
import {
  finalOf,
  type Grid,
  type Point,
  pointRun,
  pointsOf,
  sweep as runPoints,
} from '#core/evidence/sweep.ts';
import { type BacktestSetup, summaryOf, trialOf } from '#core/evidence/trial.ts';
import { walkForward } from '#core/evidence/walk-forward.ts';
import { recordTrials } from '#core/store/trials.ts';
import type { Command } from './command.ts';
import { documentOf, escaped } from './evidence/document.ts';
import { hashOf } from './evidence/hashes.ts';
import { plateauPicture, plateauRows, type SharpeOf } from './evidence/plateau.ts';
import {
  EVIDENCE_OPTIONS,
  EVIDENCE_USAGE,
  type Provenance,
  progressOf,
  readEvidenceRequest,
} from './evidence/request.ts';
import { runSweep, type SweepRow } from './evidence/sweep-job.ts';
import { triesBefore } from './evidence/tries.ts';
import { WALK_OPTIONS, walkOf } from './evidence/walk-options.ts';
import { countOption } from './options.ts';
import { outFile } from './out-file.ts';
import { stateDir } from './state-dir.ts';
import { percent, signedPercent, table, usd } from './text.ts';

const THREADS = { from: 1, to: 16, fallback: 2 };

/** Number of best settings listed. */
const BEST_COUNT = 10;

/** `rotor sweep`. */
export const sweep: Command = {
  usage: `${EVIDENCE_USAGE} [--threads N] [--html FILE] [--state DIR]`,
  options: {
    ...EVIDENCE_OPTIONS,
    threads: { type: 'string' },
    html: { type: 'string' },
    state: { type: 'string' },
  },
  async run(values, parts) {
    const html = outFile(values, 'html');
    const threads = countOption(values, 'threads', THREADS);
    const asked = await readEvidenceRequest(values, parts);
    if ('refusal' in asked) return asked.refusal;
    const { setup, grid, provenance, rates, remarks, centre, searchKey: key } = asked;
    const { history, from, to, equity, slippageBps, limits, rules } = setup;
    const { bars, refused = new Map(), acceptedMoves = [], universe } = history.input;
    const folder = stateDir(values, parts);
    const progress = progressOf(parts);
    const rows = await runSweep({
      job: {
        ...{ bars, refused, acceptedMoves, universe, rates, grid },
        settings: { from, to, equity, slippageBps, limits, rules },
      },
      threads,
      file: join(folder, 'sweeps', `${hashOf(provenance)}.jsonl`),
      progress: (done, all) => progress('settings', done, all),
    });
    recordTrials(folder, { at: parts.now(), what: 'sweep', settings: rows.length, key });
    const before = await triesBefore(folder, key);
    const best = [sweepText(rows), await luckText(setup, rows, before)].join('\n');
    html?.write(sweepHtml({ rows, grid, centre, provenance, best }));
    const text = [best, ...plateauText(rows, grid)].join('\n');
    return { exit: 0, json: { points: rows, foot: provenance }, text, remarks };
  },
};

function sharpesOf(rows: readonly SweepRow[], min: number): SharpeOf {
  const known = new Map(rows.map(({ point, sharpe }) => [point.join(), sharpe]));
  return (lookback, top) => known.get([lookback, top, min].join()) ?? Number.NaN;
}

/** One table for each minimum momentum: a single peak is luck, a plateau is not. */
function plateauText(rows: readonly SweepRow[], grid: Grid): readonly string[] {
  return grid.min.flatMap((min) => [
    '',
    `Sharpe ratio by sessions looked back, minimum ${percent(min)}`,
    table(plateauRows(grid, sharpesOf(rows, min))),
  ]);
}

/** The best setting is never shown without the probability that it is luck. */
async function luckText(
  setup: BacktestSetup,
  rows: readonly SweepRow[],
  before: number,
): Promise<string> {
  const [best] = bySharpe(rows);
  if (!best || rows.length + before < 2) return '';
  const { searchLuck } = await import('#core/evidence/search.ts');
  const { returns } = trialOf(setup, pointRun(best.point, setup.history));
  const tries = rows.length + before;
  const luck = searchLuck(
    returns,
    Float64Array.from(rows, ({ sharpe }) => sharpe),
    tries,
  );
  return `After ${tries} tries a best one this good is expected by luck in ${Math.round(100 * luck)} of 100.`;
}

interface SweepHtmlInput {
  readonly rows: readonly SweepRow[];
  readonly grid: Grid;
  readonly centre: Point;
  readonly provenance: Provenance;
  /** The best setting as text. */
  readonly best: string;
}

function sweepHtml({ rows, grid, centre, provenance, best }: SweepHtmlInput): string {
  const pictures = grid.min.map((min) => {
    const ours = centre[2] === min ? centre : undefined;
    const picture = plateauPicture(grid, sharpesOf(rows, min), ours);
    return `<section><h2>Minimum ${percent(min)}</h2><figure>${picture}</figure></section>`;
  });
  const hashes = escaped(Object.entries(provenance).flat().join(' '));
  return documentOf(`Search of ${rows.length} settings`, [
    `<pre>${escaped(best)}</pre>`,
    ...pictures,
    `<footer>${hashes}. Past results do not predict future ones; not advice.</footer>`,
  ]);
}

/** Settings that traded, best first. */
function bySharpe(rows: readonly SweepRow[]): readonly SweepRow[] {
  const traded = rows.filter(({ sharpe }) => !Number.isNaN(sharpe));
  return traded.toSorted((one, other) => other.sharpe - one.sharpe);
}

function sweepText(rows: readonly SweepRow[]): string {
  const best = bySharpe(rows).slice(0, BEST_COUNT);
  if (best.length === 0) return `None of the ${rows.length} settings traded.`;
  return [
    table([
      ['lookback', 'top', 'minimum', 'at the end', 'a year', 'Sharpe', 'deepest'],
      ...best.map(({ point: [lookback, top, min], final, cagr, sharpe, mdd }) => [
        ...[`${lookback}`, `${top}`, percent(min), usd(dollars(final))],
        ...[signedPercent(cagr), sharpe.toFixed(2), percent(mdd)],
      ]),
    ]),
    '',
    `The ${best.length} best of ${rows.length} tries. The best of many tries is partly luck: see rotor evidence.`,
  ].join('\n');
}

/** `rotor walk-forward`. */
export const walkForwardCommand: Command = {
  usage: `${EVIDENCE_USAGE} [--train YEARS] [--first YEAR] [--last YEAR] [--state DIR]`,
  options: { ...EVIDENCE_OPTIONS, ...WALK_OPTIONS, state: { type: 'string' } },
  async run(values, parts) {
    const asked = await readEvidenceRequest(values, parts);
    if ('refusal' in asked) return asked.refusal;
    const { setup, grid, provenance, remarks, searchKey: key } = asked;
    const walk = walkOf(values, setup);
    const progress = progressOf(parts);
    const points = pointsOf(grid);
    const tried = runPoints(setup, points, (done) => progress('settings', done, points.length));
    const { picks, trial } = walkForward(setup, tried, walk);
    recordTrials(stateDir(values, parts), {
      ...{ at: parts.now(), what: 'walk-forward', key },
      settings: points.length,
    });
    const found = summaryOf(trial);
    const text = [
      table([
        ['year', 'lookback', 'top', 'minimum', 'Sharpe before', 'Sharpe in it'],
        ...picks.map(({ year, point: [lookback, top, min], trainSharpe, testSharpe }) => [
          ...[`${year}`, `${lookback}`, `${top}`, percent(min)],
          ...[trainSharpe.toFixed(2), testSharpe.toFixed(2)],
        ]),
      ]),
      '',
      `${signedPercent(found.cagr)} a year, Sharpe ${found.sharpe.toFixed(2)}, ${usd(dollars(finalOf(trial) / 100))} at the end`,
    ].join('\n');
    return { exit: 0, json: { rule: walk, picks, ledger: found, foot: provenance }, text, remarks };
  },
};
