/** Remedies of alerts; the engine gives a code, the sentences are here. */
import type { Advice, LimitName, PlainAdvice, RefusalCode } from '#core/domain/advice.ts';
import type { Alert } from '#core/domain/alert.ts';
import { withRoles } from '../interactions/command-access.ts';

/** Remedy for each limit that blocks an order, in a sentence or two. */
const LIMITS: Readonly<Record<LimitName, string>> = {
  'trading window': 'No action needed: orders are sent in the trading window.',
  market: 'Check the news on market hours; orders are sent automatically once the market is open.',
  'trading state': 'Use /resume once the reason for the stop is gone.',
  'open problem': 'Look at the open problem first; the header names it.',
  evidence: 'Read /evidence, and press its button.',
  stopping: 'Start Rotor again; it continues where it stopped.',
  'taken back': 'No action needed: a person cancelled the order.',
  journal: 'Nothing trades. Restore a backup with `rotor journal restore`.',
  clock: 'Correct the host’s clock: `rotor doctor` shows how far off it is.',
  account: 'Look at the account at Alpaca, or ask its support why it is blocked.',
  equity:
    'Compare /positions with the account at Alpaca; orders are sent automatically once its numbers ' +
    'agree. EQUITY_TOLERANCE sets how far apart they may be.',
  asset: 'Look the ticker up at Alpaca; its order is sent automatically once it trades again.',
  'crossing order':
    'Let that order fill, or cancel it (/orders, or at Alpaca where Rotor did not send it).',
  'short sale':
    'Check /positions: shares sold short, or sold by another order; then use /rebalance.',
  price: 'Check /data, and the ticker at Alpaca; orders are sent once there is a price.',
  'price collar':
    'Check the news on this ticker first. Orders are sent automatically once both prices agree; ' +
    'PRICE_COLLAR sets how far apart they may be.',
  MAX_ORDER_USD: 'If that size is intended, raise MAX_ORDER_USD, restart, and use /rebalance.',
  MAX_ORDERS_PER_DAY:
    'Check /orders to see why there were so many. The rest is sent on the next trading day; if that ' +
    'many are intended, raise MAX_ORDERS_PER_DAY and restart.',
  MAX_TURNOVER_PER_DAY:
    'Check /orders to see what was traded. What fits into a day is sent on the next trading day; if ' +
    'more is intended, raise MAX_TURNOVER_PER_DAY and restart.',
  MAX_GROSS: 'Check /positions: more is held than the plan assumed. Then use /rebalance.',
  MAX_WEIGHT: 'Check /positions: more is held than the plan assumed. Then use /rebalance.',
  'buying power':
    'No action needed while sells still have to settle: the buys are tried again in each trading ' +
    'window. Otherwise check Alpaca for open orders that reserve the cash.',
  fraction: 'No action needed: only whole shares of it can be traded. Sell the fraction at Alpaca.',
  'reserved shares':
    'Cancel the other order at Alpaca, or let it fill: the sell is then sent automatically.',
  'open order': 'Check /orders; an order still open after its session can be set aside.',
  'unknown outcome':
    'No action needed: Rotor asks the broker until it knows what became of the order.',
  cash:
    'Check /positions for the cash, and Alpaca for open orders not made by Rotor that reserve it; ' +
    'then use /rebalance.',
};

/** Remedy for each rejection by the broker. */
const REFUSALS: Readonly<Record<RefusalCode, string>> = {
  'buying-power':
    'Check /positions for the cash, and Alpaca for open orders not made by Rotor that reserve it.',
  'shares-held':
    'Cancel the other order at Alpaca, or let it fill: the sell is then sent automatically.',
  'wash-trade':
    'Cancel that order (/orders, or at Alpaca where Rotor did not send it), or let it fill: this one is ' +
    'then sent automatically.',
  'no-fractions': 'Set FRACTIONAL=false and start again; then use /rebalance.',
  'day-trading':
    'Do not trade these tickers by hand before the next session; Rotor tries again automatically.',
  'too-small': 'No action needed; a higher MIN_ORDER_USD avoids such orders.',
  'market-closed': 'No action needed: the order is sent automatically once the market is open.',
  'switched-off':
    'Turn off “suspend trade” in Alpaca’s settings: the order is then sent automatically.',
  'account-blocked':
    'Check the account at Alpaca, or ask its support why; orders are sent automatically once the block is ' +
    'lifted.',
  'not-tradable':
    'Look the ticker up at Alpaca; its order is sent automatically once it trades again.',
};

/** Remedies for the others; they replace the engine's own. */
const OTHERS: Readonly<Record<PlainAdvice, string>> = {
  'adopt-difference':
    'Nothing is bought until the difference is accepted with /adopt, or disappears.',
  'bars-in-doubt':
    'Positions stay unchanged. Rotor asks its source again every five minutes and continues ' +
    'automatically when the bars are clean. /data shows every finding. If another source has the same ' +
    'move, add the day to ACCEPTED_MOVES.',
  'borrowed-cash':
    'The next rebalance sells for it; /rebalance does it now. A deposit covers it too.',
  drawdown: 'Nothing is bought until /resume is used with a reason.',
  drift: 'The next rebalance corrects it; /rebalance does it now.',
  halted: 'No orders will be sent until /resume is used.',
  'idle-cash':
    '/rebalance makes a new plan and finishes it; otherwise the next one starts from the current holdings.',
  'journal-restored': 'Compare positions and orders with the broker, then use /resume.',
  'late-rebalance': 'It runs once, in the next trading window; /resume ends a pause or a halt.',
  'left-undone': 'The next rebalance starts from the current holdings; /rebalance does it now.',
  'owed-after-halt': 'Use /rebalance to see the plan, or Acknowledge to skip it.',
  'owed-rebalance':
    'Use /rebalance to run it now, or Acknowledge to skip it: the next one runs automatically.',
  'read-evidence':
    'Read /evidence and press “I have read this” below it. Sells, /halt and /flatten still work.',
  'regime-not-traded': 'Nothing trades before the next rebalance; /rebalance does it now.',
};

/** The remedy, with the role of each command; the journal's own text where there is no advice. */
export function remedyOf({ advice, remedy }: Alert): string {
  return advice ? withRoles(sentenceOf(advice, remedy)) : remedy;
}

/** A newer version may have written a code that this one does not know. */
function sentenceOf(advice: Advice, remedy: string): string {
  switch (advice.code) {
    case 'limit':
    case 'refused-by-limit':
      return join(LIMITS[advice.limit], remedy);
    case 'refused-by-broker':
      return join(REFUSALS[advice.refusal], remedy);
    default:
      return (OTHERS as Readonly<Record<string, string>>)[advice.code] ?? remedy;
  }
}

function join(first: string | undefined, remedy: string): string {
  return first === undefined ? remedy : `${first} ${remedy}`;
}

/** Replaces "the broker" in an alert's title or resolution by the broker's name. */
export function brokerByName(text: string): string {
  return text.replace(/^The broker(?= does not|’s answer| answers)/, 'Alpaca');
}
