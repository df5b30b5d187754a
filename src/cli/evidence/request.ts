/** Reads bars and options of `rotor evidence`, `sweep` and `walk` into one request. */
import { prepareHistory } from '#core/backtest/history.ts';
import { interestOf, type Rates } from '#core/backtest/interest.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import type { Model } from '#core/domain/model.ts';
import { SESSIONS_OF_A_YEAR } from '#core/domain/performance.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import type { Grid, Point } from '#core/evidence/sweep.ts';
import type { BacktestSetup } from '#core/evidence/trial.ts';
import { rowOf } from '#core/rules/panel.ts';
import { readBars, remarksOn } from '../bars.ts';
import { type CliParts, type OptionValues, type Result, UsageError } from '../command.ts';
import { noDecisionResult } from '../no-decision.ts';
import { dateOption } from '../options.ts';
import { RUN_OPTIONS, RUN_USAGE, runTerms } from '../run-options.ts';
import { hashOf, hashOfBars, hashOfCode } from './hashes.ts';
import { rangeOption } from './ranges.ts';

/** Options of every command that runs many backtests. */
export const EVIDENCE_OPTIONS = {
  ...RUN_OPTIONS,
  lookback: { type: 'string' },
  top: { type: 'string' },
  min: { type: 'string' },
} as const;

/** Usage text of those options. */
export const EVIDENCE_USAGE = `${RUN_USAGE} [--lookback 14..238/14] [--top 1..6] [--min 0..0.1/0.025]`;

const LOOKBACK = { from: 1, to: 500, fallback: '14..238/14' };
const LEAST_MOMENTUM = { from: -1, to: 1, fractions: true, fallback: '0..0.1/0.025' };

/** Hashes of everything that results depend on, for the footer. */
export interface Provenance {
  readonly data: string;
  readonly code: string;
  readonly settings: string;
}

/** One request: the setup, its grid and its provenance. */
export interface EvidenceRequest {
  readonly setup: BacktestSetup;
  readonly models: readonly Model[];
  readonly grid: Grid;
  readonly centre: Point;
  readonly rates: Rates;
  readonly provenance: Provenance;
  /** Identifies the search: the same one over the same sessions, also with a later version, is no further trial. */
  readonly searchKey: string;
  readonly remarks: readonly string[];
}

/** Reads bars and options. Returns a result if a session cannot be simulated. @throws UsageError */
export async function readEvidenceRequest(
  values: OptionValues,
  parts: CliParts,
): Promise<EvidenceRequest | { readonly refusal: Result }> {
  const [from, to] = [dateOption(values, 'from'), dateOption(values, 'to')];
  const sessions = sessionsIn(from, to).map(({ date }) => date);
  const [first, last] = [sessions[0], sessions.at(-1)];
  if (!first || !last || sessions.length < SESSIONS_OF_A_YEAR) {
    throw new UsageError(
      `--to: expected a year or more after --from ${from}, ${SESSIONS_OF_A_YEAR} sessions, found ${to}, which is ${sessions.length}`,
    );
  }
  const [terms, grid] = [runTerms(values, parts.env), gridOf(values)];
  const { models, limits, rules, acceptedMoves, rates, equity, slippageBps } = terms;
  const set = await readBars(values, parts);
  const { bars, refused } = set;
  const history = prepareHistory({ bars, refused, acceptedMoves, universe: UNIVERSE });
  const fault = history.faultsOf(first, last);
  if (fault) return { refusal: noDecisionResult(fault, remarksOn(set)) };
  const interest = interestOf(history, rates);
  const setup: BacktestSetup = {
    ...{ history, limits, rules, equity, slippageBps },
    from: rowOf(history.panel, first),
    to: rowOf(history.panel, last),
    ...(interest && { more: { interest } }),
  };
  const [core] = models;
  const parameters = models.map(({ id, parameters: own }) => [id, own]);
  const settings = hashOf({
    ...{ first, last, grid, limits, rules, rates, equity, slippageBps, parameters },
  });
  return {
    ...{ setup, models, grid, rates },
    centre: core ? settingsOf(core) : [126, 3, 0],
    provenance: {
      data: hashOfBars(bars),
      code: hashOfCode(),
      settings,
    },
    searchKey: settings,
    remarks: [...remarksOn(set), ...tooEarly(setup, grid)],
  };
}

/** The settings of a model that a search varies. */
export function settingsOf({ parameters }: Model): Point {
  return [parameters.lookback, parameters.top, parameters.minimumMomentum];
}

/** Settings that look back further than the bars would stay in cash, which looks safe. */
function tooEarly({ history, from }: BacktestSetup, { lookback }: Grid): readonly string[] {
  const waiting = lookback.filter(
    (sessions) => !history.readiness([{ lookback: sessions }])(from - 1),
  );
  const [shortest] = waiting;
  if (shortest === undefined) return [];
  return [
    `--lookback: on the first session no decision can be taken with ${waiting.length} of ${lookback.length} ` +
      `lookbacks, from ${shortest} on; they stand in cash until one can`,
  ];
}

/** Most settings of one search. */
const MAX_SETTINGS = 50_000;

/** The grid from the options; the documented one by default. @throws UsageError */
function gridOf(values: OptionValues): Grid {
  const grid = {
    lookback: rangeOption(values, 'lookback', LOOKBACK),
    top: rangeOption(values, 'top', { from: 1, to: UNIVERSE.sectors.length, fallback: '1..6' }),
    min: rangeOption(values, 'min', LEAST_MOMENTUM),
  };
  const settings = grid.lookback.length * grid.top.length * grid.min.length;
  if (settings <= MAX_SETTINGS) return grid;
  throw new UsageError(
    `--lookback, --top, --min: expected at most ${MAX_SETTINGS} settings together, found ${settings}`,
  );
}

/** Reports the progress of a long computation at each quarter. */
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
