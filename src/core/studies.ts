/** Computations on request, separate from trading: evidence, what-ifs, backtests, parity. */
import type { Account, Position } from './domain/account.ts';
import type { Bars } from './domain/bar.ts';
import type { AssignedRoles } from './domain/model-role.ts';
import type { MonthParity } from './domain/month-parity.ts';
import type { Cents, SessionDate, Ticker } from './domain/units.ts';

/** Settings of the first model, and limits, to try in place of the current ones. */
export interface Change {
  /** Sessions, 1 to 250. */
  readonly lookback?: number | undefined;
  readonly top?: number | undefined;
  /** Minimum momentum, a fraction. */
  readonly minimum?: number | undefined;
  /** Maximum weight of one sector, a fraction. */
  readonly cap?: number | undefined;
  /** Cash that is never invested. */
  readonly reserve?: Cents | undefined;
  /** Skips this month's rebalance. */
  readonly skip?: boolean | undefined;
  /** A sector to rank in addition to the others. */
  readonly add?: Ticker | undefined;
  /** A sector to leave out. */
  readonly leaveOut?: Ticker | undefined;
}

/** Current holdings at the prices of the last refresh; no request is made for it. */
export interface CurrentHoldings {
  readonly account: Pick<Account, 'equity' | 'cash'>;
  readonly positions: readonly Position[];
  readonly prices: ReadonlyMap<Ticker, number>;
}

/** A question with all inputs of its answer. */
export type StudyRequest =
  | {
      readonly kind: 'evidence';
      readonly bars: Bars;
      /** Approved roles of models; the models' own definitions by default. */
      readonly roles?: AssignedRoles | undefined;
      /** Number of settings that people tried before. */
      readonly triedBefore: number;
    }
  | {
      readonly kind: 'backtest';
      readonly bars: Bars;
      readonly roles?: AssignedRoles | undefined;
      /** The id of a model, or `all` for those that trade. */
      readonly model: string;
      readonly from?: SessionDate | undefined;
      readonly to?: SessionDate | undefined;
    }
  | {
      readonly kind: 'what-if';
      readonly bars: Bars;
      readonly roles?: AssignedRoles | undefined;
      readonly change: Change;
      readonly now: CurrentHoldings | undefined;
    }
  | {
      readonly kind: 'parity';
      /** Bars for comparing the month with its backtest; without them only decisions are repeated. */
      readonly bars?: Bars | undefined;
      readonly raw?: Bars | undefined;
    }
  /** The journal's tables as files. */
  | { readonly kind: 'export' };

/** Growth of one dollar at some of the closes, for a chart. */
export interface StudyCurves {
  readonly dates: readonly SessionDate[];
  readonly lines: readonly { readonly name: string; readonly values: readonly number[] }[];
  /** Ninety of a hundred random portfolios lie between the two. */
  readonly band?: { readonly low: readonly number[]; readonly high: readonly number[] } | undefined;
}

/** Titled lines of at most 32 columns. */
export interface StudySection {
  readonly title: string;
  readonly lines: readonly string[];
}

/** The screens of the evidence. */
export const SCREENS = ['first', 'luck', 'settings', 'bad-times', 'how-to-read'] as const;

/** One screen of the evidence. */
export type Screen = (typeof SCREENS)[number];

/** An answer, or why there is none. */
export type StudyAnswer = {
  readonly evidence: {
    readonly kind: 'evidence';
    readonly screens: Readonly<Record<Screen, readonly StudySection[]>>;
    /** The full conclusion, one sentence. */
    readonly verdict: string;
    readonly curves: StudyCurves;
    /** Number of settings that the page itself tried, and the key of the search. */
    readonly settings: number;
    readonly key: string;
  };
  readonly backtest: StudyText<'backtest'>;
  readonly 'what-if': StudyText<'what-if'>;
  readonly parity: {
    readonly kind: 'parity';
    readonly equal: number;
    readonly of: number;
    readonly notKept: number;
    /** The differences, one line each, newest first, at most ten. */
    readonly differences: readonly string[];
    /** The last month compared with its backtest; undefined where bars or closes are missing. */
    readonly month?: MonthParity | undefined;
  };
  readonly export: {
    readonly kind: 'export';
    readonly files: readonly {
      readonly name: string;
      readonly text: string;
      readonly rows: number;
    }[];
  };
};

interface StudyText<K extends string> {
  readonly kind: K;
  readonly sections: readonly StudySection[];
  readonly curves: StudyCurves | undefined;
  /** Number of settings tried, and their key. */
  readonly settings: number;
  readonly key: string;
}

/** Why a question has no answer, for display. */
export interface NoAnswer {
  readonly kind: 'refused';
  readonly reason: string;
}

/** Reports the progress of a computation. */
export type Progress = (done: number, of: number) => void;

/** Computes off the trading path: one question at a time, in a low-priority thread. */
export interface Studies {
  /** Answers; a repeated question is answered from a cache. Rejects while too many are queued. */
  ask<K extends StudyRequest['kind']>(
    request: Extract<StudyRequest, { kind: K }>,
    progress?: Progress,
  ): Promise<StudyAnswer[K] | NoAnswer>;
}
