/** Everything that can go wrong in a simulated year, by kind: how often, what it is, for how long. */

/** One kind of fault. */
export interface KindRule {
  /** How many begin in a year that has the kind at all. */
  readonly perYear: number;
  /** A plain sentence for the story, without its end. */
  readonly says: string;
  /** Minutes, from and to; undefined: it happens at one instant. */
  readonly lasts: readonly [number, number] | undefined;
  /** It happens outside of trading by its nature: no phase of a rebalance can meet it. */
  readonly idleOnly: boolean;
}

const SHORT = [0.2, 5] as const;
const LONG = [3, 90] as const;

function rule(perYear: number, says: string, lasts?: readonly [number, number]): KindRule {
  return { perYear, says, lasts, idleOnly: false };
}

function atNight(perYear: number, says: string): KindRule {
  return { ...rule(perYear, says), idleOnly: true };
}

/** By who meets it. */
const AREAS = {
  reads: {
    'stale-account': rule(6, 'the broker answers with an older account', SHORT),
    'lagging-cash': rule(6, 'cash lags behind the fills', SHORT),
    'lagging-buying-power': rule(6, 'buying power lags behind the sells', SHORT),
    'stale-positions': rule(6, 'the broker answers with older positions', SHORT),
    'stale-open-orders': rule(6, 'the list of open orders is an older one', SHORT),
    'stale-orders': rule(6, 'the list of all orders is an older one', SHORT),
    'stale-order': rule(6, 'single orders are shown as they were', SHORT),
    'unfindable-orders': rule(6, 'orders are not found by their id', SHORT),
    'order-unseen': rule(6, 'the answer to an order is lost and no list shows it yet', SHORT),
    'late-fills': rule(6, 'the list of fills is an older one', SHORT),
    'late-activities': rule(6, 'the list of activities is an older one', LONG),
    'broker-down': rule(6, 'the broker does not answer', LONG),
    'broker-flaky': rule(6, 'every third request fails', LONG),
    'rate-limited': rule(6, 'the broker answers 429 to half of the requests', SHORT),
    'slow-broker': rule(6, 'every answer takes many seconds', SHORT),
    'wrong-row': rule(4, 'a row of the positions cannot be read', SHORT),
    'stale-prices': rule(6, 'the latest prices stand still', LONG),
    'prices-of-yesterday': rule(5, 'the latest prices are those of the session before', LONG),
    'no-prices': rule(6, 'one ticker has no latest price', SHORT),
    'wrong-price': rule(4, 'one ticker has a price ten times its own', SHORT),
    'clock-apart': rule(4, 'the broker’s clock is ahead by half a minute', SHORT),
    'says-closed': rule(4, 'the broker calls the open market closed', LONG),
    'calendars-differ': rule(
      2,
      'the broker’s calendar shows an earlier close, or none of a session',
      [30, 600],
    ),
    'account-blocked': rule(3, 'the account is blocked', LONG),
    'liquidation-only': rule(3, 'the broker takes only sells', LONG),
    'not-tradable': rule(4, 'one ticker cannot be traded', LONG),
    'wrong-equity': rule(4, 'the equity contradicts cash and positions', SHORT),
    'position-left-out': rule(4, 'one position is left out of the answer', SHORT),
    'fills-twice': rule(4, 'the list of fills names each twice, at times under two ids', LONG),
    'sells-unsettled': rule(3, 'what sells bring may be spent the next day only', [60, 400]),
  },
  orders: {
    'never-arrives': rule(6, 'an order never reaches the broker and nobody says so', SHORT),
    'answer-lost': rule(8, 'the answer to an order is lost', SHORT),
    'held-back': rule(5, 'orders cannot leave within their two seconds', SHORT),
    'refused-for-now': rule(5, 'the broker refuses orders for buying power', SHORT),
    'refused-for-good': rule(3, 'the broker refuses orders as too small', SHORT),
    'rejected-later': rule(5, 'orders are taken and rejected a second later', SHORT),
    'partial-then-ends': rule(6, 'orders fill in part and end', SHORT),
    'slow-fills': rule(6, 'fills take minutes', LONG),
    'stays-new': rule(4, 'orders stay new until the close', SHORT),
    'cancel-sticks': rule(5, 'cancels stay pending', LONG),
    'fills-while-cancelled': rule(5, 'orders fill while they are cancelled', LONG),
    'outlives-session': rule(2, 'an order is still open after its session', [60, 3000]),
    'cancel-fails': rule(5, 'requests to cancel fail', SHORT),
  },
  updates: {
    'updates-lost': rule(6, 'order updates are lost', LONG),
    'updates-repeated': rule(6, 'order updates come three times', LONG),
    'updates-late': rule(6, 'order updates come half a minute late', LONG),
    'stream-down': rule(5, 'the stream of updates is away', LONG),
  },
  money: {
    deposit: rule(4, 'money is deposited'),
    withdrawal: rule(3, 'money is withdrawn'),
    'late-deposit': rule(3, 'money is in the cash before it is in the list'),
    fee: rule(4, 'the broker takes a fee'),
    interest: rule(3, 'the broker pays interest'),
    'taken-back': rule(2, 'a deposit is taken back'),
    'shares-in': rule(2, 'shares are transferred in'),
    'stock-dividend': atNight(2, 'a dividend is paid in shares'),
    dividend: atNight(8, 'a ticker pays a dividend'),
    split: atNight(2, 'tickers split'),
    'reverse-split': atNight(1, 'a ticker is merged two for one'),
    'late-split': atNight(4, 'tickers split and the shares come a day late'),
    'spin-off': atNight(2, 'a ticker hands out shares of another'),
    'late-spin-off': atNight(2, 'a ticker hands out shares of another, which come a day late'),
  },
  people: {
    'hand-buy': rule(4, 'somebody buys by hand'),
    'hand-sell': rule(4, 'somebody sells by hand'),
    'hand-order': rule(8, 'somebody has an order of their own open', [30, 360]),
    halt: rule(5, 'somebody presses HALT', [1, 240]),
    'halt-while-sending': rule(6, 'somebody presses HALT while orders leave', [60, 400]),
    'halt-twice': rule(3, 'two people press HALT at once', [1, 60]),
    reduce: rule(3, 'somebody sets REDUCE', [5, 400]),
    pause: rule(4, 'somebody pauses', [60, 20_000]),
    flatten: rule(2, 'somebody has everything sold', [30, 3000]),
    'approve-plan': rule(4, 'somebody makes a plan and approves it'),
    'approve-twice': rule(4, 'two people approve one plan at once'),
    'cancel-all': rule(3, 'somebody cancels all orders'),
    delay: rule(3, 'somebody delays the announced rebalance'),
    skip: rule(1, 'somebody skips the announced rebalance'),
    'no-rights': rule(4, 'somebody without rights presses what changes something'),
    'pressed-again': rule(3, 'Discord delivers a command twice'),
    'late-press': rule(3, 'somebody approves a plan of long ago'),
    mistyped: rule(2, 'somebody mistypes the word that sells everything'),
  },
  machine: {
    'killed-before': rule(6, 'the process is killed before a step'),
    'killed-unheard': rule(8, 'the process is killed before it hears what became of a step'),
    'killed-after': rule(6, 'the process is killed after a step'),
    'killed-again': rule(4, 'the process is killed, and again while it recovers'),
    stopped: rule(4, 'the process is stopped and started'),
    deployed: rule(3, 'a newer version takes the place of the one that runs'),
    'rolled-back': rule(2, 'the version before takes the place of the one that runs'),
    'host-changed': rule(3, 'the process is killed and started on another host'),
    'second-process': rule(3, 'a second process starts beside the first'),
    frozen: rule(3, 'the process is frozen and another takes over', [0.5, 20]),
    'switched-off': rule(2, 'the machine is off for hours or weeks', [600, 25_000]),
    'clock-back': rule(3, 'the machine’s clock is set back', LONG),
    'clock-forward': rule(3, 'the machine’s clock is set forward', LONG),
    'disk-full': rule(3, 'the disk is full', LONG),
    'backup-restored': rule(2, 'a backup of some days ago is restored by mistake', [5, 240]),
    // Until people have looked and accepted what came after it.
    'backup-stays': rule(
      2,
      'a backup of some days ago is restored, and what came after it is lost',
      [5_760, 8_640],
    ),
    'log-cut': rule(2, 'the end of the database’s log is lost', [5, 240]),
    'journal-altered': rule(2, 'a byte of the database is another', [5, 240]),
  },
  market: {
    crash: atNight(1.5, 'the market falls by a fifth'),
    'stays-shut': {
      ...atNight(3, 'the exchange stays shut on a day that calendars call a session'),
      // For so long the calendars are compared about that day.
      lasts: [14_400, 14_400],
    },
    gap: atNight(4, 'a ticker opens far from its last close'),
    'ticker-halted': rule(4, 'a ticker is halted', LONG),
    'all-halted': rule(2, 'the whole market is halted', LONG),
  },
  bars: {
    'bars-late': rule(4, 'no bars of the last session come', [60, 2000]),
    'bar-missing': rule(4, 'one ticker’s bar is missing', [60, 2000]),
    'bar-wrong': rule(3, 'one ticker’s last bar is ten times its price', [60, 1500]),
    'file-refused': rule(3, 'one ticker’s bars are refused', [60, 1500]),
    'bars-too-large': rule(
      3,
      'several files of bars need more memory than the reader has',
      [60, 1500],
    ),
    'bars-fail': rule(3, 'reading bars fails', LONG),
    'bars-of-another': rule(3, 'one ticker’s bars are those of another', [60, 1500]),
    'bar-of-today': rule(3, 'the bars hold the session that is not over', [60, 1500]),
  },
  discord: {
    'discord-down': rule(5, 'Discord does not answer', LONG),
    'discord-flaky': rule(5, 'every third request to Discord fails', LONG),
    'discord-unheard': rule(4, 'Discord takes messages and its answers are lost', SHORT),
    'answers-late': rule(4, 'Discord takes no answer to a press any more', LONG),
  },
};

type Areas = typeof AREAS;

/** Who meets a fault. */
export type Area = keyof Areas;

/** The name of a kind of fault. */
export type FaultKind = { [A in Area]: keyof Areas[A] }[Area];

interface Kind {
  readonly kind: FaultKind;
  readonly area: Area;
  readonly rule: KindRule;
}

const KINDS: ReadonlyMap<FaultKind, Kind> = new Map(
  (Object.keys(AREAS) as Area[]).flatMap((area) =>
    (Object.entries(AREAS[area]) as [FaultKind, KindRule][]).map(([kind, each]) => [
      kind,
      { kind, area, rule: each },
    ]),
  ),
);

/** Every kind, by area. */
export const FAULT_KINDS: readonly FaultKind[] = [...KINDS.keys()];

/** How often a kind happens, for how long, and what it is in words. */
export function ruleOf(kind: FaultKind): KindRule {
  return known(kind).rule;
}

/** Who meets a fault of that kind. */
export function areaOf(kind: FaultKind): Area {
  return known(kind).area;
}

function known(kind: FaultKind): Kind {
  const found = KINDS.get(kind);
  if (!found) throw new RangeError(`no such kind of fault: ${kind}`);
  return found;
}
