/** A market of its own for each seed: blocks of real days in another order, with what a story does to them. */
import type { BarHistory, Bars } from '#core/domain/bar.ts';
import { truncateTo } from '#core/domain/bar.ts';
import type { Session } from '#core/domain/calendar.ts';
import { keptAbout } from '#core/domain/kept.ts';
import { type EpochMs, epochMs, type SessionDate, type Ticker } from '#core/domain/units.ts';
import { instruments, tradable, UNIVERSE } from '#core/domain/universe.ts';
import { chanceOf, drawsOf, pickOf } from './chance.ts';
import type { FaultKind } from './kinds.ts';
import type { Happening, Story } from './story.ts';
import { trueSessionAt, trueSessionOver, trueSessionsBefore } from './true-calendar.ts';

/** A split (new shares for each old one), or a dividend or spin-off (dollars a share), from the open of that session on. */
export interface CorporateAction {
  readonly happening: Happening;
  readonly ticker: Ticker;
  readonly session: Session;
  readonly kind: 'split' | 'dividend' | 'spin-off';
  readonly value: number;
}

/** What really trades. */
export interface Market {
  readonly actions: readonly CorporateAction[];
  /** The session that is under way, and really is one. */
  sessionAt(at: EpochMs): Session | undefined;
  /** Whether the exchange stayed shut on that day, whatever calendars say. */
  isShut(date: SessionDate): boolean;
  /** What a share last traded at, and when; the halt of a ticker stops both. */
  price(ticker: Ticker, at: EpochMs): { readonly price: number; readonly at: EpochMs };
  /** The bars through a session as they are adjusted at the instant. */
  bars(through: SessionDate, at: EpochMs): Bars;
}

const WARM_UP = 300;
const KEPT_SESSIONS = 8;
const BLOCK = 15;
const CRASH = 0.8;
const MINUTE_MS = 60_000;
const TICKERS = instruments(UNIVERSE).map(({ ticker }) => ticker);
const OWN = tradable(UNIVERSE).map(({ ticker }) => ticker);
const HALTS: readonly FaultKind[] = ['ticker-halted', 'all-halted'];
/** The most tickers that split on one day, and their distance as a fraction of the list of all. */
const [SPLIT_TOGETHER, STEP] = [6, 0.17];
const DIVIDENDS: readonly FaultKind[] = ['dividend', 'stock-dividend'];
const SPLITS: readonly FaultKind[] = ['split', 'late-split', 'reverse-split'];
const SPIN_OFFS: readonly FaultKind[] = ['spin-off', 'late-spin-off'];
/** What a spin-off takes of a price, a fraction: the smallest and the largest. */
const SPUN = [0.06, 0.2] as const;

