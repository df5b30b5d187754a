import { describe, expect, it } from 'vitest';
import { faultsOf } from '#bot/post.ts';
import { explainPost } from '#bot/posts/explain.ts';
import { explainView } from '#core/views/explain.ts';
import { MODELS } from '#models/list.ts';
import { noDecision, observation, position, ranking } from '#tests/support/desk.ts';

const text = (asked: string, seen = observation()): string => {
  const post = explainPost(explainView(seen, MODELS, asked));
  expect(faultsOf(post)).toEqual([]);
  return JSON.stringify(post);
};

describe('/explain', () => {
  it('measures the gap to the cut-off in points and in dollars', () => {
    const [first] = explainView(observation(), MODELS, 'xli').models;
    expect(first).toMatchObject({ chosen: false, own: { rank: 5 }, cutOff: { rank: 3 } });
    expect(first?.gap).toBeCloseTo(-0.06);
    expect(first?.gapUsd).toBeCloseTo(-6);
    expect(text('xli')).toContain('Gap: −6.00 points, −$6.00 a share');
  });

  it('flips what is chosen at the first below the line, what is not at the last above', () => {
    const flip = (asked: string) => explainView(observation(), MODELS, asked).models[0]?.flip;
    expect(flip('XLK')).toMatchObject({ rival: 'XLV', close: expect.closeTo(111) });
    expect(flip('XLI')).toMatchObject({ rival: 'XLE', close: expect.closeTo(114) });
  });

  it('flips at the minimum where no rival stands above it', () => {
    const rankings = [ranking(126, 0.04)];
    const seen = observation({ data: { ...observation().data, rankings } });
    const [first, bear] = explainView(seen, MODELS, 'XLK').models;
    expect(first).toMatchObject({ chosen: true, flip: { rival: undefined, momentum: 0 } });
    expect(bear).toMatchObject({ chosen: false, flip: { rival: undefined, momentum: 0.1 } });
  });

  it('says whether it is held, and not where the broker never answered', () => {
    expect(text('XLK', observation({ positions: [position('XLK', 5)] }))).toContain('● held');
    expect(text('XLK')).toContain('not held');
    expect(text('XLK', observation({ account: undefined }))).toContain('unknown whether held');
  });

  it('has a sentence for what is not ranked, and for missing data', () => {
    expect(text('TLT')).toContain('no sector qualifies');
    expect(text('SPY')).toContain('never traded');
    expect(text('@everyone')).toContain('not in the universe');
    expect(text('')).toContain('not in the universe');
    const data = { ...observation().data, rankings: [], missing: noDecision() };
    expect(text('XLK', observation({ data }))).toContain('No bars have been read yet');
  });
});
