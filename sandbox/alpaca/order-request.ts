/** Validates the form of an order request, without knowledge of account or market. */
import type { Side } from '#core/domain/order.ts';
import {
  type Cents,
  centsFromDecimal,
  type Qty,
  qtyFromDecimal,
  type Ticker,
  ticker,
  wholeShares,
} from '#core/domain/units.ts';
import { type Answer, forbidden, invalid, notFound, unprocessable } from './answers.ts';

/** A well-formed order. */
export interface OrderRequest {
  readonly clientOrderId: string | undefined;
  readonly ticker: Ticker;
  readonly side: Side;
  readonly type: 'market' | 'limit';
  readonly timeInForce: 'day' | 'gtc';
  readonly extendedHours: boolean;
  readonly qty: Qty | undefined;
  readonly notional: Cents | undefined;
  readonly limit: Cents | undefined;
}

/** The parsed value, or the answer that rejects it. */
export type Reading<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'refused'; readonly answer: Answer };

type Body = Readonly<Record<string, unknown>>;
type Check = (body: Body) => Answer | undefined;

const CLIENT_ORDER_ID_MAX = 128;
const MAX_SHARES = 9_000_000;
const STOPS = ['stop_price', 'trail_price', 'trail_percent'];
const POSITION_INTENTS = ['buy_to_open', 'buy_to_close', 'sell_to_open', 'sell_to_close'];
/** Alpaca's order types that the sandbox does not support. */
const UNPLAYED = ['stop', 'stop_limit', 'trailing_stop'];
const DECIMAL = /^\d+(\.\d+)?$/;

/** In the order of the broker's own checks. */
const CHECKS: readonly Check[] = [
  (body) => (text(body['symbol']) ? undefined : invalid('symbol is required')),
  (body) => oneOf(body, 'side', ['buy', 'sell']),
  (body) => oneOf(body, 'type', ['market', 'limit', ...UNPLAYED]),
  (body) => oneOf(body, 'time_in_force', ['day', 'gtc', 'ioc', 'fok', 'opg', 'cls']),
  played,
  simple,
  sized,
  limited,
  (body) =>
    text(body['client_order_id']).length > CLIENT_ORDER_ID_MAX
      ? invalid(`client_order_id must be no more than ${CLIENT_ORDER_ID_MAX} characters`)
      : undefined,
  timed,
  (body) =>
    /^[A-Z][A-Z0-9.]{0,9}$/.test(text(body['symbol']))
      ? undefined
      : unknownAsset(text(body['symbol'])),
];

/** Checks the form, in the order of the broker's own checks. */
export function readOrderRequest(body: Body): Reading<OrderRequest> {
  for (const check of CHECKS) {
    const answer = check(body);
    if (answer) return { kind: 'refused', answer };
  }
  const value: OrderRequest = {
    clientOrderId: text(body['client_order_id']) || undefined,
    ticker: ticker(text(body['symbol'])),
    side: body['side'] === 'sell' ? 'sell' : 'buy',
    type: body['type'] === 'limit' ? 'limit' : 'market',
    timeInForce: body['time_in_force'] === 'gtc' ? 'gtc' : 'day',
    extendedHours: body['extended_hours'] === true,
    qty: given(body['qty']) ? qtyFromDecimal(text(body['qty'])) : undefined,
    notional: given(body['notional']) ? centsFromDecimal(text(body['notional'])) : undefined,
    limit: given(body['limit_price']) ? centsFromDecimal(text(body['limit_price'])) : undefined,
  };
  return { kind: 'read', value };
}

/** The broker's answer for an unlisted symbol. */
export function unknownAsset(symbol: string): Answer {
  return unprocessable(`asset "${symbol}" not found`);
}

/** Whether it is for a fraction of a share, or may become so. */
export function isFractional(request: { readonly qty: Qty | undefined }): boolean {
  return request.qty === undefined || request.qty % wholeShares(1) !== 0;
}

