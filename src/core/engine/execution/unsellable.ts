/** Positions that could not be sold now, for a person about to sell everything. */
import type { Asset, Position } from '#core/domain/account.ts';
import { WHOLE_SHARE } from '#core/domain/order.ts';
import { qty, qtyToDecimal, type Ticker } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import type { ExecutionParts, Observer } from '../parts.ts';
import { ownPositions } from './flatten-decision.ts';

/** In real time: the form that shows it must be ready before Discord times out. */
const ANSWER_WITHIN_MS = 1_500;

/**
 * A reason for each ticker, from the last observation and the broker's asset data. An asset that does not
 * answer at once is skipped: a person who wants everything sold must get the form.
 */
export async function unsellable(
  parts: Pick<ExecutionParts, 'broker' | 'rules' | 'universe'>,
  observer: Pick<Observer, 'last'>,
): Promise<ReadonlyMap<Ticker, string>> {
  const held = ownPositions(parts, observer.last().positions);
  const assets = await assetsSoon(
    parts,
    held.map(({ ticker }) => ticker),
  );
  return new Map(
    held.flatMap((position) => {
      const asset = assets?.find(({ ticker }) => ticker === position.ticker);
      const why = unsellableReason(position, asset, assets !== undefined, parts.rules.fractional);
      return why === undefined ? [] : [[position.ticker, why]];
    }),
  );
}

function unsellableReason(
  { ticker, qty: held, available }: Position,
  asset: Asset | undefined,
  isAnswered: boolean,
  mayBeFractional: boolean,
): string | undefined {
  if (isAnswered && !asset?.tradable) return `${ticker} cannot be traded at the broker now`;
  const reserved = held - Math.max(0, available);
  if (reserved > 0) {
    return `${qtyToDecimal(qty(reserved))} ${ticker} are reserved by another open order`;
  }
  const isWhole = !mayBeFractional || (isAnswered && !asset?.fractionable);
  const part = isWhole ? held % WHOLE_SHARE : 0;
  return part > 0 ? `${qtyToDecimal(qty(part))} of a share of ${ticker}` : undefined;
}

async function assetsSoon(
  { broker }: Pick<ExecutionParts, 'broker'>,
  tickers: readonly Ticker[],
): Promise<readonly Asset[] | undefined> {
  const late = new Promise<undefined>((resolve) => {
    const limit = AbortSignal.timeout(ANSWER_WITHIN_MS);
    limit.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const asked = broker.assets(tickers).catch((error: unknown) => {
    if (error instanceof TradingError) return undefined;
    throw error;
  });
  return Promise.race([asked, late]);
}
