/**
 * Kills the canonical rebalance at every effect and at every pair of effects, and counts errors afterwards.
 * `npm run kill-test`; exit 1 if there are any.
 */
import { POINTS, runWithStops, type Stop } from '../tests/simulation/kill-world.ts';

const { effects, faults } = await runWithStops([]);
console.log(`one rebalance: ${effects} effects, ${faults.length} faults without a kill`);
let failures = faults.length;

async function all(name: string, count: number, stops: Iterable<readonly Stop[]>): Promise<void> {
  let done = 0;
  for (const each of stops) {
    const verdict = await runWithStops(each);
    if (verdict.faults.length > 0) {
      failures += 1;
      console.log(`FAILED ${JSON.stringify(each)}: ${verdict.faults.join(', ')}`);
    }
    done += 1;
    if (done % 2_000 === 0) console.log(`${name}: ${done} of ${count}`);
  }
  console.log(`${name}: ${done} runs`);
}

function* singles(): Generator<readonly Stop[]> {
  for (let effect = 1; effect <= effects; effect++) {
    for (const point of POINTS) yield [{ effect, point }];
  }
}

/**
 * The second stop happens during recovery. Stopping right after an effect is the same as before the next.
 */
function* pairs(): Generator<readonly Stop[]> {
  const points = POINTS.filter((point) => point !== 'after');
  for (const first of singles()) {
    if (first[0]?.point === 'after') continue;
    for (let effect = 1; effect <= effects; effect++) {
      for (const point of points) yield [...first, { effect, point }];
    }
  }
}

await all('every effect', effects * POINTS.length, singles());
await all('every pair', (effects * 2) ** 2, pairs());
console.log(`${failures} failures`);
process.exitCode = failures === 0 ? 0 : 1;
