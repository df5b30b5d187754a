import { type DecisionInput, decide as decideNow } from '#core/decide/decide.ts';
import type { Decision, Holdings } from '#core/domain/decision.ts';
import { shadowModels, tradingModels } from '#core/domain/model-role.ts';
import {
  type Cents,
  cents,
  qtyToDecimal,
  type SessionDate,
  type Ticker,
  toDollars,
  valueOf,
} from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import type { Weights } from '#core/domain/weights.ts';
import type { BarSet } from '#core/ports.ts';
import { MODELS } from '#models/list.ts';
import { tradingRules } from '#src/config.ts';
import { closesAt, readBars, remarksOn } from './bars.ts';
import { type Command, UsageError } from './command.ts';
import { decisionText } from './decision-text.ts';
import { noDecisionResult } from './no-decision.ts';
import { cashOption, equityOption, positionOptions, sessionOption } from './options.ts';

/** `rotor decide`. */
export const decide: Command = {
  usage: '--as-of DATE --equity USD [--cash USD] [--position TICKER=QTY ...]',
  options: {
    'as-of': { type: 'string' },
    equity: { type: 'string' },
    cash: { type: 'string' },
    position: { type: 'string', multiple: true },
  },
  async run(values, parts) {
    const asOf = sessionOption(values, 'as-of');
    const equity = equityOption(values);
    const positions = positionOptions(values);
    const cash = cashOption(values);
    const rules = tradingRules(parts.env);
    const set = await readBars(values, parts, [...positions.keys()]);
    const prices = closesAt(set.bars, asOf);
    const holdings = { equity, positions, cash: cash ?? cashLeft(equity, positions, prices) };
    const outcome = decideNow({ ...inputOf(asOf, set, holdings, prices), ...rules });
    if (outcome.kind === 'no-decision') return noDecisionResult(outcome, remarksOn(set));
    return { exit: 0, json: jsonOf(outcome), text: decisionText(outcome), remarks: remarksOn(set) };
  },
};

function inputOf(
  asOf: SessionDate,
  { bars, refused }: BarSet,
  holdings: Holdings,
  prices: ReadonlyMap<Ticker, number>,
): Omit<DecisionInput, 'limits' | 'rules'> {
  return {
    id: `offline-${asOf}`,
    cause: 'manual',
    accountId: 'offline',
    asOf,
    bars,
    refused,
    universe: UNIVERSE,
    models: tradingModels(MODELS, new Map()),
    shadows: shadowModels(MODELS, new Map()),
    holdings,
    prices,
    warmUp: false,
  };
}

/** Equity less positions at the last closes. @throws UsageError when one has no close. */
function cashLeft(
  equity: Cents,
  positions: Holdings['positions'],
  prices: ReadonlyMap<Ticker, number>,
): Cents {
  let cash: number = equity;
  for (const [ticker, quantity] of positions) {
    const price = prices.get(ticker);
    if (price === undefined) {
      throw new UsageError(
        `--cash: expected dollars, because ${ticker} has no close to value it by`,
      );
    }
    cash -= valueOf(quantity, price);
  }
  return cents(cash);
}

/** The contract of `decide --json`. */
function jsonOf({ asOf, regime, votes, portfolio, verdict, plan }: Decision): unknown {
  const { kind, close, mean200, momentum126 } = regime;
  return {
    asOf,
    regime: { kind, close, mean200: mean200 ?? null, momentum126: momentum126 ?? null },
    models: votes.map(({ id, active, budget, share, weights }) => ({
      id,
      active,
      budget,
      share,
      weights: byTicker(weights),
    })),
    target: byTicker(portfolio.target),
    verdict: {
      kind: verdict.kind,
      weights: byTicker(verdict.weights),
      breaches: verdict.breaches.map(({ rule, ticker, from, to }) => ({
        rule,
        ticker: ticker ?? null,
        from,
        to,
      })),
    },
    orders: plan.orders.map(({ side, ticker, qty, clientOrderId, estimated }) => ({
      side,
      ticker,
      qty: qtyToDecimal(qty),
      clientOrderId,
      estimatedUsd: toDollars(estimated),
    })),
  };
}

function byTicker(weights: Weights): Record<string, number> {
  return Object.fromEntries(weights);
}
