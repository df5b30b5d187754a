import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultsOf, type Post } from '#bot/post.ts';
import { alertPost, noDecisionPost } from '#bot/posts/alert.ts';
import { alphaPost } from '#bot/posts/alpha.ts';
import { headerPost, offlinePost } from '#bot/posts/header.ts';
import { linePost } from '#bot/posts/line.ts';
import { proposalPost } from '#bot/posts/plan.ts';
import { positionsPost } from '#bot/posts/positions.ts';
import { rankingsPost } from '#bot/posts/rankings.ts';
import { rebalancePost } from '#bot/posts/rebalance.ts';
import { rolePost } from '#bot/posts/shadow.ts';
import type { Mode, Position } from '#core/domain/account.ts';
import { parseSubject } from '#core/domain/alert.ts';
import type { Decision, PlanLine } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { RoleProposal } from '#core/domain/model-role.ts';
import { cents, qty, sessionDate, type Ticker, ticker } from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import { alphaView } from '#core/views/alpha.ts';
import { headerView } from '#core/views/header.ts';
import { proposalView } from '#core/views/plan.ts';
import { positionsView } from '#core/views/positions.ts';
import { rankingsView } from '#core/views/rankings.ts';
import { rebalanceView } from '#core/views/rebalance.ts';
import { MODELS } from '#models/list.ts';
import { decided } from '#tests/support/deciding.ts';
import {
  account,
  alert,
  baseline,
  book,
  carriedOut,
  NOW,
  noDecision,
  observation,
  proposal,
  ranking,
} from '#tests/support/desk.ts';
import { fencesOf, hostile, liveWeapon } from '#tests/support/hostile.ts';

const RUNS = { numRuns: 300 };
const mode = fc.constantFrom<Mode>('SANDBOX', 'PAPER', 'LIVE');
const names = fc.oneof(
  fc.constantFrom(...instruments(UNIVERSE).map((each) => each.ticker)),
  fc.constantFrom('BRK.B', 'ABCDEFGHIJ').map(ticker),
);
const amount = fc.integer({ min: -9_000_000_000_000, max: 9_000_000_000_000 }).map(cents);
const shares = fc.integer({ min: 0, max: 9_000_000_000_000_000 }).map(qty);
const fraction = fc.double({ min: -1, max: 99, noNaN: true });
const price = fc.double({ min: 0.0001, max: 9_999, noNaN: true });
const maybe = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(some, { nil: undefined });

const positions: fc.Arbitrary<readonly Position[]> = fc.uniqueArray(
  fc.record({
    ticker: names,
    qty: shares,
    available: shares,
    averagePrice: price,
    currentPrice: maybe(price),
    marketValue: maybe(amount),
    unrealised: maybe(amount),
  }),
  { selector: (each) => each.ticker, maxLength: 15 },
);

/** A decision over every ticker with whatever in it that came from outside. */
const decision: fc.Arbitrary<Decision> = fc
  .record({ why: hostile, quantity: shares, weight: fraction, at: price, count: fc.nat(13) })
  .map(({ why, quantity, weight, at, count }) => {
    const all = instruments(UNIVERSE).slice(0, count);
    const orders = all.map(({ ticker: name }) => ({
      clientOrderId: `rotor-x-${name}-s-1`,
      decisionId: 'monthly-2026-12',
      ticker: name,
      side: 'sell' as const,
      qty: quantity,
      attempt: 1,
      priceAtDecision: at,
      estimated: cents(1),
    }));
    const lines = all.map(
      ({ ticker: name }): PlanLine => ({
        ticker: name,
        fromQty: quantity,
        toQty: quantity,
        fromWeight: weight,
        toWeight: weight,
        price: at,
        action: 'stay',
        why,
      }),
    );
    const foreign = [{ ticker: ticker('BRK.B'), qty: quantity }];
    const breach = {
      rule: 'MAX_WEIGHT',
      ticker: undefined,
      from: weight,
      to: weight,
      cash: cents(5),
    } as const;
    return {
      ...decided({ id: 'monthly-2026-12' }),
      plan: { lines, orders, turnover: Math.abs(weight), foreign },
      verdict: {
        kind: 'trimmed',
        weights: new Map(all.map((each) => [each.ticker, weight])),
        breaches: Array(20).fill(breach),
      },
    };
  });

