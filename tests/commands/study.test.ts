/** The commands of studies: a first answer at once, the computed one later, and every look counted. */
import { describe, expect, it } from 'vitest';
import type { Answer, ButtonResult, Context, Options } from '#bot/interactions/command.ts';
import { find } from '#bot/interactions/handlers.ts';
import { faultsOf, type Post } from '#bot/post.ts';
import { COMMANDS } from '#commands/list.ts';
import type { Studies, StudyRequest } from '#core/studies.ts';
import { MODELS } from '#models/list.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { handEngine, NOW, observation } from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { ANSWERS, answering, MONTH } from '#tests/support/studies.ts';

function house(studies: Studies | undefined, mode: 'LIVE' | 'PAPER' = 'PAPER') {
  const clock = leapingClock(NOW);
  const journal = memoryJournal(clock);
  const engine = handEngine(journal, clock);
  engine.see(observation({ mode }));
  const context = (options: Options, name = 'ines'): Context => ({
    engine,
    models: MODELS,
    commands: COMMANDS,
    asker: { id: name, name, bot: false, roleIds: [], guildId: 'g', channelId: 'c' },
    options,
    discord: { connected: true, lagMs: 1, missing: [], owed: 0, problem: undefined },
    settings: [],
    studies,
    now: { market: NOW, wall: NOW },
  });
  const run = (
    name: string,
    given: Record<string, string | number | boolean> = {},
    by = 'ines',
  ) => {
    const command = COMMANDS.find(({ definition }) => definition.name === name);
    if (!command) throw new Error(`no command ${name}`);
    return command.run(context(new Map(Object.entries(given)), by), '');
  };
  const press = async (customId: string): Promise<ButtonResult> => {
    const found = find(COMMANDS, { kind: 'component', name: customId });
    if (found?.kind !== 'component') throw new Error(`no button ${customId}`);
    return found.component.run(context(new Map()), found.argument);
  };
  return { journal, run, press };
}

async function laterOf(answer: Answer | Promise<Answer>): Promise<Post> {
  const given = await answer;
  if ('form' in given || !given.later) throw new Error('expected an answer that comes later');
  return given.later;
}

const wordsOf = (post: Post): string => JSON.stringify([post.content, post.embeds]);

describe('/evidence', () => {
  it('answers at once, then becomes the first screen with its chart and buttons', async () => {
    const { run } = house(answering());
    const answer = await run('evidence');
    expect('post' in answer && wordsOf(answer.post)).toContain('Computing');
    const post = await laterOf(answer);
    expect(faultsOf(post)).toEqual([]);
    expect(post.chart?.alt).toContain('SPY');
    const labels = post.components?.flatMap(({ components }) =>
      components.map((each) => ('label' in each ? each.label : '')),
    );
    expect(labels).toEqual(['Luck', 'Settings', 'Bad times', 'How to read this']);
    const rows = post.embeds[0]?.description?.split('\n') ?? [];
    expect(rows.filter((line) => line.length > 32)).toEqual([]);
  });

  it('switches to another screen, and back', async () => {
    const { press } = house(answering());
    const { update } = await press('evidence:show:luck');
    expect(update?.embeds[0]?.description).toContain('LUCK OR SKILL?');
    expect(update?.chart).toBeUndefined();
    expect((await press('evidence:show:first')).update?.chart).toBeDefined();
  });

  it('counts its search once, however often it is opened', async () => {
    const { run, journal } = house(answering());
    await laterOf(run('evidence'));
    await laterOf(run('evidence', {}, 'tom'));
    expect([...journal.book().tried.values()]).toEqual([
      { what: 'evidence', by: 'ines', settings: 510 },
    ]);
  });

  it('tells the search how many settings were tried by people', async () => {
    const asked: StudyRequest[] = [];
    const { run } = house(answering({}, asked));
    await laterOf(run('whatif', { lookback: 90 }));
    await laterOf(run('evidence'));
    expect(asked.at(-1)).toMatchObject({ kind: 'evidence', triedBefore: 18 });
  });

  it('asks with real money whether an approver has read it, until one has', async () => {
    const { run, press, journal } = house(answering(), 'LIVE');
    const before = await laterOf(run('evidence'));
    expect(JSON.stringify(before.components)).toContain('I have read this');
    const { result } = await press('evidence:read:e1');
    expect(result).toContain('may now be sent');
    expect(journal.book().evidence.read.get('e1')).toMatchObject({ by: 'ines' });
    const after = await laterOf(run('evidence'));
    expect(JSON.stringify(after.components)).not.toContain('I have read this');
  });

  it('opens privately from its alert', async () => {
    const { press } = house(answering(), 'LIVE');
    const { update, answer } = await press('evidence:open');
    expect(update).toBeUndefined();
    expect(JSON.stringify(answer?.components)).toContain('I have read this');
  });

  it('says why there is none', async () => {
    const reason = 'The bars hold too few sessions: 12.';
    const { run, press } = house(answering({ evidence: { kind: 'refused', reason } }));
    expect((await laterOf(run('evidence'))).content).toBe(reason);
    expect((await press('evidence:show:luck')).note).toBe(reason);
  });

  it('says so if no studies are available', async () => {
    const answer = await house(undefined).run('evidence');
    expect('post' in answer && answer.post.content).toBe('Studies are not available here.');
  });
});

