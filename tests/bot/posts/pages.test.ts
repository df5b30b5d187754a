import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOf, pageButtons, pageFrom, pageOf } from '#bot/posts/pages.ts';

const upTo = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => index);
const idsOf = (rows: ReturnType<typeof pageButtons>): readonly string[] =>
  rows.flatMap(({ components }) =>
    components.flatMap((each) => ('custom_id' in each ? [each.custom_id] : [])),
  );

describe('a page', () => {
  it('states the rows that it shows', () => {
    expect(countOf(pageOf(upTo(57), 2, 10))).toBe('11–20 of 57');
    expect(countOf(pageOf(upTo(57), 6, 10))).toBe('51–57 of 57');
    expect(countOf(pageOf(upTo(51), 6, 10))).toBe('51 of 51');
    expect(countOf(pageOf([], 1, 10))).toBe('none');
  });

  it('is the nearest existing one, whatever an old button asks for', () => {
    expect(pageOf(upTo(57), 99, 10).number).toBe(6);
    expect(pageOf(upTo(57), -3, 10).number).toBe(1);
    expect(pageOf(upTo(57), Number.NaN, 10).number).toBe(1);
  });

  it('shows every row on exactly one page, and as many as it states', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 1, max: 20 }), (count, size) => {
        const all = upTo(count);
        const pages = upTo(pageOf(all, 1, size).of).map((index) => pageOf(all, index + 1, size));
        expect(pages.flatMap(({ rows }) => rows)).toEqual(all);
        for (const { rows, from, to } of pages) {
          expect(rows.length).toBe(count === 0 ? 0 : to - from + 1);
        }
      }),
    );
  });
});

describe('the buttons of a page', () => {
  const idOf = (page: number): string => `orders:open:${page}`;

  it('keep the page in their ids, which are all different', () => {
    const buttons = pageButtons(pageOf(upTo(57), 2, 10), idOf);
    expect(idsOf(buttons)).toEqual(['orders:open:1', 'orders:open:2', 'orders:open:3']);
  });

  it('do not lead beyond the ends', () => {
    const disabled = (page: number) =>
      pageButtons(pageOf(upTo(57), page, 10), idOf)[0]?.components.map((each) => each.disabled);
    expect([disabled(1), disabled(6)]).toEqual([
      [true, false, false],
      [false, false, true],
    ]);
  });

  it('are left out if one page holds everything', () => {
    expect(pageButtons(pageOf(upTo(10), 1, 10), idOf)).toEqual([]);
  });

  it('return the page that they name, or the first if invalid', () => {
    expect(['2', '0', undefined, '', 'x', '1e9', '-1', '99999999'].map(pageFrom)).toEqual([
      2, 0, 1, 1, 1, 1, 1, 1,
    ]);
  });
});
