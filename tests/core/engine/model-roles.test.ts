import { describe, expect, it } from 'vitest';
import type { Model } from '#core/domain/model.ts';
import { dollars, epochMs } from '#core/domain/units.ts';
import type { RoleRequest } from '#core/engine/model-roles.ts';
import { holdingEqually } from '#tests/support/models.ts';
import { person } from '#tests/support/person.ts';
import { type World, type WorldOptions, world } from '#tests/support/world.ts';

const [ANN, BOB] = [person('ann'), person('bob')];
const CORE: Model = {
  ...{ id: 'Core_v1', activeIn: 'always', budget: 1, weigh: holdingEqually(['XLK']) },
  parameters: { lookback: 126, top: 6, minimumMomentum: 0, leverage: 1 },
};
const TRIAL: Model = { ...CORE, id: 'Trial_v1', shadow: true };
const REQUEST: RoleRequest = { model: 'Trial_v1', role: 'trading', budget: 0.5, evidence: ['-'] };
const DAY_MS = 86_400_000;
const ACCEPTED = { kind: 'accepted' };
const closed = (reason: string) => ({ kind: 'closed', reason });

const desk = (options: WorldOptions = {}): World => world({ models: [CORE, TRIAL], ...options });
const TWO_PEOPLE = { approval: { twoPersonAbove: dollars(1_000) } };

function proposed({ engine }: World, request: Partial<RoleRequest> = {}) {
  const made = engine.proposeRole({ ...REQUEST, ...request }, ANN);
  if ('reason' in made) throw new Error(made.reason);
  return made;
}

const trading = (made: World) => made.book().modelRoles.get('Trial_v1')?.role;

describe('the proposal of a role', () => {
  it('is recorded with all budgets, the two setups and a day to answer it', () => {
    const made = desk();
    const proposal = proposed(made);
    expect(proposal).toMatchObject({
      ...{ id: 'role-2024-07-01-1', model: 'Trial_v1', role: 'trading', requestedBy: 'ann' },
      ...{ approvers: 1, expiresAt: made.clock.now() + DAY_MS },
      budgets: [
        ['Core_v1', 1],
        ['Trial_v1', 0.5],
      ],
    });
    expect(proposal.hashes.now).toBe(made.engine.evidenceHash());
    expect(proposal.hashes.after).not.toBe(proposal.hashes.now);
    expect(made.entries('role-proposed')).toEqual([{ kind: 'role-proposed', proposal }]);
    expect(proposed(made).id).toBe('role-2024-07-01-2');
  });

  it('is refused for an unknown model, a budget that is not above 0, and a role it already has', () => {
    const made = desk();
    for (const [request, reason] of [
      [{ model: 'Other_v1' }, 'There is no model Other_v1.'],
      [{ budget: 0 }, 'A budget is above 0.'],
      [{ budget: -0.5 }, 'A budget is above 0.'],
      [{ budget: Number.NaN }, 'A budget is above 0.'],
      [{ role: 'shadow' }, 'Trial_v1 is shadow already.'],
      [{ model: 'Core_v1', budget: 1 }, 'Core_v1 is trading already.'],
    ] as const) {
      expect(made.engine.proposeRole({ ...REQUEST, ...request }, ANN)).toEqual(closed(reason));
    }
    expect(made.entries('role-proposed')).toEqual([]);
  });

  it('is refused when no model would trade any more', () => {
    const last = desk().engine.proposeRole({ ...REQUEST, model: 'Core_v1', role: 'shadow' }, ANN);
    expect(last).toEqual(closed('At least one model must trade.'));
  });
});

describe('the answer to a proposed role', () => {
  it('by one person is enough where plans take one', () => {
    const made = desk();
    const { id } = proposed(made);
    expect(made.engine.answerRole(id, 'approved', BOB)).toEqual(ACCEPTED);
    expect(trading(made)).toBe('trading');
    expect(made.engine.answerRole(id, 'rejected', ANN)).toEqual(closed('Already approved by bob.'));
  });

  it('takes two different people where plans may take two', () => {
    const made = desk(TWO_PEOPLE);
    const { id } = proposed(made);
    expect(made.engine.answerRole(id, 'approved', ANN)).toEqual({ ...ACCEPTED, waitingFor: 1 });
    expect(trading(made)).toBeUndefined();
    expect(made.engine.answerRole(id, 'approved', ANN)).toEqual(
      closed('ann has approved already; a second person must approve.'),
    );
    expect(made.engine.answerRole(id, 'approved', BOB)).toEqual(ACCEPTED);
    expect(trading(made)).toBe('trading');
    expect(made.entries('role-answered')).toMatchObject([{ by: 'ann and bob' }]);
  });

  it('no is final with one person, and the role stays', () => {
    const made = desk(TWO_PEOPLE);
    const { id } = proposed(made);
    expect(made.engine.answerRole(id, 'rejected', BOB)).toEqual(ACCEPTED);
    expect(made.engine.answerRole(id, 'approved', ANN)).toEqual(closed('Already rejected by bob.'));
    expect(trading(made)).toBeUndefined();
  });

  it('comes too late a day after the proposal', () => {
    const made = desk(TWO_PEOPLE);
    const { id, expiresAt } = proposed(made);
    made.clock.set(epochMs(expiresAt - 1));
    expect(made.engine.answerRole(id, 'approved', ANN)).toMatchObject(ACCEPTED);
    made.clock.set(expiresAt);
    expect(made.engine.answerRole(id, 'rejected', BOB)).toEqual(
      closed('This proposal has expired; make a new one.'),
    );
  });

  it('is for a proposal that was made here', () => {
    expect(desk().engine.answerRole('role-2024-07-01-1', 'approved', ANN)).toEqual(
      closed('This proposal is not known here.'),
    );
  });

  it('can only be no once models, limits or rules are others than those shown', () => {
    const before = desk();
    const { id } = proposed(before);
    const made = desk({ database: before.database, limits: { maxWeight: 0.3 } });
    expect(made.engine.answerRole(id, 'approved', BOB)).toEqual(
      closed('Models, limits or rules have changed since; make a new proposal.'),
    );
    expect(made.engine.answerRole(id, 'rejected', BOB)).toEqual(ACCEPTED);
  });
});
