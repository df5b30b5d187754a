/** The laws of simulated years, each held against something that breaks it. */
import { describe, expect, it } from 'vitest';
import type { Request } from '#bot/interactions/request.ts';
import type { Router } from '#bot/interactions/router.ts';
import { type AccountState, EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { cents, qty, sessionDate, ticker, wholeShares } from '#core/domain/units.ts';
import { account, observation } from '#tests/support/desk.ts';
import { at, began, bookOf, closed } from '../core/views/books.ts';
import { checkPrices } from './years/decision-laws.ts';
import { checkTaken } from './years/discord-people.ts';
import type { Faults } from './years/faults.ts';
import type { Life } from './years/life.ts';
import type { Market } from './years/market.ts';
import type { LawParts } from './years/order-laws.ts';
import { createPresses } from './years/presses.ts';
import { checkEvening, checkMonth } from './years/quiet-laws.ts';
import { checkInTime, checkOnce, checkSellsFirst } from './years/rebalance-laws.ts';
import { SETTINGS } from './years/settings.ts';
import {
  checkAlertsTold,
  checkDashboard,
  checkEnded,
  checkGain,
  checkMessages,
  watchAlerts,
} from './years/shown-laws.ts';
import { createTrueAccount } from './years/true-account.ts';
import { trueSessionAt, trueSessions } from './years/true-calendar.ts';
import { createTrueDrawdown } from './years/true-drawdown.ts';
import { trueTarget } from './years/true-target.ts';

const XLK = ticker('XLK');
const NOON = newYorkInstant(sessionDate('2024-07-01'), 12 * 60);

/** Parts of a world in which nothing goes wrong, and the laws that were broken. */
function parts(over: object = {}) {
  const broken: string[] = [];
  const world = {
    time: { now: () => NOON },
    faults: { since: () => false },
    exchange: { fake: { accepted: [] } },
    report: (law: string) => void broken.push(law),
    ...over,
  } as unknown as LawParts;
  return { world, broken };
}

const BUY = { side: 'buy', ticker: ticker('XLE'), clientOrderId: 'rotor-1' } as const;
const PLAN = {
  at: NOON,
  decision: {
    id: 'monthly-2024-07',
    plan: { orders: [{ side: 'sell', ticker: XLK, estimated: 5_000 }] },
  },
} as unknown as Parameters<typeof checkSellsFirst>[2];

describe('the law that sells leave first', () => {
  const posted = (id: string, at: number) => ({
    exchange: {
      fake: { accepted: [{ side: 'sell', ticker: XLK, clientOrderId: id, submittedAt: at }] },
    },
  });
  const brokenWith = (over: object): readonly string[] => {
    const { world, broken } = parts(over);
    checkSellsFirst(world, BUY as unknown as Parameters<typeof checkSellsFirst>[1], PLAN);
    return broken;
  };

  it('is broken by a buy while a planned sell never left', () => {
    expect(brokenWith({})).toEqual(['buy before sells']);
  });

  it('is broken where only somebody else sold it, or an earlier rebalance did', () => {
    expect(brokenWith(posted('by-hand', NOON))).toEqual(['buy before sells']);
    expect(brokenWith(posted('rotor-0', NOON - 1))).toEqual(['buy before sells']);
  });

  it('holds where the sell left', () => {
    expect(brokenWith(posted('rotor-0', NOON))).toEqual([]);
  });

  it('says nothing of a sell that Rotor’s own limit refuses', () => {
    const { world, broken } = parts({});
    const estimated = SETTINGS.limits.maxOrder;
    const plan = { orders: [{ side: 'sell', ticker: XLK, estimated }] };
    const large = { ...PLAN, decision: { ...PLAN.decision, plan } } as unknown as typeof PLAN;
    checkSellsFirst(world, BUY as unknown as Parameters<typeof checkSellsFirst>[1], large);
    expect(broken).toEqual([]);
  });

  it('says nothing while something keeps sells from leaving', () => {
    expect(brokenWith({ faults: { since: () => true } })).toEqual([]);
  });
});

describe('the law that a month is traded once', () => {
  const made = (id: string, day: string) => ({
    decision: { id, cause: id.split('-')[0] },
    at: newYorkInstant(sessionDate(day), 600),
  });
  const brokenBy = (...all: readonly ReturnType<typeof made>[]): readonly string[] => {
    const { world, broken } = parts();
    const rebalances = new Map(all.map((each) => [each.decision.id, each]));
    const book = { ...EMPTY_ACCOUNT_STATE, rebalances } as unknown as Parameters<
      typeof checkOnce
    >[1];
    const last = all.at(-1)?.decision as unknown as Parameters<typeof checkOnce>[2];
    checkOnce(world, book, last);
    return broken;
  };

  it('is broken by a second rebalance of the month and by one after its end', () => {
    expect(
      brokenBy(made('initial-2024-07-01', '2024-07-01'), made('monthly-2024-07', '2024-07-10')),
    ).toEqual(['month twice']);
    expect(brokenBy(made('monthly-2024-06', '2024-07-02'))).toEqual(['month twice']);
  });

  it('holds for one a month, and for what a person asked for besides', () => {
    expect(
      brokenBy(
        made('monthly-2024-06', '2024-06-03'),
        made('manual-1', '2024-07-01'),
        made('monthly-2024-07', '2024-07-02'),
      ),
    ).toEqual([]);
  });
});

describe('the law that a month is not caught up late', () => {
  const decidedOn = (day: string, until?: string): readonly string[] => {
    const { world, broken } = parts({
      time: { now: () => newYorkInstant(sessionDate(day), 600) },
    });
    const announced = until === undefined ? [] : [['monthly-2024-07', { until }] as const];
    const book = { announcements: new Map(announced) } as unknown as AccountState;
    checkInTime(world, book, { id: 'monthly-2024-07', cause: 'monthly' });
    return broken;
  };

  it('is broken by one that nobody asked for after the sessions of grace', () => {
    expect(SETTINGS.maxCatchUpSessions).toBe(5);
    expect(decidedOn('2024-07-10')).toEqual(['month late']);
  });

  it('holds within them, counted from the session to which it was delayed', () => {
    expect(decidedOn('2024-07-09')).toEqual([]);
    expect(decidedOn('2024-07-10', '2024-07-03')).toEqual([]);
  });
});

describe('the law that no month is forgotten', () => {
  const forgottenOn = (day: string, until?: string): readonly string[] => {
    const { world, broken } = parts({
      time: { now: () => newYorkInstant(sessionDate(day), 1200) },
    });
    const announced = until === undefined ? [] : [['monthly-2024-07', { until }] as const];
    const june = { at: newYorkInstant(sessionDate('2024-06-03'), 600) };
    checkMonth(world, {
      ...EMPTY_ACCOUNT_STATE,
      baseline: { at: newYorkInstant(sessionDate('2024-05-28'), 600) },
      rebalances: new Map([['monthly-2024-06', june]]),
      announcements: new Map(announced),
    } as unknown as AccountState);
    return broken;
  };

  it('is broken in the evening of the session after the one that it is due on', () => {
    expect(forgottenOn('2024-07-02')).toEqual(['month forgotten']);
    expect(forgottenOn('2024-07-03', '2024-07-02')).toEqual(['month forgotten']);
  });

  it('says nothing before, wherever a person moved that session to', () => {
    expect(forgottenOn('2024-07-01')).toEqual([]);
    expect(forgottenOn('2024-07-02', '2024-07-02')).toEqual([]);
  });
});

describe('a press', () => {
  it('is taken twice where it has two answers, unless both say that it failed', () => {
    const broken: string[] = [];
    const report = (law: string): void => void broken.push(law);
    const failed = '{"description":"That failed unexpectedly. The log has the details."}';
    checkTaken(report, ['■ HALT']);
    checkTaken(report, [failed, failed]);
    expect(broken).toEqual([]);
    checkTaken(report, ['■ HALT', '■ HALT']);
    expect(broken).toEqual(['press taken twice']);
  });

  it('that is delivered to a process which dies has no answer', async () => {
    const answers = async (isDead: boolean): Promise<readonly string[]> => {
      let heard: readonly string[] = [];
      const router = {
        handle: (request: Request) => request.reply('done' as never, 'asker'),
      } as unknown as Router;
      const faults = { on: () => undefined } as unknown as Faults;
      const to = { router, fuse: { isDead: () => isDead } };
      const by = { id: '1', name: 'ines', role: undefined };
      void createPresses(faults)
        .press(to, { by, kind: 'command', name: 'halt' }, 2)
        .then((each) => {
          heard = each;
        });
      await new Promise(setImmediate);
      return heard;
    };
    expect(await answers(false)).toEqual(['done', 'done']);
    expect(await answers(true)).toEqual([]);
  });
});

describe('the law that a message stands once', () => {
  const known = (ids: readonly string[]) => ({ messages: () => new Set(ids) }) as unknown as Life;
  const standing = () => ['a', 'b'].map((id) => ({ id, head: id, text: id }));

  it('is broken by one that no journal knows of', () => {
    const { world, broken } = parts({ discord: { standing } });
    checkMessages(world, known(['a']));
    expect(broken).toEqual(['message twice']);
    checkMessages(world, known(['a', 'b']));
    expect(broken).toHaveLength(1);
  });
});

/** A world that holds so much cash and nothing else. */
function holding(cash: number, over: object = {}) {
  const holdings = () => ({ cash: cents(cash), shares: new Map() });
  return parts({ exchange: { holdings, due: new Map() }, market: {}, ...over });
}

describe('the law that the dashboard shows what there is', () => {
  const showing = (text: string | undefined) =>
    ({ dashboard: () => text }) as unknown as Parameters<typeof checkDashboard>[1];

  it('is broken by another amount, above and below zero', () => {
    const { world, broken } = holding(1_234_567);
    checkDashboard(world, showing('Equity $12,345.68 Cash $12,345.68'));
    expect(broken).toEqual(['dashboard differs', 'dashboard differs']);
    const owing = holding(-416_152);
    checkDashboard(owing.world, showing('Equity $4,161.52'));
    expect(owing.broken).toEqual(['dashboard differs', 'dashboard differs']);
  });

  it('holds for the amounts as they are written, and while nothing stands there', () => {
    for (const [cash, text] of [
      [1_234_567, 'Equity $12,345.67'],
      [-416_152, 'Equity \u2212\u2060$4,161.52'],
      [1, undefined],
    ] as const) {
      const { world, broken } = holding(cash);
      checkDashboard(world, showing(text));
      expect(broken).toEqual([]);
    }
  });
});

describe('the law that the gain of a day is earned', () => {
  /** A dashboard that shows a gain of 1 % today. */
  const shown = () => {
    const entries = [
      began(at('2026-11-16T15:00:00Z')),
      closed('2026-11-18', 99_000, 500),
      closed('2026-11-19', 100_000, 500),
    ];
    const seen = observation({ at: at('2026-11-20T15:00:00Z'), account: account(101_000) });
    const engine = { book: () => bookOf(...entries), observation: () => seen };
    return { engine } as unknown as Parameters<typeof checkGain>[1];
  };
  const brokenWith = (earned: number | undefined, over: object = {}): readonly string[] => {
    const [isDisturbed, isDisturbedSince] = [() => true, () => false];
    const drawdown = { today: () => earned, isDisturbed, isDisturbedSince };
    const { world, broken } = parts({ drawdown, ...over });
    checkGain(world, shown());
    return broken;
  };
  const brought = { today: () => 0.02, isDisturbed: () => true, isDisturbedSince: () => true };

  it('is broken where what was brought is shown as earned', () => {
    expect(brokenWith(0.05)).toEqual(['gain differs']);
  });

  it('holds where it was earned, and says nothing before there is a day', () => {
    expect(brokenWith(0.01)).toEqual([]);
    expect(brokenWith(undefined)).toEqual([]);
  });

  it('is exact but for days about which something was brought, or a dividend is due', () => {
    expect(brokenWith(0.013)).toEqual(['gain differs']);
    expect(brokenWith(0.013, { faults: { since: () => true } })).toEqual([]);
    expect(brokenWith(undefined, { drawdown: brought })).toEqual([]);
  });

  it('is broken since the start by all that was earned, where nothing was brought', () => {
    const drawdown = { today: () => 0.01, isDisturbed: () => false };
    const holdings = () => ({ cash: cents(10_500_000), shares: new Map() });
    const exchange = { holdings, due: new Map() };
    expect(
      brokenWith(0.01, { drawdown: { ...drawdown, isDisturbedSince: () => false }, exchange }),
    ).toEqual(['gain differs']);
  });
});

describe('the laws about what people are called for', () => {
  const alert = (severity: string, about: string) =>
    ({
      ...{ seq: 7, at: NOON },
      entry: { kind: 'alert', alert: { subject: { about }, severity, title: 'T' } },
    }) as unknown as Parameters<typeof watchAlerts>[1];
  const toldThrough = (seq: number) =>
    ({ isUp: () => true, told: () => seq }) as unknown as Parameters<typeof watchAlerts>[2];
  /** Alarms ring at once, as if the minute had passed. */
  const waiting = { now: () => NOON, at: (_: number, wake: () => void) => wake() };

  it('are broken by a critical alert that is not told within a minute', () => {
    const { world, broken } = parts({ time: waiting });
    watchAlerts(world, alert('critical', 'limit'), toldThrough(6));
    expect(broken).toEqual(['critical told late']);
  });

  it('hold where it is told, for others, and while nothing gets through', () => {
    const { world, broken } = parts({ time: waiting });
    watchAlerts(world, alert('critical', 'limit'), toldThrough(7));
    watchAlerts(world, alert('warning', 'limit'), toldThrough(6));
    const silent = parts({ time: waiting, faults: { since: () => true } });
    watchAlerts(silent.world, alert('critical', 'error'), toldThrough(6));
    expect([...broken, ...silent.broken]).toEqual([]);
  });

  it('are broken by an alarm that nothing in the world gives cause for', () => {
    const { world, broken } = parts({ time: waiting });
    watchAlerts(world, alert('error', 'broker'), toldThrough(7));
    watchAlerts(world, alert('warning', 'left-undone'), toldThrough(7));
    expect(broken).toEqual(['called for nothing']);
  });

  it('are broken by one that stays when its orders are final, and by one that nobody reads', () => {
    const open = (about: string, title = 'Orders stay open') => {
      const value = { alert: { subject: { about }, severity: 'warning', title, text: '' } };
      return { alerts: new Map([[about, value]]) } as unknown as AccountState;
    };
    const { world, broken } = parts({
      discord: { standing: () => [{ id: 'a', head: '', text: 'Orders stay open' }] },
    });
    checkEnded(world, open('open-orders'));
    checkEnded(world, open('idle-cash'));
    checkAlertsTold(world, open('open-orders'));
    checkAlertsTold(world, open('open-orders', 'Limit reached'));
    expect(broken).toEqual(['alert never ends', 'alert untold']);
  });

  it('are broken by a drawdown that the account does not have', () => {
    const fallen = (present: number) => {
      const { world, broken } = holding(100_000, {
        ...{ time: waiting, drawdown: { present: () => present } },
      });
      watchAlerts(world, alert('warning', 'drawdown'), toldThrough(7));
      return broken;
    };
    expect(fallen(0.02)).toEqual(['drawdown invented']);
    expect(fallen(0.3)).toEqual([]);
  });
});

describe('the law that a decision is sized at true prices', () => {
  const brokenAt = (price: number, close: number): readonly string[] => {
    const { world, broken } = parts({ market: { price: () => ({ price: 45, at: NOON }) } });
    const plan = { lines: [{ ticker: XLK, price }] };
    checkPrices(world, { id: 'monthly-2024-07', plan, closes: new Map([[XLK, close]]) } as never);
    return broken;
  };

  it('is broken by another price, be it the last close', () => {
    expect(brokenAt(45, 44)).toEqual([]);
    expect(brokenAt(48, 48)).toEqual(['decision on wrong prices']);
    expect(brokenAt(90, 44)).toEqual(['decision on wrong prices']);
  });

  it('holds where the price contradicts the last close: that order waits', () => {
    expect(brokenAt(90, 90)).toEqual([]);
  });
});

describe('the truth of a decision', () => {
  const LIMITS = { maxGross: 1, maxWeight: 0.4 };
  const SECTORS = ['XLK', 'XLF', 'XLE', 'XLV', 'XLI', 'XLP', 'XLU', 'XLY', 'XLC', 'XLB', 'XLRE'];
  /** Closes that gain so much a session; the others fall. */
  const closes = (gains: Readonly<Record<string, number>>) =>
    new Map(
      [...SECTORS, 'TLT', 'SPY'].map((name) => [
        name,
        Array.from({ length: 300 }, (_, row) => 100 * (1 + (gains[name] ?? -0.001)) ** row),
      ]),
    );

  it('is everything in bonds where nothing rose, and in a falling market the strict model', () => {
    expect(trueTarget(closes({}), LIMITS)).toMatchObject({
      regime: 'bear',
      weights: new Map([['TLT', 1]]),
    });
    const { weights } = trueTarget(closes({ XLE: 0.002 }), LIMITS) ?? {};
    expect(weights).toEqual(new Map([['XLE', 0.4]]));
  });

  it('is the three and the four strongest in a rising one, scaled to what may be invested', () => {
    const rising = { SPY: 0.001, XLK: 0.004, XLF: 0.003, XLE: 0.002, XLV: 0.001 };
    const found = trueTarget(closes(rising), LIMITS);
    expect(found?.regime).toBe('bull');
    const gross = 1 / 1.33 + (0.33 / 1.33) * 1.3;
    expect(found?.weights.get('XLV')).toBeCloseTo(((0.33 / 1.33) * 1.3) / 4 / gross);
    expect(found?.weights.get('XLK')).toBeCloseTo(
      (1 / 1.33 / 3 + ((0.33 / 1.33) * 1.3) / 4) / gross,
    );
  });
});

describe('the calendar of a simulated world', () => {
  it('has the sessions of the desk, by rules of its own', () => {
    for (const year of [2021, 2025, 2028, 2033, 2042]) {
      const [from, to] = [sessionDate(`${year}-01-01`), sessionDate(`${year}-12-31`)];
      expect(trueSessions(year)).toEqual(sessionsIn(from, to));
    }
    expect(trueSessionAt(newYorkInstant(sessionDate('2025-01-09'), 600))).toBeUndefined();
  });
});

describe('the truth of a simulated account', () => {
  it('counts each fill and each movement once, to the cent', () => {
    const account = createTrueAccount(cents(1_000_000));
    account.filled({ ticker: XLK, side: 'buy', qty: wholeShares(10), price: 100.01 });
    account.filled({ ticker: XLK, side: 'sell', qty: wholeShares(4), price: 110 });
    account.moved({ ticker: undefined, qty: qty(0), cash: cents(-500) });
    expect(account.now().cash).toBe(1_000_000 - 100_010 + 44_000 - 500);
    expect(account.now().shares).toEqual(new Map([[XLK, wholeShares(6)]]));
    account.filled({ ticker: XLK, side: 'sell', qty: wholeShares(6), price: 1 });
    expect(account.now().shares).toEqual(new Map());
  });

  it('takes no money that was brought for a gain, and none that was taken for a fall', () => {
    const market = { price: () => ({ price: 50, at: NOON }) } as unknown as Market;
    const path = createTrueDrawdown(market);
    const moved = (kind: 'deposit' | 'withdrawal', cash: number) =>
      path.moved({ id: kind, kind, ticker: undefined, qty: qty(0), cash: cents(cash), at: NOON });
    path.below(100_000, 0);
    moved('deposit', 50_000);
    path.below(151_000, 0);
    expect(path.today()).toBeCloseTo(0.01);
    moved('withdrawal', -75_500);
    expect(path.present(75_500)).toBeCloseTo(0);
    expect(path.below(60_400, 0)).toBeCloseTo(0.1);
  });

  it('counts a fall from the evening before when a person resumed before the open', () => {
    const path = createTrueDrawdown({} as unknown as Market);
    path.below(100_000, 0);
    expect(path.below(80_000, 1)).toBeCloseTo(0);
    expect(path.present(80_000)).toBeCloseTo(0.2);
  });

  it('is followed on evenings without a process, which could not say who let it trade', () => {
    let [worth, isQuiet] = [100_000, false];
    const { world, broken } = parts({
      drawdown: createTrueDrawdown({} as unknown as Market),
      market: {},
      faults: { since: () => !isQuiet },
      exchange: {
        ...{ fake: { accepted: [] }, hidden: new Set() },
        holdings: () => ({ cash: cents(worth), shares: new Map() }),
      },
    });
    world.drawdown.below(worth, 1);
    worth = 80_000;
    checkEvening(world, undefined);
    worth = 76_000;
    expect(world.drawdown.below(worth, 1)).toBeCloseTo(0.24);
    expect(world.drawdown.today()).toBeCloseTo(-0.05);
    expect(broken).toEqual([]);
    isQuiet = true;
    checkEvening(world, undefined);
    expect(broken).toEqual(['no process runs']);
  });
});
