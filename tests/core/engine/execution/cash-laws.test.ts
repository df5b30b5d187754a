import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cents, dollars, ticker, valueOf } from '#core/domain/units.ts';
import { started, type World } from '#tests/support/world.ts';

/** One account and one market: what it holds, how prices move before each order, how orders fill. */
interface Market {
  readonly cashUsd: number;
  readonly reserveUsd: number;
  readonly moves: readonly number[];
  readonly parts: readonly number[];
}

const market: fc.Arbitrary<Market> = fc.record({
  cashUsd: fc.integer({ min: 0, max: 30_000 }),
  reserveUsd: fc.constantFrom(0, 0, 2_500),
  moves: fc.array(fc.double({ min: -0.02, max: 0.02, noNaN: true }), {
    minLength: 1,
    maxLength: 9,
  }),
  parts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 7 }),
});

const SYMBOLS = ['XLK', 'XLE', 'XLF', 'XLV', 'TLT'];

/** Prices move before each answer, and an order fills only within its limit: in part, whole or not. */
function play(desk: World, { moves, parts }: Market): void {
  const at = new Map(SYMBOLS.map((symbol) => [symbol, 100]));
  let count = 0;
  desk.broker.behave(({ ticker: of, side, limitPrice, qty }) => {
    count += 1;
    const factor = 1 + (moves[count % moves.length] ?? 0);
    const price = Math.min(109, Math.max(91, (at.get(of) ?? 100) * factor));
    at.set(of, price);
    desk.broker.setPrice(of, price);
    const limit = Number(limitPrice);
    if (side === 'buy' ? price > limit : price < limit) return { kind: 'open' };
    const shares = Math.floor((parts[count % parts.length] ?? 1) * (qty / 1e9));
    return shares * 1e9 >= qty ? { kind: 'whole' } : { kind: 'fills', parts: [shares] };
  });
}

/** Cash that is free once every open buy has filled at its limit, the one that is sent included. */
function faultsAt(desk: World, reserveUsd: number): readonly string[] {
  const { cash, lots } = desk.broker.ledger();
  const pending = desk.broker.accepted
    .filter(({ side, status }) => side === 'buy' && status === 'open')
    .reduce((sum, { qty, limitPrice = 0 }) => sum + valueOf(qty, limitPrice), 0);
  const free = cash - pending - dollars(reserveUsd);
  return [
    ...(free >= 0 ? [] : [`cash after open buys: ${free}`]),
    ...([...lots.values()].some(({ qty }) => qty < 0) ? ['sold short'] : []),
  ];
}

describe('the limits of cash and exposure', () => {
  it('hold after every POST and every fill, on any price path and with any partial fills', async () => {
    await fc.assert(
      fc.asyncProperty(market, async (made) => {
        const reserve = cents(dollars(made.reserveUsd));
        const desk = await started({
          cashUsd: made.cashUsd + made.reserveUsd,
          held: { XLF: 100, XLV: 60 },
          target: ['XLK', 'XLE', 'TLT'],
          limits: { reserve, maxOrdersPerDay: 200, maxTurnoverPerDay: 10 },
        });
        play(desk, made);
        const faults: string[] = [];
        desk.answers.submit = async (order) => {
          const outcome = await desk.broker.submit(order);
          faults.push(...faultsAt(desk, made.reserveUsd));
          return outcome;
        };
        await desk.minutes(12);
        expect(faults).toEqual([]);
        expect(desk.broker.ledger().cash).toBeGreaterThanOrEqual(reserve);
        expect(desk.book().ledger.cash).toBe(desk.broker.ledger().cash);
        expect(desk.broker.ledger().lots.get(ticker('XLF'))?.qty ?? 0).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 25 },
    );
  });
});
