import { nextSession, sessionAt } from './calendar.ts';
import { type Cents, cents, type EpochMs, type Qty, type Ticker, valueOf } from './units.ts';

/** Where the orders go. Known from the broker's address, never from a flag. */
export type Mode = 'SANDBOX' | 'PAPER' | 'LIVE';

/** The broker's report of the account at one instant. */
export interface Account {
  readonly id: string;
  /** The full account number, as shown at the broker. */
  readonly number: string;
  /** The broker's own wording, for display. */
  readonly status: string;
  readonly equity: Cents;
  /** May be negative on margin. */
  readonly cash: Cents;
  readonly buyingPower: Cents;
  /**
   * Trading is blocked by the broker or by the user at the broker, or the account's status does not permit
   * it.
   */
  readonly blocked: boolean;
  /** The broker accepts only orders that close positions; absent means no. */
  readonly liquidationOnly?: boolean;
}

/** Why the broker takes no orders, or only sells, for display; undefined while it takes all. */
export function accountProblem({
  blocked,
  liquidationOnly = false,
  status,
}: Pick<Account, 'blocked' | 'liquidationOnly' | 'status'>):
  | { readonly takes: 'nothing' | 'sells'; readonly text: string }
  | undefined {
  if (blocked) {
    const why = status === 'ACTIVE' ? '' : `: the account is ${status}`;
    return { takes: 'nothing', text: `the broker has blocked trading${why}` };
  }
  return liquidationOnly
    ? { takes: 'sells', text: 'the broker takes only sells from this account' }
    : undefined;
}

/** Shares held according to the broker. */
export interface Position {
  readonly ticker: Ticker;
  readonly qty: Qty;
  /** Not reserved by an open sell. */
  readonly available: Qty;
  /** Dollars a share. */
  readonly averagePrice: number;
  readonly currentPrice: number | undefined;
  readonly marketValue: Cents | undefined;
  readonly unrealised: Cents | undefined;
}

/** Shares held and their value. */
export type ValuedHoldings = ReadonlyMap<Ticker, { readonly qty: Qty; readonly value: Cents }>;

/** The broker's value of a position; quantity times price where the broker leaves it out. */
export function positionValue({ marketValue, qty, currentPrice, averagePrice }: Position): Cents {
  return marketValue ?? valueOf(qty, currentPrice ?? averagePrice);
}

/**
 * Cost in cents of buying back every short position: it is part of the account's cash but not available to
 * spend.
 */
export function owedForShorts(
  positions: readonly Position[],
  unmanaged: readonly UnmanagedHolding[] = [],
): Cents {
  const values = [...positions.map(positionValue), ...unmanaged.map(({ value }) => value ?? 0)];
  return cents(values.reduce<number>((sum, value) => sum + Math.max(0, -value), 0));
}

/** The broker's value of each position. */
export function holdingsOf(positions: readonly Position[]): ValuedHoldings {
  return new Map(
    positions.map(({ ticker, qty, marketValue, currentPrice, averagePrice }) => {
      return [ticker, { qty, value: marketValue ?? valueOf(qty, currentPrice ?? averagePrice) }];
    }),
  );
}

/** The broker's market clock. */
export interface MarketClock {
  readonly at: EpochMs;
  readonly open: boolean;
  readonly nextOpen: EpochMs;
  readonly nextClose: EpochMs;
}

/**
 * The market's state at an instant, from the broker's last answer. That is valid until the next open or
 * close that it named, unless it named one that was over; after that, without a new answer, our own calendar
 * is used. Undefined before the first answer.
 */
export function marketBy(known: MarketClock | undefined, at: EpochMs): MarketClock | undefined {
  if (!known) return known;
  const until = known.open ? known.nextClose : known.nextOpen;
  if (at < until || until < known.at) return known;
  const session = sessionAt(at);
  const next = nextSession(at);
  return {
    at,
    open: session !== undefined,
    nextOpen: next.open,
    nextClose: session?.close ?? next.close,
  };
}

/** Whether the broker allows a ticker to be traded, and in fractional shares. */
export interface Asset {
  readonly ticker: Ticker;
  /** Listed, and open for orders now. */
  readonly tradable: boolean;
  /** Whether fractional shares may be traded. */
  readonly fractionable: boolean;
}

/** Latest price of a share, and its time. */
export interface LatestPrice {
  readonly ticker: Ticker;
  /** Dollars a share: the last trade, or the midpoint of bid and ask. */
  readonly price: number;
  /** The exchange's timestamp, by its own clock. */
  readonly at: EpochMs;
  /** Trade or quote; absent where no quotes were requested. */
  readonly source?: 'trade' | 'quote';
}

/** A holding that is neither cash nor a stock, such as a coin or an option. Rotor does not trade it. */
export interface UnmanagedHolding {
  /** The broker's name for it, such as `BTCUSD`. */
  readonly name: string;
  /** The broker's word for its kind, such as `crypto`. */
  readonly assetClass: string;
  /** Negative for a liability; undefined where the broker states no value. */
  readonly value: Cents | undefined;
}

/** A row of the broker's answer that could not be read and was left out. */
export interface SetAsideRow {
  /** The response it was in, such as `positions`. */
  readonly answer: string;
  /** The row's ticker or name, else its id, else its index in the response. */
  readonly name: string;
  /** The field and the expected value; never the value found. */
  readonly reason: string;
  /** For a holding: the broker's value of it, where that can be read. */
  readonly worth?: Cents | undefined;
}

/** Whether returns can be measured: an account without money has nothing to grow or to trade. */
export function isFunded({ equity, cash }: Pick<Account, 'equity' | 'cash'>): boolean {
  return equity !== 0 || cash !== 0;
}
