import { describe, expect, it } from 'vitest';
import { type Bars, truncateTo } from '#core/domain/bar.ts';
import { sessionOn } from '#core/domain/calendar.ts';
import { dollars, epochMs, type SessionDate, sessionDate, ticker } from '#core/domain/units.ts';
import { evidenceHash } from '#core/engine/evidence.ts';
import type { HeldBars } from '#core/engine/held-bars.ts';
import {
  atTime,
  dataShown,
  failed,
  nothingSeen,
  problemOf,
  when,
} from '#core/engine/observation.ts';
import { TradingError, UnreadableAnswer } from '#core/errors.ts';
import { decision } from '#tests/support/decision.ts';
import { noDecision, observation } from '#tests/support/desk.ts';
import { at, barsThrough, started, world } from '#tests/support/world.ts';

const HALF_PAST_NINE = sessionOn(sessionDate('2024-07-01'))?.open ?? epochMs(0);
const MINUTE_MS = 60_000;

const held = (bars: Bars, provenance?: HeldBars['provenance']): HeldBars => ({
  ...{ bars, raw: new Map(), provenance, refused: new Map() },
  ...{ through: sessionDate('2024-06-28'), problem: undefined },
});

describe('the data shown', () => {
  const STALE = noDecision('stale prices');
  const shown = (minutes: number, ranked: Parameters<typeof dataShown>[2]['ranked'] = decision()) =>
    dataShown('made', held(new Map()), {
      ...{ outcome: STALE, ranked, at: epochMs(HALF_PAST_NINE + minutes * MINUTE_MS) },
    });

  it('are not missing while a price is only old in the first half hour of a session', () => {
    expect(shown(29.99)).toMatchObject({ missing: undefined, undecided: STALE });
    expect(shown(30)).toMatchObject({ missing: STALE, undecided: STALE });
    // Nor before the open, when nothing trades.
    expect(shown(-60)).toMatchObject({ missing: undefined, undecided: STALE });
  });

  it('are missing at any time where the closes do not allow a decision', () => {
    const gap = noDecision('a gap');
    expect(shown(1, gap)).toMatchObject({ missing: gap, undecided: STALE });
  });

  it('have regime and rankings of the decision, and its date', () => {
    const ranked = decision({ asOf: sessionDate('2024-06-28') });
    const { asOf, regime } = ranked;
    const found = dataShown('made', held(new Map()), {
      ...{ outcome: ranked, ranked, at: HALF_PAST_NINE },
    });
    expect(found).toMatchObject({ source: 'made', asOf, regime, undecided: undefined });
    expect(shown(1, STALE)).toMatchObject({ source: 'made', regime: undefined, rankings: [] });
  });

  describe('without a decision are as of', () => {
    const all = barsThrough(sessionDate('2024-06-28'));
    const [XLK, XLE] = [ticker('XLK'), ticker('XLE')];
    const of = (name: typeof XLK, day: string) => {
      const history = all.get(name);
      if (!history) throw new Error(`no ${name}`);
      return [name, truncateTo(history, sessionDate(day))] as const;
    };
    const asOf = (bars: Bars, provenance?: HeldBars['provenance']): SessionDate | undefined =>
      dataShown('made', held(bars, provenance), {
        ...{ outcome: STALE, ranked: STALE, at: HALF_PAST_NINE },
      }).asOf;
    const from = (last: string | undefined) =>
      ({ first: undefined, last: last && sessionDate(last) }) as never;

    it('the last session that every ticker has', () => {
      expect(asOf(new Map([of(XLK, '2024-06-28'), of(XLE, '2024-06-27')]))).toBe('2024-06-27');
      expect(asOf(new Map([of(XLK, '2024-06-26'), of(XLE, '2024-06-27')]))).toBe('2024-06-26');
      expect(asOf(new Map())).toBeUndefined();
    });

    it('counting bars that were refused, and none if a ticker has none at all', () => {
      const bars = new Map([of(XLK, '2024-06-28')]);
      expect(asOf(bars, new Map([[XLE, from('2024-06-25')]]))).toBe('2024-06-25');
      expect(asOf(bars, new Map([[XLE, from(undefined)]]))).toBeUndefined();
      // What is held counts by its own bars.
      expect(asOf(bars, new Map([[XLK, from('2024-06-20')]]))).toBe('2024-06-28');
    });
  });
});

