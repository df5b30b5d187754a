/** The measures of two trees side by side, and the goal for the later one. */
import type { Summary, Sums } from './summary.ts';

/** One measure before and now. */
export interface Comparison {
  readonly measure: string;
  readonly before: number;
  readonly now: number;
  /** As text; undefined for a measure without a goal. */
  readonly goal?: string;
  readonly met?: boolean;
}

/** Lines of code by which the product must shrink. */
const FEWER_LINES = 2400;

/** Documented exports in per cent, 0 to 100, rounded down so that 100 means all of them. */
export function documentedPercent(sums: readonly Sums[]): number {
  const exported = sums.reduce((sum, { exports }) => sum + exports, 0);
  const documented = sums.reduce((sum, each) => sum + each.documented, 0);
  return exported === 0 ? 100 : Math.floor((documented / exported) * 100);
}

/** The folders of core. */
function coreOf({ folders }: Summary): readonly Sums[] {
  return Object.entries(folders)
    .filter(([name]) => name.startsWith('src/core'))
    .map(([, sums]) => sums);
}

/** Compares two trees measure by measure. */
export function compare(before: Summary, now: Summary): readonly Comparison[] {
  const line = (measure: string, of: (summary: Summary) => number): Comparison => ({
    measure,
    before: of(before),
    now: of(now),
  });
  const atMost = (
    limit: number,
    measure: string,
    of: (summary: Summary) => number,
  ): Comparison => ({
    ...line(measure, of),
    goal: limit === 0 ? 'none' : `at most ${limit}`,
    met: of(now) <= limit,
  });
  const atLeast = (limit: number, measure: string, of: (each: Summary) => number): Comparison => ({
    ...line(measure, of),
    goal: limit === 100 ? '100' : `at least ${limit}`,
    met: of(now) >= limit,
  });
  const most = before.total.codeLines - FEWER_LINES;
  return [
    line('files', ({ total }) => total.files),
    atMost(most, 'lines of code', ({ total }) => total.codeLines),
    atMost(10, 'functions over 60 lines', ({ total }) => total.longFunctions),
    atMost(15, 'functions of complexity over 10', ({ total }) => total.complexFunctions),
    atLeast(100, 'exports documented, core, %', (each) => documentedPercent(coreOf(each))),
    atLeast(80, 'exports documented, all, %', ({ total }) => documentedPercent([total])),
    line('files with one importer', ({ total }) => total.oneImporter),
    line('rooms', ({ rooms }) => rooms.length),
    atMost(35, 'arrows between rooms', ({ arrows }) => arrows),
    line('arrows between top folders', ({ folderArrows }) => folderArrows),
    atMost(0, 'import circles', ({ circles }) => circles.length),
    ...Object.keys(now.levels).map((folder) =>
      atMost(8, `levels in ${folder}`, ({ levels }) => levels[folder] ?? 0),
    ),
  ];
}
