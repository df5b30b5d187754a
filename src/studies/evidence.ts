/** The evidence page as screens of a chat. */
import type { Model } from '#core/domain/model.ts';
import { shadowModels, tradingModels } from '#core/domain/model-role.ts';
import { curvesOf } from '#core/evidence/curves.ts';
import { type Page, type PageInput, pageOf } from '#core/evidence/page.ts';
import { type Grid, type Point, pointsOf } from '#core/evidence/sweep.ts';
import { type BacktestSetup, deskOf, summaryOf, trialOf } from '#core/evidence/trial.ts';
import type { Walk } from '#core/evidence/walk-forward.ts';
import { growthTable, sectionsOf, verdictOf, wrapped } from '#core/evidence/words.ts';
import type {
  NoAnswer,
  Progress,
  Screen,
  StudyAnswer,
  StudyRequest,
  StudySection,
} from '#core/studies.ts';
import { MODELS } from '#models/list.ts';
import { datesAt } from './curves.ts';
import { keyOf } from './key-of.ts';
import { MARGIN_RATE, type StudyInputs, setupOf } from './setup.ts';

/** The same as in the terminal, so that both give the same results for the same bars. */
const DRAWS = { monkeys: 2_000, seed: 20_251_114, boots: 2_000, bootSeed: 7 };
const DRAWN_MONKEYS = 200;
const TRAIN_YEARS = 3;

/** Settings of the core model to try: lookback, top, minimum momentum. */
export const GRID: Grid = {
  lookback: Array.from({ length: 17 }, (_, index) => 14 * (index + 1)),
  top: [1, 2, 3, 4, 5, 6],
  min: [0, 0.025, 0.05, 0.075, 0.1],
};

/** Computes the page; takes a few seconds of CPU for ten years. */
export function evidenceOf(
  { triedBefore, roles = new Map() }: Extract<StudyRequest, { kind: 'evidence' }>,
  given: StudyInputs,
  triedInTerminal: number,
  progress: Progress,
): StudyAnswer['evidence'] | NoAnswer {
  const setup = setupOf(given);
  if ('kind' in setup) return setup;
  const models = tradingModels(MODELS, roles);
  const centre = coreSettings();
  const key = searchKey(given);
  const page = pageOf({
    ...{ setup, models, grid: GRID, centre, walk: walkOf(setup), ...DRAWS },
    triedBefore: triedBefore + triedInTerminal,
    progress: overall(progress),
  });
  const monkeySettings = {
    count: DRAWN_MONKEYS,
    seed: DRAWS.seed,
    like: centre,
    sameExposure: false,
  };
  const { places, you, spy, sectors, low, high } = curvesOf(setup, models, monkeySettings);
  return {
    kind: 'evidence',
    screens: screensOf(page, {
      shadows: shadowSection(setup, models, shadowModels(MODELS, roles)),
      borrowing: borrowingSection(given),
    }),
    verdict: verdictOf(page),
    curves: {
      dates: datesAt(setup, places),
      lines: [
        { name: 'You', values: you },
        { name: 'SPY', values: spy },
        { name: 'All sectors', values: sectors },
      ],
      band: { low, high },
    },
    settings: pointsOf(GRID).length,
    key,
  };
}

/** The settings first, then the two runs of random portfolios. */
function overall(progress: Progress): NonNullable<PageInput['progress']> {
  const settings = pointsOf(GRID).length;
  const of = settings + 2 * DRAWS.monkeys;
  const before: Readonly<Record<string, number>> = {
    monkeys: settings,
    'monkeys that stand aside': settings + DRAWS.monkeys,
  };
  return (what, done) => progress((before[what] ?? 0) + done, of);
}

/** Lookback, top and minimum momentum of the first model. */
export function coreSettings(): Point {
  const [core] = MODELS;
  const { lookback = 126, top = 3, minimumMomentum = 0 } = core?.parameters ?? {};
  return [lookback, top, minimumMomentum];
}

