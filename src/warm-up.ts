/**
 * Fills the compile cache of NODE_COMPILE_CACHE, so that the next start of this version strips no types: a
 * process that had to keeps 30 MB more as long as it lives, and starts later. A deploy runs it before the
 * switch: `node FLAGS src/warm-up.ts` with the flags of the start, as Node keeps compiled code for one set of
 * V8's flags.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import '#ops/resolve.ts';
import { isolatedThread } from './isolated-thread.ts';

/** Runs a program until it finds out what it lacks here: by then it has loaded its modules. */
function runInVain(
  program: string,
  env: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): void {
  const own = { ...(isolatedThread({}).env as NodeJS.ProcessEnv), ...env };
  const words = [...flags, join(import.meta.dirname, program)];
  const { error } = spawnSync(process.execPath, words, { env: own });
  if (error) throw error;
}

// Half a configuration, so that it is not the sandbox that starts.
runInVain('main.ts', { DISCORD_TOKEN: 'none' }, process.execArgv);
runInVain('ops/healthcheck.ts', { HEALTH_PORT: '1' });
await import('#bot/session.ts');
await import('#bot/charts/draw-worker.ts');
await import('#commands/list.ts');
await import('#core/market/files/parquet.ts');
await import('#core/market/files/parquet-table.ts');
await import('#ops/metrics.ts');
await import('./studies/journal-studies.ts');
await import('./studies/study-worker.ts');
