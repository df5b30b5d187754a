/** Faults of group M: what the market and the clocks can do. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseSession, sessionOn, sessions, sessionsIn } from '#core/domain/calendar.ts';
import { newYorkDate, newYorkTime } from '#core/domain/new-york.ts';
import { tradingWindow } from '#core/domain/trading-window.ts';
import { epochMs, sessionDate } from '#core/domain/units.ts';
import { tradableSession } from '#core/scheduler.ts';
import { at, sameBooks, started } from '#tests/support/world.ts';

const ROTATION = { cashUsd: 10_000, held: { XLF: 100 } } as const;
const run = promisify(execFile);

describe('M1: a ticker is halted', () => {
  it('M1: its sell rests, the buys wait for its cash, and the next day it continues', async () => {
    const desk = await started({ ...ROTATION, cashUsd: 100 });
    desk.broker.behave(() => ({ kind: 'open' }));
    // A halted ticker's order is not cancelled before trading in it resumes.
    desk.answers.cancel = async () => undefined;
    await desk.minutes(240);
    expect(desk.posted()).toEqual(['sell XLF 100']);
    desk.goTo('2024-07-01', '16:01');
    desk.broker.progress(desk.broker.accepted[0]?.clientOrderId ?? '', { status: 'expired' });
    desk.broker.behave(() => ({ kind: 'whole' }));
    await desk.minutes(30);
    expect(desk.posted()).toHaveLength(1);
    desk.goTo('2024-07-02', '09:36');
    await desk.minutes(10);
    expect(desk.posted()).toEqual(['sell XLF 100', 'sell XLF 100', 'buy XLK 50', 'buy XLE 50']);
    expect(sameBooks(desk)).toBe(true);
  });
});

describe('M2: closed', () => {
  it('M2: the calendars disagree: nothing trades and the desk says on which day', async () => {
    const desk = await started(ROTATION);
    desk.answers.calendar = async (from, to) =>
      sessionsIn(from, to).filter(({ date }) => date !== '2024-07-05');
    await desk.restart();
    await desk.minutes(30);
    expect(desk.posted()).toEqual([]);
    expect(desk.book().alerts.get('calendar')?.alert.text).toBe(
      "2024-07-05: ours 09:30 to 16:00, the broker's closed",
    );
    desk.answers.calendar = undefined;
    await desk.minutes(10);
    expect(desk.posted()).toHaveLength(3);
    expect(desk.book().alerts.size).toBe(0);
  });

  it('M2: hours that differ are a disagreement too', async () => {
    const desk = await started(ROTATION);
    desk.answers.calendar = async (from, to) =>
      sessionsIn(from, to).map((session) =>
        session.date === '2024-07-03' ? { ...session, close: at('2024-07-03', '16:00') } : session,
      );
    await desk.restart();
    await desk.minutes(10);
    expect(desk.posted()).toEqual([]);
    expect(desk.book().alerts.get('calendar')?.alert.text).toMatch(
      /^2024-07-03: ours 09:30 to 13:00/,
    );
  });

  it('M2: a closing decreed this morning: the broker says closed, and nothing leaves', async () => {
    const desk = await started(ROTATION);
    desk.answers.clock = async () => ({ ...(await desk.broker.clock()), open: false });
    await desk.minutes(60);
    expect(desk.posted()).toEqual([]);
    desk.answers.clock = undefined;
    desk.goTo('2024-07-02', '09:36');
    await desk.minutes(10);
    expect(desk.posted()).toHaveLength(3);
  });

  it('M2: 2025-01-09, a day of mourning, is no session, and a half day ends at 12:45', () => {
    expect(tradableSession(at('2025-01-09', '11:00'))).toBeUndefined();
    expect(() => parseSession('2025-01-09')).toThrow(/not a session of the NYSE/);
    expect(parseSession('2025-01-10')).toEqual(sessionOn(sessionDate('2025-01-10')));
    expect(tradableSession(at('2024-07-03', '12:44'))).toBeDefined();
    expect(tradableSession(at('2024-07-03', '12:45'))).toBeUndefined();
  });

  it('M2: on a half day nothing leaves after 12:45, and the rest is done the day after', async () => {
    const desk = await started({ ...ROTATION, start: at('2024-07-03', '12:40') });
    desk.broker.behave((_intent, post) => {
      if (post === 1) desk.goTo('2024-07-03', '12:45');
      return { kind: 'whole' };
    });
    await desk.minutes(180);
    expect(desk.posted()).toEqual(['sell XLF 100']);
    desk.goTo('2024-07-05', '09:36');
    await desk.minutes(5);
    expect(desk.posted()).toHaveLength(3);
  });
});

describe('M3: the clocks differ', () => {
  it.each([-172_800_000, -5_001, 5_001, 172_800_000])(
    'M3: by %i ms: no order, told, and it continues when they agree',
    async (skewMs) => {
      const desk = await started(ROTATION);
      desk.answers.clock = async () => {
        const clock = await desk.broker.clock();
        return { ...clock, at: epochMs(clock.at + skewMs) };
      };
      await desk.minutes(10);
      expect(desk.posted()).toEqual([]);
      expect(desk.alerts()[0]?.text).toMatch(
        /^clock: the broker's clock and ours are \d+ s apart$/,
      );
      desk.answers.clock = undefined;
      await desk.minutes(10);
      expect(desk.posted()).toHaveLength(3);
    },
  );

  it('M3: by one second, as Alpaca’s often is: ordinary', async () => {
    const desk = await started(ROTATION);
    desk.answers.clock = async () => {
      const clock = await desk.broker.clock();
      return { ...clock, at: epochMs(clock.at + 1_000) };
    };
    await desk.minutes(3);
    expect(desk.posted()).toHaveLength(3);
  });

  it('M3: a clock that is set back an hour after the rebalance does not trade again', async () => {
    const desk = await started({ ...ROTATION, start: at('2024-07-01', '11:00') });
    await desk.minutes(3);
    desk.clock.set(epochMs(desk.clock.now() - 3_600_000));
    await desk.restart();
    await desk.minutes(90);
    expect(desk.posted()).toHaveLength(3);
    expect(desk.book().rebalances.size).toBe(1);
  });
});

const ZONES = [
  'UTC',
  'America/New_York',
  'America/Los_Angeles',
  'America/Sao_Paulo',
  'Europe/London',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Asia/Tokyo',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
];

describe('M4: daylight saving and the host’s time zone', () => {
  it('M4: every session of 1990–2045 has the same instants under twelve host time zones', async () => {
    const program = [
      "import { createHash } from 'node:crypto';",
      "import { sessions } from '#core/domain/calendar.ts';",
      "import { newYorkDate, newYorkTime } from '#core/domain/new-york.ts';",
      "import { tradingWindow } from '#core/domain/trading-window.ts';",
      'const all = sessions().map((each) => {',
      '  const { from, to } = tradingWindow(each);',
      '  return [each.date, each.open, each.close, from, to, newYorkDate(each.open), newYorkTime(each.close)];',
      '});',
      "const digest = createHash('sha256').update(JSON.stringify(all)).digest('hex');",
      'console.log(all.length, digest, new Date(0).getTimezoneOffset());',
    ].join('\n');
    const lines = await Promise.all(
      ZONES.map(async (zone) => {
        const { stdout } = await run(
          process.execPath,
          ['--input-type=module-typescript', '--eval', program],
          { env: { ...process.env, TZ: zone } },
        );
        return stdout.trim().split(' ');
      }),
    );
    expect(new Set(lines.map(([count, digest]) => `${count} ${digest}`)).size).toBe(1);
    expect(Number(lines[0]?.[0])).toBeGreaterThan(9_800);
    // The zones really were in force.
    expect(new Set(lines.map(([, , offset]) => offset)).size).toBeGreaterThan(8);
  });

  it('M4: the instants are those of the time-zone database, every session of 1990–2045', () => {
    const newYork = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'America/New_York',
      dateStyle: 'short',
      timeStyle: 'short',
    });
    const wrong = sessions().filter(({ date, open, close }) => {
      const closing = newYorkTime(close);
      return (
        newYork.format(open) !== `${date} 09:30` || newYork.format(close) !== `${date} ${closing}`
      );
    });
    expect(wrong).toEqual([]);
  });

  it('M4: on both sides of every change the window opens at 09:35 New York', () => {
    for (let year = 1990; year <= 2045; year++) {
      for (const month of ['03', '04', '10', '11']) {
        const from = sessionDate(`${year}-${month}-01`);
        const to = sessionDate(`${year}-${month}-${month === '04' || month === '11' ? 30 : 31}`);
        for (const session of sessionsIn(from, to)) {
          expect(newYorkTime(tradingWindow(session).from)).toBe('09:35');
          expect(newYorkDate(session.close)).toBe(session.date);
        }
      }
    }
  });

  it('M4: the first rebalance after a change is on time, once', async () => {
    const desk = await started({ ...ROTATION, start: at('2024-10-31', '10:00') });
    await desk.minutes(3);
    desk.target = ['XLU', 'XLY'];
    desk.goTo('2024-11-01', '09:34');
    await desk.minutes(1);
    expect(desk.book().rebalances.size).toBe(1);
    await desk.minutes(5);
    expect(desk.book().rebalances.size).toBe(2);
    desk.goTo('2024-11-04', '09:30');
    await desk.minutes(60);
    expect(desk.book().rebalances.size).toBe(2);
  });
});
