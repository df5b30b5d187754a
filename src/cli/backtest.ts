import { prepareHistory } from '#core/backtest/history.ts';
import { interestOf } from '#core/backtest/interest.ts';
import { type Backtest, type BacktestInput, backtest as run } from '#core/backtest.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { counted, readDifference } from '#core/domain/figures.ts';
import {
  cagr,
  maxDrawdown,
  SESSIONS_OF_A_YEAR,
  SESSIONS_PER_YEAR,
  sharpe,
  volatility,
} from '#core/domain/performance.ts';
import { type Cents, dollars, type SessionDate, toDollars } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { REMOVABLE, ruleEffects } from '#core/evidence/rule-effects.ts';
import type { BacktestSetup } from '#core/evidence/trial.ts';
import { rowOf } from '#core/rules/panel.ts';
import { riskFreeRate } from '#src/config.ts';
import { type Details, detailsOf, sectionsOf } from './backtest/details.ts';
import { backtestHtml } from './backtest/html.ts';
import { tradesCsv } from './backtest/trades.ts';
import { readBars, remarksOn } from './bars.ts';
import { type CliParts, type Command, type OptionValues, UsageError } from './command.ts';
import { hashOf } from './evidence/hashes.ts';
import { recordTrial } from './evidence/tries.ts';
import { noDecisionResult } from './no-decision.ts';
import { dateOption } from './options.ts';
import { outFiles } from './out-file.ts';
import { RUN_OPTIONS, RUN_USAGE, type RunTerms, runTerms } from './run-options.ts';
import { orDash, percent, ratio, signedPercent, table, usd } from './text.ts';

/** `rotor backtest`. */
export const backtest: Command = {
  usage: `${RUN_USAGE} [--rules] [--trades FILE] [--html FILE]`,
  options: {
    ...RUN_OPTIONS,
    rules: { type: 'boolean' },
    trades: { type: 'string' },
    html: { type: 'string' },
  },
  async run(values, parts) {
    const range = rangeOf(values);
    const files = outFiles(values, ['trades', 'html']);
    const terms = runTerms(values, parts.env);
    const { models } = terms;
    const set = await readBars(values, parts);
    const { bars, refused } = set;
    const input: BacktestInput = { ...terms, ...range, bars, refused, universe: UNIVERSE };
    const outcome = run(input);
    const remarks = remarksOn(set);
    if (outcome.kind === 'no-decision') return noDecisionResult(outcome, remarks);
    const riskFree = riskFreeRate(parts.env);
    const report = reportOn(outcome, input, riskFree);
    const all = [...remarks, ...skips(outcome)];
    const setup = setupOf(input, outcome);
    const isLong = outcome.days.length >= SESSIONS_OF_A_YEAR;
    const effects = isLong ? ruleEffects(setup, models) : undefined;
    const details = isLong ? detailsOf(setup, models) : undefined;
    const hasRules = values['rules'] === true;
    const uncounted = countTrial(values, parts, { ...terms, ...range, hasRules });
    const text = [
      textOf(report, riskFree),
      ...(hasRules ? rulesText(effects) : []),
      ...detailsText(details),
    ].join('\n');
    const title = `Backtest, ${report.from} to ${report.to}`;
    files.trades?.write(tradesCsv(outcome));
    files.html?.write(
      backtestHtml({
        ...{ title, text: textOf(report, riskFree), outcome, setup },
        ...{ rules: effects, details },
      }),
    );
    return {
      exit: 0,
      json: {
        ...report,
        ...(details && { details }),
        ...(hasRules && { rules: effects ?? null }),
      },
      text,
      remarks: [...all, ...uncounted],
    };
  },
};

/** Every look counts as a trial, and each removed rule as one more; a repetition does not count. */
function countTrial(
  values: OptionValues,
  parts: CliParts,
  { models, acceptedMoves: _, hasRules, ...settings }: RunTerms & { readonly hasRules: boolean },
): readonly string[] {
  const parameters = models.map(({ id, parameters: own }) => [id, own]);
  return recordTrial(values, parts, {
    what: 'backtest',
    settings: 1 + (hasRules ? REMOVABLE.length : 0),
    key: hashOf(['backtest', settings, parameters, hasRules]),
  });
}

/** The same sessions, account and rules for the comparison runs. */
function setupOf(input: BacktestInput, { days }: Backtest): BacktestSetup {
  const { bars, refused, universe, acceptedMoves, equity, slippageBps, limits, rules } = input;
  const given = { ...(refused && { refused }), ...(acceptedMoves && { acceptedMoves }) };
  const history = prepareHistory({ bars, universe, ...given });
  const interest = input.rates && interestOf(history, input.rates);
  return {
    ...{ history, equity, slippageBps, limits, rules },
    ...(interest && { more: { interest } }),
    from: rowOf(history.panel, days[0]?.session ?? input.from),
    to: rowOf(history.panel, days.at(-1)?.session ?? input.to),
  };
}

function rulesText(effects: ReturnType<typeof ruleEffects> | undefined): readonly string[] {
  if (!effects) return [];
  const rows = Object.entries(effects).map(([rule, { cagr, mdd, brought }]) => [
    rule,
    signedPercent(cagr),
    percent(mdd),
    signedPercent(brought),
  ]);
  return ['', table([['without', 'a year', 'max drawdown', 'effect of the rule'], ...rows])];
}

