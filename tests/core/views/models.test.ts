import { describe, expect, it } from 'vitest';
import { modelsView } from '#core/views/models.ts';
import { MODELS } from '#models/list.ts';
import { decided } from '#tests/support/deciding.ts';
import { BULL, book, carriedOut, noDecision, observation } from '#tests/support/desk.ts';

const made = decided();

function under(kind: 'bull' | 'bear' | undefined) {
  const regime = kind && { ...BULL, kind };
  const seen = observation({ data: { ...observation().data, regime } });
  return modelsView(book(), seen, MODELS).models.map(({ active, share }) => [active, share]);
}

describe('the models view', () => {
  it('shares the budgets among the models active in the regime', () => {
    expect(under('bull')).toEqual([
      [true, 1 / 1.33],
      [true, 0.33 / 1.33],
      [false, 0],
    ]);
    expect(under('bear')[1]).toEqual([false, 0]);
  });

  it('has neither a state nor a share while the regime is unknown', () => {
    expect(under(undefined)).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('shows their allocation by today’s rankings, active or not', () => {
    const { regime, rankings } = made;
    const seen = observation({ data: { ...observation().data, regime, rankings } });
    const view = modelsView(book(carriedOut(made)), seen, MODELS);
    for (const [index, vote] of made.votes.entries()) {
      const card = view.models[index];
      expect(card?.lastVote).toEqual({
        active: vote.active,
        share: vote.share,
        weights: vote.weights,
      });
      if (vote.active) expect(new Map(card?.wanted)).toEqual(new Map(vote.weights));
    }
    expect(view.models[2]?.wanted?.size).toBeGreaterThan(0);
    expect(view.lastRebalance).toMatchObject({ id: made.id, outcome: 'complete' });
  });

  it('keeps their last allocation when everything is sold', () => {
    const sold = { ...made, id: 'flatten-2024-07-09', votes: [] };
    const view = modelsView(
      book([...carriedOut(made), { kind: 'decision', decision: sold }]),
      observation(),
      MODELS,
    );
    const votes = view.models.map(({ lastVote }) => lastVote?.share);
    expect(votes).toEqual(made.votes.map(({ share }) => share));
    expect(view.lastRebalance?.id).toBe(sold.id);
  });

  it('has no allocation without rankings', () => {
    const data = { ...observation().data, rankings: [], missing: noDecision() };
    const view = modelsView(book(), observation({ data }), MODELS);
    expect(view.models.map(({ wanted, lastVote }) => [wanted, lastVote])).toEqual(
      Array(3).fill([undefined, undefined]),
    );
  });
});
