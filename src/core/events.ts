import type { Recorded } from './domain/entry.ts';
import type { Observation } from './domain/observation.ts';

/** Events of the running engine. Facts come from the journal; the others are not stored. */
export type DeskEvent =
  | { readonly kind: 'recorded'; readonly recorded: Recorded }
  | { readonly kind: 'observed'; readonly observation: Observation }
  | { readonly kind: 'progress'; readonly text: string };

/** Adds a listener; the returned function removes it. */
export type Listen = (listener: (event: DeskEvent) => void) => () => void;

/** Reports progress: tickers with bars, and their total. */
export function tellingBars(tell: (event: DeskEvent) => void): (done: number, of: number) => void {
  return (done, of) => tell({ kind: 'progress', text: `bars ${done} of ${of}` });
}
