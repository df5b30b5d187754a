/**
 * The worker thread that draws charts: each takes a tenth of a second, which must not block the main
 * thread.
 */
import { parentPort } from 'node:worker_threads';
import type { Drawn, ToDraw } from './draw.ts';
import { prepare, renderPng } from './render.ts';

prepare();

/** Returns errors as values: the numbers are then sent as text. */
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
