/** The bars read last, and the progress of reading. */
import type { Bars } from '../domain/bar.ts';
import type { Observation } from '../domain/observation.ts';
import type { SessionDate, Ticker } from '../domain/units.ts';
import type { BarSet, BarSource } from '../ports.ts';

/** Bars with their status. */
export interface HeldBars {
  readonly bars: Bars;
  /** Unadjusted; empty where the source stores none. */
  readonly raw: Bars;
  readonly provenance: BarSet['provenance'];
  /** Tickers whose bars may not be used, and why. */
  readonly refused: ReadonlyMap<Ticker, string>;
  /** The session requested; undefined before the first answer. */
  readonly through: SessionDate | undefined;
  /** Why the source returned nothing newer. */
  readonly problem: string | undefined;
}

/** Holds the last bars of the source. */
export interface BarKeeper {
  held(): HeldBars;
  /** Progress of a reading; undefined between readings. */
  progress(): Observation['data']['progress'];
  /**
   * Reads up to the session and holds the result; not again while all tickers are complete and none is
   * named in `doubted`, what keeps a decision from being made. Those are fetched again.
   */
  read(
    through: SessionDate,
    doubted: ReadonlyMap<Ticker, string> | undefined,
    tell?: (done: number, of: number) => void,
  ): Promise<void>;
}

/** Holds no bars until the first read. */
export function createBarKeeper(source: BarSource, tickers: readonly Ticker[]): BarKeeper {
  let progress: Observation['data']['progress'];
  let held: HeldBars = {
    bars: new Map(),
    raw: new Map(),
    provenance: undefined,
    refused: new Map(),
    through: undefined,
    problem: undefined,
  };
  return {
    held: () => held,
    progress: () => progress,
    async read(through, doubted, tell) {
      const isSettled = isComplete(held.bars, through, tickers) && doubted === undefined;
      if (held.through === through && isSettled) return;
      try {
        const told = (done: number, of: number): void => {
          progress = { done, of };
          tell?.(done, of);
        };
        const set = await source.load(through, told, new Set(doubted?.keys()));
        held = { ...held, ...set, raw: set.raw ?? held.raw, problem: set.problem, through };
      } finally {
        progress = undefined;
      }
    },
  };
}

function isComplete(bars: Bars, through: SessionDate, tickers: readonly Ticker[]): boolean {
  return tickers.every((ticker) => bars.get(ticker)?.dates.at(-1) === through);
}
