import { describe, expect, it } from 'vitest';
import { findingLines } from '#core/domain/finding-words.ts';
import { sessionDate } from '#core/domain/units.ts';

const rows = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...{ rule: 'no-volume' as const, severity: 'note' as const, text: 'a volume of 0' },
    date: sessionDate(`2015-10-${10 + index}`),
  }));

describe('findings of one rule', () => {
  it('are a sentence if it is one, and else their first three days with the number of the others', () => {
    expect(findingLines(rows(1))).toEqual(['a volume of 0']);
    expect(findingLines(rows(3))).toEqual([
      '3 rows with a volume of 0: 2015-10-10, 2015-10-11, 2015-10-12',
    ]);
    expect(findingLines(rows(4))).toEqual([
      '4 rows with a volume of 0: 2015-10-10, 2015-10-11, 2015-10-12 and 1 more',
    ]);
  });
});
