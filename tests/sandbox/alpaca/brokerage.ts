/** A sandbox Alpaca on a hand-moved clock, and the real SDK pointed at it. */
import { Alpaca } from '@alpacahq/alpaca-trade-api';
import { type Bar, type Bars, barHistory } from '#core/domain/bar.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { type EpochMs, sessionDate, type Ticker } from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import { createSandboxAlpaca, type SandboxAlpacaParts } from '#sandbox/alpaca/server.ts';
import { createManualTime } from '#tests/support/manual-time.ts';

export const FIRST = sessionDate('2024-02-01');
export const LAST = sessionDate('2024-04-30');
/** A Monday. */
export const DAY = '2024-03-04';

export function nyTime(date: string, hour: number, minute = 0): EpochMs {
  return newYorkInstant(sessionDate(date), hour * 60 + minute);
}

/** Every session of spring 2024; the n-th ticker opens at 50 + 10 n and moves a little every day. */
export function springBars(): Bars {
  const sessions = sessionsIn(FIRST, LAST);
  return new Map(
    instruments(UNIVERSE).map(({ ticker }, index): [Ticker, ReturnType<typeof barHistory>] => [
      ticker,
      barHistory(
        ticker,
        sessions.map(({ date }, day): Bar => {
          const open = 50 + 10 * index + day * 0.13;
          const close = open * (day % 2 === 0 ? 1.004 : 0.997);
          return { date, open, close, high: open * 1.009, low: open * 0.991, volume: 1e6 + day };
        }),
      ),
    ]),
  );
}

/** The real SDK with every host replaced by the sandbox. */
export function sdk(at: { readonly url: string; readonly keyId: string; readonly secret: string }) {
  return new Alpaca({
    keyId: at.keyId,
    secret: at.secret,
    fetchApi: (input: unknown, init?: RequestInit) => {
      const { pathname, search } = new URL(String(input));
      return fetch(`${at.url}${pathname}${search}`, init);
    },
  });
}

export async function openDesk(over: Partial<SandboxAlpacaParts> & { start?: EpochMs } = {}) {
  const time = createManualTime(over.start ?? nyTime(DAY, 10));
  const { start: _, ...rest } = over;
  const broker = await createSandboxAlpaca({
    bars: springBars(),
    stateDir: undefined,
    time,
    seed: 7,
    ...rest,
  });
  const headers = { 'apca-api-key-id': broker.keyId, 'apca-api-secret-key': broker.secret };
  /** Without the SDK, for what it hides. */
  const raw = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(broker.url + path, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  return { broker, time, raw, alpaca: sdk(broker) };
}

export type Desk = Awaited<ReturnType<typeof openDesk>>;

let orders = 0;

/** A market order of one share, under an id of its own. */
export function order(over: Readonly<Record<string, unknown>> = {}) {
  orders += 1;
  const plain = { symbol: 'XLK', side: 'buy', type: 'market', time_in_force: 'day', qty: '1' };
  return { ...plain, client_order_id: `test-${orders}`, ...over };
}
