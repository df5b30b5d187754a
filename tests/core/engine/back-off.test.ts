import { describe, expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import { createBackOff } from '#core/engine/back-off.ts';
import { TradingError } from '#core/errors.ts';
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
