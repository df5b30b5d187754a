import { describe, expect, it } from 'vitest';
import { rankingsPost } from '#bot/posts/rankings.ts';
import { rankingsView } from '#core/views/rankings.ts';
import { MODELS } from '#models/list.ts';
import { book, observation, ranking } from '#tests/support/desk.ts';

/** What the chart says of itself, for those who do not see it. */
function altOf(top: number): string {
  const data = { ...observation().data, rankings: [ranking(126, top, 0.02)] };
  const view = rankingsView(book(), observation({ data }), MODELS);
  return rankingsPost(view, 'SectorRotationModel_v1').chart?.alt ?? '';
}

describe('the chart of the rankings', () => {
  it('has the last selected ticker as its cut-off, and the minimum', () => {
    expect(altOf(0.2)).toContain('(cut-off +16.00%, minimum 0.00%)');
  });

  it('has only the minimum if it excludes a top rank', () => {
    expect(altOf(0.03)).toContain('(minimum 0.00%)');
    expect(altOf(-0.01)).toContain('(minimum 0.00%)');
  });
});
