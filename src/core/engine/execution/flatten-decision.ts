/** The decision of a flatten: a full record with an empty target, so it needs no bars. */
import { planOrders } from '#core/decide/plan.ts';
import type { Account, Position } from '#core/domain/account.ts';
import type { Bars } from '#core/domain/bar.ts';
import { type Decision, flattenId } from '#core/domain/decision.ts';
import type { Regime } from '#core/domain/model.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import type { SessionDate, Ticker } from '#core/domain/units.ts';
import { instruments, tradable } from '#core/domain/universe.ts';
import { barsThrough } from '#core/scheduler.ts';
import { withInputs } from '../keep-inputs.ts';
import type { EngineParts, ExecutionParts, Observer } from '../parts.ts';
import { askPrices } from '../prices.ts';

/** Held positions that Rotor may trade. */
export function ownPositions(
  { universe }: Pick<EngineParts, 'universe'>,
  positions: readonly Position[],
): readonly Position[] {
  const own = new Set(tradable(universe).map(({ ticker }) => ticker));
  return positions.filter(({ ticker, qty }) => own.has(ticker) && qty > 0);
}

/** The latest trade, else the broker's value of the position. The pre-trade check requests it again. */
export async function pricesOf(
  { broker }: Pick<EngineParts, 'broker'>,
  held: readonly Position[],
): Promise<ReadonlyMap<Ticker, number>> {
  const { latest } = await askPrices(
    broker,
    held.map(({ ticker }) => ticker),
  );
  return new Map(
    held.map(({ ticker, currentPrice, averagePrice }) => [
      ticker,
      latest.get(ticker)?.price ?? currentPrice ?? averagePrice,
    ]),
  );
}

/** A full record with an empty target: it needs no bars, so it works even when they are the problem. */
export function flattenDecision(
  parts: ExecutionParts,
  observer: Observer,
  { id: accountId, equity, cash }: Account,
  held: readonly Position[],
  prices: ReadonlyMap<Ticker, number>,
): Decision {
  const { universe, limits, rules } = parts;
  const now = observer.now() ?? parts.clocks.market.now();
  const asOf = barsThrough(now);
  const id = freshId(parts);
  const holdings = {
    equity,
    cash,
    positions: new Map(held.map((each) => [each.ticker, each.qty])),
  };
  const verdict = { kind: 'approved', weights: new Map(), breaches: [] } as const;
  const input = { accountId, decisionId: id, verdict, holdings, prices, universe, limits, rules };
  const decision: Decision = {
    kind: 'decided',
    id,
    cause: 'manual',
    asOf,
    regime: regimeOf(parts, observer),
    rankings: [],
    votes: [],
    portfolio: { target: new Map(), grossBefore: 0, grossAfter: 0 },
    verdict,
    holdings,
    closes: closesOf(parts, observer.bars(), asOf),
    prices,
    plan: planOrders(input),
  };
  return withInputs(parts.inputs, decision, { limits, rules, acceptedMoves: [] });
}

function freshId({ clocks, journal }: Pick<EngineParts, 'clocks' | 'journal'>): string {
  const day = newYorkDate(clocks.market.now());
  for (let number = 1; ; number++) {
    const id = flattenId(day, number);
    if (!journal.book().rebalances.has(id)) return id;
  }
}

/** The regime is not used; the last known one is recorded. */
function regimeOf({ journal }: Pick<EngineParts, 'journal'>, observer: Observer): Regime {
  const book = journal.book();
  const seen = observer.last();
  const last = [...book.rebalances.values()].at(-1)?.decision.regime;
  return (
    seen.data.regime ??
    last ?? {
      kind: 'neutral',
      close: book.baseline?.benchmark ?? 0,
      mean200: undefined,
      distance: undefined,
      momentum126: undefined,
    }
  );
}

/** Up-to-date closes only; an older one would block an order because the market has moved since. */
function closesOf(
  { universe }: Pick<EngineParts, 'universe'>,
  bars: Bars,
  asOf: SessionDate,
): ReadonlyMap<Ticker, number> {
  return new Map(
    instruments(universe).flatMap(({ ticker }): [Ticker, number][] => {
      const history = bars.get(ticker);
      const close = history?.dates.at(-1) === asOf ? history.close.at(-1) : undefined;
      return close === undefined ? [] : [[ticker, close]];
    }),
  );
}
