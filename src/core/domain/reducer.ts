/** Entries folded into a book, one at a time. */
import type { AccountState, ManagedOrder, OpenAlert } from './account-state.ts';
import { bookActivity, bookAdjustment, unreconciledCash } from './cash-flow.ts';
import type { Alert, Entry, RebalanceResult, Recorded } from './entry.ts';
import { applyFill } from './ledger.ts';
import { advances, type Fill } from './order.ts';
import { cents, type EpochMs, epochMs } from './units.ts';

/** Folds one recorded entry into the book. Pure; entries must come in the order of `seq`. */
export function applyEntry(book: AccountState, recorded: Recorded): AccountState {
  return { ...book, ...change(book, recorded.entry, recorded.at), seq: recorded.seq };
}

function change<K extends Entry['kind']>(
  book: AccountState,
  entry: Extract<Entry, { kind: K }>,
  at: EpochMs,
): Partial<AccountState> {
  const kind: K = entry.kind;
  return REDUCERS[kind](book, entry, at);
}

/** The change that each kind of entry makes. */
const REDUCERS: {
  readonly [K in Entry['kind']]: (
    book: AccountState,
    entry: Extract<Entry, { kind: K }>,
    at: EpochMs,
  ) => Partial<AccountState>;
} = {
  account: (_book, entry) => ({
    account: { id: entry.id, number: entry.number, mode: entry.mode },
  }),
  baseline: (_book, entry, at) => {
    return {
      baseline: { at, equity: entry.equity, benchmark: entry.benchmark },
      peak: entry.equity,
      booked: new Set(entry.known),
      ledger: { cash: entry.cash, lots: entry.positions },
      changedAt: at,
    };
  },
  regime: (_book, entry) => ({ regime: { kind: entry.regime, since: entry.asOf } }),
  decision: (book, entry, at) => {
    return {
      intentionalTrades: new Set(),
      rebalances: put(book.rebalances, entry.decision.id, {
        decision: entry.decision,
        at,
        finishedAt: undefined,
        result: undefined,
      }),
    };
  },
  'no-decision': (_book, entry, at) => ({ lastNoDecision: { at, outcome: entry.outcome } }),
  intent: (book, entry, at) => {
    return {
      managedOrders: put(book.managedOrders, entry.intent.clientOrderId, {
        intent: entry.intent,
        at,
        tries: 0,
        sentAt: undefined,
        state: 'planned',
        refusal: undefined,
        order: undefined,
        fills: [],
        cancelRequestedBy: undefined,
      }),
    };
  },
  sending: (book, entry, at) => {
    return changeManagedOrder(book, entry.clientOrderId, (managed) => ({
      ...managed,
      sentAt: at,
      tries: Math.max(managed.tries, entry.try),
      state: managed.state === 'planned' ? 'sending' : managed.state,
    }));
  },
  refused: (book, entry) => {
    return changeManagedOrder(book, entry.clientOrderId, (managed) =>
      managed.order ? managed : { ...managed, state: 'refused', refusal: entry.reason },
    );
  },
  order: (book, entry) => {
    return changeManagedOrder(book, entry.order.clientOrderId, (managed) =>
      advances(managed.order, entry.order)
        ? { ...managed, state: 'placed', order: entry.order }
        : managed,
    );
  },
  fill: (book, entry) => {
    return {
      ...execute(book, entry.fill),
      ...changeManagedOrder(book, entry.clientOrderId, (managed) => ({
        ...managed,
        fills: [...managed.fills, entry.fill],
      })),
    };
  },
  'cancel-requested': (book, entry) =>
    changeManagedOrder(book, entry.clientOrderId, (managed) => ({
      ...managed,
      cancelRequestedBy: entry.by,
    })),
  'external-fill': (book, entry) => {
    return {
      ...execute(book, entry.fill),
      externalFills: [...book.externalFills, entry.fill],
    };
  },
  'intentional-trade': (book, entry) => ({
    intentionalTrades: withItem(book.intentionalTrades, entry.ticker),
  }),
  activity: (book, { activity }, at) => bookActivity(book, activity, at),
  'recovered-order': (book, entry) => ({
    recoveredOrders: withItem(book.recoveredOrders, entry.clientOrderId),
  }),
  adjustment: bookAdjustment,
  finished: (book, entry, at) => finish(book, entry.decisionId, entry.result, at),
  equity: (book, entry, at) => {
    return {
      equity: [...book.equity, { ...entry.point, at }],
      unexplained: cents(entry.point.cash - book.ledger.cash),
      // What no movement explains yet raises the peak when it is booked, and not twice.
      peak: cents(
        Math.max(book.peak, entry.point.equity - unreconciledCash(book.ledger, entry.point)),
      ),
    };
  },
  'missed-closes': (book, entry) => ({ missed: new Set([...book.missed, ...entry.sessions]) }),
  alert: (book, entry, at) => ({ alerts: raise(book.alerts, entry.alert, at) }),
  resolved: (book, entry) => {
    const alerts = new Map(book.alerts);
    alerts.delete(entry.subject);
    return { alerts };
  },
  acknowledged: (book, entry, at) => {
    const known = book.alerts.get(entry.subject);
    if (!known) return {};
    const acknowledged = { by: entry.by, at };
    return { alerts: put(book.alerts, entry.subject, { ...known, acknowledged }) };
  },
  pause: (_book, entry, at) => ({
    paused: entry.paused ? { by: entry.by, reason: entry.reason, at } : undefined,
  }),
  started: (book, entry, at) => {
    return {
      starts: [{ at, version: entry.version, build: entry.build }, ...book.starts].slice(0, 2),
    };
  },
  state: (_book, entry, at) => {
    return {
      state: { state: entry.state, by: entry.by, reason: entry.reason, at },
      // Counting starts again after a re-arm, or the desk would stop at once.
      ...(entry.state === 'RUN' && { peak: entry.equity ?? cents(0) }),
    };
  },
  proposal: (book, entry, at) => {
    return {
      proposals: put(book.proposals, entry.proposal.id, {
        proposal: entry.proposal,
        at,
        answer: undefined,
        answeredBy: undefined,
        answeredAt: undefined,
        approvals: [],
      }),
    };
  },
  answer: (book, entry, at) => {
    const known = book.proposals.get(entry.proposalId);
    if (!known) return {};
    const answered = { ...known, answer: entry.answer, answeredBy: entry.by, answeredAt: at };
    return { proposals: put(book.proposals, entry.proposalId, answered) };
  },
  approval: (book, entry, at) => {
    const known = book.proposals.get(entry.proposalId);
    if (!known) return {};
    const approvals = [...known.approvals, { by: entry.by, byId: entry.byId, at }];
    return { proposals: put(book.proposals, entry.proposalId, { ...known, approvals }) };
  },
  unknown: () => ({}),
  stopped: () => ({}),
  command: () => ({}),
  outcome: () => ({}),
};

