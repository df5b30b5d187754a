/** The laws of an order that leaves and of what is sold, each held against what breaks it. */
import { describe, expect, it } from 'vitest';
import { type AccountState, EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { sessionDate, wholeShares } from '#core/domain/units.ts';
import { decision, intent } from '#tests/support/decision.ts';
import { NOON, parts, XLK } from './law-world.ts';
import { checkSale } from './years/decision-laws.ts';
import { checkAlone, checkBooks, checkPrice } from './years/order-laws.ts';
import { checkAllowed } from './years/rebalance-laws.ts';
import { settingsWith } from './years/settings.ts';

const BUY = intent('monthly-2024-07', 'buy', 'XLK', 10);
const OTHER = intent('monthly-2024-07', 'buy', 'XLE', 10);

describe('the law that an order leaves alone', () => {
  const brokenBeside = (managed: object, id = 'monthly-2024-07'): readonly string[] => {
    const { world, broken } = parts();
    const managedOrders = new Map([['other', managed]]);
    const book = { ...EMPTY_ACCOUNT_STATE, managedOrders } as unknown as AccountState;
    checkAlone(world.report, { ...BUY, decisionId: id }, book, NOON);
    return broken;
  };
  const sent = { intent: OTHER, state: 'sending', sentAt: NOON - 60_000 };

  it('is broken beside one of unknown outcome that may still arrive', () => {
    expect(brokenBeside(sent)).toEqual(['order beside an unknown one']);
    expect(brokenBeside({ ...sent, sentAt: NOON - 600_000 })).toEqual([]);
    expect(brokenBeside({ ...sent, state: 'placed' })).toEqual([]);
  });

  it('is broken by what a person cancelled, in that line alone', () => {
    const cancelled = { intent: BUY, state: 'placed', cancelRequestedBy: 'ines' };
    expect(brokenBeside(cancelled)).toEqual(['started against people']);
    expect(brokenBeside({ ...cancelled, intent: OTHER })).toEqual([]);
  });
});

describe('the law that nothing is bought on wrong books', () => {
  const brokenBy = (side: 'buy' | 'sell', firstAt: number): readonly string[] => {
    const { world, broken } = parts();
    const alerts = new Map([['reconciliation', { firstAt, alert: { text: 'XLK' } }]]);
    checkBooks(world, { ...BUY, side }, { alerts } as unknown as AccountState);
    return broken;
  };

  it('is broken by a buy while an alert of a difference is open, and by no sell', () => {
    expect(brokenBy('buy', NOON - 120_000)).toEqual(['bought on wrong books']);
    expect(brokenBy('buy', NOON - 1_000)).toEqual([]);
    expect(brokenBy('sell', NOON - 120_000)).toEqual([]);
  });
});

describe('the law of limit prices', () => {
  const brokenAt = (
    side: 'buy' | 'sell',
    limitPrice: string,
    isBlind = false,
  ): readonly string[] => {
    const { world, broken } = parts({
      market: { price: () => ({ price: 100 }) },
      faults: { since: () => isBlind },
    });
    checkPrice(world, { ...BUY, side, limitPrice });
    return broken;
  };

  it('is broken by a limit far away, and by one on the side that does not fill', () => {
    expect(brokenAt('buy', '100.5')).toEqual([]);
    expect(brokenAt('sell', '99.5')).toEqual([]);
    expect(brokenAt('buy', '101')).toEqual(['order at a wrong price']);
    expect(brokenAt('buy', '99.5')).toEqual(['order at a wrong price']);
    expect(brokenAt('sell', '100.5')).toEqual(['order at a wrong price']);
    expect(brokenAt('sell', '100.5', true)).toEqual([]);
  });
});

describe('the law that everything is sold whole', () => {
  const brokenBy = (id: string, tickers: readonly string[]): readonly string[] => {
    const holdings = () => ({ shares: new Map([[XLK, wholeShares(10)]]) });
    const { world, broken } = parts({ exchange: { holdings } });
    const orders = tickers.map((each) => intent(id, 'sell', each, 10));
    checkSale(world, decision({ id, orders }));
    return broken;
  };

  it('is broken by what is really held and in no order', () => {
    expect(brokenBy('flatten-2024-07-01-1', ['XLE'])).toEqual(['plan beside its target']);
    expect(brokenBy('flatten-2024-07-01-1', ['XLK'])).toEqual([]);
    expect(brokenBy('raise-2024-07-01-1', [])).toEqual([]);
  });
});

describe('the law that people know before', () => {
  const ID = 'initial-2024-07-01';
  const brokenBy = (
    announcement: object | undefined,
    isSkipped = false,
    isRestored = false,
  ): readonly string[] => {
    const faults = { since: () => isRestored };
    const { world, broken } = parts({ people: { hasSkipped: () => isSkipped }, faults });
    const announcements = new Map(announcement ? [[ID, announcement]] : []);
    const book = { ...EMPTY_ACCOUNT_STATE, announcements } as unknown as AccountState;
    checkAllowed(world, book, { id: ID, cause: 'initial' });
    return broken;
  };
  const deliveredAt = newYorkInstant(sessionDate('2024-06-28'), 20 * 60);

  it('is broken by a first rebalance that was told of the same day, or never', () => {
    expect(brokenBy(undefined)).toEqual(['started unannounced']);
    expect(brokenBy({ deliveredAt: NOON })).toEqual(['started unannounced']);
    expect(brokenBy({ deliveredAt })).toEqual([]);
  });

  it('is broken by one that somebody skipped, whatever was announced since', () => {
    expect(brokenBy({ deliveredAt }, true)).toEqual(['started against people']);
    // A backup that is older than the skip does not know of it.
    expect(brokenBy({ deliveredAt }, true, true)).toEqual([]);
  });

  it('is broken by whatever starts by itself where AUTO_REBALANCE is off', () => {
    const { world, broken } = parts({
      settings: settingsWith({ AUTO_REBALANCE: 'off' }),
      people: { hasSkipped: () => false },
    });
    checkAllowed(world, EMPTY_ACCOUNT_STATE, { id: 'monthly-2024-07', cause: 'monthly' });
    expect(broken).toEqual(['started against people']);
    checkAllowed(world, EMPTY_ACCOUNT_STATE, { id: 'manual-2024-07-01-1', cause: 'manual' });
    expect(broken).toHaveLength(1);
  });

  it('is broken by one that was delayed beyond that day', () => {
    expect(brokenBy({ deliveredAt, until: '2024-07-02' })).toEqual(['started against people']);
  });
});
