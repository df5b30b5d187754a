/**
 * Lots and wash sales beside a script that keeps a record for every single share: random purchases, sales
 * and splits of one ticker, close enough together that losses chain.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { taxLots } from '#core/domain/tax/tax-lots.ts';
import { factsOf, sum, trueSales } from '#tests/simulation/quarter-truth.ts';
import { buy, change, sell } from './lots-support.ts';

const HISTORIES = Number(process.env['LOT_HISTORIES'] ?? 300);
const START = Date.UTC(2025, 9, 1);
const DAY_MS = 86_400_000;

const step = fc.record({
  what: fc.constantFrom('buy', 'buy', 'sell', 'sell', 'split'),
  days: fc.integer({ min: 0, max: 20 }),
  shares: fc.integer({ min: 1, max: 12 }),
  /** In 64 cents, so that four splits leave whole cents. */
  price: fc.integer({ min: 1, max: 40 }),
});

function historyOf(
  steps: readonly { what: string; days: number; shares: number; price: number }[],
) {
  const writes: ReturnType<typeof buy>[] = [];
  const rows: Parameters<typeof factsOf>[0][number][] = [];
  let [held, splits, day] = [0, 0, START];
  for (const [index, { what, days, shares, price }] of steps.entries()) {
    day += (days + (what === 'split' || steps[index - 1]?.what === 'split' ? 1 : 0)) * DAY_MS;
    const date = new Date(day).toISOString().slice(0, 10);
    const dollars = price * 0.64;
    const count = what === 'sell' ? Math.min(shares, held) : what === 'split' ? held : shares;
    if (count === 0 || (what === 'split' && ++splits > 4)) continue;
    held += what === 'sell' ? -count : count;
    const order = `o${index}`;
    const row = { symbol: 'XLK', qty: `${count}`, price: dollars.toFixed(2), order_id: order };
    if (what === 'split') {
      writes.push(change('action', date, count));
      rows.push({ ...row, activity_type: 'SPLIT', date, order_id: '' });
    } else {
      const trade = what === 'buy' ? buy : sell;
      writes.push(trade(date, count, Number(dollars.toFixed(2)), { order, minute: index }));
      rows.push({ ...row, activity_type: 'FILL', date, side: what });
    }
  }
  return { writes, rows };
}

it('Lots and wash sales equal those of a record for every single share', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { writes, rows } = historyOf(steps);
      const { sales, left } = trueSales(factsOf(rows, []));
      const events = writes.map((write, index) => write(index + 1));
      const { disposals, lots } = taxLots({ events, costs: new Map() });
      const of = (all: readonly (readonly number[])[]) =>
        [0, 1, 2].map((column) => sum(all.map((each) => each[column] ?? 0)));
      const days = (all: readonly { readonly sold: string }[]) =>
        [...new Set(all.map(({ sold }) => sold))].toSorted();
      expect(days(disposals)).toEqual(days(sales));
      for (const day of days(sales)) {
        const told = disposals.filter(({ sold }) => sold === day);
        expect([
          day,
          ...of(told.map((each) => [each.proceeds, each.cost ?? 0, each.disallowed])),
        ]).toEqual([
          day,
          ...of(
            sales
              .filter(({ sold }) => sold === day)
              .map(({ proceeds, cost, disallowed }) => [proceeds, cost ?? 0, disallowed]),
          ),
        ]);
      }
      const basis = sum((left.get('XLK') ?? []).map(({ cost }) => cost ?? 0));
      expect(sum(lots.map(({ cost, deferred }) => (cost ?? 0) + deferred))).toBe(basis);
    }),
    { numRuns: HISTORIES },
  );
}, 120_000);
