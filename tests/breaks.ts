/** Plain breaks of the rules of the trading core. `npm run break-test` applies one after the other. */
import { ACTING_BREAKS } from './breaks/acting.ts';
import { BOOK_BREAKS } from './breaks/books.ts';
import { DECIDING_BREAKS } from './breaks/deciding.ts';
import { DEPLOY_BREAKS } from './breaks/deploying.ts';
import { DISCORD_BREAKS } from './breaks/discord.ts';
import { DOUBTING_BREAKS } from './breaks/doubting.ts';
import { FETCHING_BREAKS } from './breaks/fetching.ts';
import { HEALTH_BREAKS } from './breaks/health.ts';
import { IMPORTING_BREAKS } from './breaks/importing.ts';
import { LIMIT_BREAKS } from './breaks/limits.ts';
import { LOT_BREAKS } from './breaks/lots.ts';
import { PERFORMANCE_BREAKS } from './breaks/performance.ts';
import { PROCESS_BREAKS } from './breaks/process.ts';
import { READING_BREAKS } from './breaks/reading.ts';
import { REAL_WORLD_BREAKS } from './breaks/real-world.ts';
import type { RuleBreak } from './breaks/rule-break.ts';
import { SENDING_BREAKS } from './breaks/sending.ts';
import { WATCHING_BREAKS } from './breaks/watching.ts';

export const BREAKS: readonly RuleBreak[] = [
  ...READING_BREAKS,
  ...SENDING_BREAKS,
  ...BOOK_BREAKS,
  ...LOT_BREAKS,
  ...LIMIT_BREAKS,
  ...REAL_WORLD_BREAKS,
  ...DECIDING_BREAKS,
  ...DEPLOY_BREAKS,
  ...DOUBTING_BREAKS,
  ...FETCHING_BREAKS,
  ...IMPORTING_BREAKS,
  ...ACTING_BREAKS,
  ...WATCHING_BREAKS,
  ...HEALTH_BREAKS,
  ...PROCESS_BREAKS,
  ...PERFORMANCE_BREAKS,
  ...DISCORD_BREAKS,
];
