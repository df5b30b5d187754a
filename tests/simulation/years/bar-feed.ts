/** Bars as the provider gives them: of the market, and at times late, wrong, refused or missing. */
import type { BarHistory } from '#core/domain/bar.ts';
import { truncateTo } from '#core/domain/bar.ts';
import { sessionOffset } from '#core/domain/calendar.ts';
import type { SessionDate, Ticker } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import type { BarSet, BarSource } from '#core/ports.ts';
import type { Faults } from './faults.ts';
import type { FaultKind } from './kinds.ts';
import { type Market, tickerOf } from './market.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How many files the reader refuses at once where each needs more memory than it may take. */
const SEVERAL = 4;
const TOO_LARGE = 'claims a list of 900000000, more than it has bytes';

/** The source of one world. */
export function createBarFeed(market: Market, time: VirtualTime, faults: Faults): BarSource {
  const about = (kind: FaultKind): Ticker | undefined => {
    const fault = faults.on(kind);
    if (!fault) return undefined;
    faults.met(fault);
    return tickerOf(fault.pick);
  };

  async function load(through: SessionDate): Promise<BarSet> {
    if (about('bars-fail')) throw new TradingError('bars: the provider did not answer', 'retry');
    const isLate = about('bars-late') !== undefined;
    const last = isLate ? sessionOffset(through, -1).date : through;
    const isAhead = about('bar-of-today') !== undefined;
    const bars = new Map(market.bars(isAhead ? sessionOffset(last, 1).date : last, time.now()));
    const missing = about('bar-missing');
    if (missing) replace(bars, missing, (each) => truncateTo(each, sessionOffset(last, -1).date));
    const wrong = about('bar-wrong');
    if (wrong) replace(bars, wrong, withWrongClose);
    const taken = about('bars-of-another');
    const other = taken && [...bars.values()].find(({ ticker }) => ticker !== taken);
    if (taken && other) bars.set(taken, { ...other, ticker: taken });
    const refused = new Map<Ticker, string>();
    const unread = about('file-refused');
    if (unread) refused.set(unread, `${unread}: row 7: close is 0`);
    const large = about('bars-too-large');
    const all = [...bars.keys()];
    for (const each of large ? all.slice(all.indexOf(large), all.indexOf(large) + SEVERAL) : [])
      refused.set(each, `${each}: ${TOO_LARGE}`);
    for (const each of refused.keys()) bars.delete(each);
    return {
      bars,
      refused,
      problem: isLate ? 'the provider has nothing newer' : undefined,
    };
  }
  return { name: 'simulated bars', load };
}

function replace(
  bars: Map<Ticker, BarHistory>,
  ticker: Ticker,
  change: (history: BarHistory) => BarHistory,
): void {
  const history = bars.get(ticker);
  if (history) bars.set(ticker, change(history));
}

function withWrongClose(history: BarHistory): BarHistory {
  const [close, high] = [history.close.slice(), history.high.slice()];
  const row = close.length - 1;
  close[row] = (close[row] ?? 0) * 10;
  high[row] = close[row] ?? 0;
  return { ...history, close, high };
}
