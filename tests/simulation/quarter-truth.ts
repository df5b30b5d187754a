/**
 * The quarter's numbers from the broker's rows and the traded prices alone: nothing here imports a
 * module of the product. Money in cents, shares as numbers.
 */
import type { PriceAction, TradedDay } from './quarter-prices.ts';

/** A row of the broker's account activities, as it came over the wire. */
export interface BrokerRow {
  readonly activity_type: string;
  /** Of executions. */
  readonly transaction_time?: string;
  /** Of everything else: the New York day. */
  readonly date?: string;
  readonly symbol?: string;
  readonly side?: string;
  readonly qty?: string;
  readonly price?: string;
  readonly net_amount?: string;
  readonly order_id?: string;
}

/** What a fact did. */
interface Fact {
  readonly day: string;
  readonly type: string;
  readonly ticker: string;
  /** Change in shares. */
  readonly shares: number;
  /** Change in cash. */
  readonly cash: number;
  /** Cents a share, where there is a price. */
  readonly price: number;
  readonly order: string;
}

/** The books at the end of one session. */
export interface TrueDay {
  readonly date: string;
  readonly equity: number;
  readonly cash: number;
  readonly shares: ReadonlyMap<string, number>;
  /** What people brought and took that day. */
  readonly deposited: number;
  readonly withdrawn: number;
  /** Growth since the beginning, 1 there. */
  readonly you: number;
  readonly spy: number;
  /** What each ticker gained that day, dividends included. */
  readonly gains: ReadonlyMap<string, number>;
  readonly fees: number;
  readonly traded: number;
}

const DAY_MS = 86_400_000;
const toCents = (text: string | undefined): number => Math.round(Number(text ?? '0') * 100);

/** All facts in time; the shares of a split belong to its ex-date, whenever they come. */
export function factsOf(rows: readonly BrokerRow[], actions: readonly PriceAction[]): Fact[] {
  const facts = rows.map((row): Fact => {
    const { activity_type: type, symbol: ticker = '', side, qty = '0', order_id: order = '' } = row;
    const price = toCents(row.price);
    const ex = actions.find((each) => each.ticker === ticker && each.split)?.ex;
    const day = type === 'SPLIT' && ex ? ex : (row.date ?? newYorkDay(row.transaction_time ?? ''));
    const sign = side === 'sell' ? -1 : 1;
    const moves = type === 'FILL' || type === 'SPLIT' || type === 'ACATS';
    const shares = moves ? sign * Number(qty) : 0;
    const cash = type === 'FILL' ? -shares * price : toCents(row.net_amount);
    return { day, type, ticker, shares, cash, price, order };
  });
  const isLate = ({ type }: Fact): number => (type === 'SPLIT' ? 0 : 1);
  return facts.toSorted((a, b) => a.day.localeCompare(b.day) || isLate(a) - isLate(b));
}

function newYorkDay(instant: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' }).format(
    new Date(instant),
  );
}

/** What people brought, above 0, or took. */
function flowOf({ type, cash, shares, price }: Fact): number {
  if (type === 'CSD' || type === 'CSW') return cash;
  return type === 'ACATS' ? shares * price : 0;
}

/** The price of a day and what it was a session before, in cents. */
function closeOn(prices: ReadonlyMap<string, readonly TradedDay[]>, ticker: string, day: string) {
  const days = prices.get(ticker) ?? [];
  const index = days.findIndex(({ date }) => date === day);
  const [before, now] = [days[index - 1]?.close ?? Number.NaN, days[index]?.close ?? Number.NaN];
  return { before: Math.round(before * 100), now: Math.round(now * 100) };
}

/** SPY with its dividends reinvested at the close of their ex-date, from one close to the next. */
function marketGrowth({ before, now }: { before: number; now: number }, dividend: number): number {
  return now / (before - dividend);
}

interface Market {
  readonly prices: ReadonlyMap<string, readonly TradedDay[]>;
  readonly actions: readonly PriceAction[];
}

/** Every session of the quarter, one after the other. */
export function trueDays(
  facts: readonly Fact[],
  days: readonly string[],
  openingCash: number,
  { prices, actions }: Market,
): readonly TrueDay[] {
  const found: TrueDay[] = [];
  let cash = openingCash;
  let [equity, you, spy] = [openingCash, 1, 1];
  let values = new Map<string, number>();
  const shares = new Map<string, number>();
  for (const day of days) {
    const own = facts.filter((fact) => fact.day === day);
    const gains = new Map<string, number>();
    const add = (ticker: string, amount: number) =>
      gains.set(ticker, (gains.get(ticker) ?? 0) + amount);
    for (const [ticker, value] of values) add(ticker, -value);
    for (const fact of own) {
      cash += fact.cash;
      if (fact.ticker !== '') {
        shares.set(fact.ticker, (shares.get(fact.ticker) ?? 0) + fact.shares);
        add(fact.ticker, fact.cash - flowOf(fact));
      }
    }
    values = new Map(
      [...shares]
        .filter(([, count]) => count !== 0)
        .map(([ticker, count]) => [ticker, count * closeOn(prices, ticker, day).now]),
    );
    for (const [ticker, value] of values) add(ticker, value);
    const worth = cash + sum([...values.values()]);
    const deposited = sum(own.map(flowOf).filter((flow) => flow > 0));
    const withdrawn = -sum(own.map(flowOf).filter((flow) => flow < 0));
    you *= (worth + withdrawn) / (equity + deposited);
    const paid = actions.find(({ ticker, ex }) => ticker === 'SPY' && ex === day)?.dividend ?? 0;
    spy *= marketGrowth(closeOn(prices, 'SPY', day), Math.round(paid * 100));
    found.push({
      ...{ date: day, equity: worth, cash, deposited, withdrawn, you, spy, gains },
      shares: new Map([...shares].filter(([, count]) => count !== 0)),
      fees: -sum(own.filter(({ type }) => type === 'FEE').map((fact) => fact.cash)),
      traded: sum(own.filter(({ type }) => type === 'FILL').map((fact) => Math.abs(fact.cash))),
    });
    equity = worth;
  }
  return found;
}

