import { expect, it } from 'vitest';
import { wholeLinesHeight } from '#sandbox/page/client/whole-lines.ts';

const line = (top: number, bottom = top + 10) => ({ top, bottom });

it.each([
  ['ends below the last line that is whole', [line(0), line(20), line(40)], 45, 30],
  ['keeps its room between two lines', [line(0), line(20), line(40)], 35, 35],
  ['cuts no line of another column', [line(0), line(20), line(14, 32)], 31, 10],
  ['keeps its room where every height cuts one', [line(0, 90)], 45, 45],
  ['keeps its room without a line', [], 45, 45],
])('A pane of pins %s', (_, lines, room, height) => {
  expect(wholeLinesHeight(lines, room)).toBe(height);
});
