import { describe, expect, it } from 'vitest';
import type { Command } from '#bot/interactions/command.ts';
import type { Request } from '#bot/interactions/request.ts';
import { createRouter, type RouterParts } from '#bot/interactions/router.ts';
import { notice, type Post } from '#bot/post.ts';
import type { Entry } from '#core/domain/entry.ts';
import { TradingError } from '#core/errors.ts';
import { MODELS } from '#models/list.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { handEngine, NOW } from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { silentLog } from '#tests/support/log.ts';

interface HandRequest extends Request {
  /** What Discord was told, in order. */
  readonly told: string[];
}

function request(overrides: Partial<Request> = {}): HandRequest {
  const told: string[] = [];
  const asker = { id: 'u', name: 'ines', bot: false, roleIds: ['o'], guildId: 'g', channelId: 'c' };
  return {
    id: '111222333444555666',
    kind: 'command',
    name: 'act',
    options: new Map(),
    typed: '',
    focused: '',
    asker,
    roles: async () => asker.roleIds,
    ask: async (form) => void told.push(`ask: ${form.title}`),
    reply: async (post, audience) => {
      told.push(`reply ${audience}: ${post.content}`);
      return 'm1';
    },
    defer: async (audience) => void told.push(`defer ${audience}`),
    deferUpdate: async () => void told.push('deferUpdate'),
    update: async (post) => {
      told.push(`update: ${post.content}`);
      return 'm1';
    },
    share: async () => undefined,
    follow: async (text) => void told.push(`follow: ${text}`),
    choose: async (choices) => void told.push(`choices: ${choices.map((each) => each.name)}`),
    ...overrides,
    told,
  };
}

function house(
  change: Partial<Command> = {},
  sleep: (ms: number) => Promise<void> = () => new Promise(() => {}),
  recordOutcome?: (id: string, outcome: string) => void,
) {
  const clock = leapingClock(NOW);
  const journal = memoryJournal(clock);
  const done: string[] = [];
  const errors: string[] = [];
  const kept: string[] = [];
  const act: Command = {
    definition: { name: 'act', description: 'Does something' },
    access: 'operator',
    audience: 'channel',
    slow: false,
    run: ({ asker }) => {
      done.push(asker.name);
      return { post: notice('done'), subject: 'proposal:p1' };
    },
    complete: (_context, typed) => [{ name: `${typed}!`, value: typed }],
    components: [
      {
        prefix: 'act:',
        access: 'operator',
        run: (_context, argument) => {
          done.push(argument);
          return { update: notice('pressed'), note: 'just you' };
        },
      },
    ],
    forms: [
      {
        prefix: 'form:',
        access: 'operator',
        audience: 'channel',
        run: (_context, argument) => {
          done.push(`form ${argument}`);
          return { post: notice('sent') };
        },
      },
    ],
    ...change,
  };
  const parts: RouterParts = {
    rules: {
      guildId: 'g',
      channelIds: ['c'],
      viewerRoleId: undefined,
      approverRoleId: undefined,
      adminRoleId: undefined,
      operatorRoleId: 'o',
    },
    engine: { ...handEngine(journal, clock), ...(recordOutcome && { recordOutcome }) },
    models: MODELS,
    loadCommands: async () => [act],
    clocks: { market: clock, wall: { now: clock.now, sleep } },
    discord: () => ({ connected: true, lagMs: 42, missing: [], owed: 0, problem: undefined }),
    settings: [],
    log: {
      ...silentLog,
      error: (text, fields) => void errors.push(`${text} ${JSON.stringify(fields)}`),
    },
    keep: (subject, { messageId }) => void kept.push(`${subject} ${messageId}`),
  };
  const attempts = (): readonly Entry[] => journal.since(0, 100).map(({ entry }) => entry);
  return { router: createRouter(parts), journal, done, errors, kept, attempts };
}

const STRANGER = { ...request().asker, roleIds: [] };

