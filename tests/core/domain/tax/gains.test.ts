import { describe, expect, it } from 'vitest';
import type { OrderIntent } from '#core/domain/order.ts';
import { gainsOf, plannedGains, totalGain } from '#core/domain/tax/gains.ts';
import { taxLots } from '#core/domain/tax/tax-lots.ts';
import { cents, epochMs, qty, ticker } from '#core/domain/units.ts';
import { buy, change, eventsOf, opening, sell } from './lots-support.ts';

const gains = (...facts: Parameters<typeof eventsOf>) =>
  gainsOf(taxLots({ events: eventsOf(...facts), costs: new Map() }).disposals);

describe('The sum of gains', () => {
  it('counts each sale by its term, those without a date apart, and names those without a cost', () => {
    const sums = gains(
      opening('2025-01-06', 10, 300),
      ...[buy('2023-01-10', 10, 10, { name: 'XLF' }), buy('2025-01-10', 10, 20, { name: 'XLF' })],
      change('moved', '2025-01-10', 5, { name: 'XLV' }),
      sell('2025-05-05', 10, 50),
      sell('2025-05-05', 20, 25, { name: 'XLF' }),
      sell('2025-05-05', 5, 25, { name: 'XLV' }),
    );
    const expected = { short: 5_000, long: 15_000, undated: 20_000, unknown: 1, disallowed: 0 };
    expect(sums).toEqual(expected);
    expect(totalGain(sums)).toBe(40_000);
  });
});

describe('The gains of planned orders', () => {
  const planned = (side: 'buy' | 'sell', shares: number, price: number): OrderIntent => ({
    ...({ clientOrderId: 'x', decisionId: 'd', ticker: ticker('XLK'), side, attempt: 1 } as const),
    ...{ qty: qty(shares * 1e9), priceAtDecision: price, estimated: cents(0) },
  });
  const events = eventsOf(
    buy('2025-01-10', 10, 10),
    sell('2025-02-10', 10, 8),
    buy('2025-02-20', 20, 9),
    sell('2025-06-10', 5, 6),
  );
  const at = events.at(-1)?.recordedAt ?? epochMs(0);
  const of = (order: OrderIntent, by = at) =>
    plannedGains({ events, costs: new Map() }, [order], by);

  it('are those of their sales, and count what the journal had recorded by then', () => {
    // Of the 20 shares at 9, ten carry a loss of 2 each, and five of those are sold.
    expect(of(planned('sell', 5, 20))).toMatchObject({ short: 4_500, disallowed: 0 });
    const earlier = of(planned('sell', 20, 20), epochMs(at - 1));
    expect(earlier).toMatchObject({ short: 20_000 });
  });

  it('disallow earlier losses by their buys, and those that were disallowed before are not counted again', () => {
    expect(of(planned('buy', 2, 7))).toEqual({
      ...{ short: 0, long: 0, undated: 0, unknown: 0 },
      disallowed: 1_000,
    });
  });

  it('are not those asked for before, once any event, cost, order or the moment is another', () => {
    const moved = change('moved', '2025-01-20', 5);
    const [held, dearer] = [10, 12].map((price) => eventsOf(buy('2025-01-10', 10, price), moved));
    const [costs, orders] = [new Map(), [planned('sell', 15, 20)]];
    const entered = new Map([['XLK-2', { cost: cents(4_000) }]]);
    const first = () => plannedGains({ events: held ?? [], costs }, orders, at);
    for (const [gains, other] of [
      [plannedGains({ events: held ?? [], costs: entered }, orders, at), { undated: 6_000 }],
      [first(), { short: 10_000, undated: 0, unknown: 1 }],
      [plannedGains({ events: dearer ?? [], costs }, orders, at), { short: 8_000 }],
      [first(), { short: 10_000 }],
      [
        plannedGains({ events: held ?? [], costs }, orders, held?.[0]?.at ?? at),
        { short: 10_000, unknown: 0 },
      ],
      [first(), { short: 10_000, unknown: 1 }],
      [
        plannedGains({ events: held ?? [], costs }, orders, epochMs(at + 2 * 365 * 86_400_000)),
        { short: 0, long: 10_000 },
      ],
      [
        plannedGains({ events: held ?? [], costs }, [planned('sell', 15, 21)], at),
        { short: 11_000 },
      ],
      [first(), { short: 10_000 }],
    ] as const)
      expect(gains).toMatchObject(other);
  });
});
