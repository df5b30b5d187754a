import { describe, expect, it } from 'vitest';
import { remedyOf } from '#bot/posts/alert-remedies.ts';
import {
  brokerRejection,
  isRejectionKnown,
  limitRejection,
  mayPass,
} from '#core/engine/execution/rejections.ts';
import { intent } from '#tests/support/decision.ts';
import { alert, book } from '#tests/support/desk.ts';

const GENERIC = 'The rest of the plan continues; what is left is reported at the end.';
const ORDER = intent('d', 'buy', 'XLK', 10);

describe('a rejected order', () => {
  it.each([
    ['insufficient buying power', 'not have enough buying power', '/positions'],
    ['insufficient day trading buying power', 'not have enough buying power', '/positions'],
    [
      'insufficient qty available for order (requested: 70, available: 0)',
      'another open sell order reserves them',
      'Cancel the other order',
    ],
    [
      'account is not allowed to short',
      'another open sell order reserves them',
      'Cancel the other order',
    ],
    [
      'asset "XLK" cannot be sold short',
      'another open sell order reserves them',
      'Cancel the other order',
    ],
    [
      'cannot open a short sell while a long buy order is open',
      'the other side of the same ticker',
      '/orders',
    ],
    [
      'potential wash trade detected. use complex orders',
      'the other side of the same ticker',
      '/orders',
    ],
    ['asset "XLK" is not fractionable', 'no fractional', 'FRACTIONAL=false'],
    ['fractional trading is disabled for this account', 'no fractional', 'FRACTIONAL=false'],
    ['fractional orders must be DAY orders', 'no fractional', 'FRACTIONAL=false'],
    ['trade denied due to pattern day trading protection', 'day-trading rules', 'next session'],
    ['cost basis must be >= minimal amount of order 1', 'below its minimum', 'MIN_ORDER_USD'],
    ['market is closed', 'the market is closed', 'once the market is open'],
    [
      'opg orders must be submitted after 7:00pm and before 9:28am',
      'the market is closed',
      'once the market is open',
    ],
    ['new orders are rejected by user request', 'turned off', 'suspend trade'],
    ['account is not authorized to trade', 'the account may not trade', 'support'],
    ['account is blocked', 'the account may not trade', 'support'],
    ['asset "XLK" is halted', 'cannot be traded there at present', 'Look the ticker up'],
    ['asset XLK is not tradable', 'cannot be traded there at present', 'Look the ticker up'],
    ['asset "XLK" is not active', 'cannot be traded there at present', 'Look the ticker up'],
    ['asset "XLK" not found', 'cannot be traded there at present', 'Look the ticker up'],
  ])(
    'because of “%s” is reported in plain words with a remedy of its own',
    (said, words, remedy) => {
      const alert = brokerRejection(ORDER, said);
      expect(alert.text).toContain('buy XLK: The broker rejected it: ');
      expect(alert.text).toContain(words);
      expect(alert.text).toContain(`(“${said}”)`);
      expect(remedyOf(alert)).toContain(remedy);
      expect(remedyOf(alert)).toContain(GENERIC);
    },
  );

  it('for an unknown reason is reported in the broker’s words', () => {
    expect(brokerRejection(ORDER, 'the moon is full')).toMatchObject({
      text: 'buy XLK: The broker says: the moon is full',
      remedy: `It is tried again in a few minutes. ${GENERIC}`,
    });
  });

  it('by one of our limits names the limit, the value found, and the remedy', () => {
    const reason = 'XLK: $120,000 is over $100,000';
    const alert = limitRejection(ORDER, { kind: 'refuse', limit: 'MAX_ORDER_USD', reason });
    expect(alert.text).toBe(`buy XLK: Rotor says: MAX_ORDER_USD: ${reason}`);
    expect(remedyOf(alert)).toBe(
      'If that size is intended, raise MAX_ORDER_USD, restart, and use /rebalance ' +
        `(operator; an approver approves). ${GENERIC}`,
    );
  });
});

describe('a rejection that may pass', () => {
  it('is tried again, and one that cannot pass is not', () => {
    const reasons = [
      'insufficient buying power',
      'something new',
      'asset is not fractionable',
      'cost basis must be >= 1',
    ];
    expect(reasons.map(mayPass)).toEqual([true, true, false, false]);
    const remedies = reasons.map((reason) => brokerRejection(ORDER, reason).remedy);
    const again = `It is tried again in a few minutes. ${GENERIC}`;
    expect(remedies).toEqual([again, again, GENERIC, GENERIC]);
  });

  it('is known while an alert about any earlier order of its line is open', () => {
    const at = (attempt: number) => ({
      ...ORDER,
      ...{ attempt, clientOrderId: ORDER.clientOrderId.replace(/1$/, String(attempt)) },
    });
    const known = (attempt: number, ...alerted: readonly number[]) =>
      isRejectionKnown(
        book(
          alerted.map((each) => ({
            kind: 'alert',
            alert: alert({
              subject: { about: 'refused-order', clientOrderId: at(each).clientOrderId },
            }),
          })),
        ),
        at(attempt),
      );
    expect([known(1), known(2), known(1, 1), known(1, 2)]).toEqual([false, false, false, false]);
    expect([known(2, 1), known(3, 1), known(3, 2), known(12, 9)]).toEqual([true, true, true, true]);
    expect([known(2, 2), known(12, 12), known(3, 4)]).toEqual([false, false, false]);
  });
});
