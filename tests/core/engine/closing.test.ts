import { describe, expect, it } from 'vitest';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { dollars, qty, sessionDate } from '#core/domain/units.ts';
import { reportView } from '#core/views/report.ts';
import { gainToday } from '#core/views/today.ts';
import { running, type World } from '#tests/support/world.ts';

const CASH = { cashUsd: 100_000 } as const;

/** Alpaca dates it by its day: midnight in New York. */
function deposit(desk: World, day: string, usd = 50_000): void {
  desk.broker.happen({
    id: `deposit ${day}`,
    kind: 'deposit',
    ticker: undefined,
    qty: qty(0),
    cash: dollars(usd),
    at: newYorkInstant(sessionDate(day), 0),
  });
}

const day = (desk: World, key: string) => reportView(desk.book(), { kind: 'day', key }, 'SANDBOX');
const sessions = (desk: World) => desk.book().equity.map(({ session }) => session);

describe('money that comes near a close', () => {
  it('minutes before it is booked first, and the line that is posted knows no gain', async () => {
    const desk = await running(CASH);
    desk.goTo('2024-07-02', '16:05');
    await desk.minutes(3);
    desk.goTo('2024-07-03', '12:58');
    const posted: unknown[] = [];
    desk.parts.journal.onAppend((all) => {
      if (all.some(({ entry }) => entry.kind === 'equity')) posted.push(day(desk, '2024-07-03'));
    });
    await desk.minutes(2);
    deposit(desk, '2024-07-03');
    await desk.minutes(5);
    expect(posted).toMatchObject([{ you: 0, flows: { deposited: dollars(50_000) } }]);
  });

  it('after it belongs to the next one, whose day it is dated', async () => {
    const desk = await running(CASH);
    for (const [on, time] of [
      ['2024-07-02', '16:05'],
      ['2024-07-03', '13:10'],
    ] as const) {
      desk.goTo(on, time);
      await desk.minutes(3);
    }
    desk.goTo('2024-07-03', '18:00');
    deposit(desk, '2024-07-03');
    await desk.minutes(30);
    expect(gainToday(desk.book(), desk.engine.observation())).toBeCloseTo(0);
    desk.goTo('2024-07-05', '16:05');
    await desk.minutes(5);
    expect(['2024-07-03', '2024-07-05'].map((key) => day(desk, key)?.you)).toEqual([0, 0]);
    expect(day(desk, '2024-07-05')?.flows.deposited).toBe(dollars(50_000));
  });

  it('is waited for while the cash differs and nothing explains it, at most half an hour', async () => {
    const desk = await running(CASH);
    desk.goTo('2024-07-02', '15:58');
    await desk.minutes(1);
    const account = () => desk.broker.account();
    desk.answers.account = async () => {
      const { equity, cash, ...rest } = await account();
      return { ...rest, equity: dollars(150_000), cash: (cash + dollars(50_000)) as typeof cash };
    };
    desk.goTo('2024-07-02', '16:01');
    await desk.minutes(20);
    expect(sessions(desk)).not.toContain('2024-07-02');
    desk.answers.account = undefined;
    deposit(desk, '2024-07-02');
    await desk.minutes(3);
    expect(day(desk, '2024-07-02')?.you).toBeCloseTo(0);
  });

  it('does not lose the line where the difference stands', async () => {
    const desk = await running(CASH);
    desk.broker.give('XLU', 3);
    desk.goTo('2024-07-02', '16:01');
    await desk.minutes(29);
    expect(sessions(desk)).not.toContain('2024-07-02');
    await desk.minutes(3);
    expect(sessions(desk)).toContain('2024-07-02');
  });

  it('is no gain of the day from the first look on', async () => {
    const desk = await running(CASH);
    desk.goTo('2024-07-02', '16:05');
    await desk.minutes(3);
    desk.goTo('2024-07-03', '11:00');
    await desk.minutes(2);
    deposit(desk, '2024-07-03');
    await desk.engine.look();
    expect(gainToday(desk.book(), desk.engine.observation())).toBeCloseTo(0);
  });
});
