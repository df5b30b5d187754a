/** The evidence is shown once after the first rebalance, and each month is checked at its end. */
import { describe, expect, it } from 'vitest';
import type { Entry, EntryOf, Kind } from '#core/domain/entry.ts';
import type { MonthParity } from '#core/domain/month-parity.ts';
import { sessionDate } from '#core/domain/units.ts';
import { startStudyJobs } from '#ops/study-jobs.ts';
import { AS_OF } from '#tests/support/bars.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decided } from '#tests/support/deciding.ts';
import {
  ACCOUNT_ENTRY,
  baseline,
  carriedOut,
  close,
  handEngine,
  NOW,
  observation,
} from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { silentLog } from '#tests/support/log.ts';
import { ANSWERS, answering, MONTH } from '#tests/support/studies.ts';
import { barsThrough } from '#tests/support/world.ts';

type Mode = 'LIVE' | 'PAPER';

function desk(given: Parameters<typeof answering>[0] = {}, mode: Mode = 'PAPER') {
  const clock = leapingClock(NOW);
  const journal = memoryJournal(clock);
  journal.append(ACCOUNT_ENTRY, baseline());
  const hand = handEngine(journal, clock);
  hand.see(observation({ mode }));
  const engine = { ...hand, bars: () => barsThrough(AS_OF) };
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (text: string) => void warnings.push(text) };
  const forget = startStudyJobs({ engine, journal, studies: answering(given), log });
  const add = (...entries: readonly Entry[]) => void journal.append(...entries);
  const of = <K extends Kind>(kind: K): readonly EntryOf<K>[] =>
    journal
      .since(0, 1_000)
      .flatMap(({ entry }) => (entry.kind === kind ? [entry as EntryOf<K>] : []));
  return { add, of, forget, warnings };
}

/** Work that was begun by an entry is over: every answer here is there at once. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

describe('the evidence page', () => {
  it('is shown once on paper, after the first rebalance', async () => {
    const { add, of } = desk();
    await settled();
    expect(of('evidence-shown')).toEqual([]);
    add(...carriedOut(decided()));
    await settled();
    add(close('2026-11-20', 100_000, 600));
    await settled();
    expect(of('evidence-shown')).toHaveLength(1);
    expect(of('evidence-shown')[0]?.lines).toContain('IN ONE SENTENCE');
  });

  it('is not shown with real money, as it is read beforehand', async () => {
    const { add, of } = desk({}, 'LIVE');
    add(...carriedOut(decided()));
    await settled();
    expect(of('evidence-shown')).toEqual([]);
  });
});

describe('the end of a month', () => {
  it('is checked once: reproducible decisions, and the sentence of the evidence', async () => {
    const { add, of } = desk();
    add(close('2026-11-27', 100_000, 600));
    await settled();
    expect(of('month-checked')).toEqual([]);
    add(close('2026-11-30', 101_000, 601));
    await settled();
    const { verdict } = ANSWERS.evidence;
    expect(of('month-checked')).toEqual([
      { kind: 'month-checked', session: '2026-11-30', equal: 12, of: 12, verdict },
    ]);
  });

  it('includes the backtest of exactly that month', async () => {
    const of = async (month: MonthParity) => {
      const made = desk({ parity: { ...ANSWERS.parity, month } });
      made.add(close('2026-11-30', 101_000, 601));
      await settled();
      return made.of('month-checked')[0]?.beside;
    };
    const own = { ...MONTH, to: sessionDate('2026-11-30') };
    expect(await of(own)).toEqual(own);
    expect(await of(MONTH)).toBeUndefined();
  });

  it('is also checked when the next close is recorded before', async () => {
    const { add, of } = desk();
    add(close('2026-11-30', 101_000, 601), close('2026-12-01', 101_000, 601));
    await settled();
    expect(of('month-checked')).toMatchObject([{ session: '2026-11-30' }]);
  });

  it('is not checked after Rotor has stopped', async () => {
    const { add, of, forget } = desk();
    await settled();
    forget();
    add(close('2026-11-30', 101_000, 601));
    await settled();
    expect(of('month-checked')).toEqual([]);
  });

  it('is reported if it could not be checked, and has no sentence without evidence', async () => {
    const none = { kind: 'refused', reason: 'too short' } as const;
    const blind = desk({ evidence: none });
    blind.add(close('2026-11-30', 101_000, 601));
    await settled();
    expect(blind.of('month-checked')).toMatchObject([{ equal: 12, of: 12 }]);
    expect(blind.of('month-checked')[0]).not.toHaveProperty('verdict');
    const busy = desk({ parity: none });
    busy.add(close('2026-11-30', 101_000, 601));
    await settled();
    expect(busy.of('month-checked')).toEqual([]);
    expect(busy.warnings).toContain('parity: too short');
  });
});
