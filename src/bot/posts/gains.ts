/** Sentences on gains that the tables of plans and years share. */
import type { Gains } from '#core/domain/tax/gains.ts';
import { money } from '../format.ts';

/** What stands beside the sums of gains, in words; nothing where all is known and allowed. */
export function gainRemarks({ undated, unknown, disallowed }: Gains): readonly string[] {
  const parts = unknown === 1 ? '1 part of a lot has' : `${unknown} parts of lots have`;
  return [
    ...(undated === 0 ? [] : [`Held since an unknown date: **${money(undated)}**`]),
    ...(disallowed === 0 ? [] : [`Wash sales: ${money(disallowed)} of losses not allowed.`]),
    ...(unknown === 0 ? [] : [`▲ ${parts} no known cost, so their gain is not included.`]),
  ];
}
