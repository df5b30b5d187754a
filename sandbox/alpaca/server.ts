/** A loopback Alpaca: the real protocol, its own market clock, and an account that survives a kill. */
import type { ServerResponse } from 'node:http';
import type { Bars } from '#core/domain/bar.ts';
import { type Cents, cents, type EpochMs, qty } from '#core/domain/units.ts';
import type { MarketTime } from '#core/market-time/market-time.ts';
import { realNow } from '#core/market-time/real-timers.ts';
import { later } from '#core/market-time/time-scale.ts';
import { type AccountEvent, applyAccountEvent } from './account-events.ts';
import { activityRoutes } from './activity-routes.ts';
import { openBook } from './book.ts';
import { createDataFaults, type DataFaults } from './data-faults.ts';
import { dataRoutes } from './data-routes.ts';
import { updateJson } from './dto.ts';
import { createExchange, type Exchange } from './exchange.ts';
import { createFaults, type Faults } from './faults.ts';
import type { Route } from './http.ts';
import { leverRoutes } from './lever-routes.ts';
import { createLevers, type Levers } from './levers.ts';
import type { Update } from './lifecycle.ts';
import { listen } from './listen.ts';
import { createMarket } from './market.ts';
import { createMarketDataView } from './market-data-view.ts';
import { createOrderStream, type OrderStream } from './order-stream.ts';
import { positionRoutes } from './position-routes.ts';
import type { Settings } from './records.ts';
import { createRequestLimit } from './request-limit.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';
import { openStore, type Store } from './store.ts';
import { streamTime, timeRoutes } from './time-routes.ts';
import { tradingRoutes } from './trading-routes.ts';
import { createWithheld } from './withheld.ts';

/** Dependencies of createSandboxAlpaca. */
export interface SandboxAlpacaParts {
  /** Prices to replay, and the tickers traded. */
  readonly bars: Bars;
  /** A folder for the account; undefined keeps it in memory only. */
  readonly stateDir: string | undefined;
  /** Moved forward to the instant where the saved account stopped. */
  readonly time: MarketTime;
  readonly seed: number;
  /** System time in milliseconds since 1970, for the rate limit. */
  readonly realNow?: () => number;
  /** Called for each request and each order update; the function it returns is called at its end. */
  readonly onActivity?: () => () => void;
  /** Each API request is handled when this resolves; at once by default. */
  readonly mayAnswer?: () => Promise<void>;
  /** 0 picks a free one. */
  readonly port?: number;
  readonly keys?: { readonly keyId: string; readonly secret: string };
  readonly account?: {
    readonly number?: string;
    readonly cash?: Cents;
    /** 1 is cash, 2 is margin. */
    readonly multiplier?: 1 | 2;
  };
}

/** A running Alpaca, with access for tests. */
export interface SandboxAlpaca {
  /** Base URL that replaces the api, paper-api and data hosts. */
  readonly url: string;
  readonly streamUrl: string;
  readonly keyId: string;
  readonly secret: string;
  readonly accountId: string;
  readonly accountNumber: string;
  readonly faults: Faults;
  /** Levers that make the broker behave unusually. */
  readonly levers: Levers;
  /** Active faults of the market data, and scale changes. */
  readonly dataFaults: DataFaults;
  /** Number of clients currently following the market time. */
  followers(): number;
  /** Whether an order update was sent within the last half hour of market time. */
  isTrading(): boolean;
  /** Refuses connections until it is plugged in again, on the same port. */
  unplug(): Promise<void>;
  plug(): Promise<void>;
  /** Applies an event to the account. */
  apply(event: AccountEvent): void;
  /** Breaks every order stream, as a network failure does. */
  dropStreams(): void;
  close(): Promise<void>;
}

const KEYS = { keyId: 'PK-SANDBOX', secret: 'sandbox-secret-of-no-account' };
const TRADING_MS = 30 * 60_000;
const OPENING_CASH = cents(100_000_00);

/** Resumes the account in the folder. @throws EADDRINUSE when the port is taken */
export async function createSandboxAlpaca(parts: SandboxAlpacaParts): Promise<SandboxAlpaca> {
  const { time, keys = KEYS } = parts;
  const store = openStore(parts.stateDir);
  const { resumeAt } = store.load();
  if (resumeAt !== undefined) time.resumeAt(resumeAt);

  const dataFaults = createDataFaults();
  const venue = openVenue(parts, store, dataFaults);
  const { exchange, book, levers } = venue;
  const memory = keepInstant(store, time);
  const faults = createFaults();
  const stream = createOrderStream(keys, faults);
  const updates = createUpdates(venue, stream, parts.onActivity);
  exchange.onUpdate(updates.tell);
  exchange.catchUp();

  const apply = (event: AccountEvent): void =>
    applyAccountEvent(event, { ...venue, tell: updates.tell });
  const followers = createFollowers(time);
  const listening = await listen(
    {
      routes: routesOf(venue, dataFaults, apply),
      keys,
      limit: limitOf(parts, levers),
      faults,
      stream,
      prepare: () => {
        exchange.catchUp();
        memory.keep();
      },
      requestId: requestIds(venue.random),
      onRequest: parts.onActivity ?? unheard,
      mayAnswer: parts.mayAnswer ?? (() => Promise.resolve()),
      streamTime: followers.add,
    },
    parts.port ?? 0,
  );
  return {
    ...addresses(listening.port, keys),
    accountId: book.settings().accountId,
    accountNumber: book.settings().accountNumber,
    faults,
    dataFaults,
    followers: followers.count,
    isTrading: updates.areFresh,
    unplug: listening.unplug,
    plug: listening.plug,
    apply,
    levers,
    dropStreams: () => stream.dropAll(),
    close: once(() => shut({ exchange, memory, listening, store })),
  };
}

