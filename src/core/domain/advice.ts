/** Actions a person can take about an alert, as codes; the bot has the sentences. */

/** Limits that can hold back one of our orders; the names are shown to people. */
export type LimitName =
  | 'trading window'
  | 'market'
  | 'trading state'
  | 'open problem'
  | 'evidence'
  | 'stopping'
  | 'taken back'
  | 'journal'
  | 'clock'
  | 'account'
  | 'equity'
  | 'asset'
  | 'crossing order'
  | 'short sale'
  | 'price'
  | 'price collar'
  | 'MAX_ORDER_USD'
  | 'MAX_ORDERS_PER_DAY'
  | 'MAX_TURNOVER_PER_DAY'
  | 'MAX_GROSS'
  | 'MAX_WEIGHT'
  | 'buying power'
  | 'fraction'
  | 'reserved shares'
  | 'open order'
  | 'unknown outcome'
  | 'cash';

/** Why the broker rejected an order, as far as its message is understood. */
export type RefusalCode =
  | 'buying-power'
  | 'shares-held'
  | 'wash-trade'
  | 'no-fractions'
  | 'day-trading'
  | 'too-small'
  | 'market-closed'
  | 'switched-off'
  | 'account-blocked'
  | 'not-tradable';

/** A limit or rejection by name, or a problem that Rotor cannot fix by itself. */
export type Advice =
  | { readonly code: 'limit'; readonly limit: LimitName }
  | { readonly code: 'refused-by-limit'; readonly limit: LimitName }
  | { readonly code: 'refused-by-broker'; readonly refusal: RefusalCode }
  | { readonly code: PlainAdvice };

/** Advice without facts. */
export type PlainAdvice =
  | 'adopt-difference'
  | 'bars-in-doubt'
  | 'borrowed-cash'
  | 'drawdown'
  | 'drift'
  | 'halted'
  | 'idle-cash'
  | 'late-rebalance'
  | 'left-undone'
  | 'journal-restored'
  | 'owed-after-halt'
  | 'owed-rebalance'
  | 'read-evidence'
  | 'regime-not-traded';
