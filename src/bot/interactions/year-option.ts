import { ApplicationCommandOptionType } from 'discord.js';
import type { Options } from './command.ts';

/** The calendar year that a command is asked about; without it the command takes the current one. */
export const YEAR_OPTION = {
  type: ApplicationCommandOptionType.Integer,
  name: 'year',
  description: 'Default: this year',
  min_value: 1990,
  max_value: 2100,
} as const;

/** The year that was asked for; `otherwise` without one, and for what is none. */
export function chosenYear(options: Options, otherwise: number): number {
  const asked = Number(options.get(YEAR_OPTION.name) ?? otherwise);
  return Number.isInteger(asked) ? asked : otherwise;
}
