import { describe, expect, it } from 'vitest';
import { closesInARow, sessionsHeld } from '#core/domain/regime-hold.ts';
import { sessionDate } from '#core/domain/units.ts';

describe('a regime', () => {
  it('has held for the closes since its first one, which counts, and for none before it', () => {
    const held = (asOf: string) => sessionsHeld(sessionDate('2026-11-19'), sessionDate(asOf));
    expect(['2026-11-19', '2026-11-20', '2026-11-23'].map(held)).toEqual([1, 2, 3]);
    expect(['2026-11-18', '2026-11-17'].map(held)).toEqual([0, 0]);
  });

  it('must hold for a number of closes that is given in words', () => {
    expect([closesInARow(1), closesInARow(5)]).toEqual(['one close', '5 closes in a row']);
  });
});
