/** Signs of a split that the broker has not booked yet. Pure. */

/**
 * New shares for each old one; a reverse split is the inverse. Ratios that normal market falls reach are
 * left out.
 */
const RATIOS: readonly number[] = [2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 50, 1.5, 2.5];

const BOTH_WAYS: readonly number[] = [...RATIOS, ...RATIOS.map((ratio) => 1 / ratio)];

const QTY_PER_SHARE = 1e9;

/**
 * Maximum distance from a ratio of the last close to count as a split, a fraction: what the market may move in
 * the night before. No fund halves or doubles within a session.
 */
const LARGE_TOLERANCE = 0.05;
/** The same for a smaller ratio, which a crash comes close to. */
const SMALL_TOLERANCE = 0.01;
/** With shares that changed by exactly the ratio: they may be accepted days after the split. */
const SHARES_TOLERANCE = 0.15;

/**
 * The split ratio (new shares for each old one) that a price implies against the last close, or undefined.
 * A market that falls by exactly that much looks the same, so a sign only delays closes and limits.
 * @param lastClose dollars a share at the last recorded close.
 * @param price dollars a share now.
 * @param isSuspected the market moves on while the shares of a suspected split are awaited.
 */
export function splitRatio(
  lastClose: number,
  price: number,
  isSuspected = false,
): number | undefined {
  const found = lastClose / price;
  return BOTH_WAYS.find((ratio) => isNear(found, ratio, toleranceOf(ratio, isSuspected)));
}

function toleranceOf(ratio: number, isSuspected: boolean): number {
  return isSuspected || ratio >= 2 || ratio <= 1 / 2 ? LARGE_TOLERANCE : SMALL_TOLERANCE;
}

function isNear(found: number, ratio: number, tolerance: number): boolean {
  return Math.abs(found / ratio - 1) <= tolerance;
}

/**
 * Whether a change in shares is a split: their number changed by an exact split ratio while their price
 * moved by its inverse.
 * @param before shares in billionths, and `after`.
 */
export function isSplit(
  before: number,
  after: number,
  lastClose: number | undefined,
  price: number | undefined,
): boolean {
  if (before <= 0 || after <= 0 || lastClose === undefined || price === undefined) return false;
  // Fractional shares are paid out in cash.
  const slack = Math.max(QTY_PER_SHARE, after / 1000);
  return BOTH_WAYS.some(
    (ratio) =>
      Math.abs(after - before * ratio) < slack &&
      isNear(lastClose / price, ratio, SHARES_TOLERANCE),
  );
}
