import { type APIApplicationCommandOption, ApplicationCommandOptionType } from 'discord.js';
import { describe, expect, it } from 'vitest';
import type { Context } from '#bot/interactions/command.ts';
import { find } from '#bot/interactions/handlers.ts';
import { faultsOf } from '#bot/post.ts';
import { COMMANDS } from '#commands/list.ts';
import { rebalance } from '#commands/rebalance.ts';
import type { Decision, NoDecision } from '#core/domain/decision.ts';
import { epochMs, sessionDate } from '#core/domain/units.ts';
import { MODELS } from '#models/list.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decided } from '#tests/support/deciding.ts';
import { handEngine, NOW, noDecision, observation } from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { told } from '#tests/support/told.ts';

/** A context over a machine by hand; `later` moves people's time on. */
function house(outcome: () => Decision | NoDecision = () => decided()) {
  const clock = leapingClock(NOW);
  const journal = memoryJournal(clock);
  const engine = handEngine(journal, clock, outcome);
  const as = (name: string): Context => ({
    engine,
    models: MODELS,
    commands: COMMANDS,
    asker: { id: name, name, bot: false, roleIds: [], guildId: 'g', channelId: 'c' },
    options: new Map(),
    discord: { connected: true, lagMs: 42, missing: [], owed: 0, problem: undefined },
    settings: [['MAX_GROSS', '1']],
    now: { market: NOW, wall: clock.now() },
  });
  return { engine, journal, as, later: (ms: number) => clock.set(epochMs(clock.now() + ms)) };
}

const run = told;
const press = async (context: Context, argument: string) => {
  const handler = find(COMMANDS, { kind: 'component', name: `rebalance:${argument}` });
  return handler?.kind === 'component'
    ? handler.component.run(context, handler.argument)
    : undefined;
};

describe('every command', () => {
  it.each(COMMANDS.map((command) => [command.definition.name, command] as const))(
    'such as /%s has a help sentence and an answer that Discord accepts',
    async (name, command) => {
      expect(name).toMatch(/^[a-z-]{1,32}$/);
      expect(command.definition.description.length).toBeGreaterThan(10);
      expect(command.definition.description.length).toBeLessThanOrEqual(100);
      const answer = await command.run(house().as('ines'), '');
      if ('form' in answer) expect(answer.form.fields.length).toBeGreaterThan(0);
      else expect(faultsOf(answer.post)).toEqual([]);
    },
  );

  it('has a unique name', () => {
    const names = COMMANDS.map((command) => command.definition.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('with a public answer is not for viewers', () => {
    const acts = COMMANDS.filter((command) => command.audience === 'channel');
    expect(acts.map((command) => command.definition.name)).toContain('rebalance');
    expect(acts.every((command) => command.access !== 'viewer')).toBe(true);
    const forms = COMMANDS.flatMap((command) => command.forms ?? []);
    expect(forms.every((form) => form.access !== 'viewer')).toBe(true);
  });

  it('that only reads is for viewers and does not change the journal', async () => {
    for (const command of COMMANDS.filter((each) => each.access === 'viewer')) {
      const { journal, as } = house();
      await run(command, as('ines'));
      expect(journal.book().seq).toBe(0);
    }
  });

  it('is listed in /help', async () => {
    const help = COMMANDS.find((command) => command.definition.name === 'help');
    const { post } = await run(help ?? rebalance, house().as('ines'));
    for (const command of COMMANDS) {
      expect(post.embeds[0]?.description).toContain(`/${command.definition.name}`);
    }
  });
});

describe('/rebalance', () => {
  it('shows the plan and sends nothing', async () => {
    const { engine, journal, as } = house();
    const { post, subject } = await run(rebalance, as('ines'));
    expect(subject).toBe('proposal:p1');
    const ids = post.components?.[0]?.components.map(
      (each) => 'custom_id' in each && each.custom_id,
    );
    expect(ids).toEqual(['rebalance:approve:p1', 'rebalance:reject:p1']);
    expect([engine.answers, journal.book().managedOrders.size]).toEqual([[], 0]);
    for (const order of decided().plan.orders) {
      expect(post.embeds[0]?.description).toContain(order.ticker);
    }
  });

  it('lets an empty plan complete the due rebalance, and says so', async () => {
    const made = decided();
    const empty = { ...made, plan: { ...made.plan, orders: [] } };
    const { engine, as } = house(() => empty);
    const idle = await run(rebalance, as('ines'));
    expect(idle.post.components).toEqual([]);
    expect(idle.post.embeds[0]?.description).toBe(
      'No trades needed, and nothing to approve: the portfolio is already on target.',
    );
    const session = sessionDate('2026-12-01');
    engine.see(observation({ nextRebalance: { session, owed: false, missed: session } }));
    const { post } = await run(rebalance, as('ines'));
    expect(post.components).toHaveLength(1);
    expect(post.embeds[0]?.description).toContain('No trades needed');
    expect(post.embeds[0]?.description).toContain('Approving marks the missed rebalance as done');
  });

  it('says why there is no plan', async () => {
    const { post } = await run(rebalance, house(() => noDecision()).as('ines'));
    expect(post.embeds[0]?.description).toContain('SPY: 2026-11-20 expected');
    expect(post.components).toBeUndefined();
  });

  it('accepts the first answer and names its author to the second person', async () => {
    const { engine, as } = house();
    await run(rebalance, as('ines'));
    const first = await press(as('ines'), 'approve:p1');
    expect(first?.update?.components).toEqual([]);
    expect(first?.update?.embeds[0]?.description).toContain('Approved by ines');
    const second = await press(as('omar'), 'reject:p1');
    expect(second?.note).toContain('approved by ines');
    expect(second?.update?.embeds[0]?.description).toContain('Approved by ines');
    expect(engine.answers).toEqual(['approved p1 by ines']);
  });

  it('does nothing after ten minutes and removes the buttons', async () => {
    const { engine, as, later } = house();
    await run(rebalance, as('ines'));
    later(600_000);
    const late = await press(as('ines'), 'approve:p1');
    expect(late?.update?.components).toEqual([]);
    expect(late?.update?.embeds[0]?.title).toContain('Expired');
    expect(late?.note).toContain('expired');
    expect(engine.answers).toEqual([]);
  });

  it('has no other buttons', async () => {
    const { engine, as } = house();
    await run(rebalance, as('ines'));
    expect(await press(as('ines'), 'maybe:p1')).toBeUndefined();
    expect((await press(as('ines'), 'approve:p9'))?.note).toContain('nobody knows');
    expect(engine.answers).toEqual([]);
  });
});

describe('a number that a command takes', () => {
  const isNumber = ({ type }: APIApplicationCommandOption): boolean =>
    type === ApplicationCommandOptionType.Integer || type === ApplicationCommandOptionType.Number;

  it('has a smallest and a largest value, beyond which nothing could be counted', () => {
    const numbers = COMMANDS.flatMap(({ definition: { name, options = [] } }) =>
      options.filter(isNumber).map((option) => ({ command: name, ...option })),
    );
    expect(numbers.length).toBeGreaterThan(10);
    for (const option of numbers) {
      expect(option).toMatchObject({
        min_value: expect.any(Number),
        max_value: expect.any(Number),
      });
    }
  });
});
