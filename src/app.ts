/** Puts the parts together: configuration -> parts -> run. Read it as the table of contents. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createBot } from '#bot/bot.ts';
import { COMMANDS } from '#commands/list.ts';
import { modeOf } from '#core/broker/client.ts';
import { epochMs } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { createEngine } from '#core/engine/engine.ts';
import { TradingError } from '#core/errors.ts';
import { journalFiles } from '#core/store/backup.ts';
import { createPostBook } from '#core/store/posts.ts';
import { MODELS } from '#models/list.ts';
import { openAlpaca } from '#ops/alpaca.ts';
import { buildOf, codeDigest, versionOf } from '#ops/build-info.ts';
import { narrate } from '#ops/event-log.ts';
import { goRound } from '#ops/jobs.ts';
import { EXIT, type Life } from '#ops/lifecycle.ts';
import { createLog, createScrubber } from '#ops/log.ts';
import { followMarketTime } from '#ops/market-time/follow.ts';
import { openMemory } from '#ops/open-journal.ts';
import { createStopwatch } from '#ops/startup-timer.ts';
import packageJson from '../package.json' with { type: 'json' };
import {
  ConfigError,
  type Environment,
  parseConfig,
  sandboxConfig,
  settingsOf,
  wantsSandbox,
} from './config.ts';
import type { Guard } from './guard.ts';
import { type ReadSecret, secretsIn, withSecretFiles } from './secrets.ts';
import { systemClock } from './time.ts';

/** What the desk needs of the sandbox, which production code never imports, not even by type. */
interface RunningSandbox {
  /** What an `.env` would say: both base addresses, keys, token, ids of channel and roles. */
  readonly environment: Environment;
  readonly pageUrl: string;
  /** What its market replays, in words. */
  readonly label: string;
  close(): Promise<void>;
}

const SANDBOX = new URL('../sandbox/sandbox.ts', import.meta.url);

/** Loaded by its address and only where it is wanted: an image holds no sandbox. */
async function startSandbox(env: Environment): Promise<RunningSandbox> {
  if (!existsSync(SANDBOX)) {
    throw new ConfigError([
      'no account is named, and the sandbox is not here: it needs the development packages',
    ]);
  }
  const { createSandbox } = await import(SANDBOX.href);
  return createSandbox(sandboxConfig(env));
}

/** What is opened is closed at the end, the last first: the engine, and the sandbox last of all. */
export async function runDesk(life: Life, guard: Guard, read: ReadSecret): Promise<void> {
  const { mark } = createStopwatch(
    () => performance.now(),
    (line) => log.info(`seconds from the start: ${line}`),
  );
  mark('modules');
  const own = withSecretFiles(process.env, read);
  const sandbox = wantsSandbox(own) ? await startSandbox(own) : undefined;
  life.onEnd('sandbox', () => sandbox?.close());
  const environment = { ...own, ...sandbox?.environment };
  const config = parseConfig(environment);
  const mode = modeOf(config.alpaca.apiBase);
  const secrets = secretsIn(environment, read);
  const log = createLog(config.log, secrets);
  life.use(log);
  const starts = await guard.count({
    stateDir: config.stateDir,
    build: codeDigest(),
    limit: config.crashLimit,
  });
  const version = versionOf(packageJson.version, environment);
  log.info(`version ${version}, ${mode}`);
  if (sandbox) log.info(`desk at ${sandbox.pageUrl}`);

  // The sandbox's market keeps its own time; everywhere else it is the machine's.
  const followed =
    mode === 'SANDBOX'
      ? await followMarketTime(config.alpaca.apiBase, { realNow: Date.now })
      : undefined;
  life.onEnd('clock', () => followed?.close());
  const clock = followed ?? systemClock();
  const machine = systemClock();
  mark('configuration');

  const files = journalFiles(config.stateDir);
  const { database, lease, journal } = await openMemory({ files, clock, machine, starts });
  life.onEnd('journal', () => database.close());
  life.onEnd('lease', () => lease?.release());
  if (lease) starts.alone();
  mark('journal');
  const { broker, bars } = await openAlpaca({
    config,
    barsName: sandbox?.label ?? 'Alpaca',
    clock,
    machine,
    starts,
    log,
    life,
  });
  const engine = createEngine({
    broker,
    bars,
    journal,
    clock,
    wallNow: () => epochMs(Date.now()),
    log,
    universe: UNIVERSE,
    models: MODELS,
    limits: config.limits,
    rules: config.rules,
    believed: config.believed,
    approval: config.approval,
    maxDrift: config.maxDrift,
    maxCatchUpSessions: config.maxCatchUpSessions,
    rebalanceOnRegimeChange: config.rebalanceOnRegimeChange,
    mode,
    version,
    build: buildOf(config, MODELS),
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    safety: starts,
    mark,
  });
  const bot = createBot({
    discord: config.discord,
    chartServer: config.chartServer,
    engine,
    journal,
    posts: createPostBook(database),
    clock,
    realClock: machine,
    log,
    models: MODELS,
    commands: COMMANDS,
    settings: settingsOf(environment),
    onFatal: (reason) => life.fail(new TradingError(reason, 'fix-config'), EXIT.discord),
    mark,
  });

  engine.listen((event) => {
    const line = event.kind === 'recorded' ? narrate(event.recorded) : undefined;
    if (line !== undefined) log.info(line);
    if (event.kind === 'progress') log.info(event.text);
  });
  const commit = environment['ROTOR_COMMIT'] ?? '';
  const health = {
    config: config.health,
    build: { version: packageJson.version, commit },
    scrub: createScrubber(secrets),
  };
  await goRound({ life, engine, bot, journal, lease, starts, followed, health, log });
}
