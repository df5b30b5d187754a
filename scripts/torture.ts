/**
 * Kills the real process at random moments, suspends it past its lease, starts it twice and on two
 * journals, and compares broker, channel and journal afterwards. `npm run torture -- --kills 100 [--seed
 * 1]`; exit 1 when anything is duplicated, lost or different.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { planSteps } from './torture/plan.ts';
import { torture } from './torture/run.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
  },
});
const [kills, seed] = [Number(values.kills), Number(values.seed)];
if (!Number.isInteger(kills) || kills < 1 || !Number.isInteger(seed)) {
  console.error('torture: --kills and --seed are whole numbers, kills from 1');
  process.exit(2);
}

const began = performance.now();
const seconds = (): string => `${Math.round((performance.now() - began) / 1000)} s`;
const folder = mkdtempSync(join(tmpdir(), 'rotor-torture-'));
const found = await torture(planSteps(kills, seed), folder, (line) =>
  console.log(`${seconds()} ${line}`),
);
const { doubled, lost, mismatches, faults } = found;
const wrong = [...doubled, ...lost, ...mismatches, ...faults];
for (const line of wrong) console.log(`WRONG ${line}`);
console.log(
  `seed ${seed}, ${seconds()}: ${found.kills} kills, ${found.pauses} pauses (${found.locked} inside a write), ` +
    `${found.seconds} second instances, ${found.splits} split brains (${found.halts} halted), ` +
    `${found.accounts} accounts, ${found.rebalances} rebalances, ${found.orders} orders, ` +
    `${found.collisions} duplicates refused by the broker: ${doubled.length} doubled, ` +
    `${lost.length} lost, ${mismatches.length} mismatches, ${faults.length} other faults`,
);
if (wrong.length === 0) rmSync(folder, { recursive: true, force: true });
else console.log(`everything is left in ${folder}`);
process.exit(wrong.length === 0 ? 0 : 1);
