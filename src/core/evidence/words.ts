/** The evidence as plain sentences, each chosen by a rule. 32 columns, to fit a phone. */
import { counted, grouped, readDifference } from '../domain/figures.ts';
import { SESSIONS_OF_A_YEAR } from '../domain/performance.ts';
import { TOLD_INTERVAL } from './bootstrap.ts';
import type { Page } from './page.ts';

/** With fewer sessions an interval is meaningless. */
const SHORT = 756;

/** The conclusion of a page, by the interval of the annual difference from the benchmark. */
export function verdictOf(page: Pick<Page, 'sessions' | 'bootstrap' | 'runs' | 'spy'>): string {
  const excess = page.bootstrap[TOLD_INTERVAL]?.excessCagr ?? {};
  const high = excess['0.975'] ?? Number.NaN;
  const years = inWords(Math.round(page.sessions / 252));
  if (page.sessions < SHORT) return 'The record is too short to tell.';
  if (showsEdge(excess, page.sessions))
    return `${years} show that these models have beaten SPY by more than luck explains.`;
  if (high < 0)
    return `${years} show that these models did worse than SPY, and luck does not explain it.`;
  const side = sideOf(gapOf(page)).toLowerCase();
  return `${years} give no sign that these models beat simply holding SPY; ${side} so far.`;
}

/** Whether the page shows that the models beat the benchmark. */
export function showsEdge(excess: Readonly<Record<string, number>>, sessions: number): boolean {
  return sessions >= SHORT && (excess['0.025'] ?? Number.NaN) > 0;
}

/** A titled section of the page; the first one is its head. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** The page as shown to people. */
export function sectionsOf(page: Page): readonly Section[] {
  return [
    {
      title: 'EVIDENCE',
      lines: [
        `${page.from ?? '?'} - ${page.to ?? '?'}`,
        'Filled next open, with costs',
        '',
        ...tableOf(page),
      ],
    },
    { title: 'IN ONE SENTENCE', lines: wrapped(verdictOf(page)) },
    { title: 'AGAINST SPY', lines: wrapped(againstSpy(page)) },
    { title: 'LUCK OR SKILL?', lines: wrapped(luck(page)) },
    { title: 'ARE THE SETTINGS SPECIAL?', lines: wrapped(settings(page)) },
    { title: 'CAN ONE PICK BETTER ONES?', lines: wrapped(picking(page)) },
    { title: 'LUCK OF THE CALENDAR', lines: wrapped(calendarLuck(page)) },
    { title: 'WHEN IT HURT', lines: wrapped(drawdownText(page.runs['all'])) },
    { title: 'COSTS', lines: wrapped(costs(page)) },
    { title: 'HOW LONG WOULD PROVE IT?', lines: wrapped(proof(page)) },
    { title: 'WHAT THIS CANNOT TELL', lines: wrapped(LIMITATIONS) },
  ];
}

/** The full text. */
export function textOf(page: Page): string {
  return sectionsOf(page)
    .map(({ title, lines }) => [title, ...lines].join('\n'))
    .join('\n\n');
}

const WIDTH = 32;

const LIMITATIONS =
  'One market, one history, ETFs that survived. Idle cash earns nothing unless a rate is set. ' +
  'Taxes are not counted. Not advice.';

function tableOf(page: Page): readonly string[] {
  const rows: readonly (readonly [string, number, number])[] = [
    ['Rotor', page.runs['all']?.cagr ?? Number.NaN, page.runs['all']?.mdd ?? Number.NaN],
    ['SPY', page.spy.cagr, page.spy.maxDrawdown],
    ['All sectors', page.equalWeight.cagr, page.equalWeight.mdd],
    ['SPY/TLT 60', page.mix6040.cagr, page.mix6040.maxDrawdown],
    [
      'Random',
      page.monkeys.dart.cagr['0.5'] ?? Number.NaN,
      page.monkeys.dart.maxDrawdown['0.5'] ?? Number.NaN,
    ],
  ];
  return growthTable(rows);
}

