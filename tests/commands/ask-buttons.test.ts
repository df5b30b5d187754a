import { describe, expect, it } from 'vitest';
import type { ButtonResult, Context } from '#bot/interactions/command.ts';
import { find } from '#bot/interactions/handlers.ts';
import { faultsOf, type Post } from '#bot/post.ts';
import { COMMANDS } from '#commands/list.ts';
import { MODELS } from '#models/list.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { account, baseline, close, handEngine, NOW, observation } from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { toldOf } from '#tests/support/told.ts';

function desk() {
  const clock = leapingClock(NOW);
  const journal = memoryJournal(clock);
  journal.append(
    baseline(),
    close('2026-11-12', 101_000, 606),
    close('2026-11-13', 102_000, 600),
    close('2026-11-16', 101_000, 606),
    close('2026-11-20', 104_000, 612),
  );
  const engine = handEngine(journal, clock);
  engine.see(observation({ account: account(105_000) }));
  const context = (options: Context['options'] = new Map()): Context => ({
    engine,
    models: MODELS,
    commands: COMMANDS,
    asker: { id: 'i', name: 'ines', bot: false, roleIds: [], guildId: 'g', channelId: 'c' },
    discord: { connected: true, lagMs: 40, missing: [], owed: 0, problem: undefined },
    settings: [],
    options,
    now: { market: NOW, wall: NOW },
  });
  return {
    ask: async (name: string, options: Record<string, string | number> = {}): Promise<Post> => {
      const command = COMMANDS.find(({ definition }) => definition.name === name);
      if (!command) throw new Error(`expected /${name}`);
      return toldOf(await command.run(context(new Map(Object.entries(options))), '')).post;
    },
    press: async (customId: string): Promise<ButtonResult> => {
      const found = find(COMMANDS, { kind: 'component', name: customId });
      if (found?.kind !== 'component') throw new Error(`expected a button for ${customId}`);
      expect(found.access).toBe('viewer');
      return found.component.run(context(), found.argument);
    },
    entries: () => journal.book().seq,
  };
}

const idsOf = (post: Post): readonly string[] =>
  (post.components ?? []).flatMap(({ components }) =>
    components.flatMap((each) => ('custom_id' in each ? [each.custom_id] : [])),
  );
const titleOf = (post: Post | undefined): string => post?.embeds[0]?.title ?? '';
const bodyOf = (post: Post | undefined): string => post?.embeds[0]?.description ?? '';

describe('the buttons of the dashboard', () => {
  it('are below the answer to /status, and each gives its command’s answer', async () => {
    const { ask, press } = desk();
    const ids = idsOf(await ask('status'));
    expect(ids).toEqual([
      'ask:positions',
      'ask:performance',
      'ask:preview',
      'turn:status',
      'ask:help',
      'notify-me',
    ]);
    for (const name of ['positions', 'performance', 'help']) {
      const { answer, update } = await press(`ask:${name}`);
      expect(answer).toEqual(await ask(name));
      expect(update).toBeUndefined();
    }
  });

  it('refresh the message above them, without another answer', async () => {
    const { ask, press } = desk();
    const { answer, update } = await press('turn:status');
    expect(answer).toBeUndefined();
    expect(update).toEqual(await ask('status'));
  });

  it.each([
    'rebalance',
    'halt',
    'flatten',
    'config',
    'audit',
    'resume',
    'nonsense',
    '',
    'status:x',
    'performance:window=',
  ])('never execute %j from a forged id', async (name) => {
    const { press, entries } = desk();
    const before = entries();
    for (const prefix of ['ask:', 'turn:']) {
      const { answer, update, note } = await press(`${prefix}${name}`);
      const text = note ?? answer?.content ?? update?.content;
      expect(text).toMatch(
        /^(Rotor no longer knows this command or button|There is no such window)\.$/,
      );
    }
    expect(entries()).toBe(before);
  });
});

describe('an answer with buttons', () => {
  it('shows another window of the performance, and which one is shown', async () => {
    const { ask, press } = desk();
    const ids = idsOf(await ask('performance'));
    expect(ids).toHaveLength(7);
    const { update } = await press('turn:performance:window=1W');
    expect(titleOf(update)).toBe('Performance · 1W');
    const shown = (update?.components ?? []).flatMap(({ components }) =>
      components.flatMap((each) => ('label' in each && each.disabled ? [each.label] : [])),
    );
    expect(shown).toEqual(['1W']);
  });

  it('steps through the reports, and stops at the ends', async () => {
    const { ask, press } = desk();
    const ids = idsOf(await ask('report'));
    expect(ids).toContain('turn:report:period=2026-11-16');
    const first = await press('turn:report:period=2026-11-12');
    expect(titleOf(first.update)).toBe('Close of Thu 2026-11-12');
    const labels = (first.update?.components ?? []).flatMap(({ components }) =>
      components.flatMap((each) => ('label' in each ? [each.label] : [])),
    );
    expect(labels).toEqual(['2026-11-13 ›', 'This week', 'This month']);
  });
});

describe('/daily, /weekly and /monthly', () => {
  it.each([
    ['daily', ['2026-11-20', '2026-11-16', '2026-11-13', '2026-11-12']],
    ['weekly', ['2026-W47', '2026-W46']],
    ['monthly', ['2026-11']],
  ])('lists the existing periods of %s, newest first, in 32 columns', async (name, keys) => {
    const post = await desk().ask(name, { n: 10 });
    expect(faultsOf(post)).toEqual([]);
    const rows = bodyOf(post)
      .split('\n')
      .filter((text) => /^2026/.test(text));
    expect(rows.map((text) => text.split(/[ ~]/)[0])).toEqual(keys);
    for (const text of rows) expect(text.length).toBeLessThanOrEqual(32);
  });

  it('shows no more rows than requested, and the numbers of the report', async () => {
    const { ask } = desk();
    const body = bodyOf(await ask('daily', { n: 1 }));
    const [you, spy, alpha] = body.match(/[+−]?\d+\.\d\d?%/g) ?? [];
    const report = bodyOf(await ask('report'));
    expect(report).toContain(`You **${you}** · SPY **${spy}** · Alpha **${alpha}**`);
    expect(body.match(/2026-/g)).toHaveLength(1);
  });
});
