import { describe, expect, it } from 'vitest';
import type { Command, Context, Options } from '#bot/interactions/command.ts';
import { find } from '#bot/interactions/handlers.ts';
import type { Post } from '#bot/post.ts';
import { configPost } from '#bot/posts/config.ts';
import { COMMANDS } from '#commands/list.ts';
import { parseSubject } from '#core/domain/alert.ts';
import type { Entry } from '#core/domain/entry.ts';
import { MODELS } from '#models/list.ts';
import { settingsOf } from '#src/config/settings.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decided } from '#tests/support/deciding.ts';
import { alert, carriedOut, handEngine, NOW } from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { toldOf } from '#tests/support/told.ts';

const SETTINGS = [
  ['ALPACA_SECRET_KEY', 'set'],
  ['MAX_GROSS', '1.3'],
  ['CHART_SERVER', 'https://charts.example.org/a/path/that/is/long'],
  ['MAX_WEIGHT', '0.4', 'default'],
] as const;

/** A desk over a journal by hand; `open` is what a restart leaves: the journal and nothing else. */
function house(entries: readonly Entry[] = []) {
  const clock = leapingClock(NOW);
  const journal = memoryJournal(clock);
  journal.append(...entries);
  const open = () => {
    const engine = handEngine(journal, clock);
    const context = (options: Options = new Map()): Context => ({
      engine,
      models: MODELS,
      commands: COMMANDS,
      asker: { id: 'i', name: 'ines', bot: false, roleIds: [], guildId: 'g', channelId: 'c' },
      options,
      discord: {
        connected: true,
        lagMs: 42,
        missing: ['Pin Messages'],
        owed: 2,
        problem: undefined,
      },
      settings: SETTINGS,
      now: { market: NOW, wall: clock.now() },
    });
    const run = async (name: string, given: Record<string, string | boolean> = {}) =>
      toldOf(await commandOf(name).run(context(new Map(Object.entries(given))), ''));
    const press = async (customId: string): Promise<Post | undefined> => {
      const found = find(COMMANDS, { kind: 'component', name: customId });
      if (found?.kind !== 'component') throw new Error(`expected a button for ${customId}`);
      return (await found.component.run(context(), found.argument)).update;
    };
    return { context, run, press };
  };
  return { journal, open };
}

function commandOf(name: string): Command {
  const command = COMMANDS.find(({ definition }) => definition.name === name);
  if (!command) throw new Error(`expected /${name}`);
  return command;
}
const titleOf = (post: Post | undefined): string => post?.embeds[0]?.title ?? '';
const bodyOf = (post: Post | undefined): string => post?.embeds[0]?.description ?? '';
const idsOf = (post: Post | undefined): readonly string[] =>
  (post?.components ?? []).flatMap(({ components }) =>
    components.flatMap((each) => ('custom_id' in each ? [each.custom_id] : [])),
  );

/** That many filled orders, each of a decision of its own. */
function manyOrders(count: number): readonly Entry[] {
  const decision = decided();
  const [planned] = decision.plan.orders;
  if (!planned) throw new Error('the builder plans orders');
  return Array.from({ length: count }, (_, index) => {
    const order = { ...planned, clientOrderId: `rotor-${index}` };
    const plan = { ...decision.plan, orders: [order] };
    return carriedOut({ ...decision, id: `d${index}`, plan });
  }).flat();
}

