/** Signs of a split that the broker has not booked yet. Pure. */

/** New shares for each old one; a reverse split is the inverse. Ratios that markets fall by are left out. */
const RATIOS: readonly number[] = [2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 50, 1.5, 2.5];

const QTY_PER_SHARE = 1e9;

/** A price so near to a ratio of its last close counts as split; a fraction. */
const RATIO_TOLERANCE = 0.01;

/**
 * The ratio (new shares for each old one) that a price shows against the last close, or undefined. A
 * market that falls by just that much looks the same, so a sign only makes closes and limits wait.
 * @param lastClose dollars a share at the last recorded close.
 * @param price dollars a share now.
 */
export function splitRatio(lastClose: number, price: number): number | undefined {
  if (!(lastClose > 0 && price > 0)) return undefined;
  const found = lastClose / price;
  return [...RATIOS, ...RATIOS.map((ratio) => 1 / ratio)].find(
    (ratio) => Math.abs(found / ratio - 1) <= RATIO_TOLERANCE,
  );
}

/**
 * Whether shares became others by a split: their number changed by a split's exact ratio while their
 * price moved by its inverse.
 * @param before shares in billionths, and `after`.
 */
export function isSplit(
  before: number,
  after: number,
  lastClose: number | undefined,
  price: number | undefined,
): boolean {
  if (before <= 0 || after <= 0 || lastClose === undefined || price === undefined) return false;
  const ratio = splitRatio(lastClose, price);
  // A fraction of a share is paid out in cash.
  return (
    ratio !== undefined && Math.abs(after - before * ratio) < Math.max(QTY_PER_SHARE, after / 1000)
  );
}
