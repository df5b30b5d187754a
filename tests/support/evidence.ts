/** Expected results of the evidence from another program, where they are beside the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { prepareHistory } from '#core/backtest/history.ts';
import { dollars, sessionDate } from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import type { BacktestSetup } from '#core/evidence/trial.ts';
import { readFolder } from '#core/market/files/folder.ts';
import { rowOf } from '#core/rules/panel.ts';
import { SHARED_BARS, sharedBarsPresent } from './cli.ts';
import { LIMITS, RULES } from './deciding.ts';

const CASES = '../shared/cases/evidence.json';

/** Whether cases and bars are there. */
export const evidencePresent = sharedBarsPresent && existsSync(CASES);

const numbers = z.record(z.string(), z.number().nullable());

const CaseFile = z.object({
  period: z.looseObject({
    input: z.looseObject({
      from: z.string(),
      to: z.string(),
      equity: z.number(),
      bps: z.number(),
      grid: z.object({
        lookback: z.array(z.number()),
        top: z.array(z.number()),
        min: z.array(z.number()),
      }),
      centre: z.tuple([z.number(), z.number(), z.number()]),
      walk: z.object({ train: z.number(), first: z.number(), last: z.number() }),
      seed: z.number(),
      bootSeed: z.number(),
      boots: z.number(),
    }),
  }),
  subPeriods: z.record(z.string(), z.looseObject({ final: z.number(), cagr: z.number() })),
  synthetic: z.object({
    series: z.array(
      z.object({
        series: z.object({
          kind: z.enum(['white', 'ar1', 'skewed', 'positive']),
          ...{ seed: z.number(), n: z.number(), mu: z.number(), sigma: z.number() },
          phi: z.number().optional(),
        }),
        expected: z.looseObject({ psr: numbers, minTrl95: numbers }),
      }),
    ),
    pbo: z.array(
      z.object({
        matrix: z.object({
          ...{ base: z.number(), T: z.number(), N: z.number() },
          drift: z.record(z.string(), z.number()).optional(),
          phi: z.number().optional(),
        }),
        S: z.number(),
        expected: numbers,
        dsr: numbers,
      }),
    ),
    handPbo: z.object({
      returns: z.array(z.array(z.number())),
      S: z.number(),
      expected: numbers,
      logits: z.array(z.number()),
    }),
  }),
});

/** The cases. @throws Error when they are not there. */
export function evidenceCases(): z.infer<typeof CaseFile> {
  return CaseFile.parse(JSON.parse(readFileSync(CASES, 'utf8')));
}

/** Real bars from one day to another, and an account of so many dollars. */
export async function realGround(from: string, to: string, usd = 100_000): Promise<BacktestSetup> {
  const { bars } = await readFolder({
    folders: [`${SHARED_BARS}/equities`],
    tickers: instruments(UNIVERSE).map(({ ticker }) => ticker),
    latest: sessionDate('2026-12-31'),
  });
  const history = prepareHistory({ bars, universe: UNIVERSE });
  const rows = {
    from: rowOf(history.panel, sessionDate(from)),
    to: rowOf(history.panel, sessionDate(to)),
  };
  return { history, ...rows, equity: dollars(usd), slippageBps: 5, limits: LIMITS, rules: RULES };
}
