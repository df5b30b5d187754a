/** Puts the parts together: configuration -> parts -> run. Read it as the table of contents. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createBot } from '#bot/client.ts';
import { COMMANDS } from '#commands/list.ts';
import { createAlpacaBroker } from '#core/broker/alpaca-broker.ts';
import { createAlpacaClient, modeOf, streamUrlOf } from '#core/broker/client.ts';
import { epochMs } from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import { createEngine } from '#core/engine.ts';
import { TradingError } from '#core/errors.ts';
import { createAlpacaBars } from '#core/market/alpaca-bars.ts';
import { createBarStore } from '#core/market/bar-store.ts';
import { importAtStart } from '#core/market/import-at-start.ts';
import { journalFiles } from '#core/store/backup.ts';
import { openDatabase } from '#core/store/database.ts';
import { fileHighWater } from '#core/store/high-water.ts';
import { createJournal } from '#core/store/journal.ts';
import { acquireLease, thisProcess } from '#core/store/lease.ts';
import { createPostBook } from '#core/store/posts.ts';
import { MODELS } from '#models/list.ts';
import { followMarketTime } from '#sandbox/time/follow.ts';
import packageJson from '../package.json' with { type: 'json' };
import { buildOf } from './build.ts';
import { ConfigError, parseConfig, sandboxConfig, settingsOf, wantsSandbox } from './config.ts';
import { EXIT, runUntilSignal } from './life.ts';
import { createLog } from './log.ts';
import { narrate } from './narrate.ts';
import { withSecretFiles } from './secrets.ts';
import { cronHeartbeat, systemClock } from './time.ts';

/** Loaded only where it is wanted: an image without development packages cannot run it. */
async function startSandbox() {
  if (!existsSync(join(import.meta.dirname, 'sandbox/sandbox.ts'))) {
    throw new ConfigError([
      'no account is named, and the sandbox is not here: it needs the development packages',
    ]);
  }
  const { createSandbox } = await import('#sandbox/sandbox.ts');
  return createSandbox(sandboxConfig(process.env));
}

await runUntilSignal(async (life) => {
  const ownEnvironment = withSecretFiles(process.env, (path) => readFileSync(path, 'utf8'));
  const sandbox = wantsSandbox(ownEnvironment) ? await startSandbox() : undefined;
  life.onEnd('sandbox', () => sandbox?.close());
  const environment = { ...ownEnvironment, ...sandbox?.environment };
  const config = parseConfig(environment);
  const mode = modeOf(config.alpaca.apiBase);
  const log = createLog(config.log, [config.alpaca.secretKey, config.discord.token]);
  life.use(log);
  log.info(`version ${packageJson.version}, ${mode}`);
  if (sandbox) log.info(`desk at ${sandbox.pageUrl}`);

  // The sandbox's market keeps its own time; everywhere else it is the machine's.
  const followed =
    mode === 'SANDBOX'
      ? await followMarketTime(config.alpaca.apiBase, { realNow: Date.now })
      : undefined;
  const clock = followed ?? systemClock();
  const wakes = followed ?? cronHeartbeat('*/5 * * * * *');
  const renewals = cronHeartbeat('*/3 * * * * *');
  const looks = cronHeartbeat(followed ? '* * * * * *' : '*/15 * * * * *');

  const files = journalFiles(config.stateDir);
  const database = openDatabase(files.database);
  life.onEnd('journal', () => database.close());
  const machine = systemClock();
  const lease = await acquireLease(database, machine, thisProcess());
  life.onEnd('lease', lease.release);
  const journal = createJournal({
    database,
    clock,
    highWater: fileHighWater(files.mark),
    guard: lease.assertHeld,
  });
  const access = { ...config.alpaca, secret: config.alpaca.secretKey };
  const alpaca = createAlpacaClient({ ...access, log });
  const broker = createAlpacaBroker({
    alpaca,
    streamUrl: streamUrlOf(config.alpaca.apiBase),
    clock,
    log,
  });
  const tickers = instruments(UNIVERSE).map(({ ticker }) => ticker);
  await importAtStart({ from: config.dataImport, to: config.dataDir, tickers, clock, log });
  const stopping = new AbortController();
  const bars = createBarStore({
    folder: config.dataDir,
    fetcher: createAlpacaBars({
      alpaca: createAlpacaClient({ ...access, maxRetries: 0 }),
      clock,
      pause: machine,
      signal: stopping.signal,
      log,
    }),
    tickers,
    name: sandbox?.label ?? 'Alpaca',
    clock,
    log,
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
    version: packageJson.version,
    build: buildOf(config, MODELS),
    hash: (text) => createHash('sha256').update(text).digest('hex'),
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
  });

  engine.listen((event) => {
    const line = event.kind === 'recorded' ? narrate(event.recorded) : undefined;
    if (line !== undefined) log.info(line);
    if (event.kind === 'progress') log.info(event.text);
  });

  // Closed in the reverse order: first the engine, last the sandbox.
  life.onEnd('clock', () => followed?.close());
  life.onEnd('broker', broker.close);
  life.onEnd('discord', () => bot.stop('Rotor was stopped'));
  life.onEnd('engine', () => engine.stop('by signal'));
  life.onEnd('bars', () => stopping.abort());

  const look = (): void => void engine.look().catch(life.fail);
  const renew = (): void => lease.renew();
  const wake = (): void => void engine.wake().catch(life.fail);
  await Promise.all([engine.start(), bot.start()]);
  life.onEnd('renewals', renewals.every(renew));
  life.onEnd('looks', looks.every(look));
  life.onEnd('wakes', wakes.every(wake));
});
