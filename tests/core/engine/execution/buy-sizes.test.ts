/** Buys that share the money of an account. */
import { describe, expect, it } from 'vitest';
import { linesOf } from '#core/domain/order-lines.ts';
import { cents, dollars, qty, ticker } from '#core/domain/units.ts';
import { type BuySizesInput, sizesOfBuys } from '#core/engine/execution/buy-sizes.ts';
import { takeSnapshot } from '#core/engine/execution/pre-trade-check.ts';
import { decision, intent } from '#tests/support/decision.ts';
import { managedOrder } from '#tests/support/orders.ts';
import { type World, type WorldOptions, world } from '#tests/support/world.ts';

const ID = 'monthly-2024-07';
const XLK = intent(ID, 'buy', 'XLK', 40);
const XLE = intent(ID, 'buy', 'XLE', 20);
const SELL = intent(ID, 'sell', 'XLF', 20);
const DECIDED = decision({ id: ID, cause: 'monthly', orders: [SELL, XLK, XLE] });
/** A limit equal to the latest price, so that the amounts are round. */
const ROUND = { limitBps: 0, maxWeight: 1 };
const WAITS = { kind: 'wait', limit: 'price', reason: 'XLF: no price' } as const;

/** $6,000 are wanted: 40 XLK and 20 XLE at $100. */
async function sizes(
  cashUsd: number,
  changes: Partial<BuySizesInput> = {},
  options: WorldOptions = {},
  prepare: (made: World) => void = () => {},
) {
  const made = world({ cashUsd, limits: ROUND, ...options });
  prepare(made);
  const found = sizesOfBuys({
    ...{ parts: made.parts, decision: DECIDED, isLastSession: false, waits: new Map() },
    snapshot: await takeSnapshot(made.parts, [XLK.ticker, XLE.ticker]),
    lines: [...linesOf(DECIDED, [], 'buy'), ...linesOf(DECIDED, [], 'sell')],
    ...changes,
  });
  return {
    sizes: Object.fromEntries([...found.sizes].map(([name, size]) => [name, size / 1e9])),
    blocks: Object.fromEntries(found.blocks),
  };
}

/** The broker’s answer lags behind the $6,000 in our own books. */
const lagging = (made: World): void => {
  made.parts.journal.append({
    kind: 'baseline',
    ...{
      cash: dollars(6_000),
      positions: new Map(),
      equity: dollars(6_000),
      benchmark: 1,
      known: [],
    },
  });
};

describe('buys that all fit', () => {
  it('are sent in full, also if they need every cent', async () => {
    const whole = { sizes: { 'buy XLK': 40, 'buy XLE': 20 }, blocks: {} };
    expect(await sizes(6_000)).toEqual(whole);
    expect(await sizes(9_000)).toEqual(whole);
  });

  it('are none where nothing is bought', async () => {
    const none = { sizes: {}, blocks: {} };
    expect(await sizes(100, { lines: linesOf(DECIDED, [], 'sell') })).toEqual(none);
    expect(await sizes(100, { lines: [] })).toEqual(none);
  });
});

