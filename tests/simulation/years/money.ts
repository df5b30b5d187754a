/** Money and shares that move at the broker without an order of ours, and orders of another hand. */
import type { Activity, ActivityKind } from '#core/domain/activity.ts';
import { reversalOf } from '#core/domain/activity.ts';
import type { OrderIntent, Side } from '#core/domain/order.ts';
import {
  cents,
  epochMs,
  type Qty,
  qty,
  type Ticker,
  toShares,
  valueOf,
  wholeShares,
} from '#core/domain/units.ts';
import type { Exchange } from './exchange.ts';
import type { FaultKind } from './kinds.ts';
import { type CorporateAction, type Market, tickerOf, tickersFrom } from './market.ts';
import type { Happening } from './story.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What money moves in. */
export interface MoneyParts {
  readonly time: VirtualTime;
  readonly market: Market;
  readonly exchange: Exchange;
}

type Deed = (parts: MoneyParts, happening: Happening) => void;

/** What happens, by kind; false where the kind is none of these. */
export function moveMoney(parts: MoneyParts, happening: Happening): boolean {
  const deed = DEEDS[happening.kind];
  deed?.(parts, happening);
  return deed !== undefined;
}

const DEEDS: { readonly [K in FaultKind]?: Deed } = {
  deposit: (parts, { pick, kind, from }) =>
    book(parts, 'deposit', `${kind}-${from}`, 100_00 + pick * 30_000_00),
  withdrawal: (parts, { pick, kind, from }) => {
    const most = Math.min(parts.exchange.buyingPower(), 20_000_00);
    if (most > 100) book(parts, 'withdrawal', `${kind}-${from}`, -most * pick);
  },
  'late-deposit': (parts, { pick, kind, from }) => {
    const cash = 100_00 + pick * 9_000_00;
    const late = activityOf(parts, 'deposit', `${kind}-${from}`, cash);
    parts.exchange.happen(late);
    hideUntil(parts, late, pick);
  },
  fee: (parts, { pick, kind, from }) => book(parts, 'fee', `${kind}-${from}`, -1 - pick * 500),
  interest: (parts, { pick, kind, from }) =>
    book(parts, 'interest', `${kind}-${from}`, 1 + pick * 900),
  'taken-back': (parts, { pick, kind, from }) => {
    const first = activityOf(parts, 'deposit', `${kind}-${from}`, 100_00 + pick * 5_000_00);
    parts.exchange.happen(first);
    parts.time.at(parts.time.now() + 3_600_000 * (1 + pick * 60), () =>
      parts.exchange.happen(reversalOf(first, `${first.id}-back`, parts.time.now())),
    );
  },
  'shares-in': (parts, { pick, kind, from }) => {
    const shares = wholeShares(1 + Math.floor(pick * 100));
    const ticker = tickerOf(pick);
    parts.exchange.happen({
      ...activityOf(parts, 'transfer', `${kind}-${from}`, 0),
      ticker,
      qty: shares,
    });
  },
  'hand-buy': (parts, happening) => trade(parts, happening, 'buy'),
  'hand-sell': (parts, happening) => trade(parts, happening, 'sell'),
  'hand-order': (parts, { pick, from, to, kind }) => {
    const ticker = tickerOf(pick);
    const { price } = parts.market.price(ticker, parts.time.now());
    if (!parts.market.sessionAt(parts.time.now()) || parts.exchange.buyingPower() < price * 200)
      return;
    const clientOrderId = `by-hand-${kind}-${from}`;
    const intent = intentOf(clientOrderId, ticker, 'buy', wholeShares(1), price * 0.9);
    parts.exchange.fake.openByHand(intent);
    parts.time.at(to, () => parts.exchange.fake.progress(clientOrderId, { status: 'canceled' }));
  },
};

function activityOf(
  { time }: MoneyParts,
  kind: ActivityKind,
  id: string,
  amount: number,
): Activity {
  const cash = cents(Math.round(amount));
  return { id, kind, ticker: undefined, qty: qty(0), cash, at: time.now() };
}

function book(parts: MoneyParts, kind: ActivityKind, id: string, amount: number): void {
  parts.exchange.happen(activityOf(parts, kind, id, amount));
}

/** The cash is there before the list of activities says why. */
function hideUntil({ exchange, time }: MoneyParts, { id }: Activity, pick: number): void {
  exchange.hidden.add(id);
  time.at(time.now() + 60_000 * (1 + pick * 90), () => exchange.show(id));
}

function intentOf(
  clientOrderId: string,
  ticker: Ticker,
  side: Side,
  size: Qty,
  price: number,
): OrderIntent {
  const estimated = valueOf(size, price);
  return {
    ...{ clientOrderId, decisionId: 'by-hand', ticker, side, qty: size, attempt: 1, estimated },
    priceAtDecision: price,
    limitPrice: (Math.round(price * 100) / 100).toFixed(2),
  };
}

