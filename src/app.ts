/** Puts the parts together: configuration -> parts -> run. Read it as the table of contents. */

import { createHash } from 'node:crypto';
import { createBot } from '#bot/bot.ts';
import { COMMANDS } from '#commands/list.ts';
import { formatLogLine } from '#core/domain/journal-events/table.ts';
import { qtyToDecimal } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { createEngine, type RunningEngine } from '#core/engine/engine.ts';
import { OccupiedError, TradingError } from '#core/errors.ts';
import type { Clocks, Log } from '#core/ports.ts';
import { journalFiles } from '#core/store/backup.ts';
import { createInputStore, inputFolder } from '#core/store/input-store.ts';
import { runningHolder, thisProcess } from '#core/store/lease.ts';
import { createPostBook } from '#core/store/posts.ts';
import { type AttemptRow, openAttempts } from '#core/views/orders.ts';
import { MODELS } from '#models/list.ts';
import { openAlpaca } from '#ops/alpaca.ts';
import { buildOf, codeDigest, decidingDigest, versionOf } from '#ops/build-info.ts';
import type { CrashGuard } from '#ops/crash-loop.ts';
import { endWithNpm } from '#ops/end-with-npm.ts';
import { startJobs } from '#ops/jobs.ts';
import { EXIT, type Lifecycle } from '#ops/lifecycle.ts';
import { createLog, createScrubber } from '#ops/log.ts';
import { followMarketTime } from '#ops/market-time/follow.ts';
import { askMode } from '#ops/market-time/mode.ts';
import { openJournal } from '#ops/open-journal.ts';
import { createStopwatch } from '#ops/startup-timer.ts';
import packageJson from '../package.json' with { type: 'json' };
import { SANDBOX, sandboxFault } from './config/sandbox-place.ts';
import { settingsOf } from './config/settings.ts';
import {
  type Config,
  ConfigError,
  type Environment,
  parseConfig,
  type SandboxConfig,
  sandboxConfig,
  wantsSandbox,
} from './config.ts';
import { type ReadSecret, secretsIn, withSecretFiles } from './secrets.ts';
import { systemClock } from './time.ts';

/** What Rotor needs of the sandbox, which production code never imports, not even by type. */
interface RunningSandbox {
  /** What an `.env` would say: both base addresses, keys, token, ids of channel and roles. */
  readonly environment: Environment;
  readonly pageUrl: string;
  /** What its market replays, in words. */
  readonly label: string;
  close(): Promise<void>;
}

/** Loaded by its address and only where it is wanted: an image holds no sandbox. */
async function startSandbox(env: Environment): Promise<RunningSandbox> {
  const fault = sandboxFault();
  if (fault !== undefined) throw new ConfigError([fault]);
  const { createSandbox } = await import(SANDBOX.href);
  const config = sandboxConfig(env);
  try {
    return await createSandbox(config);
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isTaken) throw error;
    throw new OccupiedError(portTaken(config), 'fix-config', { cause: error });
  }
}

/** Who holds the sandbox's port, as far as its journal tells, and what to do. */
function portTaken({ port, stateDir }: SandboxConfig): string {
  const pid = runningHolder(journalFiles(stateDir).database, thisProcess());
  const who = pid === undefined ? 'another program' : `a Rotor that still runs, process ${pid}`;
  const stop = pid === undefined ? 'stop it' : `stop it with: kill ${pid}`;
  return `SANDBOX_PORT: port ${port} is held by ${who}; ${stop}, or set another SANDBOX_PORT`;
}

function orderText({ clientOrderId, side, qty, ticker }: AttemptRow): string {
  return `${side} ${qtyToDecimal(qty)} ${ticker} (${clientOrderId})`;
}

/**
 * Opens every part and starts the jobs. What is opened is closed at the shutdown, the last first: the
 * engine, and the sandbox last of all.
 * @throws ConfigError with every fault of the configuration, and whatever a part cannot start without.
 */
