import { describe, expect, it } from 'vitest';
import { carriedAllocations } from '#core/decide/carried.ts';
import { sessionsBetween, sessionsIn } from '#core/domain/calendar.ts';
import type { Decision } from '#core/domain/decision.ts';
import type { Model } from '#core/domain/model.ts';
import { type SessionDate, sessionDate, ticker } from '#core/domain/units.ts';
import { UNIVERSE, withCandidates } from '#core/domain/universe.ts';
import { AS_OF, market, SESSIONS } from '#tests/support/bars.ts';
import { sameBooks, type World, world } from '#tests/support/world.ts';

const COUNTRIES = ['EWJ', 'EWG', 'EWU', 'EWC', 'EWA'].map((symbol) => ({
  ticker: ticker(symbol),
  sector: symbol,
  firstSession: sessionDate('1996-04-01'),
}));

const parameters = { lookback: 126, top: 2, minimumMomentum: 0, leverage: 1 };

/** Takes another of its candidates from day to day. */
function turning(id: string, own: Partial<Model> = {}): Model {
  return {
    id,
    activeIn: 'always',
    budget: 1,
    parameters,
    weigh: ({ order, asOf }, weights) => {
      const chosen = order[Number(asOf.slice(-2)) % order.length];
      if (chosen !== undefined) weights[chosen] = 1;
    },
    ...own,
  };
}

const MODELS: readonly Model[] = [
  turning('core'),
  turning('broad', { parameters: { ...parameters, lookback: 80 } }),
  turning('quick', { cadence: 'weekly' }),
  turning('countries', { candidates: COUNTRIES }),
];

const universe = withCandidates(UNIVERSE, MODELS);

function flatBars(through: SessionDate) {
  const count = SESSIONS + sessionsBetween(AS_OF, through);
  return market({}, { asOf: through, count, universe });
}

async function quarter(): Promise<World> {
  const desk = world({ models: MODELS });
  for (const { ticker: symbol } of COUNTRIES) desk.broker.setPrice(symbol, 100);
  desk.bars = flatBars;
  await desk.engine.start();
  for (const { date } of sessionsIn(sessionDate('2024-07-01'), sessionDate('2024-09-30'))) {
    desk.goTo(date, '09:36');
    await desk.minutes(3);
    // The journal alone knows what the models voted before.
    if (date.endsWith('15')) await desk.restart();
  }
  return desk;
}

const decisions = (desk: World) =>
  [...desk.book().rebalances.values()].map(({ decision }) => decision);

const voteOf = (decision: Decision | undefined, id: string) =>
  decision?.votes.find((each) => each.id === id);

const freshOf = ({ votes }: Decision) =>
  votes.filter(({ carriedFrom }) => carriedFrom === undefined).map(({ id }) => id);

describe('four models, one weekly and one on five tickers of its own, through a quarter', () => {
  it('rebalance on the first session of their month or week, together if both coincide', async () => {
    const desk = await quarter();
    const [all, month] = [MODELS.map(({ id }) => id), ['core', 'broad', 'countries']];
    expect(decisions(desk).map((each) => [each.id, freshOf(each)])).toEqual([
      ['initial-2024-07-01', all],
      ['weekly-2024-07-08', ['quick']],
      ['weekly-2024-07-15', ['quick']],
      ['weekly-2024-07-22', ['quick']],
      ['weekly-2024-07-29', ['quick']],
      ['monthly-2024-08', month],
      ['weekly-2024-08-05', ['quick']],
      ['weekly-2024-08-12', ['quick']],
      ['weekly-2024-08-19', ['quick']],
      ['weekly-2024-08-26', ['quick']],
      // The Tuesday after Labor Day begins a week and a month.
      ['monthly-2024-09', all],
      ['weekly-2024-09-09', ['quick']],
      ['weekly-2024-09-16', ['quick']],
      ['weekly-2024-09-23', ['quick']],
      ['weekly-2024-09-30', ['quick']],
    ]);
  });

  it('keep their last weights from the journal while another one rebalances', async () => {
    const desk = await quarter();
    const taken = decisions(desk);
    for (const [index, decision] of taken.entries()) {
      const before = taken[index - 1];
      for (const { id, weights, share, carriedFrom } of decision.votes) {
        expect(share).toBe(0.25);
        if (carriedFrom !== undefined) expect(weights).toEqual(voteOf(before, id)?.weights);
      }
    }
    expect(voteOf(taken[4], 'core')?.carriedFrom).toBe(taken[0]?.asOf);
    expect(voteOf(taken[5], 'quick')?.weights).toEqual(voteOf(taken[4], 'quick')?.weights);
    expect(voteOf(taken[5], 'core')?.weights).not.toEqual(voteOf(taken[4], 'core')?.weights);
  });

  it('trade what each ranks, and our records agree with the broker to the cent', async () => {
    const desk = await quarter();
    const countries = COUNTRIES.map(({ ticker: symbol }) => symbol);
    for (const { votes, rankings } of decisions(desk)) {
      for (const { id, weights } of votes) {
        const own = [...weights.keys()].every((each) => countries.includes(each));
        expect(own).toBe(id === 'countries');
      }
      expect(rankings.map(({ candidates, rankings: { length } }) => [candidates, length])).toEqual([
        [undefined, 11],
        [countries, 5],
        [undefined, 11],
      ]);
    }
    expect(desk.posted().some((each) => each.startsWith('buy EW'))).toBe(true);
    expect(sameBooks(desk)).toBe(true);
    expect(desk.alerts()).toEqual([]);
  });
});

describe('the weights that a model keeps', () => {
  const last = (changes: Partial<Decision>): Decision =>
    ({ id: 'monthly-2024-07', cause: 'monthly', votes: [], ...changes }) as Decision;

  it('are empty after everything was sold, until its next rebalance', () => {
    const flattened = last({ id: 'flatten-2024-07-03-1', cause: 'manual' });
    const carried = carriedAllocations(flattened, MODELS, ['weekly']);
    expect([...carried.keys()]).toEqual(['core', 'broad', 'countries']);
    expect([...carried.values()].every(({ weights }) => weights.size === 0)).toBe(true);
  });

  it('are empty for a model unknown to the last decision, which rebalances now', () => {
    expect(carriedAllocations(last({}), MODELS, ['weekly']).size).toBe(0);
  });
});
