import { describe, expect, it } from 'vitest';
import type { Bars } from '#core/domain/bar.ts';
import type { Model } from '#core/domain/model.ts';
import { epochMs, sessionDate, ticker } from '#core/domain/units.ts';
import { createObserver } from '#core/engine/observer.ts';
import { TradingError } from '#core/errors.ts';
import type { BarSource } from '#core/ports.ts';
import { AS_OF, history, market } from '#tests/support/bars.ts';
import { decision } from '#tests/support/decision.ts';
import { holdingEqually } from '#tests/support/models.ts';
import { barsThrough, type WorldOptions, world } from '#tests/support/world.ts';

const XLK = ticker('XLK');
const MINUTE_MS = 60_000;
const SILENT = () => Promise.reject(new TradingError('no answer', 'retry'));

/** An observer of a desk that holds 10 XLK, whose bars end at 100, and what it asked the source for. */
function observing(options: WorldOptions = {}) {
  const asked: (readonly string[])[] = [];
  let isSilent = false;
  let adjusted: Bars | undefined;
  const load: BarSource['load'] = async (through, tell, doubted = new Set()) => {
    asked.push([...doubted]);
    if (isSilent) return SILENT();
    tell?.(1, 2);
    return {
      bars: adjusted ?? barsThrough(through),
      raw: barsThrough(through),
      refused: new Map(),
    };
  };
  const desk = world({ held: { XLK: 10 }, source: { name: 'made', load }, ...options });
  desk.broker.setPrice('XLK', 100);
  const observer = createObserver(desk.parts);
  return {
    desk,
    observer,
    asked,
    silence: () => (isSilent = true),
    adjust: (bars: Bars) => (adjusted = bars),
  };
}

describe('bars that a price contradicts', () => {
  /** Whether the bars of XLK are fetched again at that price, with a limit of 25 %. */
  const isFetched = async (price: number) => {
    const { desk, observer, asked } = observing({ limits: { priceCollar: 0.25 } });
    await observer.refreshBars();
    desk.broker.setPrice('XLK', price);
    await observer.refresh();
    return asked.slice(1).some((each) => each.includes('XLK'));
  };

  it('are fetched again beyond the limit, whether it rose or fell', async () => {
    expect(await isFetched(126)).toBe(true);
    expect(await isFetched(74)).toBe(true);
    expect(await isFetched(125)).toBe(false);
    expect(await isFetched(75)).toBe(false);
    expect(await isFetched(100)).toBe(false);
  });

  it('are fetched again every five minutes while it stays so', async () => {
    const { desk, observer, asked } = observing();
    await observer.refreshBars();
    desk.broker.setPrice('XLK', 50);
    const start = desk.clock.now();
    const fetchedAt = async (minutes: number) => {
      desk.clock.set(epochMs(start + minutes * MINUTE_MS));
      const before = asked.length;
      await observer.refresh();
      return asked.length > before;
    };
    const times: boolean[] = [];
    for (const minutes of [0, 1, 4.99, 5, 9, 10]) times.push(await fetchedAt(minutes));
    expect(times).toEqual([true, false, false, true, false, true]);
  });

  it('are fetched again as soon as a price contradicts them, however often none did', async () => {
    const { desk, observer, asked } = observing();
    await observer.refreshBars();
    await observer.refresh();
    expect(asked).toHaveLength(1);
    desk.broker.setPrice('XLK', 50);
    await observer.refresh();
    expect(asked).toEqual([[], ['XLK']]);
  });

  it('decide in the same refresh once they were fetched, as after a split', async () => {
    const { desk, observer, adjust } = observing({ target: ['XLK'] });
    await observer.refreshBars();
    desk.broker.setPrice('XLK', 50);
    adjust(new Map([...barsThrough(AS_OF), [XLK, history('XLK', () => 50)]]));
    const { data } = await observer.refresh();
    expect(data.undecided).toBeUndefined();
  });

  it('are those of the last session, however the price came there', async () => {
    const { desk, observer, asked, adjust } = observing();
    adjust(market({ XLK: 0.9 }));
    await observer.refreshBars();
    desk.broker.setPrice('XLK', observer.bars().get(XLK)?.close.at(-1) ?? 0);
    await observer.refresh();
    expect(asked).toHaveLength(1);
  });

  it('stay when the source does not answer', async () => {
    const { desk, observer, silence } = observing();
    await observer.refreshBars();
    silence();
    desk.broker.setPrice('XLK', 50);
    expect((await observer.refresh()).broker.connected).toBe(true);
    expect(observer.bars().get(XLK)?.close.at(-1)).toBe(100);
  });

  it('are not asked for before there are any', async () => {
    const { desk, observer, asked } = observing();
    desk.broker.setPrice('XLK', 50);
    await observer.refresh();
    expect(asked).toEqual([]);
  });
});