export async function runApp(
  lifecycle: Lifecycle,
  guard: CrashGuard,
  read: ReadSecret,
): Promise<void> {
  const settings = await readSettings(lifecycle, read);
  const { config, environment, log, sandbox, mode, mark } = settings;
  const safeMode = await guard.count({
    stateDir: config.stateDir,
    build: codeDigest(),
    limit: config.crashLimit,
  });
  const version = versionOf(packageJson.version, environment);
  log.info(`version ${version}, ${mode}`);
  for (const notice of config.notices) log.warn(notice);
  if (sandbox) {
    if (process.env['npm_lifecycle_event'] !== undefined) endWithNpm(lifecycle);
    log.info(`desk at ${sandbox.pageUrl}`);
  }

  // The sandbox's market keeps its own time; everywhere else it is the machine's.
  const followed =
    mode === 'SANDBOX'
      ? await followMarketTime(config.alpaca.apiBase, { realNow: Date.now })
      : undefined;
  lifecycle.onShutdown('clock', () => followed?.close());
  const wall = systemClock();
  const clocks: Clocks = { market: followed ?? wall, wall };
  mark('configuration');

  const files = journalFiles(config.stateDir);
  const { database, lease, journal } = await openJournal({ files, clocks, safeMode });
  lifecycle.onShutdown('journal', () => database.close());
  lifecycle.onShutdown('lease', () => lease?.release());
  guard.watchOrders(() => openAttempts(journal.book()).map(orderText));
  if (lease) safeMode.markPreviousKilled();
  mark('journal');
  const barsName = sandbox?.label ?? 'Alpaca';
  const speed = (): number => followed?.speed() ?? 1;
  const shared = { config, clocks, speed, safeMode, log, lifecycle };
  const { broker, bars } = await openAlpaca({ ...shared, universe: UNIVERSE, barsName });
  const posts = createPostBook(database);
  const engine = createEngine({
    ...engineSettings(config),
    ...{ broker, bars, journal, clocks, log, mode, version, mark },
    universe: UNIVERSE,
    models: MODELS,
    build: buildOf(config, MODELS),
    toldThrough: posts.told,
    inputs: {
      store: createInputStore(inputFolder(config.stateDir), log),
      code: decidingDigest(),
    },
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    safety: { reason: safeMode.safeModeReason, leave: safeMode.leaveSafeMode },
  });
  const bot = createBot({
    discord: config.discord,
    chartServer: config.chartServer,
    ...{ engine, journal, clocks, log, mark },
    needsApproval: config.announce.auto === 'approve',
    posts,
    models: MODELS,
    commands: COMMANDS,
    settings: settingsOf(environment),
    onBlocked: (text) => void guard.tell(text),
    onFatal: (reason) => lifecycle.fail(new TradingError(reason, 'fix-config'), EXIT.discord),
  });
  logEvents(engine, log);
  const { health } = settings;
  await startJobs({ lifecycle, engine, bot, journal, lease, safeMode, followed, health, log });
}

/** What has to be known before anything is opened, and where the log goes. */
async function readSettings(lifecycle: Lifecycle, read: ReadSecret) {
  const { mark } = createStopwatch(
    () => performance.now(),
    (line) => log.info(`seconds from the start: ${line}`),
  );
  mark('modules');
  const own = withSecretFiles(process.env, read);
  const sandbox = wantsSandbox(own) ? await startSandbox(own) : undefined;
  lifecycle.onShutdown('sandbox', () => sandbox?.close());
  const environment = { ...own, ...sandbox?.environment };
  const config = parseConfig(environment);
  const secrets = secretsIn(environment, read);
  const log = createLog(config.log, secrets);
  lifecycle.useLog(log);
  const health = {
    config: config.health,
    build: { version: packageJson.version, commit: environment['ROTOR_COMMIT'] ?? '' },
    scrub: createScrubber(secrets),
  };
  const mode = await askMode(config.alpaca.apiBase);
  return { config, environment, log, sandbox, mode, mark, health };
}

function engineSettings(config: Config) {
  const { limits, rules, acceptedMoves, approval, announce, maxDrift } = config;
  const { maxCatchUpSessions, rebalanceOnRegimeChange, regimeHoldSessions, riskFree } = config;
  return {
    ...{ limits, rules, acceptedMoves, approval, announce, maxDrift },
    ...{ maxCatchUpSessions, rebalanceOnRegimeChange, regimeHoldSessions, riskFree },
  };
}

function logEvents(engine: RunningEngine, log: Log): void {
  engine.listen((event) => {
    const line = event.kind === 'recorded' ? formatLogLine(event.recorded) : undefined;
    if (line !== undefined) log.info(line);
    if (event.kind === 'progress') log.info(event.text);
  });
}
