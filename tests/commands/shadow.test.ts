/** The command that proposes whether a model trades, and its two buttons. */
import { describe, expect, it } from 'vitest';
import type { ButtonResult, Context } from '#bot/interactions/command.ts';
import { find } from '#bot/interactions/handlers.ts';
import { faultsOf, type Post } from '#bot/post.ts';
import { COMMANDS } from '#commands/list.ts';
import { shadow } from '#commands/shadow.ts';
import { MODELS } from '#models/list.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { handEngine, NOW } from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { answering } from '#tests/support/studies.ts';

const BEAR = 'SectorRotationBear_v1';

function house() {
  const clock = leapingClock(NOW);
  const journal = memoryJournal(clock);
  const engine = handEngine(journal, clock);
  const context = (
    name: string,
    options: readonly (readonly [string, string | number])[],
  ): Context => ({
    ...{ engine, models: MODELS, commands: COMMANDS, studies: answering(), settings: [] },
    asker: { id: name, name, bot: false, roleIds: [], guildId: 'g', channelId: 'c' },
    options: new Map(options),
    discord: { connected: true, lagMs: 1, missing: [], owed: 0, problem: undefined },
    now: { market: NOW, wall: NOW },
  });
  const propose = async (
    ...options: readonly (readonly [string, string | number])[]
  ): Promise<Post> => {
    const answer = await shadow.run(context('ines', options), '');
    if ('form' in answer) throw new Error('expected a post, found a form');
    return answer.post;
  };
  const press = async (customId: string): Promise<ButtonResult> => {
    const found = find(COMMANDS, { kind: 'component', name: customId });
    if (found?.kind !== 'component') throw new Error(`no button ${customId}`);
    return found.component.run(context('omar', []), found.argument);
  };
  return { journal, propose, press };
}

const wordsOf = (post: Post | undefined): string => JSON.stringify(post?.embeds);

describe('/shadow', () => {
  it('names the budgets, both hashes and the evidence, and changes nothing before the press', async () => {
    const { journal, propose, press } = house();
    const post = await propose(['model', BEAR], ['role', 'shadow']);
    expect(faultsOf(post)).toEqual([]);
    const text = wordsOf(post);
    for (const part of ['SectorRotationModel', ' 0.33', '→']) {
      expect(text).toContain(part);
    }
    const { proposal } = [...journal.book().roleProposals.values()][0] ?? {};
    expect(proposal?.evidence[0]).toContain('SPY');
    expect(journal.book().modelRoles.size).toBe(0);
    const { update, note } = await press(`shadow:approve:${proposal?.id ?? ''}`);
    expect(wordsOf(update)).toContain('Approved by omar');
    expect([note, update?.components]).toEqual([undefined, []]);
    expect(journal.book().modelRoles.get(BEAR)).toEqual({ role: 'shadow', budget: 0.33 });
  });

  it('says why nothing is proposed', async () => {
    const { propose } = house();
    expect((await propose(['model', 'None_v9'], ['role', 'shadow'])).content).toBe(
      'There is no model None_v9.',
    );
    expect((await propose(['model', BEAR], ['role', 'trading'])).content).toContain('already');
  });

  it('removes its buttons once somebody rejected it', async () => {
    const { journal, propose, press } = house();
    await propose(['model', BEAR], ['role', 'shadow']);
    const [id = ''] = journal.book().roleProposals.keys();
    expect(wordsOf((await press(`shadow:reject:${id}`)).update)).toContain('Rejected by omar');
    expect((await press(`shadow:approve:${id}`)).note).toBe('Already rejected by omar.');
  });
});
