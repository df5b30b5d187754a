/** Realised gains of a year: by term, by month and by order, and the unknown part. */
import type { Mode } from '../domain/account.ts';
import type { AccountState } from '../domain/account-state.ts';
import { newYorkDate } from '../domain/new-york.ts';
import type { Observation } from '../domain/observation.ts';
import { type Gains, gainsOf, totalGain } from '../domain/tax/gains.ts';
import type { Disposal, TaxLot } from '../domain/tax/open-lots.ts';
import { taxLots } from '../domain/tax/tax-lots.ts';
import { type Cents, cents, type EpochMs, type SessionDate, type Ticker } from '../domain/units.ts';

/** The gains of one calendar month. */
export interface TaxMonth extends Gains {
  /** `2026-11`. */
  readonly month: string;
}

/** The gains of one calendar year. */
export interface TaxYear extends Gains {
  readonly year: number;
}

/** The gains of one order, or of shares sold without an order. */
export interface TaxOrder extends Gains {
  readonly ticker: Ticker;
  readonly sold: SessionDate;
  /** The decision that wanted it; undefined for an external sale. */
  readonly decisionId: string | undefined;
}

/** The realised gains of a year. FIFO, trade dates, New York days. */
export interface TaxView {
  readonly mode: Mode;
  readonly at: EpochMs;
  readonly accountNumber: string | undefined;
  readonly year: number;
  readonly gains: Gains;
  /** Gains in that year under HIFO, for comparison; the books use FIFO. */
  readonly hifo: Gains;
  /** Every year with sales, in time order. */
  readonly years: readonly TaxYear[];
  /** Months with sales, in time order. */
  readonly months: readonly TaxMonth[];
  /** Newest first. */
  readonly orders: readonly TaxOrder[];
  /** In order of sale. */
  readonly disposals: readonly Disposal[];
  /** Held lots of unknown cost. */
  readonly unknownLots: readonly TaxLot[];
}

/** The view of a calendar year. */
export function taxView(book: AccountState, seen: Observation, year: number): TaxView {
  const { lots, disposals: all } = taxLots(book.lots);
  const inYear = ({ sold }: Disposal): boolean => sold.startsWith(`${year}-`);
  const disposals = all.filter(inYear).toSorted((a, b) => a.at - b.at);
  const months = Map.groupBy(disposals, ({ sold }) => sold.slice(0, 7));
  return {
    mode: seen.mode,
    at: seen.at,
    accountNumber: seen.account?.number ?? book.account?.number,
    year,
    gains: gainsOf(disposals),
    hifo: gainsOf(taxLots(book.lots, 'HIFO').disposals.filter(inYear)),
    years: yearsIn(all),
    months: [...months].map(([month, own]) => ({ month, ...gainsOf(own) })),
    orders: ordersIn(book, disposals).toReversed(),
    disposals,
    unknownLots: lots.filter(({ cost }) => cost === undefined),
  };
}

/** The New York year of an instant. */
export function yearOf(at: EpochMs): number {
  return Number(newYorkDate(at).slice(0, 4));
}

/** Difference of the gain under HIFO, in cents: negative is a smaller gain. */
export function hifoDifference({ gains, hifo }: Pick<TaxView, 'gains' | 'hifo'>): Cents {
  return cents(totalGain(hifo) - totalGain(gains));
}

function yearsIn(disposals: readonly Disposal[]): readonly TaxYear[] {
  const years = Map.groupBy(disposals, ({ sold }) => Number(sold.slice(0, 4)));
  return [...years]
    .map(([year, own]) => ({ year, ...gainsOf(own) }))
    .toSorted((a, b) => a.year - b.year);
}

function ordersIn(book: AccountState, disposals: readonly Disposal[]): readonly TaxOrder[] {
  const decisions = new Map(
    [...book.managedOrders.values()].flatMap(({ order, intent }) =>
      order ? [[order.id, intent.decisionId] as const] : [],
    ),
  );
  const groups = Map.groupBy(
    disposals,
    ({ orderId, ticker, sold, lot }) => `${sold} ${ticker} ${orderId ?? lot}`,
  );
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    if (!first) return [];
    const { ticker, sold, orderId } = first;
    const decisionId = orderId === undefined ? undefined : decisions.get(orderId);
    return [{ ticker, sold, decisionId, ...gainsOf(own) }];
  });
}
