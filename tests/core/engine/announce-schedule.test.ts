import { describe, expect, it } from 'vitest';
import type { AccountState } from '#core/domain/account-state.ts';
import type { AnnounceRules } from '#core/domain/start-rules.ts';
import { announcementDue } from '#core/engine/announce-schedule.ts';
import type { ScheduleRules } from '#core/scheduler.ts';
import { announced, bookOf, ny } from '#tests/support/schedule.ts';

const ANNOUNCE: AnnounceRules = {
  ...{ auto: 'announce', first: 'announced', evening: 20 * 60, morning: 9 * 60 },
};
/** June was made; July is due on Monday, July 1. */
const BOOK = bookOf(['initial-2024-05-20', ny('2024-05-20', '10:00')], [
  'monthly-2024-06',
  ny('2024-06-03', '10:00'),
] as const);
const JULY = 'monthly-2024-07';
const BOOK_OF_JULY = bookOf(
  ['initial-2024-05-20', ny('2024-05-20', '10:00')],
  [JULY, ny('2024-07-01', '10:00')],
);

function dueAt(
  time: string,
  { book = BOOK, announce = ANNOUNCE as AnnounceRules | 'unset', day = '2024-07-01' } = {},
) {
  const rules: ScheduleRules = {
    ...{ maxCatchUpSessions: 3, rebalanceOnRegimeChange: false },
    ...(announce !== 'unset' && { announce }),
  };
  const due = announcementDue(book, ny(day, time), rules);
  return due && [due.id, due.session, due.round];
}

describe('the announcement of a rebalance', () => {
  it('is due from the evening before, and again in the morning', () => {
    expect(dueAt('19:59', { day: '2024-06-30' })).toBeUndefined();
    expect(dueAt('20:00', { day: '2024-06-30' })).toEqual([JULY, '2024-07-01', 'evening']);
    expect(dueAt('08:59')).toEqual([JULY, '2024-07-01', 'evening']);
    expect(dueAt('09:00')).toEqual([JULY, '2024-07-01', 'morning']);
  });

  it('is due on the day before the session, not on the session before', () => {
    expect(dueAt('20:00', { day: '2024-06-28' })).toBeUndefined();
  });

  it('is not due once orders may leave, unless it waits for a person', () => {
    expect(dueAt('09:34')).toEqual([JULY, '2024-07-01', 'morning']);
    expect(dueAt('09:35')).toBeUndefined();
    const approve = { ...ANNOUNCE, auto: 'approve' } as const;
    expect(dueAt('11:00', { announce: approve })).toEqual([JULY, '2024-07-01', 'morning']);
  });

  it('is made once in each round', () => {
    const inEvening = announced(BOOK, JULY, '2024-07-01');
    expect(dueAt('21:00', { book: inEvening, day: '2024-06-30' })).toBeUndefined();
    expect(dueAt('09:00', { book: inEvening })).toEqual([JULY, '2024-07-01', 'morning']);
    const inMorning = announced(BOOK, JULY, '2024-07-01', { round: 'morning' });
    expect(dueAt('09:00', { book: inMorning })).toBeUndefined();
    // It was told for a day before, and delayed.
    const before = announced(BOOK, JULY, '2024-06-28', { round: 'morning' });
    expect(dueAt('09:00', { book: before })).toEqual([JULY, '2024-07-01', 'morning']);
  });

  it('is none where nothing would run', () => {
    const off = { ...ANNOUNCE, auto: 'off' } as const;
    expect(dueAt('09:00', { announce: off })).toBeUndefined();
    expect(dueAt('09:00', { announce: 'unset' })).toBeUndefined();
    expect(dueAt('09:00', { day: '2024-07-02' })).toEqual([JULY, '2024-07-02', 'morning']);
    expect(dueAt('09:00', { day: '2024-07-15' })).toBeUndefined();
  });

  it('is none while it is paused, halted, or another one runs', () => {
    const held = (over: object) =>
      dueAt('09:00', { book: { ...BOOK, ...over } as unknown as AccountState });
    expect(held({ paused: { by: 'ann', at: 0, reason: '' } })).toBeUndefined();
    expect(
      held({ state: { state: 'HALT', by: 'ann', reason: '', at: 0, seq: 1 } }),
    ).toBeUndefined();
    expect(
      held({ state: { state: 'REDUCE', by: 'ann', reason: '', at: 0, seq: 1 } }),
    ).toBeDefined();
    const running = bookOf(['initial-2024-05-20', ny('2024-05-20', '10:00'), false]);
    expect(dueAt('09:00', { book: running })).toBeUndefined();
  });

  it('names the cadences of the models that take part, where not all do', () => {
    const models = [{ id: 'w', cadence: 'weekly' }, { id: 'm' }] as ScheduleRules['models'];
    const base = { maxCatchUpSessions: 3, rebalanceOnRegimeChange: false, announce: ANNOUNCE };
    const monday = { session: '2024-07-15', round: 'morning', cause: 'weekly' };
    expect(
      announcementDue(BOOK_OF_JULY, ny('2024-07-15', '09:00'), {
        ...base,
        ...(models && { models }),
      }),
    ).toStrictEqual({ ...monday, id: 'weekly-2024-07-15', cadences: ['weekly'] });
    expect(announcementDue(BOOK, ny('2024-07-01', '09:00'), base)).toStrictEqual({
      ...{ id: JULY, cause: 'monthly', session: '2024-07-01', round: 'morning' },
    });
  });
});