/** Each year with years before it, of which at most three are used for selection. */
function walkOf({ history, from, to }: BacktestSetup): Walk {
  const yearOf = (row: number): number => Number(history.panel.dates[row]?.slice(0, 4));
  const [start, last] = [yearOf(from), yearOf(to)];
  const train = Math.max(1, Math.min(TRAIN_YEARS, last - start));
  return { train, first: Math.min(start + train, last), last };
}

/** Repeating a search is not a further trial, even on later bars. */
function searchKey({ limits, rules }: StudyInputs): string {
  return keyOf(['evidence', GRID, limits, rules]);
}

const IN_THE_SHADOW = 'IN THE SHADOW';

/** Each shadow model alone over the same sessions, next to the trading models; empty without shadows. */
function shadowSection(
  setup: BacktestSetup,
  trading: readonly Model[],
  shadows: readonly Model[],
): readonly StudySection[] {
  if (shadows.length === 0) return [];
  const row = (name: string, models: readonly Model[]) => {
    const { cagr, mdd } = summaryOf(trialOf(setup, deskOf(models, setup.history)));
    return [name, cagr, mdd] as const;
  };
  const rows = shadows.map((model, index) => row(`Shadow ${index + 1}`, [model]));
  const names = shadows.map(({ id }, index) => `Shadow ${index + 1}: ${id}`);
  const table = growthTable([row('Rotor', trading), ...rows]);
  return [{ title: IN_THE_SHADOW, lines: [...table, ...names.flatMap(wrapped)] }];
}

/** Sections of each screen, in reading order. */
const PLACES: Readonly<Record<Exclude<Screen, 'how-to-read'>, readonly string[]>> = {
  first: ['EVIDENCE', 'IN ONE SENTENCE', 'AGAINST SPY', IN_THE_SHADOW],
  luck: ['LUCK OR SKILL?', 'LUCK OF THE CALENDAR'],
  settings: ['ARE THE SETTINGS SPECIAL?', 'CAN ONE PICK BETTER ONES?'],
  'bad-times': ['WHEN IT HURT', 'COSTS', 'HOW LONG WOULD PROVE IT?'],
};

const HOW_TO_READ: readonly StudySection[] = [
  {
    title: 'THE TABLE',
    lines: wrapped(
      'Growth per year, and the maximum drawdown. Rotor means today’s settings over the ' +
        'last ten years. Random is the median of 2,000 portfolios of random sectors.',
    ),
  },
  {
    title: 'THE PICTURE',
    lines: wrapped(
      'Growth of $1. The grey band holds 90 of 100 random portfolios: inside it nobody can tell ' +
        'skill from luck.',
    ),
  },
  {
    title: 'THE SENTENCE',
    lines: wrapped(
      'History is shuffled 2,000 times in pieces of a month. It says that Rotor is better only where ' +
        'nearly every shuffle leaves it ahead of SPY.',
    ),
  },
];

/** Shown when Rotor may borrow. */
function borrowingSection({ limits }: StudyInputs): readonly StudySection[] {
  if (limits.maxGross <= 1) return [];
  const rate = `${MARGIN_RATE * 100}% a year`;
  return [{ title: 'BORROWED MONEY', lines: wrapped(`MAX_GROSS lends; that is charged ${rate}.`) }];
}

interface OwnSections {
  readonly shadows: readonly StudySection[];
  readonly borrowing: readonly StudySection[];
}

function screensOf(
  page: Page,
  { shadows, borrowing }: OwnSections,
): StudyAnswer['evidence']['screens'] {
  const sections = [...sectionsOf(page), ...shadows];
  const titled = (titles: readonly string[]): readonly StudySection[] =>
    titles.flatMap((title) => sections.filter((each) => each.title === title));
  return {
    first: titled(PLACES.first),
    luck: titled(PLACES.luck),
    settings: titled(PLACES.settings),
    'bad-times': titled(PLACES['bad-times']),
    'how-to-read': [...HOW_TO_READ, ...borrowing, ...titled(['WHAT THIS CANNOT TELL'])],
  };
}
