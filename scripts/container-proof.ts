/**
 * `npm run container-proof`: builds the image and deploys it over ssh to a server where Rotor trades
 * against the sandbox. Prints a table of every step; exit 1 at the first failure.
 * scripts/container-proof.sh describes engine and server.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openProof } from './proof/proof.ts';
import { LONG_STEPS, SHORT_STEPS } from './proof/steps.ts';

const { values } = parseArgs({ options: { short: { type: 'boolean' } } });
const folder = mkdtempSync(join(tmpdir(), 'rotor-proof-'));
const proof = await openProof(folder);
try {
  for (const [name, step] of values.short ? SHORT_STEPS : LONG_STEPS) await proof.take(name, step);
  rmSync(folder, { recursive: true, force: true });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(`container proof: failed; what every command said is in ${folder}/log`);
  process.exitCode = 1;
} finally {
  proof.print();
  await proof.close();
}
