import { expect, it } from 'vitest';
import { sessionsIn } from '#core/domain/calendar.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { sessionDate } from '#core/domain/units.ts';
import { checkCalendar, firstDifference } from '#core/engine/monitoring/calendar-check.ts';
import { UnreadableAnswer } from '#core/errors.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { memoryJournal } from '#tests/support/journal.ts';

/** What is said on the day, where the broker's calendar lacks 2024-07-09 until it has it again. */
async function saidOn(day: string, hasItAgain = false) {
  const clock = leapingClock(newYorkInstant(sessionDate('2024-07-09'), 600));
  const journal = memoryJournal(clock);
  let isShut = true;
  const broker = {
    calendar: async (...[from, to]: Parameters<typeof sessionsIn>) =>
      sessionsIn(from, to).filter(({ date }) => !(isShut && date === '2024-07-09')),
  };
  const look = () => checkCalendar({ broker, clocks: { market: clock }, journal } as never);
  await look();
  expect(journal.book().alerts.size).toBe(1);
  isShut = !hasItAgain;
  clock.set(newYorkInstant(sessionDate(day), 600));
  await look();
  return journal.since(0, 100).flatMap(({ entry }) => (entry.kind === 'resolved' ? [entry] : []));
}

it('the calendars agree again once the broker has the day', async () => {
  expect(await saidOn('2024-07-10')).toEqual([]);
  expect(await saidOn('2024-07-10', true)).toMatchObject([{ text: 'Both calendars agree again.' }]);
});

it('a day that is compared no longer was not agreed on, and the setting for it is named', async () => {
  expect(await saidOn('2024-07-16')).toEqual([]);
  expect(await saidOn('2024-07-17')).toMatchObject([
    { lapsed: true, text: expect.stringContaining('2024-07-09 is no longer compared') },
  ]);
});

it('a day that is listed twice has the opening hours of both', () => {
  const [day] = sessionsIn(sessionDate('2024-07-09'), sessionDate('2024-07-09'));
  if (!day) throw new Error('expected a session');
  const early = { ...day, close: newYorkInstant(day.date, 13 * 60) };
  expect(firstDifference([day], [day, day])).toBeUndefined();
  expect(firstDifference([day], [day, early])).toBe(
    "2024-07-09: ours 09:30 to 16:00, the broker's 09:30 to 16:00 and 09:30 to 13:00",
  );
});

it('an answer without any session is no calendar, and nobody is told to enter closed days', async () => {
  const clock = leapingClock(newYorkInstant(sessionDate('2024-07-09'), 600));
  const journal = memoryJournal(clock);
  const broker = { calendar: async () => [] };
  const look = checkCalendar({ broker, clocks: { market: clock }, journal } as never);
  await expect(look).rejects.toThrow(UnreadableAnswer);
  await expect(look).rejects.toThrow('no session from 2024-07-02 to 2024-08-08');
  expect(journal.book().alerts.size).toBe(0);
});
