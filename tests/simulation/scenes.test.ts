import { beforeAll, describe, expect, it } from 'vitest';
import type { Bars } from '#core/domain/bar.ts';
import { realBars } from './years/real-bars.ts';
import { SCENES } from './years/scenes.ts';
import { whyMeaningless } from './years/sometimes.ts';
import { drawScene, drawStory } from './years/story.ts';
import { runYear } from './years/year.ts';

let real: Bars;

beforeAll(async () => {
  real = await realBars();
});

const SEEDS = [1, 2, 3];
/** With one of its kinds: the others come in the same way. */
const EVERY = SCENES.flatMap((scene) =>
  scene.of.slice(0, 1).map((kind) => ({ says: scene.says, scene, kind })),
);

describe('a scene of a simulated year', () => {
  it.each(EVERY)('in which $says meets $kind where chance does not', async ({ scene, kind }) => {
    const met = new Set<string>();
    for (const seed of SEEDS) {
      if (scene.meets.every((phase) => met.has(phase))) break;
      const { sessions } = drawStory(seed, 24);
      const happenings = drawScene(seed, kind, scene, sessions).toSorted((a, b) => a.from - b.from);
      const { sometimes, violations } = await runYear(
        { seed, settings: {}, sessions, happenings },
        real,
      );
      expect(violations).toEqual([]);
      for (const phase of sometimes.get(kind)?.keys() ?? []) met.add(phase);
    }
    expect([...met]).toEqual(expect.arrayContaining([...scene.meets]));
    expect(scene.meets.map((phase) => whyMeaningless(kind, phase))).toEqual(
      scene.meets.map(() => undefined),
    );
  });
});