/** Whatever comes in: Discord takes it, nobody is called, fences hold, a phone can read the rows. */
function expectHarmless(post: Post | undefined, world: Mode): void {
  if (!post) throw new Error('expected a post');
  expect(faultsOf(post)).toEqual([]);
  expect(liveWeapon(post)).toBeUndefined();
  const { closed, widest } = fencesOf(post);
  expect({ closed, narrow: widest <= 32 }).toEqual({ closed: true, narrow: true });
  for (const embed of post.embeds) expect(embed.footer?.text).toContain(world);
}

describe('Whatever people, brokers and markets send,', () => {
  it('the header stays within Discord’s limits and harmless', () => {
    const inputs = [
      mode,
      hostile,
      hostile,
      fc.array(hostile, { maxLength: 30 }),
      amount,
      positions,
    ] as const;
    fc.assert(
      fc.property(...inputs, (world, number, text, alerts, equity, held) => {
        const entries = book([
          baseline(),
          { kind: 'state', state: 'HALT', by: text, reason: text },
          ...alerts.map(
            (title, index): Entry => ({
              kind: 'alert',
              alert: alert({ subject: parseSubject(`${index}`), title, text }),
            }),
          ),
        ]);
        const seen = observation({
          mode: world,
          version: text,
          account: account(1, { number, equity, status: text }),
          positions: held,
          data: { ...observation().data, source: text },
          broker: { ...observation().broker, connected: false, problem: text },
        });
        const view = headerView(entries, seen, MODELS);
        expectHarmless(headerPost(view), world);
        expectHarmless(offlinePost(view, text), world);
        expect(headerPost(view).content?.split('\n')).toHaveLength(1);
      }),
      RUNS,
    );
  });

  it('the positions stay within Discord’s limits and harmless', () => {
    fc.assert(
      fc.property(mode, hostile, positions, amount, (world, number, held, equity) => {
        const seen = observation({
          mode: world,
          positions: held,
          account: account(1, { number, equity }),
        });
        expectHarmless(positionsPost(positionsView(book(carriedOut(decided())), seen)), world);
      }),
      RUNS,
    );
  });

  it('the rankings stay within Discord’s limits and harmless', () => {
    fc.assert(
      fc.property(mode, hostile, fraction, fc.nat(11), (world, text, top, count) => {
        const made = ranking(126, top, 0.9);
        const excluded = made.rankings
          .slice(count)
          .map((each) => ({ ticker: each.ticker, reason: text }));
        const rankings = [{ ...made, rankings: made.rankings.slice(0, count), excluded }];
        const data = { ...observation().data, source: text, rankings, missing: noDecision(text) };
        const seen = observation({ mode: world, data });
        expectHarmless(rankingsPost(rankingsView(book(), seen, MODELS)), world);
      }),
      RUNS,
    );
  });

  it('a change of a role stays within Discord’s limits and harmless', () => {
    fc.assert(
      fc.property(
        mode,
        hostile,
        fc.constantFrom('approved', 'rejected', undefined),
        (world, text, answer) => {
          const proposal: RoleProposal = {
            ...{
              id: 'r1',
              model: text,
              role: 'shadow',
              budget: 1,
              requestedBy: text,
              approvers: 2,
            },
            hashes: { now: text, after: text },
            budgets: [[text, 1]],
            evidence: [text, text],
            expiresAt: NOW,
          };
          const known = {
            proposal,
            approvals: [{ by: text, byId: '1' }],
            answer,
            answeredBy: text,
          };
          expectHarmless(rolePost(known, NOW, world), world);
        },
      ),
      RUNS,
    );
  });

  it('a plan stays within Discord’s limits and harmless', () => {
    fc.assert(
      fc.property(mode, hostile, decision, fc.boolean(), (world, text, made, answered) => {
        const entries: Entry[] = [
          { kind: 'proposal', proposal: proposal(made, { requestedBy: text }) },
        ];
        if (answered)
          entries.push({ kind: 'answer', proposalId: 'p1', answer: 'approved', by: text });
        const view = proposalView(book(entries), { mode: world }, 'p1', NOW);
        expectHarmless(view && proposalPost(view), world);
      }),
      RUNS,
    );
  });

  it('a rebalance stays within Discord’s limits and harmless', () => {
    fc.assert(
      fc.property(mode, hostile, decision, fc.boolean(), (world, text, made, over) => {
        const orders = made.plan.orders.flatMap((intent): Entry[] => [
          { kind: 'intent', intent },
          { kind: 'refused', clientOrderId: intent.clientOrderId, reason: text },
        ]);
        const result = { kind: 'partial', left: Array(13).fill(text) } as const;
        const end: Entry = { kind: 'finished', decisionId: made.id, result };
        const entries = book([
          { kind: 'decision', decision: made },
          ...orders,
          ...(over ? [end] : []),
        ]);
        const view = rebalanceView(entries, made.id, world);
        expectHarmless(view && rebalancePost(view), world);
      }),
      RUNS,
    );
  });

  it('an alert and a missing decision stay within Discord’s limits and harmless', () => {
    fc.assert(
      fc.property(mode, hostile, hostile, fc.boolean(), (world, title, text, over) => {
        const resolved = over ? { text, at: NOW } : undefined;
        const incident = {
          alert: alert({ subject: parseSubject(text), title, text, remedy: text }),
          count: 41,
          firstAt: NOW,
          lastAt: NOW,
          resolved,
        };
        expectHarmless(alertPost(incident, world, '123456789012345678'), world);
        const found = new Map<Ticker, string>([[ticker('SPY'), text]]);
        expectHarmless(noDecisionPost({ ...noDecision(text), found }, title, NOW, world), world);
      }),
      RUNS,
    );
  });

  it('a line stays within Discord’s limits and harmless', () => {
    const change = { ticker: undefined, qty: qty(0), cash: cents(5), by: 'x' };
    fc.assert(
      fc.property(mode, hostile, (world, text) => {
        const entries: readonly Entry[] = [
          { kind: 'started', version: text, mode: world },
          { kind: 'stopped', reason: text },
          { kind: 'state', state: 'RUN', by: text, reason: text },
          { kind: 'adjustment', ...change, by: text },
          { kind: 'missed-closes', sessions: [sessionDate('2024-07-03')], reason: text },
          { kind: 'recovered-order', clientOrderId: text, by: text },
          { kind: 'cash-raised', id: text, amount: cents(5), by: text },
          { kind: 'role-answered', proposalId: text, model: text, answer: 'approved', by: text },
          { kind: 'cash-released', by: text },
          { kind: 'notice-place', notice: 'daily', place: 'off', by: text },
          { kind: 'lot-cost', lot: text, cost: cents(5), by: text },
        ];
        for (const entry of entries)
          expectHarmless(linePost({ seq: 1, at: NOW, entry }, world), world);
      }),
      RUNS,
    );
  });

  it('the chart message stays within Discord’s limits and harmless', () => {
    fc.assert(
      fc.property(mode, hostile, amount, (world, source, equity) => {
        const seen = observation({
          mode: world,
          account: account(1, { equity }),
          data: { ...observation().data, source },
        });
        const post = alphaPost(alphaView(book([baseline()]), seen));
        expectHarmless(post, world);
        expect(post.chart?.alt.length ?? 0).toBeLessThanOrEqual(1024);
      }),
      RUNS,
    );
  });
});
