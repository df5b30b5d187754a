import { describe, expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import { createBrokerTime } from '#core/engine/broker-time.ts';
import { TradingError } from '#core/errors.ts';
import { ny } from '#tests/support/schedule.ts';

describe('the time of the broker', () => {
  const NOW = ny('2024-07-01', '16:16');
  /** A broker whose clock is ahead of ours by so much, or that answers with an error. */
  const timeOf = (...answers: readonly (number | Error)[]) => {
    let asked = 0;
    const clock = async () => {
      const answer = answers[asked++] ?? 0;
      if (answer instanceof Error) throw answer;
      return { at: epochMs(NOW + answer), open: false, nextOpen: NOW, nextClose: NOW };
    };
    const parts = { broker: { clock }, clocks: { market: { now: () => NOW } } };
    const time = createBrokerTime(parts as unknown as Parameters<typeof createBrokerTime>[0]);
    return { time, asked: () => asked };
  };

  it('is the earlier one of its clock and ours', async () => {
    const { time } = timeOf(-60_000, 60_000, 0);
    await time.ask();
    expect(time.now()).toBe(NOW - 60_000);
    expect(time.lastComplete()).toBe('2024-06-28');
    expect((await time.ask()).at).toBe(NOW + 60_000);
    expect(time.now()).toBe(NOW);
    expect(time.lastComplete()).toBe('2024-07-01');
  });

  it('is unknown until it has answered, and asked for once only', async () => {
    const silent = new TradingError('the broker did not answer', 'retry');
    const { time, asked } = timeOf(silent, 0);
    await time.readOnce();
    expect(time.now()).toBeUndefined();
    expect(() => time.lastComplete()).toThrow(/has not reported its time/);
    await time.readOnce();
    await time.readOnce();
    expect(time.now()).toBe(NOW);
    expect(asked()).toBe(2);
  });

  it('is no excuse for any other error', async () => {
    const wrongKey = new TradingError('the key is wrong', 'fix-config');
    await expect(timeOf(wrongKey).time.readOnce()).rejects.toThrow('the key is wrong');
    const odd = Object.assign(new RangeError('surprise'), { remedy: 'retry' });
    await expect(timeOf(odd).time.readOnce()).rejects.toThrow('surprise');
  });
});
