/** Events that change an account without a request from the bot. */
import type { Side } from '#core/domain/order.ts';
import {
  type Cents,
  cents,
  epochMs,
  type Qty,
  qty,
  type Ticker,
  valueOf,
} from '#core/domain/units.ts';
import { usd } from './account-metrics.ts';
import { bookFill } from './book-fill.ts';
import type { Exchange } from './exchange.ts';
import type { ExchangeParts } from './exchange-parts.ts';
import { told, type Update } from './lifecycle.ts';
import type { Activity, FillActivity, OrderRecord } from './records.ts';
import { nextFillAt, workingSession } from './timetable.ts';

/** An event on the account. */
export type AccountEvent =
  | { readonly kind: 'deposit' | 'withdraw' | 'fee'; readonly amount: Cents }
  /** Paid on the shares currently held. */
  | { readonly kind: 'dividend'; readonly ticker: Ticker; readonly perShare: Cents }
  /** Shares transferred from another broker. */
  | { readonly kind: 'transfer'; readonly ticker: Ticker; readonly qty: Qty }
  /** A manual trade, filled at once at the quote. */
  | { readonly kind: 'trade'; readonly ticker: Ticker; readonly side: Side; readonly qty: Qty }
  /** Shares are multiplied; their price changes only through a scale change of the market. */
  | { readonly kind: 'split'; readonly ticker: Ticker; readonly from: number; readonly to: number }
  /** Orders wait until it resumes. */
  | { readonly kind: 'halt' | 'resume'; readonly ticker: Ticker }
  /** The venue rejects an order that was accepted before. */
  | { readonly kind: 'reject'; readonly orderId: string }
  | { readonly kind: 'block' | 'unblock' };

const AFTER_HALT_MS = 1_000;

interface World extends ExchangeParts {
  readonly exchange: Exchange;
  readonly tell: (update: Update) => void;
}

/** Applied at once. @throws RangeError for a trade without a price */
export function applyAccountEvent(event: AccountEvent, world: World): void {
  world.exchange.catchUp();
  const isMoved = moveWithoutTrade(event, world);
  if (!isMoved) change(event, world);
  world.exchange.catchUp();
}

/** Books changes of cash or shares without a trade; returns false for all other events. */
function moveWithoutTrade(event: AccountEvent, world: World): boolean {
  switch (event.kind) {
    case 'deposit':
      addActivity(world, { kind: 'cash', amount: event.amount });
      return true;
    case 'withdraw':
      addActivity(world, { kind: 'cash', amount: cents(-event.amount) });
      return true;
    case 'fee':
      addActivity(world, { kind: 'fee', amount: cents(-event.amount) });
      return true;
    case 'dividend':
      payDividend(world, event.ticker, event.perShare);
      return true;
    case 'transfer':
      transfer(world, event.ticker, event.qty);
      return true;
    case 'split':
      split(world, event);
      return true;
    default:
      return false;
  }
}

function change(event: AccountEvent, world: World): void {
  const { exchange } = world;
  switch (event.kind) {
    case 'trade':
      world.tell(tradeByHand(world, event));
      break;
    case 'halt':
      halt(world, event.ticker);
      break;
    case 'resume':
      resume(world, event.ticker);
      break;
    case 'reject':
      exchange.reject(event.orderId);
      break;
    case 'block':
    case 'unblock':
      block(world, event.kind === 'block');
      break;
    default:
  }
}

type Booked<T> = T extends unknown ? Omit<T, 'id' | 'seq' | 'at'> : never;

function addActivity(
  { book, random, time }: ExchangeParts,
  activity: Booked<Exclude<Activity, FillActivity>>,
): void {
  const seq = book.activities().length + 1;
  const id = random.uuid('activity', seq);
  book.write((pen) => pen.addActivity({ ...activity, id, seq, at: time.now() }));
}

function payDividend(world: ExchangeParts, ticker: Ticker, perShare: Cents): void {
  const held = world.book.holdings().shares.get(ticker);
  if (!held) return;
  const amount = valueOf(held.qty, usd(perShare));
  addActivity(world, { kind: 'dividend', ticker, qty: held.qty, amount });
}

function transfer(world: ExchangeParts, ticker: Ticker, moved: Qty): void {
  const price = world.market.quote(ticker, world.time.now())?.last;
  addActivity(world, { kind: 'transfer', ticker, qty: moved, price, amount: cents(0) });
}

function tradeByHand(
  { book, random, market, time }: ExchangeParts,
  trade: { readonly ticker: Ticker; readonly side: Side; readonly qty: Qty },
): Update {
  const now = time.now();
  const quote = market.quote(trade.ticker, now);
  if (!quote) throw new RangeError(`sandbox: ${trade.ticker} has no price yet`);
  const price = trade.side === 'buy' ? quote.ask : quote.bid;
  const seq = book.orders().length + 1;
  const id = random.uuid('order', seq);
  const execution = { id: random.uuid('execution', id, 0), qty: trade.qty, price, at: now };
  const session = workingSession(now);
  const order: OrderRecord = {
    id,
    seq,
    clientOrderId: random.uuid('client order', seq),
    ticker: trade.ticker,
    side: trade.side,
    qty: trade.qty,
    type: 'market',
    timeInForce: 'day',
    extendedHours: false,
    notional: undefined,
    limit: undefined,
    status: 'filled',
    reserve: cents(0),
    executions: [execution],
    planned: [],
    session: session.date,
    submittedAt: now,
    updatedAt: now,
    newAt: undefined,
    fillAt: undefined,
    cancelAt: undefined,
    expiresAt: session.close,
    endedAt: now,
  };
  const value = valueOf(trade.qty, usd(price));
  const amount = cents(trade.side === 'buy' ? -value : value);
  book.write((pen) => {
    pen.putOrder(order);
    bookFill(book, pen, random, order, { execution, amount });
  });
  return told(order, 'fill', now, execution.id, execution);
}

function split(
  world: ExchangeParts,
  { ticker, from, to }: { readonly ticker: Ticker; readonly from: number; readonly to: number },
): void {
  const held = world.book.holdings().shares.get(ticker);
  if (!held) return;
  const appeared = qty(Math.floor((held.qty * to) / from) - held.qty);
  addActivity(world, { kind: 'split', ticker, qty: appeared, amount: cents(0) });
}

function halt({ book, time }: ExchangeParts, ticker: Ticker): void {
  const { halted, haltedAt, ...rest } = book.settings();
  const since = { ...haltedAt, [ticker]: time.now() };
  book.write((pen) => {
    pen.putSettings({ ...rest, halted: [...halted, ticker], haltedAt: since });
  });
}

/** Fills that were due during the halt happen a moment later, never in the past. */
function resume(world: ExchangeParts, ticker: Ticker): void {
  const { book, market, random, time } = world;
  const again = epochMs(time.now() + AFTER_HALT_MS);
  const halted = book.settings().halted.filter((each) => each !== ticker);
  book.write((pen) => pen.putSettings({ ...book.settings(), halted }));
  for (const order of book.openOrders(ticker)) {
    if (order.fillAt === undefined || order.fillAt >= again) continue;
    const fillAt = nextFillAt(order, again, { market, random });
    book.write((pen) => pen.putOrder({ ...order, fillAt }));
  }
}

function block({ book }: ExchangeParts, blocked: boolean): void {
  book.write((pen) => pen.putSettings({ ...book.settings(), blocked }));
}
