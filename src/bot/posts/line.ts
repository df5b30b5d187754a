import type { Mode } from '#core/domain/account.ts';
import {
  type AccountState,
  EMPTY_ACCOUNT_STATE,
  type ManagedOrder,
  restOf,
} from '#core/domain/account-state.ts';
import type { Activity } from '#core/domain/activity.ts';
import type { EntryOf, Recorded } from '#core/domain/entry.ts';
import { isLine, type LineKind } from '#core/domain/journal-events/table.ts';
import { changesView } from '#core/views/changes.ts';
import { atBroker } from '#core/views/orders.ts';
import { block, escape, instantOf, money, quantity } from '../format.ts';
import { withRoles } from '../interactions/command-access.ts';
import { embed, type Post } from '../post.ts';
import { depositButtons, depositWords } from './deposits.ts';
import { changesLine } from './version.ts';

/**
 * A short journal entry as a small message; undefined for other entries. The account state supplies the
 * changes since the last start and the orders still at the broker.
 */
export function linePost(
  { entry, at }: Recorded,
  mode: Mode,
  book: Known = EMPTY_ACCOUNT_STATE,
): Post | undefined {
  if (!isLine(entry)) return undefined;
  // Only RUN ends a pause, and has a message of its own.
  if (entry.kind === 'pause' && !entry.paused) return undefined;
  const [title, body] = wordsOf(entry.kind)(entry, book, at);
  const world = entry.kind === 'started' ? entry.mode : mode;
  const post = { embeds: [embed({ mode: world, title, body, note: instantOf(at) })] };
  const offer = entry.kind === 'activity' ? book.deposits.get(entry.activity.id) : undefined;
  return offer ? { ...post, components: depositButtons(offer) } : post;
}

type Words = readonly [title: string, body: string];
type Known = Pick<AccountState, 'starts' | 'managedOrders' | 'deposits'>;

type LineWords<E> = (entry: E, book: Known, at: Recorded['at']) => Words;

/** Text of every kind of entry that becomes a line. */
const WORDS: { readonly [K in LineKind]: LineWords<EntryOf<K>> } = {
  started: ({ version }, book, at) => {
    const changes = changesView(book, at);
    const line = `Version ${escape(version, 80)}.`;
    return ['● Started', changes ? `${line} ${changesLine(changes)}` : line];
  },
  stopped: ({ reason }, { managedOrders }) => [
    '○ Stopped',
    `${escape(reason)}. ${whileStopped(atBroker(managedOrders))}`,
  ],
  state: (entry, { managedOrders }) => stateWords(entry, atBroker(managedOrders)),
  pause: pauseWords,
  'intentional-trade': ({ ticker, by }) => [
    'Trade adopted',
    `${ticker}: intentional, says ${escape(by, 60)}; its drift is no longer watched.`,
  ],
  activity: ({ activity }, { deposits }) => [
    `Account: ${activity.kind}${activity.cancels === undefined ? '' : ', reversed'}`,
    [moved(activity), ...depositWords(deposits.get(activity.id))].join('\n'),
  ],
  adjustment: (entry) => ['Difference accepted', adjustmentLine(entry)],
  'lot-cost': ({ lot, cost, acquired, from, by }) => [
    'Cost of a lot entered',
    [
      `${escape(lot, 60)}: ${money(cost)}`,
      ...(acquired ? [`acquired ${acquired}`] : []),
      ...(from ? [`taken out of the cost of ${escape(from, 10)}`] : []),
      `by ${escape(by, 60)}.`,
    ].join(', '),
  ],
  'cash-raised': ({ amount, neededBy, by }) => [
    'Cash raised and kept',
    `${money(amount)}${neededBy === undefined ? '' : ` for ${neededBy}`}, approved by ${escape(by, 60)}. No rebalance spends it until it is withdrawn or released with ${withRoles('/raise')}.`,
  ],
  'cash-released': ({ by }) => [
    'Raised cash released',
    `Released by ${escape(by, 60)}: the next rebalance invests it.`,
  ],
  'recovered-order': ({ clientOrderId, by }) => [
    'Order recovered',
    `${escape(clientOrderId, 128)}, by ${escape(by, 60)}.`,
  ],
  'corrected-close': ({ point, recorded }) => [
    'A close was corrected',
    `${point.session} was recorded with prices of another session: ${money(recorded)}; the official closes make it ` +
      `${money(point.equity)}. Returns, drawdown and reports count this one from now on; the first record stays in the journal.`,
  ],
  'role-answered': ({ model, answer, by }) => [
    `${escape(model, 60)}: change ${answer}`,
    answer === 'approved'
      ? `Approved by ${escape(by, 60)}: it takes effect at the next rebalance. /models shows who trades.`
      : `Rejected by ${escape(by, 60)}; nothing changes.`,
  ],
  'notice-place': ({ notice, place, by }) => [
    `Messages of ${notice}: ${PLACES[place]}`,
    withRoles(`Set by ${escape(by, 60)}; /notify shows all of them.`),
  ],
  'evidence-read': ({ by }) => [
    'Evidence read',
    `${escape(by, 60)} has read the evidence of these models, limits and rules.`,
  ],
  'evidence-shown': ({ lines: told }) => [
    'What these models are worth',
    `${block(told.slice(0, told.findLastIndex((each) => each !== '') + 1), 3000)}\n-# /evidence has the charts, and how much of it may be luck.`,
  ],
  'missed-closes': (entry) => ['▲ A close was missed', missedLine(entry)],
};

