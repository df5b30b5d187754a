import { findFaults, noDecision, rankingNeeds } from '#core/decide/completeness.ts';
import { rankSectors } from '#core/decide/momentum.ts';
import type { Ranking } from '#core/domain/model.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { tradingRules } from '#src/config.ts';
import { readBars, remarksOn } from './bars.ts';
import type { Command } from './command.ts';
import { noDecisionResult } from './no-decision.ts';
import { countOption, sessionOption } from './options.ts';
import { signedPercent, table } from './text.ts';

/** Sessions in half a year, the lookback of the core model. */
const LOOKBACK = 126;

/** `rotor rankings`. */
export const rankings: Command = {
  usage: '--as-of DATE [--lookback SESSIONS]',
  options: { 'as-of': { type: 'string' }, lookback: { type: 'string' } },
  async run(values, parts) {
    const asOf = sessionOption(values, 'as-of');
    const lookback = countOption(values, 'lookback', { from: 1, to: 5000, fallback: LOOKBACK });
    const set = await readBars(values, parts);
    const needs = rankingNeeds(UNIVERSE, asOf, [lookback]);
    const { acceptedMoves } = tradingRules(parts.env);
    const faults = findFaults(set.bars, set.refused, asOf, needs, acceptedMoves);
    if (faults.length > 0) return noDecisionResult(noDecision(asOf, faults), remarksOn(set));
    const ranking = rankSectors({ bars: set.bars, universe: UNIVERSE, asOf, lookback });
    return { exit: 0, json: ranking, text: textOf(ranking), remarks: remarksOn(set) };
  },
};

function textOf({ asOf, lookback, rankings: ranked, excluded }: Ranking): string {
  const sectorOf = new Map(UNIVERSE.sectors.map(({ ticker, sector }) => [ticker, sector]));
  const rows = ranked.map(({ rank, ticker, momentum }) => [
    String(rank),
    ticker,
    sectorOf.get(ticker) ?? '',
    signedPercent(momentum),
  ]);
  const left = excluded.map(({ ticker, reason }) => `left out: ${ticker}, ${reason}`);
  return [`Momentum over ${lookback} sessions to ${asOf}`, table(rows), ...left].join('\n');
}
