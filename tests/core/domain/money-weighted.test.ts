import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moneyWeighted } from '#core/domain/money-weighted.ts';

fc.configureGlobal({ seed: 20_251_117 });

describe('the money-weighted return', () => {
  it('equals the plain return without deposits and withdrawals', () => {
    expect(moneyWeighted([{ passed: 0, amount: 100 }], 110)).toBeCloseTo(0.1, 12);
    expect(moneyWeighted([{ passed: 0, amount: 100 }], 40)).toBeCloseTo(-0.6, 12);
  });

  it('weights money by its time in the account: 100 at once and 100 after half of it', () => {
    // 100 g + 100 sqrt(g) = 221 where sqrt(g) = (sqrt(1 + 4 x 2.21) - 1) / 2.
    const root = (Math.sqrt(1 + 4 * 2.21) - 1) / 2;
    const flows = [
      { passed: 0, amount: 100 },
      { passed: 0.5, amount: 100 },
    ];
    expect(moneyWeighted(flows, 221)).toBeCloseTo(root ** 2 - 1, 12);
  });

  it('is below the time-weighted return after a deposit before a fall', () => {
    // +20 %, then 1,000 more, then -20 %: time-weighted -4 %.
    const flows = [
      { passed: 0, amount: 100 },
      { passed: 0.5, amount: 1000 },
    ];
    expect(moneyWeighted(flows, (120 + 1000) * 0.8)).toBeLessThan(-0.3);
  });

  it('is undefined if no rate explains the end', () => {
    expect(moneyWeighted([{ passed: 0, amount: 100 }], -5)).toBeUndefined();
    expect(moneyWeighted([], 100)).toBeUndefined();
  });

  it('is the rate of an account that earned one constant rate, whatever was paid in and when', () => {
    const flow = fc.record({
      passed: fc.double({ min: 0, max: 1, noNaN: true }),
      amount: fc.double({ min: 1, max: 1e6, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.array(flow, { minLength: 1, maxLength: 20 }),
        fc.double({ min: -0.8, max: 5, noNaN: true }),
        (flows, rate) => {
          const begun = [{ passed: 0, amount: 1000 }, ...flows];
          const end = begun.reduce(
            (sum, { passed, amount }) => sum + amount * (1 + rate) ** (1 - passed),
            0,
          );
          expect(moneyWeighted(begun, end)).toBeCloseTo(rate, 8);
        },
      ),
    );
  });
});

describe('the money-weighted return against pyxirr 0.10.8 and a daily internal rate by scipy', () => {
  type Paid = readonly (readonly [day: string, amount: number])[];
  it.each<[Paid, string, number, number]>([
    [
      [
        ['2024-01-02', 100_000],
        ['2024-03-11', 25_000],
        ['2024-07-01', -40_000],
        ['2024-11-29', 3_000],
      ],
      ...(['2025-01-01', 96_543.21, 0.0849049799994] as const),
    ],
    [
      [
        ['2023-01-03', 10_000],
        ['2023-02-01', 500],
        ['2023-03-01', 500],
        ['2023-04-03', 500],
        ['2023-05-01', 500],
        ['2023-12-29', -2_500],
      ],
      ...(['2024-06-28', 8_800, -0.0643490358042] as const),
    ],
    [
      [
        ['2020-02-19', 50_000],
        ['2020-03-23', 50_000],
      ],
      ...(['2021-02-19', 140_000, 0.422228736937] as const),
    ],
  ])('is theirs over the whole span, case %#', (paid, end, worth, expected) => {
    const [first] = paid[0] ?? [''];
    const span = Date.parse(end) - Date.parse(first);
    const flows = paid.map(([day, amount]) => {
      return { passed: (Date.parse(day) - Date.parse(first)) / span, amount };
    });
    expect(moneyWeighted(flows, worth)).toBeCloseTo(expected, 9);
  });
});
