/** Interest on idle cash and borrowed money, as options. */
import type { Rates } from '#core/backtest/interest.ts';
import type { Model } from '#core/domain/model.ts';
import { type OptionValues, UsageError } from './command.ts';
import { optional } from './options.ts';

/** Options of every command that runs backtests. */
export const RATE_OPTIONS = {
  'margin-rate': { type: 'string' },
  'cash-rate': { type: 'string' },
} as const;

/** Usage text of those options. */
export const RATE_USAGE = '[--margin-rate PERCENT] [--cash-rate PERCENT]';

/** Borrowing costs interest: nothing is lent unless the rate is above 0. @throws UsageError */
export function ratesOf(
  values: OptionValues,
  maxGross: number,
  models: readonly Pick<Model, 'id' | 'parameters'>[],
): Rates {
  const rates = {
    margin: rateOption(values, 'margin-rate'),
    cash: rateOption(values, 'cash-rate'),
  };
  const borrower = models.find(({ parameters }) => parameters.leverage > 1);
  if (maxGross > 1 && borrower && rates.margin === 0) {
    throw new UsageError(
      `--margin-rate: expected what borrowed money costs a year, above 0, because MAX_GROSS is ${maxGross} ` +
        `and ${borrower.id} borrows, found ${optional(values, 'margin-rate') ?? 'nothing'}`,
    );
  }
  return rates;
}

function rateOption(values: OptionValues, name: string): number {
  const text = optional(values, name) ?? '0';
  const rate = /^\d{1,2}(\.\d+)?$/.test(text) ? Number(text) / 100 : Number.NaN;
  if (rate >= 0) return rate;
  throw new UsageError(`--${name}: expected per cent a year from 0 to 99, found "${text}"`);
}
