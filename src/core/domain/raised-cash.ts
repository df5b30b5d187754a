/** Cash that people had raised: it is kept from targets and orders until it is withdrawn or released. Pure. */
import { type Cents, cents, type SessionDate } from './units.ts';

/** Cash that was raised by one plan and is still kept. */
export interface RaisedCash {
  readonly amount: Cents;
  /** The day that it is needed by, where somebody named one. */
  readonly neededBy?: SessionDate | undefined;
  readonly by: string;
}

/** What is kept, by the id of the plan that raised it; the oldest first. */
export type RaisedMoney = ReadonlyMap<string, RaisedCash>;

/** The sum of what is kept. */
export function raisedTotal(raised: RaisedMoney): Cents {
  return cents([...raised.values()].reduce((sum, { amount }) => sum + amount, 0));
}

/** What is still kept once that much was withdrawn, taken from the oldest first. */
export function afterWithdrawal(raised: RaisedMoney, withdrawn: Cents): RaisedMoney {
  let left: number = withdrawn;
  return new Map(
    [...raised].flatMap(([id, each]): [string, RaisedCash][] => {
      const taken = Math.min(left, each.amount);
      left -= taken;
      return taken === each.amount ? [] : [[id, { ...each, amount: cents(each.amount - taken) }]];
    }),
  );
}
