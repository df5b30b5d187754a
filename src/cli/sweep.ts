import { join } from 'node:path';
import type { Model } from '#core/domain/model.ts';
import { pointRun, variantRun } from '#core/evidence/sweep.ts';
import { type BacktestSetup, trialOf } from '#core/evidence/trial.ts';
import type { Command, OptionValues } from './command.ts';
import { hashOf } from './evidence/hashes.ts';
import {
  EVIDENCE_OPTIONS,
  EVIDENCE_USAGE,
  type EvidenceRequest,
  progressOf,
  readEvidenceRequest,
  settingsOf,
} from './evidence/request.ts';
import { runSweep, type SweepRow } from './evidence/sweep-job.ts';
import {
  bestText,
  bySharpe,
  plateauText,
  type Searched,
  sweepHtml,
} from './evidence/sweep-text.ts';
import { recordTrial, triesBefore } from './evidence/tries.ts';
import { countOption, optional } from './options.ts';
import { outFile } from './out-file.ts';
import { writableStateDir } from './state-dir.ts';

const THREADS = { from: 1, to: 16, fallback: 2 };

/** `rotor sweep`. */
export const sweep: Command = {
  usage: `${EVIDENCE_USAGE} [--threads N] [--html FILE]`,
  options: { ...EVIDENCE_OPTIONS, threads: { type: 'string' }, html: { type: 'string' } },
  async run(values, parts) {
    const html = outFile(values, 'html');
    const threads = countOption(values, 'threads', THREADS);
    const asked = await readEvidenceRequest(values, parts);
    if ('refusal' in asked) return asked.refusal;
    const { setup, grid, rates, remarks } = asked;
    const { history, from, to, equity, slippageBps, limits, rules } = setup;
    const { bars, refused = new Map(), acceptedMoves = [], universe } = history.input;
    const folder = writableStateDir(values, parts);
    const models = sweptModels(values, asked);
    const ids = models.map(({ id }) => id);
    const provenance = { ...asked.provenance, ...(ids.length > 0 && { models: ids.join(', ') }) };
    const key = ids.length > 0 ? hashOf([asked.searchKey, ids]) : asked.searchKey;
    const progress = progressOf(parts);
    const rows = await runSweep({
      job: {
        ...{ bars, refused, acceptedMoves, universe, rates, grid },
        settings: { from, to, equity, slippageBps, limits, rules },
      },
      ...{ threads, models: ids },
      file: join(folder, 'sweeps', `${hashOf(provenance)}.jsonl`),
      progress: (done, all) => progress('settings', done, all),
    });
    const uncounted = recordTrial(values, parts, { what: 'sweep', settings: rows.length, key });
    const tries = rows.length + (await triesBefore(folder, key));
    const luck = await luckText(setup, models, rows, tries);
    const searched = searchedBy(asked, models, rows);
    html?.write(sweepHtml({ searched, grid, provenance, luck }));
    const text = [bestText(rows, luck), ...plateauText(searched, grid)].join('\n');
    const json = { points: rows, foot: provenance };
    return { exit: 0, json, text, remarks: [...remarks, ...uncounted] };
  },
};

/** The models of `--model`; without it no model: the settings alone, always active and without leverage. */
function sweptModels(values: OptionValues, { models }: EvidenceRequest): readonly Model[] {
  return optional(values, 'model') === undefined ? [] : models;
}

function searchedBy(
  { centre }: EvidenceRequest,
  models: readonly Model[],
  rows: readonly SweepRow[],
): readonly Searched[] {
  if (models.length === 0) return [{ name: undefined, centre, rows }];
  return models.map((model) => ({
    name: model.id,
    centre: settingsOf(model),
    rows: rows.filter((row) => row.model === model.id),
  }));
}

/** The best setting is never shown without the probability that it is luck. */
async function luckText(
  setup: BacktestSetup,
  models: readonly Model[],
  rows: readonly SweepRow[],
  tries: number,
): Promise<string> {
  const [best] = bySharpe(rows);
  if (!best || tries < 2) return '';
  const { searchLuck } = await import('#core/evidence/search.ts');
  const model = models.find(({ id }) => id === best.model);
  const { history } = setup;
  const run = model ? variantRun(model, best.point, history) : pointRun(best.point, history);
  const sharpes = Float64Array.from(rows, ({ sharpe }) => sharpe);
  const luck = searchLuck(trialOf(setup, run).returns, sharpes, tries);
  return Number.isFinite(luck)
    ? `After ${tries} tries a best one this good is expected by luck in ${Math.round(100 * luck)} of 100.`
    : `After ${tries} tries luck cannot be ruled out: that takes a search over different settings.`;
}
