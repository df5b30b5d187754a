import { describe, expect, it } from 'vitest';
import type { Position, UnmanagedHolding } from '#core/domain/account.ts';
import { dollars, epochMs, ticker, wholeShares } from '#core/domain/units.ts';
import {
  type AccountReading,
  contradictionOf,
  contradictionWords,
  othersIn,
  worthOf,
} from '#core/engine/account-check.ts';
import { ny } from '#tests/support/schedule.ts';

const NOW = ny('2024-07-01', '12:00');
const RULES = { equityTolerance: 0.01, maxPriceAgeMs: 60_000 };
const XLK = ticker('XLK');
const POSITION = {
  ...{ ticker: XLK, qty: wholeShares(10), available: wholeShares(10), averagePrice: 90 },
  ...{ currentPrice: 95, marketValue: dollars(950), unrealised: undefined },
} as unknown as Position;

/** $1,000 of cash beside ten shares, which the broker values at $95. */
function reading(equityUsd: number, over: Partial<AccountReading> = {}): AccountReading {
  return {
    account: { cash: dollars(1_000), equity: dollars(equityUsd) },
    ...{ positions: [POSITION], latest: new Map(), now: NOW },
    ...over,
  };
}

function priced(price: number, ageMs: number): Pick<AccountReading, 'latest'> {
  return { latest: new Map([[XLK, { ticker: XLK, price, at: epochMs(NOW - ageMs) }]]) };
}

describe('an equity against its parts', () => {
  const coin = (value: UnmanagedHolding['value']): UnmanagedHolding => ({
    ...{ name: 'BTCUSD', assetClass: 'crypto', value },
  });

  it('agrees with cash and positions within its tolerance, and not beyond', () => {
    expect(contradictionOf(reading(1_950), RULES)).toBeUndefined();
    expect(contradictionOf(reading(1_930.5), RULES)).toBeUndefined();
    expect(contradictionOf(reading(1_930.49), RULES)).toBeDefined();
    expect(contradictionOf(reading(1_900), RULES)).toEqual({
      stated: dollars(1_900),
      counted: dollars(1_950),
    });
    expect(contradictionOf(reading(2_500), RULES)).toBeDefined();
  });

  it('counts positions at their latest prices while those are fresh', () => {
    expect(contradictionOf(reading(2_200, priced(120, 60_000)), RULES)).toBeUndefined();
    expect(contradictionOf(reading(2_200, priced(120, 60_001)), RULES)).toBeDefined();
    expect(worthOf(POSITION, reading(0, priced(120, 0)), 60_000)).toBe(dollars(1_200));
    expect(worthOf(POSITION, reading(0), 60_000)).toBe(dollars(950));
  });

  it('counts what is neither cash nor a position', () => {
    const unmanaged = [coin(dollars(300))];
    expect(contradictionOf(reading(2_250, { unmanaged }), RULES)).toBeUndefined();
    expect(contradictionOf(reading(1_950, { unmanaged }), RULES)).toBeDefined();
  });

  it('may be larger by what has no known worth, but not smaller', () => {
    const unmanaged = [coin(undefined)];
    expect(contradictionOf(reading(9_999, { unmanaged }), RULES)).toBeUndefined();
    expect(contradictionOf(reading(1_500, { unmanaged }), RULES)).toBeDefined();
  });

  it('counts rows of positions that could not be read, and of no other answer', () => {
    const row = (answer: string) => ({
      ...{ answer, name: 'XYZ', reason: 'qty', worth: dollars(5) },
    });
    expect(othersIn({ setAside: [row('positions'), row('orders')] })).toEqual([dollars(5)]);
    expect(othersIn({})).toEqual([]);
  });

  it('is told with both numbers', () => {
    expect(contradictionWords({ stated: dollars(1_900), counted: dollars(1_950) })).toMatch(
      /equity of \$1,900.*worth \$1,950/,
    );
  });
});
