/** Puts the parts together: configuration -> parts -> run. Read it as the table of contents. */

import { createHash } from 'node:crypto';
import { createBot } from '#bot/bot.ts';
import { formatLogLine } from '#core/domain/journal-events/table.ts';
import type { SessionDate } from '#core/domain/units.ts';
import { qtyToDecimal } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { createEngine, type RunningEngine } from '#core/engine/engine.ts';
import { TradingError } from '#core/errors.ts';
import type { Log } from '#core/ports.ts';
import { createInputStore, inputFolder } from '#core/store/input-store.ts';
import { journalFiles } from '#core/store/journal-files.ts';
import { createPostBook } from '#core/store/posts.ts';
import { type AttemptRow, openAttempts } from '#core/views/orders.ts';
import { MODELS } from '#models/list.ts';
import { openAlpaca } from '#ops/alpaca.ts';
import { buildOf, codeDigest, decidingDigest, notesOf, readChangeLog } from '#ops/build-info.ts';
import { openClocks } from '#ops/clocks.ts';
import type { CrashGuard, SafeMode } from '#ops/crash-loop.ts';
import { startJobs } from '#ops/jobs.ts';
import { EXIT, type Lifecycle } from '#ops/lifecycle.ts';
import { openJournal } from '#ops/open-journal.ts';
import { readSettings, type StartInput, type StartSettings } from '#ops/read-settings.ts';
import { startStudyJobs } from '#ops/study-jobs.ts';
import packageJson from '../package.json' with { type: 'json' };
import { createStudies } from './studies/create-studies.ts';

function orderText({ clientOrderId, side, qty, ticker }: AttemptRow): string {
  return `${side} ${qtyToDecimal(qty)} ${ticker} (${clientOrderId})`;
}

/**
 * Opens all parts and starts the jobs. Parts are closed at shutdown in reverse order: the engine, and the
 * sandbox last.
 * @throws ConfigError listing every configuration error, and any error of a part without which Rotor cannot
 * start.
 */
export async function runApp(
  lifecycle: Lifecycle,
  guard: CrashGuard,
  input: StartInput,
): Promise<void> {
  const start = await readSettings(lifecycle, input, packageJson.version);
  const { config, log, mode, version, barsName, mark, settings, health } = start;
  const { stateDir, crashLimit, discord, chartServer, announce } = config;
  const safeMode = await guard.count({ stateDir, build: codeDigest(), limit: crashLimit });
  const { clocks, followed } = await openClocks(mode, config.alpaca.apiBase);
  lifecycle.onShutdown('clock', () => followed?.close());
  mark('configuration');

  const { database, lease, journal } = await openStore(lifecycle, guard, {
    files: journalFiles(stateDir),
    clocks,
    safeMode,
  });
  mark('journal');
  const speed = (): number => followed?.speed() ?? 1;
  const shared = { config, clocks, speed, safeMode, log, lifecycle };
  const firstClose = (): SessionDate | undefined => journal.book().equity[0]?.session;
  const source = { ...shared, universe: UNIVERSE, barsName, firstClose };
  const { broker, bars } = await openAlpaca(source);
  const posts = createPostBook(database);
  const engine = createEngine({
    ...engineSettings(config),
    ...{ broker, bars, journal, clocks, log, mode, version, mark },
    universe: UNIVERSE,
    models: MODELS,
    build: buildOf(config, MODELS, notesOf(readChangeLog(), version)),
    deliveredThrough: posts.told,
    inputs: { store: createInputStore(inputFolder(stateDir), log), code: decidingDigest() },
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    safety: { reason: safeMode.safeModeReason, leave: safeMode.leaveSafeMode },
  });
  const studies = studiesOf(config);
  const bot = createBot({
    ...{ discord, chartServer, settings, engine, studies, journal, clocks, log, mark, posts },
    needsApproval: announce.auto === 'approve',
    models: MODELS,
    loadCommands: async () => (await import('#commands/list.ts')).COMMANDS,
    onBlocked: (text) => void guard.tell(text),
    onFatal: (reason) => lifecycle.fail(new TradingError(reason, 'fix-config'), EXIT.discord),
  });
  logEvents(engine, log);
  const { replicaWatch } = config.health;
  const running = { lifecycle, engine, bot, journal, lease, safeMode, followed, health, log };
  await startJobs({ ...running, replicaWatch });
  lifecycle.onShutdown('studies', startStudyJobs({ engine, journal, studies, log }));
}

/** The journal, exclusive to this process; if the process dies, the crash guard reports its open orders. */
async function openStore(
  lifecycle: Lifecycle,
  guard: CrashGuard,
  parts: Parameters<typeof openJournal>[0] & { readonly safeMode: SafeMode },
) {
  const opened = await openJournal(parts);
  const { database, lease, journal } = opened;
  lifecycle.onShutdown('journal', () => database.close());
  lifecycle.onShutdown('lease', () => lease?.release());
  guard.watchOrders(() => openAttempts(journal.book()).map(orderText));
  if (lease) parts.safeMode.markPreviousKilled();
  return opened;
}

function engineSettings(config: StartSettings['config']) {
  const { limits, rules, acceptedMoves, approval, announce, maxDrift } = config;
  const { maxCatchUpSessions, rebalanceOnRegimeChange, regimeHoldSessions, riskFree } = config;
  return {
    ...{ limits, rules, acceptedMoves, approval, announce, maxDrift },
    ...{ maxCatchUpSessions, rebalanceOnRegimeChange, regimeHoldSessions, riskFree },
  };
}

function studiesOf({ stateDir, limits, rules, acceptedMoves }: StartSettings['config']) {
  return createStudies({
    stateDir,
    code: decidingDigest(),
    rules: { limits, rules, acceptedMoves },
  });
}

function logEvents(engine: RunningEngine, log: Log): void {
  engine.listen((event) => {
    const line = event.kind === 'recorded' ? formatLogLine(event.recorded) : undefined;
    if (line !== undefined) log.info(line);
    if (event.kind === 'progress') log.info(event.text);
  });
}
