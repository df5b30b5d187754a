/** The models that a command runs. */
import type { Model } from '#core/domain/model.ts';
import { tradingModels } from '#core/domain/model-role.ts';
import { MODELS } from '#models/list.ts';
import { type OptionValues, UsageError } from './command.ts';
import { optional } from './options.ts';

const ALL = 'all';

/** The model named by `--model`; without it or with `all`, the trading models. @throws UsageError */
export function modelsOption(values: OptionValues): readonly Model[] {
  const name = optional(values, 'model') ?? ALL;
  const models =
    name === ALL ? tradingModels(MODELS, new Map()) : MODELS.filter(({ id }) => id === name);
  if (models.length > 0) return models;
  const known = [ALL, ...MODELS.map(({ id }) => id)].join(', ');
  throw new UsageError(`--model: expected one of ${known}, found "${name}"`);
}
