import { describe, expect, it } from 'vitest';
import {
  flattenId,
  flattenReason,
  flattenWords,
  isApprovable,
  isFlatten,
  isRaise,
} from '#core/domain/decision.ts';
import { dollars, sessionDate } from '#core/domain/units.ts';
import { decision, intent } from '#tests/support/decision.ts';

describe('the kind of a decision', () => {
  const [flat, raise] = [flattenId(sessionDate('2024-07-15'), 1), 'raise-2024-07-15-1'];

  it('is told from its id, and only where a person caused it', () => {
    expect(isFlatten({ cause: 'manual', id: flat })).toBe(true);
    expect(isFlatten({ cause: 'monthly', id: flat })).toBe(false);
    expect(isFlatten({ cause: 'manual', id: raise })).toBe(false);
    expect(isRaise({ cause: 'manual', id: raise })).toBe(true);
    expect(isRaise({ cause: 'monthly', id: raise })).toBe(false);
    expect(isRaise({ cause: 'manual', id: flat })).toBe(false);
  });

  it('of a flatten has the words of the person in the reason of its stop', () => {
    expect(flattenWords(flattenReason('fire'))).toBe('fire');
    expect(flattenWords('a drawdown')).toBeUndefined();
    expect(flattenWords('not a flatten: ')).toBeUndefined();
  });
});

describe('a plan', () => {
  const orders = [intent('manual-1', 'buy', 'XLK', 1)];
  const refused = { kind: 'refused', weights: new Map(), breaches: [], reason: 'x' } as const;
  const cash = { amount: dollars(1_000) };

  it('can be approved where it has orders or keeps cash', () => {
    expect(isApprovable({ decision: decision({ orders }) })).toBe(true);
    expect(isApprovable({ decision: decision() })).toBe(false);
    expect(isApprovable({ decision: decision(), raise: cash })).toBe(true);
  });

  it('that risk has refused cannot be approved', () => {
    expect(isApprovable({ decision: decision({ orders, verdict: refused }) })).toBe(false);
    expect(isApprovable({ decision: decision({ verdict: refused }), raise: cash })).toBe(false);
  });
});
