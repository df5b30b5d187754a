import { curvesOf } from '#core/evidence/curves.ts';
import type { Page } from '#core/evidence/page.ts';
import { pointsOf } from '#core/evidence/sweep.ts';
import { textOf } from '#core/evidence/words.ts';
import type { Command, OptionValues } from './command.ts';
import { htmlOf } from './evidence/html.ts';
import {
  EVIDENCE_OPTIONS,
  EVIDENCE_USAGE,
  progressOf,
  readEvidenceRequest,
} from './evidence/request.ts';
import { recordTrial, triesBefore } from './evidence/tries.ts';
import { WALK_OPTIONS, walkIn } from './evidence/walk-options.ts';
import { countOption } from './options.ts';
import { outFile } from './out-file.ts';
import { stateDir } from './state-dir.ts';

const MONKEYS = { from: 20, to: 100_000, fallback: 2_000 };
const BOOTS = { from: 100, to: 100_000, fallback: 2_000 };
const MAX_SEED = 2 ** 32 - 1;
const SEED = { from: 0, to: MAX_SEED, fallback: 20_251_114 };
const BOOT_SEED = { from: 0, to: MAX_SEED, fallback: 7 };

/** Random portfolios from which the chart's band is drawn. */
const DRAWN_MONKEYS = 200;

/** `rotor evidence`. */
export const evidence: Command = {
  usage:
    `${EVIDENCE_USAGE} [--monkeys N] [--seed N] [--boots N] [--boot-seed N] [--train YEARS] ` +
    '[--first YEAR] [--last YEAR] [--html FILE]',
  options: {
    ...EVIDENCE_OPTIONS,
    monkeys: { type: 'string' },
    seed: { type: 'string' },
    boots: { type: 'string' },
    'boot-seed': { type: 'string' },
    ...WALK_OPTIONS,
    html: { type: 'string' },
  },
  async run(values, parts) {
    const html = outFile(values, 'html');
    const draws = drawsOf(values);
    const asked = await readEvidenceRequest(values, parts);
    if ('refusal' in asked) return asked.refusal;
    const { setup, models, grid, centre, remarks, searchKey: key } = asked;
    const walk = walkIn(values, setup);
    const folder = stateDir(values, parts);
    const before = await triesBefore(folder, key);
    // The statistics need a library that no other terminal command loads.
    const { pageOf } = await import('#core/evidence/page.ts');
    const page = pageOf({
      ...{ setup, models, grid, centre, walk, ...draws },
      triedBefore: before,
      progress: progressOf(parts),
    });
    const settings = pointsOf(grid).length;
    const uncounted = recordTrial(values, parts, { what: 'evidence', settings, key });
    const provenance = { ...asked.provenance, seeds: `${draws.seed}, ${draws.bootSeed}` };
    if (html) {
      const { seed } = draws;
      const monkeySettings = { count: DRAWN_MONKEYS, seed, like: centre, sameExposure: false };
      html.write(
        htmlOf({ page, grid, provenance, curves: curvesOf(setup, models, monkeySettings) }),
      );
    }
    const line = Object.entries(provenance).map(([name, value]) => `${name} ${value}`);
    return {
      exit: 0,
      json: { ...page, foot: provenance },
      text: [textOf(page), '', ...line].join('\n'),
      remarks: [...remarks, ...undecided(page), ...uncounted],
    };
  },
};

/** The models stayed as they were on these sessions; `rotor backtest` gives the reason. */
function undecided({ runs, sessions }: Page): readonly string[] {
  const skipped = runs['all']?.skipped ?? [];
  const [first] = skipped;
  if (first === undefined) return [];
  return [
    `on ${skipped.length} of ${sessions} sessions the models were due and could not decide, the first as of ` +
      `${first}; rotor backtest names the reason`,
  ];
}

function drawsOf(values: OptionValues) {
  return {
    monkeys: countOption(values, 'monkeys', MONKEYS),
    seed: countOption(values, 'seed', SEED),
    boots: countOption(values, 'boots', BOOTS),
    bootSeed: countOption(values, 'boot-seed', BOOT_SEED),
  };
}
