/** Which activities of the broker's list are to be booked: new ones, and what it changed of earlier ones. Pure. */
import type { AccountState } from '#core/domain/account-state.ts';
import { type Activity, reversalOf } from '#core/domain/activity.ts';
import type { EpochMs } from '#core/domain/units.ts';

/**
 * What is not booked yet. An activity that the broker took back since is booked with the other sign; one
 * that was taken back before it was booked is left out with what takes it back.
 */
export function newActivities(
  book: Pick<AccountState, 'booked' | 'cashFlows'>,
  activities: readonly Activity[],
  now: EpochMs,
): readonly Activity[] {
  const { booked, cashFlows } = book;
  const news = activities.flatMap((row) => (booked.has(row.id) ? changed(book, row) : [row]));
  const gone = new Set(news.map(({ cancels, corrects }) => cancels ?? corrects));
  const isOver = (id: string): boolean => cashFlows.some(({ activity }) => activity.cancels === id);
  const reversed = (row: Activity, target: string): readonly Activity[] => {
    if (!booked.has(target) || isOver(target)) return [];
    const earlier = cashFlows.find(({ activity }) => activity.id === target)?.activity;
    // What was there before the baseline is known by the row alone.
    const was = earlier ?? (row.cancels === undefined ? undefined : row);
    const id = row.cancels === undefined ? `${row.id} instead` : row.id;
    return was ? [{ ...reversalOf(was, id, now), cancels: target }] : [];
  };
  return news.flatMap((row) => {
    const { cancels, corrects, ...plain } = row;
    const target = cancels ?? corrects;
    const back = target === undefined ? [] : reversed(row, target);
    return cancels !== undefined || gone.has(row.id) ? back : [...back, plain];
  });
}

/** A booked row that now states another amount stands in the place of what was booked last of it. */
function changed(
  { cashFlows }: Pick<AccountState, 'cashFlows'>,
  row: Activity,
): readonly Activity[] {
  const name = `${row.id} corrected `;
  const versions = cashFlows
    .map(({ activity }) => activity)
    .filter(({ id, cancels }) => cancels === undefined && (id === row.id || id.startsWith(name)));
  const last = versions.at(-1);
  if (!last || row.cancels !== undefined) return [];
  // Older versions of Rotor booked some shares as nothing; those say no type.
  const isSameShares = last.type === undefined || last.qty === row.qty;
  if (last.cash === row.cash && isSameShares) return [];
  return [{ ...row, id: `${name}${versions.length}`, corrects: last.id }];
}
