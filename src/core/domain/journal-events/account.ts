/** Account events: identity, holdings, cash flows and the daily close. */
import type { Mode, ValuedHoldings } from '#core/domain/account.ts';
import type { AccountState, EquityPoint } from '#core/domain/account-state.ts';
import type { Activity } from '#core/domain/activity.ts';
import { type Adjustment, bookActivity, bookAdjustment } from '#core/domain/cash-flow.ts';
import { type DepositChoice, depositsAfter } from '#core/domain/deposits.ts';
import { notBookedOf } from '#core/domain/drawdown.ts';
import { notInBooks } from '#core/domain/late-flows.ts';
import type { ManagedTerms } from '#core/domain/managed-account.ts';
import { type LotCost, lotName, withEvent } from '#core/domain/tax/lot-event.ts';
import {
  type Cents,
  type Qty,
  type SessionDate,
  type Ticker,
  toDollars,
} from '#core/domain/units.ts';
import { type JournalEvents, money, noKey, put } from './journal-event.ts';

/** Entries about the account, its cash flows and its daily close. */
export type AccountEntry =
  | { readonly kind: 'account'; readonly id: string; readonly number: string; readonly mode: Mode }
  | {
      /** The holdings when Rotor first connected; the ledger starts from them. */
      readonly kind: 'baseline';
      readonly cash: Cents;
      readonly positions: ReadonlyMap<Ticker, { readonly qty: Qty; readonly cost: Cents }>;
      /** Equity and the benchmark's price at that instant: the starting point of You / SPY / Alpha. */
      readonly equity: Cents;
      readonly benchmark: number;
      /** Value of the positions and the managed part; undefined in older entries. */
      readonly holdings?: ValuedHoldings | undefined;
      readonly managedBy?: ManagedTerms | undefined;
      /** Fills and activities from before the baseline; they are not booked again. */
      readonly known: readonly string[];
    }
  | { readonly kind: 'activity'; readonly activity: Activity }
  /** A person's choice for a deposit. */
  | {
      readonly kind: 'deposit-choice';
      readonly activityId: string;
      readonly choice: DepositChoice;
      readonly by: string;
    }
  | (Adjustment & {
      /** An unexplained difference, accepted by an operator. Changes, not totals. */
      readonly kind: 'adjustment';
      readonly by: string;
    })
  | ({
      /** Cost and acquisition date, entered by a person, of a lot that arrived without a cost. */
      readonly kind: 'lot-cost';
      readonly lot: string;
      readonly by: string;
    } & LotCost)
  | { readonly kind: 'equity'; readonly point: EquityPoint }
  /** Replaces a provisional close once the official prices are available. */
  | { readonly kind: 'official-close'; readonly point: EquityPoint }
  /** Corrects a wrongly recorded close; the original stays in its own entry. */
  | { readonly kind: 'corrected-close'; readonly point: EquityPoint; readonly recorded: Cents }
  /** Closes that were missed and can no longer be recorded; at least one. */
  | {
      readonly kind: 'missed-closes';
      readonly sessions: readonly SessionDate[];
      readonly reason: string;
    };

