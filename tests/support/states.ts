/** The states that a desk can be in, as journal entries and what was seen last. */

import { type AccountState, EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import { type Alert, parseSubject } from '#core/domain/alert.ts';
import type { Bars } from '#core/domain/bar.ts';
import type { Decision, Proposal } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';
import { applyEntry } from '#core/domain/journal-events/table.ts';
import { isActive } from '#core/domain/model.ts';
import type { Observation } from '#core/domain/observation.ts';
import { epochMs, sessionDate, ticker, wholeShares } from '#core/domain/units.ts';
import { tradable, UNIVERSE } from '#core/domain/universe.ts';
import { qualifies } from '#core/views/measure.ts';
import { MODELS } from '#models/list.ts';
import { addCards, addClosedCards, addEvidenceDue, addFlatten } from './card-state.ts';
import { alert, NOW, noDecision, observation, proposal } from './desk.ts';
import { fallen, type Life, type LifeOptions, live, type Past, wavy } from './life.ts';

export interface State {
  readonly name: string;
  /** In the order they were written. */
  readonly entries: readonly Past[];
  /** So many of the entries were told in an earlier run. */
  readonly told?: number;
  readonly seen: Observation;
  readonly bars?: Bars;
  /** What a rebalance would do now. */
  readonly plan?: Decision;
}

const RISING: LifeOptions['paths'] = {
  SPY: wavy(0.07),
  XLK: wavy(0.16, 1),
  XLE: wavy(0.11, 4),
  XLV: wavy(0.09, 2),
  XLF: wavy(0.085, 5),
  XLI: wavy(0.07, 3),
  XLC: wavy(0.05, 1),
  XLU: wavy(-0.02, 2),
  XLRE: wavy(-0.05, 4),
};

/** Everything that is ranked fell for more than half a year; bonds rose a little. */
const FALLING: LifeOptions['paths'] = {
  ...Object.fromEntries(
    UNIVERSE.sectors.map(({ ticker: name }, index) => [name, fallen(-0.09 - 0.012 * index, 190)]),
  ),
  SPY: fallen(-0.14, 190),
  TLT: wavy(0.03),
};

const usual = (overrides: Partial<LifeOptions> = {}): Life =>
  live({ from: '2026-09-01', cash: 100_000, paths: RISING, ...overrides });

/** The state of that account now; what its life cannot be must be given as a difference. */
function stateOf(name: string, life: Life, overrides: Partial<Observation> = {}): State {
  const seen = life.seen(overrides);
  const plan = life.decide('manual-2026-11-23-2');
  return { name, entries: life.entries(), told: life.told(), seen, bars: life.bars, plan };
}

function aYear(): State {
  const life = usual({ from: '2025-11-24', held: { XLF: 400, XLU: 300 } });
  life.add({
    kind: 'proposal',
    proposal: proposal(life.decide('manual-2026-11-23-1')),
  });
  return stateOf('a-year', life);
}

/** A rebalance whose orders went every way that orders go. */
function underWay(): State {
  const life = usual({ held: { XLU: 250, XLRE: 300 }, idle: true });
  const decision = life.decide('manual-2026-11-23-1');
  const [first, second, third, ...others] = decision.plan.orders;
  if (!first || !second || !third) throw new Error('under-way: expected three orders');
  const sent = [first, second, third];
  life.add(
    { kind: 'decision', decision },
    ...decision.plan.orders.map((intent): Entry => ({ kind: 'intent', intent })),
  );
  for (const [index, intent] of sent.entries()) {
    const { clientOrderId, side, qty: wanted } = intent;
    const orderId = `order-${index}`;
    const filled = index === 0 ? wanted : wholeShares(index === 1 ? 7 : 0);
    const price = Math.round(intent.priceAtDecision * 1.002 * 100) / 100;
    const of = { ticker: intent.ticker, side };
    const brokerStatus = ['filled', 'partially_filled', 'accepted'][index] ?? 'accepted';
    const times = { submittedAt: NOW, updatedAt: NOW };
    life.add({
      kind: 'order',
      order: {
        ...of,
        ...times,
        id: orderId,
        clientOrderId,
        qty: wanted,
        filledQty: filled,
        averagePrice: filled === 0 ? undefined : price,
        status: index === 0 ? 'filled' : 'open',
        brokerStatus,
      },
    });
    if (filled === 0) continue;
    const fill = { ...of, id: `fill-${index}`, orderId, qty: filled, price, at: NOW };
    life.add({ kind: 'fill', clientOrderId, fill });
  }
  const [fourth] = others;
  if (fourth) {
    const reason = 'insufficient buying power';
    life.add({ kind: 'refused', clientOrderId: fourth.clientOrderId, reason });
  }
  return stateOf('under-way', life);
}

function allInBonds(): State {
  const life = usual({ from: '2026-09-15', paths: FALLING });
  const state = stateOf('all-in-TLT', life);
  const { rankings, regime } = state.seen.data;
  for (const { lookback, rankings: rows } of rankings) {
    const taken = MODELS.filter(
      ({ parameters }) =>
        parameters.lookback === lookback && rows.some((row) => qualifies(row, parameters)),
    );
    if (taken.length > 0) throw new Error(`all-in-TLT: ${taken[0]?.id} takes a sector`);
  }
  if (!regime || !MODELS.some((model) => isActive(model, regime.kind)))
    throw new Error('all-in-TLT: no model is active');
  const held = state.seen.positions.map((each) => each.ticker);
  if (held.join() !== 'TLT') throw new Error(`all-in-TLT: ${held.join()} is held`);
  return state;
}

const DIFFERENCE: Alert = alert({
  subject: parseSubject('reconciliation'),
  severity: 'critical',
  title: 'Our records differ from the broker’s',
  text: 'XLK: ours and the broker’s differ by 11 shares, and so does the cash.',
  remedy: 'Nothing is bought until an operator adopts the difference or it goes away.',
});

function halted(): State {
  const life = usual({ from: '2026-10-01', foreign: { ZM: 71.5 } });
  const fill = { id: 'x1', orderId: 'x', ticker: ticker('ZM'), side: 'buy' as const, at: NOW };
  life.add(
    { kind: 'state', state: 'HALT', by: 'ines', reason: 'the news from the broker' },
    { kind: 'alert', alert: DIFFERENCE },
    { kind: 'alert', alert: alert() },
    { kind: 'alert', alert: alert() },
    { kind: 'no-decision', cause: 'monthly-2026-11', outcome: noDecision() },
    { kind: 'external-fill', fill: { ...fill, qty: wholeShares(12), price: 71.5 } },
    {
      kind: 'alert',
      alert: alert({
        subject: parseSubject('external x1'),
        severity: 'warning',
        title: 'Traded by hand',
        text: 'buy 12 ZM at $71.5, without an order of Rotor’s.',
        remedy: 'It is recorded; the next rebalance starts from there.',
      }),
    },
  );
  const { data } = life.seen();
  return stateOf('halted', life, {
    broker: {
      connected: false,
      streaming: false,
      lastAnswer: epochMs(NOW - 600_000),
      problem: 'GET /v2/account: no answer within 10 s',
    },
    data: {
      ...data,
      asOf: sessionDate('2026-11-19'),
      regime: undefined,
      rankings: [],
      missing: noDecision(),
    },
  });
}

/** An account with a loan and everything in it, before Rotor's first trade. */
function twelvePositions(): State {
  const all = tradable(UNIVERSE).map(({ ticker: name }, index) => [name, 400 + index * 60]);
  const life = usual({
    from: '2026-11-16',
    cash: -12_345,
    held: Object.fromEntries(all),
    idle: true,
  });
  life.add({ kind: 'pause', paused: true, by: 'ines', reason: 'the old positions are looked at' });
  return stateOf('twelve-positions', life, {
    nextRebalance: { session: sessionDate('2026-11-23'), owed: true },
  });
}

const LONG = 'a name that nobody would give to anything but a test of very long names ';

function longNames(): State {
  const life = usual({
    from: '2026-11-02',
    held: { ABCDEFGHIJ: 5_000 },
    cash: 98_765_432.1,
    foreign: { ABCDEFGHIJ: 123_456.78 },
    idle: true,
  });
  life.carryOut(life.decide('manual-2026-11-23-1234567890'));
  life.add(
    { kind: 'pause', paused: true, by: LONG.repeat(2), reason: LONG.repeat(4) },
    { kind: 'alert', alert: alert({ title: LONG.repeat(3), text: LONG.repeat(30) }) },
    {
      kind: 'external-fill',
      fill: {
        id: 'x1',
        orderId: 'x',
        ticker: ticker('ABCDEFGHIJ'),
        side: 'buy',
        qty: wholeShares(12),
        price: 123_456.78,
        at: NOW,
      },
    },
  );
  const { account } = life.seen();
  return stateOf('long-names', life, {
    version: LONG,
    account: account && { ...account, number: 'PA3XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX' },
  });
}

const MISSING = {
  title: 'Cash is missing',
  text: 'The broker has $2,420.00 less than our books, and no trade explains it.',
} as const;

/** The number of the plan that nobody answered in time. */
const EXPIRED = 2;

/** Plans that were answered in every way, alerts that are over, and one that nobody has seen. */
function answered(): State {
  const life = usual({ from: '2026-10-01' });
  const plan = (number: number): Proposal => {
    const decision = life.decide(`manual-2026-11-23-${number}`);
    const expiresAt = epochMs(NOW + (number === EXPIRED ? -60_000 : 600_000));
    return proposal(decision, { id: `p${number}`, planHash: `hash ${number}`, expiresAt });
  };
  const answers = ['rejected', 'expired', 'replaced', 'approved'] as const;
  for (const [index, answer] of answers.entries()) {
    const made = plan(index + 1);
    life.add({ kind: 'proposal', proposal: made });
    life.add({
      kind: 'answer',
      proposalId: made.id,
      answer,
      by: answer === 'rejected' || answer === 'approved' ? 'omar' : 'Rotor',
    });
    if (answer === 'approved') life.carryOut(made.decision);
  }
  const late = {
    subject: parseSubject('late'),
    severity: 'warning',
    title: 'The rebalance is late',
  } as const;
  life.add(
    { kind: 'alert', alert: alert() },
    { kind: 'alert', alert: alert() },
    { kind: 'resolved', subject: parseSubject('broker'), text: 'Alpaca answers again.' },
    { kind: 'alert', alert: alert({ ...late, text: 'It was due at 09:35.' }) },
    { kind: 'acknowledged', subject: parseSubject('late'), by: 'ines' },
    { kind: 'resolved', subject: parseSubject('late'), text: 'It is done.' },
    { kind: 'alert', alert: { ...DIFFERENCE, subject: parseSubject('cash'), ...MISSING } },
  );
  return stateOf('answered', life);
}

function waiting(): State {
  const life = usual({ from: '2026-10-01' });
  addCards(life);
  return stateOf('cards', life);
}

function closedCards(): State {
  const life = usual({ from: '2026-10-01' });
  addClosedCards(life);
  return stateOf('closed-cards', life);
}

function evidenceDue(): State {
  const life = usual({ mode: 'LIVE', from: '2026-10-01' });
  addEvidenceDue(life);
  return stateOf('evidence-due', life);
}

function flattening(): State {
  const life = usual({ from: '2026-10-01' });
  addFlatten(life);
  return stateOf('flattening', life, { ordersFrom: epochMs(NOW + 3_600_000) });
}

function safeMode(): State {
  const life = usual({ from: '2026-10-01' });
  const why = '5 crashes in ten minutes, the last: out of memory.';
  return stateOf('safe-mode', life, {
    safeMode: `${why} Nothing trades until /resume is used.`,
  });
}

/** Nothing was asked and nothing is known. */
const EMPTY = observation({
  account: undefined,
  market: undefined,
  prices: new Map(),
  broker: { connected: false, streaming: false, lastAnswer: undefined, problem: undefined },
  data: { ...observation().data, asOf: undefined, regime: undefined, rankings: [] },
});

/** By what a person would call them. */
export const STATES: readonly State[] = [
  { name: 'empty', entries: [], seen: EMPTY },
  stateOf('first-day', usual({ from: '2026-11-20', idle: true })),
  aYear(),
  underWay(),
  allInBonds(),
  halted(),
  twelvePositions(),
  longNames(),
  answered(),
  waiting(),
  closedCards(),
  evidenceDue(),
  flattening(),
  safeMode(),
  stateOf('paper', usual({ mode: 'PAPER', from: '2026-10-01' })),
  stateOf('live', usual({ mode: 'LIVE', from: '2026-10-01' })),
].map(checked);

/** @throws Error where the state says two things that cannot both be. */
export function checked(state: State): State {
  const { name, entries, seen } = state;
  const fail = (what: string): never => {
    throw new Error(`state ${name}: ${what}`);
  };
  entries.forEach(({ at, entry }, index) => {
    if (at < (entries[index - 1]?.at ?? 0)) fail(`${entry.kind} is before what came before it`);
    if (at > seen.at) fail(`${entry.kind} comes after what is seen`);
    if (entry.kind !== 'equity') return;
    const { equity, cash, holdings = new Map() } = entry.point;
    const held = [...holdings.values()].reduce((sum, { value }) => sum + value, 0);
    if (equity !== cash + held) fail(`close of ${entry.point.session}: not cash and positions`);
  });
  const { account, positions } = seen;
  if (!account) return state;
  const held = positions.reduce((sum, { marketValue = 0 }) => sum + marketValue, 0);
  if (account.equity !== account.cash + held) fail('its equity is not cash and positions');
  const { ledger } = bookOf(entries);
  if (ledger?.cash !== account.cash) fail('its cash is not that of the books');
  for (const { ticker: each, qty: shares } of positions)
    if (ledger?.lots.get(each)?.qty !== shares) fail(`its ${each} is not that of the books`);
  return state;
}

function bookOf(entries: readonly Past[]): AccountState {
  return entries.reduce(
    (book, { at, entry }, index) => applyEntry(book, { seq: index + 1, at, entry }),
    EMPTY_ACCOUNT_STATE,
  );
}
