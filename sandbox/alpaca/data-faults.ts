/** Faults of the market data: rejections, gaps and wrong numbers. */
import type { SessionDate, Ticker } from '#core/domain/units.ts';
import type { ScaleChange } from './market.ts';

type DataFault =
  /** 403 on all market data. */
  | { readonly kind: 'no-entitlement' }
  /** The plan excludes the consolidated tape, however old. */
  | { readonly kind: 'no-sip' }
  /** Every request is answered with that status. */
  | { readonly kind: 'storm'; readonly status: number; readonly retryAfterSeconds?: number }
  /** The server limits its pages to that many points, and one of them, counted from 1, never arrives. */
  | { readonly kind: 'page-lost'; readonly page: number; readonly points: number }
  /** Each page's token points to itself. */
  | { readonly kind: 'page-repeats'; readonly points: number }
  /** The ticker is missing, with `alone` also from requests for it alone. */
  | { readonly kind: 'absent'; readonly ticker: Ticker; readonly alone: boolean }
  /** Nothing is adjusted, whatever was requested. */
  | { readonly kind: 'raw' }
  /** No bars at all. */
  | { readonly kind: 'empty' }
  /** Ignores `end`: the bar of the running session is included. */
  | { readonly kind: 'past-the-end' }
  /** The consolidated bar of that session stays as of mid-session; with `everywhere` also that of IEX. */
  | { readonly kind: 'unfinished'; readonly date: SessionDate; readonly everywhere: boolean };

/** Active faults of the market data. */
export interface DataFaults {
  /** Active until the returned function is called, or until it has been used the given number of times. */
  on(fault: DataFault, times?: number): () => void;
  clear(): void;
  /** Returns the active fault and counts one use of it. */
  use<K extends DataFault['kind']>(kind: K): Extract<DataFault, { kind: K }> | undefined;
  /** The same without counting a use. */
  peek<K extends DataFault['kind']>(kind: K): Extract<DataFault, { kind: K }> | undefined;
  all<K extends DataFault['kind']>(kind: K): readonly Extract<DataFault, { kind: K }>[];
  /** Permanent: the market trades at the new scale, and earlier adjusted bars are restated to match. */
  adjust(change: ScaleChange): void;
  adjustments(): readonly ScaleChange[];
}

/** Creates the faults; none is active at first. */
export function createDataFaults(): DataFaults {
  const faults = new Set<{ readonly fault: DataFault; left: number }>();
  const adjustments: ScaleChange[] = [];

  function entries<K extends DataFault['kind']>(kind: K) {
    return [...faults].filter(({ fault }) => fault.kind === kind) as {
      readonly fault: Extract<DataFault, { kind: K }>;
      left: number;
    }[];
  }

  return {
    on(fault, times = Number.POSITIVE_INFINITY) {
      const entry = { fault, left: times };
      faults.add(entry);
      return () => faults.delete(entry);
    },
    clear: () => faults.clear(),
    use(kind) {
      const [entry] = entries(kind);
      if (!entry) return undefined;
      entry.left -= 1;
      if (entry.left <= 0)
        for (const each of faults) if (each.fault === entry.fault) faults.delete(each);
      return entry.fault;
    },
    peek: (kind) => entries(kind)[0]?.fault,
    all: (kind) => entries(kind).map(({ fault }) => fault),
    adjust: (change) => void adjustments.push(change),
    adjustments: () => adjustments,
  };
}
