import { describe, expect, it } from 'vitest';
import { EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import type { Kind } from '#core/domain/entry.ts';
import type { ExportTable, MessageChange } from '#core/domain/journal-events/journal-event.ts';
import {
  AUDITED,
  applyEntry,
  entryKey,
  formatLogLine,
  isExact,
  JOURNAL_EVENTS,
  KINDS,
} from '#core/domain/journal-events/table.ts';
import { sessionDate } from '#core/domain/units.ts';
import { decisionTable, equityTable, fillTable, orderTable } from '#core/views/export.ts';
import { intent } from '#tests/support/decision.ts';
import { SAMPLES, sampleAt } from '#tests/support/entries.ts';

interface Expected {
  readonly key: string | undefined;
  /** After the instant. */
  readonly log: string | undefined;
  readonly message: 'none' | 'line' | 'alert' | readonly MessageChange[];
}

const ID = intent('initial-2026-11-10', 'buy', 'XLK', 12).clientOrderId;
const STEP: readonly MessageChange[] = [{ message: 'order', clientOrderId: ID }];
const DECIDED = 'initial-2026-11-10';

/** What every kind must do; a new kind is one line here and one sample. */
const EXPECTED: { readonly [K in Kind]: Expected } = {
  started: { key: undefined, log: 'started, version 1.2.3, SANDBOX', message: 'line' },
  stopped: { key: undefined, log: 'stopped: SIGTERM', message: 'line' },
  pause: { key: undefined, log: 'paused by ines: lunch', message: 'line' },
  state: { key: undefined, log: 'trading state REDUCE by ines: the news', message: 'line' },
  account: { key: 'the', log: 'account PA3XXXXXXXXX', message: 'none' },
  baseline: { key: 'the', log: 'tracking starts with equity $100,000.00', message: 'none' },
  activity: { key: 'a1', log: 'dividend XLK: cash $12.34', message: 'line' },
  adjustment: { key: undefined, log: 'XLK: difference accepted by ines', message: 'line' },
  'lot-cost': {
    key: undefined,
    log: 'lot XLK-29: cost $1,250.00 entered by ines',
    message: 'line',
  },
  tried: { key: 'what-if k1', log: undefined, message: 'none' },
  'evidence-due': {
    key: 'e1',
    log: 'the evidence must be read: nothing is bought from 2026-12-01 until then',
    message: 'none',
  },
  'evidence-read': { key: 'e1', log: 'the evidence was read by ines', message: 'line' },
  'evidence-shown': { key: 'once', log: undefined, message: 'line' },
  'month-checked': {
    key: '2026-11-30',
    log: '3 of 3 decisions repeat exactly',
    message: [{ message: 'reports', session: sessionDate('2026-11-30') }],
  },
  'deposit-choice': {
    key: 'a1',
    log: 'deposit a1: invest now, chosen by omar',
    message: [{ message: 'deposit', activityId: 'a1' }],
  },
  'notice-place': { key: undefined, log: 'messages of daily: off, set by ines', message: 'line' },
  'notify-me': {
    key: undefined,
    log: 'ines wants a direct message when something waits for approval',
    message: 'none',
  },
  'cash-raised': {
    key: 'raise-2026-11-10-1',
    log: '$20,000.00 raised and kept, approved by omar',
    message: 'line',
  },
  'cash-released': {
    key: undefined,
    log: 'raised cash released by omar',
    message: 'line',
  },
  'role-proposed': {
    key: 'role-2026-11-10-1',
    log: 'omar proposes that Twin_v1 is trading',
    message: 'none',
  },
  'role-approval': {
    key: 'role-2026-11-10-1 7',
    log: 'role-2026-11-10-1 approved by ines, one more is needed',
    message: 'none',
  },
  'role-answered': {
    key: 'role-2026-11-10-1',
    log: 'the change of Twin_v1 was approved by tom',
    message: 'line',
  },
  equity: {
    key: '2026-11-10',
    log: 'close: equity $100,000.00',
    message: [{ message: 'reports', session: sessionDate('2026-11-10') }],
  },
  'official-close': {
    key: '2026-11-10',
    log: 'close of 2026-11-10, official: equity $100,001.00',
    message: [{ message: 'reports', session: sessionDate('2026-11-10') }],
  },
  'corrected-close': {
    key: undefined,
    log: 'close of 2026-11-10 corrected: equity $100,002.00, recorded was $100,001.00',
    message: 'line',
  },
  'missed-closes': {
    key: '2026-11-11 2026-11-12',
    log: 'close of 2026-11-11, 2026-11-12 not recorded: Rotor was off',
    message: 'line',
  },
  regime: { key: '2026-11-09', log: undefined, message: 'none' },
  decision: {
    key: DECIDED,
    log: `decided ${DECIDED} on bars of 2026-11-09: bull, all cash; 1 order`,
    message: [{ message: 'rebalance', id: DECIDED, part: 'decision' }],
  },
  'no-decision': {
    key: 'initial 2026-11-20 no bars',
    log: 'no decision: no bars',
    message: 'none',
  },
  finished: {
    key: DECIDED,
    log: `${DECIDED} partial; left: buy XLK: canceled`,
    message: [{ message: 'rebalance', id: DECIDED, part: 'result' }],
  },
  announced: {
    key: 'monthly-2026-12 2026-12-01 evening',
    log: 'announced monthly-2026-12 for 2026-12-01: 1 order',
    message: [{ message: 'announcement', id: 'monthly-2026-12', isNew: true }],
  },
  'announcement-told': {
    key: 'monthly-2026-12 2026-12-01',
    log: undefined,
    message: 'none',
  },
  'schedule-change': {
    key: undefined,
    log: 'monthly-2026-12: ines chose delay to 2026-12-02',
    message: [{ message: 'announcement', id: 'monthly-2026-12', isNew: false }],
  },
  'announcement-over': {
    key: 'monthly-2026-12 2026-12-01',
    log: 'monthly-2026-12 did not run on 2026-12-01',
    message: [{ message: 'announcement', id: 'monthly-2026-12', isNew: false }],
  },
  unannounced: {
    key: 'monthly-2026-12',
    log: 'monthly-2026-12 runs without having been announced',
    message: 'none',
  },
  intent: { key: ID, log: undefined, message: STEP },
  sending: { key: `${ID} 1`, log: undefined, message: STEP },
  unknown: {
    key: `${ID} 1`,
    log: `outcome unknown, looking it up: ${ID}: no answer`,
    message: STEP,
  },
  refused: { key: ID, log: `refused: ${ID}: too large`, message: STEP },
  order: { key: `${ID} new 0`, log: undefined, message: STEP },
  fill: { key: 'f1', log: 'bought 12 XLK at $100.00', message: STEP },
  'cancel-requested': { key: ID, log: `${ID} cancelled by ines`, message: STEP },
  'set-aside': { key: ID, log: `order ${ID} set aside by ines`, message: STEP },
  'recovered-order': {
    key: 'rotor-lost',
    log: 'order rotor-lost recovered by ines',
    message: 'line',
  },
  'external-fill': { key: 'f2', log: 'traded by hand: buy 12 XLK at $100.00', message: 'none' },
  'intentional-trade': { key: 'f2', log: undefined, message: 'line' },
  proposal: { key: 'p1', log: 'plan p1 requested by ines', message: 'none' },
  answer: {
    key: 'p1',
    log: 'plan p1 approved by tom',
    message: [{ message: 'plan', id: 'p1' }],
  },
  approval: {
    key: 'p1 7',
    log: 'plan p1 approved by ines, one more approval needed',
    message: [{ message: 'plan', id: 'p1' }],
  },
  command: { key: 'c1', log: 'ines used pause (not allowed)', message: 'none' },
  outcome: { key: 'c1', log: undefined, message: 'none' },
  alert: {
    key: undefined,
    log: 'error: broker away: Alpaca did not answer within 10 s.',
    message: 'alert',
  },
  resolved: { key: undefined, log: 'resolved: Alpaca answers again.', message: 'alert' },
  acknowledged: { key: undefined, log: 'ines has seen: broker', message: 'alert' },
};

const KEPT = Object.keys(SAMPLES) as Kind[];

describe('the table of journal events', () => {
  it('has a row, a sample and an expectation for every kind', () => {
    expect(new Set(KEPT)).toEqual(KINDS);
    expect(Object.keys(EXPECTED).toSorted()).toEqual(KEPT.toSorted());
  });

  it.each(KEPT)('gives a %s its key, its log line and its messages', (kind) => {
    const entry = SAMPLES[kind];
    const { message } = JOURNAL_EVENTS[kind];
    const line = formatLogLine({ seq: 1, at: sampleAt(0), entry });
    expect({
      key: entryKey(entry),
      log: line?.split('ET  ')[1],
      message: typeof message === 'function' ? message(entry as never) : message,
    }).toEqual(EXPECTED[kind]);
  });

  it('changes only the exported tables named in the kind’s row', () => {
    let state = EMPTY_ACCOUNT_STATE;
    let before = tablesOf([]);
    for (const [index, kind] of KEPT.entries()) {
      state = applyEntry(state, { seq: index + 1, at: sampleAt(index), entry: SAMPLES[kind] });
      const after = tablesOf(KEPT.slice(0, index + 1));
      const changed = TABLES.filter((table) => after[table] !== before[table]);
      expect([kind, changed]).toEqual([kind, JOURNAL_EVENTS[kind].exports]);
      before = after;
    }

    function tablesOf(kinds: readonly Kind[]): Readonly<Record<ExportTable, string>> {
      const entries = kinds.map((kind, at) => {
        return { seq: at + 1, at: sampleAt(at), entry: SAMPLES[kind] };
      });
      const rows = (table: unknown) => JSON.stringify(table);
      return {
        decisions: rows(decisionTable(state, entries)),
        orders: rows(orderTable(state)),
        fills: rows(fillTable(state)),
        equity: rows(equityTable(state)),
      };
    }
  });

  it('audits attempts and their outcomes, and nothing else', () => {
    expect(AUDITED.toSorted()).toEqual(['command', 'outcome']);
  });

  it('accepts a repeated key of money, orders and the account only with the same content', () => {
    expect(KEPT.filter(isExact).toSorted()).toEqual(
      ['account', 'decision', 'external-fill', 'fill', 'intent'].toSorted(),
    );
  });
});

const TABLES: readonly ExportTable[] = ['decisions', 'orders', 'fills', 'equity'];
