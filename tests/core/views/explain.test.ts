import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankSectors } from '#core/decide/momentum.ts';
import { allocationsIn, targetsNow } from '#core/decide/portfolio.ts';
import { type Bars, lastClose } from '#core/domain/bar.ts';
import { weightsByRanking } from '#core/domain/model-input.ts';
import { dollars, type Ticker } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { explainInDecision, explainView } from '#core/views/explain.ts';
import { rankingsView } from '#core/views/rankings.ts';
import { MODELS } from '#models/list.ts';
import { AS_OF, changed, growing, history, withRows } from '#tests/support/bars.ts';
import { decided, LIMITS } from '#tests/support/deciding.ts';
import { BULL, book, carriedOut, observation, ranking } from '#tests/support/desk.ts';

const LOOKBACKS = [126, 80];
const RUNS = { numRuns: 200 };

/** What every model would vote on these bars, were it active. */
function votes(bars: Bars) {
  const rankings = LOOKBACKS.map((lookback) =>
    rankSectors({ bars, universe: UNIVERSE, asOf: AS_OF, lookback }),
  );
  const awake = MODELS.map((model) => ({ ...model, activeIn: 'always' as const }));
  const voting = { models: awake, rankings, regime: BULL, universe: UNIVERSE };
  const buffers = targetsNow(voting, { equity: dollars(100_000), limits: LIMITS });
  return { rankings, votes: allocationsIn(buffers, voting) };
}

function closingAt(bars: Bars, ticker: Ticker, close: number): Bars {
  return changed(bars, ticker, (one) =>
    withRows(one, (row, index, count) =>
      index === count - 1
        ? { ...row, close, high: Math.max(row.high, close), low: Math.min(row.low, close) }
        : row,
    ),
  );
}

/** Every sector with a growth of its own, some of them equal. */
const market = fc
  .array(fc.oneof(fc.double({ min: -0.3, max: 0.4, noNaN: true }), fc.constantFrom(0, 0.03, 0.1)), {
    minLength: UNIVERSE.sectors.length,
    maxLength: UNIVERSE.sectors.length,
  })
  .map(
    (growths): Bars =>
      new Map(
        UNIVERSE.sectors.map(({ ticker }, index) => [
          ticker,
          history(ticker, growing(growths[index] ?? 0)),
        ]),
      ),
  );

describe('an explained ticker', () => {
  it('is selected exactly if the model votes for it, and flips at the given price (property)', () => {
    fc.assert(
      fc.property(market, fc.constantFrom(...UNIVERSE.sectors), (bars, { ticker }) => {
        const { rankings, votes: now } = votes(bars);
        const data = { ...observation().data, rankings };
        for (const one of explainView(observation({ data }), MODELS, ticker).models) {
          const voted = (all: typeof now): boolean =>
            all.find(({ id }) => id === one.modelId)?.weights.has(ticker) ?? false;
          expect(one.chosen).toBe(voted(now));
          const nudge = 1e-7 * one.flip.close;
          expect(voted(votes(closingAt(bars, ticker, one.flip.close + nudge)).votes)).toBe(true);
          expect(voted(votes(closingAt(bars, ticker, one.flip.close - nudge)).votes)).toBe(false);
        }
      }),
      RUNS,
    );
  });

  it('shows closes, dates, rank and gaps that follow from the bars (property)', () => {
    fc.assert(
      fc.property(market, fc.constantFrom(...UNIVERSE.sectors), (bars, { ticker }) => {
        const { rankings } = votes(bars);
        const data = { ...observation().data, rankings };
        const one = bars.get(ticker);
        for (const { own, lookback, cutOff, gap, gapUsd, top, minimum } of explainView(
          observation({ data }),
          MODELS,
          ticker,
        ).models) {
          const row = (one?.dates.length ?? 0) - 1 - lookback;
          expect([own.close, own.past, own.pastDate]).toEqual([
            one && lastClose(one),
            one?.close[row],
            one?.dates[row],
          ]);
          expect(own.momentum).toBe(own.close / own.past - 1);
          expect(cutOff.last.rank).toBe(top);
          expect(cutOff.momentum).toBeCloseTo(Math.max(minimum, cutOff.last.momentum), 11);
          expect(gap).toBeCloseTo(own.momentum - cutOff.momentum, 12);
          expect(own.close - gapUsd).toBeCloseTo(own.past * (1 + cutOff.momentum), 8);
        }
      }),
      RUNS,
    );
  });
});

describe('a cut-off', () => {
  it('is reached by exactly the selected tickers, whatever the market does (property)', () => {
    fc.assert(
      fc.property(market, fc.constantFrom(...UNIVERSE.sectors), (bars, { ticker }) => {
        const data = { ...observation().data, rankings: votes(bars).rankings };
        for (const { own, chosen, gap, top, gapUsd } of explainView(
          observation({ data }),
          MODELS,
          ticker,
        ).models) {
          // Of equal momenta the rank decides, which no gap can show.
          expect(chosen).toBe(own.rank <= top && gap > -1e-11);
          if (!chosen) expect(gapUsd).toBeLessThan(1e-8);
        }
      }),
      RUNS,
    );
  });
});

describe('a momentum below the minimum only by rounding', () => {
  it('is sufficient in the rankings and in the explanation, as in the allocation', () => {
    const made = ranking(126, 0.1 - 1e-14, 0.03);
    const seen = observation({ data: { ...observation().data, rankings: [made] } });
    const bear = MODELS.filter(({ id }) => id.includes('Bear'));
    const held = bear.map((model) => weightsByRanking(model, made, 'bull', UNIVERSE));
    expect(held[0]?.has('XLK' as Ticker)).toBe(true);
    expect(explainView(seen, bear, 'XLK').models[0]?.chosen).toBe(true);
    expect(rankingsView(book(), seen, bear).tables[0]?.cutOff).toBe(1);
  });
});

describe('a ticker in a decision', () => {
  const made = decided();
  const entries = book(carriedOut(made));

  it('is explained with the rankings and regime of that time, and the models’ allocations', () => {
    const view = explainInDecision(entries, made.id, observation(), MODELS, 'xlk');
    expect(view?.models.map(({ voted }) => voted)).toEqual(
      made.votes.map((vote) => vote.weights.get('XLK' as Ticker) ?? 0),
    );
    expect(view?.models[0]?.own).toEqual(
      made.rankings
        .find(({ lookback }) => lookback === 126)
        ?.rankings.find(({ ticker }) => ticker === 'XLK'),
    );
    expect(view?.decision).toMatchObject({
      id: made.id,
      action: 'buy',
      final: made.verdict.weights.get('XLK' as Ticker),
    });
    expect(view?.held).toBe(false);
  });

  it('is undefined if there is no such decision', () => {
    expect(
      explainInDecision(entries, 'monthly-1999-01', observation(), MODELS, 'XLK'),
    ).toBeUndefined();
  });
});
