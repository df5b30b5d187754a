/** Runs years on a thread of its own: it is told seeds one after the other, and answers with reports. */
import { parentPort, workerData } from 'node:worker_threads';
import type { FaultKind } from './kinds.ts';
import { realBars } from './real-bars.ts';
import type { Changes } from './settings.ts';
import { drawStory } from './story.ts';
import { runYear } from './year.ts';

/** What a thread is given at its start. */
export interface WorkerData {
  /** The folder of the bars that markets are drawn from. */
  readonly bars: string;
  /** Only so many sessions of each year. */
  readonly sessions: number;
  /** Kinds of fault that every year has. */
  readonly always: readonly FaultKind[];
  /** Settings that every year has. */
  readonly set: Changes;
}

const { bars, sessions, always, set } = workerData as WorkerData;
const real = realBars(bars);
parentPort?.on('message', async (seed: number) => {
  parentPort?.postMessage(await runYear(drawStory(seed, sessions, always, set), await real));
});
