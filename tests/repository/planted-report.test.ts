/** The page about planted faults. */
import { describe, expect, it } from 'vitest';
import { reportText } from '../../scripts/plant/report.ts';

const CHANGE = { file: 'a.ts', find: 'a', put: 'b' };
const GROUPS = {
  Orders: [
    { fault: 'a is b', ...CHANGE, unfound: 'nobody looks' },
    { fault: 'c is d', ...CHANGE, coveredBy: [{ check: 'e looks (twice)', ...CHANGE }] },
  ],
};
const row = (page: string, fault: string): string =>
  page.split('\n').find((line) => line.startsWith(`| ${fault} |`)) ?? '';

describe('the page about planted faults', () => {
  it('says of each fault in how many years which law found it', () => {
    const page = reportText('', GROUPS, [
      { fault: 'a is b', isAlone: true, years: 0.381, law: 'order twice' },
    ]);
    expect(row(page, 'a is b')).toBe('| a is b | 0.4 |  | order twice |');
    expect(row(page, 'c is d')).toBe('| c is d | not run | not run (e looks (twice)) |  |');
    expect(page).toContain('Of 2 faults 1 are found by themselves, and 0 more');
  });

  it('keeps what it said of other faults, and of the same one without its second check', () => {
    const first = reportText('', GROUPS, [
      { fault: 'c is d', isAlone: true, years: 6, law: undefined },
      { fault: 'a is b', isAlone: true, years: 2, law: 'month late' },
    ]);
    const page = reportText(first, GROUPS, [
      { fault: 'c is d', isAlone: false, years: 1.06, law: 'order lost' },
    ]);
    expect(row(page, 'a is b')).toBe('| a is b | 2.0 |  | month late |');
    expect(row(page, 'c is d')).toBe(
      '| c is d | not in 6.0 | 1.1 (e looks (twice)) | order lost |',
    );
    expect(page).toContain('Of 2 faults 1 are found by themselves, and 1 more');
  });

  it('says why a fault is not found, while it is not', () => {
    const missed = reportText('', GROUPS, [
      { fault: 'a is b', isAlone: true, years: 6, law: undefined },
    ]);
    expect(row(missed, 'a is b')).toBe('| a is b | not in 6.0 |  | nobody looks |');
    const found = reportText(missed, GROUPS, [
      { fault: 'a is b', isAlone: true, years: 1, law: 'month late' },
    ]);
    expect(row(found, 'a is b')).toBe('| a is b | 1.0 |  | month late |');
    const shorter = { fault: 'a is b', isAlone: true, years: 0.5, law: undefined };
    expect(row(reportText(found, GROUPS, [shorter]), 'a is b')).toBe(row(found, 'a is b'));
    expect(row(reportText(missed, GROUPS, [shorter]), 'a is b')).toBe(row(missed, 'a is b'));
  });

  it('no longer speaks of a fault that is not planted any more', () => {
    const first = reportText('', GROUPS, []);
    expect(row(reportText(first, { Orders: GROUPS.Orders.slice(1) }, []), 'a is b')).toBe('');
  });
});
