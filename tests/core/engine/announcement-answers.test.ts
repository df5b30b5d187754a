import { describe, expect, it } from 'vitest';
import type { ScheduleChoice } from '#core/domain/announcement.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { AnnounceRules } from '#core/domain/start-rules.ts';
import { type SessionDate, sessionDate } from '#core/domain/units.ts';
import {
  announceDue,
  beginsUnannounced,
  changeSchedule,
  followAnnouncements,
} from '#core/engine/announcements.ts';
import type { Observer } from '#core/engine/parts.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decision } from '#tests/support/decision.ts';
import { ACCOUNT_ENTRY, baseline, noDecision } from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { ny } from '#tests/support/schedule.ts';

const AUGUST = 'monthly-2024-08';
const INITIAL = 'initial-2024-08-01';
const FIRST = sessionDate('2024-08-01');
const RULES: AnnounceRules = {
  ...{ auto: 'announce', first: 'announced', evening: 20 * 60, morning: 9 * 60 },
};

const announcedFor = (id: string, session: SessionDate): Entry => ({
  ...{ kind: 'announced', session, round: 'evening', decision: decision({ id }) },
});
const begun = (id: string): Entry => ({ kind: 'decision', decision: decision({ id }) });

/** August's rebalance, announced on the evening before, with July's made; then these entries. */
function desk(...then: readonly Entry[]) {
  const market = leapingClock(ny('2024-07-01', '10:00'));
  const journal = memoryJournal(market);
  const made = { kind: 'finished', decisionId: 'initial-2024-07-01' } as const;
  journal.append(ACCOUNT_ENTRY, baseline(), begun('initial-2024-07-01'), {
    ...made,
    result: { kind: 'complete', left: [] },
  });
  market.set(ny('2024-07-31', '20:00'));
  journal.append(...then);
  const clocks = { market, wall: market };
  const parts = {
    ...{ journal, clocks, announce: RULES, models: [], maxCatchUpSessions: 3 },
    rebalanceOnRegimeChange: false,
  };
  const entries = (kind: Entry['kind']) =>
    journal
      .since(0, 1_000)
      .map(({ entry }) => entry)
      .filter((entry) => entry.kind === kind);
  return { parts, journal, market, entries };
}

type Desk = ReturnType<typeof desk>;

const EVENING = announcedFor(AUGUST, FIRST);
const answer = (made: Desk, choice: ScheduleChoice, id = AUGUST, session = FIRST) =>
  changeSchedule(made.parts, { id, session }, choice, 'tom');
const closed = (reason: string) => ({ kind: 'closed', reason });
const ACCEPTED = { kind: 'accepted' };

describe('an answer to an announced rebalance', () => {
  it('is closed once the rebalance has begun', () => {
    expect(answer(desk(EVENING, begun(AUGUST)), 'skip')).toEqual(
      closed('This rebalance has begun already.'),
    );
  });

  it('is closed for a session that it is no longer announced for', () => {
    const made = desk(EVENING, announcedFor(AUGUST, sessionDate('2024-08-02')));
    expect(answer(made, 'skip')).toEqual(
      closed('This was announced for 2024-08-01; it is announced for 2024-08-02 now.'),
    );
  });

  it('is closed for a rebalance that was never announced', () => {
    expect(answer(desk(EVENING), 'skip', 'monthly-2024-09')).toEqual(
      closed('Rotor does not know this rebalance.'),
    );
  });

  it('is closed once its session is over', () => {
    const made = desk(EVENING, { kind: 'announcement-over', id: AUGUST, session: FIRST });
    expect(answer(made, 'run')).toEqual(closed('The session of 2024-08-01 is over.'));
  });

  it('may still stop what was confirmed, and confirms it only once', () => {
    const made = desk(EVENING);
    expect(answer(made, 'run')).toEqual(ACCEPTED);
    expect(answer(made, 'run')).toEqual(closed('Already answered by tom.'));
    expect(answer(made, 'delay')).toEqual(ACCEPTED);
  });

  it('to skip or to delay is final for that session', () => {
    const choices = ['run', 'delay', 'skip'] as const;
    for (const first of ['skip', 'delay'] as const) {
      const made = desk(EVENING);
      expect(answer(made, first)).toEqual(ACCEPTED);
      expect(choices.map((choice) => answer(made, choice))).toEqual(
        choices.map(() => closed('Already answered by tom.')),
      );
    }
  });

  it('to delay names the next session, across a weekend too', () => {
    const friday = sessionDate('2024-08-02');
    const made = desk(announcedFor(AUGUST, friday));
    expect(answer(made, 'delay', AUGUST, friday)).toEqual(ACCEPTED);
    expect(made.journal.book().announcements.get(AUGUST)?.until).toBe('2024-08-05');
  });

  it('may skip a month that was delayed as often as allowed', () => {
    const days = ['2024-08-01', '2024-08-02', '2024-08-05'].map(sessionDate);
    const delayed = days.flatMap((session): readonly Entry[] => [
      announcedFor(AUGUST, session),
      {
        ...{ kind: 'schedule-change', id: AUGUST, session, choice: 'delay', by: 'ines' },
        until: session,
      },
    ]);
    const last = sessionDate('2024-08-06');
    const made = desk(...delayed, announcedFor(AUGUST, last));
    expect(answer(made, 'delay', AUGUST, last)).toEqual(closed('It was delayed 3 times already.'));
    expect(answer(made, 'skip', AUGUST, last)).toEqual(ACCEPTED);
  });

  it('cannot confirm under HALT or a pause, but can skip', () => {
    const halted = desk(EVENING, { kind: 'state', state: 'HALT', by: 'ines', reason: 'x' });
    expect(answer(halted, 'run')).toEqual(closed('Trading is halted; it must be resumed first.'));
    expect(answer(halted, 'skip')).toEqual(ACCEPTED);
    const paused = desk(EVENING, { kind: 'pause', paused: true, by: 'ines', reason: 'x' });
    expect(answer(paused, 'run')).toEqual(
      closed('Automatic rebalances are paused; trading must be resumed first.'),
    );
    expect(answer(paused, 'skip')).toEqual(ACCEPTED);
  });
});

