/** What waits for people, as journal entries: each kind of card with buttons, and what follows from it. */
import { cents, dollars, epochMs, sessionDate } from '#core/domain/units.ts';
import { NOW, proposal } from './desk.ts';
import { SAMPLES } from './entries.ts';
import type { Life } from './life.ts';

const IN_TEN_MINUTES = epochMs(NOW + 600_000);

/** A deposit, an announced rebalance, plans, raised cash, changes of a model, and a flatten that waits. */
export function addCards(life: Life): void {
  const { ticker: _none, ...cash } = SAMPLES.activity.activity;
  const deposit = { ...cash, id: 'd1', kind: 'deposit', cash: cents(500_000) } as const;
  const role = { ...SAMPLES['role-proposed'].proposal, expiresAt: IN_TEN_MINUTES };
  life.add(
    SAMPLES['notify-me'],
    { kind: 'activity', activity: { ...deposit, ticker: undefined } },
    {
      kind: 'announced',
      session: sessionDate('2026-11-24'),
      round: 'evening',
      decision: life.decide('weekly-2026-11-24', 'weekly'),
    },
    { kind: 'proposal', proposal: proposal(life.decide('manual-2026-11-23-1')) },
    {
      kind: 'proposal',
      proposal: proposal(life.decide('raise-2026-11-23-1'), {
        ...{ id: 'p2', planHash: 'hash 2' },
        raise: { amount: dollars(20_000), neededBy: sessionDate('2026-12-15') },
      }),
    },
    SAMPLES['cash-raised'],
    { kind: 'role-proposed', proposal: role },
    { kind: 'role-proposed', proposal: { ...role, id: 'role-2', expiresAt: NOW } },
  );
}

/** Everything is to be sold when the market opens. */
export function addFlatten(life: Life): void {
  const decision = life.decide('flatten-2026-11-23-1');
  life.add(
    { kind: 'state', state: 'REDUCE', by: 'omar', reason: 'flatten: the news' },
    { kind: 'decision', decision },
  );
}
