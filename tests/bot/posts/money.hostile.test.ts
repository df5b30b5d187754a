/** The messages on gains, income and costs, whatever brokers and markets bring. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultsOf, type Post } from '#bot/post.ts';
import { costsPost } from '#bot/posts/costs.ts';
import { incomePost } from '#bot/posts/income.ts';
import { previewPost } from '#bot/posts/plan.ts';
import { taxPost } from '#bot/posts/tax.ts';
import type { Mode } from '#core/domain/account.ts';
import { EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import type { Disposal, TaxLot, Term } from '#core/domain/tax/open-lots.ts';
import { cents, qty, sessionDate, ticker } from '#core/domain/units.ts';
import { planView } from '#core/views/plan.ts';
import type { TaxView } from '#core/views/tax.ts';
import { decided } from '#tests/support/deciding.ts';
import { NOW } from '#tests/support/desk.ts';
import { fencesOf, hostile, liveWeapon } from '#tests/support/hostile.ts';

const RUNS = { numRuns: 200 };
const mode = fc.constantFrom<Mode>('SANDBOX', 'PAPER', 'LIVE');
const maybe = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(some, { nil: undefined });
const amount = fc.integer({ min: -9_000_000_000_000, max: 9_000_000_000_000 }).map(cents);
const names = fc.constantFrom('XLK', 'XLRE', 'BRK.B', 'ABCDEFGHIJ').map(ticker);
const day = fc
  .integer({ min: 0, max: 5000 })
  .map((days) => sessionDate(new Date(Date.UTC(2010, 0, 1 + days)).toISOString().slice(0, 10)));
const shares = fc.integer({ min: 0, max: 9_000_000_000_000_000 }).map(qty);

const gainsOf = {
  short: amount,
  long: amount,
  undated: amount,
  unknown: fc.nat(9999),
  disallowed: amount.map((value) => cents(Math.abs(value))),
};
const gains = fc.record(gainsOf);
const disposal: fc.Arbitrary<Disposal> = fc.record({
  ...{ lot: hostile, ticker: names, qty: shares, acquired: maybe(day), sold: day },
  ...{ at: fc.constant(NOW), orderId: maybe(hostile), proceeds: amount, cost: maybe(amount) },
  ...{ disallowed: gainsOf.disallowed, term: maybe(fc.constantFrom<Term>('short', 'long')) },
});
const lot: fc.Arbitrary<TaxLot> = fc.record({
  ...{ id: hostile, ticker: names, qty: shares, acquired: maybe(day), heldSince: day },
  ...{ isDated: fc.boolean(), cost: maybe(amount), deferred: amount },
  ...{ isReplacement: fc.boolean(), purchase: hostile },
});
const taxes: fc.Arbitrary<TaxView> = fc.record({
  ...{ mode, at: fc.constant(NOW), accountNumber: maybe(hostile) },
  year: fc.integer({ min: 1990, max: 2100 }),
  ...{ gains, hifo: gains },
  years: fc.array(fc.record({ ...gainsOf, year: fc.integer({ min: 1990, max: 2100 }) }), {
    maxLength: 40,
  }),
  months: fc.array(
    fc.record({ ...gainsOf, month: fc.constantFrom('2026-01', '2026-11', '2025-12') }),
    { maxLength: 12 },
  ),
  orders: fc.array(
    fc.record({ ...gainsOf, ticker: names, sold: day, decisionId: maybe(hostile) }),
    { maxLength: 40 },
  ),
  disposals: fc.array(disposal, { maxLength: 5 }),
  unknownLots: fc.array(lot, { maxLength: 60 }),
});

const parts = fc.record({ delay: amount, impact: amount, fees: amount, unfilled: amount });
const rebalance = fc.record({
  ...{
    decisionId: fc.stringMatching(/^[a-z0-9-]{1,60}$/),
    at: fc.constant(NOW),
    parts: maybe(parts),
    planned: amount,
  },
});
const income = { dividends: amount, interest: amount, fees: amount, returned: amount };

function expectHarmless(post: Post, world: Mode): void {
  expect(faultsOf(post)).toEqual([]);
  expect(liveWeapon(post)).toBeUndefined();
  const { closed, widest } = fencesOf(post);
  expect({ closed, narrow: widest <= 32 }).toEqual({ closed: true, narrow: true });
  for (const embed of post.embeds) expect(embed.footer?.text).toContain(world);
  expect(post.file?.name ?? 'x').toMatch(/^[A-Za-z0-9.-]{1,100}$/);
}

describe('The messages about money', () => {
  it('report the gains of a year within Discord’s limits and harmlessly', () => {
    fc.assert(
      fc.property(taxes, (view) => expectHarmless(taxPost(view), view.mode)),
      RUNS,
    );
  });

  it('attach a file without any text from the broker', () => {
    fc.assert(
      fc.property(taxes, ({ disposals, ...view }) => {
        const rows = (taxPost({ ...view, disposals }).file?.text ?? '').split('\r\n').slice(1, -1);
        expect(rows).toHaveLength(disposals.length);
        for (const row of rows) expect(row).toMatch(/^[\w. ]+(,[\w./-]*){8}$/);
      }),
      RUNS,
    );
  });

  it('report the income of a year within Discord’s limits and harmlessly', () => {
    const view = fc.record({
      ...{ mode, at: fc.constant(NOW), accountNumber: maybe(hostile), estimated: amount },
      year: fc.integer({ min: 1990, max: 2100 }),
      rows: fc.array(fc.record({ ...income, ticker: maybe(names) }), { maxLength: 80 }),
      total: fc.record(income),
      years: fc.array(fc.record({ ...income, year: fc.integer({ min: 1990, max: 2100 }) }), {
        maxLength: 30,
      }),
    });
    fc.assert(
      fc.property(view, (each) => expectHarmless(incomePost(each), each.mode)),
      RUNS,
    );
  });

  it('report the costs of rebalances within Discord’s limits and harmlessly', () => {
    const view = fc.record({
      ...{ mode, at: fc.constant(NOW), accountNumber: maybe(hostile) },
      rebalances: fc.array(rebalance, { maxLength: 40 }),
    });
    fc.assert(
      fc.property(view, (each) => expectHarmless(costsPost(each), each.mode)),
      RUNS,
    );
  });

  it('report what a plan would realise within Discord’s limits and harmlessly', () => {
    const plan = planView(decided(), 'PAPER', { lots: EMPTY_ACCOUNT_STATE.lots, at: NOW });
    fc.assert(
      fc.property(gains, (each) => {
        const post = previewPost({ ...plan, gains: each });
        expectHarmless(post, 'PAPER');
        expect(JSON.stringify(post)).toContain('Realised gain, estimated');
      }),
      RUNS,
    );
  });
});