describe('/orders', () => {
  it('pages by its buttons, also after a restart', async () => {
    const { open } = house(manyOrders(57));
    const first = (await open().run('orders')).post;
    expect(titleOf(first)).toBe('Orders · 1–10 of 57');
    const [, , older] = idsOf(first);
    expect(older).toBe('orders:all:2');
    const second = await open().press('orders:all:2');
    expect(titleOf(second)).toBe('Orders · 11–20 of 57');
    expect(titleOf(await open().press('orders:all:99'))).toBe('Orders · 51–57 of 57');
  });

  it('keeps the filter in the button', async () => {
    const decision = decided();
    const waiting = decision.plan.orders.map((intent): Entry => ({ kind: 'intent', intent }));
    const { open } = house([...manyOrders(5), { kind: 'decision', decision }, ...waiting]);
    const all = (await open().run('orders', { state: 'open' })).post;
    expect(titleOf(all)).toBe(`Open orders · 1–${waiting.length} of ${waiting.length}`);
    expect(titleOf(await open().press('orders:open:1'))).toBe(titleOf(all));
    expect((await open().run('orders', { state: 'lost' })).post.content).toBe(
      'Orders are all or open.',
    );
  });

  it('offers both states with their numbers', () => {
    const { context } = house(manyOrders(3)).open();
    expect(commandOf('orders').complete?.(context(), 'O', 'state')).toEqual([
      { name: 'open (0)', value: 'open' },
    ]);
    expect(commandOf('orders').complete?.(context(), '', 'state')).toHaveLength(2);
  });
});

describe('/fills and /backlog', () => {
  it('page by their buttons', async () => {
    const { open } = house(manyOrders(12));
    expect(titleOf((await open().run('fills')).post)).toBe('Fills · 1–10 of 12');
    expect(titleOf(await open().press('fills:2'))).toBe('Fills · 11–12 of 12');
    const alerts = Array.from({ length: 9 }, (_, index): Entry => {
      return { kind: 'alert', alert: alert({ subject: parseSubject(`${index}`) }) };
    });
    const many = house(alerts);
    expect(titleOf((await many.open().run('backlog')).post)).toBe('Backlog · 1–8 of 10');
    expect(titleOf(await many.open().press('backlog:2'))).toBe('Backlog · 9–10 of 10');
  });
});

describe('/health', () => {
  it('lists every rule with its value, and missing permissions by name', async () => {
    const { post } = await house().open().run('health');
    expect(titleOf(post)).toBe('▲ DEGRADED');
    expect(bodyOf(post)).toContain('● **trading state** RUN');
    expect(bodyOf(post)).toContain('● **Discord lag** 42 ms');
    expect(bodyOf(post)).toContain('▲ **permissions** missing: Pin Messages');
    expect(post.embeds[0]?.fields?.at(-1)).toMatchObject({ value: '✗ Pin Messages' });
  });
});

describe('/audit', () => {
  const attempt = (id: string, allowed = true): readonly Entry[] => [
    {
      kind: 'command',
      id,
      userId: '7',
      userName: 'ines',
      name: 'halt',
      options: '{"reason":"the news"}',
      allowed,
      result: allowed ? 'allowed' : 'This needs the operator role.',
    },
    ...(allowed ? [{ kind: 'outcome' as const, id, result: 'HALT' }] : []),
  ];

  it('shows time, person, command, arguments and result', async () => {
    const { open } = house([...attempt('1'), ...attempt('2', false)]);
    const lines = bodyOf((await open().run('audit')).post).split('\n');
    expect(lines).toEqual([
      '✗ 09:41 ET **ines** /halt reason:the news',
      '-# refused: This needs the operator role.',
      '✓ 09:41 ET **ines** /halt reason:the news',
      '-# HALT',
    ]);
  });

  it('does not shift while reading, though each press is an attempt itself', async () => {
    const all = Array.from({ length: 20 }, (_, index) => attempt(`a${index}`)).flat();
    const { journal, open } = house(all);
    const first = (await open().run('audit')).post;
    expect(titleOf(first)).toBe('Audit · 1–8 of 20');
    const [, , older] = idsOf(first);
    const before = await open().press(older ?? '');
    journal.append(...attempt('later'));
    const after = await open().press(older ?? '');
    expect(titleOf(before)).toBe('Audit · 9–16 of 20');
    expect(after).toEqual(before);
  });

  it('verifies the hash chain, and reports the first error', async () => {
    const { open } = house(attempt('1'));
    const held = await open().run('audit', { verify: true });
    expect(bodyOf(held.post)).toContain('Checked 2 entries');
    expect(held.result).toBe('verified: 2 entries intact');
    const { context } = open();
    const broken = context(new Map([['verify', true]]));
    const engine = {
      ...broken.engine,
      verifyAuditTrail: () => ({ entries: 2, fault: 'entry 2: changed' }),
    };
    const found = toldOf(await commandOf('audit').run({ ...broken, engine }, ''));
    expect(titleOf(found.post)).toBe('■ Journal damaged');
    expect(bodyOf(found.post)).toContain('entry 2: changed');
  });
});

