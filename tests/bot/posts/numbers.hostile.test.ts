/** The messages that tell numbers, whatever people, brokers and markets bring. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultsOf, type Post } from '#bot/post.ts';
import { decisionPost } from '#bot/posts/decision.ts';
import { explainPost } from '#bot/posts/explain.ts';
import { modelsPost } from '#bot/posts/models.ts';
import { monthsPost } from '#bot/posts/months.ts';
import { performancePost } from '#bot/posts/performance.ts';
import { PERFORMANCE_CHARTS } from '#bot/posts/performance-chart.ts';
import { rankingsPost } from '#bot/posts/rankings.ts';
import { regimePost } from '#bot/posts/regime.ts';
import { reportPosts } from '#bot/posts/report.ts';
import type { Mode } from '#core/domain/account.ts';
import type { Decision } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { Model } from '#core/domain/model.ts';
import { cents, epochMs, qty, sessionDate, type Ticker, ticker } from '#core/domain/units.ts';
import { tradable, UNIVERSE } from '#core/domain/universe.ts';
import { decisionView } from '#core/views/decision.ts';
import { explainInDecision, explainView } from '#core/views/explain.ts';
import { modelsView } from '#core/views/models.ts';
import type { PerformanceView } from '#core/views/performance.ts';
import { rankingsView } from '#core/views/rankings.ts';
import { regimeView } from '#core/views/regime.ts';
import type { ReportView } from '#core/views/report.ts';
import type { Statistics } from '#core/views/statistics.ts';
import { WINDOWS } from '#core/views/windows.ts';
import { MODELS } from '#models/list.ts';
import { decided } from '#tests/support/deciding.ts';
import { book, NOW, noDecision, observation, ranking } from '#tests/support/desk.ts';
import { fencesOf, hostile, liveWeapon } from '#tests/support/hostile.ts';

const RUNS = { numRuns: 300 };
const mode = fc.constantFrom<Mode>('SANDBOX', 'PAPER', 'LIVE');
const maybe = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(some, { nil: undefined });
/** Ids of models are code and not foreign words, but nothing bounds their length. */
const modelId = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,80}$/);
/** From nothing to what no account ever did. */
const rate = maybe(
  fc.oneof(
    fc.double({ min: -1, max: 1e9, noNaN: true }),
    fc.double({ min: -0.5, max: 0.5, noNaN: true }),
  ),
);
const amount = fc.integer({ min: -9_000_000_000_000, max: 9_000_000_000_000 }).map(cents);
const day = fc
  .integer({ min: 0, max: 5000 })
  .map((days) => sessionDate(new Date(Date.UTC(2010, 0, 1 + days)).toISOString().slice(0, 10)));

function expectHarmless(post: Post | undefined, world: Mode): void {
  if (!post) throw new Error('expected a post');
  expect(faultsOf(post)).toEqual([]);
  expect(liveWeapon(post)).toBeUndefined();
  const { closed, widest } = fencesOf(post);
  expect({ closed, narrow: widest <= 32 }).toEqual({ closed: true, narrow: true });
  for (const embed of post.embeds) expect(embed.footer?.text).toContain(world);
  expect(post.chart?.alt.length ?? 0).toBeLessThanOrEqual(1024);
  expect(post.file?.name ?? 'x').toMatch(/^[A-Za-z0-9.-]{1,100}$/);
}

const statistics: fc.Arbitrary<Statistics> = fc.record({
  gain: rate,
  alpha: rate,
  volatility: rate,
  sharpe: rate,
  yearly: rate,
  sortino: rate,
  calmar: rate,
  beta: rate,
  maxDrawdown: rate,
  deepest: maybe(
    fc.record({
      depth: fc.double({ min: 0, max: 1, noNaN: true }),
      peak: day,
      trough: day,
      recovered: maybe(day),
      sessionsDown: fc.nat(9999),
      sessionsUnder: fc.nat(9999),
    }),
  ),
});
const made = fc.record({ worth: maybe(amount), rate });
const moneyMade = fc.record({
  begin: amount,
  deposited: amount,
  withdrawn: amount,
  you: made,
  spy: made,
});
const points = fc.array(
  fc.record({
    date: day,
    you: fc.double({ min: -1, max: 99, noNaN: true }),
    spy: fc.double({ min: -1, max: 99, noNaN: true }),
    alpha: fc.double({ min: -9, max: 99, noNaN: true }),
  }),
  { maxLength: 30 },
);
const months = fc
  .uniqueArray(
    day.map((date) => date.slice(0, 7)),
    { maxLength: 60 },
  )
  .chain((names) =>
    fc.tuple(
      ...names.map((month) =>
        fc.record({ month: fc.constant(month), you: rate, spy: rate, alpha: rate }),
      ),
    ),
  );