/** Stop orders and short sales are rejected, rather than treated as plain orders. */
function played(body: Body): Answer | undefined {
  const [type, intent] = [text(body['type']), text(body['position_intent'])];
  if (UNPLAYED.includes(type))
    return unprocessable(`${type} orders are not supported for this account`);
  const known = body['side'] === 'sell' ? 'sell_to_close' : 'buy_to_open';
  if (intent === '' || intent === known) return undefined;
  return POSITION_INTENTS.includes(intent)
    ? unprocessable(`position intent ${intent} is not supported for this account`)
    : invalid('invalid position_intent');
}

/** Multi-leg orders are rejected, rather than executed in part. */
function simple(body: Body): Answer | undefined {
  const written = text(body['order_class']);
  if (!['', 'simple', 'bracket', 'oco', 'oto', 'mleg'].includes(written)) {
    return invalid('invalid order_class');
  }
  if (written !== '' && written !== 'simple') {
    return unprocessable(`${written} orders are not supported for this account`);
  }
  const leg = ['legs', 'take_profit', 'stop_loss'].find((name) => given(body[name]));
  return leg === undefined
    ? undefined
    : unprocessable(`${leg} requires order_class to be bracket, oco, oto or mleg`);
}

function sized(body: Body): Answer | undefined {
  const hasQty = given(body['qty']);
  const hasNotional = given(body['notional']);
  if (!hasQty && !hasNotional) return invalid('qty or notional is required');
  if (hasQty && hasNotional) return invalid('only one of qty or notional is accepted');
  return hasQty
    ? sizeFault(body, { name: 'qty', called: 'qty', places: 9, most: MAX_SHARES })
    : sizeFault(body, {
        name: 'notional',
        called: 'notional value',
        places: 2,
        most: MAX_SHARES * 1000,
      });
}

function sizeFault(
  body: Body,
  size: {
    readonly name: 'qty' | 'notional';
    readonly called: string;
    readonly places: number;
    readonly most: number;
  },
): Answer | undefined {
  const { name, called, places, most } = size;
  const written = text(body[name]);
  if (/^-|^0+(\.0*)?$/.test(written)) return invalid(`${name} must be > 0`);
  if (!DECIMAL.test(written)) return invalid(`invalid ${name}`);
  if (decimals(written) > places) {
    return unprocessable(`${called} must be limited to ${places} decimal places`);
  }
  return Number(written) > most ? forbidden('insufficient buying power') : undefined;
}

function limited(body: Body): Answer | undefined {
  const written = text(body['limit_price']);
  if (body['type'] !== 'limit') {
    return ['limit_price', ...STOPS].some((name) => given(body[name]))
      ? unprocessable('market orders require no stop or limit price')
      : undefined;
  }
  if (!given(body['limit_price'])) return unprocessable('limit orders require a limit price');
  if (STOPS.some((name) => given(body[name]))) {
    return unprocessable('limit orders require no stop price and no trail');
  }
  if (!DECIMAL.test(written) || Number(written) <= 0)
    return unprocessable('limit price must be > 0');
  return decimals(written) > 2
    ? unprocessable(
        `invalid limit_price ${written}. sub-penny increment does not fulfill minimum pricing criteria`,
      )
    : undefined;
}

function timed(body: Body): Answer | undefined {
  const tif = text(body['time_in_force']);
  const fractional = given(body['notional']) || Number(text(body['qty'])) % 1 !== 0;
  if (fractional && tif !== 'day') return unprocessable('fractional orders must be DAY orders');
  if (tif === 'opg')
    return forbidden('opg orders must be submitted after 7:00pm and before 9:28am');
  if (tif === 'cls')
    return forbidden('cls orders must be submitted after 7:00pm and before 3:55pm');
  if (tif === 'ioc' || tif === 'fok')
    return forbidden(`${tif} orders are not enabled for this account`);
  const extended = body['extended_hours'] === true;
  return extended && body['type'] !== 'limit'
    ? unprocessable('extended hours order must be DAY or GTC limit orders')
    : undefined;
}

function oneOf(body: Body, name: string, allowed: readonly string[]): Answer | undefined {
  return allowed.includes(text(body[name])) ? undefined : invalid(`invalid ${name}`);
}

function decimals(written: string): number {
  return written.split('.')[1]?.length ?? 0;
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

/** The broker's answer for an unknown order. */
export function unknownOrder(id: string): Answer {
  return notFound(`order not found for ${id}`);
}
