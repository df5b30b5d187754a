/** What is computed beside trading for people who ask: the evidence, what-ifs, backtests, parity. */
import type { Account, Position } from './domain/account.ts';
import type { Bars } from './domain/bar.ts';
import type { AssignedRoles } from './domain/model-role.ts';
import type { MonthParity } from './domain/month-parity.ts';
import type { Cents, SessionDate, Ticker } from './domain/units.ts';

/** Settings of the first model, and limits, to be tried in place of the present ones. */
export interface Change {
  /** Sessions, 1 to 250. */
  readonly lookback?: number | undefined;
  readonly top?: number | undefined;
  /** Least momentum, a fraction. */
  readonly minimum?: number | undefined;
  /** Most weight of one sector, a fraction. */
  readonly cap?: number | undefined;
  /** Cash that is never invested. */
  readonly reserve?: Cents | undefined;
  /** This month is not rebalanced. */
  readonly skip?: boolean | undefined;
  /** A sector to rank beside the others. */
  readonly add?: Ticker | undefined;
  /** A sector to leave out. */
  readonly leaveOut?: Ticker | undefined;
}

/** What is held now, at the prices of the last refresh; nothing is requested for it. */
export interface CurrentHoldings {
  readonly account: Pick<Account, 'equity' | 'cash'>;
  readonly positions: readonly Position[];
  readonly prices: ReadonlyMap<Ticker, number>;
}

/** A question, and all that its answer follows from. */
export type StudyRequest =
  | {
      readonly kind: 'evidence';
      readonly bars: Bars;
      /** What people approved of models; as they were written unless given. */
      readonly roles?: AssignedRoles | undefined;
      /** Settings that people of the desk tried before. */
      readonly triedBefore: number;
    }
  | {
      readonly kind: 'backtest';
      readonly bars: Bars;
      readonly roles?: AssignedRoles | undefined;
      /** The id of a model, or `all` that trade. */
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
      /** Of the month beside its backtest; without them only decisions are repeated. */
      readonly bars?: Bars | undefined;
      readonly raw?: Bars | undefined;
    }
  /** The tables of the journal as files. */
  | { readonly kind: 'export' };

/** Growth of one dollar at some closes, to be drawn. */
export interface StudyCurves {
  readonly dates: readonly SessionDate[];
  readonly lines: readonly { readonly name: string; readonly values: readonly number[] }[];
  /** Between the two lie ninety of a hundred random portfolios. */
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
    /** The one sentence, whole. */
    readonly verdict: string;
    readonly curves: StudyCurves;
    /** Settings that the page itself tried, and what names the search. */
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
    /** What differs, a line each, the newest first, at most ten. */
    readonly differences: readonly string[];
    /** The last month beside its backtest; undefined where the bars or the closes do not give it. */
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
  /** How many settings were tried, and what names them. */
  readonly settings: number;
  readonly key: string;
}

/** Why a question has no answer, in words. */
export interface NoAnswer {
  readonly kind: 'refused';
  readonly reason: string;
}

/** Told how far a computation is. */
export type Progress = (done: number, of: number) => void;

/** Computes beside trading: one question at a time, in a thread that gives way to everything else. */
export interface Studies {
  /** Answers; the same question is answered from memory. Refuses while too many wait. */
  ask<K extends StudyRequest['kind']>(
    request: Extract<StudyRequest, { kind: K }>,
    progress?: Progress,
  ): Promise<StudyAnswer[K] | NoAnswer>;
}
