/** Growth of one dollar as an SVG line chart with a logarithmic scale. */
import type { Curves } from '#core/evidence/curves.ts';

// Narrow, so that its letters can be read at the width of a phone.
const WIDTH = 480;
const HEIGHT = 300;
const LEFT = 44;
const RIGHT = 8;
const TOP = 10;
const BOTTOM = 46;

type Drawn = Pick<Curves, 'places' | 'you' | 'spy'> & Partial<Curves>;

/** The account and SPY; all sectors and the band of random portfolios if given. */
export function lineChart(curves: Drawn, from: string, to: string): string {
  const { you, spy, sectors = [], low = [], high = [] } = curves;
  const values = [you, spy, sectors, low, high].flat();
  const [least, most] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
  const x = (index: number): number =>
    LEFT + (index / Math.max(1, curves.places.length - 1)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number =>
    TOP + ((most - Math.log(value)) / (most - least || 1)) * (HEIGHT - TOP - BOTTOM);
  const points = (line: readonly number[]): string =>
    line.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  const band = [...high.map((value, index) => [index, value] as const), ...backwards(low)]
    .map(([index, value]) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`)
    .join(' ');
  const line = (of: readonly number[], style: string): string =>
    `<polyline points="${points(of)}" fill="none" stroke-width="2" ${style}/>`;
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Growth of one dollar" font-family="sans-serif" font-size="13" fill="currentColor">`,
    ...gridLines(Math.exp(least), Math.exp(most), y),
    `<polygon points="${band}" fill="#8892a0" opacity=".28"/>`,
    line(sectors, 'stroke="#8a6d1d" stroke-dasharray="2 3"'),
    line(spy, 'stroke="#c2571a" stroke-dasharray="7 4"'),
    line(you, 'stroke="var(--you)"'),
    `<text x="${LEFT}" y="${HEIGHT - 28}">${from}</text>`,
    `<text x="${WIDTH - RIGHT}" y="${HEIGHT - 28}" text-anchor="end">${to}</text>`,
    legend(sectors.length > 0),
    `</svg><figcaption>Growth of $1.${high.length > 0 ? ' Grey: 90 of 100 random portfolios.' : ''}</figcaption>`,
  ].join('');
}

function backwards(line: readonly number[]): readonly (readonly [number, number])[] {
  return line.map((value, index) => [index, value] as const).reverse();
}

function gridLines(least: number, most: number, y: (value: number) => number): readonly string[] {
  return [0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12]
    .filter((value) => value >= least && value <= most)
    .map(
      (value) =>
        `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" ` +
        `stroke="currentColor" opacity=".15"/><text x="${LEFT - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">$${value}</text>`,
    );
}

function legend(hasSectors: boolean): string {
  const all = [
    ['Rotor', 'stroke="var(--you)"'],
    ['SPY', 'stroke="#c2571a" stroke-dasharray="7 4"'],
    ['All sectors', 'stroke="#8a6d1d" stroke-dasharray="2 3"'],
  ] as const;
  return all
    .slice(0, hasSectors ? all.length : 2)
    .map(([name, style], index) => {
      const x = LEFT + index * 130;
      const y = HEIGHT - 8;
      return (
        `<line x1="${x}" x2="${x + 26}" y1="${y - 4}" y2="${y - 4}" stroke-width="3" ${style}/>` +
        `<text x="${x + 32}" y="${y}">${name}</text>`
      );
    })
    .join('');
}
