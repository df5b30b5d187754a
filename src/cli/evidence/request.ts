/** Reads bars and options of `rotor evidence`, `sweep` and `walk` into one request. */
import { prepareHistory } from '#core/backtest/history.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import type { Model } from '#core/domain/model.ts';
import { tradingModels } from '#core/domain/model-role.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { interestOf, type Rates } from '#core/evidence/interest.ts';
import type { Grid, Point } from '#core/evidence/sweep.ts';
import type { BacktestSetup } from '#core/evidence/trial.ts';
import { rowOf } from '#core/rules/panel.ts';
import { MODELS } from '#models/list.ts';
import { tradingRules } from '#src/config.ts';
import { readBars, remarksOn } from '../bars.ts';
import { type CliParts, type OptionValues, type Result, UsageError } from '../command.ts';
import { noDecisionResult } from '../no-decision.ts';
import { countOption, dateOption, equityOption, optional } from '../options.ts';
import { hashOf, hashOfBars, hashOfCode } from './hashes.ts';
import { rangeOption } from './ranges.ts';

/** Options of every command that runs many backtests. */
export const EVIDENCE_OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  equity: { type: 'string' },
  'slippage-bps': { type: 'string' },
  'margin-rate': { type: 'string' },
  'cash-rate': { type: 'string' },
  lookback: { type: 'string' },
  top: { type: 'string' },
  min: { type: 'string' },
} as const;

/** How those options are written. */
export const EVIDENCE_USAGE =
  '--from DATE --to DATE [--equity USD] [--slippage-bps N] [--margin-rate PERCENT] ' +
  '[--cash-rate PERCENT] [--lookback 14..238/14] [--top 1..6] [--min 0..0.1/0.025]';

/** Hashes of what results depend on, for the footer. */
export interface Provenance {
  readonly data: string;
  readonly code: string;
  readonly settings: string;
}

/** What to run: the setup, its grid and what the results depend on. */
export interface EvidenceRequest {
  readonly setup: BacktestSetup;
  readonly models: readonly Model[];
  readonly grid: Grid;
  readonly centre: Point;
  readonly rates: Rates;
  readonly provenance: Provenance;
  readonly remarks: readonly string[];
}

/** Reads bars and options. A result instead where a session cannot be simulated. @throws UsageError */
export async function readEvidenceRequest(
  values: OptionValues,
  parts: CliParts,
): Promise<EvidenceRequest | { readonly refusal: Result }> {
  const [from, to] = [dateOption(values, 'from'), dateOption(values, 'to')];
  const sessions = sessionsIn(from, to).map(({ date }) => date);
  const [first, last] = [sessions[0], sessions.at(-1)];
  if (!first || !last || sessions.length < 2) {
    throw new UsageError(`--to: expected two sessions or more after --from ${from}, found ${to}`);
  }
  const set = await readBars(values, parts);
  const { limits, rules } = tradingRules(parts.env);
  const history = prepareHistory({ bars: set.bars, refused: set.refused, universe: UNIVERSE });
  const fault = history.faultsOf(first, last);
  if (fault) return { refusal: noDecisionResult(fault, remarksOn(set)) };
  const rates = ratesOf(values, limits.maxGross);
  const interest = interestOf(history, rates);
  const setup: BacktestSetup = {
    ...{ history, limits, rules },
    from: rowOf(history.panel, first),
    to: rowOf(history.panel, last),
    equity: equityOption(values, '100000'),
    slippageBps: countOption(values, 'slippage-bps', { from: 0, to: 1_000, fallback: 5 }),
    ...(interest && { more: { interest } }),
  };
  const models = tradingModels(MODELS, new Map());
  const grid = gridOf(values);
  const [core] = models;
  const { lookback = 126, top = 3, minimumMomentum = 0 } = core?.parameters ?? {};
  const settings = { first, last, grid, limits, rules, rates };
  const { equity, slippageBps } = setup;
  const parameters = models.map(({ id, parameters: own }) => [id, own]);
  return {
    ...{ setup, models, grid, rates },
    centre: [lookback, top, minimumMomentum],
    provenance: {
      data: hashOfBars(set.bars),
      code: hashOfCode(),
      settings: hashOf({ ...settings, equity, slippageBps, parameters }),
    },
    remarks: remarksOn(set),
  };
}

/** The grid of the options; that of the facts unless given. */
function gridOf(values: OptionValues): Grid {
  const grid = {
    lookback: rangeOption(values, 'lookback', '14..238/14'),
    top: rangeOption(values, 'top', '1..6'),
    min: rangeOption(values, 'min', '0..0.1/0.025'),
  };
  if (grid.lookback.every((value) => Number.isInteger(value) && value >= 1 && value <= 250)) {
    return grid;
  }
  throw new UsageError('--lookback: expected whole sessions from 1 to 250');
}

/** A model that borrows pays for it: without a rate nothing is lent. @throws UsageError */
function ratesOf(values: OptionValues, maxGross: number): Rates {
  if (maxGross > 1 && optional(values, 'margin-rate') === undefined) {
    throw new UsageError(
      `--margin-rate: expected the yearly cost of borrowed money, because MAX_GROSS is ${maxGross}`,
    );
  }
  return { margin: rateOption(values, 'margin-rate'), cash: rateOption(values, 'cash-rate') };
}

function rateOption(values: OptionValues, name: string): number {
  const text = optional(values, name) ?? '0';
  const rate = /^\d{1,2}(\.\d+)?$/.test(text) ? Number(text) / 100 : Number.NaN;
  if (rate >= 0) return rate;
  throw new UsageError(`--${name}: expected per cent a year from 0 to 99, found "${text}"`);
}

/** Tells how far a long computation is, at each quarter. */
export function progressOf(parts: CliParts): (what: string, done: number, all: number) => void {
  let last = '';
  return (what, done, all) => {
    const quarter = Math.floor((4 * done) / all);
    const line = `${what}: ${quarter * 25} %`;
    if (quarter === 0 || line === last) return;
    last = line;
    parts.complain(`rotor: ${line}`);
  };
}
