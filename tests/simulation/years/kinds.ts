/** Everything that can go wrong in a simulated year, by kind: where, how often, for how long. */

/** One kind of fault. */
export interface KindRule {
  /** Who meets it. */
  readonly area:
    | 'reads'
    | 'orders'
    | 'updates'
    | 'money'
    | 'people'
    | 'machine'
    | 'market'
    | 'bars'
    | 'discord';
  /** A plain sentence for the story, without its end. */
  readonly says: string;
  /** How many begin in a year that has the kind at all. */
  readonly perYear: number;
  /** Minutes, from and to; absent: it happens at one instant. */
  readonly lasts?: readonly [number, number];
  /** It happens outside of trading by its nature: no phase of a rebalance can meet it. */
  readonly idleOnly?: true;
}

const SHORT = [0.2, 5] as const;
const LONG = [3, 90] as const;

export const KINDS = {
  'stale-account': {
    area: 'reads',
    says: 'the broker answers with an older account',
    perYear: 6,
    lasts: SHORT,
  },
  'lagging-cash': { area: 'reads', says: 'cash lags behind the fills', perYear: 6, lasts: SHORT },
  'lagging-buying-power': {
    area: 'reads',
    says: 'buying power lags behind the sells',
    perYear: 6,
    lasts: SHORT,
  },
  'stale-positions': {
    area: 'reads',
    says: 'the broker answers with older positions',
    perYear: 6,
    lasts: SHORT,
  },
  'stale-open-orders': {
    area: 'reads',
    says: 'the list of open orders is an older one',
    perYear: 6,
    lasts: SHORT,
  },
  'stale-orders': {
    area: 'reads',
    says: 'the list of all orders is an older one',
    perYear: 6,
    lasts: SHORT,
  },
  'stale-order': {
    area: 'reads',
    says: 'single orders are shown as they were',
    perYear: 6,
    lasts: SHORT,
  },
  'unfindable-orders': {
    area: 'reads',
    says: 'orders are not found by their id',
    perYear: 6,
    lasts: SHORT,
  },
  'late-fills': {
    area: 'reads',
    says: 'the list of fills is an older one',
    perYear: 6,
    lasts: SHORT,
  },
  'late-activities': {
    area: 'reads',
    says: 'the list of activities is an older one',
    perYear: 6,
    lasts: LONG,
  },
  'broker-down': { area: 'reads', says: 'the broker does not answer', perYear: 6, lasts: LONG },
  'broker-flaky': { area: 'reads', says: 'every third request fails', perYear: 6, lasts: LONG },
  'rate-limited': {
    area: 'reads',
    says: 'the broker answers 429 to half of the requests',
    perYear: 6,
    lasts: SHORT,
  },
  'slow-broker': {
    area: 'reads',
    says: 'every answer takes many seconds',
    perYear: 6,
    lasts: SHORT,
  },
  'wrong-row': {
    area: 'reads',
    says: 'a row of the positions cannot be read',
    perYear: 4,
    lasts: SHORT,
  },
  'stale-prices': { area: 'reads', says: 'the latest prices stand still', perYear: 6, lasts: LONG },
  'no-prices': { area: 'reads', says: 'one ticker has no latest price', perYear: 6, lasts: SHORT },
  'wrong-price': {
    area: 'reads',
    says: 'one ticker has a price ten times its own',
    perYear: 4,
    lasts: SHORT,
  },
  'clock-apart': {
    area: 'reads',
    says: 'the broker’s clock is ahead by half a minute',
    perYear: 4,
    lasts: SHORT,
  },
  'says-closed': {
    area: 'reads',
    says: 'the broker calls the open market closed',
    perYear: 4,
    lasts: LONG,
  },
  'calendars-differ': {
    area: 'reads',
    says: 'the broker’s calendar shows an earlier close',
    perYear: 2,
    lasts: [30, 600],
  },
  'account-blocked': { area: 'reads', says: 'the account is blocked', perYear: 3, lasts: LONG },
  'liquidation-only': {
    area: 'reads',
    says: 'the broker takes only sells',
    perYear: 3,
    lasts: LONG,
  },
  'not-tradable': { area: 'reads', says: 'one ticker cannot be traded', perYear: 4, lasts: LONG },

  'never-arrives': {
    area: 'orders',
    says: 'an order never reaches the broker and nobody says so',
    perYear: 6,
    lasts: SHORT,
  },
  'answer-lost': {
    area: 'orders',
    says: 'the answer to an order is lost',
    perYear: 8,
    lasts: SHORT,
  },
  'held-back': {
    area: 'orders',
    says: 'orders cannot leave within their two seconds',
    perYear: 5,
    lasts: SHORT,
  },
  'refused-for-now': {
    area: 'orders',
    says: 'the broker refuses orders for buying power',
    perYear: 5,
    lasts: SHORT,
  },
  'refused-for-good': {
    area: 'orders',
    says: 'the broker refuses orders as too small',
    perYear: 3,
    lasts: SHORT,
  },
  'rejected-later': {
    area: 'orders',
    says: 'orders are taken and rejected a second later',
    perYear: 5,
    lasts: SHORT,
  },
  'partial-then-ends': {
    area: 'orders',
    says: 'orders fill in part and end',
    perYear: 6,
    lasts: SHORT,
  },
  'slow-fills': { area: 'orders', says: 'fills take minutes', perYear: 6, lasts: LONG },
  'stays-new': {
    area: 'orders',
    says: 'orders stay new until the close',
    perYear: 4,
    lasts: SHORT,
  },
  'cancel-sticks': { area: 'orders', says: 'cancels stay pending', perYear: 5, lasts: LONG },
  'fills-while-cancelled': {
    area: 'orders',
    says: 'orders fill while they are cancelled',
    perYear: 5,
    lasts: LONG,
  },
  'outlives-session': {
    area: 'orders',
    says: 'an order is still open after its session',
    perYear: 2,
    lasts: [20, 900],
  },
  'cancel-fails': { area: 'orders', says: 'requests to cancel fail', perYear: 5, lasts: SHORT },

  'updates-lost': { area: 'updates', says: 'order updates are lost', perYear: 6, lasts: LONG },
  'updates-repeated': {
    area: 'updates',
    says: 'order updates come three times',
    perYear: 6,
    lasts: LONG,
  },
  'updates-late': {
    area: 'updates',
    says: 'order updates come half a minute late',
    perYear: 6,
    lasts: LONG,
  },
  'stream-down': {
    area: 'updates',
    says: 'the stream of updates is away',
    perYear: 5,
    lasts: LONG,
  },

  deposit: { area: 'money', says: 'money is deposited', perYear: 4 },
  withdrawal: { area: 'money', says: 'money is withdrawn', perYear: 3 },
  'late-deposit': {
    area: 'money',
    says: 'money is in the cash before it is in the list',
    perYear: 3,
  },
  fee: { area: 'money', says: 'the broker takes a fee', perYear: 4 },
  interest: { area: 'money', says: 'the broker pays interest', perYear: 3 },
  'taken-back': { area: 'money', says: 'a deposit is taken back', perYear: 2 },
  'shares-in': { area: 'money', says: 'shares are transferred in', perYear: 2 },
  dividend: { area: 'money', says: 'a ticker pays a dividend', perYear: 8, idleOnly: true },
  split: { area: 'money', says: 'a ticker splits', perYear: 2, idleOnly: true },
  'reverse-split': {
    area: 'money',
    says: 'a ticker is merged two for one',
    perYear: 1,
    idleOnly: true,
  },
  'late-split': {
    area: 'money',
    says: 'a ticker splits and the shares come a day late',
    perYear: 2,
    idleOnly: true,
  },

  'hand-buy': { area: 'people', says: 'somebody buys by hand', perYear: 4 },
  'hand-sell': { area: 'people', says: 'somebody sells by hand', perYear: 4 },
  'hand-order': {
    area: 'people',
    says: 'somebody has an order of their own open',
    perYear: 3,
    lasts: LONG,
  },
  halt: { area: 'people', says: 'somebody presses HALT', perYear: 5, lasts: [1, 240] },
  'halt-twice': {
    area: 'people',
    says: 'two people press HALT at once',
    perYear: 3,
    lasts: [1, 60],
  },
  reduce: { area: 'people', says: 'somebody sets REDUCE', perYear: 3, lasts: [5, 400] },
  pause: { area: 'people', says: 'somebody pauses', perYear: 2, lasts: [60, 8_000] },
  flatten: { area: 'people', says: 'somebody has everything sold', perYear: 2, lasts: [30, 3_000] },
  'approve-plan': { area: 'people', says: 'somebody makes a plan and approves it', perYear: 4 },
  'approve-twice': { area: 'people', says: 'two people approve one plan at once', perYear: 4 },
  'cancel-all': { area: 'people', says: 'somebody cancels all orders', perYear: 3 },
  delay: { area: 'people', says: 'somebody delays the announced rebalance', perYear: 3 },
  skip: { area: 'people', says: 'somebody skips the announced rebalance', perYear: 1 },

  'killed-before': { area: 'machine', says: 'the process is killed before a step', perYear: 6 },
  'killed-unheard': {
    area: 'machine',
    says: 'the process is killed before it hears what became of a step',
    perYear: 8,
  },
  'killed-after': { area: 'machine', says: 'the process is killed after a step', perYear: 6 },
  'killed-again': {
    area: 'machine',
    says: 'the process is killed, and again while it recovers',
    perYear: 4,
  },
  stopped: { area: 'machine', says: 'the process is stopped and started', perYear: 4 },
  'host-changed': {
    area: 'machine',
    says: 'the process is killed and started on another host',
    perYear: 3,
  },
  'second-process': {
    area: 'machine',
    says: 'a second process starts beside the first',
    perYear: 3,
  },
  frozen: {
    area: 'machine',
    says: 'the process is frozen and another takes over',
    perYear: 3,
    lasts: [0.5, 20],
  },
  'clock-back': {
    area: 'machine',
    says: 'the machine’s clock is set back',
    perYear: 3,
    lasts: LONG,
  },
  'clock-forward': {
    area: 'machine',
    says: 'the machine’s clock is set forward',
    perYear: 3,
    lasts: LONG,
  },
  'disk-full': { area: 'machine', says: 'the disk is full', perYear: 3, lasts: LONG },

  crash: { area: 'market', says: 'the market falls by an eighth', perYear: 1.5, idleOnly: true },
  gap: {
    area: 'market',
    says: 'a ticker opens far from its last close',
    perYear: 4,
    idleOnly: true,
  },
  'ticker-halted': { area: 'market', says: 'a ticker is halted', perYear: 4, lasts: LONG },

  'bars-late': {
    area: 'bars',
    says: 'no bars of the last session come',
    perYear: 4,
    lasts: [60, 2_000],
  },
  'bar-missing': {
    area: 'bars',
    says: 'one ticker’s bar is missing',
    perYear: 4,
    lasts: [60, 2_000],
  },
  'bar-wrong': {
    area: 'bars',
    says: 'one ticker’s last bar is ten times its price',
    perYear: 3,
    lasts: [60, 1_500],
  },
  'file-refused': {
    area: 'bars',
    says: 'one ticker’s bars are refused',
    perYear: 3,
    lasts: [60, 1_500],
  },
  'bars-fail': { area: 'bars', says: 'reading bars fails', perYear: 3, lasts: LONG },

  'discord-down': { area: 'discord', says: 'Discord does not answer', perYear: 5, lasts: LONG },
  'discord-flaky': {
    area: 'discord',
    says: 'every third request to Discord fails',
    perYear: 5,
    lasts: LONG,
  },
  'discord-unheard': {
    area: 'discord',
    says: 'Discord takes messages and its answers are lost',
    perYear: 4,
    lasts: SHORT,
  },
} as const satisfies Record<string, KindRule>;

export type FaultKind = keyof typeof KINDS;

export const FAULT_KINDS = Object.keys(KINDS) as FaultKind[];

/** The rule of a kind, with what some kinds leave out. */
export function ruleOf(kind: FaultKind): KindRule {
  return KINDS[kind];
}
