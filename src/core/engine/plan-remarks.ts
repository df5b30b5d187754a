/** Remarks for the approver of a plan: parts that would be delayed or reduced. Pure. */
import type { ManagedOrder } from '#core/domain/account-state.ts';
import type { Decision } from '#core/domain/decision.ts';
import { newYorkTime } from '#core/domain/new-york.ts';
import { tradingWindow } from '#core/domain/trading-window.ts';
import { type Cents, cents, type EpochMs, epochMs } from '#core/domain/units.ts';
import { usd } from '../domain/figures.ts';
import type { TradingLimits } from '../domain/trading-limits.ts';
import { nextWindow, tradableSession } from '../scheduler.ts';
import { turnoverOf } from './execution/check-order.ts';

/** Sells starting later than this before the end of the window leave no time for the buys. */
const TIME_FOR_BUYS_MS = 5 * 60_000;

/** Inputs of planRemarks. */
export interface RemarksInput {
  readonly decision: Pick<Decision, 'plan' | 'holdings'>;
  readonly limits: Pick<TradingLimits, 'maxOrder' | 'maxOrdersPerDay' | 'maxTurnoverPerDay'>;
  /** Orders sent on that day. */
  readonly today: readonly ManagedOrder[];
  readonly now: EpochMs;
  /** How long the plan can be approved. */
  readonly openMs: number;
}

/** One sentence each; empty where the plan is executed as it is. */
export function planRemarks(input: RemarksInput): readonly string[] {
  return [
    ...closedRemark(input),
    ...lateRemark(input),
    ...orderRemarks(input),
    ...dayRemarks(input),
  ];
}

/** Approval counts only while orders may be sent. */
function closedRemark({ now, openMs }: RemarksInput): readonly string[] {
  if (tradableSession(now)) return [];
  const from = nextWindow(now);
  return from < now + openMs
    ? [`It can be approved from ${newYorkTime(from)} New York on.`]
    : [
        'Orders are sent from 09:35 New York to 15 minutes before the close: it expires before it can be approved.',
      ];
}

function lateRemark({ decision, now, openMs }: RemarksInput): readonly string[] {
  const { orders } = decision.plan;
  const session = tradableSession(now);
  if (!session || !orders.some(({ side }) => side === 'buy')) return [];
  const last = epochMs(tradingWindow(session).to - TIME_FOR_BUYS_MS);
  if (now + openMs < last || !orders.some(({ side }) => side === 'sell')) return [];
  return [
    `Approved after ${newYorkTime(last)} New York, the sells are sent today and the buys only in the next session.`,
  ];
}

function orderRemarks({ decision, limits }: RemarksInput): readonly string[] {
  const turnover = mostOf(decision, limits);
  return decision.plan.orders.flatMap(({ side, ticker, estimated }) => {
    const about = `${side} ${ticker} is about ${usd(estimated)}`;
    if (estimated > limits.maxOrder)
      return [`${about}, over MAX_ORDER_USD (${usd(limits.maxOrder)}): it would not be sent.`];
    return estimated > turnover
      ? [
          `${about}, more than MAX_TURNOVER_PER_DAY allows in a day (${usd(turnover)}): it would not be sent.`,
        ]
      : [];
  });
}

/** The turnover allowed in a day. */
function mostOf(
  { holdings }: RemarksInput['decision'],
  { maxTurnoverPerDay }: RemarksInput['limits'],
): Cents {
  return cents(Math.floor(maxTurnoverPerDay * holdings.equity));
}

function dayRemarks({ decision, limits, today }: RemarksInput): readonly string[] {
  const { orders } = decision.plan;
  const most = mostOf(decision, limits);
  const count = today.length + orders.length;
  const turned = [
    ...today.map(turnoverOf),
    // A larger one is not sent on any day.
    ...orders.map(({ estimated }) => (estimated > most ? 0 : estimated)),
  ].reduce<number>((sum, each) => sum + each, 0);
  const sent = today.length === 0 ? '' : ` with the ${today.length} of today`;
  return [
    ...(orders.length > 0 && count > limits.maxOrdersPerDay
      ? [
          `Its ${orders.length} orders${sent} are more than MAX_ORDERS_PER_DAY (${limits.maxOrdersPerDay}): the rest would be sent on the next day.`,
        ]
      : []),
    ...(orders.length > 0 && turned > most
      ? [
          `It would turn over ${usd(cents(Math.round(turned)))} today, more than MAX_TURNOVER_PER_DAY allows (${usd(most)}): the rest would be sent on the next day.`,
        ]
      : []),
  ];
}
