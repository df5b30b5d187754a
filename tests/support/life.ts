/**
 * An account that lives on made bars. What it holds, what it is worth and what the models say of it
 * follow from its trades and its bars alone, so that a picture of it cannot contradict itself.
 */
import type { Mode, Position } from '#core/domain/account.ts';
import { type AccountState, EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import { type Bars, countThrough } from '#core/domain/bar.ts';
import { isFirstOfMonth, sessionOffset, sessionsIn } from '#core/domain/calendar.ts';
import type { Cause, Decision } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';
import { applyEntry } from '#core/domain/journal-events/table.ts';
import { equityOf, type Ledger } from '#core/domain/ledger.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import type { Observation } from '#core/domain/observation.ts';
import {
  type Cents,
  cents,
  dollars,
  type EpochMs,
  epochMs,
  type SessionDate,
  sessionDate,
  type Ticker,
  ticker,
  valueOf,
  wholeShares,
} from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import { history } from './bars.ts';
import { decided } from './deciding.ts';
import { account, carriedOut, NOW, NUMBER, observation } from './desk.ts';

/** An entry and when it was written. */
export interface Past {
  readonly at: EpochMs;
  readonly entry: Entry;
}

/** A price so many sessions before the last, as part of the last. */
export type Path = (sessionsAgo: number) => number;

export interface LifeOptions {
  readonly mode?: Mode;
  /** The first session. */
  readonly from: string;
  readonly cash: number;
  /** Shares that are there when Rotor meets the account. */
  readonly held?: Readonly<Record<string, number>>;
  /** By ticker; those not named stand still. */
  readonly paths: Readonly<Record<string, Path>>;
  /** Prices of what is not in the universe. */
  readonly foreign?: Readonly<Record<string, number>>;
  /** Rotor rebalances at the start and each month, unless told otherwise. */
  readonly idle?: boolean;
}

export interface Life {
  readonly bars: Bars;
  readonly entries: () => readonly Past[];
  /** So many entries are older than the last two closes. */
  readonly told: () => number;
  /** Written today at 09:40. */
  readonly add: (...entries: readonly Entry[]) => void;
  /** What the models want now. */
  readonly decide: (id: string, cause?: Cause) => Decision;
  /** Every order filled near its price, today. */
  readonly carryOut: (decision: Decision) => void;
  readonly seen: (overrides?: Partial<Observation>) => Observation;
}

export const AS_OF = sessionDate('2026-11-20');
/** A year, and what the longest window needs before it. */
const COUNT = 480;
const LEVELS: Readonly<Record<string, number>> = {
  XLK: 215,
  XLV: 141,
  XLE: 88,
  XLF: 49,
  XLI: 133,
  XLY: 216,
  XLP: 80,
  XLU: 77,
  XLB: 89,
  XLRE: 42,
  XLC: 99,
  TLT: 91,
  SPY: 642,
};

/** A growth by 126 sessions, with waves. */
export function wavy(per126: number, phase = 0): Path {
  const wave = (ago: number): number => 1 + 0.02 * Math.sin(ago / 13 + phase);
  return (ago) => ((1 + per126) ** (-ago / 126) * wave(ago)) / wave(0);
}

/** Rises until so many sessions ago, and falls by that much in 126 sessions since. */
export function fallen(per126: number, peakAgo: number): Path {
  const fall = (ago: number): number => (1 + per126) ** (-ago / 126);
  return (ago) => (ago <= peakAgo ? fall(ago) : fall(peakAgo) * 1.15 ** (-(ago - peakAgo) / 126));
}

export function at(date: SessionDate, time: string): EpochMs {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return newYorkInstant(date, hour * 60 + minute);
}

function madeBars(paths: LifeOptions['paths']): Bars {
  return new Map(
    instruments(UNIVERSE).map(({ ticker: name }) => {
      const path = paths[name] ?? wavy(0);
      const closeOf = (index: number, count: number): number =>
        (LEVELS[name] ?? 100) * path(count - 1 - index);
      return [name, history(name, closeOf, { asOf: AS_OF, count: COUNT })];
    }),
  );
}

export function live(options: LifeOptions): Life {
  const { mode = 'SANDBOX', cash, held = {}, foreign = {} } = options;
  const bars = madeBars(options.paths);
  const past: Past[] = [];
  let book: AccountState = EMPTY_ACCOUNT_STATE;

  const write = (instant: EpochMs, entries: readonly Entry[]): void => {
    for (const entry of entries) {
      past.push({ at: instant, entry });
      book = applyEntry(book, { seq: past.length, at: instant, entry });
    }
  };
  const ledger = (): Ledger => {
    if (!book.ledger) throw new Error('life: it has no baseline yet');
    return book.ledger;
  };

  /** Last closes, moved a little by the morning. */
  function pricesAfter(date: SessionDate): ReadonlyMap<Ticker, number> {
    const ours = [...bars].map(([name, one], index) => {
      const close = one.close[countThrough(one, date) - 1] ?? Number.NaN;
      return [name, Math.round(close * (1 + 0.003 * Math.sin(index)) * 100) / 100] as const;
    });
    return new Map([...ours, ...others()]);
  }
  function closesOn(date: SessionDate): ReadonlyMap<Ticker, number> {
    const ours = [...bars].map(
      ([name, one]) => [name, one.close[countThrough(one, date) - 1] ?? Number.NaN] as const,
    );
    return new Map([...ours, ...others()]);
  }
  const others = () =>
    Object.entries(foreign).map(([name, price]) => [ticker(name), price] as const);

  function decideOn(id: string, cause: Cause, asOf: SessionDate): Decision {
    const prices = pricesAfter(asOf);
    const { cash: free, lots } = ledger();
    const equity = worth(ledger(), prices);
    const positions = new Map([...lots].map(([name, { qty }]) => [name, qty]));
    return decided({ id, cause, asOf, bars, prices, holdings: { equity, cash: free, positions } });
  }

  function carryOut(decision: Decision, instant: EpochMs): void {
    write(
      instant,
      carriedOut(
        decision,
        ({ side, priceAtDecision }) =>
          Math.round(priceAtDecision * (side === 'buy' ? 1.0003 : 0.9998) * 100) / 100,
        instant,
      ),
    );
  }

  function close(date: SessionDate): void {
    const prices = closesOn(date);
    const { cash: free, lots } = ledger();
    const holdings = new Map(
      [...lots].map(([name, { qty }]) => {
        return [name, { qty, value: valueOf(qty, prices.get(name) ?? Number.NaN) }] as const;
      }),
    );
    const benchmark = prices.get(UNIVERSE.benchmark.ticker) ?? Number.NaN;
    const point = { session: date, equity: worth(ledger(), prices), cash: free, benchmark };
    write(at(date, '16:02'), [{ kind: 'equity', point: { ...point, holdings } }]);
  }

  function begin(first: SessionDate): void {
    const prices = pricesAfter(sessionOffset(first, -1).date);
    const positions = new Map(
      Object.entries(held).map(([name, count]) => {
        const cost = valueOf(wholeShares(count), (prices.get(ticker(name)) ?? Number.NaN) * 0.97);
        return [ticker(name), { qty: wholeShares(count), cost }] as const;
      }),
    );
    const equity = worth({ cash: dollars(cash), lots: positions }, prices);
    const benchmark = prices.get(UNIVERSE.benchmark.ticker) ?? Number.NaN;
    const build = { code: 'c0de', config: 'c0f1', models: 'm0d5' };
    write(at(first, '09:35'), [
      { kind: 'started', version: '0.1.0', mode, build },
      { kind: 'account', id: 'a1', number: NUMBER, mode },
      { kind: 'baseline', cash: dollars(cash), positions, equity, benchmark, known: [] },
    ]);
  }

  const days = sessionsIn(sessionDate(options.from), AS_OF).map(({ date }) => date);
  for (const [index, date] of days.entries()) {
    if (index === 0) begin(date);
    if (!options.idle && (index === 0 || isFirstOfMonth(date))) {
      const [id, cause] =
        index === 0
          ? ([`initial-${date}`, 'initial'] as const)
          : ([`monthly-${date.slice(0, 7)}`, 'monthly'] as const);
      carryOut(decideOn(id, cause, sessionOffset(date, -1).date), at(date, '09:36'));
    }
    close(date);
  }
  const recent = at(sessionOffset(AS_OF, -1).date, '16:00');
  const morning = epochMs(NOW - 60_000);

  function seen(overrides: Partial<Observation> = {}): Observation {
    const prices = pricesAfter(AS_OF);
    const { cash: free, lots } = ledger();
    const positions = [...lots].map(([name, lot]): Position => {
      const price = prices.get(name) ?? Number.NaN;
      const marketValue = valueOf(lot.qty, price);
      const shares = lot.qty / wholeShares(1);
      return {
        ticker: name,
        qty: lot.qty,
        available: lot.qty,
        averagePrice: lot.cost / 100 / shares,
        currentPrice: price,
        marketValue,
        unrealised: cents(marketValue - lot.cost),
      };
    });
    const { regime, rankings } = decideOn('look', 'manual', AS_OF);
    return observation({
      mode,
      account: account(0, { equity: worth(ledger(), prices), cash: free, buyingPower: free }),
      positions,
      prices,
      maxDrawdown: 0.2,
      data: { ...observation().data, asOf: AS_OF, regime, rankings },
      ...overrides,
    });
  }

  return {
    bars,
    entries: () => past,
    told: () => past.filter((each) => each.at < recent).length,
    add: (...entries) => write(morning, entries),
    decide: (id, cause = 'manual') => decideOn(id, cause, AS_OF),
    carryOut: (decision) => carryOut(decision, morning),
    seen,
  };
}

function worth(ledger: Ledger, prices: ReadonlyMap<Ticker, number>): Cents {
  const equity = equityOf(ledger, prices);
  if (equity === undefined) throw new Error('life: something that is held has no price');
  return equity;
}
