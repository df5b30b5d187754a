/** What must never be so, as it was found. */
import type { EpochMs } from '#core/domain/units.ts';

/** The laws that are looked at, by name. */
export type Law =
  | 'order twice'
  | 'order unwritten'
  | 'order on a damaged journal'
  | 'damage believed'
  | 'HALT without effect'
  | 'acted without rights'
  | 'foreign order cancelled'
  | 'drawdown ignored'
  | 'old plan approved'
  | 'press taken twice'
  | 'sold by a mistyped word'
  | 'decision on a wrong account'
  | 'decision on wrong prices'
  | 'another target'
  | 'plan beside its target'
  | 'result untrue'
  | 'order against HALT'
  | 'halted for nothing'
  | 'bought on wrong books'
  | 'given up early'
  | 'flows differ'
  | 'order outside hours'
  | 'buy before sells'
  | 'month twice'
  | 'month late'
  | 'dashboard differs'
  | 'gain differs'
  | 'called for nothing'
  | 'drawdown invented'
  | 'message twice'
  | 'message again and again'
  | 'critical told late'
  | 'order at a wrong price'
  | 'order at an old price'
  | 'alert never ends'
  | 'resume without effect'
  | 'approved by too few'
  | 'started against people'
  | 'started unannounced'
  | 'orders left after HALT'
  | 'alert untold'
  | 'rebalance untold'
  | 'stuck order untold'
  | 'too many requests'
  | 'order beside an unknown one'
  | 'order without cash'
  | 'order beyond a limit'
  | 'order without shares'
  | 'decision on other bars'
  | 'short position'
  | 'books differ'
  | 'header differs'
  | 'silent cash'
  | 'month forgotten'
  | 'month not done'
  | 'rebalance never ends'
  | 'order lost'
  | 'told late'
  | 'chain broken'
  | 'lease taken from the living'
  | 'no process runs'
  | 'surprise';

/** One law that did not hold. */
export interface Violation {
  readonly law: Law;
  readonly at: EpochMs;
  readonly text: string;
}

/** Told of each violation. */
export type Report = (law: Law, text: string) => void;
