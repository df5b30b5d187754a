/** Bars from returns: prices of a plausible size, an open that anticipates half of the day, a volume. */
import { type Bar, type BarHistory, barHistory } from '#core/domain/bar.ts';
import { type Session, sessionsIn } from '#core/domain/calendar.ts';
import { sessionDate, ticker } from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import { type Chance, createChance } from './chance.ts';
import { makeReturns } from './returns.ts';
import { FIRST_DAY, LAST_DAY, MARKET, SECTORS, SEED, TREASURIES } from './story.ts';

interface Listing {
  readonly ticker: string;
  readonly start: number;
  readonly volume: number;
}

/** Every instrument of the universe from its first session; the same in every run. */
export function sampleHistories(): readonly BarHistory[] {
  const sessions = sessionsIn(sessionDate(FIRST_DAY), sessionDate(LAST_DAY));
  const chance = createChance(SEED);
  const { byTicker, stress } = makeReturns(
    sessions.map(({ date }) => date),
    chance,
  );
  const listed = new Map(instruments(UNIVERSE).map((known) => [known.ticker, known.firstSession]));
  return [...SECTORS, TREASURIES, MARKET].map((listing) => {
    const symbol = ticker(listing.ticker);
    const returns = byTicker.get(symbol) ?? new Float64Array();
    const bars = makeBars(listing, sessions, returns, stress, chance);
    const first = listed.get(symbol) ?? sessionDate(FIRST_DAY);
    return barHistory(
      symbol,
      bars.filter(({ date }) => date >= first),
    );
  });
}

function makeBars(
  { start, volume }: Listing,
  sessions: readonly Session[],
  returns: Float64Array,
  stress: Float64Array,
  chance: Chance,
): readonly Bar[] {
  let before = start;
  return sessions.map(({ date, half }, day): Bar => {
    const change = returns[day] ?? 0;
    const volatility = stress[day] ?? 1;
    const close = before * (1 + change);
    const open = before * (1 + 0.45 * change + 0.0022 * volatility * chance.normal());
    const reach = (): number => 0.0035 * volatility * Math.abs(chance.normal());
    const high = Math.max(open, close) * (1 + reach());
    const low = Math.min(open, close) * (1 - reach());
    const busy = (half ? 0.45 : 1) * (0.5 + 0.5 * volatility) * (1 + 18 * Math.abs(change));
    const shares = volume * busy * (0.82 + 0.36 * chance.uniform());
    before = close;
    return {
      date,
      open: price(open),
      high: price(high),
      low: price(low),
      close: price(close),
      volume: Math.round(shares),
    };
  });
}

/** Rounded to four decimals, as adjusted prices are. */
function price(dollars: number): number {
  return Math.round(dollars * 10_000) / 10_000;
}
