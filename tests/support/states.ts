/** The states that a desk can be in, as journal entries and what was seen last. */
import { sessionsIn } from '#core/domain/calendar.ts';
import type { Decision } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { Observation } from '#core/domain/observation.ts';
import { cents, dollars, epochMs, sessionDate, ticker, wholeShares } from '#core/domain/units.ts';
import { tradable, UNIVERSE } from '#core/domain/universe.ts';
import { market } from './bars.ts';
import { decided, shares } from './deciding.ts';
import {
  ACCOUNT_ENTRY,
  account,
  alert,
  BULL,
  baseline,
  carriedOut,
  NOW,
  noDecision,
  observation,
  position,
  proposal,
} from './desk.ts';

export interface State {
  readonly name: string;
  readonly entries: readonly Entry[];
  /** So many of the entries were told in an earlier run. */
  readonly told?: number;
  readonly seen: Observation;
}

const STARTED: Entry = {
  kind: 'started',
  version: '0.1.0',
  mode: 'SANDBOX',
  build: { code: 'c0de', config: 'c0f1', models: 'm0d5' },
};

const RUNNING: readonly Entry[] = [STARTED, ACCOUNT_ENTRY, baseline()];

/** A year of closes: both sides move, the account a little better. */
export function closes(from = '2025-11-24', to = '2026-11-20', usd = 100_000): readonly Entry[] {
  return sessionsIn(sessionDate(from), sessionDate(to)).map(({ date }, index): Entry => {
    const wave = Math.sin(index / 17) * 0.04 + Math.sin(index / 5) * 0.01;
    const equity = dollars(Math.round(usd * (1 + index * 0.0006 + wave)));
    const held = position('XLK', 120, 220 + index / 10);
    return {
      kind: 'equity',
      point: {
        session: date,
        equity,
        cash: dollars(5_000),
        benchmark: 600 * (1 + index * 0.0004 + Math.sin(index / 23) * 0.03),
        holdings: new Map([
          [held.ticker, { qty: held.qty, value: held.marketValue ?? cents(0) }],
          [
            ticker('XLE'),
            { qty: wholeShares(300), value: cents(equity - 500_000 - (held.marketValue ?? 0)) },
          ],
        ]),
      },
    };
  });
}

/** The start and that row of closes, all but the last two told in an earlier run. */
function since(from: string): Pick<State, 'entries' | 'told'> {
  const entries = [...RUNNING, ...closes(from)];
  return { entries, told: entries.length - 2 };
}

const HELD = [position('XLK', 120, 220), position('XLE', 300, 95), position('XLV', 150, 140)];

/** A decision with sells and buys, as it looks when the account held something else before. */
function rotation(id = 'monthly-2026-11'): Decision {
  return decided({
    id,
    bars: market({ XLK: 0.2, XLE: 0.15, XLV: 0.1, XLF: 0.02 }),
    holdings: {
      equity: dollars(100_000),
      cash: dollars(40_000),
      positions: shares({ XLF: 200, XLU: 250, XLV: 60 }),
    },
  });
}

/** Everything the market fell: the whole account goes to the defensive asset. */
function refuge(): Decision {
  const falls = Object.fromEntries(UNIVERSE.sectors.map(({ ticker: name }) => [name, -0.1]));
  return decided({ id: 'monthly-2026-11', bars: market({ ...falls, SPY: -0.2 }) });
}

/** A rebalance whose orders went every way that orders go. */
function mixed(decision: Decision): readonly Entry[] {
  const [first, second, third, fourth, ...rest] = decision.plan.orders;
  const all = [first, second, third, fourth, ...rest].filter((each) => each !== undefined);
  const intents = all.map((intent): Entry => ({ kind: 'intent', intent }));
  const placed = all.slice(0, 3).map((intent, index): Entry => {
    const filled = index === 0 ? intent.qty : wholeShares(index === 1 ? 7 : 0);
    return {
      kind: 'order',
      order: {
        id: `order-${index}`,
        clientOrderId: intent.clientOrderId,
        ticker: intent.ticker,
        side: intent.side,
        qty: intent.qty,
        filledQty: filled,
        averagePrice: filled === 0 ? undefined : intent.priceAtDecision * 1.002,
        status: index === 0 ? 'filled' : 'open',
        brokerStatus: index === 0 ? 'filled' : index === 1 ? 'partially_filled' : 'accepted',
        submittedAt: NOW,
        updatedAt: NOW,
      },
    };
  });
  const refused: Entry[] = fourth
    ? [
        {
          kind: 'refused',
          clientOrderId: fourth.clientOrderId,
          reason: 'insufficient buying power (40310000)',
        },
      ]
    : [];
  return [{ kind: 'decision', decision }, ...intents, ...placed, ...refused];
}

