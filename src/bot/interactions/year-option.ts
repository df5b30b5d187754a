import { ApplicationCommandOptionType } from 'discord.js';
import type { Options } from './command.ts';

/** The calendar year to report; the current one by default. */
export const YEAR_OPTION = {
  type: ApplicationCommandOptionType.Integer,
  name: 'year',
  description: 'Default: this year',
  min_value: 1990,
  max_value: 2100,
} as const;

/** The chosen year; `otherwise` when missing or invalid. */
export function chosenYear(options: Options, otherwise: number): number {
  const asked = Number(options.get(YEAR_OPTION.name) ?? otherwise);
  return Number.isInteger(asked) ? asked : otherwise;
}