/** One share that is held. */
interface Share {
  readonly day: string;
  readonly order: string;
  /** Undefined: it came without a cost. */
  cost: number | undefined;
  isReplacement: boolean;
}

/** One sold part: all shares of one lot that one sale took. */
export interface TrueSale {
  readonly ticker: string;
  readonly sold: string;
  shares: number;
  proceeds: number;
  cost: number | undefined;
  disallowed: number;
}

interface Lost {
  readonly sale: TrueSale;
  readonly order: string;
  readonly day: string;
  readonly loss: number;
}

/**
 * Share by share, the oldest first: a lost share is replaced by the earliest share bought within 30 days
 * that replaced none yet. A split makes two shares of one, each with half of its cost.
 */
export function trueSales(facts: readonly Fact[]): {
  readonly sales: readonly TrueSale[];
  readonly left: ReadonlyMap<string, readonly Share[]>;
} {
  const sales: TrueSale[] = [];
  const left = new Map<string, Share[]>();
  const losses = new Map<string, Lost[]>();
  const moved = facts.filter(({ shares }) => shares !== 0);
  for (const [index, fact] of moved.entries()) {
    const { ticker } = fact;
    // The fills of one order are one sale: what it still sells replaces nothing.
    const isLast = !moved
      .slice(index + 1)
      .some(({ order }) => order !== '' && order === fact.order);
    const held = left.get(ticker) ?? [];
    const open = losses.get(ticker) ?? [];
    if (fact.type === 'SPLIT') {
      left.set(ticker, held.flatMap(halvesOf));
      losses.set(
        ticker,
        open.flatMap((lost) => twice({ ...lost, loss: lost.loss / 2 })),
      );
      continue;
    }
    if (fact.shares > 0) {
      const cost = fact.type === 'FILL' ? fact.price : undefined;
      const fresh = Array.from({ length: fact.shares }, (): Share => {
        return { day: fact.day, order: fact.order, cost, isReplacement: false };
      });
      held.push(...fresh);
    } else open.push(...sell(fact, held, sales));
    losses.set(ticker, isLast ? open.filter((lost) => !replaced(lost, held)) : open);
    left.set(ticker, held);
  }
  return { sales, left };
}

function halvesOf(share: Share): readonly Share[] {
  return twice({ ...share, cost: share.cost === undefined ? undefined : share.cost / 2 });
}

function twice<T extends object>(one: T): readonly T[] {
  return [one, { ...one }];
}

function sell(fact: Fact, held: Share[], sales: TrueSale[]): readonly Lost[] {
  const lost: Lost[] = [];
  let part: { readonly of: Share; readonly sale: TrueSale } | undefined;
  for (const share of held.splice(0, -fact.shares)) {
    const isSame = part?.of.order === share.order && part.of.isReplacement === share.isReplacement;
    if (!part || !isSame || part.of.cost !== share.cost) {
      const sale = { ticker: fact.ticker, sold: fact.day, shares: 0, proceeds: 0 };
      part = { of: share, sale: { ...sale, cost: share.cost && 0, disallowed: 0 } };
      sales.push(part.sale);
    }
    part.sale.shares += 1;
    part.sale.proceeds += fact.price;
    if (share.cost === undefined) continue;
    part.sale.cost = (part.sale.cost ?? 0) + share.cost;
    if (share.cost <= fact.price) continue;
    lost.push({
      sale: part.sale,
      order: share.order,
      day: fact.day,
      loss: share.cost - fact.price,
    });
  }
  return lost;
}

function replaced({ sale, order, day, loss }: Lost, held: readonly Share[]): boolean {
  const share = held.find(
    (each) =>
      !each.isReplacement &&
      each.cost !== undefined &&
      each.order !== order &&
      Math.abs(Date.parse(each.day) - Date.parse(day)) <= 30 * DAY_MS,
  );
  if (!share || share.cost === undefined) return false;
  share.isReplacement = true;
  share.cost += loss;
  sale.disallowed += loss;
  return true;
}

/** The rate at which flows, each with the part of the time that had passed, became the end. */
export function rateOf(
  flows: readonly { readonly passed: number; readonly amount: number }[],
  end: number,
): number {
  let rate = 0;
  for (let step = 0; step < 50; step++) {
    const value = sum(flows.map(({ passed, amount }) => amount * (1 + rate) ** (1 - passed))) - end;
    const slope = sum(
      flows.map(({ passed, amount }) => amount * (1 - passed) * (1 + rate) ** -passed),
    );
    rate -= value / slope;
  }
  return rate;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
