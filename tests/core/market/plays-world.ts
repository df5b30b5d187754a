/** A whole desk over the sandbox's Alpaca: the real SDK, store and engine; time moves by hand. */
import { createAlpacaBroker } from '#core/broker/alpaca-broker.ts';
import { createAlpacaClient } from '#core/broker/client.ts';
import { type Bar, type BarHistory, type Bars, barHistory, truncateTo } from '#core/domain/bar.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { epochMs, type SessionDate, sessionDate, type Ticker, ticker } from '#core/domain/units.ts';
import { instruments, peers, UNIVERSE } from '#core/domain/universe.ts';
import { createEngine } from '#core/engine/engine.ts';
import { createBarStore } from '#core/market/bar-store.ts';
import { createRawBars } from '#core/market/raw-bars.ts';
import { createAlpacaBars } from '#core/market/source/alpaca-bars.ts';
import type { Clock, Log } from '#core/ports.ts';
import { openDatabase } from '#core/store/database.ts';
import { noHighWater } from '#core/store/high-water.ts';
import { createJournal } from '#core/store/journal.ts';
import { headerView } from '#core/views/header.ts';
import { MODELS } from '#models/list.ts';
import { createSandboxAlpaca } from '#sandbox/alpaca/server.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { APPROVAL, BUILD, LIMITS } from '#tests/support/limits.ts';
import { createManualTime } from '#tests/support/manual-time.ts';
import { at } from '#tests/support/world.ts';
import { quickBudgets } from '../broker/loopback.ts';
import { memoryDisk } from './memory-disk.ts';

export const TICKERS = instruments(UNIVERSE).map((each) => each.ticker);
export const XLE = ticker('XLE');
export const THURSDAY = sessionDate('2024-03-07');
export const FRIDAY = sessionDate('2024-03-08');

/** Fifteen months up to April 2024: each ticker climbs by itself and sways a little every day. */
function madeMarket(): Bars {
  const sessions = sessionsIn(sessionDate('2023-01-03'), sessionDate('2024-04-30'));
  const histories = TICKERS.map((name, nth): readonly [Ticker, BarHistory] => {
    const close = (day: number): number =>
      (60 + 9 * nth) *
      (1 + (0.02 + 0.01 * nth) / 126) ** day *
      (1 + 0.004 * Math.sin((1 + 0.17 * nth) * day));
    const rows = sessions.map(({ date }, day): Bar => {
      const [open, end] = [close(day - 1), close(day)];
      const [high, low] = [Math.max(open, end) * 1.003, Math.min(open, end) * 0.997];
      return { date, open, high, low, close: end, volume: 1_000_000 + day };
    });
    return [name, barHistory(name, rows)];
  });
  return new Map(histories);
}

export const MARKET = madeMarket();

/** What the source has of that ticker up to a session. */
export function truth(name: Ticker, last: SessionDate): BarHistory {
  const history = MARKET.get(name);
  if (!history) throw new RangeError(`no bars of ${name}`);
  return truncateTo(history, last);
}

export interface Entry {
  readonly rows: number;
  readonly last: string;
  readonly source: string;
  readonly feed: string;
  readonly adjustment: string;
}

