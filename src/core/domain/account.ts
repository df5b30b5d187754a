import { type Cents, type EpochMs, type Qty, type Ticker, valueOf } from './units.ts';

/** Which world the orders go to. Known from the broker's address, never from a flag. */
export type Mode = 'SANDBOX' | 'PAPER' | 'LIVE';

/** The broker's report of the account at one instant. */
export interface Account {
  readonly id: string;
  /** The whole number, as people see it at the broker. */
  readonly number: string;
  /** The broker's word; `ACTIVE` is the one that may trade. */
  readonly status: string;
  readonly equity: Cents;
  /** May be negative on margin. */
  readonly cash: Cents;
  readonly buyingPower: Cents;
  /** The broker, or the user at the broker, forbids trading. */
  readonly blocked: boolean;
}

/** Shares that the broker says are held. */
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

/** Shares held and what they are worth. */
export type ValuedHoldings = ReadonlyMap<Ticker, { readonly qty: Qty; readonly value: Cents }>;

/** The broker's value of each position; quantity times price where it leaves the value out. */
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

/** Whether the broker lets a ticker be traded, and in fractions of a share. */
export interface Asset {
  readonly ticker: Ticker;
  readonly tradable: boolean;
  readonly fractionable: boolean;
}

/** The latest trade of a ticker. */
export interface LatestPrice {
  readonly ticker: Ticker;
  /** Dollars a share of the latest trade. */
  readonly price: number;
  readonly at: EpochMs;
}
