import type { Command } from '#bot/interactions/command.ts';
import { adopt } from './adopt.ts';
import { audit } from './audit.ts';
import { backlog } from './backlog.ts';
import { backtest } from './backtest.ts';
import { cancel } from './cancel.ts';
import { config } from './config.ts';
import { costs } from './costs.ts';
import { data } from './data.ts';
import { evidence } from './evidence.ts';
import { explain } from './explain.ts';
import { exportCommand } from './export.ts';
import { fills } from './fills.ts';
import { flatten } from './flatten.ts';
import { health } from './health.ts';
import { help } from './help.ts';
import { income } from './income.ts';
import { lotCost } from './lot-cost.ts';
import { models } from './models.ts';
import { notify } from './notify.ts';
import { orders } from './orders.ts';
import { parity } from './parity.ts';
import { performance } from './performance.ts';
import { positions } from './positions.ts';
import { preview } from './preview.ts';
import { raise } from './raise.ts';
import { rankings } from './rankings.ts';
import { rebalance } from './rebalance.ts';
import { recentPeriodCommands } from './recent-periods.ts';
import { regime } from './regime.ts';
import { report } from './report.ts';
import { shadow } from './shadow.ts';
import { stateCommands } from './state.ts';
import { status } from './status.ts';
import { tax } from './tax.ts';
import { version } from './version.ts';
import { whatIf } from './what-if.ts';

/** Every command, in the order of /help. */
export const COMMANDS: readonly Command[] = [
  status,
  health,
  rankings,
  explain,
  models,
  regime,
  positions,
  orders,
  fills,
  backlog,
  performance,
  report,
  ...recentPeriodCommands,
  costs,
  income,
  tax,
  evidence,
  parity,
  backtest,
  whatIf,
  preview,
  rebalance,
  raise,
  shadow,
  ...stateCommands,
  flatten,
  cancel,
  adopt,
  lotCost,
  data,
  version,
  config,
  notify,
  exportCommand,
  audit,
  help,
];
