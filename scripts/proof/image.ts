/** Steps about the image: its size, and whether a second build is identical. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { expectEnd } from './desk.ts';
import type { Step, World } from './proof.ts';

/** The build's arguments, as found in the image. */
const BUILD_ARGS = [
  '--build-arg ROTOR_COMMIT={{index .Config.Labels "org.opencontainers.image.revision"}}',
  '--build-arg ROTOR_VERSION={{index .Config.Labels "org.opencontainers.image.version"}}',
  '--build-arg ROTOR_BUILT_AT={{index .Config.Labels "org.opencontainers.image.created"}}',
].join(' ');
const AGAIN = 'rotor-again:1';

/** Builds the image like `npm run image`. */
export const build: Step = async (world) => {
  const { inTree, tree } = world;
  expectEnd(await inTree('scripts/image/build.sh', []), 0);
  const size = Number(await inspect(world, tree.image(), '{{.Size}}'));
  return `${tree.image()}, ${(size / 1e6).toFixed(0)} MB`;
};

/**
 * Without the cache. The engine's own timestamps are in the image's history, not in a layer. The engine also
 * chooses the order of a layer's files, so if digests differ, the files themselves are compared.
 */
export const buildAgain: Step = async (world) => {
  const { inTree, tree } = world;
  const args = (await inspect(world, tree.image(), BUILD_ARGS)).split(' ');
  expectEnd(await inTree('docker', ['build', '--no-cache', '--tag', AGAIN, ...args, '.']), 0);
  const first = await layersOf(world, tree.image());
  const second = await layersOf(world, AGAIN);
  const differ = second.filter((layer) => !first.includes(layer)).length;
  if (differ === 0) return `${first.length} layers, the same`;
  const [one, other] = [await unpack(world, tree.image()), await unpack(world, AGAIN)];
  expectEnd(await world.here('diff', ['--recursive', '--no-dereference', one, other]), 0);
  return `${first.length} layers are the same; the engine listed the files of ${differ} in another order`;
};

const layers = z.array(z.string());

async function layersOf(world: World, image: string): Promise<readonly string[]> {
  return layers.parse(JSON.parse(await inspect(world, image, '{{json .RootFS.Layers}}')));
}

async function inspect({ here }: World, image: string, format: string): Promise<string> {
  return (await here('docker', ['image', 'inspect', '--format', format, image])).output.trim();
}

const manifest = z.tuple([z.object({ Layers: z.array(z.string()) })]);

/** Extracts an image into numbered folders, one per layer, each with a sorted list of modes, owners and times. */
async function unpack({ folder, here }: World, image: string): Promise<string> {
  const [saved, unpacked] = ['saved-', 'layers-'].map((name) => mkdtempSync(join(folder, name)));
  if (!saved || !unpacked) throw new Error('expected two folders');
  const tar = (...args: readonly string[]) => execFileSync('tar', args, { encoding: 'utf8' });
  expectEnd(await here('docker', ['save', '--output', join(saved, 'all.tar'), image]), 0);
  tar('-x', '-f', join(saved, 'all.tar'), '-C', saved);
  const [{ Layers }] = manifest.parse(
    JSON.parse(readFileSync(join(saved, 'manifest.json'), 'utf8')),
  );
  for (const [at, layer] of Layers.entries()) {
    const to = join(unpacked, String(at));
    mkdirSync(to);
    tar('-x', '-f', join(saved, layer), '-C', to);
    const list = tar('-t', '-v', '--full-time', '--numeric-owner', '-f', join(saved, layer));
    writeFileSync(`${to}.list`, list.split('\n').toSorted().join('\n'));
  }
  return unpacked;
}