/** The kinds of fact that this version can read. */
export const KINDS: ReadonlySet<string> = new Set(Object.keys(REDUCERS));

/** An execution moves the ledger once, whether it is met as ours, as somebody's, or as both. */
function execute(book: AccountState, fill: Fill): Partial<AccountState> {
  const { ledger, booked, changedAt } = book;
  if (booked.has(fill.id)) return {};
  return {
    ledger: applyFill(ledger, fill),
    booked: withItem(booked, fill.id),
    changedAt: epochMs(Math.max(changedAt, fill.at)),
  };
}

function put<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

function withItem<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  return new Set(set).add(item);
}

function changeManagedOrder(
  book: AccountState,
  id: string,
  next: (managed: ManagedOrder) => ManagedOrder,
): Partial<AccountState> {
  const managed = book.managedOrders.get(id);
  return managed ? { managedOrders: put(book.managedOrders, id, next(managed)) } : {};
}

function finish(
  book: AccountState,
  id: string,
  result: RebalanceResult,
  at: EpochMs,
): Partial<AccountState> {
  const known = book.rebalances.get(id);
  if (!known) return {};
  return { rebalances: put(book.rebalances, id, { ...known, result, finishedAt: at }) };
}

function raise(
  alerts: ReadonlyMap<string, OpenAlert>,
  alert: Alert,
  at: EpochMs,
): ReadonlyMap<string, OpenAlert> {
  const known = alerts.get(alert.subject);
  return put(alerts, alert.subject, {
    alert,
    count: (known?.count ?? 0) + 1,
    firstAt: known?.firstAt ?? at,
    lastAt: at,
    // What was seen is what was told; other words are news.
    acknowledged: known?.alert.text === alert.text ? known.acknowledged : undefined,
  });
}
