import { type SessionDate, sessionDate, type Ticker, ticker } from './units.ts';

/** A fund that Rotor knows. */
export interface Instrument {
  /** The symbol it trades under. */
  readonly ticker: Ticker;
  /** Its display name. */
  readonly sector: string;
  /** The first session it was listed; bars before it are not missing data. */
  readonly firstSession: SessionDate;
}

/** The funds of the strategy: sectors to choose from, the defensive one, and the benchmark. */
export interface Universe {
  /** In tie-break order. */
  readonly sectors: readonly Instrument[];
  /** Held when no sector qualifies. */
  readonly defensive: Instrument;
  /** Benchmark and regime input; never traded. */
  readonly benchmark: Instrument;
  /** Candidates named only by individual models, in tie-break order; none by default. */
  readonly others?: readonly Instrument[];
}

function instrument(symbol: string, sector: string, firstSession: string): Instrument {
  return { ticker: ticker(symbol), sector, firstSession: sessionDate(firstSession) };
}

/** The 11 SPDR sector ETFs; the order is the tie-break order. First sessions as listed on NYSE Arca. */
export const UNIVERSE: Universe = {
  sectors: [
    instrument('XLK', 'Technology', '1998-12-22'),
    instrument('XLF', 'Financials', '1998-12-22'),
    instrument('XLE', 'Energy', '1998-12-22'),
    instrument('XLV', 'Health Care', '1998-12-22'),
    instrument('XLI', 'Industrials', '1998-12-22'),
    instrument('XLP', 'Staples', '1998-12-22'),
    instrument('XLU', 'Utilities', '1998-12-22'),
    instrument('XLY', 'Discretionary', '1998-12-22'),
    instrument('XLC', 'Communication', '2018-06-19'),
    instrument('XLB', 'Materials', '1998-12-22'),
    instrument('XLRE', 'Real Estate', '2015-10-08'),
  ],
  defensive: instrument('TLT', '20y Treasuries', '2002-07-30'),
  benchmark: instrument('SPY', 'S&P 500', '1993-01-29'),
};

/** Instruments that Rotor may hold: sectors, the defensive asset, then those named by individual models. */
export function tradable(universe: Universe): readonly Instrument[] {
  return [...universe.sectors, universe.defensive, ...(universe.others ?? [])];
}

/** All instruments that a decision reads, the benchmark last. */
export function instruments(universe: Universe): readonly Instrument[] {
  return [...tradable(universe), universe.benchmark];
}

/** The name of the ticker's sector; undefined outside the universe. */
export function sectorOf(universe: Universe, ticker: Ticker): string | undefined {
  return instruments(universe).find((each) => each.ticker === ticker)?.sector;
}

/** Held, but not managed by Rotor. */
export function isForeign(universe: Universe, ticker: Ticker): boolean {
  return !tradable(universe).some((each) => each.ticker === ticker);
}

/** Instruments that move together: a move of one is compared with the others. */
export function peers({ sectors, benchmark }: Universe): readonly Ticker[] {
  return [...sectors, benchmark].map(({ ticker }) => ticker);
}

/** The universe plus the candidates of models that name their own; each ticker once. */
export function withCandidates(
  universe: Universe,
  models: readonly { readonly candidates?: readonly Instrument[] }[],
): Universe {
  const known = new Map(instruments(universe).map((each) => [each.ticker, each]));
  const others = models
    .flatMap(({ candidates = [] }) => candidates)
    .filter(({ ticker }) => !known.has(ticker));
  if (others.length === 0) return universe;
  const unique = new Map(others.map((each) => [each.ticker, each]));
  return { ...universe, others: [...(universe.others ?? []), ...unique.values()] };
}
