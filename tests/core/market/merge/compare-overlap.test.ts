import { describe, expect, it } from 'vitest';
import { compareOverlap, join } from '#core/market/merge/compare-overlap.ts';
import { bar, bars, history } from '../histories.ts';

const STORED = history(bars('2024-01-02', '2024-03-01'));
const fresh = (scale = 1) => bars('2024-02-01', '2024-03-15', scale);

describe('comparing stored bars with new ones', () => {
  it('finds the same closes the same', () => {
    expect(compareOverlap(STORED, fresh())).toEqual({ kind: 'same' });
  });

  it('forgives what sources round', () => {
    expect(compareOverlap(STORED, fresh(1.0004))).toEqual({ kind: 'same' });
  });

  it('sees that one factor lies between all of them, as after a dividend or a split', () => {
    expect(compareOverlap(STORED, fresh(0.9985))).toMatchObject({ kind: 'rescaled' });
    expect(compareOverlap(STORED, fresh(0.5))).toMatchObject({ kind: 'rescaled', factor: 0.5 });
  });

  it('names a single close that differs', () => {
    const odd = fresh().with(2, bar('2024-02-05', 50));
    expect(compareOverlap(STORED, odd)).toMatchObject({
      kind: 'different',
      reason: expect.stringMatching(
        /^stored close of 2024-02-05 is 103\.5.* now has a close of 50$/,
      ),
    });
  });

  it.each(['open', 'high', 'low'] as const)('names a single %s that differs', (name) => {
    const odd = fresh().map((each, row) =>
      row === 2 ? { ...each, [name]: each[name] * 1.01 } : each,
    );
    expect(compareOverlap(STORED, odd)).toMatchObject({
      kind: 'different',
      reason: expect.stringMatching(
        new RegExp(`^stored ${name} of 2024-02-05 is .* now has a ${name} of`),
      ),
    });
  });

  it('does not take two factors for one', () => {
    const half = fresh(0.5).map((each) => (each.date < '2024-02-15' ? each : bar(each.date, 60)));
    expect(compareOverlap(STORED, half).kind).toBe('different');
  });

  it('names a stored session that the source does not have', () => {
    const holed = fresh().filter(({ date }) => date !== '2024-02-06');
    expect(compareOverlap(STORED, holed)).toMatchObject({
      kind: 'different',
      reason: expect.stringContaining('2024-02-06'),
    });
  });

  it('compares from a first new bar on a day that the store lacks', () => {
    const holed = history(
      bars('2024-01-02', '2024-03-01').filter(({ date }) => date !== '2024-02-01'),
    );
    expect(compareOverlap(holed, fresh()).kind).toBe('same');
  });

  it('can say nothing without a common session', () => {
    expect(compareOverlap(STORED, bars('2024-03-04', '2024-03-15')).kind).toBe('apart');
    expect(compareOverlap(STORED, []).kind).toBe('apart');
  });
});

describe('joining', () => {
  it('takes the new bars from their first day on', () => {
    const joined = join(STORED, bars('2024-02-01', '2024-03-15', 1.0001));
    expect(joined.dates).toEqual(bars('2024-01-02', '2024-03-15').map(({ date }) => date));
    expect(joined.close.at(-1)).toBe(bars('2024-03-15', '2024-03-15', 1.0001)[0]?.close);
    expect(joined.close[0]).toBe(STORED.close[0]);
  });

  it('changes nothing without new bars', () => {
    expect(join(STORED, [])).toBe(STORED);
  });
});
