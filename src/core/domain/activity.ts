import { type Cents, cents, type EpochMs, type Qty, qty, type Ticker } from './units.ts';

/**
 * `transfer`: shares that came or went, neither a gain nor a loss. `split`: every corporate action that
 * changes shares. `other`: not known to the table of activities, left out of performance.
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
  /** The broker's own type and sub-type, for people; absent in entries that do not say. */
  readonly type?: string | undefined;
  readonly ticker: Ticker | undefined;
  /** Change in shares; 0 when only cash moved. */
  readonly qty: Qty;
  /** Change in cash; negative went out. */
  readonly cash: Cents;
  /** What shares that came or went were worth on that day; negative went out. Absent: not known. */
  readonly worth?: Cents | undefined;
  readonly at: EpochMs;
  /** It is nothing but the taking back of the activity with that id. */
  readonly cancels?: string | undefined;
  /** It stands in the place of the activity with that id, which is taken back. */
  readonly corrects?: string | undefined;
}

/** Whether it is a distribution that is paid out of what the shares cost. */
export function isReturnOfCapital({ type }: Pick<Activity, 'type'>): boolean {
  return type?.split('.')[0] === 'DIVROC';
}

/** Whether shares were removed because they are worth nothing any more. */
export function isWorthless({ type, qty: moved }: Pick<Activity, 'type' | 'qty'>): boolean {
  return type === 'REORG.WRM' && moved < 0;
}

/** What takes an activity back: the same with the other sign, under an id and at an instant of its own. */
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
 * The part of an activity that came from outside or went there, in cents: neither a gain nor a loss of
 * the account. Income, costs and corporate actions are 0.
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
