import { describe, expect, it } from 'vitest';
import { proposalPost } from '#bot/posts/plan.ts';
import { epochMs } from '#core/domain/units.ts';
import { expireProposals } from '#core/engine/proposals.ts';
import { proposalView } from '#core/views/plan.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decided } from '#tests/support/deciding.ts';
import { NOW, observation, proposal } from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';

describe('a plan made on another day', () => {
  it('expires when the day is over, whatever the wall clock shows, and says so itself', () => {
    const market = leapingClock(NOW);
    const journal = memoryJournal(market);
    const made = proposal(decided(), { expiresAt: epochMs(NOW + 600_000) });
    journal.append({ kind: 'proposal', proposal: made });
    const clocks = { market, wall: leapingClock(NOW) };
    expireProposals({ clocks, journal });
    expect(journal.book().proposals.get(made.id)?.answer).toBeUndefined();
    market.set(epochMs(NOW + 86_400_000));
    expireProposals({ clocks, journal });
    const view = proposalView(journal.book(), observation(), made.id, NOW);
    const post = view && proposalPost(view);
    expect(post?.embeds[0]?.description).toContain('**Expired: it was made on Mon 2026-11-23');
    expect(post?.components).toEqual([]);
  });
});