/** The rows of the account, its cash flows and its daily close. */
export const ACCOUNT_EVENTS = {
  account: {
    key: () => 'the',
    exact: true,
    reduce: (_state, { id, number, mode }) => ({ account: { id, number, mode } }),
    log: ({ number }) => `account ${number}`,
    message: 'none',
    exports: [],
  },
  baseline: {
    key: () => 'the',
    reduce: (
      { lots, seq, cashFlows },
      { cash, positions, equity, benchmark, known, holdings, managedBy },
      at,
    ) => ({
      baseline: { at, equity, cash, benchmark, holdings, managedBy },
      drawdownFrom: { at, equity, cash, holdings, managedBy, flows: cashFlows.length },
      booked: new Set(known),
      ledger: { cash, lots: positions },
      lots: [...positions].reduce(
        (record, [ticker, held]) =>
          withEvent(record, {
            kind: 'opening',
            lot: lotName(ticker, seq + 1),
            ticker,
            ...held,
            at,
            recordedAt: at,
          }),
        lots,
      ),
    }),
    log: ({ equity }) => `tracking starts with equity ${money(toDollars(equity))}`,
    message: 'none',
    exports: [],
  },
  activity: {
    key: ({ activity }) => activity.id,
    reduce: (state, { activity }, at) => ({
      ...bookActivity(state, activity, at),
      deposits: depositsAfter(state, activity, { at, seq: state.seq + 1 }),
    }),
    log: ({ activity: { kind, ticker, cash } }) =>
      `${kind}${ticker ? ` ${ticker}` : ''}: cash ${money(toDollars(cash))}`,
    message: 'line',
    exports: [],
  },
  'deposit-choice': {
    key: ({ activityId }) => activityId,
    reduce: ({ deposits }, { activityId, choice, by }) => {
      const known = deposits.get(activityId);
      return known
        ? { deposits: put(deposits, activityId, { ...known, choice: { choice, by } }) }
        : {};
    },
    log: ({ activityId, choice, by }) => `deposit ${activityId}: invest ${choice}, chosen by ${by}`,
    message: ({ activityId }) => [{ message: 'deposit', activityId }],
    exports: [],
  },
  adjustment: {
    key: noKey,
    reduce: bookAdjustment,
    log: ({ ticker, by }) => `${ticker ?? 'cash'}: difference accepted by ${by}`,
    message: 'line',
    exports: [],
  },
  'lot-cost': {
    // The last entry wins: a person may have mistyped.
    key: noKey,
    reduce: ({ lots }, { lot, cost, acquired, from }) => ({
      lots: { ...lots, costs: put(lots.costs, lot, { cost, acquired, from }) },
    }),
    log: ({ lot, cost, by }) => `lot ${lot}: cost ${money(toDollars(cost))} entered by ${by}`,
    message: 'line',
    exports: [],
  },
  equity: {
    key: ({ point }) => point.session,
    reduce: (state, { point }, at) => ({
      equity: [
        ...state.equity,
        {
          ...point,
          at,
          notBooked: notBookedOf(state, point),
          notInBooks: notInBooks(state, point),
        },
      ],
    }),
    log: ({ point }) => `close: equity ${money(toDollars(point.equity))}`,
    message: ({ point }) => [{ message: 'reports', session: point.session }],
    exports: ['equity'],
  },
  'official-close': {
    key: ({ point }) => point.session,
    reduce: (state, { point }) => withClose(state, point),
    log: ({ point }) =>
      `close of ${point.session}, official: equity ${money(toDollars(point.equity))}`,
    message: ({ point }) => [{ message: 'reports', session: point.session }],
    exports: ['equity'],
  },
  'corrected-close': {
    key: noKey,
    reduce: (state, { point }) => withClose(state, point),
    log: ({ point, recorded }) =>
      `close of ${point.session} corrected: equity ${money(toDollars(point.equity))}, ` +
      `recorded was ${money(toDollars(recorded))}`,
    message: 'line',
    exports: ['equity'],
  },
  'missed-closes': {
    key: ({ sessions }) => sessions.join(' '),
    reduce: ({ missed }, { sessions }) => ({ missed: new Set([...missed, ...sessions]) }),
    log: ({ sessions, reason }) => `close of ${sessions.join(', ')} not recorded: ${reason}`,
    message: 'line',
    exports: [],
  },
} as const satisfies JournalEvents<AccountEntry>;

/** Replaces the close of that session by the corrected one, keeping the time of recording. */
function withClose({ equity }: AccountState, point: EquityPoint): Partial<AccountState> {
  return {
    equity: equity.map((was) =>
      was.session === point.session
        ? {
            ...point,
            ...(was.at !== undefined && { at: was.at }),
            ...(was.notBooked !== undefined && { notBooked: was.notBooked }),
            notInBooks: was.notInBooks,
          }
        : was,
    ),
  };
}
