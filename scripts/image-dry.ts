/**
 * `npm run image-dry`: the image without Docker. Performs the Dockerfile in folders, starts the desk
 * from them as user 10001 on a read-only root against the loopback servers, asks its health check,
 * ends it with the image's signal, and prints sizes and times. Needs Linux and root.
 * `--keep FOLDER` builds there and leaves it; `--working-tree` takes the changes that are not committed.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServers } from '../tests/support/sandbox-process.ts';
import { buildDry, sizesOf, withWorkingTree } from './image/build-dry.ts';
import { canEnclose } from './image/enclosure.ts';
import { runImage } from './image/run-dry.ts';

const MB = 1e6;

const { values } = parseArgs({
  options: { keep: { type: 'string' }, 'working-tree': { type: 'boolean' } },
});
if (!canEnclose()) {
  console.error('image-dry: skipped: it needs Linux, root and mounts of its own');
  process.exit(0);
}
const folder = values.keep ?? mkdtempSync(join(tmpdir(), 'rotor-image-'));
mkdirSync(folder, { recursive: true });
const say = (text: string): void => console.log(text);
const taken = values['working-tree']
  ? { meddle: withWorkingTree, args: { ROTOR_DIRTY: 'true' } }
  : {};
const image = buildDry({ folder, say, ...taken });
const sizes = [...sizesOf(image.root)].sort(([, a], [, b]) => b - a);
for (const [name, bytes] of sizes)
  console.log(`${(bytes / MB).toFixed(1).padStart(7)} MB  ${name}`);
const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
console.log(`${(total / MB).toFixed(1).padStart(7)} MB  in all`);

const servers = await startServers(join(folder, 'servers'));
try {
  const report = await runImage({ image, folder, environment: servers.environment });
  console.log(JSON.stringify(report, undefined, 2));
  if (report.exitCode !== 0 || report.faults.length > 0) process.exitCode = 1;
} finally {
  await servers.close();
  if (values.keep === undefined) rmSync(folder, { recursive: true });
}
