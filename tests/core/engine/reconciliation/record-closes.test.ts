/** The recorder of closes alone, with what it observes given by hand. */
import { describe, expect, it } from 'vitest';
import { type Bars, lastClose } from '#core/domain/bar.ts';
import { dollars, type SessionDate, sessionDate } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { createDailyClose, type DailyClose } from '#core/engine/reconciliation/daily-close.ts';
import type { Reconciler } from '#core/engine/reconciliation/reconcile-account.ts';
import type { Log } from '#core/ports.ts';
import { changed, scaledBy } from '#tests/support/bars.ts';
import { noDecision, observation } from '#tests/support/desk.ts';
import { barsThrough, running, type World } from '#tests/support/world.ts';

const SPY = UNIVERSE.benchmark.ticker;
const day = sessionDate;

interface Recorder extends DailyClose {
  readonly said: readonly string[];
  /** How often unadjusted bars were asked for. */
  readonly compared: () => number;
  /** What it sees from now on. */
  see(bars: Bars, inDoubt?: boolean): void;
}

function recorder(desk: World, through: SessionDate, reconcile = async () => {}): Recorder {
  let [seen, inDoubt, compared] = [barsThrough(through), false, 0];
  const said: string[] = [];
  const log: Log = { ...desk.parts.log, info: (text) => void said.push(text) };
  const missing = { ...noDecision(), inDoubt: true as const };
  const observer = {
    bars: () => seen,
    raw: () => {
      compared += 1;
      return new Map();
    },
    last: () => {
      const { data, ...rest } = observation();
      return { ...rest, data: { ...data, missing: inDoubt ? missing : undefined } };
    },
  };
  const reconciler = { reconcile } as unknown as Reconciler;
  return {
    ...createDailyClose({ ...desk.parts, log }, observer, reconciler),
    ...{ said, compared: () => compared },
    see: (bars, doubt = false) => {
      [seen, inDoubt] = [bars, doubt];
    },
  };
}

/** A desk after the close of July 2, of which nothing is recorded; July 1 is. */
async function evening(): Promise<World> {
  const desk = await running({ cashUsd: 100_000 });
  desk.goTo('2024-07-01', '16:05');
  await desk.minutes(3);
  desk.goTo('2024-07-02', '16:05');
  return desk;
}

const recorded = (desk: World) => desk.book().equity.map(({ session }) => session);

