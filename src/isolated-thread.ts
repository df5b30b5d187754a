import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import type { ResourceLimits, WorkerOptions } from 'node:worker_threads';

/**
 * Options of a worker thread without the process's environment and options, which hold secrets. It keeps
 * the compile cache: without it each start strips the types of every module, which takes 20 MB and half a
 * second.
 */
export function isolatedThread(resourceLimits: ResourceLimits): WorkerOptions {
  const cache = getCompileCacheDir();
  return {
    // A thread must enable its own compile cache; Node names the folder within that of this process.
    env: cache === undefined ? {} : { NODE_COMPILE_CACHE: dirname(cache) },
    execArgv: [],
    resourceLimits,
  };
}
