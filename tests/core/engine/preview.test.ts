import { describe, expect, it } from 'vitest';
import type { Account, Position } from '#core/domain/account.ts';
import { dollars, epochMs, sessionDate, ticker } from '#core/domain/units.ts';
import {
  decideFromSnapshot,
  inputOf,
  managedOf,
  rankOnly,
  type SnapshotQuestion,
} from '#core/engine/preview.ts';
import { account, position } from '#tests/support/desk.ts';
import { at, barsThrough, world } from '#tests/support/world.ts';

const AS_OF = sessionDate('2024-06-28');
const TARGET = ['XLK', 'XLE', 'XLF', 'XLV'];
const { parts } = world({ target: TARGET });
const HELD = { bars: barsThrough(AS_OF), refused: new Map() };
const OPEN = at('2024-07-01', '09:30');
const MINUTE_MS = 60_000;

interface Reading {
  /** Minutes after the open. */
  readonly minute?: number;
  /** Dollars a share; 100, as the last close, unless given. Undefined for no price. */
  readonly prices?: Readonly<Record<string, number | undefined>>;
  readonly positions?: readonly Position[];
  readonly account?: Account;
}

function question({ minute = 6, prices = {}, positions = [], ...own }: Reading): SnapshotQuestion {
  const now = epochMs(OPEN + minute * MINUTE_MS);
  const all = { ...Object.fromEntries(TARGET.map((each) => [each, 100])), ...prices };
  const latest = Object.entries(all).flatMap(([name, price]) => {
    const of = ticker(name);
    return price === undefined ? [] : [[of, { ticker: of, price, at: now }] as const];
  });
  return {
    ...{ id: 'monthly-2024-07', cause: 'monthly', asOf: AS_OF, account: account(10_000) },
    ...{ unmanaged: [], positions, latest: new Map(latest), now },
    ...own,
  };
}

const decided = (reading: Reading) => decideFromSnapshot(parts, HELD, question(reading));
const missing = (...names: readonly string[]) =>
  Object.fromEntries(names.map((each) => [each, undefined]));

describe('a decision on one reading', () => {
  it('is sized at prices of this session', () => {
    const outcome = decided({ prices: { XLK: 105 } });
    expect(outcome).toMatchObject({ kind: 'decided' });
    if (outcome.kind !== 'decided') return;
    expect(outcome.prices.get(ticker('XLK'))).toBe(105);
    expect(outcome.prices.get(ticker('XLE'))).toBe(100);
  });

  it('is none while a ticker to be held has no price, and says which', () => {
    expect(decided({ prices: missing('XLK') })).toMatchObject({
      ...{ kind: 'no-decision', reason: 'XLK has no price.', expected: AS_OF },
      found: new Map([['XLK', 'XLK has no price']]),
    });
  });

  it('waits half an hour for prices, and then no longer than for half of them', () => {
    const kinds = (minute: number, ...names: readonly string[]) =>
      decided({ minute, prices: missing(...names) }).kind;
    expect(kinds(29.99, 'XLK')).toBe('no-decision');
    expect(kinds(30, 'XLK')).toBe('decided');
    expect(kinds(30, 'XLK', 'XLE')).toBe('decided');
    expect(kinds(30, 'XLK', 'XLE', 'XLF')).toBe('no-decision');
  });

  it('sizes what has no price by then at its last close', () => {
    const outcome = decided({ minute: 45, prices: { ...missing('XLK'), XLE: 105 } });
    if (outcome.kind !== 'decided') throw new Error(outcome.reason);
    expect(outcome.prices.get(ticker('XLK'))).toBe(100);
  });

  it('trusts a price up to the limit from the last close, on both sides, and none beyond', () => {
    const quarter = { ...parts, limits: { ...parts.limits, priceCollar: 0.25 } };
    const at = (price: number) =>
      decideFromSnapshot(quarter, HELD, question({ prices: { XLK: price } }));
    expect([at(125).kind, at(75).kind]).toEqual(['decided', 'decided']);
    for (const price of [125.01, 74.99]) {
      expect(at(price)).toMatchObject({
        reason: `XLK: latest price ${price}, last close 100.`,
      });
    }
  });

  it('sizes at the last close what has a price that contradicts it for half an hour', () => {
    const outcome = decided({ minute: 45, prices: { XLK: 150, XLE: 105 } });
    if (outcome.kind !== 'decided') throw new Error(outcome.reason);
    expect(outcome.prices.get(ticker('XLK'))).toBe(100);
    expect(outcome.prices.get(ticker('XLE'))).toBe(105);
  });

  it('needs no price of what is sold completely, nor any while the market is closed', () => {
    const sold = {
      positions: [position('XLU', 1)],
      account: account(10_100, { cash: dollars(10_000) }),
    };
    expect(decided(sold).kind).toBe('decided');
    expect(decided({ minute: -60, prices: missing(...TARGET) }).kind).toBe('decided');
  });

  it('is none where the stated equity contradicts its parts', () => {
    expect(decided({ account: account(10_000, { cash: dollars(5_000) }) })).toMatchObject({
      ...{ kind: 'no-decision', expected: AS_OF },
      reason: expect.stringContaining('reports an equity of $10,000'),
    });
  });

  it('ranks without prices, at the last closes', () => {
    const outcome = rankOnly(parts, HELD, question({ prices: { XLK: 105 } }));
    if (outcome.kind !== 'decided') throw new Error(outcome.reason);
    expect(outcome.prices.get(ticker('XLK'))).toBe(100);
  });
});

describe('the part of the account that is managed', () => {
  const reading = (...positions: readonly Position[]) =>
    question({ positions, account: account(10_000, { cash: dollars(1_000) }) });

  it('is cash and what Rotor may trade, to the cent, without what belongs to others', () => {
    const own = reading(position('XLK', 10));
    expect(managedOf(parts, own)).toMatchObject({ equity: dollars(2_000), cash: dollars(1_000) });
    expect(managedOf(parts, reading(position('AAPL', 10))).equity).toBe(dollars(1_000));
  });

  it('owes what a short position would cost to buy back, once', () => {
    expect(managedOf(parts, reading(position('XLK', -5))).equity).toBe(dollars(500));
  });

  it('has no short positions: a plan would buy them back', () => {
    const { holdings } = inputOf(parts, HELD, reading(position('XLK', -10), position('XLE', 5)));
    expect([...holdings.positions.keys()]).toEqual(['XLE']);
    const none = inputOf(parts, HELD, reading(position('XLK', 0)));
    expect(none.holdings.positions.size).toBe(0);
    expect(none.carried).toEqual(new Map());
    expect(none.warmUp).toBe(false);
  });
});