describe('the recorder of closes', () => {
  it('records the last closed session, at its official closes', async () => {
    const desk = await evening();
    const closes = recorder(desk, day('2024-07-02'));
    await closes.close(day('2024-07-01'));
    expect(recorded(desk)).toEqual(['2024-07-01']);
    await closes.close(day('2024-07-02'));
    expect(recorded(desk)).toEqual(['2024-07-01', '2024-07-02']);
    expect(desk.book().equity.at(-1)?.provisional).toBeUndefined();
    expect(closes.said).toEqual([]);
  });

  it('books what moved money or shares before it reads the account', async () => {
    const desk = await evening();
    const order: string[] = [];
    desk.answers.account = async () => {
      order.push('account');
      return desk.broker.account();
    };
    const reconcile = async () => void order.push('books');
    await recorder(desk, day('2024-07-02'), reconcile).close(day('2024-07-02'));
    expect(order).toEqual(['books', 'account']);
  });

  it('records no session that is not the last closed one, nor one while another is open', async () => {
    const desk = await evening();
    desk.goTo('2024-07-03', '10:00');
    await recorder(desk, day('2024-07-02')).close(day('2024-07-02'));
    desk.goTo('2024-07-03', '16:05');
    await recorder(desk, day('2024-07-03')).close(day('2024-07-02'));
    expect(recorded(desk)).toEqual(['2024-07-01']);
    await recorder(desk, day('2024-07-03')).close(day('2024-07-03'));
    expect(recorded(desk)).toEqual(['2024-07-01', '2024-07-03']);
  });

  it('prefers the benchmark’s official close to its latest price', async () => {
    const desk = await evening();
    const official = lastClose(barsThrough(day('2024-07-02')).get(SPY) as never) ?? 0;
    desk.broker.setPrice('SPY', official * 1.01);
    await recorder(desk, day('2024-07-02')).close(day('2024-07-02'));
    expect(desk.book().equity.at(-1)?.benchmark).toBe(official);
    const early = await evening();
    early.broker.setPrice('SPY', official * 1.01);
    await recorder(early, day('2024-07-01')).close(day('2024-07-02'));
    expect(early.book().equity.at(-1)).toMatchObject({
      ...{ benchmark: official * 1.01, provisional: true },
    });
  });

  it('fails without any price of the benchmark', async () => {
    const desk = await evening();
    desk.answers.latestPrices = async () => new Map();
    const closes = recorder(desk, day('2024-07-01'));
    await expect(closes.close(day('2024-07-02'))).rejects.toThrow('SPY: no latest price');
    await recorder(desk, day('2024-07-02')).close(day('2024-07-02'));
    expect(recorded(desk)).toHaveLength(2);
  });

  it('waits while the account contradicts itself, and says so', async () => {
    const desk = await evening();
    const closes = recorder(desk, day('2024-07-02'));
    desk.answers.account = async () => ({
      ...(await desk.broker.account()),
      equity: dollars(500_000),
    });
    await closes.close(day('2024-07-02'));
    expect(recorded(desk)).toHaveLength(1);
    expect(closes.said).toEqual([
      expect.stringMatching(
        /^close of 2024-07-02 waits: The broker reports an equity of \$500,000/,
      ),
    ]);
  });

  it('waits for shares that have left the account, and says so', async () => {
    const desk = await evening();
    const closes = recorder(desk, day('2024-07-02'));
    const held = [...(desk.book().equity[0]?.holdings?.keys() ?? [])];
    expect(held.length).toBeGreaterThan(0);
    const left = held[0];
    desk.answers.positions = async () =>
      (await desk.broker.positions()).filter(({ ticker: of }) => of !== left);
    desk.answers.account = async () => {
      const [all, positions] = await Promise.all([desk.broker.account(), desk.broker.positions()]);
      const gone = positions.find(({ ticker: of }) => of === left)?.marketValue ?? 0;
      return { ...all, equity: (all.equity - gone) as never };
    };
    desk.goTo('2024-07-02', '17:00');
    await closes.close(day('2024-07-02'));
    desk.goTo('2024-07-02', '18:00');
    await closes.close(day('2024-07-02'));
    expect(recorded(desk)).toHaveLength(1);
    expect(closes.said).toEqual([
      expect.stringMatching(/^close of 2024-07-02 waits: /),
      'close of 2024-07-02 waits: a corporate action may be under way',
    ]);
  });

  it('waits half an hour for a difference to be explained, not until the market opens', async () => {
    const desk = await evening();
    const closes = recorder(desk, day('2024-07-02'));
    desk.answers.account = async () => {
      const all = await desk.broker.account();
      const more = dollars(1_000);
      return { ...all, cash: (all.cash + more) as never, equity: (all.equity + more) as never };
    };
    await closes.close(day('2024-07-02'));
    desk.clock.set((desk.clock.now() + 30 * 60_000 - 1) as never);
    await closes.close(day('2024-07-02'));
    expect([recorded(desk).length, closes.said.length]).toEqual([1, 2]);
    expect(closes.said[0]).toMatch(/^close of 2024-07-02 waits: .*cash/);
    desk.clock.set((desk.clock.now() + 1) as never);
    await closes.close(day('2024-07-02'));
    expect(recorded(desk)).toHaveLength(2);
  });

  it('waits no longer than ten minutes before the market opens', async () => {
    const desk = await evening();
    desk.goTo('2024-07-03', '09:10');
    const closes = recorder(desk, day('2024-07-02'));
    desk.answers.account = async () => {
      const all = await desk.broker.account();
      const more = dollars(1_000);
      return { ...all, cash: (all.cash + more) as never, equity: (all.equity + more) as never };
    };
    await closes.close(day('2024-07-02'));
    desk.goTo('2024-07-03', '09:19');
    await closes.close(day('2024-07-02'));
    expect(recorded(desk)).toHaveLength(1);
    desk.goTo('2024-07-03', '09:20');
    await closes.close(day('2024-07-02'));
    expect(recorded(desk)).toHaveLength(2);
  });
});

