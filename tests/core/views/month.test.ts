import { describe, expect, it } from 'vitest';
import { faultsOf } from '#bot/post.ts';
import { monthPost } from '#bot/posts/month.ts';
import { type Book, EMPTY_BOOK } from '#core/domain/book.ts';
import { dollars, epochMs, sessionDate } from '#core/domain/units.ts';
import { monthView } from '#core/views/month.ts';

function bookOf(
  ...closes: readonly (readonly [session: string, usd: number, spy: number])[]
): Book {
  return {
    ...EMPTY_BOOK,
    baseline: { at: epochMs(0), equity: dollars(100_000), benchmark: 500 },
    equity: closes.map(([session, usd, spy]) => ({
      session: sessionDate(session),
      equity: dollars(usd),
      cash: dollars(500),
      benchmark: spy,
    })),
  };
}

describe('the report of a month', () => {
  const book = bookOf(
    ['2026-10-30', 110_000, 550],
    ['2026-11-02', 111_100, 544.5],
    ['2026-11-03', 112_211, 544.5],
  );

  it('counts the day from the close before and the month from the last close of the month before', () => {
    const view = monthView(book, '2026-11');
    expect(view?.sessions).toBe(2);
    expect(view?.today.you).toBeCloseTo(0.01);
    expect(view?.today.spy).toBe(0);
    expect(view?.monthToDate.you).toBeCloseTo(0.0201);
    expect(view?.monthToDate.spy).toBeCloseTo(-0.01);
    expect(view?.monthToDate.alpha).toBeCloseTo(0.0301);
  });

  it('counts the first month from where the account began', () => {
    expect(monthView(book, '2026-10')?.monthToDate.you).toBeCloseTo(0.1);
  });

  it('is not there before the first close of the month', () => {
    expect(monthView(book, '2026-12')).toBeUndefined();
  });

  it('is a message that Discord takes, with the mode in it', () => {
    const view = monthView(book, '2026-11');
    const post = view && monthPost(view, 'PAPER');
    expect(post && faultsOf(post)).toEqual([]);
    expect(post?.embeds[0]?.footer?.text).toContain('PAPER');
    expect(JSON.stringify(post)).toContain('+2.01%');
  });
});
