/** One POST of one order, and what it came to. */
import { type Alpaca, ApiError } from '@alpacahq/alpaca-trade-api';
import type { Order, OrderIntent, Submission } from '../domain/order.ts';
import { qtyToDecimal } from '../domain/units.ts';
import { TradingError } from '../errors.ts';
import { order } from './answers.ts';
import { areKeys, asTrouble, faultOf, inWords, ownError, reasonOf } from './ask.ts';

/**
 * Sends a market order for the day, once. The quantity leaves as a decimal string.
 *
 * `refused` only when the broker itself says so in its own JSON. Whatever leaves room for the order
 * to exist, or may be sent again under the same id without harm, is `unknown`: no answer, an answer
 * that cannot be read, 5xx, 408, 409, 429, a duplicate id. Looking the id up settles it.
 *
 * @throws TradingError `halt` when the broker took another order than the one that was sent,
 * `fix-config` when it does not accept the keys: then nothing was sent, and every order would fail.
 */
export async function submitOrder(alpaca: Alpaca, intent: OrderIntent): Promise<Submission> {
  let body: unknown;
  try {
    const { raw } = await alpaca.trading.orders.postOrderRaw({
      postOrderRequest: {
        symbol: intent.ticker,
        side: intent.side,
        type: 'market',
        timeInForce: 'day',
        qty: qtyToDecimal(intent.qty),
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
  if (isDuplicate(status, reason)) return { kind: 'unknown', reason: `duplicate: ${reason}` };
  if (areKeys(error)) throw asTrouble(`Alpaca order ${intent.clientOrderId}`, error);
  const refused = status >= 400 && status < 500 && !NOT_FINAL.has(status) && reason !== undefined;
  return refused ? { kind: 'refused', reason } : { kind: 'unknown', reason: inWords(error) };
}

/** The code differs between accounts (40010001, 42210000); the sentence does not. */
function isDuplicate(status: number, reason: string | undefined): boolean {
  return status === 422 && /client[ _]order[ _]id must be unique/i.test(reason ?? '');
}

function assertSame(sent: OrderIntent, taken: Order): void {
  const differs = (['clientOrderId', 'ticker', 'side', 'qty'] as const).filter(
    (field) => sent[field] !== taken[field],
  );
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
