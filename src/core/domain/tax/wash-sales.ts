/**
 * Wash sales: a loss on shares that are bought again within 30 days before or after their sale is
 * disallowed, share by share. It is added to the basis of the replacement shares, which take over the
 * holding period. Only the same ticker counts as substantially identical. A loss on covering a short sale
 * is replaced by another short sale in that window: it adds to the cost of covering that one.
 */
import { cents, qty } from '../units.ts';
import { type OpenDisposal, type OpenLot, oldestFirst, shareOf, splitOff } from './open-lots.ts';
import { addDays, daysBetween, isInWashWindow } from './tax-dates.ts';

/** A loss whose shares may still be replaced. */
export interface OpenLoss {
  readonly disposal: OpenDisposal;
  readonly purchase: string;
  /** Holding period of the sold shares in days, and whether it is certain. */
  readonly heldDays: number;
  readonly isDated: boolean;
  /** For shares that were sold short and are now covered. */
  readonly isShort: boolean;
  /** Shares not replaced yet, in today's shares. */
  left: number;
  /** The loss on them in cents, above 0. */
  loss: number;
}

/** The loss on those shares; undefined where there was none or the cost is unknown. */
export function lossOf(disposal: OpenDisposal, part: OpenLot): OpenLoss | undefined {
  const { cost, proceeds, sold } = disposal;
  if (cost === undefined || cost <= proceeds) return undefined;
  return {
    disposal,
    purchase: part.purchase,
    heldDays: daysBetween(part.heldSince, sold),
    isDated: part.isDated,
    isShort: part.qty < 0,
    left: disposal.qty,
    loss: cost - proceeds,
  };
}

/** Whether the lot may replace shares of that loss. */
function mayReplace(lot: OpenLot, { disposal, purchase, isShort }: OpenLoss): boolean {
  return (
    Math.sign(lot.qty) === (isShort ? -1 : 1) &&
    !lot.isReplacement &&
    lot.acquired !== undefined &&
    lot.purchase !== purchase &&
    isInWashWindow(lot.acquired, disposal.sold)
  );
}

/** Matches losses, in order of sale, with lots in order of purchase. */
export function deferLosses(losses: readonly OpenLoss[], lots: OpenLot[]): void {
  for (const loss of losses) {
    while (loss.left > 0) {
      const [lot] = oldestFirst(lots.filter((each) => mayReplace(each, loss)));
      if (!lot) break;
      deferInto(loss, lot, lots);
    }
  }
}

/** The replacement shares become a lot of their own, before the rest of theirs. */
function deferInto(loss: OpenLoss, lot: OpenLot, lots: OpenLot[]): void {
  const shares = Math.min(loss.left, Math.abs(lot.qty));
  const amount = shareOf(loss.loss, shares, loss.left);
  const signed = loss.isShort ? -shares : shares;
  const replacement = signed === lot.qty ? lot : splitOff(lot, signed);
  if (replacement !== lot) lots.splice(lots.indexOf(lot), 0, replacement);
  replacement.isReplacement = true;
  transferLoss(replacement, loss, amount);
  loss.left -= shares;
  loss.loss -= amount;
  loss.disposal.disallowed = cents(loss.disposal.disallowed + amount);
}

/** For shares sold short it is a cost of covering them, and there is no holding period. */
function transferLoss(
  lot: OpenLot,
  { isShort, isDated, heldDays }: OpenLoss,
  amount: number,
): void {
  lot.deferred = cents(lot.deferred + amount);
  if (isShort) return;
  lot.isDated &&= isDated;
  lot.heldSince = addDays(lot.heldSince, -heldDays);
}

/** After a corporate action one old share is `after / before` shares. */
export function rescaleLosses(losses: readonly OpenLoss[], before: number, after: number): void {
  for (const loss of losses) loss.left = qty(shareOf(loss.left, after, before));
}