const PLACES = {
  channel: 'in the channel',
  thread: 'in a thread, without a sound',
  off: 'switched off',
} as const;

function wordsOf<K extends LineKind>(kind: K): LineWords<EntryOf<K>> {
  return WORDS[kind];
}

/** Open orders while Rotor is stopped: they may still fill. */
export function whileStopped(open: readonly ManagedOrder[]): string {
  if (open.length === 0)
    return 'Positions stay as they are, and nothing trades until Rotor is started again.';
  return `${mayFill(open)} No other order is sent until Rotor is started again.`;
}

/** Names orders that the broker confirmed, and separately those that it may have. */
function mayFill(sent: readonly ManagedOrder[]): string {
  const isConfirmed = ({ order }: ManagedOrder): boolean => order !== undefined;
  return [
    named('Open at the broker and may still fill', sent.filter(isConfirmed)),
    named(
      'Sent, not confirmed yet, and may fill',
      sent.filter((each) => !isConfirmed(each)),
    ),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function named(what: string, all: readonly ManagedOrder[]): string {
  if (all.length === 0) return '';
  const orders = all.slice(0, MAX_NAMED).map((managed) => {
    const { side, ticker } = managed.intent;
    return `${side} ${quantity(restOf(managed))} ${ticker}`;
  });
  const more = all.length > MAX_NAMED ? ` and ${all.length - MAX_NAMED} more` : '';
  return `${what}: ${orders.join(', ')}${more}.`;
}

const MAX_NAMED = 12;

/** The more severe the state, the stronger its sign; the way out is shown below. */
const STATES = {
  RUN: [
    '● Trading RUN',
    'Any overdue rebalance runs at the next trading window, or waits for an approver.',
  ],
  REDUCE: [
    '▲ Trading REDUCE',
    withRoles('Nothing is bought until /resume is used; sells are still sent.'),
  ],
  HALT: ['■ Trading HALT', withRoles('No orders will be sent until /resume is used.')],
} as const;

function stateWords({ state, by, reason }: EntryOf<'state'>, open: readonly ManagedOrder[]): Words {
  const [title, what] = STATES[state];
  // A person's halt cancels open orders, Rotor's own leaves them; either may fill until then.
  const still = open.length > 0 ? mayFill(open) : 'Positions stay.';
  return [
    title,
    `By ${escape(by, 60)}: ${escape(reason)}\n${what}${state === 'HALT' ? ` ${still}` : ''}`,
  ];
}

function missedLine({ sessions, reason }: EntryOf<'missed-closes'>): string {
  const [first, last] = [sessions[0] ?? '', sessions.at(-1) ?? ''];
  const which = first === last ? first : `${first} to ${last} (${sessions.length})`;
  const next = 'It is not estimated: the next daily message counts from the close before it.';
  return `The close of ${which} was not recorded: ${escape(reason)}.\n${next}`;
}

const PAUSED = withRoles('No rebalance starts automatically until /resume is used.');

function pauseWords({ by, reason }: EntryOf<'pause'>): Words {
  return ['▲ Paused', `By ${escape(by, 60)}: ${escape(reason)}\n${PAUSED}`];
}

function adjustmentLine(entry: EntryOf<'adjustment'>): string {
  const line = `${moved(entry)}, by ${escape(entry.by, 60)}.`;
  if (entry.worth === undefined) return line;
  return `${line} It counts as a deposit or a withdrawal, not as a gain or a loss.`;
}

/** `XLK, 0.5 shares, $12.30`. */
function moved(change: Pick<Activity, 'ticker' | 'qty' | 'cash'>): string {
  const shares = change.qty === 0 ? [] : [`${quantity(change.qty)} shares`];
  const parts = [change.ticker, ...shares, ...(change.cash === 0 ? [] : [money(change.cash)])];
  return parts.filter((part) => part !== undefined).join(', ') || 'nothing moved';
}
