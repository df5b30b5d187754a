/** Checks of Alpaca: keys, account, clock, calendar, order stream, market data. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createAlpacaBroker } from '#core/broker/alpaca-broker.ts';
import { createAlpacaClient, modeOf, streamUrlOf } from '#core/broker/client.ts';
import {
  lastClosedSession,
  lastFinalSession,
  sessionOffset,
  sessionsIn,
} from '#core/domain/calendar.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { firstDifference } from '#core/engine/monitoring/calendar-check.ts';
import { TradingError } from '#core/errors.ts';
import { createAlpacaBars } from '#core/market/source/alpaca-bars.ts';
import type { BarFetcher } from '#core/market/source/bar-fetcher.ts';
import type { Broker, Clock, Log } from '#core/ports.ts';
import type { Config } from '#src/config/types.ts';
import { type Check, fail, pass, reasonOf } from './check.ts';

/** The clock difference accepted by the last check before an order. */
const MAX_SKEW_MS = 5_000;
const STREAM_TRIES = 50;
const STREAM_WAIT_MS = 100;
const CALENDAR_SESSIONS = 20;
const KEYS =
  'Create keys for this account at app.alpaca.markets (paper and live have separate ones), and set ' +
  'ALPACA_KEY_ID and ALPACA_SECRET_KEY.';
const NETWORK = 'Check this machine’s connection to Alpaca, and status.alpaca.markets.';

/** Dependencies of the broker checks. */
export interface AlpacaParts {
  readonly config: Config;
  /** The system clock, or the sandbox market's. */
  readonly clock: Clock;
  readonly log: Log;
}

/** Checks account, clock, stream and bars; never rejects: an error is a failed check. */
export async function alpacaChecks({ config, clock, log }: AlpacaParts): Promise<readonly Check[]> {
  const { alpaca: account } = config;
  const alpaca = createAlpacaClient({ ...account, secret: account.secretKey });
  const broker = createAlpacaBroker({ alpaca, streamUrl: streamUrlOf(account.apiBase), log });
  const bars = createAlpacaBars({ alpaca, clock });
  try {
    const keys = await answered('Alpaca account', () => accountCheck(broker, account.apiBase));
    if (!keys.pass) return [keys];
    return [
      keys,
      await answered('clock', () => clockCheck(broker, clock)),
      await answered('calendar agrees', () => calendarCheck(broker, clock)),
      await streamCheck(broker),
      await answered('market data', () => dataCheck(bars, clock)),
    ];
  } finally {
    await broker.close();
  }
}

/** Turns any error into a failed check. */
async function answered(name: string, ask: () => Promise<Check>): Promise<Check> {
  try {
    return await ask();
  } catch (error) {
    const keys = error instanceof TradingError && error.remedy === 'fix-config';
    return fail(name, reasonOf(error), keys ? KEYS : NETWORK);
  }
}

async function accountCheck(broker: Broker, apiBase: string): Promise<Check> {
  const { number, status, blocked } = await broker.account();
  const detail = `${number} (${modeOf(apiBase)}), ${status}`;
  if (status === 'ACTIVE' && !blocked) return pass('Alpaca account', detail);
  const remedy = 'Alpaca’s dashboard says what the account is waiting for, or who blocked it.';
  return fail('Alpaca account', blocked ? `${detail}, blocked` : detail, remedy);
}

/** Compares the system clock with the broker's. */
export async function clockCheck(broker: Pick<Broker, 'clock'>, clock: Clock): Promise<Check> {
  const before = clock.now();
  const { at } = await broker.clock();
  const apart = Math.max(before - at, at - clock.now(), 0);
  const detail = `${(apart / 1000).toFixed(1)} s from Alpaca's`;
  if (apart < MAX_SKEW_MS) return pass('clock', detail);
  return fail('clock', detail, 'Set this machine’s clock: timedatectl set-ntp true.');
}

async function calendarCheck(broker: Broker, clock: Clock): Promise<Check> {
  const from = lastClosedSession(clock.now()).date;
  const to = sessionOffset(from, CALENDAR_SESSIONS).date;
  const difference = firstDifference(sessionsIn(from, to), await broker.calendar(from, to));
  if (difference === undefined) return pass('calendar agrees', `${from} to ${to}`);
  const remedy =
    'Nothing trades while they differ. If the exchange closed at short notice, add the day to CLOSED_DAYS and restart Rotor.';
  return fail('calendar agrees', difference, remedy);
}

/** Whether the stream of order updates can be opened. */
export async function streamCheck(
  broker: Pick<Broker, 'streaming'>,
  pause: (ms: number) => Promise<unknown> = sleep,
): Promise<Check> {
  for (let tries = 0; tries < STREAM_TRIES && !broker.streaming(); tries++) {
    await pause(STREAM_WAIT_MS);
  }
  if (broker.streaming()) return pass('order stream', 'listening');
  const remedy = 'Rotor polls every few seconds instead; check whether a proxy blocks websockets.';
  return fail('order stream', 'not connected after 5 s', remedy);
}

/** Whether the latest bars can be fetched. */
export async function dataCheck(bars: BarFetcher, clock: Clock): Promise<Check> {
  const spy = UNIVERSE.benchmark.ticker;
  const wanted = lastFinalSession(clock.now()).date;
  const found = await bars.fetch([spy], sessionOffset(wanted, -4).date, wanted);
  const last = found.get(spy)?.at(-1)?.date;
  const feed = bars.originOf?.(spy)?.feed;
  if (last === wanted && feed === 'iex') {
    const remedy = 'Alpaca refuses this account the consolidated feed (sip): check its data plan.';
    return fail('market data', `bars of ${spy} to ${wanted}, of IEX alone`, remedy);
  }
  if (last === wanted)
    return pass('market data', `bars of ${spy} to ${wanted}, feed ${feed ?? 'unknown'}`);
  const remedy =
    'A bar arrives 16 minutes after the close; if it is later, Alpaca’s data is delayed.';
  return fail('market data', `${spy}: expected ${wanted}, found ${last ?? 'nothing'}`, remedy);
}
