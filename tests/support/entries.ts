/** One entry of every kind; recorded in this order each meets what it is about. */
import { parseSubject } from '#core/domain/alert.ts';
import type { EntryOf, Kind } from '#core/domain/entry.ts';
import { cents, dollars, epochMs, sessionDate, wholeShares } from '#core/domain/units.ts';
import { decision, intent } from './decision.ts';
import { ACCOUNT_ENTRY, alert, baseline, NOW, noDecision, proposal } from './desk.ts';

const BUY = intent('initial-2026-11-10', 'buy', 'XLK', 12);
const { clientOrderId, ticker, side, qty } = BUY;
const DECISION = decision({ orders: [BUY] });
const FILL = { id: 'f1', orderId: 'o1', ticker, side, qty, price: 100, at: NOW };
const NO_SHARES = wholeShares(0);

export const SAMPLES: { readonly [K in Kind]: EntryOf<K> } = {
  started: { kind: 'started', version: '1.2.3', mode: 'SANDBOX' },
  account: ACCOUNT_ENTRY as EntryOf<'account'>,
  baseline: baseline() as EntryOf<'baseline'>,
  regime: { kind: 'regime', asOf: sessionDate('2026-11-09'), regime: 'bull' },
  'no-decision': { kind: 'no-decision', cause: 'initial', outcome: noDecision('no bars') },
  proposal: { kind: 'proposal', proposal: proposal(DECISION) },
  approval: { kind: 'approval', proposalId: 'p1', by: 'ines', byId: '7' },
  answer: { kind: 'answer', proposalId: 'p1', answer: 'approved', by: 'tom' },
  decision: { kind: 'decision', decision: DECISION },
  announced: {
    kind: 'announced',
    session: sessionDate('2026-12-01'),
    round: 'evening',
    decision: { ...DECISION, id: 'monthly-2026-12' },
  },
  'announcement-told': {
    kind: 'announcement-told',
    id: 'monthly-2026-12',
    session: sessionDate('2026-12-01'),
  },
  'schedule-change': {
    kind: 'schedule-change',
    id: 'monthly-2026-12',
    session: sessionDate('2026-12-01'),
    choice: 'delay',
    until: sessionDate('2026-12-02'),
    by: 'ines',
  },
  'announcement-over': {
    kind: 'announcement-over',
    id: 'monthly-2026-12',
    session: sessionDate('2026-12-01'),
  },
  unannounced: { kind: 'unannounced', id: 'monthly-2026-12' },
  intent: { kind: 'intent', intent: BUY },
  sending: { kind: 'sending', clientOrderId, try: 1 },
  unknown: { kind: 'unknown', clientOrderId, try: 1, reason: 'no answer' },
  refused: { kind: 'refused', clientOrderId, reason: 'too large' },
  order: {
    kind: 'order',
    order: {
      id: 'o1',
      clientOrderId,
      ticker,
      side,
      qty,
      filledQty: NO_SHARES,
      averagePrice: undefined,
      status: 'open',
      brokerStatus: 'new',
      submittedAt: NOW,
      updatedAt: NOW,
    },
  },
  fill: { kind: 'fill', clientOrderId, fill: FILL },
  'cancel-requested': { kind: 'cancel-requested', clientOrderId, by: 'ines' },
  'set-aside': { kind: 'set-aside', clientOrderId, by: 'ines' },
  finished: {
    kind: 'finished',
    decisionId: DECISION.id,
    result: { kind: 'partial', left: ['buy XLK: canceled'] },
  },
  'external-fill': { kind: 'external-fill', fill: { ...FILL, id: 'f2', orderId: 'o2' } },
  'intentional-trade': { kind: 'intentional-trade', fillId: 'f2', ticker, by: 'ines' },
  'recovered-order': { kind: 'recovered-order', clientOrderId: 'rotor-lost', by: 'ines' },
  activity: {
    kind: 'activity',
    activity: {
      id: 'a1',
      kind: 'dividend',
      ticker,
      qty: NO_SHARES,
      cash: cents(1234),
      at: NOW,
    },
  },
  adjustment: { kind: 'adjustment', ticker, qty: wholeShares(1), cash: cents(0), by: 'ines' },
  'lot-cost': {
    kind: 'lot-cost',
    lot: 'XLK-29',
    cost: dollars(1_250),
    acquired: sessionDate('2025-03-04'),
    by: 'ines',
  },
  'cash-raised': {
    kind: 'cash-raised',
    id: 'raise-2026-11-10-1',
    amount: dollars(20_000),
    neededBy: sessionDate('2026-12-15'),
    by: 'omar',
  },
  'cash-released': { kind: 'cash-released', by: 'omar' },
  'role-proposed': {
    kind: 'role-proposed',
    proposal: {
      ...{ id: 'role-2026-11-10-1', model: 'Twin_v1', role: 'trading', budget: 0.5 },
      hashes: { now: 'abc', after: 'def' },
      budgets: [['Twin_v1', 0.5]],
      evidence: ['Ten years give no sign.'],
      ...{ requestedBy: 'omar', expiresAt: NOW, approvers: 2 },
    },
  },
  'role-approval': {
    kind: 'role-approval',
    ...{ proposalId: 'role-2026-11-10-1', by: 'ines', byId: '7' },
  },
  'role-answered': {
    kind: 'role-answered',
    ...{ proposalId: 'role-2026-11-10-1', model: 'Twin_v1', answer: 'approved', by: 'tom' },
  },
  equity: {
    kind: 'equity',
    point: {
      session: sessionDate('2026-11-10'),
      equity: dollars(100_000),
      cash: dollars(98_800),
      benchmark: 600,
    },
  },
  'official-close': {
    kind: 'official-close',
    point: {
      session: sessionDate('2026-11-10'),
      equity: dollars(100_001),
      cash: dollars(98_800),
      benchmark: 601,
    },
  },
  'corrected-close': {
    kind: 'corrected-close',
    point: {
      session: sessionDate('2026-11-10'),
      equity: dollars(100_002),
      cash: dollars(98_800),
      benchmark: 602,
    },
    recorded: dollars(100_001),
  },
  'deposit-choice': { kind: 'deposit-choice', activityId: 'a1', choice: 'now', by: 'omar' },
  'notice-place': { kind: 'notice-place', notice: 'daily', place: 'off', by: 'ines' },
  'notify-me': { kind: 'notify-me', userId: '7', userName: 'ines', on: true },
  'missed-closes': {
    kind: 'missed-closes',
    sessions: [sessionDate('2026-11-11'), sessionDate('2026-11-12')],
    reason: 'Rotor was off',
  },
  tried: { kind: 'tried', what: 'what-if', settings: 18, key: 'k1', by: 'ines' },
  'evidence-due': { kind: 'evidence-due', hash: 'e1', from: sessionDate('2026-12-01') },
  'evidence-read': { kind: 'evidence-read', hash: 'e1', by: 'ines' },
  'evidence-shown': { kind: 'evidence-shown', lines: ['IN ONE SENTENCE', 'No sign of an edge.'] },
  'month-checked': {
    kind: 'month-checked',
    session: sessionDate('2026-11-30'),
    equal: 3,
    of: 3,
    verdict: 'No sign of an edge.',
  },
  alert: { kind: 'alert', alert: alert() },
  acknowledged: { kind: 'acknowledged', subject: parseSubject('broker'), by: 'ines' },
  resolved: { kind: 'resolved', subject: parseSubject('broker'), text: 'Alpaca answers again.' },
  pause: { kind: 'pause', paused: true, by: 'ines', reason: 'lunch' },
  state: { kind: 'state', state: 'REDUCE', by: 'ines', reason: 'the news' },
  command: {
    kind: 'command',
    id: 'c1',
    userId: '7',
    userName: 'ines',
    name: 'pause',
    options: '{}',
    allowed: false,
    result: 'You need the Operator role.',
  },
  outcome: { kind: 'outcome', id: 'c1', result: 'paused' },
  stopped: { kind: 'stopped', reason: 'SIGTERM' },
};

/** When the sample of that place is recorded. */
export const sampleAt = (place: number) => epochMs(NOW + place * 1_000);
