/** Cash that people had raised: excluded from targets and orders until it is withdrawn or released. Pure. */
import { type Cents, cents, type SessionDate } from './units.ts';

/** Cash that was raised by one plan and is still reserved. */
export interface RaisedCash {
  readonly amount: Cents;
  /** The day it is needed by, if given. */
  readonly neededBy?: SessionDate | undefined;
  readonly by: string;
}

/** Reserved cash, by the id of the plan that raised it; oldest first. */
export type RaisedMoney = ReadonlyMap<string, RaisedCash>;

/** Total reserved cash. */
export function raisedTotal(raised: RaisedMoney): Cents {
  return cents([...raised.values()].reduce((sum, { amount }) => sum + amount, 0));
}

/** The cash still reserved after a withdrawal, which is taken from the oldest first. */
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
