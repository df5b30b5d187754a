import { describe, expect, it } from 'vitest';
import type { Context } from '#bot/interactions/command.ts';
import { faultsOf } from '#bot/post.ts';
import { COMMANDS } from '#commands/list.ts';
import { preview } from '#commands/preview.ts';
import type { Decision, NoDecision } from '#core/domain/decision.ts';
import { MODELS } from '#models/list.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decided } from '#tests/support/deciding.ts';
import { handEngine, NOW, noDecision } from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { told } from '#tests/support/told.ts';

async function look(outcome: Decision | NoDecision) {
  const clock = leapingClock(NOW);
  const journal = memoryJournal(clock);
  const context: Context = {
    engine: handEngine(journal, clock, () => outcome),
    models: MODELS,
    commands: COMMANDS,
    asker: { id: 'i', name: 'ines', bot: false, roleIds: [], guildId: 'g', channelId: 'c' },
    options: new Map(),
    discord: { connected: true, lagMs: 42, missing: [], owed: 0, problem: undefined },
    settings: [['MAX_GROSS', '1']],
    now: { market: NOW, wall: NOW },
  };
  const { post } = await told(preview, context);
  expect(faultsOf(post)).toEqual([]);
  return { post, journal };
}

describe('/preview', () => {
  it('shows every order of the plan, without buttons or a journal entry', async () => {
    const { post, journal } = await look(decided());
    for (const order of decided().plan.orders) {
      expect(post.embeds[0]?.description).toContain(order.ticker);
    }
    expect([post.components, journal.book().seq]).toEqual([undefined, 0]);
  });

  it('says why there is no plan', async () => {
    const { post } = await look(noDecision());
    expect(post.embeds[0]?.description).toContain('SPY: 2026-11-20 expected');
  });
});