/** None for less than a year: annual rates would be noise. */
function detailsText(details: Details | undefined): readonly string[] {
  if (!details) return [];
  return sectionsOf(details).flatMap(({ title, rows }) => ['', title, table(rows)]);
}

function rangeOf(values: OptionValues): { readonly from: SessionDate; readonly to: SessionDate } {
  const from = dateOption(values, 'from');
  const to = dateOption(values, 'to');
  if (sessionsIn(from, to).length > 0) return { from, to };
  throw new UsageError(`--to: expected a session on or after --from ${from}, found ${to}`);
}

/**
 * The contract of `backtest --json`; an undefined statistic is null. For a range shorter than a year the
 * growth rates, their difference and the turnover are null, too.
 */
interface Report {
  readonly from: SessionDate;
  readonly to: SessionDate;
  readonly sessions: number;
  readonly finalEquity: number;
  readonly cagr: number | null;
  readonly volatility: number | null;
  /** Excess return over RISK_FREE_RATE. */
  readonly sharpe: number | null;
  readonly maxDrawdown: number | null;
  /** Filled orders. */
  readonly orders: number;
  /** Half the value traded divided by equity, per year. */
  readonly turnover: number | null;
  readonly benchmark: { readonly cagr: number | null; readonly maxDrawdown: number | null };
  /** Difference of the two growth rates. */
  readonly alpha: number | null;
}

/** Both curves start at the first session's open and have one value per close. */
function reportOn(
  outcome: Backtest,
  { from, to, equity }: BacktestInput,
  riskFree: number,
): Report {
  const { days, fills, benchmarkStart } = outcome;
  const curve: number[] = [equity, ...days.map((day) => day.equity)];
  const benchmark = [benchmarkStart, ...days.map((day) => day.benchmark)];
  const yearly = yearlyRates(outcome, curve, benchmark);
  return {
    from: days[0]?.session ?? from,
    to: days.at(-1)?.session ?? to,
    sessions: days.length,
    finalEquity: toDollars(days.at(-1)?.equity ?? equity),
    cagr: yearly.ours,
    volatility: volatility(curve) ?? null,
    sharpe: sharpe(curve, { perYear: SESSIONS_PER_YEAR, riskFree }) ?? null,
    maxDrawdown: maxDrawdown(curve) ?? null,
    orders: fills.length,
    turnover: yearly.turnover,
    benchmark: { cagr: yearly.theirs, maxDrawdown: maxDrawdown(benchmark) ?? null },
    alpha: yearly.alpha,
  };
}

interface YearlyRates {
  readonly ours: number | null;
  readonly theirs: number | null;
  readonly alpha: number | null;
  readonly turnover: number | null;
}

/** None for a range shorter than a year: one good day would be a thousand per cent a year. */
function yearlyRates(
  { days, turnover }: Backtest,
  curve: readonly number[],
  benchmark: readonly number[],
): YearlyRates {
  if (days.length < SESSIONS_OF_A_YEAR) {
    return { ours: null, theirs: null, alpha: null, turnover: null };
  }
  const ours = cagr(curve) ?? null;
  const theirs = cagr(benchmark) ?? null;
  return {
    ours,
    theirs,
    alpha: ours === null || theirs === null ? null : ours - theirs,
    turnover: (turnover * SESSIONS_PER_YEAR) / days.length,
  };
}

function skips({ skipped, decisions }: Backtest): readonly string[] {
  const [first] = skipped;
  if (!first) return [];
  const begins = decisions[0]?.asOf;
  return [
    `${counted(skipped.length, 'session')} without a decision; first as of ${begins ?? 'no day'}. ${first.reason}`,
  ];
}

function textOf(report: Report, riskFree: number): string {
  const { benchmark } = report;
  const rate = (value: number | null): string => orDash(value ?? undefined, signedPercent);
  const share = (value: number | null): string => orDash(value ?? undefined, percent);
  const final: Cents = dollars(report.finalEquity);
  const hasYear = report.turnover !== null;
  const turned = report.turnover?.toFixed(1);
  // Of the two rates as shown above it, so that the three add up.
  const ahead = readDifference(report.cagr ?? undefined, benchmark.cagr ?? undefined, 1) ?? null;
  return [
    `${report.from} to ${report.to}, ${counted(report.sessions, 'session')}, ${usd(final)} at the end`,
    '',
    table([
      ['', 'Rotor', 'SPY'],
      ...(hasYear ? [['a year', rate(report.cagr), rate(benchmark.cagr)]] : []),
      ['max drawdown', share(report.maxDrawdown), share(benchmark.maxDrawdown)],
      ['volatility', share(report.volatility), ''],
      [`Sharpe over ${percent(riskFree)}`, ratio(report.sharpe), ''],
    ]),
    '',
    hasYear ? `alpha ${rate(ahead)} a year` : 'shorter than a year: no yearly rates',
    `${counted(report.orders, 'order')}${hasYear ? `, ${turned ?? '?'} times the equity traded a year` : ''}`,
  ].join('\n');
}
