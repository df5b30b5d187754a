import { describe, expect, it } from 'vitest';
import { createSilenceWatch } from '#core/broker/silence-watch.ts';
import type { Order } from '#core/domain/order.ts';
import { epochMs, ticker, wholeShares } from '#core/domain/units.ts';
import { manualTimers } from './manual-timers.ts';

function order(clientOrderId: string, filled: number): Order {
  return {
    id: clientOrderId,
    clientOrderId,
    ticker: ticker('XLK'),
    side: 'buy',
    qty: wholeShares(10),
    filledQty: wholeShares(filled),
    averagePrice: filled > 0 ? 100 : undefined,
    status: filled === 10 ? 'filled' : 'open',
    brokerStatus: filled === 10 ? 'filled' : 'new',
    submittedAt: epochMs(0),
    updatedAt: epochMs(0),
  };
}

function watch() {
  const timers = manualTimers();
  let silences = 0;
  const silence = createSilenceWatch(timers, () => {
    silences += 1;
  });
  return { timers, silence, silences: () => silences };
}

describe('a stream that is silent while REST moves', () => {
  it('is noticed 20 s after an order filled that it did not report', () => {
    const { timers, silence, silences } = watch();
    silence.observed(order('a', 0));
    silence.observed(order('a', 4));
    timers.advance(19_999);
    expect(silences()).toBe(0);
    timers.advance(1);
    expect(silences()).toBe(1);
  });

  it('is not suspected when it reports in time', () => {
    const { timers, silence, silences } = watch();
    silence.observed(order('a', 0));
    silence.observed(order('a', 4));
    timers.advance(5_000);
    silence.heard('a', '4');
    timers.advance(60_000);
    expect(silences()).toBe(0);
  });

  it('is not suspected when it reported before REST did', () => {
    const { timers, silence, silences } = watch();
    silence.observed(order('a', 0));
    silence.heard('a', '10');
    silence.observed(order('a', 10));
    timers.advance(60_000);
    expect(silences()).toBe(0);
  });

  it('is suspected when it reports less than is filled, or another order', () => {
    const { timers, silence, silences } = watch();
    silence.observed(order('a', 0));
    silence.observed(order('a', 10));
    silence.heard('a', '4');
    silence.heard('b', '10');
    timers.advance(20_000);
    expect(silences()).toBe(1);
  });

  it('is not suspected for orders that were filled when first seen', () => {
    const { timers, silence, silences } = watch();
    silence.observed(order('a', 10));
    silence.observed(order('a', 10));
    timers.advance(60_000);
    expect(silences()).toBe(0);
  });

  it('is cleared when it was replaced meanwhile', () => {
    const { timers, silence, silences } = watch();
    silence.observed(order('a', 0));
    silence.observed(order('a', 4));
    silence.forget();
    timers.advance(60_000);
    expect(silences()).toBe(0);
  });
});