describe('an observation', () => {
  it('has positions, prices, the managed part and what was decided on, of one reading', async () => {
    const { desk, observer } = observing({ cashUsd: 1_000 });
    await observer.refreshBars();
    const seen = await observer.refresh();
    expect(seen.positions.map(({ ticker: of }) => of)).toEqual(['XLK']);
    expect(seen.prices.get(XLK)).toBe(100);
    expect(seen.managed?.equity).toBe(200_000);
    expect(seen.managedBy).toMatchObject({ reserve: 0 });
    expect(seen.maxPriceAgeMs).toBe(desk.parts.limits.maxPriceAgeMs);
    expect(seen.data).toMatchObject({ source: 'made', asOf: '2024-06-28', problem: undefined });
    expect(seen.isContradicted).toBe(false);
    const last = observer.last();
    expect([last.adjusted?.size, last.raw?.size]).toEqual([
      observer.bars().size,
      observer.raw().size,
    ]);
    expect(last.raw?.size).toBeGreaterThan(0);
  });

  it('says that the numbers of the broker contradict each other', async () => {
    const { desk, observer } = observing();
    desk.answers.account = async () => ({ ...(await desk.broker.account()), equity: 1 as never });
    expect((await observer.refresh()).isContradicted).toBe(true);
  });

  it('keeps what was seen while the broker does not answer, and says so', async () => {
    const { desk, observer } = observing();
    await observer.refresh();
    desk.answers.positions = SILENT;
    const seen = await observer.refresh();
    expect(seen.broker).toMatchObject({ connected: false, problem: 'no answer' });
    expect(seen.positions).toHaveLength(1);
    desk.answers.positions = () =>
      Promise.reject(new TradingError('another account', 'fix-config'));
    await expect(observer.refresh()).rejects.toThrow('another account');
    expect(observer.last().broker.problem).toBe('another account');
    desk.answers.positions = () => Promise.reject(new Error('a mistake of ours'));
    await expect(observer.refresh()).rejects.toThrow('a mistake of ours');
  });

  it('ranks by closes while prices are missing', async () => {
    const { desk, observer } = observing();
    await observer.refreshBars();
    desk.answers.latestPrices = SILENT;
    const seen = await observer.refresh();
    expect(seen.data.rankings.length).toBeGreaterThan(0);
    expect(seen.data).toMatchObject({ problem: 'no answer', undecided: { kind: 'no-decision' } });
  });

  it('takes one reading of the broker, unless bars were fetched again', async () => {
    const { desk, observer } = observing();
    await observer.refreshBars();
    let readings = 0;
    desk.answers.account = () => {
      readings += 1;
      return desk.broker.account();
    };
    await observer.refresh();
    expect(readings).toBe(1);
    desk.broker.setPrice('XLK', 50);
    await observer.refresh();
    expect(readings).toBe(3);
  });

  it('shows progress while bars are being read', async () => {
    const { observer } = observing();
    const shown: unknown[] = [];
    await observer.refreshBars(() => shown.push(observer.last().data.progress));
    expect([...shown, observer.last().data.progress]).toEqual([{ done: 1, of: 2 }, undefined]);
  });

  it('asks for bars up to the last session by the time of the broker', async () => {
    const { observer } = observing();
    await observer.refreshBars();
    expect(observer.bars().get(XLK)?.dates.at(-1)).toBe(sessionDate('2024-06-28'));
  });
});

describe('a decision of the observer', () => {
  const MONTHLY: Model = {
    ...{ id: 'month', activeIn: 'always', budget: 1, weigh: holdingEqually(['XLK']) },
    parameters: { lookback: 126, top: 6, minimumMomentum: 0, leverage: 1 },
  };
  const WEEKLY: Model = { ...MONTHLY, id: 'week', cadence: 'weekly', shadow: true };

  it('is kept with its inputs for the journal, and without them for a view', async () => {
    const store = { keep: (text: string) => text, hash: (text: string) => text, read: () => '' };
    const { desk, observer, adjust } = observing({ inputs: { store, code: 'c0de' } });
    expect(await observer.decide('preview', 'manual')).not.toHaveProperty('inputs');
    expect(await observer.decideAndKeep('manual-1', 'manual')).toMatchObject({
      ...{ kind: 'decided', inputs: { code: 'c0de' } },
    });
    adjust(new Map());
    desk.goTo('2024-07-02', '10:00');
    expect(await observer.decideAndKeep('manual-2', 'manual')).not.toHaveProperty('inputs');
  });

  it('keeps the last weights of a shadow that does not rebalance yet', async () => {
    const { desk } = observing({ models: [MONTHLY] });
    const kept = new Map([[ticker('XLU'), 1]]);
    const vote = { id: 'week', budget: 1, share: 1, leverage: 1, active: true, weights: kept };
    const last = decision({ id: 'monthly-2024-06', shadows: [vote] });
    desk.parts.journal.append({ kind: 'decision', decision: last });
    const observer = createObserver({ ...desk.parts, shadows: [WEEKLY] });
    const outcome = await observer.decide('monthly-2024-07', 'monthly', ['monthly']);
    if (outcome.kind !== 'decided') throw new Error(outcome.reason);
    expect(outcome.shadows?.map(({ id, weights }) => [id, weights])).toEqual([['week', kept]]);
  });
});
