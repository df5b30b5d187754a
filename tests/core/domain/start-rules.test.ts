/** Whether a due rebalance may start by itself. */
import { describe, expect, it } from 'vitest';
import type { ManagedOrder, Rebalance } from '#core/domain/account-state.ts';
import type { AnnouncedRebalance } from '#core/domain/announcement.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import {
  type AnnounceRules,
  flattenedSince,
  isPostponed,
  isSkipped,
  isStopped,
  needsApproval,
  startWait,
} from '#core/domain/start-rules.ts';
import { type EpochMs, sessionDate } from '#core/domain/units.ts';
import { decision, intent } from '#tests/support/decision.ts';
import { managedOrder } from '#tests/support/orders.ts';

const [YESTERDAY, TODAY, TOMORROW] = ['2026-12-01', '2026-12-02', '2026-12-03'].map(
  sessionDate,
) as [
  ReturnType<typeof sessionDate>,
  ReturnType<typeof sessionDate>,
  ReturnType<typeof sessionDate>,
];
const at = (date: typeof TODAY, hour = 10): EpochMs => newYorkInstant(date, hour * 60);
const NOW = at(TODAY);
const ID = 'monthly-2026-12';
const FIRST = 'initial-2026-12-02';
const BUY = intent(ID, 'buy', 'XLK', 30);

const announced = (changes: Partial<AnnouncedRebalance> = {}): AnnouncedRebalance => ({
  ...{ id: ID, session: TODAY, round: 'evening', before: undefined, at: NOW, seq: 1 },
  decision: decision({ id: ID, cause: 'monthly', orders: [BUY] }),
  ...{ deliveredAt: undefined, change: undefined, delays: 0, until: undefined, over: false },
  ...changes,
});
const answered = (choice: 'run' | 'delay' | 'skip') => ({ change: { choice, by: 'ann', at: NOW } });
const bookOf = (...all: readonly AnnouncedRebalance[]) => ({
  announcements: new Map(all.map((each) => [each.id, each])),
});
const rules = (changes: Partial<AnnounceRules>): AnnounceRules => ({
  ...{ auto: 'announce', first: 'announced', evening: 18 * 60, morning: 9 * 60 },
  ...changes,
});

describe('a due rebalance', () => {
  const wait = (
    all: readonly AnnouncedRebalance[],
    changes: Partial<AnnounceRules> = {},
    id = ID,
  ) => startWait(bookOf(...all), id, NOW, rules(changes));

  it('starts at once where nothing is announced, and without an announcement that was not delivered', () => {
    expect(startWait(bookOf(), ID, NOW, undefined)).toBeUndefined();
    expect(wait([])).toBeUndefined();
  });

  it('with orders waits for approval where that is the rule, until a person lets it run today', () => {
    const approve = { auto: 'approve' } as const;
    expect(wait([], approve)).toBe('approval');
    expect(wait([announced()], approve)).toBe('approval');
    expect(wait([announced(answered('run'))], approve)).toBeUndefined();
    expect(wait([announced(answered('skip'))], approve)).toBe('approval');
    expect(wait([announced({ ...answered('run'), session: YESTERDAY })], approve)).toBe('approval');
    const nothing = { decision: decision({ id: ID, cause: 'monthly' }) };
    expect(wait([announced(nothing)], approve)).toBeUndefined();
  });

  it('that is an account’s first waits until its announcement is a day old', () => {
    const first = (changes: Partial<AnnouncedRebalance>) =>
      wait([announced({ id: FIRST, ...changes })], {}, FIRST);
    expect(wait([], {}, FIRST)).toBe('announcement');
    expect(first({})).toBe('announcement');
    expect(first({ deliveredAt: at(TODAY, 8) })).toBe('announcement');
    expect(first({ deliveredAt: at(YESTERDAY, 23) })).toBeUndefined();
    expect(first({ deliveredAt: at(YESTERDAY), session: YESTERDAY })).toBe('announcement');
    expect(wait([], { first: 'now' }, FIRST)).toBeUndefined();
  });

  it('needs approval only where there is something to approve', () => {
    expect(needsApproval(announced())).toBe(true);
    expect(needsApproval(announced(answered('delay')))).toBe(true);
    expect(needsApproval(announced(answered('run')))).toBe(false);
    expect(needsApproval(announced({ decision: decision({ id: ID }) }))).toBe(false);
  });
});

describe('a rebalance that people stopped', () => {
  it('is postponed until the day to which it was delayed', () => {
    const until = (day: typeof TODAY) => isPostponed(bookOf(announced({ until: day })), ID, NOW);
    expect([until(TOMORROW), until(TODAY), until(YESTERDAY)]).toEqual([true, false, false]);
    expect(isPostponed(bookOf(), ID, NOW)).toBe(false);
  });

  it('that was skipped does not run at all, and nothing else runs in its session', () => {
    const skipped = bookOf(announced({ ...answered('skip'), session: YESTERDAY }));
    expect([isSkipped(skipped, ID), isPostponed(skipped, ID, NOW)]).toEqual([true, true]);
    expect(isSkipped(bookOf(announced(answered('delay'))), ID)).toBe(false);
    const stopped = bookOf(announced(answered('delay')));
    expect([isStopped(stopped, TODAY), isStopped(stopped, TOMORROW)]).toEqual([true, false]);
    expect(isPostponed(stopped, 'another', NOW)).toBe(true);
    expect(isStopped(bookOf(announced(answered('run'))), TODAY)).toBe(false);
    expect(isStopped(bookOf(announced()), TODAY)).toBe(false);
  });
});

describe('after everything was sold', () => {
  const FLATTEN = 'flatten-2026-12-02-1';
  const sell = intent(FLATTEN, 'sell', 'XLK', 30);
  const sold = (changes: Partial<Rebalance>, ...sells: readonly Partial<ManagedOrder>[]) => {
    const of = decision({ id: FLATTEN, cause: 'manual', orders: [sell] });
    const rebalance = { decision: of, at: NOW, finishedAt: NOW, result: undefined, ...changes };
    const orders = sells.map((each, index): [string, ManagedOrder] => [
      `s${index}`,
      managedOrder(sell, each),
    ]);
    return { rebalances: new Map([[FLATTEN, rebalance]]), managedOrders: new Map(orders) };
  };

  it('a person decides about what was due before it ended', () => {
    const isSold = (changes: Partial<Rebalance>, due = TODAY) =>
      flattenedSince(sold(changes, { tries: 1 }), due);
    expect([isSold({}), isSold({}, YESTERDAY), isSold({}, TOMORROW)]).toEqual([true, true, false]);
    expect(isSold({ at: at(YESTERDAY) })).toBe(true);
    expect(isSold({ finishedAt: at(YESTERDAY) })).toBe(false);
    expect(isSold({ finishedAt: undefined })).toBe(true);
    const monthly = decision({ id: ID, cause: 'monthly' });
    expect(isSold({ decision: monthly })).toBe(false);
    const both = sold({}, { tries: 1 });
    const other = { decision: monthly, at: NOW, finishedAt: NOW, result: undefined };
    const rebalances = new Map<string, Rebalance>([...both.rebalances, [ID, other]]);
    expect(flattenedSince({ ...both, rebalances }, TODAY)).toBe(true);
  });

  it('a flatten undone before any order left has sold nothing', () => {
    expect(flattenedSince(sold({}, { tries: 0 }, { tries: 0 }), TODAY)).toBe(false);
    expect(flattenedSince(sold({}, { tries: 0 }, { tries: 1 }), TODAY)).toBe(true);
    expect(flattenedSince(sold({}), TODAY)).toBe(true);
  });
});
