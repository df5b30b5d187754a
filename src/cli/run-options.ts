/** Options of every command that runs backtests: days, models, account, and costs. */
import type { Rates } from '#core/backtest/interest.ts';
import type { Model } from '#core/domain/model.ts';
import type { Cents } from '#core/domain/units.ts';
import { tradingRules } from '#src/config.ts';
import type { Environment, OptionValues } from './command.ts';
import { modelsOption } from './models-option.ts';
import { countOption, equityOption } from './options.ts';
import { RATE_OPTIONS, RATE_USAGE, ratesOf } from './rates.ts';

/** For `parseArgs`; the days are read by each command, as each has its own least number. */
export const RUN_OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  model: { type: 'string' },
  equity: { type: 'string' },
  'slippage-bps': { type: 'string' },
  ...RATE_OPTIONS,
  state: { type: 'string' },
} as const;

/** Usage text of those options. */
export const RUN_USAGE =
  `--from DATE --to DATE [--model ID[,ID]|all] [--equity USD] [--slippage-bps N] ${RATE_USAGE} ` +
  '[--state DIR]';

/** Models, account, costs and the configured limits. */
export type RunTerms = ReturnType<typeof tradingRules> & {
  readonly models: readonly Model[];
  readonly equity: Cents;
  readonly slippageBps: number;
  readonly rates: Rates;
};

/** Reads everything but the days. @throws UsageError */
export function runTerms(values: OptionValues, env: Environment): RunTerms {
  const models = modelsOption(values);
  const rules = tradingRules(env);
  return {
    ...{ ...rules, models },
    equity: equityOption(values, '100000'),
    slippageBps: countOption(values, 'slippage-bps', { from: 0, to: 1_000, fallback: 5 }),
    rates: ratesOf(values, rules.limits.maxGross, models),
  };
}
