import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultsOf } from '#bot/post.ts';
import { positionsPost } from '#bot/posts/positions.ts';
import type { Position } from '#core/domain/account.ts';
import { positionsView } from '#core/views/positions.ts';
import { account, book, observation, position } from '#tests/support/desk.ts';

function rowsOf(positions: readonly Position[], usd = 100_000): readonly string[] {
  const seen = observation({ account: account(usd), positions });
  const post = positionsPost(positionsView(book(), seen));
  expect(faultsOf(post)).toEqual([]);
  return (post.embeds[0]?.description ?? '').split('\n');
}

describe('the table of positions', () => {
  it('marks foreign positions even if the name is long', () => {
    const rows = rowsOf([position('ABCDEFGHIJ', 5), position('ZM', 5), position('XLK', 5)]);
    expect(rows.filter((row) => row.startsWith('ABCD…* '))).toHaveLength(2);
    expect(rows.filter((row) => row.startsWith('ZM* '))).toHaveLength(2);
    expect(rows.filter((row) => row.startsWith('XLK '))).toHaveLength(2);
  });

  it('shows a weight over 1000 % as a multiple of equity', () => {
    const [, , row] = rowsOf([position('XLK', 15_400)]);
    expect(row).toMatch(/^XLK +15400 +1\.54M +15× +–$/);
  });

  it('cuts no weight, whatever is held (property)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -500_000, max: 500_000 }),
        fc.integer({ min: 1_000, max: 1e6 }),
        (shares, usd) => {
          const [, , row = ''] = rowsOf([position('XLK', shares)], usd);
          expect(row.length).toBeLessThanOrEqual(32);
          expect(row.slice(22, 27).trim()).toMatch(/^(−?\d+[%×]|>1k×|−…×)$/);
        },
      ),
    );
  });
});