/** Everything is closed with `end`. */
export async function openPlay(
  options: {
    readonly date?: string;
    readonly time?: string;
    readonly timeoutMs?: number;
    readonly bars?: Bars;
    /** Keeps the bars as they were traded as well. */
    readonly raw?: boolean;
  } = {},
) {
  const disk = memoryDisk();
  const rawDisk = memoryDisk();
  const time = createManualTime(at(options.date ?? '2024-03-07', options.time ?? '16:20'));
  const alpaca = await createSandboxAlpaca({
    bars: options.bars ?? MARKET,
    time,
    seed: 3,
    stateDir: undefined,
  });
  const asked: string[] = [];
  alpaca.faults.add({
    on: (occasion) => {
      if (occasion.kind === 'request' && occasion.path === '/v2/stocks/bars') asked.push('bars');
      return false;
    },
    fault: { kind: 'lose' },
  });
  const lines: string[] = [];
  const say = (text: string): void => void lines.push(text);
  const log: Log = { info: say, warn: say, error: say };
  // Whoever waits on the market's clock moves it, as nobody else does here.
  const clock: Clock = {
    now: time.now,
    sleep: async (durationMs, signal) => {
      signal?.throwIfAborted();
      time.advance(durationMs);
    },
  };
  const pause = leapingClock(epochMs(0));
  const access = {
    keyId: alpaca.keyId,
    secret: alpaca.secret,
    apiBase: alpaca.url,
    retryDelayMs: 1,
    budgets: quickBudgets(),
    ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
  };
  const broker = createAlpacaBroker({
    alpaca: createAlpacaClient(access),
    streamUrl: alpaca.streamUrl,
    clock,
    log,
  });
  const journal = createJournal({
    database: openDatabase(':memory:'),
    clock,
    highWater: noHighWater(),
    guard: () => {},
  });
  const progress: string[] = [];

  function startEngine() {
    const source = {
      alpaca: createAlpacaClient({ ...access, maxRetries: 0 }),
      ...{ clock, pause, log },
    };
    const fetcher = createAlpacaBars(source);
    const raw = createRawBars({
      disk: rawDisk,
      fetcher: createAlpacaBars({ ...source, adjustment: 'raw' }),
      since: () => journal.book().equity[0]?.session,
      ...{ tickers: TICKERS, name: 'Alpaca', clock, log },
    });
    const bars = createBarStore({
      peers: peers(UNIVERSE),
      folder: 'data/bars',
      disk,
      fetcher,
      tickers: TICKERS,
      name: 'Alpaca',
      clock,
      log,
      ...(options.raw && { raw }),
    });
    return createEngine({
      broker,
      bars,
      journal,
      clocks: { market: clock, wall: clock },
      log,
      universe: UNIVERSE,
      models: MODELS,
      limits: LIMITS,
      rules: { fractional: false, minOrder: 1_000 as never, minDrift: 0.01 },
      maxCatchUpSessions: 5,
      rebalanceOnRegimeChange: false,
      mode: 'SANDBOX',
      version: 'test',
      build: BUILD,
      approval: APPROVAL,
      maxDrift: 0.05,
      hash: (text) => text,
    });
  }
  let engine = startEngine();

  const kinds = (kind: string): number =>
    journal.since(0, 100_000).filter(({ entry }) => entry.kind === kind).length;

  return {
    alpaca,
    faults: alpaca.dataFaults,
    time,
    pause,
    lines,
    asked,
    journal,
    get engine() {
      return engine;
    },
    progress,
    /** The engine's first breath. */
    async start() {
      engine.listen((event) => {
        if (event.kind !== 'progress') return;
        const { done, of } = headerNow().data.progress ?? { done: 0, of: 0 };
        progress.push(`${event.text}, header ${done}/${of}`);
      });
      await engine.start();
    },
    /** Another process on the same folder and journal. */
    restart() {
      engine = startEngine();
      return engine.start();
    },
    /** Moves to that New York time, looks and wakes. */
    async goTo(date: string, minute: string) {
      time.advanceTo(at(date, minute));
      await engine.look();
      await engine.wake();
      await engine.look();
    },
    decisions: () => kinds('decision'),
    /** Why nothing can be decided now, as the desk has it. */
    missing: () => engine.observation().data.missing?.reason,
    problem: () => engine.observation().data.problem,
    header: headerNow,
    at,
    /** What is doubtful in the stored bars, in words. */
    findings: () =>
      [...(engine.observation().data.provenance?.values() ?? [])].flatMap(({ findings }) =>
        findings.map(({ text }) => text),
      ),
    alerts: () =>
      [...journal.book().alerts.values()].map(({ alert }) => `${alert.title}: ${alert.text}`),
    /** What the manifest says of a ticker. */
    async entry(name: Ticker): Promise<Entry | undefined> {
      const bytes = await disk.read('manifest.json');
      return bytes && JSON.parse(new TextDecoder().decode(bytes)).files[name]?.now;
    },
    /** The rows that a start without any source finds. */
    async stored(last: SessionDate = FRIDAY) {
      const alone = createBarStore({
        peers: peers(UNIVERSE),
        folder: 'data/bars',
        disk: disk.afterKill(),
        fetcher: { fetch: async () => new Map() },
        tickers: TICKERS,
        name: 'Alpaca',
        clock,
        log: { info() {}, warn() {}, error() {} },
      });
      return (await alone.load(last)).bars;
    },
    async end() {
      await broker.close();
      await alpaca.close();
    },
  };

  function headerNow() {
    return headerView(journal.book(), engine.observation(), MODELS);
  }
}

export type Play = Awaited<ReturnType<typeof openPlay>>;
