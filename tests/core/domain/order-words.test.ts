/** The state of an order in plain words. */
import { describe, expect, it } from 'vitest';
import type { OrderStatus } from '#core/domain/order.ts';
import { endingOf, sizedWords, standingOf } from '#core/domain/order-words.ts';

const order = (
  status: OrderStatus,
  brokerStatus: string = status,
  side: 'buy' | 'sell' = 'buy',
) => ({
  ...{ status, brokerStatus, side },
});

describe('how an order ended', () => {
  it.each<[OrderStatus, string]>([
    ['canceled', 'cancelled'],
    ['expired', 'expired'],
    ['rejected', 'rejected'],
    ['replaced', 'replaced by somebody'],
    ['filled', 'reduced to what cash and limits allow'],
  ])('is for %s that it was %s', (status, words) => {
    expect(endingOf(order(status))).toBe(words);
  });

  it('says of an open one that it is open, and what is unusual about it', () => {
    expect(endingOf(order('open', 'new'))).toBe('still open at the broker');
    expect(endingOf(order('open', 'held'))).toBe(
      'still open at the broker (held back by the broker)',
    );
  });

  it('says why it was smaller than planned', () => {
    expect(sizedWords({ side: 'sell' })).toBe('reduced to the shares available');
    expect(endingOf(order('filled', 'filled', 'sell'))).toBe('reduced to the shares available');
  });
});

describe('an open order', () => {
  it('has nothing to say while it simply is at the broker, or when it has ended', () => {
    const plain = ['new', 'accepted', 'pending_new', 'accepted_for_bidding', 'partially_filled'];
    for (const word of plain) expect(standingOf(order('open', word))).toBeUndefined();
    expect(standingOf(order('canceled', 'held'))).toBeUndefined();
  });

  it.each([
    ['done_for_day', 'done for today'],
    ['pending_cancel', 'being cancelled'],
    ['pending_replace', 'being replaced by somebody'],
    ['stopped', 'a fill is guaranteed'],
    ['suspended', 'suspended by the exchange'],
    ['calculated', 'done for today, being calculated by the broker'],
    ['held', 'held back by the broker'],
    ['filled', 'reported as filled, but not all fills have arrived'],
  ])('that the broker calls %s is %s', (said, words) => {
    expect(standingOf(order('open', said))).toBe(words);
  });

  it('otherwise has the broker’s status itself', () => {
    expect(standingOf(order('open', 'strange'))).toBe('the broker says strange');
  });
});
