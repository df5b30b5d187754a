import { describe, expect, it } from 'vitest';
import { isSplit, splitRatio } from '#core/domain/split.ts';

const shares = (count: number): number => count * 1e9;

describe('a price and its last close', () => {
  it.each([
    [100, 50.3, 2],
    [100, 33.2, 3],
    [60, 24, 2.5],
    [5, 50.2, 0.1],
    [100, 76, undefined],
    [100, 98, undefined],
    [0, 50, undefined],
    [50, 0, undefined],
    [0.5, 0.25, 2],
    [0.25, 0.5, 0.5],
    // The market moves by up to 5 % in the night before.
    [100, 47.62, 2],
    [100, 47.61, undefined],
    [47.62, 100, 1 / 2],
    [100, 71.5, undefined],
    // A crash comes close to a smaller ratio.
    [100, 66.1, 1.5],
    [100, 65.9, undefined],
    [66.1, 100, 1 / 1.5],
    [65.9, 100, undefined],
  ])('of %d and then %d show a split of %s', (before, now, ratio) => {
    expect(splitRatio(before, now)).toBe(ratio);
  });

  it('show a small one from further away while its shares are awaited', () => {
    expect([splitRatio(100, 64, true), splitRatio(100, 63, true)]).toEqual([1.5, undefined]);
  });
});

it.each([2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 50, 1.5, 2.5])(
  'a split of %d new shares for each old one is one, and so is its inverse',
  (ratio) => {
    expect(splitRatio(ratio, 1)).toBe(ratio);
    expect(splitRatio(1, ratio)).toBe(1 / ratio);
  },
);

describe('a change of shares', () => {
  it.each([
    ['two for one', 150, 300, 100, 50, true],
    ['one for ten, whole', 150, 15, 4, 40, true],
    ['one for ten, the fraction paid in cash', 107, 10, 4, 40, true],
    ['three for two, the fraction paid in cash', 101, 151, 90, 60, true],
    ['two for one, while the market fell by a tenth', 150, 300, 100, 45, true],
    ['two for one, beside a price that fell further', 150, 300, 100, 42, false],
    ['two for one beside a price that stayed', 150, 300, 100, 99, false],
    ['bought while the price was halved', 150, 200, 100, 50, false],
    ['all sold', 150, 0, 100, 50, false],
    ['from nothing', 0, 300, 100, 50, false],
    ['from nothing to half a share', 0, 0.5, 100, 50, false],
    ['a fraction of a share, all sold', 0.4, 0, 100, 50, false],
    ['short ones', -150, -300, 100, 50, false],
    ['without a close before', 150, 300, undefined, 50, false],
    ['without a price now', 150, 300, 100, undefined, false],
    ['of a fraction of a share', 0.5, 1, 100, 50, true],
    ['one whole share short', 150, 299, 100, 50, false],
    ['of twenty thousand, a thousandth of them apart', 10_000, 19_981, 100, 50, true],
    ['of twenty thousand, more than that apart', 10_000, 19_980, 100, 50, false],
  ])('%s', (_, before, after, close, price, expected) => {
    expect(isSplit(shares(before), shares(after), close, price)).toBe(expected);
  });
});
