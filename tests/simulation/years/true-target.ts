/** What three models make of closes, worked out here from their description alone. */

/** Closes by ticker, oldest first, all through the same session. */
export type Closes = ReadonlyMap<string, readonly number[]>;

/** Sectors in the order that breaks ties. */
const SECTORS = ['XLK', 'XLF', 'XLE', 'XLV', 'XLI', 'XLP', 'XLU', 'XLY', 'XLC', 'XLB', 'XLRE'];
const [BONDS, MARKET] = ['TLT', 'SPY'];
/** The lookback, the number held, the least momentum, the leverage, the budget, and the regime it needs. */
const MODELS = [
  { lookback: 126, top: 3, least: 0, leverage: 1, budget: 1, needs: undefined },
  { lookback: 80, top: 4, least: 0.03, leverage: 1.3, budget: 0.33, needs: 'bull' },
  { lookback: 126, top: 2, least: 0.1, leverage: 1, budget: 0.33, needs: 'bear' },
] as const;
const [MEAN_OF, BAND] = [200, 0.02];

interface TargetLimits {
  readonly maxGross: number;
  readonly maxWeight: number;
  readonly least?: number;
}

/** The regime, and the weights after the limits; what a limit takes away stays in cash. */
export interface TrueTarget {
  readonly regime: 'bull' | 'bear';
  /** The mean of the market's closes that the regime is about. */
  readonly mean: number;
  /** What a ticker gained over so many sessions. */
  readonly gained: (ticker: string, lookback: number) => number;
  readonly weights: ReadonlyMap<string, number>;
}

/** Momentum is last / earlier - 1; undefined where a close is missing. A weight below `least` is not held. */
export function trueTarget(
  closes: Closes,
  { maxGross, maxWeight, least = 0 }: TargetLimits,
): TrueTarget | undefined {
  if ([...SECTORS, BONDS, MARKET].some((ticker) => (closes.get(ticker)?.length ?? 0) < MEAN_OF))
    return undefined;
  const regime = regimeOf(closes);
  const active = MODELS.filter(({ needs }) => needs === undefined || needs === regime);
  const budgets = active.reduce((sum, { budget }) => sum + budget, 0);
  const weights = new Map<string, number>();
  for (const { lookback, top, least, leverage, budget } of active) {
    const chosen = SECTORS.map((ticker) => ({ ticker, gained: gain(closes, ticker, lookback) }))
      .toSorted((a, b) => b.gained - a.gained)
      .slice(0, top)
      .filter(({ gained }) => gained >= least)
      .map(({ ticker }) => ticker);
    const held = chosen.length > 0 ? chosen : [BONDS];
    for (const ticker of held) {
      const more = ((budget / budgets) * leverage) / held.length;
      weights.set(ticker, (weights.get(ticker) ?? 0) + more);
    }
  }
  const gross = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const scale = Math.min(1, maxGross / gross);
  const most = (ticker: string): number => (ticker === BONDS ? maxGross : maxWeight);
  return {
    regime,
    mean: meanOf(closes),
    gained: (ticker, lookback) => gain(closes, ticker, lookback),
    weights: new Map(
      [...weights]
        .map(([ticker, weight]) => [ticker, Math.min(most(ticker), weight * scale)] as const)
        .filter(([, weight]) => weight >= least),
    ),
  };
}

function gain(closes: Closes, ticker: string, lookback: number): number {
  const own = closes.get(ticker) ?? [];
  return (own.at(-1) ?? 0) / (own.at(-1 - lookback) ?? 1) - 1;
}

function meanOf(closes: Closes): number {
  const last = (closes.get(MARKET) ?? []).slice(-MEAN_OF);
  return last.reduce((sum, close) => sum + close, 0) / last.length;
}

/** The distance from the mean decides, the momentum of half a year where it is small. */
function regimeOf(closes: Closes): 'bull' | 'bear' {
  const distance = (closes.get(MARKET)?.at(-1) ?? 0) / meanOf(closes) - 1;
  const deciding = Math.abs(distance) >= BAND ? distance : gain(closes, MARKET, 126);
  return deciding > 0 ? 'bull' : 'bear';
}
