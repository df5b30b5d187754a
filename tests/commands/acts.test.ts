import { describe, expect, it } from 'vitest';
import type { Context, Options } from '#bot/interactions/command.ts';
import { faultsOf } from '#bot/post.ts';
import { cancel } from '#commands/cancel.ts';
import { flatten } from '#commands/flatten.ts';
import { COMMANDS } from '#commands/list.ts';
import { raise } from '#commands/raise.ts';
import { stateCommands } from '#commands/state.ts';
import type { Order } from '#core/domain/order.ts';
import { qty } from '#core/domain/units.ts';
import type { Engine } from '#core/engine/engine.ts';
import { MODELS } from '#models/list.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { intent } from '#tests/support/decision.ts';
import { handEngine, NOW, observation } from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { told, toldOf } from '#tests/support/told.ts';

/** The order of that intent as the broker has it. */
function order(of: string, status: Order['status'] = 'open'): Order {
  const { clientOrderId, ticker, side, qty: size } = intent('d', 'buy', of, 10);
  return {
    id: `broker ${of}`,
    clientOrderId,
    ticker,
    side,
    qty: size,
    filledQty: status === 'filled' ? size : qty(0),
    averagePrice: undefined,
    status,
    brokerStatus: status,
    submittedAt: NOW,
    updatedAt: NOW,
  };
}

/** A context over a machine by hand. */
function house(options: Options, change: Partial<Context['engine']> = {}) {
  const clock = leapingClock(NOW);
  const journal = memoryJournal(clock);
  const context: Context = {
    engine: { ...handEngine(journal, clock), ...change },
    models: MODELS,
    commands: COMMANDS,
    asker: { id: 'i', name: 'ines', bot: false, roleIds: [], guildId: 'g', channelId: 'c' },
    options,
    discord: { connected: true, lagMs: 42, missing: [], owed: 0, problem: undefined },
    settings: [],
    now: { market: NOW, wall: NOW },
  };
  return { journal, context };
}

const because = (reason: string): Options => new Map([['reason', reason]]);

function command(name: string) {
  const found = stateCommands.find((each) => each.definition.name === name);
  if (!found) throw new Error(`no command ${name}`);
  return found;
}

describe('a command that stops something', () => {
  it.each(['halt', 'reduce', 'pause'])(
    'runs before any request to Discord if it is /%s',
    (name) => {
      expect(command(name).stops).toBe(true);
    },
  );

  it('is not /resume, which allows trading', () => {
    expect(command('resume')).toMatchObject({ stops: false, access: 'approver' });
  });

  it('ends a halt for sells only as an approver: /reduce', () => {
    const { access, accessIn } = command('reduce');
    expect([access, accessIn?.('RUN'), accessIn?.('REDUCE'), accessIn?.('HALT')]).toEqual([
      ...['operator', 'operator', 'operator', 'approver'],
    ]);
  });

  it('such as /halt reports the result for each open order', async () => {
    const withdrawn: Awaited<ReturnType<Engine['halt']>> = [
      { order: order('XLK'), kind: 'canceled', text: 'canceled' },
      { order: order('XLF'), kind: 'failed', text: '`no` answer @everyone' },
    ];
    const { context } = house(because('news'), { halt: async () => withdrawn });
    const { post } = await told(command('halt'), context);
    const text = post.embeds[0]?.description ?? '';
    expect(text).toMatch(/XLK +10 ✓ canceled/);
    expect(text).toMatch(/XLF +10 ✗ failed/);
    expect(text).not.toContain('@everyone');
    expect(faultsOf(post)).toEqual([]);
  });

  it('such as /halt does not claim that nothing was open when the broker did not answer', async () => {
    const { context } = house(because('news'), {
      halt: async () => [],
      observation: () =>
        observation({ broker: { ...observation().broker, connected: false, problem: 'gone' } }),
    });
    const { post } = await told(command('halt'), context);
    expect(post.embeds[0]?.description).toContain('cannot tell');
    expect(post.embeds[0]?.description).not.toContain('No order was open');
  });

  it('such as /pause records author and reason', async () => {
    const { context, journal } = house(because('holiday'));
    await told(command('pause'), context);
    expect(journal.book().paused).toMatchObject({ by: 'ines', reason: 'holiday' });
  });
});

