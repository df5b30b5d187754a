/** Lots whose cost a person may enter: those whose purchase Rotor did not see. */
import { grouped } from '../figures.ts';
import { newYorkDate } from '../new-york.ts';
import { type Cents, cents, type Qty, type SessionDate, toDollars, toShares } from '../units.ts';
import type { ActionEvent } from './corporate-actions.ts';
import { type LotCost, type LotRecord, statedCost } from './lot-event.ts';
import { type TaxLots, taxLots } from './tax-lots.ts';

/** A lot that arrived without a purchase. */
export interface UncostedLot {
  readonly lot: string;
  readonly qty: Qty;
  /** The day it arrived, which is its latest possible acquisition date. */
  readonly came: SessionDate;
  /** The cost entered by a person, or stated by the broker at the beginning; undefined: unknown. */
  readonly cost: Cents | undefined;
}

/** Returns those lots, the ones without a cost first, then newest first. */
export function uncostedLots({ events, costs }: LotRecord): readonly UncostedLot[] {
  const lots = events.flatMap((event): readonly UncostedLot[] => {
    if (event.kind === 'trade') return [];
    const paysCash = event.kind === 'action' && event.cash > 0;
    if (event.qty <= 0 && !paysCash) return [];
    const stated = event.kind === 'opening' ? statedCost(event) : undefined;
    const { lot, qty, at } = event;
    return [{ lot, qty, came: newYorkDate(at), cost: costs.get(lot)?.cost ?? stated }];
  });
  const [without, known] = [
    lots.filter(({ cost }) => cost === undefined),
    lots.filter(({ cost }) => cost !== undefined),
  ];
  return [...without.toReversed(), ...known.toReversed()];
}

/** Higher than any share price: a typing error. */
const MAX_A_SHARE = 1_000_000;

/** Returns why that cost cannot be entered for the lot, as a sentence; undefined when it can. */
export function costFault(record: LotRecord, lot: string, cost: LotCost): string | undefined {
  const known = uncostedLots(record).find((each) => each.lot === lot);
  if (!known) return `There is no lot ${lot} without a cost.`;
  if (cost.acquired !== undefined && cost.acquired > known.came)
    return `The lot ${lot} was here on ${known.came} already.`;
  if (known.qty > 0 && toDollars(cost.cost) > MAX_A_SHARE * toShares(known.qty))
    return `That is more than $${grouped(MAX_A_SHARE)} a share.`;
  const event = record.events.find((each) => each.lot === lot);
  return event?.kind === 'action' ? actionFault(record, event, cost) : undefined;
}

/** A spin-off, or cash for a fraction, costs a part of the parent's cost. */
function actionFault(
  { events, costs }: LotRecord,
  { lot, ticker, qty: came, at }: ActionEvent,
  entered: LotCost,
): string | undefined {
  const foldedWith = (cost: LotCost) =>
    basesOf(taxLots({ events, costs: new Map(costs).set(lot, cost) }));
  const [free, bases] = [foldedWith({ ...entered, cost: cents(0) }), foldedWith(entered)];
  if (bases.some((basis) => basis < 0))
    return 'That is more than the shares cost that it came out of.';
  const isOwn = sumOf(bases) > sumOf(free);
  const hadOthers = events.some(
    (each) => each.at <= at && (each.kind === 'trade' ? each.fill : each).ticker !== ticker,
  );
  if (came <= 0 || !isOwn || !hadOthers) return undefined;
  return entered.from === undefined
    ? 'Say whose shares it came out of, in `from`: its cost is a part of theirs.'
    : `No shares of ${entered.from} were held when it came.`;
}

function basesOf({ lots, disposals, departed }: TaxLots): readonly number[] {
  return [...lots, ...disposals, ...departed].map(({ cost }) => cost ?? 0);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
