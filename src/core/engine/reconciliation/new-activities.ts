/** Selects activities to book: new ones, and corrections of earlier ones. Pure. */
import type { AccountState } from '#core/domain/account-state.ts';
import { type Activity, reversalOf } from '#core/domain/activity.ts';
import type { EpochMs } from '#core/domain/units.ts';

/**
 * Activities not booked yet. One that the broker reversed since is booked with the opposite sign; one
 * reversed before it was booked is left out together with its reversal.
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
  // Of several rows that correct the same one at once, the last counts.
  const inPlaceOf = new Map(activities.map(({ corrects, id }) => [corrects, id]));
  const reversed = new Set<string>();
  const known = (id: string): Activity | undefined =>
    cashFlows.find(({ activity }) => activity.id === id)?.activity;
  const reversal = (row: Activity, target: string): readonly Activity[] => {
    const isOver = cashFlows.some(({ activity }) => activity.cancels === target);
    if (!booked.has(target) || isOver || reversed.has(target)) return [];
    reversed.add(target);
    const earlier = known(target);
    // Activities from before the baseline are known only by their row.
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
    // It corrects something in the baseline of unknown amount: the cash difference is shown.
    const isUnknown = booked.has(target) && known(target) === undefined;
    return isUnknown ? [] : [...back, plain];
  });
}

const REPLACEMENT_SUFFIX = ' instead';

/** The current version of a row: itself, unless a booked row has corrected it. */
function standing({ cashFlows }: Pick<AccountState, 'cashFlows'>, id: string): string {
  const by = cashFlows.find(({ activity }) => activity.cancels === id)?.activity.id;
  return by?.endsWith(REPLACEMENT_SUFFIX)
    ? standing({ cashFlows }, by.slice(0, -REPLACEMENT_SUFFIX.length))
    : id;
}

/** A booked row that now differs replaces its last booked version. */
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
  // A worth missing from a row is looked up; older versions booked some shares at zero and give no type.
  const isSame =
    last.type === undefined ||
    ((['qty', 'ticker', 'type'] as const).every((field) => last[field] === row[field]) &&
      [last.worth ?? row.worth, undefined].includes(row.worth));
  if (last.cash === row.cash && isSame) return [];
  return [{ ...row, id: `${name}${versions.length}`, corrects: last.id }];
}
