import { describe, expect, it } from 'vitest';
import { subjectKey } from '#core/domain/alert.ts';
import { type BarHistory, type Bars, barAt } from '#core/domain/bar.ts';
import { type SessionDate, sessionDate, ticker } from '#core/domain/units.ts';
import { createWorld } from '#tests/core/market/store-world.ts';
import { AS_OF, bar, changed, withRows } from '#tests/support/bars.ts';
import { barsThrough, running, type World, world } from '#tests/support/world.ts';

const XLE = ticker('XLE');
const DAY = sessionDate('2024-06-25');

/** The made bars, with a split of one sector that nobody adjusted for. */
function split(through: SessionDate): Bars {
  return changed(barsThrough(through), 'XLE', (had) =>
    withRows(had, (row) => (row.date >= DAY ? bar(row.date, row.close / 2) : row)),
  );
}

const told = (desk: World, subject: string) =>
  desk.alerts().filter((alert) => subjectKey(alert.subject) === subject);

/** A desk whose first rebalance is due, over bars in doubt. */
async function doubting(): Promise<World> {
  const desk = world();
  desk.bars = split;
  await desk.engine.start();
  await desk.minutes(3);
  return desk;
}

describe('bars with data issues', () => {
  it('are reported with ticker, day, rule and remedy, and nothing is traded', async () => {
    const desk = await doubting();
    expect(desk.posted()).toEqual([]);
    expect(told(desk, 'bars in doubt')).toHaveLength(1);
    const [alert] = told(desk, 'bars in doubt');
    expect(alert?.text).toBe(
      'XLE: bars through 2024-06-28 are suspicious: ' + '-50.0 % on 2024-06-25 (jump).',
    );
    expect(alert).toMatchObject({ severity: 'warning', title: 'Bars in doubt' });
    expect(alert?.remedy).toContain('asks its source again every five minutes');
    expect(desk.engine.observation().data.missing).toMatchObject({ inDoubt: true });
  });

  it('are requested again, and when they are valid the alert ends and the rebalance is executed', async () => {
    const desk = await doubting();
    desk.bars = undefined;
    await desk.minutes(7);
    expect([...desk.book().alerts.keys()]).toEqual([]);
    const resolved = desk.entries('resolved').map(({ subject, text }) => [subject.about, text]);
    expect(resolved).toContainEqual(['bars-in-doubt', 'The bars are clean again.']);
    expect(desk.posted()).toHaveLength(2);
  });

  it('are reported on a day without a rebalance as well', async () => {
    const desk = await running();
    desk.goTo('2024-07-10', '17:00');
    desk.bars = split;
    await desk.minutes(2);
    expect(told(desk, 'bars in doubt')).toHaveLength(1);
    expect(told(desk, 'no-decision')).toEqual([]);
    desk.bars = undefined;
    await desk.minutes(6);
    expect(desk.book().alerts.has('bars in doubt')).toBe(false);
  });

  it('are requested every five minutes, not at every tick', async () => {
    const desk = world();
    let loads = 0;
    desk.bars = (through) => {
      loads++;
      return split(through);
    };
    await desk.engine.start();
    const before = loads;
    await desk.minutes(21);
    // One of the refresh and one of the decision that is owed, every five minutes.
    expect(loads - before).toBeLessThanOrEqual(10);
    expect(loads - before).toBeGreaterThanOrEqual(4);
  });
});

describe('the engine with the bar store', () => {
  const barsOf = (bars: Bars): BarHistory => {
    const history = bars.get(XLE);
    if (!history) throw new Error('XLE has no bars');
    return history;
  };
  const rowsOf = (history: BarHistory) =>
    history.dates.flatMap((_, row) => barAt(history, row) ?? []);

  it('reports a split that the source did not adjust, and trades once it did', async () => {
    const unadjusted = split(AS_OF);
    const store = await createWorld([...unadjusted.keys()]);
    for (const [name, had] of unadjusted) store.source.holds(name, rowsOf(had));
    const desk = world({ source: store.start() });
    await desk.engine.start();
    await desk.minutes(3);
    expect(told(desk, 'bars in doubt')[0]?.text).toContain('-50.0 % on 2024-06-25 (jump)');
    expect(desk.posted()).toEqual([]);

    const right = withRows(barsOf(unadjusted), (row) =>
      row.date < DAY ? bar(row.date, row.close / 2) : row,
    );
    store.source.holds(XLE, rowsOf(right));
    desk.broker.setPrice('XLE', 50);
    await desk.minutes(7);
    expect(desk.book().alerts.has('bars in doubt')).toBe(false);
    expect(desk.book().alerts.has('no-decision')).toBe(false);
    expect(desk.posted()).toHaveLength(2);
    expect((await store.stored(XLE)).close[0]).toBe(right.close[0]);
    expect(desk.engine.observation().data.provenance?.get(XLE)?.findings).toEqual([]);
  });
});
