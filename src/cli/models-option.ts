/** The models that a command runs. */
import type { Model } from '#core/domain/model.ts';
import { tradingModels } from '#core/domain/model-role.ts';
import { MODELS } from '#models/list.ts';
import { type OptionValues, UsageError } from './command.ts';
import { optional } from './options.ts';

const ALL = 'all';

/** The models named by `--model`, once each; without it or with `all`, the trading models. @throws UsageError */
export function modelsOption(values: OptionValues): readonly Model[] {
  const text = optional(values, 'model') ?? ALL;
  if (text === ALL) return tradingModels(MODELS, new Map());
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !MODELS.some(({ id }) => id === name));
  if (unknown === undefined) return MODELS.filter(({ id }) => names.includes(id));
  const known = [ALL, ...MODELS.map(({ id }) => id)].join(', ');
  throw new UsageError(`--model: expected one of ${known}, found "${unknown}"`);
}
