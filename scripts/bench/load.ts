/** The load under which the memory of a desk is measured: 1,000 commands, 50 charts, a month of the market. */
import { setTimeout as wait } from 'node:timers/promises';
import { readableCommands } from '#tests/support/readable-commands.ts';
import type { Servers } from '#tests/support/sandbox-process.ts';

/** Number of commands. */
export const ANSWERS = 1_000;
/** Number of charts. */
export const CHARTS = 50;
/** Longer than the lifetime of an idle thread. */
export const SETTLE_MS = 25_000;

const MONTH_MS = 31 * 86_400_000;
/** A session in ten real seconds. */
const SPEED = 8_640;

/** Uses every command that only reads, in turn. */
export async function readEverything(servers: Servers): Promise<void> {
  await ask(servers, readableCommands(), ANSWERS);
}

/** Asks for charts. */
export async function readCharts(servers: Servers): Promise<void> {
  await ask(servers, ['rankings', 'performance'], CHARTS);
}

/** Lets a month go by, and then the market stand still. */
export async function passMonth({ time, setSpeed }: Servers): Promise<void> {
  const end = time.now() + MONTH_MS;
  await setSpeed(SPEED);
  while (time.now() < end) await wait(500);
  await setSpeed(0);
}

async function ask(to: Servers, names: readonly string[], times: number): Promise<void> {
  for (let run = 0; run < times; run++) await to.operate(names[run % names.length] ?? 'status');
}
