import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equityContradiction, managedAccount } from '#core/domain/managed-account.ts';
import { cents, dollars } from '#core/domain/units.ts';

const ALL = { reserve: cents(0), maxManaged: undefined };
const usd = dollars;

describe('the managed part of an account', () => {
  it('is the whole account when nothing is foreign and there is no reserve', () => {
    const whole = { equity: usd(10_000), cash: usd(4_000), ownValue: usd(6_000) };
    expect(managedAccount(whole, ALL)).toEqual({ equity: usd(10_000), cash: usd(4_000) });
  });

  it('leaves out foreign holdings and the reserve', () => {
    const whole = { equity: usd(100_000), cash: usd(40_000), ownValue: usd(0) };
    const rules = { reserve: usd(5_000), maxManaged: undefined };
    expect(managedAccount(whole, rules)).toEqual({ equity: usd(35_000), cash: usd(35_000) });
  });

  it('is at most MAX_MANAGED_USD, with the remaining cash', () => {
    const whole = { equity: usd(50_000), cash: usd(44_000), ownValue: usd(6_000) };
    const rules = { reserve: cents(0), maxManaged: usd(10_000) };
    expect(managedAccount(whole, rules)).toEqual({ equity: usd(10_000), cash: usd(4_000) });
  });

  it('has negative cash if more is held than may be managed', () => {
    const whole = { equity: usd(50_000), cash: usd(38_000), ownValue: usd(12_000) };
    const rules = { reserve: cents(0), maxManaged: usd(10_000) };
    expect(managedAccount(whole, rules)).toEqual({ equity: usd(10_000), cash: usd(-2_000) });
  });

  it('is less by what it would cost to buy back what was sold short, and so is its cash', () => {
    const whole = { cash: usd(10_000), ownValue: usd(2_000), owed: usd(3_000) };
    expect(managedAccount(whole, ALL)).toEqual({ equity: usd(9_000), cash: usd(7_000) });
  });

  it('never counts more cash than there is', () => {
    const amount = fc.integer({ min: -1_000_000, max: 100_000_000 });
    const positive = fc.integer({ min: 0, max: 100_000_000 });
    fc.assert(
      fc.property(amount, positive, positive, positive, (cash, own, reserve, most) => {
        const whole = { equity: cents(cash + own), cash: cents(cash), ownValue: cents(own) };
        const rules = { reserve: cents(reserve), maxManaged: cents(most) };
        const managed = managedAccount(whole, rules);
        expect(managed.equity).toBeGreaterThanOrEqual(0);
        expect(managed.equity).toBeLessThanOrEqual(most);
        expect(managed.cash).toBeLessThanOrEqual(cash - reserve);
      }),
    );
  });
});

describe('an equity that contradicts its parts', () => {
  it('is reported with both numbers', () => {
    expect(equityContradiction(usd(8_500), usd(10_000), 0.01)).toEqual({
      stated: usd(8_500),
      counted: usd(10_000),
    });
    expect(equityContradiction(usd(5_000), usd(10_000), 0.01)).toBeDefined();
    expect(equityContradiction(usd(10_000), usd(0), 0.01)).toBeDefined();
  });

  it('is not reported within the tolerance, or for a dollar of rounding', () => {
    expect(equityContradiction(usd(9_950), usd(10_000), 0.01)).toBeUndefined();
    expect(equityContradiction(usd(2), usd(1.5), 0.01)).toBeUndefined();
    expect(equityContradiction(usd(2), usd(1), 0.01)).toBeUndefined();
    expect(equityContradiction(usd(2.01), usd(1), 0.01)).toBeDefined();
  });

  it('has its tolerance from the larger of the two, whatever their signs', () => {
    expect(equityContradiction(usd(9_900), usd(10_000), 0.01)).toBeUndefined();
    expect(equityContradiction(usd(9_899.99), usd(10_000), 0.01)).toBeDefined();
    expect(equityContradiction(usd(10_000), usd(9_900), 0.01)).toBeUndefined();
    expect(equityContradiction(usd(-9_900), usd(-10_000), 0.01)).toBeUndefined();
    expect(equityContradiction(usd(-10_000), usd(-9_900), 0.01)).toBeUndefined();
    expect(equityContradiction(usd(-10_000), usd(-9_899.99), 0.01)).toBeDefined();
  });
});
