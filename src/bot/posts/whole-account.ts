/** The whole account next to the part that Rotor manages, where they differ. */
import type { Cents } from '#core/domain/units.ts';
import { money } from '../format.ts';

/** `whole account $100,000.00`, or nothing where Rotor manages all of it. */
export function wholeAccountLine({
  whole,
}: {
  readonly whole: Cents | undefined;
}): readonly string[] {
  return whole === undefined ? [] : [`whole account ${money(whole)}`];
}