const unheard = () => () => undefined;

type Venue = ReturnType<typeof openVenue>;

/** Creates the account, the market and the exchange between them. */
function openVenue(parts: SandboxAlpacaParts, store: Store, dataFaults: DataFaults) {
  const { time } = parts;
  const random = createSeededRandom(parts.seed);
  const book = openBook(store, freshSettings(parts, random, time.now()));
  const market = createMarket(parts.bars, random, dataFaults.adjustments);
  const levers = createLevers();
  const withheld = createWithheld(book, levers);
  const shared = { book, market, random, time, levers, withheld };
  return { ...shared, exchange: createExchange(shared) };
}

function routesOf(
  venue: Venue,
  dataFaults: DataFaults,
  apply: (event: AccountEvent) => void,
): readonly Route[] {
  const { levers, market, time } = venue;
  const shown = createMarketDataView(market, dataFaults);
  return [
    ...tradingRoutes(venue),
    ...activityRoutes(venue),
    ...dataRoutes({
      ...{ levers, market: shown, time, faults: dataFaults },
      haltedAt: (ticker) => {
        const { halted, haltedAt } = venue.book.settings();
        return halted.includes(ticker) ? haltedAt?.[ticker] : undefined;
      },
    }),
    ...timeRoutes(time),
    ...positionRoutes(venue),
    ...leverRoutes(levers, apply),
  ];
}

/** Sends order updates, and records when it last did. */
function createUpdates(
  { book, random, time }: Venue,
  stream: OrderStream,
  onActivity: () => () => void = unheard,
): { tell(update: Update): void; areFresh(): boolean } {
  let followedAt: EpochMs | undefined;
  return {
    tell: (update) => {
      const held = book.holdings().shares.get(update.order.ticker)?.qty ?? qty(0);
      stream.publish(updateJson(update, held, random), update.order.clientOrderId);
      onActivity()();
      followedAt = time.now();
    },
    areFresh: () => followedAt !== undefined && time.now() - followedAt < TRADING_MS,
  };
}

/** Clients that read the market time. */
function createFollowers(time: MarketTime): {
  add(response: ServerResponse): void;
  count(): number;
} {
  let count = 0;
  return {
    add: (response) => {
      count += 1;
      response.on('close', () => void count--);
      streamTime(time, response);
    },
    count: () => count,
  };
}

function requestIds(random: SeededRandom): () => string {
  let requests = 0;
  return () => random.uuid('request', requests++).replaceAll('-', '');
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}

function limitOf(
  { time, realNow: now = realNow }: SandboxAlpacaParts,
  levers: Levers,
): ReturnType<typeof createRequestLimit> {
  return createRequestLimit({
    perMinute: () => levers.settings().requestsPerMinute,
    marketNow: time.now,
    speed: time.speed,
    realNow: now,
  });
}

async function shut(open: {
  readonly exchange: Exchange;
  readonly memory: { close(): void };
  readonly listening: { close(): Promise<void> };
  readonly store: Store;
}): Promise<void> {
  open.exchange.close();
  await open.listening.close();
  open.memory.close();
  open.store.close();
}

function addresses(port: number, keys: { readonly keyId: string; readonly secret: string }) {
  return { url: `http://127.0.0.1:${port}`, streamUrl: `ws://127.0.0.1:${port}/stream`, ...keys };
}

/** Real milliseconds of market time saved in advance: a restart begins at most that much later. */
const AHEAD_MS = 400;

/**
 * Saves an instant that the market has not reached yet, so that after a kill -9 it resumes at or after
 * every instant already shown.
 */
function keepInstant(store: Store, time: MarketTime): { keep(): void; close(): void } {
  let written: EpochMs | undefined;
  const ahead = (realMs: number): EpochMs => {
    const { speed, endMs } = time.timeScale();
    return speed === 0 ? time.now() : later(time.now(), realMs * speed, endMs);
  };
  const write = (): void => {
    written = ahead(AHEAD_MS);
    store.putResumeAt(written);
  };
  const keep = (): void => {
    if (written === undefined || ahead(AHEAD_MS / 2) > written) write();
  };
  const stops = [time.onChange(write), time.every(keep)];
  write();
  return {
    keep,
    close: () => {
      for (const stop of stops) stop();
      written = time.now();
      store.putResumeAt(written);
    },
  };
}

function freshSettings(parts: SandboxAlpacaParts, random: SeededRandom, now: EpochMs): Settings {
  const { number = 'PA3SANDBOX01', cash = OPENING_CASH, multiplier = 1 } = parts.account ?? {};
  return {
    accountId: random.uuid('account', number),
    accountNumber: number,
    openingCash: cash,
    createdAt: now,
    multiplier,
    maxMarginMultiplier: 4,
    noShorting: multiplier === 1,
    suspendTrade: false,
    fractionalTrading: true,
    blocked: false,
    halted: [],
  };
}