describe('/whatif', () => {
  it('tests the given settings with the account as last seen', async () => {
    const asked: StudyRequest[] = [];
    const { run } = house(answering({}, asked));
    await laterOf(
      run('whatif', { lookback: 90, minimum: 5, cap: 30, reserve: 1_000, without: 'xlk' }),
    );
    expect(asked[0]).toMatchObject({
      kind: 'what-if',
      change: { lookback: 90, minimum: 0.05, cap: 0.3, reserve: 100_000, leaveOut: 'XLK' },
      now: { account: { cash: 10_000_000 } },
    });
  });

  it('says how many settings were tried and by how many people', async () => {
    const { run } = house(answering());
    await laterOf(run('backtest'));
    const post = await laterOf(run('whatif', { top: 4 }, 'tom'));
    expect(post.embeds[0]?.footer?.text).toContain('19 settings looked at by 2 people');
  });

  it('needs at least one setting', async () => {
    const answer = await house(answering()).run('whatif');
    expect('post' in answer && answer.post.content).toContain('at least one setting');
  });
});

describe('/backtest', () => {
  it('accepts a model and days, and rejects an invalid day', async () => {
    const asked: StudyRequest[] = [];
    const { run } = house(answering({}, asked));
    await laterOf(run('backtest', { model: 'SectorRotationModel_v1', from: '2020-01-02' }));
    expect(asked[0]).toMatchObject({ model: 'SectorRotationModel_v1', from: '2020-01-02' });
    for (const from of ['yesterday', '2024-02-30']) {
      const refused = await run('backtest', { from });
      expect('post' in refused && refused.post.content).toContain('2016-01-04');
    }
  });
});

describe('/parity', () => {
  it('says how many decisions are reproduced exactly', async () => {
    const { run } = house(answering());
    const [embed] = (await laterOf(run('parity'))).embeds;
    expect(embed?.title).toBe('✓ Parity');
    expect(embed?.description).toContain('12 of 12 decisions repeat exactly');
  });

  it('shows the last month with its backtest, and a cause for every cent', async () => {
    const { run } = house(answering({ parity: { ...ANSWERS.parity, month: MONTH } }));
    const text = (await laterOf(run('parity'))).embeds[0]?.description ?? '';
    expect(text).toMatch(/difference +−\u2060\$12\.34/);
    expect(text).toMatch(/timing +−\u2060\$10\.00/);
    expect(text).toContain('2024-06-28');
    expect(text).not.toContain('unexplained');
  });

  it('names differences, in red', async () => {
    const differences = ['monthly-2026-11 (2026-10-30): code: plan.orders.0.qty: 12, now 13'];
    const parity = { ...ANSWERS.parity, equal: 11, differences };
    const [embed] = (await laterOf(house(answering({ parity })).run('parity'))).embeds;
    expect(embed?.title).toBe('■ Parity');
    expect(embed?.description).toContain('now 13');
  });
});
