/** Sizes of the buys of a pass, which share the remaining cash. Pure. */
import type { Decision } from '#core/domain/decision.ts';
import type { OrderLine } from '#core/domain/order-lines.ts';
import { unsentOrder } from '#core/domain/order-lines.ts';
import { cents, type Qty, qty, valueOf } from '#core/domain/units.ts';
import type { EngineParts, ExecutionParts } from '../parts.ts';
import { blockOf, mayLift, type OrderContext, priceOf } from './check-order.ts';
import { buyFactsOf, buyRoom, roomWords } from './exposure.ts';
import type { OrderBlock } from './order-block.ts';
import { limitPriceOf, stepOf } from './order-terms.ts';
import { orderContextOf, type TradingSnapshot } from './pre-trade-check.ts';

/** Inputs of sizesOfBuys. */
export interface BuySizesInput {
  readonly parts: ExecutionParts;
  readonly decision: Decision;
  readonly snapshot: TradingSnapshot;
  readonly lines: readonly OrderLine[];
  /** Whether this is the last session: buys no longer wait for cash that may become available. */
  readonly isLastSession: boolean;
  /** Lines that wait, by side and ticker: a sell among them brings cash later. */
  readonly waits: ReadonlyMap<string, OrderBlock>;
}

/** Sizes by side and ticker, and the reasons for holding back the rest. Lines of sells have neither. */
export interface BuySizes {
  readonly sizes: ReadonlyMap<string, Qty>;
  readonly blocks: ReadonlyMap<string, OrderBlock>;
}

/** A smaller fraction of the wanted quantity waits, where more cash may become available. */
const MIN_BUY_SHARE = 0.5;

interface Priced {
  readonly name: string;
  readonly wanted: Qty;
  readonly limit: number;
  readonly step: number;
}

/**
 * Either all buys fit, or all shrink by the same factor: no ticker is preferred and their order does not
 * matter. Where the missing cash may become available (buying power after a sell settles, an answer that
 * lags behind the books) and less than half could be bought, they wait for it until the last session.
 */
export function sizesOfBuys(input: BuySizesInput): BuySizes {
  const { parts, decision, snapshot, lines, isLastSession, waits } = input;
  const buys = lines.filter((line) => line.planned.side === 'buy' && !unsentOrder(line));
  const first = buys[0];
  if (!first) return { sizes: new Map(), blocks: new Map() };
  const context = orderContextOf(parts, decision, snapshot, first.planned.ticker);
  const priced = buys.flatMap((line) => pricedOf(line, context, parts, snapshot));
  const total = priced.reduce((sum, { wanted, limit }) => sum + valueOf(wanted, limit), 0);
  // The cap of one ticker is checked for each order separately.
  const facts = buyFactsOf(context, parts.limits, first.planned.ticker);
  const room = buyRoom({ ...facts, tickerExposure: undefined });
  if (total <= room.room) return { sizes: new Map(sizesOf(priced, 1)), blocks: new Map() };
  // Each value was rounded to a cent, so a cent per order is held back.
  const factor = Math.max(0, room.room - priced.length) / total;
  const reason = roomWords(cents(total), room, facts);
  const sellsWait = [...waits.keys()].some(isSell);
  const comes = sellsWait || mayLift(room.law, context);
  const isWorth = isLastSession || !comes || factor >= MIN_BUY_SHARE;
  const sizes = sizesOf(priced, isWorth ? factor : 0);
  const block = sellsWait ? waitForSells(reason) : blockOf(room, context, reason);
  const least = parts.rules.minOrder;
  const blocks = priced.flatMap(({ name, limit }, index): [string, OrderBlock][] => {
    const [, size] = sizes[index] ?? [];
    return !size || valueOf(size, limit) < least ? [[name, block]] : [];
  });
  return { sizes: new Map(sizes), blocks: new Map(blocks) };
}

/** Sells that are held back have an alert of their own. */
function waitForSells(reason: string): OrderBlock {
  return { kind: 'wait', limit: 'open order', reason: `${reason} until the sells are done` };
}

/** A line without a fresh price is left to the check of its own order. */
function pricedOf(
  { planned, wanted }: OrderLine,
  context: OrderContext,
  { limits }: Pick<EngineParts, 'limits'>,
  { assets }: TradingSnapshot,
): readonly Priced[] {
  const fresh = priceOf(planned.ticker, context, limits);
  if (fresh === undefined) return [];
  const asset = assets.find(({ ticker }) => ticker === planned.ticker);
  const step = stepOf(context.rules.fractional && (asset?.fractionable ?? false));
  const limit = limitPriceOf('buy', fresh, limits.limitBps);
  return [{ name: `buy ${planned.ticker}`, wanted, limit, step }];
}

function isSell(name: string): boolean {
  return name.startsWith('sell ');
}

/** By name, in the order given. */
function sizesOf(priced: readonly Priced[], factor: number): readonly (readonly [string, Qty])[] {
  return priced.map(({ name, wanted, step }) => [
    name,
    qty(Math.floor((wanted * factor) / step) * step),
  ]);
}
