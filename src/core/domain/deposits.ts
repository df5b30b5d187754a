/** Deposits that a person may have invested at once, and what became of each. Pure. */
import type { Activity } from './activity.ts';
import type { EpochMs } from './units.ts';

/** Invest now by a plan that is approved like any other, or leave it to the next rebalance. */
export type DepositChoice = 'now' | 'later';

/** A deposit; `seq` and `at` are those of its entry in the journal. */
export interface DepositOffer {
  readonly activity: Activity;
  readonly at: EpochMs;
  readonly seq: number;
  /** The answer of a person; undefined while nobody gave one. */
  readonly choice: { readonly choice: DepositChoice; readonly by: string } | undefined;
  /** A decision was made since, or it was taken back: it is offered no more. */
  readonly over: boolean;
}

/** Offers by the activity's id. */
export type DepositOffers = ReadonlyMap<string, DepositOffer>;

/** With the activity, where it is a deposit, and without what it takes back. */
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

/** None is offered any more: whatever is decided now takes all cash in. */
export function closedDeposits(offers: DepositOffers): DepositOffers {
  if (![...offers.values()].some(({ over }) => !over)) return offers;
  return new Map([...offers].map(([id, offer]) => [id, { ...offer, over: true }]));
}
