/**
 * The money-weighted return: the one rate at which everything that was paid in, at the time it was paid,
 * would have become what is there now (the internal rate of return; Bacon, ch. 3). It judges the person's
 * timing too, which the time-weighted return leaves out. Pure.
 */

/** Money paid in, or taken out where it is negative, in one currency unit. */
export interface DatedFlow {
  /** Part of the whole span that had passed by then, from 0 to 1. */
  readonly passed: number;
  readonly amount: number;
}

/**
 * The rate of the whole span, a fraction: the r with sum(amount x (1 + r) ^ (1 - passed)) = end. What was
 * there at the beginning is a flow at 0. Undefined where no rate explains the end; of several, the one
 * nearest to 0.
 */
export function moneyWeighted(flows: readonly DatedFlow[], end: number): number | undefined {
  const missing = (growth: number): number =>
    flows.reduce((sum, { passed, amount }) => sum + amount * growth ** (1 - passed), -end);
  const bracket = bracketOf(missing);
  if (!bracket) return undefined;
  let [low, high] = bracket;
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (missing(low) * missing(middle) <= 0) high = middle;
    else low = middle;
  }
  return (low + high) / 2 - 1;
}

/** Halved so often, a bracket is narrower than the digits of a double. */
const STEPS = 200;
const BRACKET_STEP = 1.05;
/** Growth beyond a million times, or to less than its inverse, is no return. */
const MAX_GROWTH = 1e6;

/** Around 1, widened until the sign changes within. */
function bracketOf(missing: (growth: number) => number): [number, number] | undefined {
  for (let wide = BRACKET_STEP; wide < MAX_GROWTH; wide *= BRACKET_STEP) {
    for (const [low, high] of [
      [wide / BRACKET_STEP, wide],
      [1 / wide, BRACKET_STEP / wide],
    ] as const) {
      if (missing(low) * missing(high) <= 0) return [low, high];
    }
  }
  return undefined;
}
