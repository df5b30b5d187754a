import type { Recorded } from './domain/entry.ts';
import type { Observation } from './domain/observation.ts';

/** Events of the running engine. Facts come from the journal, the rest is not kept. */
export type DeskEvent =
  | { readonly kind: 'recorded'; readonly recorded: Recorded }
  | { readonly kind: 'observed'; readonly observation: Observation }
  | { readonly kind: 'progress'; readonly text: string };

/** Adds a listener; the function that it returns removes it. */
export type Listen = (listener: (event: DeskEvent) => void) => () => void;

/** Tells how many tickers have their bars, of how many. */
export function tellingBars(tell: (event: DeskEvent) => void): (done: number, of: number) => void {
  return (done, of) => tell({ kind: 'progress', text: `bars ${done} of ${of}` });
}
