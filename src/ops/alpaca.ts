/** Everything specific to Alpaca: the broker and the bars. */
import { createAlpacaBroker } from '#core/broker/alpaca-broker.ts';
import { createAlpacaClient, createRequestBudgets, streamUrlOf } from '#core/broker/client.ts';
import { createRequestClock } from '#core/broker/request-clock.ts';
import { realTimers } from '#core/broker/timers.ts';
import type { SessionDate } from '#core/domain/units.ts';
import { instruments, peers, tradable, type Universe } from '#core/domain/universe.ts';
import { createBarStore } from '#core/market/bar-store.ts';
import { folderDisk } from '#core/market/files/disk.ts';
import { importAtStart } from '#core/market/import/import-at-start.ts';
import { createRawBars, rawFolder } from '#core/market/raw-bars.ts';
import { createAlpacaBars } from '#core/market/source/alpaca-bars.ts';
import type { BarSource, Broker, Clocks, Log } from '#core/ports.ts';
import type { Config } from '#src/config/types.ts';
import type { SafeMode } from './crash-loop.ts';
import type { Lifecycle } from './lifecycle.ts';

/** Dependencies of openAlpaca. */
export interface AlpacaParts {
  readonly config: Pick<Config, 'alpaca' | 'acceptedMoves' | 'dataDir' | 'dataImport' | 'prices'>;
  readonly universe: Universe;
  /** Description of the source of bars. */
  readonly barsName: string;
  readonly clocks: Clocks;
  /** Market milliseconds per wall clock millisecond: request limits follow the faster clock. */
  readonly speed: () => number;
  readonly safeMode: Pick<SafeMode, 'safeModeReason'>;
  /** The first recorded close; undefined before there is one. */
  readonly firstClose: () => SessionDate | undefined;
  readonly log: Log;
  readonly lifecycle: Lifecycle;
}

/** Sends no request yet; everything opened here is closed at shutdown. */
export async function openAlpaca(
  parts: AlpacaParts,
): Promise<{ readonly broker: Broker; readonly bars: BarSource }> {
  const { config, clocks, log, lifecycle, universe } = parts;
  const clock = clocks.market;
  const access = { ...config.alpaca, secret: config.alpaca.secretKey };
  const { speed } = parts;
  const budgets = createRequestBudgets(
    createRequestClock({ now: () => performance.now(), timers: realTimers, speed }),
  );
  const broker = createAlpacaBroker({
    alpaca: createAlpacaClient({ ...access, budgets, log }),
    streamUrl: streamUrlOf(config.alpaca.apiBase),
    tickers: tradable(universe).map(({ ticker }) => ticker),
    maxSpreadBps: config.prices.maxSpreadBps,
    clock,
    log,
  });
  lifecycle.onShutdown('broker', broker.close);
  const tickers = instruments(universe).map(({ ticker }) => ticker);
  // The files may be the cause of the crashes.
  if (parts.safeMode.safeModeReason() === undefined) {
    await importAtStart({ from: config.dataImport, to: config.dataDir, tickers, clock, log });
  }
  const stopping = new AbortController();
  lifecycle.beforeShutdown(() => stopping.abort());
  const source = {
    alpaca: createAlpacaClient({ ...access, budgets, maxRetries: 0 }),
    ...{ clock, pause: clocks.wall, signal: stopping.signal, log },
  };
  const shared = { tickers, name: parts.barsName, clock, log };
  const bars = createBarStore({
    ...shared,
    folder: config.dataDir,
    acceptedMoves: config.acceptedMoves,
    fetcher: createAlpacaBars(source),
    peers: peers(universe),
    raw: createRawBars({
      ...shared,
      disk: folderDisk(rawFolder(config.dataDir)),
      fetcher: createAlpacaBars({ ...source, adjustment: 'raw' }),
      since: parts.firstClose,
    }),
  });
  return { broker, bars };
}