describe('/flatten', () => {
  it('asks for the word and sells nothing yet', async () => {
    const sold: string[] = [];
    const { context } = house(because('leaving'), {
      flatten: async (by) => {
        sold.push(by);
        return { kind: 'accepted' };
      },
    });
    const answer = await flatten.run(context, '');
    expect(answer).toMatchObject({ form: { id: 'flatten:leaving', fields: [{ id: 'word' }] } });
    expect(sold).toEqual([]);
  });

  it.each([
    ['FLATTEN', ['ines: leaving']],
    [' FLATTEN ', ['ines: leaving']],
    ['flatten', []],
    ['FLATTEN!', []],
    ['', []],
  ])('with the word %j sells %j', async (word, expected) => {
    const sold: string[] = [];
    const { context } = house(new Map([['word', word]]), {
      flatten: async (by, reason) => {
        sold.push(`${by}: ${reason}`);
        return { kind: 'accepted' };
      },
    });
    const form = flatten.forms?.[0];
    const { post } = toldOf(
      (await form?.run(context, 'leaving')) ?? (await flatten.run(context, '')),
    );
    expect(sold).toEqual(expected);
    expect(post.embeds[0]?.title).toContain(expected.length > 0 ? 'Flatten' : 'Not flattened');
  });

  it('says why Rotor does not sell', async () => {
    const { context } = house(new Map([['word', 'FLATTEN']]), {
      flatten: async () => ({ kind: 'closed', reason: 'Nothing is held.' }),
    });
    const { post } = toldOf(
      (await flatten.forms?.[0]?.run(context, 'x')) ?? { post: { embeds: [] } },
    );
    expect(post.embeds[0]?.description).toBe('Nothing is held.');
  });
});

describe('/cancel', () => {
  it('offers all orders together, and each that may still fill, newest first', () => {
    const { context, journal } = house(new Map());
    for (const ticker of ['XLK', 'XLF', 'XLE']) {
      journal.append({ kind: 'intent', intent: intent('d', 'buy', ticker, 10) });
    }
    journal.append({ kind: 'order', order: order('XLF', 'filled') });
    const names = cancel.complete?.(context, '', 'order').map(({ name }) => name);
    expect(names).toEqual(['every open order (2)', 'buy 10 XLE', 'buy 10 XLK']);
    expect(cancel.complete?.(context, 'xlk', 'order')).toHaveLength(1);
  });

  it('says which orders are open where none has the typed name', async () => {
    const typed = async (wanted: string) => {
      const { context, journal } = house(new Map([['order', wanted]]));
      journal.append({ kind: 'intent', intent: intent('d', 'buy', 'XLK', 10) });
      return (await told(cancel, context)).post.embeds[0];
    };
    expect(await typed('XLK')).toMatchObject({
      title: '✗ Nothing was cancelled',
      description: expect.stringContaining('Still open: buy 10 XLK.'),
    });
    expect((await typed('all'))?.title).toBe('No open orders to cancel');
  });
});

describe('/raise', () => {
  it.each(['2027-02-29', '2026-02-30', '2026-13-01', 'Friday', '2025-12-15'])(
    'rejects %s, which is not a future day, and plans nothing',
    async (by) => {
      const { context, journal } = house(
        new Map<string, string | number>([
          ['amount', 5_000],
          ['by', by],
        ]),
      );
      const { post } = await told(raise, context);
      expect(post.content).toContain('Write the day as 2026-12-15');
      expect(journal.book().proposals.size).toBe(0);
    },
  );
});
