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
  ])('of %d and then %d show a split of %s', (before, now, ratio) => {
    expect(splitRatio(before, now)).toBe(ratio);
  });
});

describe('a change of shares', () => {
  it.each([
    ['two for one', 150, 300, 100, 50, true],
    ['one for ten, whole', 150, 15, 4, 40, true],
    ['one for ten, the fraction paid in cash', 107, 10, 4, 40, true],
    ['three for two, the fraction paid in cash', 101, 151, 90, 60, true],
    ['two for one beside a price that stayed', 150, 300, 100, 99, false],
    ['bought while the price was halved', 150, 200, 100, 50, false],
    ['all sold', 150, 0, 100, 50, false],
  ])('%s', (_, before, after, close, price, expected) => {
    expect(isSplit(shares(before), shares(after), close, price)).toBe(expected);
  });
});