describe('the router', () => {
  it('takes a press in the turn in which it arrives, once its commands are loaded', async () => {
    const { router, attempts } = house();
    await router.load();
    const answered = router.handle(request());
    expect(attempts()).toHaveLength(1);
    await answered;
  });

  it('runs a command and remembers the message that the journal may change', async () => {
    const { router, done, kept } = house();
    const asked = request();
    await router.handle(asked);
    expect([done, asked.told, kept]).toEqual([
      ['ines'],
      ['reply channel: done'],
      ['proposal:p1 m1'],
    ]);
  });

  it('asks for the level that a command needs in the current trading state', async () => {
    const { router, journal, done } = house({
      access: 'viewer',
      accessIn: (state) => (state === 'HALT' ? 'operator' : 'viewer'),
    });
    const asked = request({ id: '1', asker: STRANGER });
    await router.handle(asked);
    expect(done).toEqual(['ines']);
    journal.append({ kind: 'state', state: 'HALT', by: 'omar', reason: 'x' });
    const refused = request({ id: '2', asker: STRANGER });
    await router.handle(refused);
    expect(refused.told).toEqual([
      'reply asker: This needs the operator role, which you do not have.',
    ]);
    expect(done).toEqual(['ines']);
  });

  it('tells Discord to wait before a slow command starts', async () => {
    const order: string[] = [];
    const run = () => {
      order.push('run');
      return { post: notice('done') };
    };
    const { router } = house({ slow: true, run });
    await router.handle(request({ defer: async () => void order.push('defer') }));
    expect(order).toEqual(['defer', 'run']);
  });

  it.each([
    ['a command', { kind: 'command', name: 'act' }],
    ['a button', { kind: 'component', name: 'act:go' }],
  ] as const)(
    'refuses %s without the role, with a private answer, and records it',
    async (_name, what) => {
      const { router, done, attempts } = house();
      const asked = request({ ...what, asker: STRANGER });
      await router.handle(asked);
      expect(done).toEqual([]);
      expect(asked.told).toEqual([expect.stringMatching(/^reply asker: .*operator role/)]);
      expect(attempts()).toMatchObject([
        { kind: 'command', allowed: false, result: expect.stringContaining('operator role') },
      ]);
    },
  );

  it('records the outcome of an attempt', async () => {
    const { router, attempts } = house();
    await router.handle(request());
    await router.handle(request({ id: '2', asker: STRANGER }));
    expect(attempts().map((entry) => entry.kind)).toEqual(['command', 'outcome', 'command']);
    expect(attempts()[1]).toMatchObject({ id: '111222333444555666', result: 'answered' });
  });

  it.each([
    ['a command', { kind: 'command', name: 'act' }],
    ['a button', { kind: 'component', name: 'act:go' }],
    ['a form', { kind: 'form', name: 'form:x' }],
  ] as const)('checks the roles again at the moment of effect of %s', async (_name, what) => {
    const { router, done, attempts } = house({ slow: true });
    const asked = request({ ...what, roles: async () => [] });
    await router.handle(asked);
    expect(done).toEqual([]);
    expect(asked.told.at(-1)).toContain('operator role');
    expect(attempts().at(-1)).toMatchObject({
      kind: 'outcome',
      result: expect.stringContaining('operator role'),
    });
  });

  it('uses the roles sent with the press when Discord does not return the current ones', async () => {
    const { router, done } = house({ slow: true });
    await router.handle(request({ roles: async () => undefined }));
    expect(done).toEqual(['ines']);
  });

  it('stops before any request to Discord', async () => {
    const order: string[] = [];
    const run = () => {
      order.push('run');
      return { post: notice('stopped') };
    };
    const { router } = house({ slow: true, stops: true, run });
    const asked = request({
      roles: () => Promise.reject(new Error('Discord is away')),
      defer: async () => void order.push('defer'),
    });
    await router.handle(asked);
    expect(order).toEqual(['run', 'defer']);
    expect(asked.told).toEqual(['reply channel: stopped']);
  });

  it('stops even when Discord accepts no answer', async () => {
    const { router, done } = house({ slow: true, stops: true });
    await router.handle(request({ defer: () => Promise.reject(new Error('Discord is away')) }));
    expect(done).toEqual(['ines']);
  });

  it.each([
    ['a command', { kind: 'command', name: 'act' }, 'answered'],
    ['a button', { kind: 'component', name: 'act:go' }, 'just you'],
  ] as const)(
    'records that %s was done when its answer cannot be shown, and says so',
    async (_name, what, result) => {
      const { router, attempts } = house();
      let refusals = 1;
      const refusing = (text: string) => {
        if (refusals-- > 0) throw new Error('Invalid Form Body');
        asked.told.push(text);
      };
      const asked: HandRequest = request({
        ...what,
        reply: async (post) => void refusing(String(post.content)),
        update: async () => void refusing('update'),
        follow: async (text) => refusing(String(text)),
      });
      await router.handle(asked);
      expect(asked.told.at(-1)).toMatch(/^What you asked for was done, .* error id 555666\.$/);
      expect(attempts().at(-1)).toMatchObject({
        kind: 'outcome',
        result: `${result}; not shown, error id 555666`,
      });
    },
  );

  it('records what it stopped, though Discord takes neither an answer nor an apology', async () => {
    const { router, attempts } = house({ stops: true });
    const away = () => Promise.reject(new Error('Discord is away'));
    await router.handle(request({ defer: away, reply: away }));
    expect(attempts().at(-1)).toMatchObject({ result: 'answered; not shown, error id 555666' });
  });

  it('reports what it did although Discord did not take the word that it is still working', async () => {
    const gate = Promise.withResolvers<void>();
    const run = async () => {
      await gate.promise;
      return { post: notice('done'), result: 'sold' };
    };
    const { router, attempts } = house({ slow: true, run }, async () => undefined);
    const told: string[] = [];
    const reply = async ({ content = '' }: Post) => {
      if (!content.includes('Still working')) {
        told.push(content);
        return undefined;
      }
      setImmediate(gate.resolve);
      throw new Error('Discord is away');
    };
    await router.handle(request({ reply }));
    expect(told).toEqual(['done']);
    expect(attempts().at(-1)).toMatchObject({ kind: 'outcome', result: 'sold' });
  });

  it('does not claim that something was done which failed after the first answer', async () => {
    const run = () => ({
      post: notice('computing'),
      later: Promise.reject(new Error('no memory')),
    });
    const { router, attempts } = house({ run });
    const asked = request();
    await router.handle(asked);
    expect(asked.told.at(-1)).toContain('That failed unexpectedly');
    expect(attempts().at(-1)).toMatchObject({ result: 'failed, error id 555666' });
  });

  it('ends the process for no failure of an answer whose first part Discord did not take', async () => {
    const unheard: unknown[] = [];
    const note = (error: unknown): void => void unheard.push(error);
    process.on('unhandledRejection', note);
    const run = () => ({
      post: notice('computing'),
      later: Promise.reject(new Error('no memory')),
    });
    const { router } = house({ run });
    await router.handle(request({ reply: () => Promise.reject(new Error('Discord is away')) }));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unheard).toEqual([]);
  });

  it('says after two seconds that it is still working, and answers later', async () => {
    const gate = Promise.withResolvers<void>();
    const slept: number[] = [];
    const { router } = house(
      {
        slow: true,
        run: async () => {
          await gate.promise;
          return { post: notice('done') };
        },
      },
      async (ms) => void slept.push(ms),
    );
    const asked = request();
    const handled = router.handle(asked);
    await expect.poll(() => asked.told).toHaveLength(2);
    gate.resolve();
    await handled;
    expect(slept).toEqual([2_000]);
    expect(asked.told).toEqual([
      'defer channel',
      expect.stringContaining('Still working'),
      'reply channel: done',
    ]);
  });

  it('shows the progress of an answer, one edit at a time, and the answer last', async () => {
    const done = Promise.withResolvers<Post>();
    const edits: (() => void)[] = [];
    let show: (post: Post) => void = () => undefined;
    const { router } = house({
      slow: true,
      run: () => ({
        post: notice('computing'),
        later: done.promise,
        progress: (listener) => {
          show = listener;
        },
      }),
    });
    const told: (string | undefined)[] = [];
    const reply: Request['reply'] = async ({ content }) => {
      told.push(content);
      if (content === '10 %') await new Promise<void>((resolve) => edits.push(resolve));
      return 'm1';
    };
    const handled = router.handle(request({ reply }));
    await expect.poll(() => told).toEqual(['computing']);
    for (const text of ['10 %', '20 %']) show(notice(text));
    done.resolve(notice('the answer'));
    await expect.poll(() => told).toEqual(['computing', '10 %']);
    for (const end of edits) end();
    await handled;
    expect(told).toEqual(['computing', '10 %', 'the answer']);
  });

  it('shows a form and does nothing before it is submitted', async () => {
    const asks = { id: 'form:x', title: 'Sure?', fields: [] };
    const { router, done } = house({ run: () => ({ form: asks }) });
    const asked = request();
    await router.handle(asked);
    expect([done, asked.told]).toEqual([[], ['ask: Sure?']]);
    const sent = request({ id: '2', kind: 'form', name: 'form:x' });
    await router.handle(sent);
    expect([done, sent.told]).toEqual([['form x'], ['defer channel', 'reply channel: sent']]);
  });

  it('records an attempt before it takes effect', async () => {
    const seen: number[] = [];
    const before = house({
      run: () => {
        seen.push(before.attempts().length);
        return { post: notice('done') };
      },
    });
    await before.router.handle(request());
    expect(seen).toEqual([1]);
  });

  it('answers once where the outcome can no longer be recorded: what was done stays done', async () => {
    const { router, done, errors } = house({}, undefined, () => {
      throw new TradingError('lease: another Rotor has taken this journal over', 'halt');
    });
    const asked = request();
    await router.handle(asked);
    expect([done, asked.told, errors]).toEqual([['ines'], ['reply channel: done'], []]);
  });

  it('has no second effect when the same interaction is delivered again', async () => {
    const { router, done } = house();
    const again = request();
    await router.handle(request());
    await router.handle(again);
    expect([done, again.told]).toEqual([['ines'], []]);
  });

  it('changes the message with the button and answers the presser privately', async () => {
    const { router, done } = house();
    const pressed = request({ kind: 'component', name: 'act:go:on' });
    await router.handle(pressed);
    expect(done).toEqual(['go:on']);
    expect(pressed.told).toEqual(['deferUpdate', 'update: pressed', 'follow: just you']);
  });

  it('ignores buttons of a private answer older than fifteen minutes, and says why', async () => {
    const { router, done } = house();
    const old = { kind: 'component', name: 'act:go:on', privateAgeMs: 15 * 60_000 + 1 } as const;
    const pressed = request(old);
    await router.handle(pressed);
    expect(done).toEqual([]);
    expect(pressed.told).toEqual(['deferUpdate', 'follow: This answer has expired: ask again.']);
    await router.handle(request({ ...old, id: '2', privateAgeMs: 15 * 60_000 }));
    expect(done).toEqual(['go:on']);
  });

  it('completes options for those who may use the command, and for nobody else', async () => {
    const { router, attempts } = house();
    const typed = request({ kind: 'completion', typed: 'XL' });
    const foreign = request({ kind: 'completion', typed: 'XL', asker: STRANGER });
    await router.handle(typed);
    await router.handle(foreign);
    expect([typed.told, foreign.told]).toEqual([['choices: XL!'], ['choices: ']]);
    expect(attempts()).toEqual([]);
  });

  it('says that it no longer recognises an old button', async () => {
    const { router } = house();
    const old = request({ kind: 'component', name: 'gone:1' });
    await router.handle(old);
    expect(old.told).toEqual(['reply asker: Rotor no longer knows this command or button.']);
  });

  it('says what could not be done because the broker does not answer', async () => {
    const run = () => {
      throw new TradingError('the broker did not answer within 10 s', 'retry');
    };
    const { router, errors } = house({ run });
    const asked = request();
    await router.handle(asked);
    expect(asked.told).toEqual([
      'reply asker: That could not be done: the broker did not answer within 10 s',
    ]);
    expect(errors).toEqual([]);
  });

  it('answers an unexpected error with its id and logs the details', async () => {
    const run = () => {
      throw new Error('connect ECONNREFUSED secret-host');
    };
    const { router, errors } = house({ run });
    const asked = request();
    await router.handle(asked);
    expect(asked.told).toEqual([expect.stringMatching(/^reply asker: .*error id 555666/)]);
    expect(asked.told.join()).not.toContain('secret-host');
    expect(errors[0]).toContain('secret-host');
  });

  it('ignores an interaction that Discord has given up', async () => {
    const late = Object.assign(new Error('Unknown interaction'), { code: 10_062 });
    const { router, errors } = house();
    const told: string[] = [];
    const asked = request({
      reply: async (post) => {
        told.push(String(post.content));
        throw late;
      },
    });
    await router.handle(asked);
    expect([told, errors]).toEqual([['done'], []]);
  });

  it('never rejects, even when the apology fails', async () => {
    const { router, errors } = house();
    const asked = request({ reply: () => Promise.reject(new Error('socket')) });
    await expect(router.handle(asked)).resolves.toBeUndefined();
    expect(errors).toHaveLength(2);
  });

  it('tells everybody that it is restarting once it is closed', async () => {
    const { router, done } = house();
    router.close();
    const asked = request();
    await router.handle(asked);
    expect([done, asked.told]).toEqual([[], [expect.stringContaining('restarting')]]);
  });

  it('is idle only after the last answer', async () => {
    const gate = Promise.withResolvers<void>();
    const { router } = house({
      run: async () => {
        await gate.promise;
        return { post: notice('done') };
      },
    });
    let idle = false;
    const asked = router.handle(request());
    const waiting = router.idle().then(() => {
      idle = true;
    });
    await Promise.resolve();
    expect(idle).toBe(false);
    gate.resolve();
    await Promise.all([asked, waiting]);
    expect(idle).toBe(true);
  });
});
