/** Events of the process and of its trading state: start, stop, pause, RUN, REDUCE and HALT. */
import type { Mode, ValuedHoldings } from '#core/domain/account.ts';
import type { Build, TradingState } from '#core/domain/account-state.ts';
import type { ManagedTerms } from '#core/domain/managed-account.ts';
import type { Cents } from '#core/domain/units.ts';
import { type JournalEvents, noChange, noKey } from './journal-event.ts';

/** Entries about the process and its trading state. */
export type ProcessEntry =
  | {
      readonly kind: 'started';
      readonly version: string;
      readonly mode: Mode;
      /** Undefined in entries of versions that did not write it. */
      readonly build?: Build | undefined;
    }
  | { readonly kind: 'stopped'; readonly reason: string }
  /** While paused no automatic rebalance starts; a running one finishes. */
  | {
      readonly kind: 'pause';
      readonly paused: boolean;
      readonly by: string;
      readonly reason: string;
    }
  | {
      readonly kind: 'state';
      readonly state: TradingState;
      readonly by: string;
      readonly reason: string;
      /** Equity at that moment; on RUN drawdown is measured from it. Undefined: unknown. */
      readonly equity?: Cents | undefined;
      /** Cash at that moment; undefined in older entries. */
      readonly cash?: Cents | undefined;
      readonly holdings?: ValuedHoldings | undefined;
      readonly managedBy?: ManagedTerms | undefined;
    };

/** The rows of the process and its trading state. */
export const PROCESS_EVENTS = {
  started: {
    key: noKey,
    reduce: ({ starts }, { version, build }, at) => ({
      starts: [{ at, version, build }, ...starts].slice(0, 2),
    }),
    log: ({ version, mode }) => `started, version ${version}, ${mode}`,
    message: 'line',
    exports: [],
  },
  stopped: {
    key: noKey,
    reduce: noChange,
    log: ({ reason }) => `stopped: ${reason}`,
    message: 'line',
    exports: [],
  },
  pause: {
    key: noKey,
    reduce: (_state, { paused, by, reason }, at) => ({
      paused: paused ? { by, reason, at } : undefined,
    }),
    log: ({ paused, by, reason }) =>
      `${paused ? 'paused' : 'no longer paused'} by ${by}: ${reason}`,
    message: 'line',
    exports: [],
  },
  state: {
    key: noKey,
    reduce: (
      { state: before, seq, cashFlows },
      { state, by, reason, equity, cash, holdings, managedBy },
      at,
    ) => ({
      state: { state, by, reason, at, seq: seq + 1 },
      // Whatever stopped Rotor may have changed its knowledge: a person reviews the next plan.
      ...(state === 'RUN' &&
        before.state === 'HALT' &&
        before.by === 'rotor' && { resumedFromHalt: at }),
      // After RUN drawdown is measured from here, or trading would stop again at once.
      ...(state === 'RUN' && {
        resumedAt: at,
        drawdownFrom:
          equity === undefined
            ? undefined
            : { at, equity, cash, holdings, managedBy, flows: cashFlows.length },
      }),
    }),
    log: ({ state, by, reason }) => `trading state ${state} by ${by}: ${reason}`,
    message: 'line',
    exports: [],
  },
} as const satisfies JournalEvents<ProcessEntry>;
