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
  it('measures the distance to the cut-off in points and in dollars', () => {
    const [first] = explainView(observation(), MODELS, 'xli').models;
    expect(first).toMatchObject({ chosen: false, own: { rank: 5 }, cutOff: { last: { rank: 3 } } });
    expect(first?.gap).toBeCloseTo(-0.06);
    expect(first?.gapUsd).toBeCloseTo(-6);
    expect(text('xli')).toContain('Gap: −6.00 points, −\u2060$6.00 a share');
  });

  it('measures a selected ticker to the first below the line, any other to the last above', () => {
    const flip = (asked: string) => explainView(observation(), MODELS, asked).models[0]?.flip;
    expect(flip('XLK')).toMatchObject({ rival: 'XLV', close: expect.closeTo(111) });
    expect(flip('XLI')).toMatchObject({ rival: 'XLE', close: expect.closeTo(114) });
  });

  it('measures to the minimum if no rival is above it', () => {
    const rankings = [ranking(126, 0.04)];
    const seen = observation({ data: { ...observation().data, rankings } });
    const [first, bear] = explainView(seen, MODELS, 'XLK').models;
    expect(first).toMatchObject({ chosen: true, flip: { rival: undefined, momentum: 0 } });
    expect(bear).toMatchObject({ chosen: false, flip: { rival: undefined, momentum: 0.1 } });
  });

  it('measures to the minimum if the minimum leaves the model without a sector', () => {
    const rankings = [ranking(126, -0.01, 0.02), ranking(80, -0.01, 0.02)];
    const seen = observation({ data: { ...observation().data, rankings } });
    const [last] = explainView(seen, MODELS, 'XLE').models;
    expect(last).toMatchObject({ chosen: false, own: { rank: 3 }, cutOff: { isMinimum: true } });
    expect(last?.gap).toBeCloseTo(-0.05);
    expect(last?.gapUsd).toBeCloseTo(-5);
    const third = text('XLE', seen);
    expect(third).not.toContain('the last that is taken');
    expect(third).toContain('Cut-off: the minimum of 0%, which it does not reach');
    expect(third).toContain('Gap: −5.00 points, −\u2060$5.00 a share');
    expect(third).toContain('Selected above $100.00');
    expect(text('XLK', seen)).toContain('Gap: −1.00 points, −\u2060$1.00 a share');
  });

  it('also measures a selected ticker to the minimum if it excludes the ranks below', () => {
    const rankings = [ranking(126, 0.04)];
    const seen = observation({ data: { ...observation().data, rankings } });
    const first = text('XLK', seen);
    expect(first).toContain('**Chosen**');
    expect(first).toContain('the minimum of 0%: XLE at rank 3 has −2.00% only');
    expect(first).toContain('Gap: +4.00 points, +\u2060$4.00 a share');
  });

  it('says whether it is held, unless the broker never answered', () => {
    expect(text('XLK', observation({ positions: [position('XLK', 5)] }))).toContain('● held');
    expect(text('XLK')).toContain('not held');
    expect(text('XLK', observation({ account: undefined }))).toContain('unknown whether held');
  });

  it('has a sentence for an unranked ticker, and for missing data', () => {
    expect(text('TLT')).toContain('no sector qualifies');
    expect(text('SPY')).toContain('never traded');
    expect(text('@everyone')).toContain('not in the universe');
    expect(text('')).toContain('not in the universe');
    const data = { ...observation().data, rankings: [], missing: noDecision() };
    expect(text('XLK', observation({ data }))).toContain('No bars have been read yet');
  });
});
