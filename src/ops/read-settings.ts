/** Everything that must be known before anything is opened, and the destination of the log. */
import type { Mode } from '#core/domain/account.ts';
import { closeDays } from '#core/domain/calendar.ts';
import type { Log } from '#core/ports.ts';
import type { Environment } from '#src/config/environment.ts';
import { type Setting, settingsOf } from '#src/config/settings.ts';
import type { Config } from '#src/config/types.ts';
import { parseConfig, wantsSandbox } from '#src/config.ts';
import { type ReadSecret, secretsIn, withSecretFiles } from '#src/secrets.ts';
import { versionOf } from './build-info.ts';
import { endWithNpm } from './end-with-npm.ts';
import type { HealthParts } from './health.ts';
import type { Lifecycle } from './lifecycle.ts';
import { createLog, createScrubber } from './log.ts';
import { askMode } from './mode.ts';
import { startSandbox } from './sandbox.ts';
import { openStateFolder } from './state-folder.ts';

/** Input of the start. */
export interface StartInput {
  readonly env: Environment;
  readonly read: ReadSecret;
}

/** Result of reading the settings. */
export interface StartSettings {
  readonly config: Config;
  /** Every variable, for display. */
  readonly settings: readonly Setting[];
  readonly log: Log;
  readonly mode: Mode;
  /** With the commit, if an image provides it. */
  readonly version: string;
  /** Source of the prices used for trading. */
  readonly barsName: string;
  /** Records how long the start took so far. */
  readonly mark: (step: string) => void;
  readonly health: Pick<HealthParts, 'config' | 'build' | 'scrub'>;
}

/**
 * Reads the environment, and starts the sandbox when no account is set.
 * @throws ConfigError listing every configuration error, TradingError when the state folder cannot be used or
 * the account's mode cannot be determined.
 */
export async function readSettings(
  lifecycle: Lifecycle,
  { env, read }: StartInput,
  release: string,
): Promise<StartSettings> {
  const { mark } = createStopwatch(
    () => performance.now(),
    (line) => log.info(`seconds from the start: ${line}`),
  );
  mark('modules');
  const own = withSecretFiles(env, read);
  const sandbox = wantsSandbox(own) ? await startSandbox(own) : undefined;
  lifecycle.onShutdown('sandbox', () => sandbox?.close());
  const environment = { ...own, ...sandbox?.environment };
  const config = parseConfig(environment);
  closeDays(config.closedDays);
  openStateFolder(config.stateDir);
  const secrets = secretsIn(environment, read);
  const log = createLog(config.log, secrets);
  lifecycle.useLog(log);
  const mode = await askMode(config.alpaca.apiBase);
  const version = versionOf(release, environment);
  log.info(`version ${version}, ${mode}`);
  for (const notice of config.notices) log.warn(notice);
  if (sandbox) {
    if (env['npm_lifecycle_event'] !== undefined) endWithNpm(lifecycle);
    log.info(`desk at ${sandbox.pageUrl}`);
  }
  const health = {
    config: config.health,
    build: { version: release, commit: environment['ROTOR_COMMIT'] ?? '' },
    scrub: createScrubber(secrets),
  };
  const barsName = sandbox?.label ?? 'Alpaca';
  return { config, settings: settingsOf(environment), log, mode, version, barsName, mark, health };
}

/** Times the steps of a start; reported once when both of its branches have ended. */
interface Stopwatch {
  readonly mark: (step: string) => void;
}

/** Rotor may trade, and people can see it; these branches run in parallel. */
const ENDS = ['reconcile', 'header'];

/**
 * @param now milliseconds since the process started
 * @param say `modules 0.62, journal 0.70 …`: when each step ended, in seconds
 */
function createStopwatch(now: () => number, say: (line: string) => void): Stopwatch {
  const marks = new Map<string, number>();
  return {
    mark(step) {
      if (marks.has(step)) return;
      marks.set(step, now());
      if (!ENDS.includes(step) || !ENDS.every((each) => marks.has(each))) return;
      say([...marks].map(([name, at]) => `${name} ${(at / 1_000).toFixed(2)}`).join(', '));
    },
  };
}
