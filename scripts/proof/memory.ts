/** The step about memory: what Rotor's container takes at rest, and at most under a load. */
import { setTimeout as wait } from 'node:timers/promises';
import { passMonth, readCharts, readEverything, SETTLE_MS } from '../bench/load.ts';
import { expectTrading } from './desk.ts';
import type { Step, World } from './proof.ts';
import { TRADING_SPEED } from './versions.ts';

/**
 * Four times a second, from the container’s control group, of either version, until that is gone: all of
 * its memory, then a line for each kind.
 */
const SAMPLE = `
pid=$(docker inspect --format '{{.State.Pid}}' rotor-rotor-1)
group=$(sed -n 's/^0::/unified:/p; s/^[0-9]*:memory:/memory:/p' /proc/$pid/cgroup | sort | head -n 1)
folder=/sys/fs/cgroup/\${group#*:}
[ "\${group%%:*}" = unified ] || folder=/sys/fs/cgroup/memory/\${group#*:}
while [ -e $folder ]; do
  cat $folder/memory.current $folder/memory.usage_in_bytes 2>/dev/null
  grep -E '^(total_)?(rss|anon|inactive_file|active_file) ' $folder/memory.stat
  sleep 0.25
done`;

/** One look at the container, in bytes. */
export interface Sample {
  /** As Docker shows it: everything but the cached pages of files that were not used lately. */
  readonly shown: number;
  /** Rotor's own, which cannot be given back. */
  readonly own: number;
  /** Cached pages of files that were used lately. */
  readonly files: number;
}

/** @param text what SAMPLE prints. */
export function samplesOf(text: string): readonly Sample[] {
  return text
    .split(/^(?=\d)/m)
    .filter((each) => each.includes('inactive_file'))
    .map((each) => {
      const of = (kind: string): number =>
        Number(new RegExp(`^(?:total_)?${kind} (\\d+)$`, 'm').exec(each)?.[1] ?? Number.NaN);
      const shown = Number.parseInt(each, 10) - of('inactive_file');
      return { shown, own: of('(?:rss|anon)'), files: of('active_file') };
    });
}

/** Docker's own count, four times a second, and what it is made of. */
export const memory: Step = async (world) => {
  const atRest = (await watched(world, () => wait(SETTLE_MS))).at(-1);
  const answering = await watched(world, () => readEverything(world.servers));
  const drawing = await watched(world, () => readCharts(world.servers));
  const inMonth = await watched(world, () => passMonth(world.servers));
  // The month may have ended where the last prices are too old to trade on: newer ones come with time.
  await world.servers.setSpeed(TRADING_SPEED);
  await expectTrading(world);
  await world.servers.setSpeed(1);
  return (
    `at rest ${worded(atRest)}; highest in 1,000 commands ${worded(highest(answering))}, ` +
    `in 50 charts ${worded(highest(drawing))}, in a month ${worded(highest(inMonth))}`
  );
};

function highest(samples: readonly Sample[]): Sample | undefined {
  return samples.reduce<Sample | undefined>(
    (most, each) => (most && most.shown >= each.shown ? most : each),
    undefined,
  );
}

function worded(sample: Sample | undefined): string {
  if (!sample) return 'unknown';
  const [shown, own, files] = [sample.shown, sample.own, sample.files].map((bytes) =>
    Math.round(bytes / 1_048_576),
  );
  return `${shown} MiB (own ${own}, files ${files})`;
}

async function watched({ there }: World, run: () => Promise<void>): Promise<readonly Sample[]> {
  const pid = await there(
    'cat >sample.sh; setsid bash sample.sh >samples 2>/dev/null </dev/null & echo $!',
    SAMPLE,
  );
  await run();
  await there(`kill ${pid.trim()}`);
  return samplesOf(await there('cat samples'));
}
