import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Backtest, backtest } from '#core/backtest.ts';
import type { Model } from '#core/domain/model.ts';
import { dollars, sessionDate } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { MODELS } from '#models/list.ts';
import { AS_OF, wandering } from '#tests/support/bars.ts';
import { LIMITS, RULES } from '#tests/support/deciding.ts';

fc.configureGlobal({ seed: 20_251_117 });

const weekly = (model: Model): Model => ({ ...model, cadence: 'weekly' });
interface Setting {
  readonly seed: number;
  readonly models: readonly Model[];
  readonly maxGross: number;
  readonly fractional: boolean;
}

function tested({ seed, models, maxGross, fractional }: Setting): Backtest {
  const outcome = backtest({
    bars: wandering(seed, 420),
    universe: UNIVERSE,
    models,
    from: sessionDate('2024-01-02'),
    to: AS_OF,
    equity: dollars(100_000),
    slippageBps: 5,
    limits: { ...LIMITS, maxGross },
    rules: { ...RULES, fractional },
  });
  if (outcome.kind !== 'tested') throw new Error(outcome.reason);
  return outcome;
}

describe('the rules on arrays and the decisions in words', () => {
  it('sell the same shares, whatever the bars and the settings', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.constantFrom(1, 1.5),
        fc.boolean(),
        fc.boolean(),
        (seed, maxGross, fractional, mixed) => {
          const models = mixed
            ? MODELS.map((each, at) => (at === 1 ? weekly(each) : each))
            : MODELS;
          const { decisions, fills } = tested({ seed, models, maxGross, fractional });
          const planned = decisions
            .flatMap(({ plan }) => plan.orders)
            .filter(({ side }) => side === 'sell')
            .map(({ ticker, qty }) => [ticker, qty]);
          const sold = fills
            .filter(({ side }) => side === 'sell')
            .map(({ ticker, qty }) => [ticker, qty]);
          expect(sold).toEqual(planned);
        },
      ),
      { numRuns: 12 },
    );
  });
});
