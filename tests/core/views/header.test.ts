import { describe, expect, it } from 'vitest';
import { parseSubject } from '#core/domain/alert.ts';
import type { Entry } from '#core/domain/entry.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { headerView } from '#core/views/header.ts';
import { MODELS } from '#models/list.ts';
import { decided } from '#tests/support/deciding.ts';
import {
  ACCOUNT_ENTRY,
  account,
  alert,
  baseline,
  book,
  carriedOut,
  NUMBER,
  noDecision,
  observation,
  position,
} from '#tests/support/desk.ts';
import { at, began, bookOf, closed, moved } from './books.ts';

const spy = UNIVERSE.benchmark.ticker;
const view = (entries = book(), seen = observation()) => headerView(entries, seen, MODELS);

describe('the header view', () => {
  it('shows the whole account number, also before the broker answered', () => {
    expect(view().accountNumber).toBe(NUMBER);
    const silent = observation({ account: undefined });
    expect(view(book(), silent).accountNumber).toBeUndefined();
    expect(view(book([ACCOUNT_ENTRY]), silent).accountNumber).toBe(NUMBER);
  });

  it('measures the account and SPY from the baseline to the same instant', () => {
    const seen = observation({ account: account(103_000), prices: new Map([[spy, 606]]) });
    const { sinceStart } = view(book([baseline(100_000, 600)]), seen);
    expect(sinceStart?.you).toBeCloseTo(0.03, 12);
    expect(sinceStart?.spy).toBeCloseTo(0.01, 12);
    expect(sinceStart?.alpha).toBeCloseTo(0.02, 12);
    expect(sinceStart?.to).toBe(seen.at);
  });

  it('has no alpha if one of the two is unknown, and never calls it 0', () => {
    const entries = book([baseline()]);
    const noPrice = view(entries, observation({ prices: new Map() })).sinceStart;
    expect(noPrice).toMatchObject({ you: 0, spy: undefined, alpha: undefined });
    const noAccount = view(entries, observation({ account: undefined }));
    expect(noAccount.sinceStart).toMatchObject({ you: undefined, alpha: undefined });
    expect([noAccount.equity, noAccount.cash, noAccount.today]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(view().sinceStart).toBeUndefined();
  });

  it('shows exposure as a share of equity, unknown if one position is unknown', () => {
    const positions = [position('XLK', 300), position('XLF', 200)];
    expect(view(book(), observation({ positions })).exposure).toBeCloseTo(0.5, 12);
    const dark = { ...position('XLE', 1), marketValue: undefined };
    expect(view(book(), observation({ positions: [dark] })).exposure).toBeUndefined();
  });

  it('measures today from the previous close, and does not count a deposit as a gain', () => {
    const entries = [
      began(at('2026-11-16T15:00:00Z')),
      closed('2026-11-18', 99_000, 500),
      closed('2026-11-19', 100_000, 500),
    ];
    const seen = observation({ at: at('2026-11-20T15:00:00Z'), account: account(101_000) });
    expect(view(bookOf(...entries), seen).today).toBeCloseTo(0.01, 12);

    const brought = moved(at('2026-11-20T14:40:00Z'), 50_000);
    const richer = observation({ at: seen.at, account: account(151_500) });
    expect(view(bookOf(...entries, brought), richer).today).toBeCloseTo(0.01, 12);
  });

  it('has no value for today without the previous close', () => {
    const entries = [began(at('2026-11-16T15:00:00Z')), closed('2026-11-18', 100_000, 500)];
    const seen = observation({ at: at('2026-11-20T15:00:00Z'), account: account(101_000) });
    expect(view(bookOf(...entries), seen).today).toBeUndefined();
  });

  it('lists every model with its share in the last decision, none for an inactive one', () => {
    const before = view();
    expect(before.models.map((model) => model.active)).toEqual([true, true, false]);
    expect(before.models.map((model) => model.share)).toEqual([undefined, undefined, undefined]);
    const decision = decided();
    const after = view(book(carriedOut(decision)));
    expect(after.models.map((model) => model.share)).toEqual(
      decision.votes.map((vote) => (vote.active ? vote.share : undefined)),
    );
    const sold: Entry = { kind: 'decision', decision: { ...decision, id: 'sold', votes: [] } };
    expect(view(book([...carriedOut(decision), sold])).models).toEqual(after.models);
    const dark = observation({ data: { ...observation().data, regime: undefined } });
    expect(view(book(), dark).models[0]?.active).toBeUndefined();
  });
});

describe('the status', () => {
  it('is healthy while the market is closed', () => {
    const { market } = observation();
    const night = observation({ market: market && { ...market, open: false } });
    expect(view(book(), night)).toMatchObject({ status: 'HEALTHY', reasons: [] });
  });

  it.each([
    ['broker', observation({ broker: { ...observation().broker, connected: false } })],
    ['broker', observation({ account: undefined })],
    ['order stream', observation({ broker: { ...observation().broker, streaming: false } })],
    ['data', observation({ data: { ...observation().data, missing: noDecision() } })],
  ])('is degraded by the rule "%s"', (rule, seen) => {
    expect(view(book(), seen)).toMatchObject({ status: 'DEGRADED', reasons: [{ rule }] });
  });

  it.each([
    ['account', book(), observation({ account: account(1, { blocked: true }) })],
    [
      'account',
      book(),
      observation({ account: account(1, { blocked: true, status: 'ACCOUNT_CLOSED' }) }),
    ],
    [
      'trading state',
      book([{ kind: 'state', state: 'HALT', by: 'ines', reason: 'lunch' }]),
      observation(),
    ],
  ])('is halted by the rule "%s"', (rule, entries, seen) => {
    expect(view(entries, seen)).toMatchObject({ status: 'HALTED', reasons: [{ rule }] });
  });

  it('is degraded by an open alert until it is resolved, but not by an information', () => {
    const raised = { kind: 'alert', alert: alert() } as const;
    expect(view(book([raised])).status).toBe('DEGRADED');
    const resolved = { kind: 'resolved', subject: parseSubject('broker'), text: 'back' } as const;
    expect(view(book([raised, resolved])).status).toBe('HEALTHY');
    const info = { kind: 'alert', alert: alert({ severity: 'info' }) } as const;
    expect(view(book([info])).status).toBe('HEALTHY');
  });

  it('names the worst problem first', () => {
    const entries = book([{ kind: 'state', state: 'HALT', by: 'ines', reason: 'lunch' }]);
    const seen = observation({ broker: { ...observation().broker, streaming: false } });
    expect(view(entries, seen).reasons.map((reason) => reason.makes)).toEqual([
      'HALTED',
      'DEGRADED',
    ]);
  });
});
