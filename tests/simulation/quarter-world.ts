/** A quarter in the sandbox: what people and the broker do beside the desk, session by session. */
import { type Bar, type Bars, barHistory } from '#core/domain/bar.ts';
import { isFirstOfMonth, sessionsIn } from '#core/domain/calendar.ts';
import { cents, qty, sessionDate, ticker } from '#core/domain/units.ts';
import type { SandboxAlpaca } from '#sandbox/alpaca/server.ts';
import { openPlay, type Play, TICKERS } from '#tests/core/market/plays-world.ts';
import { ACTIONS, scaleOn, type TradedDay, tradedDays } from './quarter-prices.ts';

const DATES = sessionsIn(sessionDate('2023-01-03'), sessionDate('2024-04-30')).map(
  ({ date }) => date,
);
export const FIRST = '2024-01-02';
export const LAST = '2024-03-28';

/** What was traded, by ticker. */
export const TRADED: ReadonlyMap<string, readonly TradedDay[]> = new Map(
  TICKERS.map((name, nth) => [name, tradedDays(name, nth, DATES)]),
);

/** The same without its actions, as the sandbox takes it. */
function barsOfSandbox(): Bars {
  return new Map(
    TICKERS.map((name) => {
      const days = TRADED.get(name) ?? [];
      const rows = DATES.map((date, index): Bar => {
        const scale = scaleOn(name, date, days);
        const { open = 0, close = 0 } = days[index] ?? {};
        const [high, low] = [Math.max(open, close) * 1.002, Math.min(open, close) * 0.998];
        const prices = { open, high, low, close };
        const [o, h, l, c] = Object.values(prices).map((price) => price / scale);
        return { date, open: o ?? 0, high: h ?? 0, low: l ?? 0, close: c ?? 0, volume: 1e6 };
      });
      return [name, barHistory(name, rows)];
    }),
  );
}

type Happening = Parameters<SandboxAlpaca['apply']>[0];
const shares = (count: number) => qty(count * 1e9);

/** By day and New York time. */
const HAPPENINGS: readonly (readonly [day: string, time: string, what: Happening])[] = [
  ['2024-01-11', '11:00', { kind: 'deposit', amount: cents(25_000_00) }],
  ['2024-01-18', '10:30', { kind: 'transfer', ticker: ticker('XLK'), qty: shares(40) }],
  ['2024-01-25', '12:00', { kind: 'dividend', ticker: ticker('XLK'), perShare: cents(62) }],
  // Bought and sold by hand, at a loss, within the days of a wash sale.
  ['2024-01-30', '11:00', { kind: 'trade', ticker: ticker('XLK'), side: 'sell', qty: shares(30) }],
  ['2024-02-09', '11:00', { kind: 'trade', ticker: ticker('XLK'), side: 'buy', qty: shares(12) }],
  ['2024-02-14', '08:00', { kind: 'split', ticker: ticker('XLK'), from: 1, to: 2 }],
  ['2024-02-22', '09:00', { kind: 'fee', amount: cents(3_17) }],
  ['2024-03-06', '13:00', { kind: 'withdraw', amount: cents(300_00) }],
  ['2024-03-21', '12:00', { kind: 'dividend', ticker: ticker('XLC'), perShare: cents(45) }],
];

const EVENING = ['16:20', '16:26'];
const MORNING = ['09:36', '09:38', '09:41'];

/** Lives through the quarter; the caller ends the play. */
export async function liveQuarter(): Promise<Play> {
  const play = await openQuarter(FIRST);
  await play.start();
  for (const { date } of sessionsIn(sessionDate(FIRST), sessionDate(LAST))) {
    await liveDay(play, date);
  }
  return play;
}

/** A desk before its first start on that day, in the quarter's market. */
export async function openQuarter(date: string): Promise<Play> {
  const play = await openPlay({ date, time: '08:30', bars: barsOfSandbox(), raw: true });
  for (const { ticker: name, ex, dividend = 0, split = 1 } of ACTIONS) {
    const days = TRADED.get(name) ?? [];
    const before = days.findLast(({ date }) => date < ex)?.close ?? Number.NaN;
    const factor = (1 - dividend / before) / split;
    play.faults.adjust({ ticker: ticker(name), ex: sessionDate(ex), factor });
  }
  return play;
}

async function liveDay(play: Play, date: string): Promise<void> {
  const own = HAPPENINGS.filter(([day]) => day === date);
  const usual = isFirstOfMonth(sessionDate(date)) ? [...MORNING, ...EVENING] : EVENING;
  for (const time of [...usual, ...own.map(([, when]) => when)].toSorted()) {
    play.time.advanceTo(play.at(date, time));
    for (const [, when, what] of own) if (when === time) play.alpaca.apply(what);
    await play.engine.look();
    await play.engine.wake();
  }
}
