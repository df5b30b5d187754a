/** One POST of one order, and its outcome. */
import { type Alpaca, ApiError } from '@alpacahq/alpaca-trade-api';
import type { Order, OrderIntent, Submission } from '../domain/order.ts';
import { qtyToDecimal } from '../domain/units.ts';
import { TradingError } from '../errors.ts';
import { areKeys, asTradingError, faultOf, inWords, ownError, reasonOf } from './ask.ts';
import { order } from './order-rows.ts';

/**
 * Sends a day order, once: a limit order if the intent has a limit price, else a market order. Quantity and
 * price are sent as decimal strings.
 * `refused` only if the broker itself says so in its own JSON. Any case in which the order may exist, or
 * may safely be sent again under the same id, is `unknown`: no answer, an unreadable answer, 5xx, 408, 409,
 * 429, a duplicate id. Looking the id up resolves it.
 *
 * @throws TradingError `halt` when the broker accepted a different order than the one sent, `fix-config`
 * when it rejects the keys: then nothing was sent, and every order would fail; `retry`, with nothing sent,
 * when the request budget left no room for it within two seconds.
 */
export async function submitOrder(alpaca: Alpaca, intent: OrderIntent): Promise<Submission> {
  let body: unknown;
  try {
    const { raw } = await alpaca.trading.orders.postOrderRaw({
      postOrderRequest: {
        symbol: intent.ticker,
        side: intent.side,
        type: intent.limitPrice === undefined ? 'market' : 'limit',
        timeInForce: 'day',
        qty: qtyToDecimal(intent.qty),
        ...(intent.limitPrice !== undefined && { limitPrice: intent.limitPrice }),
        clientOrderId: intent.clientOrderId,
      },
    });
    body = await raw.json();
  } catch (error) {
    return outcomeOf(intent, error);
  }
  const answer = order.safeParse(body);
  if (!answer.success) return { kind: 'unknown', reason: faultOf(answer.error) };
  assertSame(intent, answer.data);
  return { kind: 'accepted', order: answer.data };
}

const NOT_FINAL: ReadonlySet<number> = new Set([408, 409, 425, 429]);

function outcomeOf(intent: OrderIntent, error: unknown): Submission {
  const own = ownError(error);
  if (own) throw own;
  if (!(error instanceof ApiError)) return { kind: 'unknown', reason: inWords(error) };
  const { status } = error;
  const reason = reasonOf(error);
  if (isDuplicate(status, reason))
    return { kind: 'unknown', reason: `duplicate: ${reason ?? status}` };
  if (areKeys(error)) throw asTradingError(`Alpaca order ${intent.clientOrderId}`, error);
  const refused = status >= 400 && status < 500 && !NOT_FINAL.has(status) && reason !== undefined;
  return refused ? { kind: 'refused', reason } : { kind: 'unknown', reason: inWords(error) };
}

/** The code differs between accounts (40010001, 42210000); the message does not. */
function isDuplicate(status: number, reason: string | undefined): boolean {
  return status === 422 && /client[ _]order[ _]id must be unique/i.test(reason ?? '');
}

function assertSame(sent: OrderIntent, taken: Order): void {
  const differs: string[] = (['clientOrderId', 'ticker', 'side', 'qty'] as const).filter(
    (field) => sent[field] !== taken[field],
  );
  // A market order may come back with no limit; a different limit means a different order.
  if (sent.limitPrice !== undefined && Number(sent.limitPrice) !== taken.limitPrice) {
    differs.push('limitPrice');
  }
  if (differs.length === 0) return;
  throw new TradingError(
    `${sent.clientOrderId}: sent ${inShort(sent)}, the broker took ${inShort(taken)} as ` +
      `${taken.clientOrderId} (${differs.join(', ')})`,
    'halt',
  );
}

function inShort({ side, qty, ticker }: Pick<Order, 'side' | 'qty' | 'ticker'>): string {
  return `${side} ${qtyToDecimal(qty)} ${ticker}`;
}
