import { describe, expect, it } from 'vitest';
import type { Entry } from '#core/domain/entry.ts';
import { dollars, epochMs, qty, ticker } from '#core/domain/units.ts';
import { idleCashEntries } from '#core/engine/monitoring/idle-cash.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decision, intent } from '#tests/support/decision.ts';
import { account, NOW, observation } from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';

const ID = 'monthly-2026-11';
const buy = intent(ID, 'buy', 'XLK', 500);
const rebalance = decision({
  id: ID,
  orders: [buy, intent(ID, 'buy', 'XLE', 500)],
  verdict: {
    kind: 'approved',
    weights: new Map([
      [ticker('XLK'), 0.5],
      [ticker('XLE'), 0.5],
    ]),
    breaches: [],
  },
});
const placed: readonly Entry[] = [
  { kind: 'intent', intent: buy },
  { kind: 'sending', clientOrderId: buy.clientOrderId, try: 1, sent: undefined },
];

const RULES = { fractional: false, minOrder: dollars(200), minDrift: 0 };

/** A rebalance of half an hour ago, nothing of which is bought yet. */
function desk() {
  const clock = leapingClock(epochMs(NOW - 30 * 60_000));
  const journal = memoryJournal(clock);
  journal.append({ kind: 'decision', decision: rebalance });
  const seen = observation({
    at: NOW,
    account: account(100_000),
    managed: { equity: dollars(100_000), cash: dollars(100_000) },
  });
  const look = (): readonly string[] => {
    const entries = idleCashEntries({ journal, maxDrift: 0.05, rules: RULES }, seen);
    journal.append(...entries);
    return entries.flatMap((entry) => (entry.kind === 'alert' ? [entry.alert.text] : []));
  };
  return { journal, look };
}

describe('the alert about idle cash', () => {
  it('names what is still to be bought, also what is at the broker now', () => {
    const { journal, look } = desk();
    journal.append(...placed);
    expect(look()).toEqual([expect.stringContaining('Still to do: buy XLK, buy XLE.')]);
  });

  it('says nothing new while an order is at the broker', () => {
    const { journal, look } = desk();
    expect(look()).toHaveLength(1);
    journal.append(...placed);
    expect(look()).toEqual([]);
    journal.append({ kind: 'refused', clientOrderId: buy.clientOrderId, reason: 'too small' });
    expect(look()).toEqual([expect.stringContaining('Still to do: buy XLE.')]);
  });

  it('stays open near the limit, and is resolved clearly below it', () => {
    const { journal } = desk();
    const kinds = (cashUsd: number) => {
      const managed = { equity: dollars(100_000), cash: dollars(cashUsd) };
      const seen = observation({ at: NOW, account: account(100_000), managed });
      const entries = idleCashEntries({ journal, maxDrift: 0.05, rules: RULES }, seen);
      journal.append(...entries);
      return entries.map(({ kind }) => kind);
    };
    expect([kinds(5_000), kinds(5_010), kinds(4_990), kinds(5_010)]).toEqual([
      ...[[], ['alert'], [], []],
    ]);
    expect([kinds(4_490), kinds(4_990)]).toEqual([['resolved'], []]);
  });

  it('leaves out a deposit that a person left to the next rebalance', () => {
    const { journal } = desk();
    const kinds = (cashUsd: number, equityUsd = 110_000) => {
      const managed = { equity: dollars(equityUsd), cash: dollars(cashUsd) };
      const seen = observation({ at: NOW, account: account(equityUsd), managed });
      const entries = idleCashEntries({ journal, maxDrift: 0.05, rules: RULES }, seen);
      journal.append(...entries);
      return entries.map(({ kind }) => kind);
    };
    const cash = { ticker: undefined, qty: qty(0), at: epochMs(NOW - 60_000) };
    const deposit = { ...cash, id: 'd1', kind: 'deposit', cash: dollars(10_000) } as const;
    journal.append({ kind: 'activity', activity: deposit });
    expect(kinds(10_000)).toEqual(['alert']);
    journal.append({ kind: 'deposit-choice', activityId: 'd1', choice: 'later', by: 'ines' });
    expect(kinds(10_000)).toEqual(['resolved']);
    // Neither more cash than that, nor what was withdrawn of it, was left by anybody.
    expect(kinds(15_010)).toEqual(['alert']);
    expect(kinds(10_000)).toEqual(['resolved']);
    const out = { ...cash, id: 'w1', kind: 'withdrawal', cash: dollars(-9_000) } as const;
    journal.append({ kind: 'activity', activity: out });
    expect(kinds(10_000)).toEqual(['alert']);
  });

  it('ends when a person has everything sold: that cash is wanted', () => {
    const { journal, look } = desk();
    expect(look()).toHaveLength(1);
    journal.append({
      kind: 'decision',
      decision: decision({ id: 'flatten-2026-11-23-1', cause: 'manual', orders: [] }),
    });
    expect(look()).toEqual([]);
    expect(journal.book().alerts.size).toBe(0);
  });

  it('says that nothing more is sent once the rebalance has ended', () => {
    const { journal, look } = desk();
    const result = { kind: 'partial', left: ['buy XLK: not sent'] } as const;
    journal.append({ kind: 'finished', decisionId: ID, result });
    expect(look()).toEqual([expect.stringContaining('Nothing more is sent for it.')]);
    // A weekly model rebalances sooner than in a month.
    const told = [...journal.book().alerts.values()].map(({ alert }) => alert.remedy);
    expect(told).toEqual(['The next rebalance starts from the current holdings.']);
  });

  it('is a warning where the cash buys no further share, until it does', () => {
    const { journal } = desk();
    journal.append({ kind: 'finished', decisionId: ID, result: { kind: 'complete', left: [] } });
    const look = (cashUsd: number, price: number, fractional = false) => {
      const managed = { equity: dollars(1_000), cash: dollars(cashUsd) };
      const prices = new Map([ticker('XLK'), ticker('XLE')].map((each) => [each, price]));
      const seen = observation({ at: NOW, account: account(1_000), managed, prices });
      const parts = { journal, maxDrift: 0.05, rules: { ...RULES, fractional } };
      const entries = idleCashEntries(parts, seen);
      journal.append(...entries);
      return entries.map((entry) => (entry.kind === 'alert' ? entry.alert.severity : entry.kind));
    };
    // A share above its target of $500, one above the cash, and an order of $200 that needs two shares.
    expect([look(1_000, 501), look(1_000, 501)]).toEqual([['warning'], []]);
    expect(look(299, 300)).toEqual([]);
    expect(look(300, 160)).toEqual([]);
    expect(look(300, 501, true)).toEqual(['error']);
    expect([look(300, 160), look(300, 150)]).toEqual([[], []]);
  });
});