describe('the next rebalance shown', () => {
  const seenAt = (time: string, auto?: 'announce' | 'off') => {
    const { parts } = world({
      ...(auto && { announce: { auto, first: 'now', evening: 1_200, morning: 540 } }),
    });
    return when(parts, at('2024-07-01', time));
  };

  it('counts as owed as soon as its session has begun', () => {
    expect(seenAt('10:00').nextRebalance).toMatchObject({ session: '2024-07-01', owed: true });
    expect(seenAt('10:00', 'announce').nextRebalance?.waits).toBeUndefined();
  });

  it('is never owed where none starts by itself', () => {
    expect(seenAt('10:00', 'off').nextRebalance).toMatchObject({ owed: false, waits: 'off' });
  });

  it('waits with real money until somebody has read the evidence', () => {
    const waits = (hasReadEvidence: boolean) => {
      const { parts } = world({ mode: 'LIVE', hasReadEvidence });
      parts.journal.append({
        kind: 'evidence-due',
        hash: evidenceHash(parts),
        from: sessionDate('2024-07-01'),
      });
      return when(parts, at('2024-07-01', '10:00')).nextRebalance?.waits;
    };
    expect([waits(false), waits(true)]).toEqual(['evidence', undefined]);
  });

  it('says why one waits for a person: here a HALT of Rotor’s own', async () => {
    const desk = await started();
    desk.engine.setState('HALT', 'rotor', 'the account is another');
    desk.engine.setState('RUN', 'ann', 'looked');
    expect(when(desk.parts, at('2024-07-01', '10:00')).nextRebalance).toMatchObject({
      owed: false,
      ...{ missed: '2024-07-01', missedBy: 'halted' },
    });
  });

  it('is not due before the first deposit', async () => {
    const next = async (cashUsd: number) => {
      const desk = await started({ cashUsd });
      await desk.minutes(1);
      return desk.engine.observation().nextRebalance;
    };
    expect(await next(0)).toMatchObject({ owed: false, waits: 'money' });
    expect((await next(10_000))?.waits).toBeUndefined();
  });

  it('is due though the books have not begun, once the account has money', async () => {
    const { parts, broker } = world();
    const account = await broker.account();
    const waits = (cashUsd: number) =>
      when(parts, at('2024-07-01', '10:00'), {
        ...account,
        ...{ cash: dollars(cashUsd), equity: dollars(cashUsd) },
      }).nextRebalance?.waits;
    expect([waits(10_000), waits(0)]).toEqual([undefined, 'money']);
    const { parts: begun } = await started();
    const empty = { ...account, cash: dollars(0), equity: dollars(0) };
    expect(when(begun, at('2024-07-01', '10:00'), empty).nextRebalance?.waits).toBeUndefined();
  });

  it('waits for the approval of its plan, whether or not its evidence was read', () => {
    const announce = { auto: 'approve', first: 'now', evening: 1_200, morning: 540 } as const;
    const { parts } = world({ announce });
    expect(when(parts, at('2024-07-01', '10:00')).nextRebalance?.waits).toBe('approval');
  });

  it('waits for no reader of the evidence before it is due', () => {
    const { parts } = world({ mode: 'LIVE' });
    const hash = evidenceHash(parts);
    parts.journal.append({ kind: 'evidence-due', hash, from: sessionDate('2024-07-01') });
    expect(when(parts, at('2024-07-01', '09:00')).nextRebalance?.waits).toBeUndefined();
  });

  it('says when orders may leave, outside of that time', () => {
    expect(seenAt('09:34').ordersFrom).toBe(at('2024-07-01', '09:35'));
    expect(seenAt('09:35').ordersFrom).toBeUndefined();
  });
});

describe('an observation', () => {
  it('follows the time without a new answer of the broker', () => {
    const { parts } = world();
    const opened = at('2024-07-01', '09:30');
    const closed = { open: false, nextOpen: opened, nextClose: at('2024-07-01', '16:00') };
    const seen = observation({ market: { ...closed, at: at('2024-07-01', '09:00') } });
    const later = atTime(parts, seen, at('2024-07-01', '10:00'));
    expect(later.at).toBe(at('2024-07-01', '10:00'));
    expect(later.market?.open).toBe(true);
  });

  it('has no regime to wait for unless one is traded, and else the usual number of closes', () => {
    const { parts } = world();
    expect(nothingSeen(parts)).toMatchObject({ regimeHold: undefined, riskFree: 0 });
    expect(nothingSeen({ ...parts, riskFree: 0.04 }).riskFree).toBe(0.04);
    expect(nothingSeen({ ...parts, rebalanceOnRegimeChange: true }).regimeHold).toBe(5);
    const three = { ...parts, rebalanceOnRegimeChange: true, regimeHoldSessions: 3 };
    expect(nothingSeen(three).regimeHold).toBe(3);
    const before = nothingSeen(parts).broker;
    expect([before.connected, before.streaming]).toEqual([false, false]);
  });

  it('tells an answer that cannot be read from silence', () => {
    expect(failed(new TradingError('no answer', 'retry'))).toMatchObject({
      ...{ connected: false, problem: 'no answer', unreadable: false },
    });
    expect(failed(new UnreadableAnswer('qty: x')).unreadable).toBe(true);
  });

  it('has one problem, of bars before prices, or none', () => {
    expect(problemOf('no bars', 'no prices')).toBe('no bars; no prices');
    expect(problemOf(undefined, 'no prices')).toBe('no prices');
    expect(problemOf(undefined, undefined)).toBeUndefined();
  });
});
