import { describe, expect, it } from 'vitest';
import type { Context, Reply } from '#bot/interactions/command.ts';
import { find } from '#bot/interactions/handlers.ts';
import { COMMANDS } from '#commands/list.ts';
import { epochMs } from '#core/domain/units.ts';
import { MODELS } from '#models/list.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decision } from '#tests/support/decision.ts';
import { handEngine, NOW } from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';

const LATER = epochMs(NOW + 3_600_000);

function house(change: Partial<Context['engine']> = {}) {
  const clock = leapingClock(NOW);
  const journal = memoryJournal(clock);
  const context: Context = {
    engine: { ...handEngine(journal, clock), ...change },
    models: MODELS,
    commands: COMMANDS,
    asker: { id: 'i', name: 'ines', bot: false, roleIds: [], guildId: 'g', channelId: 'c' },
    options: new Map([['word', 'FLATTEN']]),
    discord: { connected: true, lagMs: 42, missing: [], owed: 0, problem: undefined },
    settings: [],
    now: { market: NOW, wall: NOW },
  };
  const confirm = async (): Promise<Reply> => {
    const handler = find(COMMANDS, { kind: 'form', name: 'flatten:fire' });
    if (handler?.kind !== 'form') throw new Error('there is no form');
    const answer = await handler.form.run(context, handler.argument);
    if (!('post' in answer)) throw new Error('it asks again');
    return answer;
  };
  const press = async (customId: string) => {
    const handler = find(COMMANDS, { kind: 'component', name: customId });
    if (handler?.kind !== 'component') throw new Error(`nobody knows ${customId}`);
    return handler.component.run(context, handler.argument);
  };
  return { journal, confirm, press };
}

const textOf = ({ post }: Pick<Reply, 'post'>): string => post.embeds[0]?.description ?? '';
const idsOf = ({ post }: Pick<Reply, 'post'>): readonly string[] =>
  (post.components ?? []).flatMap(({ components }) =>
    components.flatMap((each) => ('custom_id' in each ? [each.custom_id] : [])),
  );

describe('the reply of /flatten', () => {
  it('says that everything is being sold, and cannot be cancelled', async () => {
    const { confirm } = house({ flatten: async () => ({ kind: 'accepted' }) });
    const reply = await confirm();
    expect(textOf(reply)).toContain('is being sold');
    expect(idsOf(reply)).toEqual([]);
  });

  it('says when the sells are sent; until then the message in the channel can cancel them, by name', async () => {
    const asked: string[] = [];
    const waiting = decision({ id: 'flatten-2026-11-20-1', cause: 'manual' });
    const { journal, confirm, press } = house({
      flatten: async () => ({ kind: 'accepted', startsAt: LATER }),
      cancelFlatten: (by) => {
        asked.push(by);
        const result = { kind: 'partial', left: [] } as const;
        journal.append({ kind: 'finished', decisionId: waiting.id, result });
        return { kind: 'accepted' };
      },
    });
    journal.append({ kind: 'decision', decision: waiting });
    expect(textOf(await confirm())).toContain(`<t:${LATER / 1000}:R>`);
    const { update } = await press(`flatten-back:${waiting.id}`);
    expect([update?.embeds[0]?.title, update?.components]).toEqual([
      expect.stringContaining('Flatten undone'),
      [],
    ]);
    expect(asked).toEqual(['ines']);
  });

  it('of an older flatten does not cancel a later one', async () => {
    const { journal, press } = house({
      cancelFlatten: () => {
        throw new Error('the wrong one');
      },
    });
    journal.append({ kind: 'decision', decision: decision({ id: 'flatten-2026-11-20-2' }) });
    expect(await press('flatten-back:flatten-2026-11-20-1')).toMatchObject({
      update: undefined,
      note: 'This is already over.',
    });
  });
});
