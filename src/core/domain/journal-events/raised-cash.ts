/** Events of raised cash: reserved and released. */
import type { RaisedCash } from '#core/domain/raised-cash.ts';
import { toDollars } from '#core/domain/units.ts';
import { type JournalEvents, money, noKey, put } from './journal-event.ts';

/** Entries about raised cash. */
export type RaisedCashEntry =
  /** An approved plan sells for it; from here on targets and orders exclude it. */
  | ({ readonly kind: 'cash-raised'; readonly id: string } & RaisedCash)
  /** All cash still reserved may be invested again. */
  | { readonly kind: 'cash-released'; readonly by: string };

/** The rows of raised cash. */
export const RAISED_CASH_EVENTS = {
  'cash-raised': {
    key: ({ id }) => id,
    reduce: ({ raised }, { id, amount, neededBy, by }) => ({
      raised: put(raised, id, { amount, neededBy, by }),
    }),
    log: ({ amount, by }) => `${money(toDollars(amount))} raised and kept, approved by ${by}`,
    message: 'line',
    exports: [],
  },
  'cash-released': {
    key: noKey,
    reduce: () => ({ raised: new Map() }),
    log: ({ by }) => `raised cash released by ${by}`,
    message: 'line',
    exports: [],
  },
} as const satisfies JournalEvents<RaisedCashEntry>;
