/** Deposits that a person may have invested at once, and their outcomes. Pure. */
import type { Activity } from './activity.ts';
import type { EpochMs } from './units.ts';

/** Invest now through a plan that needs approval as usual, or leave it to the next rebalance. */
export type DepositChoice = 'now' | 'later';

/** A deposit; `seq` and `at` are those of its entry in the journal. */
export interface DepositOffer {
  readonly activity: Activity;
  readonly at: EpochMs;
  readonly seq: number;
  /** A person's answer; undefined while there is none. */
  readonly choice: { readonly choice: DepositChoice; readonly by: string } | undefined;
  /** A decision was made since, or the deposit was reversed: it is no longer offered. */
  readonly over: boolean;
}

/** Offers by the activity's id. */
export type DepositOffers = ReadonlyMap<string, DepositOffer>;

/** Adds the activity if it is a deposit, and removes the one it reverses. */
export function withDeposit(
  offers: DepositOffers,
  activity: Activity,
  { at, seq }: { readonly at: EpochMs; readonly seq: number },
): DepositOffers {
  const { id, kind, cash, cancels } = activity;
  const next = new Map(offers);
  const earlier = cancels === undefined ? undefined : offers.get(cancels);
  if (earlier) next.set(earlier.activity.id, { ...earlier, over: true });
  else if (kind === 'deposit' && cash > 0)
    next.set(id, { activity, at, seq, choice: undefined, over: false });
  return next;
}

/** Closes every offer: the next decision uses all cash anyway. */
export function closedDeposits(offers: DepositOffers): DepositOffers {
  if (![...offers.values()].some(({ over }) => !over)) return offers;
  return new Map([...offers].map(([id, offer]) => [id, { ...offer, over: true }]));
}