describe('/config', () => {
  it('shows each setting once, explicitly set ones first, and no secret', async () => {
    const { post } = await house().open().run('config');
    const [set, left] = post.embeds.map(({ description = '' }) => description);
    expect(set).toContain('MAX_GROSS                    1.3');
    expect(set).toContain('ALPACA_SECRET_KEY            set');
    expect(set?.replaceAll('\u200b', '')).toContain('\n  https://charts.example.org/a/\n');
    expect(left).toContain('MAX_WEIGHT                   0.4');
    expect(post.embeds.map(({ title }) => title)).toEqual([
      'Set · 3 of 4',
      'At their defaults · 1 of 4',
    ]);
  });
});

describe('/notify', () => {
  it('lists every kind, moves one with the author’s name, and /config shows it', async () => {
    const { journal, open } = house();
    const { run, context } = open();
    expect(bodyOf((await run('notify')).post)).toContain('daily    channel default');
    const moved = await run('notify', { kind: 'daily', where: 'off' });
    expect(bodyOf(moved.post)).toContain('daily    off     ines');
    expect(journal.since(0, 9).map(({ entry }) => entry)).toEqual([
      { kind: 'notice-place', notice: 'daily', place: 'off', by: 'ines' },
    ]);
    const settings = [['NOTIFY', 'daily:channel,drift:off']] as const;
    const notify = { daily: 'channel', drift: 'off' } as const;
    const config = await commandOf('config').run({ ...context(), settings, notify }, '');
    expect(bodyOf(toldOf(config).post).replace(/\n {2}/g, '')).toContain('daily:off,drift:off');
  });

  it('needs both the kind and the place', async () => {
    const { journal, open } = house();
    const { post } = await open().run('notify', { kind: 'daily' });
    expect(post.content).toBe('Choose both: which messages, and where they go.');
    expect(journal.book().seq).toBe(0);
  });
});

describe('/config with every variable', () => {
  it('cuts off no default', () => {
    const settings = settingsOf({});
    const text = configPost(settings, 'PAPER', NOW)
      .embeds.map(({ description = '' }) => description.replaceAll('\u200b', ''))
      .join('\n');
    expect(text.replaceAll('\n  ', '')).toContain('https://paper-api.alpaca.markets');
    expect(text).not.toContain('…');
  });
});

describe('/version', () => {
  it('says what changed since the last start', async () => {
    const started = (code: string): Entry => ({
      kind: 'started',
      version: '0.1.0',
      mode: 'SANDBOX',
      build: { code, config: 'c', models: 'm' },
    });
    const { open } = house([started('one'), started('two')]);
    const { post } = await open().run('version');
    expect(bodyOf(post)).toContain('Changed since last start: code.');
    expect(post.embeds[0]?.fields?.[0]).toMatchObject({ name: 'Code', value: 'two' });
  });
});

describe('/help', () => {
  it('lists every command in a group and says who may use it', async () => {
    const body = bodyOf((await house().open().run('help')).post);
    expect(body).not.toContain('**More**');
    expect(body).toMatch(/\*\*Stop\*\*\n\*\*\/halt\*\* .* \*\(operator\)\*/);
    for (const { definition, access } of COMMANDS) {
      const line = body.split('\n').find((each) => each.startsWith(`**/${definition.name}** `));
      expect(line?.includes(`*(${access})*`)).toBe(access !== 'viewer');
    }
  });
});