describe('the correction of closes', () => {
  it('compares bars once, until others come or another close is recorded', async () => {
    const desk = await evening();
    const closes = recorder(desk, day('2024-07-01'));
    closes.correct();
    closes.correct();
    expect(closes.compared()).toBe(1);
    closes.see(barsThrough(day('2024-07-02')));
    closes.correct();
    expect(closes.compared()).toBe(2);
  });

  it('replaces a provisional close once the same bars are no longer in doubt', async () => {
    const desk = await evening();
    const [closes, bars] = [recorder(desk, day('2024-07-02')), barsThrough(day('2024-07-02'))];
    closes.correct();
    closes.see(bars, true);
    await closes.close(day('2024-07-02'));
    closes.correct();
    expect(desk.book().equity.at(-1)?.provisional).toBe(true);
    closes.see(bars);
    closes.correct();
    expect(desk.book().equity.at(-1)?.provisional).toBeUndefined();
    expect(desk.entries('official-close')).toHaveLength(1);
    expect(desk.entries('corrected-close')).toEqual([]);
  });
});

describe('the correction of a final close', () => {
  it('keeps what was recorded beside the official one', async () => {
    const desk = await evening();
    const [closes, bars] = [recorder(desk, day('2024-07-02')), barsThrough(day('2024-07-02'))];
    await closes.close(day('2024-07-02'));
    const was = desk.book().equity.at(-1);
    expect(was?.provisional).toBeUndefined();
    closes.see(changed(bars, 'SPY', (one) => scaledBy(one, 1.01)));
    closes.correct();
    expect(desk.entries('corrected-close')).toMatchObject([{ recorded: was?.equity }]);
    expect(desk.entries('official-close')).toEqual([]);
  });
});

describe('closes that were missed', () => {
  it('are recorded with the part that Rotor manages', async () => {
    const desk = await evening();
    recorder(desk, day('2024-07-02')).backfill([day('2024-07-02')]);
    expect(recorded(desk)).toHaveLength(2);
    expect(desk.book().equity.at(-1)?.managedBy?.own).toContain('XLK');
  });

  it('wait for their bars in the session and half an hour after it, and no later close is recorded', async () => {
    const desk = await evening();
    const closes = recorder(desk, day('2024-07-01'));
    desk.goTo('2024-07-03', '11:00');
    closes.backfill([day('2024-07-02')]);
    desk.goTo('2024-07-03', '12:59');
    closes.backfill([day('2024-07-02')]);
    expect(desk.entries('missed-closes')).toEqual([]);
    for (const time of ['13:00', '13:29']) {
      desk.goTo('2024-07-03', time);
      closes.backfill([day('2024-07-02')]);
      await closes.close(day('2024-07-03'));
    }
    expect([recorded(desk).length, desk.entries('missed-closes').length]).toEqual([1, 0]);
    desk.goTo('2024-07-03', '13:30');
    closes.backfill([day('2024-07-02')]);
    expect(desk.entries('missed-closes')).toEqual([
      expect.objectContaining({ sessions: ['2024-07-02'] }),
    ]);
  });

  it('are reported together up to the next one that is known', async () => {
    const desk = await evening();
    desk.goTo('2024-07-11', '17:00');
    const closes = recorder(desk, day('2024-07-11'));
    const sessions = [
      '2024-07-02',
      '2024-07-03',
      '2024-07-05',
      '2024-07-08',
      '2024-07-09',
      '2024-07-10',
    ].map(day);
    const known = barsThrough(day('2024-07-11'));
    const without = new Map(
      [...known].map(([name, history]) => {
        const rows = history.dates.map((date, row) => ({ date, row }));
        const kept = rows.filter(
          ({ date }) => !['2024-07-02', '2024-07-05', '2024-07-09', '2024-07-10'].includes(date),
        );
        const pick = (column: Float64Array) =>
          Float64Array.from(kept.map(({ row }) => column[row] ?? 0));
        return [
          name,
          {
            ticker: history.ticker,
            dates: kept.map(({ date }) => date),
            ...{ open: pick(history.open), high: pick(history.high), low: pick(history.low) },
            ...{ close: pick(history.close), volume: pick(history.volume) },
          },
        ];
      }),
    );
    closes.see(without as never);
    closes.backfill(sessions);
    expect(recorded(desk)).toEqual(['2024-07-01', '2024-07-03', '2024-07-08']);
    expect(desk.entries('missed-closes').map((each) => each.sessions)).toEqual([
      ['2024-07-02'],
      ['2024-07-05'],
      ['2024-07-09', '2024-07-10'],
    ]);
  });
});
