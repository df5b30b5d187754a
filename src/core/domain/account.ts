import { nextSession, sessionAt } from './calendar.ts';
import { type Cents, cents, type EpochMs, type Qty, type Ticker, valueOf } from './units.ts';

/** Which world the orders go to. Known from the broker's address, never from a flag. */
export type Mode = 'SANDBOX' | 'PAPER' | 'LIVE';

/** The broker's report of the account at one instant. */
export interface Account {
  readonly id: string;
  /** The whole number, as people see it at the broker. */
  readonly number: string;
  /** The broker's own word, for people. */
  readonly status: string;
  readonly equity: Cents;
  /** May be negative on margin. */
  readonly cash: Cents;
  readonly buyingPower: Cents;
  /** The broker, or the user at the broker, forbids trading; or its status is not one that may. */
  readonly blocked: boolean;
  /** The broker takes orders that close positions and no others; absent means no. */
  readonly liquidationOnly?: boolean;
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

/** What a position is worth to the broker; quantity times price where it leaves the value out. */
export function positionValue({ marketValue, qty, currentPrice, averagePrice }: Position): Cents {
  return marketValue ?? valueOf(qty, currentPrice ?? averagePrice);
}

/**
 * What it would cost to buy back everything that was sold short, in cents: it lies in the account's cash
 * and is nobody's to spend.
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
 * The market at an instant, by what the broker said of it last. That holds until the next bell that it
 * named; after that, while nobody answers, our own calendar speaks. Undefined before the first answer.
 */
export function marketBy(known: MarketClock | undefined, at: EpochMs): MarketClock | undefined {
  if (!known || at < (known.open ? known.nextClose : known.nextOpen)) return known;
  const session = sessionAt(at);
  const next = nextSession(at);
  return {
    at,
    open: session !== undefined,
    nextOpen: next.open,
    nextClose: session?.close ?? next.close,
  };
}

/** Whether the broker lets a ticker be traded, and in fractions of a share. */
export interface Asset {
  readonly ticker: Ticker;
  /** Listed, and open for orders now. */
  readonly tradable: boolean;
  /** Whether parts of a share may be traded. */
  readonly fractionable: boolean;
}

/** What a share cost last, and when that was. */
export interface LatestPrice {
  readonly ticker: Ticker;
  /** Dollars a share: of the trade, or halfway between bid and ask. */
  readonly price: number;
  /** When the exchange says that it was so, on its clock. */
  readonly at: EpochMs;
  /** Which of the two; absent where nobody asked for quotes. */
  readonly source?: 'trade' | 'quote';
}

/** Something in the account that is neither cash nor a stock: a coin, an option. Nobody here trades it. */
export interface UnmanagedHolding {
  /** The broker's name of it, such as `BTCUSD`. */
  readonly name: string;
  /** The broker's word for its kind, such as `crypto`. */
  readonly assetClass: string;
  /** Negative for what is owed; undefined where the broker states no worth. */
  readonly value: Cents | undefined;
}

/** A row of the broker's answer that could not be read and was left out. */
export interface SetAsideRow {
  /** Which answer it stood in, such as `positions`. */
  readonly answer: string;
  /** The row's ticker or name, else its id, else its place in the answer. */
  readonly name: string;
  /** The field and what was expected there; never the value that was found. */
  readonly reason: string;
  /** Of a holding: what the broker values it with, where that can be read. */
  readonly worth?: Cents | undefined;
}

/** Whether there is anything to count from: an account without money has nothing to grow or to trade. */
export function isFunded({ equity, cash }: Pick<Account, 'equity' | 'cash'>): boolean {
  return equity !== 0 || cash !== 0;
}
