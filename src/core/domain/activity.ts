import { type Cents, cents, type EpochMs, type Qty, qty, type Ticker } from './units.ts';

/**
 * `transfer`: shares moved in or out, neither a gain nor a loss. `split`: any corporate action that changes
 * shares. `other`: a type missing from the table of activities, excluded from performance.
 */
export type ActivityKind =
  | 'deposit'
  | 'withdrawal'
  | 'transfer'
  | 'dividend'
  | 'interest'
  | 'fee'
  | 'split'
  | 'other';

/** Cash or shares that moved at the broker without an order. */
export interface Activity {
  /** The broker's id; booking it twice changes nothing. */
  readonly id: string;
  readonly kind: ActivityKind;
  /** The broker's own type and sub-type, for display; absent in entries that do not say. */
  readonly type?: string | undefined;
  readonly ticker: Ticker | undefined;
  /** Change in shares; 0 when only cash moved. */
  readonly qty: Qty;
  /** Change in cash; negative for an outflow. */
  readonly cash: Cents;
  /** Worth on that day of shares moved in or out; negative for an outflow. Absent: unknown. */
  readonly worth?: Cents | undefined;
  readonly at: EpochMs;
  /** This activity only reverses the one with that id. */
  readonly cancels?: string | undefined;
  /** This activity replaces the one with that id, which is reversed. */
  readonly corrects?: string | undefined;
}

/** Whether it is a distribution paid as a return of capital. */
export function isReturnOfCapital({ type }: Pick<Activity, 'type'>): boolean {
  return type?.split('.')[0] === 'DIVROC';
}

/** Whether shares were removed as worthless. */
export function isWorthless({ type, qty: moved }: Pick<Activity, 'type' | 'qty'>): boolean {
  return type === 'REORG.WRM' && moved < 0;
}

/** The reversal of an activity: the same amounts with opposite signs, under its own id and time. */
export function reversalOf(activity: Activity, id: string, at: EpochMs): Activity {
  const { worth, qty: moved, cash, id: cancels } = activity;
  return {
    ...activity,
    id,
    qty: qty(0 - moved),
    cash: cents(0 - cash),
    ...(worth !== undefined && { worth: cents(0 - worth) }),
    at,
    cancels,
    corrects: undefined,
  };
}

/**
 * The external flow in an activity, in cents: neither a gain nor a loss of the account. Income, costs and
 * corporate actions are 0.
 */
export function flowValue({ kind, cash, worth }: Activity): number {
  switch (kind) {
    case 'deposit':
    case 'withdrawal':
      return cash;
    case 'transfer':
    case 'other':
      return cash + (worth ?? 0);
    case 'dividend':
    case 'interest':
    case 'fee':
    case 'split':
      return 0;
    default:
      return kind satisfies never;
  }
}
