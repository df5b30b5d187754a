/**
 * The money-weighted return: the single rate at which all payments, at the times they were made, would have
 * grown to the end value (the internal rate of return; Bacon, ch. 3). It includes the investor's timing,
 * which the time-weighted return excludes. Pure.
 */

/** A deposit, negative for a withdrawal, in one currency unit. */
export interface DatedFlow {
  /** Fraction of the whole period elapsed by then, from 0 to 1. */
  readonly passed: number;
  readonly amount: number;
}

/**
 * The rate over the whole period, a fraction: the r with sum(amount x (1 + r) ^ (1 - passed)) = end. The
 * starting value is a flow at 0. Undefined where no rate explains the end value; of several, the one
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

/** After this many halvings a bracket is narrower than the precision of a double. */
const STEPS = 200;
const BRACKET_STEP = 1.05;
/** Growth above a million, or below its inverse, is not a return. */
const MAX_GROWTH = 1e6;

/** A bracket around 1, widened until the sign changes within it. */
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
