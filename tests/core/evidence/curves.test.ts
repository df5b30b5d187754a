import { expect, it } from 'vitest';
import { drawnPlaces } from '#core/evidence/curves.ts';

it.each([1, 2, 159, 160, 161, 253, 319, 320, 2_483, 2_738])(
  'A curve of %d sessions is drawn from its start to its last close',
  (sessions) => {
    const places = drawnPlaces(sessions);
    expect([places[0], places.at(-1)]).toEqual([0, sessions]);
    expect(new Set(places).size).toBe(places.length);
    expect(places.length).toBeLessThanOrEqual(321);
    expect(places.toSorted((one, other) => one - other)).toEqual(places);
  },
);
