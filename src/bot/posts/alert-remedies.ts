/** What a person can do about each alert; the engine names it by a code, the sentences are here. */
import type { Advice, LimitName, PlainAdvice, RefusalCode } from '#core/domain/advice.ts';
import type { Alert } from '#core/domain/alert.ts';
import { withRoles } from '../interactions/command-access.ts';

/** What to do about each limit that holds an order back, in a sentence or two. */
const LIMITS: Readonly<Record<LimitName, string>> = {
  'trading window': 'Nothing needs doing: orders leave in the trading window.',
  market: 'Nothing needs doing: orders leave once the market is open.',
  'trading state': 'Use /resume once the reason for the stop is gone.',
  'open problem': 'Look at the open problem first; the header names it.',
  evidence: 'Read /evidence, and press its button.',
  stopping: 'Start Rotor again; it goes on where it stopped.',
  'taken back': 'Nothing needs doing: a person took the order back.',
  journal: 'Nothing trades. Restore a backup with `rotor journal restore`.',
  clock: 'Set the clock of the host right: `rotor doctor` says how far it is off.',
  account: 'Look at the account at Alpaca, or ask its support why it is blocked.',
  equity:
    'Compare /positions with the account at Alpaca; orders leave by themselves once its numbers agree. ' +
    'EQUITY_TOLERANCE says how far apart they may be.',
  asset: 'Look the ticker up at Alpaca; once its trading goes on, use /rebalance.',
  'crossing order':
    'Let that order fill, or cancel it (/orders, or at Alpaca where Rotor did not send it).',
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
    'Look at /positions for the cash, and at Alpaca for open orders not made by Rotor that hold it ' +
    'back; then use /rebalance.',
};

/** What to do about each refusal of the broker. */
const REFUSALS: Readonly<Record<RefusalCode, string>> = {
  'buying-power':
    'Look at /positions for the cash, and at Alpaca for open orders not made by Rotor that hold it ' +
    'back. The next rebalance buys with the cash that is there then.',
  'shares-held': 'Cancel the other order at Alpaca, or let it fill; then use /rebalance.',
  'wash-trade':
    'Cancel that order (/orders, or at Alpaca where Rotor did not send it); then /rebalance.',
  'no-fractions': 'Set FRACTIONAL=false and start again; then use /rebalance.',
  'day-trading':
    'Buy or sell nothing more today that was traded today; use /rebalance next session.',
  'too-small': 'Nothing needs doing; a higher MIN_ORDER_USD leaves such orders out.',
  'market-closed': 'Use /rebalance once the market is open; the header says when.',
  'switched-off': 'Switch trading on again at Alpaca (suspend trade); then use /rebalance.',
  'account-blocked':
    'Look at the account at Alpaca, or ask its support why; nothing trades until that is lifted.',
  'not-tradable': 'Look the ticker up at Alpaca; once its trading goes on, use /rebalance.',
};

/** What to do about the others; takes the place of the engine's own remedy. */
const OTHERS: Readonly<Record<PlainAdvice, string>> = {
  'adopt-difference':
    'Nothing is bought until the difference is adopted with /adopt, or goes away.',
  'bars-in-doubt':
    'Positions stay. Rotor asks its source again every five minutes and goes on by itself when ' +
    'the bars are clean. /data shows every finding. Where another source has the same move, name ' +
    'the day in ACCEPTED_MOVES.',
  drawdown: 'Nothing is bought. Trading goes on with /resume and a reason.',
  drift: 'The next rebalance brings it back; /rebalance does it now.',
  halted: 'No orders will be sent until /resume is used.',
  'idle-cash':
    'On a fresh decision /rebalance finishes it; else the next monthly rebalance starts from what ' +
    'is held.',
  'journal-restored': 'Compare positions and orders with the broker, then use /resume.',
  'late-rebalance': 'It is done once, at the next allowed time; /resume ends a pause or a halt.',
  'left-undone': 'The next rebalance starts from what is held; /rebalance does it now.',
  'owed-after-halt': 'Use /rebalance to see the plan, or Acknowledge to skip it.',
  'owed-rebalance':
    'Use /rebalance to run it now, or Acknowledge to skip it: the next one runs by itself.',
  'read-evidence':
    'Read /evidence and press *I have read this* below it. Sells, /halt and /flatten work as ever.',
  'regime-not-traded': 'Nothing trades before the next rebalance; /rebalance does it now.',
};

/** What to do, with the role of each command; what the journal holds where there is no advice. */
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

/** A title or an end of the alert about the broker, which people know by its name. */
export function brokerByName(text: string): string {
  return text.replace(/^The broker(?= does not|’s answer| answers)/, 'Alpaca');
}
