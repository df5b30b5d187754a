/** A desk that lives through a month, beside the same month by the backtest. */
import { expect, it } from 'vitest';
import type { Activity } from '#core/domain/activity.ts';
import { type Bars, truncateTo } from '#core/domain/bar.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import {
  cents,
  dollars,
  epochMs,
  qty,
  sessionDate,
  type Ticker,
  ticker,
} from '#core/domain/units.ts';
import { mulberry32 } from '#core/evidence/random.ts';
import { closesOf } from '#core/views/curve.ts';
import { MODELS } from '#models/list.ts';
import { monthParityOf } from '#src/studies/month-parity.ts';
import { wandering } from '#tests/support/bars.ts';
import { LIMITS } from '#tests/support/limits.ts';
import { type World, world } from '#tests/support/world.ts';

/** `PARITY_MONTHS=100 npx vitest run tests/studies/month-parity.test.ts --testTimeout=3600000` for a hundred. */
const RANDOM_MONTHS = Number(process.env['PARITY_MONTHS'] ?? 3);

const HISTORY = 300;
const WHOLE = wandering(7, HISTORY);
const MONTH = sessionsIn(sessionDate('2024-06-03'), sessionDate('2024-06-28'));
const START = epochMs((MONTH[0]?.open ?? 0) + 6 * 60_000);
const through = (date: string, whole: Bars): Bars =>
  new Map([...whole].map(([name, history]) => [name, truncateTo(history, sessionDate(date))]));

/** The day's open, a little dearer, until the close. */
function quote(desk: World, date: string, column: 'open' | 'close', whole: Bars): void {
  for (const [name, history] of through(date, whole)) {
    const price = history[column].at(-1) ?? 0;
    desk.broker.setPrice(name, Math.round(price * (column === 'open' ? 1.002 : 1) * 1e4) / 1e4);
  }
}

function desk(whole: Bars): World {
  return world({
    start: START,
    cashUsd: 100_000,
    models: MODELS,
    limits: { priceCollar: 0.5 },
    source: {
      name: 'made',
      load: async (date) => {
        const bars = through(date, whole);
        return { bars, raw: bars, refused: new Map() };
      },
    },
  });
}

type Happening = (made: World) => void;
const booked =
  (activity: Partial<Activity>): Happening =>
  (made) => {
    const plain = { kind: 'deposit', ticker: undefined, qty: qty(0), cash: cents(0) } as const;
    made.broker.happen({
      ...plain,
      id: `at ${made.clock.now()}`,
      at: made.clock.now(),
      ...activity,
    });
  };

/** What people and the broker do, by day. */
const HAPPENINGS: Readonly<Record<string, Happening>> = {
  '2024-06-05': booked({ cash: dollars(20_000) }),
  '2024-06-11': booked({ kind: 'fee', cash: cents(-317) }),
  '2024-06-13': booked({ kind: 'dividend', ticker: ticker('XLU'), cash: cents(4_210) }),
  '2024-06-18': (made) =>
    void made.broker.tradeByHand({
      ...{ clientOrderId: 'hand', decisionId: 'hand', side: 'buy', ticker: ticker('XLV') },
      ...{ qty: qty(7e9), priceAtDecision: 100 },
    } as never),
};

async function liveMonth(happenings: typeof HAPPENINGS, whole = WHOLE): Promise<World> {
  const made = desk(whole);
  quote(made, '2024-06-03', 'open', whole);
  await made.engine.start();
  await made.minutes(5);
  for (const { date } of MONTH) {
    if (date !== '2024-06-03') {
      quote(made, date, 'open', whole);
      made.goTo(date, '11:00');
      happenings[date]?.(made);
      await made.minutes(2);
    }
    quote(made, date, 'close', whole);
    made.goTo(date, '16:20');
    await made.minutes(4);
  }
  return made;
}

function besideBacktest(made: World, whole = WHOLE) {
  const { rules } = made.parts;
  const found = monthParityOf(made.book(), {
    ...{ bars: whole, raw: whole, limits: LIMITS, rules, acceptedMoves: [] },
  });
  if (!found) throw new Error('expected a month');
  const sum = Object.values(found.parts).reduce((total, each) => total + each, 0);
  expect(sum + found.residual).toBe(found.account - found.backtest);
  expect(Math.abs(found.residual)).toBeLessThanOrEqual(1);
  const [start, ...closes] = closesOf(made.book());
  const came = closes.reduce((all, { flows }) => all + flows.deposited - flows.withdrawn, 0);
  expect(found.account).toBe((closes.at(-1)?.equity ?? 0) - (start?.equity ?? 0) - came);
  return found;
}

it('a quiet month differs from its backtest by price, timing, cost and whole shares', async () => {
  const { account, backtest, parts } = besideBacktest(await liveMonth({}));
  expect(account).not.toBe(0);
  expect(Math.abs(account - backtest)).toBeLessThan(Math.abs(account) / 2);
  expect([parts.flows, parts.person].every((part) => Math.abs(part) <= 5)).toBe(true);
  expect(parts.timing).not.toBe(0);
});

it('a month with deposits, a fee, income and a manual trade has a cause for every cent', async () => {
  const quiet = besideBacktest(await liveMonth({})).parts;
  const { parts } = besideBacktest(await liveMonth(HAPPENINGS));
  expect(parts.cost - quiet.cost).toBe(-317);
  expect(parts.flows - quiet.flows).toBeCloseTo(4_210, -1);
  expect(parts.person).not.toBe(0);
  expect(parts.price).toBe(quiet.price);
});

/** A deposit, a withdrawal, a fee, income, and trades of a person, on some of the days. */
function randomHappenings(draw: () => number): typeof HAPPENINGS {
  const some = (least: number, most: number): number => least + Math.floor(draw() * (most - least));
  const one = <T>(from: readonly [T, ...T[]]): T => from[some(0, from.length)] ?? from[0];
  const fund = (): Ticker => ticker(one(['XLK', 'XLE', 'XLU', 'XLV', 'TLT']));
  const happening = (): Happening =>
    one<() => Happening>([
      () => booked({ cash: cents(some(1, 3_000_000)) }),
      () => booked({ kind: 'withdrawal', cash: cents(-some(1, 1_000_000)) }),
      () => booked({ kind: 'fee', cash: cents(-some(1, 5_000)) }),
      () => booked({ kind: 'dividend', ticker: fund(), cash: cents(some(1, 20_000)) }),
      () => {
        const what = { side: 'buy', ticker: fund(), qty: qty(some(1, 40) * 1e9) };
        const ids = { clientOrderId: `hand${draw()}`, decisionId: 'hand', priceAtDecision: 100 };
        return (made) => void made.broker.tradeByHand({ ...what, ...ids } as never);
      },
    ])();
  const days = MONTH.slice(1).filter(() => draw() < 0.4);
  return Object.fromEntries(days.map(({ date }) => [date, happening()]));
}

it.each(Array.from({ length: RANDOM_MONTHS }, (_, index) => index + 1))(
  'random month %i has a cause for every cent',
  async (seed) => {
    const whole = wandering(1_000 + seed, HISTORY);
    besideBacktest(await liveMonth(randomHappenings(mulberry32(seed)), whole), whole);
  },
);
