import { describe, expect, it } from 'vitest';
import type { RoleProposal } from '#core/domain/model-role.ts';
import { dollars } from '#core/domain/units.ts';
import { approvedParts } from '#core/engine/approved-parts.ts';
import { holdingEqually } from '#tests/support/models.ts';
import { world } from '#tests/support/world.ts';

describe('what people have approved', () => {
  it('reserves the cash they had raised besides that of the settings, and changes no other limit', () => {
    const { parts } = world({ limits: { reserve: dollars(1_000) } });
    const approved = approvedParts(parts);
    expect(approved.limits).toEqual(parts.limits);
    parts.journal.append({ kind: 'cash-raised', id: 'r1', amount: dollars(200), by: 'ann' });
    expect(approved.limits).toEqual({ ...parts.limits, reserve: dollars(1_200) });
  });

  it('lets a model trade or run as a shadow from then on', () => {
    const parameters = { lookback: 126, top: 6, minimumMomentum: 0, leverage: 1 };
    const weigh = holdingEqually(['XLK']);
    const core = { id: 'Core_v1', activeIn: 'always', budget: 1, parameters, weigh } as const;
    const { parts } = world({ models: [core, { ...core, id: 'Trial_v1', shadow: true }] });
    const approved = approvedParts(parts);
    const roles = () => [approved.models, approved.shadows].map((all) => all?.map(({ id }) => id));
    expect(roles()).toEqual([['Core_v1'], ['Trial_v1']]);
    const proposal: RoleProposal = {
      ...{ id: 'p1', model: 'Trial_v1', role: 'trading', budget: 0.5, budgets: [], evidence: [] },
      ...{ hashes: { now: '', after: '' }, requestedBy: 'ann', approvers: 1 },
      expiresAt: parts.clocks.wall.now(),
    };
    parts.journal.append(
      { kind: 'role-proposed', proposal },
      { kind: 'role-answered', proposalId: 'p1', model: 'Trial_v1', answer: 'approved', by: 'bob' },
    );
    expect(roles()).toEqual([['Core_v1', 'Trial_v1'], []]);
  });
});
