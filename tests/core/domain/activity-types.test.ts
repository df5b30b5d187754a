import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import { type Activity, type ActivityKind, flowValue } from '#core/domain/activity.ts';
import { ACTIVITY_RULES, activityRule } from '#core/domain/activity-types.ts';
import { bookActivity } from '#core/domain/cash-flow.ts';
import { flowsBetween } from '#core/domain/people-flows.ts';
import { splitRatio } from '#core/domain/split.ts';
import { cents, epochMs, qty, type Ticker, ticker } from '#core/domain/units.ts';
import { ACTIVITIES_FILE, activityDocument, SUB_TYPES } from '../../../scripts/activity-table.ts';

function activity(kind: ActivityKind, changes: Partial<Activity> = {}): Activity {
  const none = { ticker: undefined, qty: qty(0), cash: cents(0), at: epochMs(1) };
  return { id: 'a', kind, ...none, ...changes };
}

describe('the table of activities', () => {
  it('has one rule for every type that the SDK lists', () => {
    const listed =
      'FILL TRANS MISC ACATC ACATS CSD CSW DIV DIVCGL DIVCGS DIVFEE DIVFT DIVNRA DIVROC DIVTW ' +
      'DIVTXEX INT INTNRA INTTW JNL JNLC JNLS MA NC OPASN OPEXP OPXRC PTC PTR REORG SC SSO SSP ' +
      'CFEE FEE SPIN SPLIT FOPT OPCA OPCSH OPEXC OPTRD WH VOF';
    for (const type of listed.split(' ')) expect(ACTIVITY_RULES, type).toHaveProperty([type]);
  });

  it.each([
    ['DIV', 'SDIV', false, 'corporate-action', true],
    ['DIV', 'CDIV', true, 'income', false],
    ['DIV', undefined, true, 'income', false],
    ['DIV', undefined, false, 'corporate-action', true],
    ['FEE', undefined, false, 'cost', false],
    ['DIV', 'CGD', false, 'income', false],
    ['DIVROC', undefined, true, 'return-of-capital', false],
    ['INT', 'MGN', true, 'cost', false],
    ['JNL', undefined, true, 'money', false],
    ['JNL', undefined, false, 'shares', true],
    ['SPLIT', 'RSPLIT', false, 'corporate-action', true],
    ['REORG', 'WRM', false, 'corporate-action', true],
    ['TOMORROW', 'X', true, 'unknown', true],
  ] as const)('maps %s %s with cash %s to %s', (type, sub, hasCash, meaning, movesShares) => {
    expect(activityRule(type, sub, hasCash)).toEqual({ meaning, movesShares });
  });
});

describe('the document of activities', () => {
  it('describes the code’s behaviour, type by type and sub-type by sub-type', () => {
    expect(readFileSync(ACTIVITIES_FILE, 'utf8')).toBe(activityDocument());
  });

  it('knows every sub-type that has a rule of its own', () => {
    const own = Object.keys(ACTIVITY_RULES).filter((name) => name.includes('.'));
    for (const name of own) {
      const [type = '', subType = ''] = name.split('.');
      expect(SUB_TYPES[type], name).toContain(subType);
    }
  });
});

describe('performance', () => {
  const XLK = ticker('XLK');
  const TSLA = ticker('TSLA');
  const kinds: readonly ActivityKind[] = [
    'deposit',
    'withdrawal',
    'transfer',
    'dividend',
    'interest',
    'fee',
    'split',
    'other',
  ];
  const earned = new Set<ActivityKind>(['dividend', 'interest', 'fee', 'split']);
  const rows = kinds.flatMap((kind) =>
    [1, -1].flatMap((sign) => [XLK, TSLA, undefined].map((of) => ({ kind, sign, of }))),
  );

  it.each(rows)('counts a $kind of sign $sign in $of by its meaning', ({ kind, sign, of }) => {
    const moved = activity(kind, {
      ticker: of,
      cash: cents(500 * sign),
      qty: qty(of ? 2_000_000_000 * sign : 0),
      worth: of ? cents(20_000 * sign) : undefined,
    });
    const worth = kind === 'transfer' || kind === 'other' ? 20_000 * sign * (of ? 1 : 0) : 0;
    expect(flowValue(moved)).toBe(earned.has(kind) ? 0 : 500 * sign + worth);
    const after = {
      ...EMPTY_ACCOUNT_STATE,
      ...bookActivity(EMPTY_ACCOUNT_STATE, moved, epochMs(2)),
    };
    expect(after.ledger.cash).toBe(500 * sign);
    const net = (own?: ReadonlySet<Ticker>) => {
      const { deposited, withdrawn } = flowsBetween(after, { since: 0, until: 2 }, own);
      return deposited - withdrawn;
    };
    expect(net()).toBe(flowValue(moved));
    // Of another hand's ticker all the cash came or went, and its shares are nothing to us.
    expect(net(new Set([XLK]))).toBe(of === TSLA ? 500 * sign : flowValue(moved));
  });
});

describe('the ratio of a split', () => {
  it.each([
    [100, 50, 2],
    [100, 50.4, 2],
    [90, 60.3, 1.5],
    [10, 100, 0.1],
    [100, 33.2, 3],
  ])('of a close of %s and a price of %s is %s', (close, price, ratio) => {
    expect(splitRatio(close, price)).toBeCloseTo(ratio);
  });

  it('is not detected on ordinary days of a market', () => {
    expect(splitRatio(100, 93)).toBeUndefined();
    expect(splitRatio(100, 53)).toBeUndefined();
    expect(splitRatio(100, 65)).toBeUndefined();
    expect(splitRatio(0, 50)).toBeUndefined();
    expect(splitRatio(100, Number.NaN)).toBeUndefined();
  });
});