function trade(parts: MoneyParts, { pick, from, kind }: Happening, side: Side): void {
  const { exchange, market, time } = parts;
  if (!market.sessionAt(time.now())) return;
  exchange.sync();
  const held = [...exchange.holdings().shares.keys()];
  const ticker =
    (side === 'sell' ? held[Math.floor(pick * held.length)] : undefined) ?? tickerOf(pick);
  const { price } = market.price(ticker, time.now());
  const most =
    side === 'buy'
      ? Math.floor(exchange.buyingPower() / 100 / price)
      : Math.floor(toShares(availableOf(exchange, ticker)));
  const shares = Math.floor(most * (0.1 + 0.8 * pick));
  if (shares < 1) return;
  exchange.fake.tradeByHand(
    intentOf(`by-hand-${kind}-${from}`, ticker, side, wholeShares(shares), price),
  );
}

function availableOf({ fake, holdings }: Exchange, ticker: Ticker): Qty {
  const held = holdings().shares.get(ticker) ?? 0;
  const open = fake.accepted.filter(
    ({ status, side, ticker: of }) => status === 'open' && side === 'sell' && of === ticker,
  );
  return qty(Math.max(0, held - open.reduce((sum, order) => sum + order.qty - order.filledQty, 0)));
}

/** Sets each corporate action at its instants: shares before the open, dividends some days later. */
export function scheduleActions(parts: MoneyParts, tell: (text: string) => void): void {
  const { market, exchange, time } = parts;
  for (const action of market.actions) {
    const { session, ticker, kind, value, happening } = action;
    const before = session.open - 4 * 3_600_000;
    if (kind === 'dividend') {
      time.at(before, () => {
        const held = exchange.holdings().shares.get(ticker) ?? qty(0);
        if (held <= 0) return;
        tell(`${ticker} goes ex dividend of $${value}`);
        time.at(before + 5 * 86_400_000, () => payDividend(parts, action, valueOf(held, value)));
      });
      continue;
    }
    const isSplit = kind === 'split';
    const late = happening.kind.startsWith('late-') ? 26 * 3_600_000 : 0;
    if (late > 0) time.at(session.open, () => owe(parts, action));
    // Who buys on the day itself, while the shares are late, gets none of them.
    let held = qty(0);
    if (!isSplit)
      time.at(before, () => {
        held = exchange.holdings().shares.get(ticker) ?? qty(0);
      });
    time.at(before + late, () => {
      tell(`${ticker} ${isSplit ? `splits ${value} for 1` : `spins off $${value}`}`);
      exchange.due.delete(ticker);
      if (isSplit) splitShares(parts, action);
      else spinOff(parts, action, held);
    });
  }
}

/** What a share is worth with those that are due, as a multiple of what it trades at. */
function owe(
  { exchange, market, time }: MoneyParts,
  { ticker, kind, value }: CorporateAction,
): void {
  const { price } = market.price(ticker, time.now());
  exchange.due.set(ticker, kind === 'split' ? value : 1 + value / price);
}

/** Whole shares of a fund that was not held before, as XLF once handed out XLRE; a fraction is paid out. */
function spinOff(
  { exchange, market, time }: MoneyParts,
  { ticker, session, value, happening }: CorporateAction,
  held: Qty,
): void {
  const { shares: all } = exchange.holdings();
  const part = tickersFrom(happening.pick).find((each) => !all.has(each));
  if (held <= 0 || part === undefined) return;
  const { price } = market.price(part, time.now());
  const worth = valueOf(held, value);
  const shares = wholeShares(Math.floor(worth / 100 / price));
  if (shares === 0) return;
  exchange.happen({
    ...{ id: `spin-off-${ticker}-${session.date}`, kind: 'split', type: 'SPIN', at: time.now() },
    ...{ ticker: part, qty: shares, cash: cents(worth - valueOf(shares, price)) },
  });
}

/** In money, or in whole shares for the money and the rest in cash. */
function payDividend(
  parts: MoneyParts,
  { ticker, session, happening }: CorporateAction,
  amount: number,
): void {
  const { exchange, market, time } = parts;
  const id = `dividend-${ticker}-${session.date}`;
  const paid = { ...activityOf(parts, 'dividend', id, amount), ticker };
  if (happening.kind === 'dividend') return exchange.happen(paid);
  const price = market.price(ticker, time.now()).price;
  const shares = wholeShares(Math.floor(amount / 100 / price));
  const rest = cents(amount - valueOf(shares, price));
  if (shares > 0)
    exchange.happen({
      ...activityOf(parts, 'split', `${paid.id}-shares`, 0),
      ...{ type: 'DIV.SDIV', ticker, qty: shares },
    });
  exchange.happen({ ...paid, cash: rest });
}

/** Whole shares; a fraction is paid out. */
function splitShares(parts: MoneyParts, { ticker, session, value }: CorporateAction): void {
  const { exchange, market, time } = parts;
  const held = exchange.holdings().shares.get(ticker) ?? 0;
  if (held <= 0) return;
  const after = wholeShares(Math.floor(toShares(qty(held)) * value));
  const { price } = market.price(ticker, epochMs(Math.max(time.now(), session.open + 1_000)));
  const rest = valueOf(qty(Math.round(held * value) - after), price);
  exchange.happen({
    ...activityOf(parts, 'split', `split-${ticker}-${session.date}`, rest),
    ...{ ticker, qty: qty(after - held) },
  });
}
