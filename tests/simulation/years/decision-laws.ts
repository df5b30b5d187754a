/** What must hold of a decision in the moment in which it is made, by the simulation's own truth. */
import type { Bars } from '#core/domain/bar.ts';
import { type Decision, isFlatten, isRaise, type PlanLine } from '#core/domain/decision.ts';
import { epochMs, type SessionDate, toShares } from '#core/domain/units.ts';
import { BLINDING, type LawParts, PRICE_FAULTS } from './order-laws.ts';
import { trueSessionsBefore } from './true-calendar.ts';
import { trueTarget } from './true-target.ts';
import { worthOf } from './worth.ts';

const MINUTE_MS = 60_000;
/** How long what was read before a fault ended may still be what is decided on. */
const READ_MS = 16 * MINUTE_MS;
/** A plan that was approved is some minutes old. */
const [PRICE_SLACK, FRESH_SLACK] = [0.02, 0.005];
const SAME = 1e-6;
/** Buys are cut to the money that there is: less a reserve, and less what small differences keep held. */
const CUT = 0.1;

/** A decision is made on the true bars of the last complete session, and on the true account. */
export function checkDecision(parts: LawParts, decision: Decision, skewMs: number): void {
  const { time, market, report } = parts;
  if (isFlatten(decision) || isRaise(decision)) return checkSale(parts, decision);
  checkAccount(parts, decision);
  checkPrices(parts, decision);
  checkPlan(parts, decision);
  const now = time.now();
  const last = lastWithBars(parts);
  if (decision.asOf !== last && skewMs === 0) {
    report(
      'decision on other bars',
      `${decision.id}: as of ${decision.asOf}, the last session is ${last}`,
    );
  }
  // What was adjusted in the night may be read a night later.
  const views = [
    market.bars(decision.asOf, now),
    market.bars(decision.asOf, epochMs(now - 20 * 60 * MINUTE_MS)),
  ];
  for (const [ticker, close] of decision.closes) {
    const truths = views.map((bars) => bars.get(ticker)?.close.at(-1) ?? 0);
    if (truths.some((truth) => Math.abs(close / truth - 1) < SAME)) continue;
    report(
      'decision on other bars',
      `${decision.id}: ${ticker} at ${close}, it closed at ${truths.join(' or ')}`,
    );
  }
  checkTarget(parts, decision, views);
}

/** Daily bars are there a quarter of an hour after the close, and are asked for a minute later. */
const BARS_AFTER_MS = 16 * MINUTE_MS;
/** The exchange is never shut for longer. */
const LOOK_BACK = 10;

/** The last session that is over and whose bars are final, by the exchange's own calendar. */
export function lastWithBars({
  time,
  market,
}: Pick<LawParts, 'time' | 'market'>): SessionDate | undefined {
  const over = time.now() - BARS_AFTER_MS;
  return trueSessionsBefore(over, LOOK_BACK).findLast(
    ({ date, close }) => close <= over && !market.isShut(date),
  )?.date;
}

/** What a person wants sold is sold whole, and nothing is bought. */
export function checkSale(parts: LawParts, { id, plan }: Pick<Decision, 'id' | 'plan'>): void {
  const { report, exchange, faults, time } = parts;
  const bought = plan.orders.filter(({ side }) => side === 'buy').map(({ ticker }) => ticker);
  const isBlind = faults.since(epochMs(time.now() - READ_MS), BLINDING);
  const kept = [...exchange.holdings().shares].filter(
    ([ticker, held]) =>
      !isBlind && held > 0 && !plan.orders.some((order) => order.ticker === ticker),
  );
  const names = [...bought, ...(id.startsWith('flatten') ? kept.map(([ticker]) => ticker) : [])];
  if (names.length > 0) report('plan beside its target', `${id}: ${names.join(', ')}`);
}

/** What is sized is the account as it is, where nothing of it could be known wrongly. */
function checkAccount(parts: LawParts, { id, holdings }: Decision): void {
  const { time, faults, report } = parts;
  if (faults.since(epochMs(time.now() - READ_MS), [...BLINDING, ...PRICE_FAULTS])) return;
  const { sized: equity } = worthOf(parts);
  if (Math.abs(holdings.equity / equity - 1) > 0.03)
    report('decision on a wrong account', `${id}: sized on ${holdings.equity}, it is ${equity}`);
}

