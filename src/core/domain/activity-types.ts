/**
 * How each Alpaca account activity type is booked: exactly one meaning each. Types and sub-types are those
 * of its API reference and its SDK (`activity_type`, `activity_sub_type`).
 */

/** The one meaning of an activity. */
export type ActivityMeaning =
  /** An execution; booked as a fill. */
  | 'trade'
  /** Cash deposited or withdrawn: neither a gain nor a loss. */
  | 'money'
  /** Shares transferred in or out, at their worth on that day: neither a gain nor a loss. */
  | 'shares'
  /** Income from holdings or cash. */
  | 'income'
  /** Return of capital: reduces the cost basis and is not taxable income. */
  | 'return-of-capital'
  /** Cost of holding or trading. */
  | 'cost'
  /** Changes shares, and cash only as part of the same event: a split, a merger, a ticker change. */
  | 'corporate-action'
  /** Unknown type: booked, excluded from performance, and referred to a person. */
  | 'unknown';

/** The kind that the journal records, and its meaning. */
export interface ActivityRule {
  readonly meaning: ActivityMeaning;
  /** Whether the row's `qty` is a change in shares; in a cash dividend it is the number that earned it. */
  readonly movesShares: boolean;
}

const money: ActivityRule = { meaning: 'money', movesShares: false };
const shares: ActivityRule = { meaning: 'shares', movesShares: true };
const income: ActivityRule = { meaning: 'income', movesShares: false };
const returned: ActivityRule = { meaning: 'return-of-capital', movesShares: false };
const cost: ActivityRule = { meaning: 'cost', movesShares: false };
const action: ActivityRule = { meaning: 'corporate-action', movesShares: true };
const trade: ActivityRule = { meaning: 'trade', movesShares: true };
const unknown: ActivityRule = { meaning: 'unknown', movesShares: true };

/** By type, or by `TYPE.SUBTYPE` where a sub-type has another meaning. */
export const ACTIVITY_RULES: Readonly<Record<string, ActivityRule>> = {
  FILL: trade,
  OPTRD: trade,
  TRANS: money,
  CSD: money,
  CSW: money,
  ACATC: money,
  JNLC: money,
  JNL: money,
  FOPT: shares,
  ACATS: shares,
  JNLS: shares,
  DIV: income,
  'DIV.CDIV': income,
  'DIV.SPD': income,
  'DIV.SDIV': action,
  DIVCGL: income,
  DIVCGS: income,
  DIVROC: returned,
  DIVTXEX: income,
  DIVFEE: cost,
  DIVFT: cost,
  DIVNRA: cost,
  DIVTW: cost,
  INT: income,
  'INT.MGN': cost,
  'INT.CDT': income,
  'INT.SWP': income,
  'INT.QII': income,
  INTNRA: cost,
  INTTW: cost,
  FEE: cost,
  CFEE: cost,
  PTC: cost,
  PTR: income,
  WH: cost,
  MA: action,
  NC: action,
  SC: action,
  REORG: action,
  SPIN: action,
  SSO: action,
  SPLIT: action,
  SSP: action,
  VOF: action,
  OPASN: unknown,
  OPCA: unknown,
  OPCSH: unknown,
  OPEXC: unknown,
  OPXRC: unknown,
  OPEXP: unknown,
  MISC: unknown,
};

/**
 * The rule for a row. A stock journal (`JNL` with shares and no cash) moves shares, and so does a `DIV`
 * without cash, a stock dividend without a sub-type; a type missing from the table is unknown.
 * @param subType undefined or empty where the broker states none.
 * @param hasCash whether the row moves cash.
 */
export function activityRule(
  type: string,
  subType: string | undefined,
  hasCash: boolean,
): ActivityRule {
  if (type === 'JNL' && !hasCash) return shares;
  if (type === 'DIV' && !subType && !hasCash) return action;
  return ACTIVITY_RULES[`${type}.${subType ?? ''}`] ?? ACTIVITY_RULES[type] ?? unknown;
}
