/** What can be wrong with the market data: refusals, gaps and numbers that are not what they say. */
import type { SessionDate, Ticker } from '#core/domain/units.ts';
import type { ScaleChange } from './market.ts';

type DataFault =
  /** 403 on everything of market data. */
  | { readonly kind: 'no-entitlement' }
  /** The consolidated tape is not in the plan, however old. */
  | { readonly kind: 'no-sip' }
  /** Every request is answered with that status. */
  | { readonly kind: 'storm'; readonly status: number; readonly retryAfterSeconds?: number }
  /** The server cuts its pages to so many points, and one of them, counted from 1, never comes. */
  | { readonly kind: 'page-lost'; readonly page: number; readonly points: number }
  /** Each page names itself as the next. */
  | { readonly kind: 'page-repeats'; readonly points: number }
  /** The ticker is left out; also where it is asked for alone. */
  | { readonly kind: 'absent'; readonly ticker: Ticker; readonly alone: boolean }
  /** Nothing is adjusted, whatever was asked for. */
  | { readonly kind: 'raw' }
  /** No bars at all. */
  | { readonly kind: 'empty' }
  /** `end` is not looked at: the bar of the running session comes along. */
  | { readonly kind: 'past-the-end' }
  /** The consolidated bar of that session stays what it was at its half; that of IEX too if everywhere. */
  | { readonly kind: 'unfinished'; readonly date: SessionDate; readonly everywhere: boolean };

/** What is wrong with the data now. */
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

/** No fault is active at first. */
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
