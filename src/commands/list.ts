import type { Command } from '#bot/command.ts';
import { adopt } from './adopt.ts';
import { cancel } from './cancel.ts';
import { explain } from './explain.ts';
import { flatten } from './flatten.ts';
import { help } from './help.ts';
import { models } from './models.ts';
import { performance } from './performance.ts';
import { positions } from './positions.ts';
import { preview } from './preview.ts';
import { rankings } from './rankings.ts';
import { rebalance } from './rebalance.ts';
import { regime } from './regime.ts';
import { report } from './report.ts';
import { stateCommands } from './state.ts';
import { status } from './status.ts';

/** Every command, in the order that /help shows them. */
export const COMMANDS: readonly Command[] = [
  status,
  rankings,
  explain,
  models,
  regime,
  positions,
  performance,
  report,
  preview,
  rebalance,
  ...stateCommands,
  flatten,
  cancel,
  adopt,
  help,
];