/** Name, annual growth and maximum drawdown, one line each below column heads. */
export function growthTable(
  rows: readonly (readonly [name: string, growth: number, fall: number])[],
): readonly string[] {
  return [
    row('', 'a year', 'max drawdown'),
    ...rows.map(([name, growth, fall]) => row(name, percent(growth), percent(fall))),
  ];
}

function row(name: string, growth: string, fall: string): string {
  return `${name.padEnd(12)}${growth.padStart(7)}${fall.padStart(13)}`;
}

/** Own annual growth less the benchmark's, as the table shows both. */
function gapOf({ runs, spy }: Pick<Page, 'runs' | 'spy'>): number {
  return readDifference(runs['all']?.cagr, spy.cagr, 1) ?? Number.NaN;
}

function againstSpy(page: Page): string {
  const { runs, spy, bootstrap, sessions, start } = page;
  const all = runs['all'];
  const excess = bootstrap[TOLD_INTERVAL]?.excessCagr ?? {};
  const gap = gapOf(page);
  const years = Object.values(all?.years ?? {});
  const ahead = years.filter((year) => year.you > year.spy).length;
  const interval =
    sessions < SHORT
      ? ''
      : `With 95% confidence the true gap lies between ${percent(Math.abs(excess['0.025'] ?? 0))} ` +
        `${behindOrAhead(excess['0.025'] ?? 0)} and ${percent(Math.abs(excess['0.975'] ?? 0))} ` +
        `${behindOrAhead(excess['0.975'] ?? 0)}. `;
  const side = sideOf(gap);
  const size = side === 'Level' ? 'Level with SPY' : `${side} by ${percent(Math.abs(gap))} a year`;
  return (
    `${size}. ${interval}` +
    `Ahead in ${ahead} of ${counted(years.length, 'calendar year')}. $${dollarsOf(start)} became ` +
    `$${dollarsOf(all?.final ?? 0)}; in SPY it became $${dollarsOf(start * (1 + spy.total))}.`
  );
}

function luck({ monkeys }: Page): string {
  const { dart, sameExposure } = monkeys;
  return (
    `${counted(dart.count, 'monkey')} each held random sectors every month. ` +
    `${ofHundred(dart.betterThanAllCagr)} did better. Of monkeys that also stood aside when the ` +
    `core model did, it beat ${ofHundred(sameExposure.worseThanV1Cagr)}.`
  );
}

function settings({ grid, plateau, dsr }: Page): string {
  const luck = isVaried(grid) ? (dsr['gridBest']?.all.dsr ?? Number.NaN) : Number.NaN;
  const isTraded = plateau && !Number.isNaN(plateau.sharpe);
  const near = isTraded && plateau.neighbours > 0;
  return [
    `${counted(grid.points + grid.triedBefore, 'setting')} tried.`,
    `${none(grid.beatSpyCagr)} earned more than SPY, ${none(grid.beatEqualCagr).toLowerCase()} more than`,
    'holding all sectors.',
    ...(isTraded ? [`Ours (core) is no. ${plateau.rank}${near ? ';' : '.'}`] : []),
    ...(plateau && !isTraded ? ['Ours (core) never traded.'] : []),
    ...(near
      ? [
          `its neighbours have a Sharpe ratio of ${ratio(plateau.min)} to`,
          `${ratio(plateau.max)}, ours ${ratio(plateau.sharpe)}.`,
        ]
      : []),
    ...(Number.isFinite(luck)
      ? [`After so many tries a best one this good is expected by luck in ${ofHundred(1 - luck)}.`]
      : []),
  ].join(' ');
}

