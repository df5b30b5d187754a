/**
 * `npm run container-proof`: builds the image and deploys it over ssh to a server where Rotor trades
 * against the sandbox. `--short` takes half of the steps, `--memory` only those that measure it. Prints a table of every step; exit 1 at the first failure.
 * scripts/container-proof.sh describes engine and server.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openProof } from './proof/proof.ts';
import { LONG_STEPS, MEMORY_STEPS, SHORT_STEPS } from './proof/steps.ts';

const { values } = parseArgs({
  options: { short: { type: 'boolean' }, memory: { type: 'boolean' } },
});
const steps = values.memory ? MEMORY_STEPS : values.short ? SHORT_STEPS : LONG_STEPS;
const folder = mkdtempSync(join(tmpdir(), 'rotor-proof-'));
const proof = await openProof(folder);
try {
  for (const [name, step] of steps) await proof.take(name, step);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(`container proof: failed; what every command said is in ${folder}/log`);
  process.exitCode = 1;
} finally {
  proof.print();
  await proof.close();
  // Only now: closing still writes to its log.
  if (process.exitCode === undefined) rmSync(folder, { recursive: true, force: true });
}