/** What is sized is sized at what shares trade at, where prices could be known. */
export function checkPrices(
  { time, faults, market, report, settings }: LawParts,
  { id, cause, plan, closes }: Pick<Decision, 'id' | 'cause' | 'plan' | 'closes'>,
): void {
  if (faults.since(epochMs(time.now() - READ_MS), PRICE_FAULTS)) return;
  const isUnpriced = faults.since(epochMs(time.now() - READ_MS), ['no-prices']);
  for (const { ticker, price, toQty } of plan.lines) {
    // What is sold whole needs no price for its size; its order waits for one.
    if (isUnpriced && toQty === 0 && price === closes.get(ticker)) continue;
    const truth = market.price(ticker, time.now()).price;
    const gap = Math.abs(truth / price - 1);
    // A close that the price contradicts, as before the bars show a split, sizes an order that waits.
    const waits = price === closes.get(ticker) && gap > settings.limits.priceCollar;
    if (gap > (cause === 'manual' ? PRICE_SLACK : FRESH_SLACK) && !waits)
      report('decision on wrong prices', `${id}: ${ticker} at ${price}, it trades at ${truth}`);
  }
}

/** The weights are those that the models' description gives for the true closes. */
function checkTarget(
  { report, settings }: LawParts,
  decision: Decision,
  views: readonly Bars[],
): void {
  const { id, regime, rankings, verdict, holdings } = decision;
  const { limits } = settings;
  const least = limits.minPosition / Math.max(1, holdings.equity);
  const truths = views.flatMap((bars) => {
    const closes = new Map([...bars].map(([ticker, { close }]) => [ticker, [...close]]));
    return trueTarget(closes, { ...limits, least }) ?? [];
  });
  const differing = truths.map(({ regime: kind, weights, mean, gained }) => {
    const tickers = [...new Set<string>([...weights.keys(), ...verdict.weights.keys()])];
    const found = new Map<string, number>(verdict.weights);
    const wrong = tickers.filter(
      (ticker) => Math.abs((found.get(ticker) ?? 0) - (weights.get(ticker) ?? 0)) > SAME,
    );
    return [
      ...(kind === regime.kind ? [] : [`${regime.kind} for ${kind}`]),
      ...(isSame(regime.mean200, mean) ? [] : [`a mean of ${regime.mean200} for ${mean}`]),
      ...rankings.flatMap(({ lookback, rankings: ranked }) =>
        ranked
          .filter(({ ticker, momentum }) => !isSame(momentum, gained(ticker, lookback)))
          .map(({ ticker }) => `the momentum of ${ticker}`),
      ),
      ...rankings.flatMap(({ lookback, rankings: ranked }) =>
        ranked
          .filter(({ ticker }, place) => {
            const next = ranked[place + 1]?.ticker ?? ticker;
            return gained(ticker, lookback) < gained(next, lookback) - SAME;
          })
          .map(({ ticker }) => `the rank of ${ticker}`),
      ),
      ...wrong.map((ticker) => `${ticker} ${found.get(ticker)} for ${weights.get(ticker)}`),
    ];
  });
  if (differing.length > 0 && differing.every((words) => words.length > 0))
    report('another target', `${id}: ${differing[0]?.join(', ')}`);
}

function isSame(found: number | undefined, truth: number): boolean {
  return Math.abs((found ?? Number.NaN) - truth) <= SAME * Math.max(1, Math.abs(truth));
}

/** A plan ends at its target: what is not wanted is sold, and the rest is right to the share and the drift. */
function checkPlan(
  { report, settings }: LawParts,
  { id, verdict, holdings, plan }: Decision,
): void {
  if (verdict.kind === 'refused') return;
  const { equity } = holdings;
  for (const line of plan.lines) {
    const wanted = verdict.weights.get(line.ticker) ?? 0;
    const { least, most } = boundsOf(line, wanted, equity, settings);
    const after = (toShares(line.toQty) * line.price * 100) / equity;
    if (after >= least && after <= most) continue;
    report('plan beside its target', `${id}: ${line.ticker} ends at ${after}, it wants ${wanted}`);
  }
  for (const [ticker, held] of holdings.positions) {
    if (held > 0 && !plan.lines.some((line) => line.ticker === ticker))
      report('plan beside its target', `${id}: ${ticker} is held and not in the plan`);
  }
}

function boundsOf(
  { action, price }: PlanLine,
  wanted: number,
  equity: number,
  { rules: { minDrift, minOrder } }: LawParts['settings'],
) {
  const share = (price * 100 + SAME) / equity;
  const loose = Math.max(minDrift, share, minOrder / equity) + SAME;
  // A part of a share cannot be sold.
  if (wanted === 0) return { least: 0, most: share };
  if (action === 'sell') return { least: wanted - share, most: wanted + share };
  return { least: wanted - loose - CUT, most: wanted + (action === 'buy' ? share : loose) };
}
