import { describe, expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import { createBackOff } from '#core/engine/back-off.ts';
import type { EngineParts } from '#core/engine/parts.ts';
import { TradingError } from '#core/errors.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decision } from '#tests/support/decision.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { silentLog } from '#tests/support/log.ts';
import { ny } from '#tests/support/schedule.ts';
import { running } from '#tests/support/world.ts';

const MINUTE_MS = 60_000;

async function fails(): Promise<void> {
  throw new TradingError('Alpaca: no answer', 'retry');
}

async function works(): Promise<void> {}

describe('an error while other work succeeds', () => {
  it('is one alert, and over once nothing failed for five minutes', async () => {
    const desk = await running();
    const backOff = createBackOff(desk.parts, new AbortController().signal);
    const later = async (minutes: number, piece: () => Promise<void>): Promise<void> => {
      desk.clock.set(epochMs(desk.clock.now() + minutes * MINUTE_MS));
      await backOff.runGuarded(piece);
    };
    for (let count = 0; count < 5; count++) {
      await later(1, fails);
      await later(1, works);
    }
    const told = desk.entries('alert').filter(({ alert }) => alert.title === 'Error');
    expect(told).toHaveLength(1);
    expect(desk.book().alerts.size).toBe(1);
    await later(4, works);
    expect(desk.book().alerts.size).toBe(0);
  });
});

describe('the work of the engine', () => {
  const START = ny('2024-07-01', '10:00');
  const [HALF_MS, FIVE_MS] = [30_000, 300_000];

  function working(isRebalancing = false, signal = new AbortController().signal) {
    const clock = leapingClock(START);
    const journal = memoryJournal(clock);
    if (isRebalancing) journal.append({ kind: 'decision', decision: decision() });
    const clocks = { market: clock, wall: clock };
    const parts = { journal, clocks, log: silentLog } as unknown as EngineParts;
    const backOff = createBackOff(parts, signal);
    const waitsAfter = (ms: number) => {
      clock.set(epochMs(START + ms));
      return { error: backOff.afterError(), noDecision: backOff.afterNoDecision() };
    };
    const failing = (error: Error) =>
      backOff.runGuarded(async () => {
        throw error;
      });
    return { backOff, waitsAfter, failing, journal };
  }
  const broken = new TradingError('the key is wrong', 'fix-config');

  it('waits for nothing at first', () => {
    expect(working().waitsAfter(0)).toEqual({ error: false, noDecision: false });
    expect(working().waitsAfter(-START)).toEqual({ error: false, noDecision: false });
  });

  it('is tried again five minutes after an error', async () => {
    const { failing, waitsAfter } = working();
    await failing(new TradingError('no answer', 'retry'));
    expect(waitsAfter(FIVE_MS - 1)).toEqual({ error: true, noDecision: false });
    expect(waitsAfter(FIVE_MS)).toEqual({ error: false, noDecision: false });
  });

  it('is tried again after half a minute while a rebalance runs, if the error may pass', async () => {
    const passing = working(true);
    await passing.failing(new TradingError('no answer', 'retry'));
    expect(passing.waitsAfter(HALF_MS - 1).error).toBe(true);
    expect(passing.waitsAfter(HALF_MS).error).toBe(false);
    const odd = Object.assign(new RangeError('surprise'), { remedy: 'retry' });
    for (const error of [broken, odd]) {
      const lasting = working(true);
      await lasting.failing(error);
      expect(lasting.waitsAfter(FIVE_MS - 1).error).toBe(true);
      expect(lasting.waitsAfter(FIVE_MS).error).toBe(false);
    }
  });

  it('decides again as soon, but announces again after five minutes', () => {
    const lateAfter = (isRebalancing: boolean, announced?: 'announced') => {
      const { backOff, waitsAfter } = working(isRebalancing);
      backOff.noDecision(announced);
      return [HALF_MS - 1, HALF_MS, FIVE_MS - 1, FIVE_MS].map((ms) => waitsAfter(ms).noDecision);
    };
    expect(lateAfter(false)).toEqual([true, true, true, false]);
    expect(lateAfter(true)).toEqual([true, false, false, false]);
    expect(lateAfter(true, 'announced')).toEqual([true, true, true, false]);
  });

  it('goes on at once after the clock was set back, as nobody knows how much time has passed', async () => {
    const { backOff, failing, waitsAfter } = working();
    waitsAfter(7_200_000);
    await failing(broken);
    backOff.noDecision();
    expect(waitsAfter(7_200_000)).toEqual({ error: true, noDecision: true });
    expect(waitsAfter(0)).toEqual({ error: false, noDecision: false });
  });

  it('goes on at once where a person asks for something, unless that is refused', async () => {
    const { backOff, failing, waitsAfter } = working();
    await failing(broken);
    backOff.noDecision();
    const closed = { kind: 'closed', reason: 'It is over.' } as const;
    expect(backOff.end(closed)).toBe(closed);
    expect(waitsAfter(0)).toEqual({ error: true, noDecision: true });
    expect(backOff.end({ kind: 'accepted' })).toEqual({ kind: 'accepted' });
    expect(waitsAfter(0)).toEqual({ error: false, noDecision: false });
    expect(waitsAfter(-START)).toEqual({ error: false, noDecision: false });
  });

  it('records no error while Rotor stops', async () => {
    const { failing, journal, waitsAfter } = working(false, AbortSignal.abort());
    await failing(broken);
    expect(journal.book().alerts.size).toBe(0);
    expect(waitsAfter(0).error).toBe(false);
  });
});
