import { describe, expect, it } from 'vitest';
import type { Model } from '#core/domain/model.ts';
import { type AssignedRole, shadowModels, tradingModels } from '#core/domain/model-role.ts';
import { holdingEqually } from '#tests/support/models.ts';

const CORE: Model = {
  ...{ id: 'Core_v1', activeIn: 'always', budget: 1, weigh: holdingEqually(['XLK']) },
  parameters: { lookback: 126, top: 6, minimumMomentum: 0, leverage: 1 },
};
const TRIAL: Model = { ...CORE, id: 'Trial_v1', shadow: true };

describe('the role of a model', () => {
  const both = (role?: AssignedRole, id = 'Trial_v1') => {
    const roles = new Map(role ? [[id, role]] : []);
    const named = (all: readonly Model[]) => all.map(({ id: of, budget }) => [of, budget]);
    return {
      trading: named(tradingModels([CORE, TRIAL], roles)),
      shadows: named(shadowModels([CORE, TRIAL], roles)),
    };
  };

  it('is that of its definition until people approve another', () => {
    expect(both()).toEqual({ trading: [['Core_v1', 1]], shadows: [['Trial_v1', 1]] });
  });

  it('and its budget are those approved', () => {
    expect(both({ role: 'trading', budget: 0.5 })).toEqual({
      trading: [
        ['Core_v1', 1],
        ['Trial_v1', 0.5],
      ],
      shadows: [],
    });
    expect(both({ role: 'shadow', budget: 0.25 }, 'Core_v1')).toEqual({
      trading: [],
      shadows: [
        ['Core_v1', 0.25],
        ['Trial_v1', 1],
      ],
    });
  });
});
