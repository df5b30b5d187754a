/** The laws of what people are shown and told, each held against what breaks it. */
import { describe, expect, it } from 'vitest';
import type { AccountState } from '#core/domain/account-state.ts';
import { account, observation } from '#tests/support/desk.ts';
import { at, began, bookOf, closed } from '../core/views/books.ts';
import { holding, NOON, parts } from './law-world.ts';
import type { Life } from './years/life.ts';
import {
  checkAlertsTold,
  checkDashboard,
  checkEnded,
  checkGain,
  checkMessages,
  checkRebalanceTold,
  watchAlerts,
} from './years/shown-laws.ts';

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

describe('the law that people read how a rebalance ended', () => {
  const brokenBy = (text: string, isOver = true, happened?: string) => {
    const { world, broken } = parts({
      discord: { standing: () => [{ id: 'a', head: '', text }] },
      faults: { since: (_: number, kinds: readonly string[]) => kinds.includes(`${happened}`) },
    });
    const decision = { id: 'monthly-2024-07', cause: 'monthly' };
    const rebalances = new Map([
      [decision.id, { decision, at: NOON, finishedAt: isOver ? NOON : undefined }],
    ]);
    checkRebalanceTold(world, { rebalances } as unknown as AccountState);
    return broken;
  };

  it('is broken where only its beginning stands there, or another one', () => {
    expect(brokenBy('… Rebalancing · monthly-2024-07')).toEqual(['rebalance untold']);
    expect(brokenBy('✓ Rebalanced · monthly-2024-06')).toEqual(['rebalance untold']);
    expect(brokenBy('✓ Rebalanced · monthly-2024-07')).toEqual([]);
  });

  it('says nothing where it goes on, or where another journal was in place', () => {
    expect(brokenBy('… Rebalancing · monthly-2024-07', false)).toEqual([]);
    expect([...brokenBy('', true, 'backup-stays'), ...brokenBy('', true, 'log-cut')]).toEqual([]);
  });
});

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
    const drawdown = { today: () => earned, spread: () => 0, isDisturbed, isDisturbedSince };
    const { world, broken } = parts({ drawdown, ...over });
    checkGain(world, shown());
    return broken;
  };
  const brought = {
    today: () => 0.02,
    spread: () => 0,
    isDisturbed: () => true,
    isDisturbedSince: () => true,
  };

  it('says nothing on a day on which the exchange stays shut', () => {
    expect(brokenWith(0, { market: { isShut: () => true } })).toEqual([]);
  });

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
    const late = { ...brought, today: () => 0.05 };
    expect(brokenWith(undefined, { drawdown: late })).toEqual(['gain differs']);
    expect(brokenWith(undefined, { drawdown: { ...late, spread: () => 0.03 } })).toEqual([]);
  });

  it('is broken since the start by all that was earned, where nothing was brought', () => {
    const drawdown = {
      ...{ today: () => 0.01, isDisturbed: () => false, isDisturbedSince: () => false },
      sinceStart: () => 0.05,
    };
    expect(brokenWith(0.01, { drawdown })).toEqual(['gain differs']);
  });
});

describe('the laws about what people are called for', () => {
  const open = (about: string, title = 'Orders stay open') => {
    const raised = { subject: { about }, severity: 'warning', title, text: '' };
    const value = { alert: raised, firstAt: NOON };
    return { alerts: new Map([[about, value]]) } as unknown as AccountState;
  };

  const alert = (severity: string, about: string) =>
    ({
      ...{ seq: 7, at: NOON },
      entry: { kind: 'alert', alert: { subject: { about }, severity, title: 'T' } },
    }) as unknown as Parameters<typeof watchAlerts>[1];
  const toldThrough = (seq: number, alerts: AccountState['alerts'] = new Map()) =>
    ({
      ...{ isUp: () => true, told: () => seq, dashboard: () => undefined },
      book: () => ({ alerts }),
    }) as unknown as Life;
  /** Alarms ring at once, as if the minute had passed. */
  const waiting = { now: () => NOON, at: (_: number, wake: () => void) => wake() };

  it('are broken by a critical alert that is not told within a minute', () => {
    const { world, broken } = parts({ time: waiting });
    watchAlerts(world, alert('critical', 'limit'), toldThrough(6));
    expect(broken).toEqual(['critical told late']);
  });

  it('are broken by one that counts as told and stands in no message', () => {
    const brokenBy = (isOpen: boolean, ...texts: readonly string[]) => {
      const standing = () => texts.map((text) => ({ id: 'a', head: '', text }));
      const { world, broken } = parts({ time: waiting, discord: { standing } });
      const recorded = alert('warning', 'idle-cash');
      const value = recorded.entry.kind === 'alert' ? recorded.entry : undefined;
      const alerts = new Map(isOpen ? [['idle cash', value]] : []);
      watchAlerts(world, recorded, toldThrough(7, alerts as unknown as AccountState['alerts']));
      return broken;
    };
    expect(brokenBy(true, 'another')).toEqual(['alert untold']);
    expect([...brokenBy(true, 'another', 'warning: T'), ...brokenBy(false)]).toEqual([]);
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

  it('are no calls for nothing about a split in its night', () => {
    const calledBefore = (openInMs: number, kind = 'split') => {
      const actions = [{ kind, session: { open: NOON + openInMs } }];
      const { world, broken } = parts({ market: { isShut: () => false, actions } });
      watchAlerts(world, alert('warning', 'suspected-split'), toldThrough(7));
      return broken;
    };
    expect(calledBefore(4 * 3_600_000)).toEqual([]);
    expect(calledBefore(25 * 3_600_000)).toEqual(['called for nothing']);
    expect(calledBefore(4 * 3_600_000, 'dividend')).toEqual(['called for nothing']);
  });

  it('are broken by one that stays when its orders are final, and by one that nobody reads', () => {
    const { world, broken } = parts({
      discord: { standing: () => [{ id: 'a', head: '', text: 'Orders stay open' }] },
    });
    checkEnded(world, open('open-orders'));
    checkEnded(world, open('idle-cash'));
    const life = (dashboard: string) => ({ dashboard: () => dashboard }) as unknown as Life;
    checkAlertsTold(world, life('HALTED'), open('open-orders'));
    checkAlertsTold(world, life('HALTED'), open('open-orders', 'Limit reached'));
    expect(broken).toEqual(['alert never ends', 'alert untold']);
    // The dashboard lists alerts as well, but an edit of it calls nobody.
    checkAlertsTold(world, life('Orders stay open'), open('open-orders'));
    expect(broken).toEqual(['alert never ends', 'alert untold', 'alert untold']);
    // Another journal was in place since: what stood may have been removed.
    const swapped = parts({ faults: { since: () => true } });
    checkAlertsTold(swapped.world, life('HALTED'), open('open-orders'));
    expect(swapped.broken).toEqual([]);
  });

  it('are broken by bars in doubt that no price explains', () => {
    const doubted = (kind: string) => {
      const since = (_: number, kinds: readonly string[]) => kinds.includes(kind);
      const { world, broken } = parts({ faults: { since } });
      checkEnded(world, open('bars-in-doubt'));
      return broken;
    };
    expect(doubted('dividend')).toEqual(['alert never ends']);
    expect(doubted('crash')).toEqual([]);
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