const performance: fc.Arbitrary<PerformanceView> = fc.record({
  mode,
  at: fc.constant(NOW),
  accountNumber: maybe(hostile),
  source: hostile,
  windows: fc.tuple(
    ...WINDOWS.map((name) =>
      fc.record({
        name: fc.constant(name),
        from: maybe(day),
        to: maybe(day),
        exact: fc.boolean(),
        missed: fc.nat(9),
        sessions: fc.nat(9999),
        you: statistics,
        spy: statistics,
        money: maybe(moneyMade),
        models: fc.array(
          fc
            .tuple(modelId, statistics, fc.boolean())
            .map(([id, all, rested]) => ({ id, rested, ...all })),
          { maxLength: 12 },
        ),
      }),
    ),
  ),
  shown: fc.constantFrom(...WINDOWS),
  weights: fc.array(
    fc.record({
      date: day,
      weights: fc
        .uniqueArray(fc.constantFrom(...tradable(UNIVERSE).map((each) => each.ticker)))
        .map((all) => new Map(all.map((each) => [each, 0.5]))),
    }),
    { maxLength: 30 },
  ),
  tradable: fc.constant(tradable(UNIVERSE).map((each) => each.ticker)),
  points,
  months,
  shadows: fc.array(
    fc.record({
      id: modelId,
      since: maybe(day),
      gain: rate,
      ahead: fc.array(fc.record({ of: modelId, by: rate }), { maxLength: 5 }),
    }),
    { maxLength: 12 },
  ),
  estimatedDividends: amount,
  riskFree: fc.double({ min: -0.05, max: 0.25, noNaN: true }),
  hasDividends: fc.boolean(),
});

const shortfallParts = fc.record({
  delay: amount,
  impact: amount,
  fees: amount,
  unfilled: amount,
});

const part = <T>(of: fc.Arbitrary<T>) =>
  fc.array(fc.record({ of, gain: amount }), { maxLength: 30 });
const report: fc.Arbitrary<ReportView> = fc.record({
  mode,
  accountNumber: maybe(hostile),
  period: fc.constantFrom(
    { kind: 'day' as const, key: '2026-11-20' },
    { kind: 'week' as const, key: '2026-W47' },
    { kind: 'month' as const, key: '2026-11' },
  ),
  checked: maybe(fc.record({ equal: fc.nat(), of: fc.nat(), verdict: maybe(fc.string()) })),
  from: day,
  to: day,
  closes: fc.nat(23),
  missed: fc.nat(23),
  over: fc.boolean(),
  provisional: fc.boolean(),
  equity: amount,
  whole: maybe(amount),
  cash: amount,
  flows: fc.record({ deposited: amount, withdrawn: amount }),
  estimatedDividends: amount,
  hasDividends: fc.boolean(),
  you: rate,
  spy: rate,
  alpha: rate,
  drawdown: rate,
  belowPeak: rate,
  contribution: maybe(
    fc.record({
      byTicker: part(
        fc.constantFrom(...tradable(UNIVERSE).map((each) => each.ticker), ticker('ABCDEFGHIJ')),
      ),
      byModel: part(maybe(modelId)),
      rest: amount,
      total: amount,
      base: amount,
    }),
  ),
  costs: fc.record({
    slippage: maybe(amount),
    slippageBps: rate,
    fees: amount,
    orders: fc.nat(99_999),
    traded: amount,
  }),
  shortfall: maybe(shortfallParts),
  turnover: rate,
  points,
  months,
});

