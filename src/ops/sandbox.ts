/** Starts the sandbox in this process. Production code never imports it statically, not even its types. */
import { dirname } from 'node:path';
import { errorCode, OccupiedError } from '#core/errors.ts';
import { journalFiles } from '#core/store/journal-files.ts';
import { runningHolder, thisProcess } from '#core/store/lease.ts';
import { ConfigError, type Environment } from '#src/config/environment.ts';
import { SANDBOX, sandboxFault } from '#src/config/sandbox-place.ts';
import type { SandboxConfig } from '#src/config/types.ts';
import { sandboxConfig } from '#src/config.ts';
import { openStateFolder } from './state-folder.ts';

/** The part of a sandbox that Rotor needs. */
interface RunningSandbox {
  /**
   * The variables that `.env` would contain: both base addresses, keys, token, ids of channel and roles.
   */
  readonly environment: Environment;
  readonly pageUrl: string;
  /** Description of the bars its market replays. */
  readonly label: string;
  close(): Promise<void>;
}

/**
 * Imported dynamically and only when needed: images do not contain the sandbox.
 * @throws ConfigError when it is not installed, TradingError when its folder cannot be used, OccupiedError when
 * its folder or its port is taken.
 */
export async function startSandbox(env: Environment): Promise<RunningSandbox> {
  const fault = sandboxFault();
  if (fault !== undefined) throw new ConfigError([fault]);
  const { createSandbox } = await import(SANDBOX.href);
  const config = sandboxConfig(env);
  for (const folder of [dirname(config.stateDir), config.stateDir]) openStateFolder(folder);
  try {
    return await createSandbox(config);
  } catch (error) {
    const fault = occupied(error, config);
    if (fault === undefined) throw error;
    throw new OccupiedError(fault, 'fix-config', { cause: error });
  }
}

/** Who holds the sandbox's folder or port, as far as the journal tells, and what to do. */
function occupied(error: unknown, { port, stateDir }: SandboxConfig): string | undefined {
  const isFolder = error instanceof OccupiedError;
  const isPort = errorCode(error) === 'EADDRINUSE';
  if (!isFolder && !isPort) return undefined;
  const pid = runningHolder(journalFiles(stateDir).database, thisProcess());
  const stranger = isFolder ? 'a Rotor that still runs' : 'another program';
  const who = pid === undefined ? stranger : `a Rotor that still runs, process ${pid}`;
  const stop = pid === undefined ? 'stop it' : `stop it with: kill ${pid}`;
  return isFolder
    ? `STATE_DIR: ${stateDir} is used by ${who}; ${stop}, or set another STATE_DIR`
    : `SANDBOX_PORT: port ${port} is held by ${who}; ${stop}, or set another SANDBOX_PORT`;
}
