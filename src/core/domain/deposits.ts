/** Deposits that a person may have invested at once, and their outcomes. Pure. */
import type { Activity } from './activity.ts';
import { type RaisedMoney, raisedTotal } from './raised-cash.ts';
import { type Cents, cents, type EpochMs } from './units.ts';

/** Invest now through a plan that needs approval as usual, or leave it to the next rebalance. */
export type DepositChoice = 'now' | 'later';

/** A deposit; `seq` and `at` are those of its entry in the journal. */
export interface DepositOffer {
  readonly activity: Activity;
  readonly at: EpochMs;
  readonly seq: number;
  /** A person's answer; undefined while there is none. */
  readonly choice: { readonly choice: DepositChoice; readonly by: string } | undefined;
  /** Cash of it that was withdrawn since. */
  readonly withdrawn: Cents;
  /** A decision was made since, or the deposit was reversed or withdrawn: it is no longer offered. */
  readonly over: boolean;
}

/** Offers by the activity's id. */
export type DepositOffers = ReadonlyMap<string, DepositOffer>;

/** The deposits and the cash that people have raised. */
interface Before {
  readonly deposits: DepositOffers;
  readonly raised: RaisedMoney;
}

/**
 * Adds the activity if it is a deposit, and closes the one it reverses. A withdrawal takes raised cash first,
 * then the latest deposits; one that is withdrawn completely is over.
 */
export function depositsAfter(
  { deposits, raised }: Before,
  activity: Activity,
  { at, seq }: { readonly at: EpochMs; readonly seq: number },
): DepositOffers {
  const { id, kind, cash, cancels } = activity;
  const next = new Map(deposits);
  const earlier = cancels === undefined ? undefined : deposits.get(cancels);
  if (earlier) return next.set(earlier.activity.id, { ...earlier, over: true });
  if (kind === 'withdrawal') return withdrawnFrom(deposits, -cash - raisedTotal(raised));
  if (kind !== 'deposit' || cash <= 0) return deposits;
  return next.set(id, {
    ...{ activity, at, seq, choice: undefined },
    ...{ withdrawn: cents(0), over: false },
  });
}

function withdrawnFrom(offers: DepositOffers, amount: number): DepositOffers {
  let left = Math.max(0, amount);
  const next = new Map(offers);
  for (const [id, offer] of [...offers].reverse()) {
    if (offer.over) continue;
    const taken = Math.min(left, offer.activity.cash - offer.withdrawn);
    left -= taken;
    const withdrawn = cents(offer.withdrawn + taken);
    next.set(id, { ...offer, withdrawn, over: withdrawn >= offer.activity.cash });
  }
  return next;
}

/** The cash that people left to the next rebalance. */
export function leftForLater(offers: DepositOffers): Cents {
  return cents(
    [...offers.values()]
      .filter(({ choice, over }) => choice?.choice === 'later' && !over)
      .reduce((sum, { activity, withdrawn }) => sum + activity.cash - withdrawn, 0),
  );
}

/** Closes every offer: the next decision uses all cash anyway. */
export function closedDeposits(offers: DepositOffers): DepositOffers {
  if (![...offers.values()].some(({ over }) => !over)) return offers;
  return new Map([...offers].map(([id, offer]) => [id, { ...offer, over: true }]));
}