function picking({ grid, pbo, walk }: Page): string {
  const parts = [];
  if (grid.points > 1 && !isVaried(grid)) {
    parts.push('No two settings fared differently, so that none could be picked as better.');
  } else if (grid.points > 1) {
    parts.push(
      `The best setting on half of the history fell into the worse half on the rest in ` +
        `${ofHundred(pbo.pbo)} tries. ${overfittingWords(pbo.pbo)}`,
    );
  }
  if (walk) {
    parts.push(
      walk.sessions < SESSIONS_OF_A_YEAR
        ? 'Choosing again each year: the bars leave less than a year to test it on.'
        : `Choosing again each year made ${percent(walk.ledger.cagr)} a year since ${walk.rule.first}; ` +
            `never changing made ${percent(walk.fixedV1.cagr)}, SPY ${percent(walk.spy.cagr)}.`,
    );
  }
  return parts.join(' ') || 'One setting in one year: nothing to pick from.';
}

/** Whether the settings fared differently: only then is one of them the best. */
function isVaried({ sharpe }: Page['grid']): boolean {
  return (sharpe['1'] ?? Number.NaN) > (sharpe['0'] ?? Number.NaN);
}

function overfittingWords(share: number): string {
  if (share < 0.15) return 'The better settings stayed better.';
  return share >= 0.4 && share <= 0.75
    ? 'Like a coin toss: past winners say nothing about the future.'
    : 'The answer is unclear.';
}

function calendarLuck({ dayLuck }: Page): string {
  const days = dayLuck['all'] ?? [];
  return `Trading on another day of the month: ${percent(Math.min(...days))} to ${percent(Math.max(...days))} a year.`;
}

function drawdownText(run: Page['runs'][string] | undefined): string {
  const [worst] = run?.drawdowns ?? [];
  if (!run || !worst) return 'It never had a drawdown.';
  const end = worst.recovered ? `recovered on ${worst.recovered}` : 'not recovered yet';
  return (
    `From ${worst.peak ?? 'the start'} ${percent(worst.depth)} down in ${counted(worst.sessionsDown, 'trading day')}, ${end}. ` +
    `Longest below a peak: ${counted(run.longestUnderSessions, 'trading day')}.`
  );
}

function costs({ runs, costs: byRate }: Page): string {
  const rate = (bps: string): string => `${bps} bps ${percent(byRate.all[bps]?.cagr ?? 0)}`;
  const turned = runs['all']?.turnover.toFixed(1) ?? '-';
  return `Turns over ${turned} times a year. A year at cost ${['0', '20', '50'].map(rate).join(', ')}.`;
}

function proof({ runs }: Page): string {
  const sessions = runs['all']?.minTrlExcess;
  return sessions === null || sessions === undefined
    ? 'No length of record would prove an edge over SPY at this pace.'
    : `At this pace ${(sessions / 252).toFixed(1)} years would prove an edge over SPY.`;
}

function dollarsOf(value: number): string {
  return grouped(Math.round(value));
}

/** By the figure as shown: a gap of 0.0% is neither behind nor ahead. */
function sideOf(gap: number): 'Behind' | 'Level' | 'Ahead' {
  const shown = Number((gap * 100).toFixed(1));
  return shown < 0 ? 'Behind' : shown > 0 ? 'Ahead' : 'Level';
}

function behindOrAhead(gap: number): 'behind' | 'ahead' {
  return gap < 0 ? 'behind' : 'ahead';
}

/** A fraction as per cent with one decimal; what rounds to 0 has no sign. */
export function percent(fraction: number): string {
  return `${unsignedZero((fraction * 100).toFixed(1))}%`;
}

function ratio(value: number): string {
  return unsignedZero(value.toFixed(2));
}

function unsignedZero(text: string): string {
  return Number(text) === 0 ? text.replace('-', '') : text;
}

function ofHundred(share: number): string {
  return `${Math.round(share * 100)} of 100`;
}

function none(value: number): string {
  return value === 0 ? 'None' : grouped(value);
}

function inWords(years: number): string {
  return years === 10 ? 'Ten years' : years === 1 ? 'One year' : `${years} years`;
}

/** Lines of at most 32 columns, broken between words. */
export function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
