import { describe, expect, it } from 'vitest';
import { sessionDate } from '#core/domain/units.ts';
import { barsThrough, running, started } from '#tests/support/world.ts';

type Desk = Awaited<ReturnType<typeof running>>;
const textOf = (desk: Desk, title: string): string | undefined =>
  [...desk.book().alerts.values()].find(({ alert }) => alert.title === title)?.alert.text;

describe('an alert that stays open', () => {
  it('gives the current reason for a delayed rebalance, not the first one', async () => {
    const desk = await running();
    desk.goTo('2024-07-15', '11:20');
    desk.parts.journal.append({ kind: 'pause', paused: true, by: 'ines', reason: 'holiday' });
    desk.goTo('2024-08-02', '12:00');
    await desk.minutes(2);
    expect(textOf(desk, 'Rebalance is late')).toContain(
      'Paused by ines since 2024-07-15 11:20: holiday',
    );
    desk.goTo('2024-08-02', '18:00');
    desk.engine.setState('RUN', 'ines', 'back');
    await desk.minutes(3);
    expect(textOf(desk, 'Rebalance is late')).toContain('It runs at the next trading window.');
  });

  it('does not promise a late rebalance that waits for a person', async () => {
    const remedy = (desk: Desk) =>
      [...desk.book().alerts.values()].find(({ alert }) => alert.title === 'Rebalance is late')
        ?.alert;
    const paused = await running();
    paused.parts.journal.append({ kind: 'pause', paused: true, by: 'ines', reason: 'holiday' });
    paused.goTo('2024-08-02', '12:00');
    await paused.minutes(2);
    expect(remedy(paused)?.remedy).toBe('It runs once, in the next trading window.');
    paused.goTo('2024-08-12', '12:00');
    await paused.minutes(2);
    expect(remedy(paused)?.text).toContain('overdue and too old to run automatically. Paused by');
    expect(remedy(paused)?.remedy).toBe('An approver decides whether it still runs.');
    const unread = await started({ mode: 'LIVE' });
    unread.goTo('2024-07-02', '12:00');
    await unread.minutes(2);
    expect(remedy(unread)?.text ?? '').not.toContain('runs at the next trading window');
  });

  it('names the session missing now, once per session', async () => {
    const desk = await running();
    desk.bars = () => barsThrough(sessionDate('2024-07-01'));
    desk.goTo('2024-07-03', '10:00');
    await desk.minutes(3);
    expect(textOf(desk, 'Data late')).toMatch(/^No bar of 2024-07-02 for /);
    desk.bars = () => barsThrough(sessionDate('2024-07-05'));
    desk.goTo('2024-07-09', '10:00');
    await desk.minutes(12);
    expect(textOf(desk, 'Data late')).toMatch(/^No bar of 2024-07-08 for /);
    expect(desk.book().alerts.get('data late')?.count).toBe(2);
  });
});