function held(overrides: Partial<Observation> = {}): Observation {
  return observation({
    account: account(112_345.67, { cash: dollars(5_000) }),
    positions: HELD,
    prices: new Map([
      [UNIVERSE.benchmark.ticker, 660],
      ...HELD.map(({ ticker: name, currentPrice = 0 }) => [name, currentPrice] as const),
    ]),
    ...overrides,
  });
}

const LONG = 'a name that nobody would give to anything but a test of very long names ';

/** By what a person would call them. */
export const STATES: readonly State[] = [
  { name: 'empty', entries: [], seen: observation({ account: undefined, market: undefined }) },
  { name: 'first-day', entries: RUNNING, seen: observation() },
  {
    name: 'a-year',
    told: 250,
    entries: [
      ...RUNNING,
      ...carriedOut(rotation('monthly-2025-12'), 99.8),
      ...closes(),
      ...carriedOut(rotation(), 100.2),
      { kind: 'proposal', proposal: proposal(rotation('manual-2026-11-23-1')) },
    ],
    seen: held(),
  },
  {
    name: 'under-way',
    told: since('2026-09-01').told ?? 0,
    entries: [...since('2026-09-01').entries, ...mixed(rotation())],
    seen: held(),
  },
  {
    name: 'all-in-TLT',
    told: since('2026-10-15').told ?? 0,
    entries: [...since('2026-10-15').entries, ...carriedOut(refuge())],
    seen: observation({
      account: account(98_000, { cash: dollars(300) }),
      positions: [position('TLT', 1_050, 93)],
      data: {
        ...observation().data,
        regime: { ...BULL, kind: 'bear', close: 480, distance: -0.127, momentum126: -0.08 },
      },
      prices: new Map([
        [UNIVERSE.benchmark.ticker, 480],
        [ticker('TLT'), 93],
      ]),
    }),
  },
  {
    name: 'halted',
    told: since('2026-10-01').told ?? 0,
    entries: [
      ...since('2026-10-01').entries,
      { kind: 'state', state: 'HALT', by: 'ines', reason: 'the news from the broker' },
      {
        kind: 'alert',
        alert: alert({
          subject: 'reconciliation',
          severity: 'critical',
          title: 'Our books differ from the broker’s',
          text: 'XLK: ours 120, broker 131; cash: ours 5000.00, broker 2580.00',
          remedy: 'Nothing is bought until an operator adopts the difference or it goes away.',
        }),
      },
      { kind: 'alert', alert: alert() },
      { kind: 'alert', alert: alert() },
      { kind: 'no-decision', cause: 'monthly-2026-11', outcome: noDecision() },
      {
        kind: 'external-fill',
        fill: {
          id: 'x1',
          orderId: 'x',
          ticker: ticker('ZM'),
          side: 'buy',
          qty: wholeShares(12),
          price: 71.5,
          at: NOW,
        },
      },
      {
        kind: 'alert',
        alert: alert({
          subject: 'external x1',
          severity: 'warning',
          title: 'Traded by hand',
          text: 'buy 12 ZM at $71.5, without an order of Rotor’s.',
          remedy: 'It is in the books now; the next rebalance starts from there.',
        }),
      },
    ],
    seen: held({
      broker: {
        connected: false,
        streaming: false,
        lastAnswer: epochMs(NOW - 600_000),
        problem: 'GET /v2/account: no answer within 10 s',
      },
      data: { ...observation().data, missing: noDecision() },
    }),
  },
  {
    name: 'twelve-positions',
    told: since('2026-10-01').told ?? 0,
    entries: [...since('2026-10-01').entries, ...carriedOut(rotation())],
    seen: observation({
      account: account(1_234_567, { cash: dollars(-12_345) }),
      positions: tradable(UNIVERSE).map(({ ticker: name }, index) =>
        position(name, 1_000 + index * 137, 91 + index * 11),
      ),
    }),
  },
  {
    name: 'long-names',
    entries: [
      ...RUNNING,
      ...carriedOut(rotation('manual-2026-11-23-1234567890')),
      { kind: 'pause', paused: true, by: LONG.repeat(2), reason: LONG.repeat(4) },
      { kind: 'alert', alert: alert({ title: LONG.repeat(3), text: LONG.repeat(30) }) },
      {
        kind: 'external-fill',
        fill: {
          id: 'x1',
          orderId: 'x',
          ticker: ticker('ABCDEFGHIJ'),
          side: 'buy',
          qty: wholeShares(1_234_567),
          price: 123_456.78,
          at: NOW,
        },
      },
    ],
    seen: held({
      version: LONG,
      account: account(9_876_543_210, { number: 'PA3XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX' }),
      positions: [position('ABCDEFGHIJ', 1_234_567, 123_456.78), ...HELD],
    }),
  },
];
