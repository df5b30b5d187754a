import { ApplicationCommandOptionType } from 'discord.js';

/** The calendar year that a command is asked about; without it the command takes the current one. */
export const YEAR_OPTION = {
  type: ApplicationCommandOptionType.Integer,
  name: 'year',
  description: 'This year unless you choose',
  min_value: 1990,
  max_value: 2100,
} as const;
