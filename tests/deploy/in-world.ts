import { test } from 'vitest';
import { createWorld, type World } from './world.ts';

/** A test with a world of its own, so that many can wait at once. */
export const inWorld = test.extend<{ world: World }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the parameters of a fixture
  world: async ({}, use) => {
    const world = await createWorld();
    await use(world);
    world.remove();
  },
});
