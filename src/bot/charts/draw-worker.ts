/** The thread in which charts are drawn: a tenth of a second each, in which nothing else may wait. */
import { parentPort } from 'node:worker_threads';
import type { Drawn, ToDraw } from './draw.ts';
import { prepare, renderPng } from './render.ts';

prepare();

/** Whatever makes drawing fail leaves the numbers to be told as text, hence a value. */
async function draw({ id, chart }: ToDraw): Promise<Drawn> {
  try {
    return { id, png: await renderPng(chart) };
  } catch (error) {
    return { id, reason: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', async (asked: ToDraw) => {
  parentPort?.postMessage(await draw(asked));
});