interface Columns {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/**
 * @param real bars whose days are drawn from, all of the same sessions.
 * @param begun what happens, also what waited for its time: a halt.
 */
export function createMarket(story: Story, real: Bars, begun = story.happenings): Market {
  const shut = shutDays(story);
  const dates = datesOf(story).filter((date) => !shut.has(date));
  const index = new Map(dates.map((date, row) => [date, row]));
  const raw = drawPrices(story, real, dates);
  const actions = actionsOf(story, raw, index);
  for (const action of actions) applyToPrices(raw, action, index.get(action.session.date) ?? 0);
  const adjusted = new Map<number, Bars>();
  // The same bars while nothing of them changed, as a store gives them.
  const cut = keptAbout<Bars, Bars>(KEPT_SESSIONS);

  function adjustedAt(at: EpochMs): Bars {
    // The provider adjusts in the night before the open.
    const known = actions.filter(({ session }) => session.open - 300 * MINUTE_MS <= at);
    const made = adjusted.get(known.length) ?? adjust(raw, dates, index, known);
    adjusted.set(known.length, made);
    return made;
  }

  const sessionAt = (at: EpochMs): Session | undefined => {
    const session = trueSessionAt(at);
    return session && index.has(session.date) ? session : undefined;
  };
  const lastTraded = (session: Session): Session => {
    const [before] = trueSessionsBefore(session.open, 1);
    return index.has(session.date) || !before ? session : lastTraded(before);
  };

  function price(ticker: Ticker, at: EpochMs): { price: number; at: EpochMs } {
    const halt = begun.find(
      ({ kind, from, to, pick }) =>
        from <= at &&
        at < to &&
        HALTS.includes(kind) &&
        (kind === 'all-halted' || tickerOf(pick) === ticker),
    );
    const moment = halt ? halt.from : at;
    const open = sessionAt(moment);
    const session = open ?? lastTraded(trueSessionOver(moment));
    const row = index.get(session.date) ?? 0;
    const columns = raw.get(ticker);
    const [first, last] = [columns?.open[row] ?? 100, columns?.close[row] ?? 100];
    if (!open) return { price: last, at: epochMs(session.close - 1_000) };
    const passed = (moment - session.open) / (session.close - session.open);
    const noise = 1 + (chanceOf(story.seed, ticker, Math.floor(moment / MINUTE_MS)) - 0.5) / 1_000;
    return { price: cents((first + (last - first) * passed) * noise), at: epochMs(moment - 700) };
  }

  return {
    actions,
    sessionAt,
    isShut: (date) => shut.has(date),
    price,
    bars: (through, at) => cut(adjustedAt(at), through, () => barsThrough(adjustedAt(at), through)),
  };
}

function barsThrough(bars: Bars, session: SessionDate): Bars {
  return new Map([...bars].map(([ticker, history]) => [ticker, truncateTo(history, session)]));
}

/** The ticker that a happening is about. */
export function tickerOf(pick: number): Ticker {
  return pickOf(OWN, pick) ?? UNIVERSE.defensive.ticker;
}

/** All tickers, beginning with that one. */
export function tickersFrom(pick: number): readonly Ticker[] {
  const first = Math.floor(pick * OWN.length);
  return [...OWN.slice(first), ...OWN.slice(0, first)];
}

function cents(price: number): number {
  return Math.round(price * 100) / 100;
}

function datesOf({ sessions }: Story): readonly SessionDate[] {
  const before = trueSessionsBefore(sessions[0]?.open ?? 0, WARM_UP);
  return [...before, ...sessions].map(({ date }) => date);
}

/**
 * The days on which the exchange is closed unexpectedly. They never get a bar, and Rotor does not trade on bars
 * with a gap, so they are near the end of a story.
 */
function shutDays({ sessions, happenings }: Story): ReadonlySet<SessionDate> {
  const last = sessions.slice(-Math.ceil(sessions.length / 4));
  const days = happenings
    .filter(({ kind }) => kind === 'stays-shut')
    .map(({ from }) => sessions.find(({ open }) => open > from))
    .map((session) => (session && last.includes(session) ? session.date : undefined));
  return new Set(days.filter((date) => date !== undefined));
}

/** Whole days are drawn, so that what tickers share on a day stays shared. */
function drawPrices(
  { seed, happenings, sessions }: Story,
  real: Bars,
  dates: readonly SessionDate[],
): Map<Ticker, Columns> {
  const length = Math.min(...[...real.values()].map((history) => history.dates.length));
  const draw = drawsOf(seed, 'days');
  let day = 0;
  const days = dates.map((_, row) => {
    day = row === 0 || draw() < 1 / BLOCK ? 1 + Math.floor(draw() * (length - 2)) : day + 1;
    if (day >= length) day = 1;
    return day;
  });
  const after = ({ from }: Happening): SessionDate | undefined =>
    sessions.find(({ open }) => open > from)?.date;
  const crashes = new Set(happenings.filter(({ kind }) => kind === 'crash').map(after));
  const gaps = happenings.filter(({ kind }) => kind === 'gap');
  return new Map(
    TICKERS.map((ticker) => {
      const history = real.get(ticker);
      const moves = gaps.filter(({ pick }) => tickerOf(pick) === ticker);
      const shocks = dates.map((date) => {
        const gap = moves.find((move) => after(move) === date);
        return (
          (crashes.has(date) ? CRASH : 1) *
          (gap ? 0.93 + 0.14 * chanceOf(seed, 'gap', gap.from) : 1)
        );
      });
      return [ticker, chained(history, days, shocks, length)];
    }),
  );
}

function chained(
  history: BarHistory | undefined,
  days: readonly number[],
  shocks: readonly number[],
  length: number,
): Columns {
  const columns = emptyColumns(days.length);
  if (!history) return columns;
  const skip = history.dates.length - length;
  let last = 80;
  for (const [row, day] of days.entries()) {
    const source = day + skip;
    const base = (history.close[source - 1] ?? 1) / (shocks[row] ?? 1);
    for (const name of ['open', 'high', 'low', 'close'] as const) {
      columns[name][row] = cents(((history[name][source] ?? base) / base) * last);
    }
    const [open = 0, close = 0] = [columns.open[row], columns.close[row]];
    columns.high[row] = Math.max(columns.high[row] ?? 0, open, close);
    columns.low[row] = Math.min(columns.low[row] ?? close, open, close);
    // One real day may be drawn twice in a row: its volume is another one then.
    columns.volume[row] = (history.volume[source] ?? 0) + row + 1;
    last = close;
  }
  return columns;
}

function emptyColumns(length: number): Columns {
  const column = (): Float64Array => new Float64Array(length);
  return { open: column(), high: column(), low: column(), close: column(), volume: column() };
}

function actionsOf(
  { happenings, sessions }: Story,
  raw: ReadonlyMap<Ticker, Columns>,
  index: ReadonlyMap<SessionDate, number>,
): readonly CorporateAction[] {
  const taken = new Set<Ticker>();
  return happenings.flatMap((happening): readonly CorporateAction[] => {
    const { kind, from, pick } = happening;
    const action = actionOf(kind);
    const session = sessions.find(({ open, date }) => open > from && index.has(date));
    if (!action || !session) return [];
    const row = index.get(session.date) ?? 0;
    // Funds of one house split on one day.
    const count = action === 'split' ? 1 + Math.floor(pick ** 2 * SPLIT_TOGETHER) : 1;
    const tickers = Array.from({ length: count }, (_, place) =>
      tickerOf((pick + place * STEP) % 1),
    );
    return [...new Set(tickers)].flatMap((ticker): readonly CorporateAction[] => {
      if (taken.has(ticker)) return [];
      taken.add(ticker);
      const close = raw.get(ticker)?.close[row] ?? 100;
      const value = valueOf(kind, pick, close);
      return [{ happening, ticker, session, kind: action, value }];
    });
  });
}

function actionOf(kind: FaultKind): CorporateAction['kind'] | undefined {
  if (SPLITS.includes(kind)) return 'split';
  if (SPIN_OFFS.includes(kind)) return 'spin-off';
  return DIVIDENDS.includes(kind) ? 'dividend' : undefined;
}

/** New shares for each old one, or dollars a share. */
function valueOf(kind: FaultKind, pick: number, close: number): number {
  if (kind === 'reverse-split') return 0.5;
  if (SPIN_OFFS.includes(kind)) return cents(close * (SPUN[0] + (SPUN[1] - SPUN[0]) * pick));
  return SPLITS.includes(kind) ? 2 + (Math.floor(pick * 30) % 3) : cents(close * 0.008);
}

/** From that day on a share is worth a part of what it was; what it earns stays as drawn. */
function applyToPrices(
  raw: ReadonlyMap<Ticker, Columns>,
  { ticker, kind, value }: CorporateAction,
  from: number,
): void {
  const columns = raw.get(ticker);
  if (!columns) return;
  const factor = factorOf(columns.close, from, { kind, value });
  for (const name of ['open', 'high', 'low', 'close'] as const) {
    for (let row = from; row < columns[name].length; row++) {
      const price = columns[name][row] ?? 0;
      columns[name][row] = cents(price * factor);
    }
  }
}

/** What a price of before is worth from the row on, as a fraction of it. */
function factorOf(
  close: Float64Array,
  row: number,
  { kind, value }: Pick<CorporateAction, 'kind' | 'value'>,
): number {
  return kind === 'split' ? 1 / value : 1 - value / (close[row - 1] ?? close[row] ?? value * 2);
}

function adjust(
  raw: ReadonlyMap<Ticker, Columns>,
  dates: readonly SessionDate[],
  index: ReadonlyMap<SessionDate, number>,
  known: readonly CorporateAction[],
): Bars {
  return new Map(
    [...raw].map(([ticker, columns]) => {
      const copy = { ticker, dates, ...emptyColumns(dates.length) };
      for (const name of ['open', 'high', 'low', 'close', 'volume'] as const)
        copy[name].set(columns[name]);
      for (const action of known.filter((each) => each.ticker === ticker)) {
        scaleBefore(copy, index.get(action.session.date) ?? 0, action);
      }
      return [ticker, copy];
    }),
  );
}

function scaleBefore(history: BarHistory, row: number, action: CorporateAction): void {
  const factor = factorOf(history.close, row, action);
  for (const name of ['open', 'high', 'low', 'close'] as const) {
    for (let each = 0; each < row; each++)
      history[name][each] = (history[name][each] ?? 0) * factor;
  }
}
