import { describe, expect, it } from 'vitest';
import type { Context } from '#bot/interactions/command.ts';
import { find } from '#bot/interactions/handlers.ts';
import { alertButtons } from '#bot/posts/alert-buttons.ts';
import { COMMANDS } from '#commands/list.ts';
import { parseSubject } from '#core/domain/alert.ts';
import { differenceHash } from '#core/domain/difference.ts';
import { MODELS } from '#models/list.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { alert, handEngine, NOW } from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';

function house(change: Partial<Context['engine']> = {}) {
  const clock = leapingClock(NOW);
  const journal = memoryJournal(clock);
  const context: Context = {
    engine: { ...handEngine(journal, clock), ...change },
    models: MODELS,
    commands: COMMANDS,
    asker: { id: 'i', name: 'ines', bot: false, roleIds: [], guildId: 'g', channelId: 'c' },
    options: new Map(),
    discord: { connected: true, lagMs: 42, missing: [], owed: 0, problem: undefined },
    settings: [],
    now: { market: NOW, wall: NOW },
  };
  const press = async (customId: string) => {
    const handler = find(COMMANDS, { kind: 'component', name: customId });
    if (handler?.kind !== 'component') throw new Error(`nobody knows ${customId}`);
    return handler.component.run(context, handler.argument);
  };
  return { journal, press };
}

const idsOf = (...given: Parameters<typeof alertButtons>): readonly string[] =>
  alertButtons(...given).flatMap(({ components }) =>
    components.flatMap((each) => ('custom_id' in each ? [each.custom_id] : [])),
  );

describe('the buttons of an alert', () => {
  it('are missing if nothing can be done', () => {
    expect(idsOf(alert({ severity: 'info' }), false)).toEqual([]);
    expect(idsOf(alert({ severity: 'critical' }), true)).toEqual([]);
  });

  it('let a person acknowledge any problem', () => {
    expect(idsOf(alert({ severity: 'warning' }), false)).toHaveLength(1);
    expect(idsOf(alert({ severity: 'error' }), false)).toHaveLength(1);
  });

  it('fit into Discord’s hundred characters however long the subject is', () => {
    const subject = `external ${'x'.repeat(500)}`;
    const ids = idsOf(alert({ subject: parseSubject(subject), severity: 'critical' }), false);
    expect(ids).toHaveLength(3);
    expect(ids.every((id) => id.length <= 100)).toBe(true);
  });

  it('acknowledge exactly their alert, and say when it is over', async () => {
    const { journal, press } = house();
    const open = alert({ subject: parseSubject('drawdown'), severity: 'critical' });
    journal.append({ kind: 'alert', alert: open });
    const [id = ''] = idsOf(open, false);
    expect((await press(id)).note).toContain('no more reminders');
    expect(journal.book().alerts.get('drawdown')?.acknowledged?.by).toBe('ines');
    journal.append({ kind: 'resolved', subject: parseSubject('drawdown'), text: 'over' });
    expect((await press(id)).note).toContain('already over');
  });

  it.each([
    ['Adopt', 0, 'adopted'],
    ['Ignore', 1, 'ignored'],
  ] as const)('include %s, which marks the trade by its fill', async (_label, index, choice) => {
    const judged: string[] = [];
    const { journal, press } = house({
      reviewTrade: (fillId, given, by) => {
        judged.push(`${fillId} ${given} ${by}`);
        return { kind: 'accepted' };
      },
    });
    const open = alert({ subject: parseSubject('external 2026::abc'), severity: 'warning' });
    journal.append({ kind: 'alert', alert: open });
    await press(idsOf(open, false)[index] ?? '');
    expect(judged).toEqual([`2026::abc ${choice} ines`]);
  });

  it('continue without an order that outlived its session, by its id', async () => {
    const asked: string[] = [];
    const { journal, press } = house({
      setAside: (clientOrderId, by) => {
        asked.push(`${clientOrderId} ${by}`);
        return { kind: 'accepted' };
      },
    });
    const open = alert({ subject: parseSubject('stuck rotor-1'), severity: 'critical' });
    const [id = ''] = idsOf(open, true);
    expect((await press(id)).note).toBe('This is already over.');
    journal.append({ kind: 'alert', alert: open });
    expect((await press(id)).note).toContain('no longer waits for this order');
    expect(asked).toEqual(['rotor-1 ines']);
  });

  it('accept only the difference that was shown', async () => {
    const asked: (string | undefined)[] = [];
    const { press } = house({
      adopt: async (_by, shown) => {
        asked.push(shown);
        return 'XLK: ours 10, broker 12';
      },
    });
    const text = 'XLK: ours 10, broker 12';
    const [id = ''] = idsOf(
      alert({ subject: parseSubject('reconciliation'), severity: 'critical', text }),
      false,
    );
    await press(id);
    expect(asked).toEqual([differenceHash(text)]);
  });
});
