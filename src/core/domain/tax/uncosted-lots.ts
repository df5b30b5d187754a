/** Lots whose cost a person may enter: what Rotor did not see bought. */
import { newYorkDate } from '../new-york.ts';
import type { Cents, Qty, SessionDate } from '../units.ts';
import type { LotCost, LotRecord } from './lot-event.ts';

/** A lot that came without a purchase. */
export interface UncostedLot {
  readonly lot: string;
  readonly qty: Qty;
  /** The day it came: it was acquired then at the latest. */
  readonly came: SessionDate;
  /** What a person entered, or what the broker said at the beginning; undefined: unknown. */
  readonly cost: Cents | undefined;
}

/** Returns those lots, the ones without a cost first, then newest first. */
export function uncostedLots({ events, costs }: LotRecord): readonly UncostedLot[] {
  const lots = events.flatMap((event): readonly UncostedLot[] => {
    if (event.kind === 'trade') return [];
    const paysCash = event.kind === 'action' && event.cash > 0;
    if (event.qty <= 0 && !paysCash) return [];
    const stated = event.kind === 'opening' && event.cost > 0 ? event.cost : undefined;
    const { lot, qty, at } = event;
    return [{ lot, qty, came: newYorkDate(at), cost: costs.get(lot)?.cost ?? stated }];
  });
  const [without, known] = [
    lots.filter(({ cost }) => cost === undefined),
    lots.filter(({ cost }) => cost !== undefined),
  ];
  return [...without.toReversed(), ...known.toReversed()];
}

/** Returns why that cost cannot be entered for the lot, in words; undefined when it can. */
export function costFault(
  record: LotRecord,
  lot: string,
  { acquired }: LotCost,
): string | undefined {
  const known = uncostedLots(record).find((each) => each.lot === lot);
  if (!known) return `There is no lot ${lot} without a cost.`;
  if (acquired !== undefined && acquired > known.came)
    return `The lot ${lot} was here on ${known.came} already.`;
  return undefined;
}
