import { describe, expect, it } from 'vitest';
import { parseSubject } from '#core/domain/alert.ts';
import { epochMs } from '#core/domain/units.ts';
import { type DiscordSeen, statusView } from '#core/views/status.ts';
import { account, alert, book, NOW, noDecision, observation } from '#tests/support/desk.ts';

const DISCORD: DiscordSeen = {
  connected: true,
  lagMs: 42,
  missing: [],
  owed: 0,
  problem: undefined,
};
const valueOf = (name: string, entries = book(), seen = observation(), discord = DISCORD) =>
  statusView(entries, seen, discord).rules.find((rule) => rule.name === name)?.value;

describe('the rules of the status', () => {
  it('are all listed with their current values, even if all is well', () => {
    const seen = observation({ at: epochMs(NOW + 3_000) });
    const { status, reasons, rules } = statusView(book(), seen, DISCORD);
    expect([status, reasons]).toEqual(['HEALTHY', []]);
    expect(rules.map(({ name, verdict, value }) => `${verdict} ${name}: ${value}`)).toEqual([
      'ok trading state: RUN',
      'ok paused: no',
      'ok account: ACTIVE',
      'ok broker: answered 3 s ago',
      'ok order stream: listening',
      'ok market: open',
      'ok data: bars to 2026-11-20 as expected, up to date',
      'ok rebalance: next 2026-12-01',
      'ok alerts: none open',
      'ok Discord: connected',
      'ok Discord lag: 42 ms',
      'ok permissions: all granted',
      'ok messages waiting: none',
    ]);
  });

  it('leave out the bot if its health is unknown', () => {
    expect(statusView(book(), observation()).rules.map(({ name }) => name)).not.toContain(
      'permissions',
    );
  });

  it.each([
    [{ blocked: true }, 'HALTED', 'the broker has blocked trading'],
    [
      { blocked: true, status: 'ACCOUNT_CLOSED' },
      'HALTED',
      'the broker has blocked trading: the account is ACCOUNT_CLOSED',
    ],
    [{ liquidationOnly: true }, 'DEGRADED', 'the broker takes only sells from this account'],
    [{ status: 'PAPER_ONLY' }, 'HEALTHY', 'PAPER_ONLY'],
  ] as const)('tell an account of %j as %s', (changes, status, value) => {
    const seen = observation({ account: account(100_000, changes) });
    expect(statusView(book(), seen, DISCORD).status).toBe(status);
    expect(valueOf('account', book(), seen)).toBe(value);
  });

  it('call a closed market and a night healthy', () => {
    const { market } = observation();
    const night = observation({ market: market && { ...market, open: false } });
    expect(statusView(book(), night, DISCORD).status).toBe('HEALTHY');
    expect(valueOf('market', book(), night)).toBe('closed, as scheduled');
  });

  it.each([
    [
      'paused',
      book([{ kind: 'pause', paused: true, by: 'ines', reason: 'lunch' }]),
      'by ines: lunch',
    ],
    [
      'trading state',
      book([{ kind: 'state', state: 'REDUCE', by: 'ines', reason: 'x' }]),
      'REDUCE by ines: x',
    ],
    ['alerts', book([{ kind: 'alert', alert: alert() }]), '1 open, 1 not acknowledged'],
    [
      'alerts',
      book([
        { kind: 'alert', alert: alert({ subject: parseSubject('b'), severity: 'error' }) },
        { kind: 'acknowledged', subject: parseSubject('b'), by: 'ines' },
      ]),
      '1 open, 0 not acknowledged',
    ],
  ])('are degraded by "%s"', (name, entries, value) => {
    expect(statusView(entries, observation()).status).toBe('DEGRADED');
    expect(valueOf(name, entries)).toBe(value);
  });

  it.each([
    ['Discord', { connected: false }, 'not connected: no command and no button works'],
    ['Discord lag', { lagMs: 2_345 }, '2345 ms'],
    [
      'permissions',
      { missing: ['Pin Messages', 'Embed Links'] },
      'missing: Pin Messages, Embed Links',
    ],
    ['messages waiting', { owed: 3, problem: 'Missing Access' }, '3; Missing Access'],
    ['messages waiting', { owed: 201 }, '201, posting them takes a while'],
  ])('are degraded by the bot’s "%s"', (name, change, value) => {
    const discord = { ...DISCORD, ...change };
    expect(statusView(book(), observation(), discord).reasons).toEqual([
      { rule: name, makes: 'DEGRADED', text: value },
    ]);
    expect(valueOf(name, book(), observation(), discord)).toBe(value);
  });

  it('are healthy while the latency is not measured yet', () => {
    const discord = { ...DISCORD, lagMs: undefined };
    expect(statusView(book(), observation(), discord).status).toBe('HEALTHY');
  });

  it('give each open alert a reason of its own, and count the acknowledged ones', () => {
    const entries = book([
      { kind: 'alert', alert: alert({ subject: parseSubject('a'), title: 'first' }) },
      { kind: 'alert', alert: alert({ subject: parseSubject('b'), title: 'second' }) },
      { kind: 'acknowledged', subject: parseSubject('a'), by: 'ines' },
    ]);
    const { reasons } = statusView(entries, observation());
    expect(reasons.map(({ text }) => text.split(':')[0])).toEqual(['first', 'second']);
    expect(valueOf('alerts', entries)).toBe('2 open, 1 not acknowledged');
  });

  it('accept a broker not asked yet, but not a first refresh without an answer', () => {
    const fresh = { connected: false, streaming: false, lastAnswer: undefined, problem: undefined };
    const start = { account: undefined, market: undefined };
    const seen = observation({ ...start, broker: fresh });
    expect(statusView(book(), seen).status).toBe('HEALTHY');
    expect(valueOf('broker', book(), seen)).toBe('not asked yet');
    const silent = observation({ ...start, broker: { ...fresh, problem: 'timeout' } });
    expect(statusView(book(), silent)).toMatchObject({ status: 'DEGRADED' });
    expect(valueOf('broker', book(), silent)).toBe('timeout');
  });

  it('report a silence once: the stream and the account wait for the broker', () => {
    const away = {
      ...observation().broker,
      connected: false,
      streaming: false,
      problem: 'timeout',
    };
    const seen = observation({ broker: away, account: undefined });
    expect(statusView(book(), seen).reasons.map(({ rule }) => rule)).toEqual(['broker']);
  });

  it('say which bars are missing, and the account’s status when it is not active', () => {
    const data = { ...observation().data, missing: noDecision('XLK: nothing') };
    expect(valueOf('data', book(), observation({ data }))).toBe('XLK: nothing');
    const closed = observation({
      account: account(1, { blocked: true, status: 'ACCOUNT_CLOSED' }),
    });
    expect(statusView(book(), closed).status).toBe('HALTED');
  });
});
