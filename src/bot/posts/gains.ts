/** Sentences about gains, shared by plans and tax years. */
import type { Gains } from '#core/domain/tax/gains.ts';
import { money } from '../format.ts';

/** Caveats to the sums of gains; none when all is known and allowed. */
export function gainRemarks({ undated, unknown, disallowed }: Gains): readonly string[] {
  const parts = unknown === 1 ? '1 part of a lot has' : `${unknown} parts of lots have`;
  return [
    ...(undated === 0 ? [] : [`Held since an unknown date: **${money(undated)}**`]),
    ...(disallowed === 0 ? [] : [`Wash sales: ${money(disallowed)} of losses not allowed.`]),
    ...(unknown === 0 ? [] : [`▲ ${parts} no known cost, so their gain is not included.`]),
  ];
}