/** A decision with foreign words wherever one may stand. */
function wordy(text: string, weight: number): Decision {
  const made = decided({ id: 'monthly-2026-12' });
  const all = tradable(UNIVERSE);
  return {
    ...made,
    votes: made.votes.map((vote) => ({
      ...vote,
      weights: new Map(all.map((each) => [each.ticker, weight])),
    })),
    rankings: made.rankings.map((one) => ({
      ...one,
      excluded: [{ ticker: ticker('XLRE'), reason: text }],
    })),
    portfolio: {
      target: new Map(all.map((each) => [each.ticker, weight])),
      grossBefore: weight,
      grossAfter: weight,
    },
    verdict: {
      kind: 'refused',
      weights: new Map(),
      breaches: Array(20).fill({
        rule: 'MAX_WEIGHT',
        ticker: undefined,
        from: weight,
        to: weight,
        cash: cents(5),
      }),
      reason: text,
    },
    plan: {
      ...made.plan,
      foreign: [{ ticker: ticker('BRK.B'), qty: qty(5) }],
      lines: all.map((each) => ({
        ticker: each.ticker,
        fromQty: qty(1),
        toQty: qty(1),
        fromWeight: weight,
        toWeight: weight,
        price: 1,
        action: 'stay',
        why: text,
      })),
      orders: all.map((each) => ({
        clientOrderId: `rotor-x-${each.ticker}-s-1`,
        decisionId: 'monthly-2026-12',
        ticker: each.ticker,
        side: 'sell',
        qty: qty(9_000_000_000_000_000),
        attempt: 1,
        priceAtDecision: weight,
        estimated: cents(1),
      })),
    },
  };
}

describe('In messages with numbers,', () => {
  it('performance stays within Discord’s limits and harmless', () => {
    fc.assert(
      fc.property(
        performance,
        fc.boolean(),
        fc.constantFrom(...PERFORMANCE_CHARTS),
        (view, only, chart) => {
          expectHarmless(performancePost(view, { only, chart }), view.mode);
        },
      ),
      RUNS,
    );
  });

  it('a report stays within Discord’s limits and harmless', () => {
    fc.assert(
      fc.property(report, (view) => {
        for (const post of reportPosts(view)) expectHarmless(post, view.mode);
        const all = monthsPost(view);
        if (all) expectHarmless(all, view.mode);
      }),
      RUNS,
    );
  });

  it('models, rankings and the regime stay within Discord’s limits and harmless', () => {
    fc.assert(
      fc.property(
        mode,
        hostile,
        modelId,
        fc.double({ min: -1, max: 99, noNaN: true }),
        fc.boolean(),
        (world, text, id, top, blind) => {
          const rankings = [ranking(126, top, 0.9), ranking(80, top, 0.1)];
          const usual = observation().data;
          const data = {
            ...usual,
            source: text,
            rankings,
            ...(blind ? { regime: undefined, missing: noDecision(text) } : {}),
          };
          const seen = observation({ mode: world, data });
          const strange = MODELS.map((model): Model => ({ ...model, id }));
          const entries = book([{ kind: 'decision', decision: wordy(text, top) }]);
          expectHarmless(modelsPost(modelsView(entries, seen, strange)), world);
          expectHarmless(rankingsPost(rankingsView(entries, seen, strange)), world);
          expectHarmless(regimePost(regimeView(entries, seen, new Map())), world);
        },
      ),
      RUNS,
    );
  });

  it('a decision and a ticker in it stay within Discord’s limits and harmless', () => {
    fc.assert(
      fc.property(
        mode,
        hostile,
        fc.double({ min: 0, max: 9e3, noNaN: true }),
        fc.boolean(),
        (world, text, weight, over) => {
          const decision = wordy(text, weight);
          const refused = decision.plan.orders.flatMap((intent): Entry[] => [
            { kind: 'intent', intent },
            { kind: 'refused', clientOrderId: intent.clientOrderId, reason: text },
          ]);
          const end: Entry = {
            kind: 'finished',
            decisionId: decision.id,
            result: { kind: 'partial', left: Array(13).fill(text) },
          };
          const entries = book([
            { kind: 'account', id: 'a', number: text, mode: world },
            { kind: 'decision', decision },
            ...refused,
            ...(over ? [end] : []),
          ]);
          const view = decisionView(entries, decision.id, world);
          expectHarmless(view && decisionPost(view), world);
          const seen = observation({ mode: world, data: { ...observation().data, source: text } });
          const inIt = explainInDecision(entries, decision.id, seen, MODELS, 'XLK');
          expectHarmless(inIt && explainPost(inIt), world);
          expectHarmless(explainPost(explainView(seen, MODELS, text)), world);
        },
      ),
      RUNS,
    );
  });

  it('the file of a decision is its whole record, and readable', () => {
    const decision = decided();
    const view = decisionView(
      book([{ kind: 'decision', decision }], epochMs(NOW)),
      decision.id,
      'PAPER',
    );
    const record = JSON.parse(view ? (decisionPost(view).file?.text ?? '') : '');
    expect(Object.keys(record).sort()).toEqual(Object.keys(decision).sort());
    expect(record.closes.XLK).toBe(decision.closes.get('XLK' as Ticker));
    expect(record.verdict.weights).toEqual(Object.fromEntries(decision.verdict.weights));
  });
});
