import { expect, it } from 'vitest';
import { plateauPicture, plateauRows } from '#src/cli/evidence/plateau.ts';

const GRID = { lookback: [112, 126, 140], top: [2, 3], min: [0] };
const sharpeOf = (lookback: number, top: number): number => lookback / 1_000 + top;

it('The plateau has a row for each number of holdings and a column for each lookback', () => {
  expect(plateauRows(GRID, sharpeOf)).toEqual([
    ['', '112', '126', '140'],
    ['top 2', '2.11', '2.13', '2.14'],
    ['top 3', '3.11', '3.13', '3.14'],
  ]);
});

it('The chart of the plateau frames only the current setting, and none if it is not included', () => {
  const framed = (text: string): number => text.split('stroke-width="3"').length - 1;
  const picture = plateauPicture(GRID, sharpeOf, [126, 3, 0]);
  expect(framed(picture)).toBe(1);
  expect(picture.split('<rect')).toHaveLength(7);
  for (const centre of [undefined, [119, 3, 0]] as const) {
    const unframed = plateauPicture(GRID, sharpeOf, centre);
    expect(framed(unframed)).toBe(0);
    expect(unframed).not.toContain('framed');
  }
  expect(picture).toContain('ours is framed');
});

it('A setting that never traded has no number', () => {
  const none = (): number => Number.NaN;
  expect(plateauRows(GRID, none)[1]).toEqual(['top 2', '–', '–', '–']);
  expect(plateauPicture(GRID, none, undefined)).not.toContain('NaN');
});
