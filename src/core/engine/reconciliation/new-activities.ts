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
  const targetOf = ({ cancels, corrects }: Activity): string | undefined =>
    cancels ?? (corrects === undefined ? undefined : standing(book, corrects));
  const gone = new Set(activities.map(({ cancels, corrects }) => cancels ?? corrects));
  // Of several rows that correct one, told at once, the last one counts.
  const inPlaceOf = new Map(activities.map(({ corrects, id }) => [corrects, id]));
  const reversed = new Set<string>();
  const known = (id: string): Activity | undefined =>
    cashFlows.find(({ activity }) => activity.id === id)?.activity;
  const reversal = (row: Activity, target: string): readonly Activity[] => {
    const isOver = cashFlows.some(({ activity }) => activity.cancels === target);
    if (!booked.has(target) || isOver || reversed.has(target)) return [];
    reversed.add(target);
    const earlier = known(target);
    // What was there before the baseline is known by the row alone.
    const was = earlier ?? (row.cancels === undefined ? undefined : row);
    const id = row.cancels === undefined ? `${row.id}${REPLACEMENT_SUFFIX}` : row.id;
    return was ? [{ ...reversalOf(was, id, now), cancels: target }] : [];
  };
  return news.flatMap((row) => {
    const { cancels, corrects, ...plain } = row;
    const target = targetOf(row);
    if (target === undefined) return gone.has(row.id) ? [] : [plain];
    const isSuperseded = corrects !== undefined && inPlaceOf.get(corrects) !== row.id;
    if (isSuperseded && cancels === undefined && activities.includes(row)) return [];
    const back = reversal(row, target);
    if (cancels !== undefined || gone.has(row.id)) return back;
    // What it corrects is in the baseline and its amount unknown: the difference of cash is shown.
    const isUnknown = booked.has(target) && known(target) === undefined;
    return isUnknown ? [] : [...back, plain];
  });
}

const REPLACEMENT_SUFFIX = ' instead';

/** What stands in the place of a row by now: itself, unless a booked row has corrected it. */
function standing({ cashFlows }: Pick<AccountState, 'cashFlows'>, id: string): string {
  const by = cashFlows.find(({ activity }) => activity.cancels === id)?.activity.id;
  return by?.endsWith(REPLACEMENT_SUFFIX)
    ? standing({ cashFlows }, by.slice(0, -REPLACEMENT_SUFFIX.length))
    : id;
}

/** A booked row that now states something else stands in the place of what was booked last of it. */
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
  // What a row does not say of its worth is looked up; older versions booked some shares as nothing
  // and say no type.
  const isSame =
    last.type === undefined ||
    ((['qty', 'ticker', 'type'] as const).every((field) => last[field] === row[field]) &&
      [last.worth ?? row.worth, undefined].includes(row.worth));
  if (last.cash === row.cash && isSame) return [];
  return [{ ...row, id: `${name}${versions.length}`, corrects: last.id }];
}