describe('the end of an announced session', () => {
  const isOver = ({ journal, parts }: Desk) => {
    followAnnouncements(parts);
    return journal.book().announcements.get(AUGUST)?.over;
  };

  it('comes when no more orders may leave, to the minute', () => {
    const made = desk(EVENING);
    made.market.set(ny('2024-08-01', '15:44'));
    expect(isOver(made)).toBe(false);
    made.market.set(ny('2024-08-01', '15:45'));
    expect(isOver(made)).toBe(true);
  });

  it('is not recorded for a rebalance that ran or that a person stopped', () => {
    const stop = { kind: 'schedule-change', id: AUGUST, session: FIRST, by: 'ines' } as const;
    for (const [entry, over] of [
      [begun(AUGUST), false],
      [{ ...stop, choice: 'skip' } as const, false],
      [{ ...stop, choice: 'run' } as const, true],
    ] as const) {
      const made = desk(EVENING, entry);
      made.market.set(ny('2024-08-01', '16:00'));
      expect(isOver(made)).toBe(over);
    }
  });
});

describe('a rebalance without an announcement', () => {
  const told = (id: string, session: SessionDate): Entry => ({
    ...{ kind: 'announcement-told', id, session },
  });
  const unannounced = (id: string, ...then: readonly Entry[]) => {
    const made = desk(...then);
    made.market.set(ny('2024-08-01', '09:36'));
    return beginsUnannounced(made.parts, id);
  };

  it('is one that nobody was told of for this day', () => {
    expect(unannounced(AUGUST)).toBe(true);
    expect(unannounced(AUGUST, EVENING)).toBe(true);
    expect(unannounced(AUGUST, EVENING, told(AUGUST, FIRST))).toBe(false);
    const before = sessionDate('2024-07-31');
    expect(unannounced(AUGUST, announcedFor(AUGUST, before), told(AUGUST, before))).toBe(true);
  });

  it('is a first one only where first ones are announced', () => {
    expect(unannounced(INITIAL)).toBe(true);
    const { parts } = desk();
    expect(beginsUnannounced({ ...parts, announce: { ...RULES, first: 'now' } }, INITIAL)).toBe(
      false,
    );
  });
});

describe('an announcement', () => {
  const observing = (
    decideAndKeep: Observer['decideAndKeep'],
    now: Observer['now'] = () => undefined,
  ) => ({ decideAndKeep, now });

  it('is due by the time of the broker, and by our own clock until the broker has given one', async () => {
    const made = desk();
    const deciding = async () => decision({ id: AUGUST });
    await announceDue(
      made.parts,
      observing(deciding, () => ny('2024-07-31', '19:59')),
    );
    expect(made.entries('announced')).toEqual([]);
    expect(await announceDue(made.parts, observing(deciding))).toBe('done');
    expect(made.entries('announced')).toMatchObject([{ session: FIRST, round: 'evening' }]);
  });

  it('is not made without a decision: it is tried again later', async () => {
    const made = desk();
    const outcome = await announceDue(
      made.parts,
      observing(async () => noDecision('no bars')),
    );
    expect([outcome, made.entries('announced')]).toEqual(['back-off', []]);
  });

  it('is not made if a person started a rebalance meanwhile', async () => {
    const made = desk();
    const deciding = async () => {
      made.journal.append(begun('manual-2024-07-31-1'));
      return decision({ id: AUGUST });
    };
    expect(await announceDue(made.parts, observing(deciding))).toBe('done');
    expect(made.entries('announced')).toEqual([]);
  });
});
