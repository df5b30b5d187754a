/** What every chart promises, whatever it shows. */
import { expect } from 'vitest';
import type { Chart } from '#bot/charts/chart.ts';
import { createDraw } from '#bot/charts/draw.ts';
import { toMessage } from '#bot/messages/render-message.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { type SessionDate, sessionDate } from '#core/domain/units.ts';
import { silentLog } from '#tests/support/log.ts';
import { type Pixels, pixelsOf, type Region } from './pixels.ts';

/** Only for hangs: a busy machine may take long to draw. */
export const HANG_MS = 600_000;
const draw = createDraw(undefined, HANG_MS);
const LAST = sessionDate('2026-11-20');

/** The last so many sessions to 2026-11-20. */
export function sessions(count: number): readonly SessionDate[] {
  const days = sessionsIn(sessionDate('2010-01-04'), LAST).map(({ date }) => date);
  if (days.length < count) throw new Error(`expected at most ${days.length} sessions`);
  return days.slice(-count);
}

export function made(chart: Chart | undefined): Chart {
  if (!chart) throw new Error('expected a chart');
  return chart;
}

/** Two lines of words at the top. */
const HEAD: Region = [0, 0, 1100, 120];

/** Draws it and holds it to what is promised of all charts. */
export async function drawn(chart: Chart): Promise<Pixels> {
  expect(functionsIn(chart.config)).toEqual([]);
  expect(chart.alt.length).toBeLessThanOrEqual(1024);
  expect(chart.alt).not.toMatch(/NaN|Infinity|undefined|null/);
  expect(chart.name).toMatch(/^[a-z]+\.png$/);
  const config = structuredClone(chart.config);
  const png = await draw(chart);
  expect(chart.config).toEqual(config);
  expect(png.length).toBeLessThan(10 * 1024 * 1024);
  const pixels = await pixelsOf(png);
  expect([pixels.width, pixels.height]).toEqual([1100, 2 * (chart.height ?? 310)]);
  const bare = await pixelsOf(await draw({ ...chart, config: withoutWords(chart) }));
  expect(pixels.inked(HEAD)).toBeGreaterThan(bare.inked(HEAD) + 800);
  return pixels;
}

function withoutWords({ config }: Chart): Chart['config'] {
  const bare = structuredClone(config);
  const { title, subtitle } = bare.options?.plugins ?? {};
  for (const words of [title, subtitle]) if (words?.text !== undefined) words.text = '';
  return bare;
}

function functionsIn(value: unknown, path = 'config'): readonly string[] {
  if (typeof value === 'function' || value === undefined) return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => functionsIn(each, `${path}.${key}`));
}

/** The message that goes out when the picture cannot be drawn. */
export async function undrawn(chart: Chart): Promise<string> {
  const post = { embeds: [{ title: 'A chart', description: 'above' }], chart };
  const refuse = () => Promise.reject(new Error('no canvas'));
  const message = await toMessage(post, refuse, silentLog);
  expect(message.file).toBeUndefined();
  return message.embeds[0]?.description ?? '';
}

/** All percentages of a text as fractions, in order. */
export function percentagesIn(text: string): readonly number[] {
  return [...text.matchAll(/([+−]?)(\d+(?:\.\d+)?)%/g)].map(
    ([, sign, size]) => (Number(size) / 100) * (sign === '−' ? -1 : 1),
  );
}

/** Holds the percentages of a text to numbers, to the hundredth of a per cent that it shows. */
export function expectNumbers(text: string, numbers: readonly number[]): void {
  const found = percentagesIn(text);
  expect(found).toHaveLength(numbers.length);
  found.forEach((each, index) => {
    expect(each).toBeCloseTo(numbers[index] ?? Number.NaN, 4);
  });
}
