/**
 * The one definition of total return: growth between dividend- and split-adjusted closes, which a holder
 * earns by reinvesting each dividend on its ex-date. Between closes a live price is measured against the
 * last close. The benchmark, the paper models and the backtest all use it. Pure.
 */
import { type BarHistory, type Bars, closeOn } from './bar.ts';
import type { SessionDate, Ticker } from './units.ts';

/** An unadjusted close, dollars a share. */
export interface TradedClose {
  readonly session: SessionDate;
  readonly price: number;
}

/** Levels of one ticker: the ratio of two of them, less 1, is its total return between them. */
export interface TotalReturn {
  /** False without bars back to the first day requested: levels are then prices, without dividends. */
  readonly hasDividends: boolean;
  /** The level of a session's close; the unadjusted price is used where the bars lack that session. */
  close(session: SessionDate, traded: number): number;
  /** The level of a price traded on that day, at any time. */
  price(day: SessionDate, traded: number): number;
}

/** The adjusted close of a session; undefined where there is no bar. */
export function adjustedClose(
  bars: Bars | undefined,
  ticker: Ticker,
  session: SessionDate,
): number | undefined {
  const history = bars?.get(ticker);
  return history && closeOn(history, session);
}

/**
 * A past price on today's adjusted scale: `then` is a close before later dividends and splits adjusted it,
 * `now` the same close after. Undefined unless `then` is positive.
 */
export function rescaled(price: number, then: number, now: number): number | undefined {
  return then > 0 ? (price * now) / then : undefined;
}

/**
 * The total return of one ticker.
 * @param history its adjusted bars; without them only the price counts.
 * @param traded its recorded unadjusted closes, oldest first.
 * @param from the first day that will be requested.
 */
export function totalReturnOf(
  history: BarHistory | undefined,
  traded: readonly TradedClose[],
  from: SessionDate,
): TotalReturn {
  const last = history?.dates.at(-1);
  const first = history?.dates[0];
  if (!history || last === undefined || first === undefined || first > from) return PRICE_ONLY;
  // No later dividend or split can have adjusted the newest bar, nor a price after it.
  const price = (day: SessionDate, paid: number): number =>
    day >= last ? paid : (onScaleOf(history, traded, day, paid) ?? paid);
  return {
    hasDividends: true,
    price,
    close: (session, paid) => closeOn(history, session) ?? price(session, paid),
  };
}

const PRICE_ONLY: TotalReturn = {
  hasDividends: false,
  close: (_, traded) => traded,
  price: (_, traded) => traded,
};

/** By the recorded close of that day, else the nearest one after it, else before it. */
function onScaleOf(
  history: BarHistory,
  traded: readonly TradedClose[],
  day: SessionDate,
  paid: number,
): number | undefined {
  const isUsable = ({ session }: TradedClose): boolean => closeOn(history, session) !== undefined;
  const near =
    traded.find((each) => each.session >= day && isUsable(each)) ?? traded.findLast(isUsable);
  const now = near && closeOn(history, near.session);
  return near && now !== undefined ? rescaled(paid, near.price, now) : undefined;
}
