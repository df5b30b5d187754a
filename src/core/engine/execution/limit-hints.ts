/** What a person can do about each limit that stops an order of ours. */

const LIMIT_HINTS = {
  'trading window': 'Nothing needs doing: orders leave in the trading window.',
  market: 'Nothing needs doing: orders leave once the market is open.',
  'trading state': 'Use /resume once the reason for the stop is gone.',
  'open problem': 'Look at the open problem first; the header names it.',
  stopping: 'Start Rotor again; it goes on where it stopped.',
  'taken back': 'Nothing needs doing: a person took the order back.',
  journal: 'Nothing trades. Restore a backup with `rotor journal restore`.',
  clock: 'Set the clock of the host right: `rotor doctor` says how far it is off.',
  account: 'Look at the account at Alpaca, or ask its support why it is blocked.',
  asset: 'Look the ticker up at Alpaca; once its trading goes on, use /rebalance.',
  'crossing order':
    'Let that order fill, or cancel it (/orders, or at Alpaca where another hand sent it).',
  'short sale': 'Look at /positions and at Alpaca for another sell; then use /rebalance.',
  price: 'Look at /data and at the ticker at Alpaca; orders leave once there is a price.',
  'price collar':
    'Compare both prices with the news before anything else. Orders leave by themselves once they ' +
    'agree; PRICE_COLLAR says how far apart they may be.',
  MAX_ORDER_USD: 'If that size is meant, set MAX_ORDER_USD higher, start again, use /rebalance.',
  MAX_ORDERS_PER_DAY:
    'Look at /orders for what sent so many. The rest leaves on the next day; if so many are meant, ' +
    'set MAX_ORDERS_PER_DAY higher and start again.',
  MAX_TURNOVER_PER_DAY:
    'Look at /orders for what turned over so much. The rest leaves on the next day; if so much is ' +
    'meant, set MAX_TURNOVER_PER_DAY higher and start again.',
  MAX_GROSS: 'Look at /positions: more is held than was planned with. Then use /rebalance.',
  MAX_WEIGHT: 'Look at /positions: more is held than was planned with. Then use /rebalance.',
  'buying power':
    'Nothing needs doing where sells still have to settle: the buys are tried again in each trading ' +
    'window. Look at Alpaca for open orders that hold it back.',
  fraction: 'Nothing needs doing: only whole shares of it are traded. Sell the rest at Alpaca.',
  'reserved shares':
    'Cancel the other order at Alpaca, or let it fill: the sell follows by itself.',
  'open order': 'Look at /orders; an order that outlives its session can be set aside.',
  'unknown outcome':
    'Nothing needs doing: Rotor looks the order up until the broker says what became of it.',
  cash:
    'Look at /positions for the cash, and at Alpaca for open orders of another hand that hold it ' +
    'back; then use /rebalance.',
} as const;

export type LimitName = keyof typeof LIMIT_HINTS;

/** A sentence or two; every limit has one. */
export function limitHint(limit: LimitName): string {
  return LIMIT_HINTS[limit];
}