describe('buys that do not fit', () => {
  it('shrink by the same factor, a cent held back for each, and round down to whole shares', async () => {
    expect(await sizes(4_500)).toEqual({
      ...{ sizes: { 'buy XLK': 29, 'buy XLE': 14 }, blocks: {} },
    });
    expect(await sizes(4_500.02)).toEqual({
      ...{ sizes: { 'buy XLK': 30, 'buy XLE': 15 }, blocks: {} },
    });
  });

  it('shrink to fractions of a share, only where the asset and the settings allow them', async () => {
    const fractional = { rules: { fractional: true } };
    expect((await sizes(4_500.02, {}, fractional)).sizes).toEqual({
      ...{ 'buy XLK': 30, 'buy XLE': 15 },
    });
    expect((await sizes(4_400.02, {}, fractional)).sizes['buy XLK']).toBeCloseTo(29.333333, 5);
    const onlyOne = (made: World): void => {
      made.answers.assets = async (tickers) =>
        tickers.map((each) => ({
          ...{ ticker: each, tradable: true, fractionable: each === ticker('XLE') },
        }));
    };
    const mixed = (await sizes(4_400.02, {}, fractional, onlyOne)).sizes;
    expect(mixed['buy XLK']).toBe(29);
    expect(mixed['buy XLE']).toBeCloseTo(14.666666, 5);
    const unlisted = (made: World): void => {
      made.answers.assets = async () => [];
    };
    expect((await sizes(4_400.02, {}, fractional, unlisted)).sizes).toEqual({
      ...{ 'buy XLK': 29, 'buy XLE': 14 },
    });
  });

  it('leave out an order that was recorded before, and those of which there is no fresh price', async () => {
    const planned = managedOrder(XLK, { state: 'planned' });
    const lines = linesOf(DECIDED, [planned], 'buy');
    expect(await sizes(2_500, { lines })).toEqual({ sizes: { 'buy XLE': 20 }, blocks: {} });
    const silent = (made: World): void => {
      made.answers.latestPrices = async (tickers) => {
        const found = new Map(await made.broker.latestPrices(tickers));
        found.delete(XLK.ticker);
        return found;
      };
    };
    expect((await sizes(2_500, {}, {}, silent)).sizes).toEqual({ 'buy XLE': 20 });
  });

  it('are blocked one by one where too little is left for an order', async () => {
    const short = '$6,000 is needed, $100 of cash is left';
    const block = { kind: 'refuse', limit: 'cash', reason: short };
    expect(await sizes(100.02)).toEqual({
      ...{ sizes: { 'buy XLK': 0, 'buy XLE': 0 } },
      blocks: { 'buy XLK': block, 'buy XLE': block },
    });
    const fractional = { rules: { fractional: true, minOrder: dollars(40) } };
    const both = await sizes(120.02, {}, fractional);
    // $80 and $40: an order of the smallest size is sent.
    expect(both.blocks).toEqual({});
    const one = await sizes(119, {}, fractional);
    expect(one.sizes['buy XLE']).toBeGreaterThan(0.39);
    expect(Object.keys(one.blocks)).toEqual(['buy XLE']);
    const any = { rules: { fractional: true, minOrder: cents(0) } };
    expect(Object.keys((await sizes(0, {}, any)).blocks)).toEqual(['buy XLK', 'buy XLE']);
  });

  it('are never a negative number of shares', async () => {
    const debt = await sizes(0, {}, { limits: { ...ROUND, reserve: dollars(500) } });
    expect(debt.sizes).toEqual({ 'buy XLK': 0, 'buy XLE': 0 });
  });

  it('of the cap of one ticker are left to the check of its own order', async () => {
    const capped = { limits: { ...ROUND, maxWeight: 0.1 } };
    expect((await sizes(6_000, {}, capped)).sizes).toEqual({ 'buy XLK': 40, 'buy XLE': 20 });
  });
});

describe('buys for which more money may come', () => {
  it('wait for it while less than half could be bought', async () => {
    const none = { 'buy XLK': 0, 'buy XLE': 0 };
    const half = await sizes(3_000.02, {}, {}, lagging);
    expect(half).toEqual({ sizes: { 'buy XLK': 20, 'buy XLE': 10 }, blocks: {} });
    const less = await sizes(3_000.01, {}, {}, lagging);
    expect(less.sizes).toEqual(none);
    expect(less.blocks['buy XLK']).toEqual({
      ...{ kind: 'wait', limit: 'cash', reason: '$6,000 is needed, $3,000 of cash is left' },
    });
  });

  it('take what there is in the last session, or where nothing more will come', async () => {
    const part = { 'buy XLK': 13, 'buy XLE': 6 };
    expect((await sizes(2_000.02, { isLastSession: true }, {}, lagging)).sizes).toEqual(part);
    expect((await sizes(2_000.02)).sizes).toEqual(part);
  });

  it('wait for the sells that are held back', async () => {
    const waits = new Map([['sell XLF', WAITS]]);
    const found = await sizes(2_000.02, { waits });
    expect(found.sizes).toEqual({ 'buy XLK': 0, 'buy XLE': 0 });
    const reason = '$6,000 is needed, $2,000 of cash is left until the sells are done';
    expect(found.blocks['buy XLE']).toEqual({ kind: 'wait', limit: 'open order', reason });
    const ofBuys = new Map([['buy XLV', WAITS]]);
    expect((await sizes(2_000.02, { waits: ofBuys })).sizes).toEqual({
      ...{ 'buy XLK': 13, 'buy XLE': 6 },
    });
  });

  it('count what is still wanted of each, not what was planned', async () => {
    const lines = linesOf(DECIDED, [], 'buy').map((line) => ({ ...line, wanted: qty(10e9) }));
    expect((await sizes(2_000, { lines })).sizes).toEqual({ 'buy XLK': 10, 'buy XLE': 10 });
  });
});
