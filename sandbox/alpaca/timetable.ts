/** When each step of an order happens; determined by seed and market alone. */
import { nextSession, type Session, sessionAt, sessionOn } from '#core/domain/calendar.ts';
import { type EpochMs, epochMs, type Qty, qty, wholeShares } from '#core/domain/units.ts';
import type { Market } from './market.ts';
import { filledQty, isOpen, type OrderRecord } from './records.ts';
import { between, type SeededRandom } from './seeded-random.ts';

/** The next step of an order. */
export interface Step {
  readonly kind: 'new' | 'fill' | 'cancel' | 'close';
  readonly at: EpochMs;
}

/** Market milliseconds from submission to acknowledgement, from there to a fill, and for a cancel. */
const ACKNOWLEDGE_MS = [50, 250] as const;
const FILL_MS = [500, 3_000] as const;
const CANCEL_MS = [100, 600] as const;
/** One order in ten is filled in parts, as on paper accounts. */
const PARTIAL_FILL_SHARE = 0.1;

/** The session in which an order sent now is active: the open one, otherwise the next. */
export function workingSession(now: EpochMs): Session {
  return sessionAt(now) ?? nextSession(now);
}

/** When the venue acknowledges an order sent now. */
export function acknowledgedAt(id: string, now: EpochMs, random: SeededRandom): EpochMs {
  const session = workingSession(now);
  return beforeClose(
    session,
    delayed(Math.max(now, session.open), ACKNOWLEDGE_MS, random.of('ack', id)),
  );
}

/** When a cancel sent now takes effect. */
export function cancelledAt(id: string, now: EpochMs, random: SeededRandom): EpochMs {
  return delayed(now, CANCEL_MS, random.of('cancel', id));
}

/** The next execution at or after `from`, within the order's session; undefined when there is none. */
export function nextFillAt(
  order: OrderRecord,
  from: EpochMs,
  { market, random }: { readonly market: Market; readonly random: SeededRandom },
): EpochMs | undefined {
  const session = sessionOn(order.session);
  if (!session || !market.trades(order.ticker, session)) return undefined;
  const at = delayed(from, FILL_MS, random.of('fill', order.id, order.executions.length));
  const earliest = beforeClose(session, at);
  if (order.limit === undefined) return earliest;
  return market.reaches(order.ticker, session, earliest, { side: order.side, price: order.limit });
}

/** Sizes of an order's fills: usually one, otherwise two or three, whole shares for a whole order. */
export function partsOf(id: string, total: Qty, random: SeededRandom): readonly Qty[] {
  if (random.of('parts', id) >= PARTIAL_FILL_SHARE) return [total];
  const unit = total % wholeShares(1) === 0 ? wholeShares(1) : 1;
  const count = random.of('count', id) < 0.5 ? 2 : 3;
  const parts: Qty[] = [];
  let left = total as number;
  for (let n = count; n > 1 && left >= unit * n; n--) {
    const share = between(random.of('part', id, n), 0.5, 1.5) / n;
    const size = Math.min(
      left - unit * (n - 1),
      Math.max(unit, Math.floor((left * share) / unit) * unit),
    );
    parts.push(qty(size));
    left -= size;
  }
  return [...parts, qty(left)];
}

/** The earliest step of an open order; a stuck one stops at its lever's status. */
export function nextStep(
  order: OrderRecord,
  halted: boolean,
  stuck?: 'new' | 'pending_cancel' | 'held',
): Step | undefined {
  if (!isOpen(order)) return undefined;
  if (stuck === 'held') return stepOf('cancel', order.cancelAt);
  if (stuck) return stepOf('new', order.newAt);
  const steps: Step[] = [];
  if (order.newAt !== undefined) steps.push({ kind: 'new', at: order.newAt });
  else if (order.fillAt !== undefined && !halted) steps.push({ kind: 'fill', at: order.fillAt });
  if (order.cancelAt !== undefined) steps.push({ kind: 'cancel', at: order.cancelAt });
  steps.push({ kind: 'close', at: order.expiresAt });
  return steps.reduce((first, step) => (step.at < first.at ? step : first));
}

function stepOf(kind: Step['kind'], at: EpochMs | undefined): Step | undefined {
  return at === undefined ? undefined : { kind, at };
}

/** Shares not filled yet. */
export function leaves(order: OrderRecord): Qty {
  return qty((order.qty ?? 0) - filledQty(order));
}

function delayed(from: number, [least, most]: readonly [number, number], random: number): EpochMs {
  return epochMs(Math.round(from + between(random, least, most)));
}

function beforeClose(session: Session, at: EpochMs): EpochMs {
  return epochMs(Math.min(at, session.close - 1));
}
