/** A replay as a timeline: which faults lasted when, which process lived, what was rebalanced, what broke. */
import { areaOf, FAULT_KINDS, ruleOf } from './kinds.ts';
import type { Happening } from './story.ts';

/** A line that was told, and when. */
export interface Told {
  readonly at: number;
  readonly text: string;
}

interface Span {
  readonly lane: string;
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly colour: string;
}

const [WIDTH, LEFT, ROW, TOP] = [1_400, 150, 18, 40];
const AREAS = [...new Set(FAULT_KINDS.map(areaOf))];
const [FAULT, PROCESS, REBALANCE, BROKEN] = ['#d08a2e', '#5b7fb5', '#3d8f5f', '#c23b3b'];
const DAY_MS = 86_400_000;

/** The picture as an SVG: one lane for processes, rebalances and violations each, then one for every area of faults. */
export function drawTimeline(happenings: readonly Happening[], told: readonly Told[]): string {
  const first = told[0]?.at ?? 0;
  const last = Math.max(first + 1, told.at(-1)?.at ?? 0);
  const spans: Span[] = [
    ...between(told, last, /^(process \d+) starts/, /^(process \d+) ends/, 'processes', PROCESS),
    ...between(
      told,
      last,
      /decided (\S+)/,
      /ET {2}(\S+) (?:complete|ended)/,
      'rebalances',
      REBALANCE,
    ),
    ...told
      .filter(({ text }) => text.startsWith('VIOLATION'))
      .map(({ at, text }) => span('violations', at, at, text, BROKEN)),
    ...happenings
      .filter(({ from }) => from <= last)
      .map(({ kind, from, to }) =>
        span(areaOf(kind), from, Math.min(to, last), ruleOf(kind).says, FAULT),
      ),
  ];
  const x = (at: number): number => LEFT + ((at - first) / (last - first)) * (WIDTH - LEFT - 20);
  const lanes = ['processes', 'rebalances', 'violations', ...AREAS];
  const height = TOP + lanes.length * ROW * 2 + 20;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    ...axis(first, last, x, height),
    ...lanes.flatMap((lane, index) => [
      `<text x="8" y="${yOf(index) + 12}" fill="#333333">${lane}</text>`,
      ...spans.filter((each) => each.lane === lane).map((each) => drawn(each, x, yOf(index))),
    ]),
    '</svg>',
  ].join('\n');
}

function yOf(lane: number): number {
  return TOP + lane * ROW * 2;
}

function span(lane: string, from: number, to: number, label: string, colour: string): Span {
  return { lane, from, to, label, colour };
}

/** From a line that begins something to the one that ends it, by the name in both. */
function between(
  told: readonly Told[],
  last: number,
  ...[begins, ends, lane, colour]: readonly [RegExp, RegExp, string, string]
): readonly Span[] {
  return told.flatMap(({ at, text }) => {
    const name = begins.exec(text)?.[1];
    if (name === undefined) return [];
    const end = told.find((each) => each.at >= at && ends.exec(each.text)?.[1] === name);
    return [span(lane, at, end?.at ?? last, name, colour)];
  });
}

function axis(
  first: number,
  last: number,
  x: (at: number) => number,
  height: number,
): readonly string[] {
  const days = (last - first) / DAY_MS;
  const step = [1 / 24, 0.25, 1, 7, 30].find((each) => days / each <= 16) ?? 30;
  const count = Math.floor(days / step) + 1;
  return Array.from({ length: count }, (_, index) => {
    const at = first + index * step * DAY_MS;
    const when = new Date(at).toISOString().slice(step < 1 ? 5 : 0, step < 1 ? 16 : 10);
    return (
      `<line x1="${x(at)}" x2="${x(at)}" y1="${TOP - 8}" y2="${height}" stroke="#dddddd"/>` +
      `<text x="${x(at) + 2}" y="${TOP - 14}" fill="#777777">${when.replace('T', ' ')}</text>`
    );
  });
}

/** Where a label does not fit, pointing at the span tells it. */
function drawn({ from, to, label, colour }: Span, x: (at: number) => number, y: number): string {
  const [left, width] = [x(from), Math.max(3, x(to) - x(from))];
  const text = label.replace(/[&<>]/g, ' ');
  const shown =
    width > text.length * 5.5
      ? `<text x="${left + 3}" y="${y + 12}" fill="#ffffff">${text}</text>`
      : '';
  return `<g><title>${text}</title><rect x="${left}" y="${y}" width="${width}" height="${ROW}" fill="${colour}" fill-opacity="0.8"/>${shown}</g>`;
}
