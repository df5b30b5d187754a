/** Builders for what the desk shows: observations, books folded from entries, and a machine by hand. */
import type { Account, Position } from '#core/domain/account.ts';
import { type AccountState, EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import { type Alert, parseSubject } from '#core/domain/alert.ts';
import type { Decision, NoDecision, Proposal } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';
import { applyEntry } from '#core/domain/journal-events/table.ts';
import type { RankedTicker, Ranking, Regime } from '#core/domain/model.ts';
import { tradingModels } from '#core/domain/model-role.ts';
import type { Observation } from '#core/domain/observation.ts';
import type { OrderIntent } from '#core/domain/order.ts';
import {
  dollars,
  type EpochMs,
  epochMs,
  sessionDate,
  type Ticker,
  ticker,
  valueOf,
  wholeShares,
} from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import type { AnswerOutcome } from '#core/engine/answer-outcome.ts';
import { createDepositActions } from '#core/engine/deposits.ts';
import type { Engine } from '#core/engine/engine.ts';
import { createModelRoles } from '#core/engine/model-roles.ts';
import { TradingError } from '#core/errors.ts';
import type { DeskEvent } from '#core/events.ts';
import type { Clock, Journal, PostBook, PostRef } from '#core/ports.ts';
import { MODELS } from '#models/list.ts';
import { decided, RULES } from './deciding.ts';
import { APPROVAL, BUILD, LIMITS } from './limits.ts';

/** Monday 2026-11-23, 09:41 New York. */
export const NOW = epochMs(Date.parse('2026-11-23T14:41:00Z'));
export const NUMBER = 'PA3XXXXXXXXX';

export const BULL: Regime = {
  kind: 'bull',
  close: 600,
  mean200: 550,
  distance: 600 / 550 - 1,
  momentum126: 0.1,
};

export function account(usd = 100_000, overrides: Partial<Account> = {}): Account {
  return {
    id: 'a1b2c3d4-0000-4000-8000-000000000001',
    number: NUMBER,
    status: 'ACTIVE',
    equity: dollars(usd),
    cash: dollars(usd),
    buyingPower: dollars(usd),
    blocked: false,
    ...overrides,
  };
}

/** Whole shares at a price, bought 1 dollar cheaper. */
export function position(symbol: string, shares: number, price = 100): Position {
  return {
    ticker: ticker(symbol),
    qty: wholeShares(shares),
    available: wholeShares(shares),
    averagePrice: price - 1,
    currentPrice: price,
    marketValue: valueOf(wholeShares(shares), price),
    unrealised: dollars(shares),
  };
}

/** Sectors in that order, the first the strongest, from `top` down by `step`. */
export function ranking(lookback = 126, top = 0.2, step = 0.03): Ranking {
  const rankings = UNIVERSE.sectors.map(({ ticker: name }, index): RankedTicker => {
    const momentum = top - step * index;
    const pastDate = sessionDate('2026-05-22');
    return {
      rank: index + 1,
      ticker: name,
      momentum,
      close: 100 * (1 + momentum),
      past: 100,
      pastDate,
    };
  });
  return { asOf: sessionDate('2026-11-20'), lookback, rankings, excluded: [] };
}

/** A healthy desk in the sandbox at 09:41, all in cash. */
export function observation(overrides: Partial<Observation> = {}): Observation {
  return {
    at: NOW,
    mode: 'SANDBOX',
    version: '0.1.0',
    build: { code: 'c0de', config: 'c0f1', models: 'm0d5' },
    universe: UNIVERSE,
    account: account(),
    positions: [],
    market: {
      at: NOW,
      open: true,
      nextOpen: epochMs(Date.parse('2026-11-24T14:30:00Z')),
      nextClose: epochMs(Date.parse('2026-11-23T21:00:00Z')),
    },
    broker: { connected: true, streaming: true, lastAnswer: NOW, problem: undefined },
    data: {
      source: 'sample data',
      asOf: sessionDate('2026-11-20'),
      regime: BULL,
      rankings: [ranking(126), ranking(80, 0.1, 0.02)],
      missing: undefined,
    },
    prices: new Map([[UNIVERSE.benchmark.ticker, 600]]),
    nextRebalance: { session: sessionDate('2026-12-01'), owed: false },
    ...overrides,
  };
}

export function noDecision(reason = 'SPY: 2026-11-20 expected, 2026-11-19 found'): NoDecision {
  return {
    kind: 'no-decision',
    reason,
    expected: sessionDate('2026-11-20'),
    found: new Map<Ticker, string>([[UNIVERSE.benchmark.ticker, '2026-11-19']]),
  };
}

export function alert(overrides: Partial<Alert> = {}): Alert {
  return {
    subject: parseSubject('broker'),
    severity: 'error',
    title: 'broker away',
    text: 'Alpaca did not answer within 10 s.',
    remedy: 'Rotor tries again automatically.',
    ...overrides,
  };
}

export const ACCOUNT_ENTRY: Entry = { kind: 'account', id: 'a1', number: NUMBER, mode: 'SANDBOX' };

/** Counting begins with that many dollars, SPY at 600. */
export function baseline(usd = 100_000, benchmark = 600): Entry {
  return {
    kind: 'baseline',
    cash: dollars(usd),
    positions: new Map(),
    equity: dollars(usd),
    benchmark,
    known: [],
  };
}

/** One session's close. */
export function close(day: string, usd: number, benchmark: number): Entry {
  const point = { session: sessionDate(day), equity: dollars(usd), cash: dollars(0), benchmark };
  return { kind: 'equity', point };
}

export function proposal(
  decision: Decision = decided(),
  overrides: Partial<Proposal> = {},
): Proposal {
  return {
    id: 'p1',
    planHash: 'hash',
    decision,
    requestedBy: 'ines',
    expiresAt: epochMs(NOW + 600_000),
    ...overrides,
  };
}

/** The book that those entries make, all recorded at one instant. */
export function book(entries: readonly Entry[] = [], at: EpochMs = NOW): AccountState {
  return entries.reduce(
    (folded, entry, index) => applyEntry(folded, { seq: index + 1, at, entry }),
    EMPTY_ACCOUNT_STATE,
  );
}

/** The decision as the journal has it when every order was accepted and filled at that price. */
export function carriedOut(
  decision: Decision,
  price: number | ((intent: OrderIntent) => number) = 100,
  at: EpochMs = NOW,
): readonly Entry[] {
  const managedOrders = decision.plan.orders.flatMap((intent): Entry[] => {
    const { clientOrderId, ticker: name, side, qty } = intent;
    const orderId = `order ${clientOrderId}`;
    const filledAt = typeof price === 'number' ? price : price(intent);
    const times = { submittedAt: at, updatedAt: at };
    const order = { id: orderId, clientOrderId, ticker: name, side, qty, ...times };
    const fill = { id: `fill ${clientOrderId}`, orderId, ticker: name, side, qty };
    return [
      { kind: 'intent', intent },
      { kind: 'sending', clientOrderId, try: 1 },
      {
        kind: 'order',
        order: {
          ...order,
          filledQty: qty,
          averagePrice: filledAt,
          status: 'filled',
          brokerStatus: 'filled',
        },
      },
      { kind: 'fill', clientOrderId, fill: { ...fill, price: filledAt, at } },
    ];
  });
  return [
    { kind: 'decision', decision },
    ...managedOrders,
    { kind: 'finished', decisionId: decision.id, result: { kind: 'complete', left: [] } },
  ];
}

/** What Discord was told, in memory. */
export function memoryPosts(): PostBook {
  const refs = new Map<string, PostRef>();
  let told = 0;
  return {
    told: () => told,
    markTold: (seq) => {
      told = Math.max(told, seq);
    },
    find: (subject) => refs.get(subject),
    save: (subject, ref) => void refs.set(subject, ref),
    holds: (messageId) => [...refs.values()].some((ref) => ref.messageId === messageId),
  };
}

export interface HandEngine extends Engine {
  /** What it sees from now on; listeners are told. */
  see(next: Observation): void;
  /** Bars are being fetched, so far along. */
  fetchBars(done: number, of: number): void;
  readonly answers: readonly string[];
}

/** A machine that proposes and answers over a real journal, and trades nothing. */
export function handEngine(
  journal: Journal,
  wall: Pick<Clock, 'now'>,
  decision: () => Decision | NoDecision = () => decided(),
): HandEngine {
  const clock = { ...wall, sleep: async () => {} };
  const clocks = { market: clock, wall: clock };
  const listeners = new Set<(event: DeskEvent) => void>();
  const answers: string[] = [];
  let seen = observation();
  const say = (event: DeskEvent): void => {
    for (const listener of listeners) listener(event);
  };
  journal.onAppend((all) => {
    for (const recorded of all) say({ kind: 'recorded', recorded });
  });
  const answer = (id: string, given: 'approved' | 'rejected', by: string): AnswerOutcome => {
    const known = journal.book().proposals.get(id);
    if (!known) return { kind: 'closed', reason: 'nobody knows that plan' };
    if (known.answer) return { kind: 'closed', reason: `${known.answer} by ${known.answeredBy}` };
    if (wall.now() >= known.proposal.expiresAt)
      return { kind: 'closed', reason: 'the plan expired' };
    answers.push(`${given} ${id} by ${by}`);
    journal.append({ kind: 'answer', proposalId: id, answer: given, by });
    return { kind: 'accepted' };
  };
  const propose: Engine['propose'] = async (by) => {
    const outcome = decision();
    if (outcome.kind === 'no-decision') return outcome;
    const id = `p${journal.book().proposals.size + 1}`;
    const expiresAt = epochMs(wall.now() + 600_000);
    const made = proposal(outcome, { id, requestedBy: by.name, expiresAt });
    journal.append({ kind: 'proposal', proposal: made });
    return made;
  };
  return {
    book: () => journal.book(),
    observation: () => seen,
    preview: async () => decision(),
    propose,
    raise: async (request, by) => {
      const outcome = decision();
      if (outcome.kind === 'no-decision') throw new TradingError(outcome.reason, 'retry');
      const id = `p${journal.book().proposals.size + 1}`;
      const expiresAt = epochMs(wall.now() + 600_000);
      const made = proposal(outcome, { id, requestedBy: by.name, expiresAt, raise: request });
      journal.append({ kind: 'proposal', proposal: made });
      return made;
    },
    ...createModelRoles(
      {
        ...{ journal, clocks, universe: UNIVERSE },
        get models() {
          return tradingModels(MODELS, journal.book().modelRoles);
        },
        ...{
          limits: LIMITS,
          rules: RULES,
          build: BUILD,
          hash: (text) => text,
        },
        approval: APPROVAL,
      },
      MODELS,
    ),
    ...createDepositActions({ journal }, propose),
    placeNotice: (notice, place, by) =>
      void journal.append({ kind: 'notice-place', notice, place, by }),
    toggleNotify: ({ id, name }) => {
      const on = !journal.book().notified.has(id);
      journal.append({ kind: 'notify-me', userId: id, userName: name, on });
      return on;
    },
    releaseCash: (by) => {
      journal.append({ kind: 'cash-released', by });
      return { kind: 'accepted' };
    },
    setState: (state, by, reason) => {
      journal.append({ kind: 'state', state, by, reason });
      return { kind: 'accepted' };
    },
    changeSchedule: () => ({ kind: 'accepted' }),
    adopt: async () => 'nothing to take over',
    answer: async (id, given, by) => answer(id, given, by.name),
    bars: () => new Map(),
    recordOutcome: (id, result) => void journal.append({ kind: 'outcome', id, result }),
    auditTrail: (limit, before) => journal.latest(['command', 'outcome'], limit, before),
    verifyAuditTrail: journal.verify,
    halt: async (by, reason) => {
      journal.append({ kind: 'state', state: 'HALT', by, reason });
      return [];
    },
    pause: (by, reason) => void journal.append({ kind: 'pause', paused: true, by, reason }),
    cancel: async () => [],
    flatten: async () =>
      seen.positions.length > 0
        ? { kind: 'accepted' }
        : { kind: 'closed', reason: 'nothing is held' },
    unsellable: async () => new Map(),
    cancelFlatten: () => ({ kind: 'accepted' }),
    setAside: () => ({ kind: 'accepted' }),
    acknowledge: (subject, by) => {
      journal.append({ kind: 'acknowledged', subject, by });
      return { kind: 'accepted' };
    },
    reviewTrade: () => ({ kind: 'accepted' }),
    enterLotCost: () => ({ kind: 'accepted' }),
    evidenceHash: () => 'e1',
    readEvidence: (hash, by) => {
      journal.append({ kind: 'evidence-read', hash, by });
      return { kind: 'accepted' };
    },
    recordTried: (tried) => void journal.append({ kind: 'tried', ...tried }),
    audit: (command) => journal.append(command).length > 0,
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    see: (next) => {
      seen = next;
      say({ kind: 'observed', observation: next });
    },
    fetchBars: (done, of) => {
      seen = { ...seen, data: { ...seen.data, progress: { done, of } } };
      say({ kind: 'progress', text: `bars ${done} of ${of}` });
    },
    answers,
  };
}
