/** The step about memory: Rotor's container at rest, and at most under a load. */
import { setTimeout as wait } from 'node:timers/promises';
import { passMonth, readCharts, readEverything, SETTLE_MS } from '../bench/load.ts';
import { expectTrading } from './desk.ts';
import type { Step, World } from './proof.ts';

const UNITS: Readonly<Record<string, number>> = { KiB: 1 / 1_024, MiB: 1, GiB: 1_024 };

/** Docker's own count, once a second: without the cached pages of files. */
export const memory: Step = async (world) => {
  const atRest = await watched(world, () => wait(SETTLE_MS));
  const answering = await watched(world, () => readEverything(world.servers));
  const drawing = await watched(world, () => readCharts(world.servers));
  const inMonth = await watched(world, () => passMonth(world.servers));
  await world.servers.setSpeed(1);
  await expectTrading(world);
  return (
    `at rest ${atRest.last} MiB; highest ${answering.highest} in 1,000 commands, ` +
    `${drawing.highest} in 50 charts, ${inMonth.highest} in a month`
  );
};

/** The last and the highest figure while something runs, in MiB. */
async function watched(
  { there }: World,
  run: () => Promise<void>,
): Promise<{ readonly last: number; readonly highest: number }> {
  const stats = 'docker stats --format "{{.MemUsage}}" rotor-rotor-1';
  const pid = await there(`setsid ${stats} >stats 2>/dev/null </dev/null & echo $!`);
  await run();
  await there(`kill ${pid.trim()}`);
  const figures = [...(await there('cat stats')).matchAll(/([\d.]+)([KMG]iB) \//g)].map(
    ([, size, unit = '']) => Math.round(Number(size) * (UNITS[unit] ?? Number.NaN)),
  );
  return { last: figures.at(-1) ?? Number.NaN, highest: Math.max(...figures) };
}
