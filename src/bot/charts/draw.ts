/** Draws a chart as a PNG: in a worker thread, or on a chart server. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type quickchart from 'quickchart-js';
import { isolatedThread } from '#src/isolated-thread.ts';
import { type Chart, COLOURS, HEIGHT, PIXEL_RATIO, WIDTH } from './chart.ts';

/** Returns the chart as a PNG. Rejects when it cannot be drawn in time. */
export type Draw = (chart: Chart) => Promise<Uint8Array>;

/** Request to the worker thread; it answers with `Drawn`. */
export interface ToDraw {
  readonly id: number;
  readonly chart: Chart;
}
/** The PNG, or why it could not be drawn. */
export type Drawn =
  | { readonly id: number; readonly png: Uint8Array }
  | { readonly id: number; readonly reason: string };

/** A slow chart must not delay its message: the numbers are then sent as text. */
const TIMEOUT_MS = 8_000;
/** A chart usually takes about 100 kB. */
const MAX_BYTES = 4_000_000;
/** Signature of a PNG file. */
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Cache size, for charts requested again before the data changes. */
const MAX_KEPT = 16;

/**
 * Draws locally, so that no account data leaves the machine, unless a server is given.
 * @param timeoutMs limit of one drawing; tests give more, so that no result depends on the machine.
 */
export function createDraw(chartServer: string | undefined, timeoutMs: number = TIMEOUT_MS): Draw {
  const draw: Draw =
    chartServer === undefined
      ? inThread(timeoutMs)
      : (chart) => fromServer(chart, chartServer, timeoutMs);
  return remembering(draw);
}

/** Draws a chart only once, however many callers request it at the same time. */
function remembering(draw: Draw): Draw {
  const kept = new Map<string, Promise<Uint8Array>>();
  return (chart) => {
    const key = JSON.stringify(chart);
    const known = kept.get(key);
    if (known) return known;
    const made = draw(chart);
    kept.set(key, made);
    for (const old of [...kept.keys()].slice(0, -MAX_KEPT)) kept.delete(old);
    made.catch(() => kept.delete(key));
    return made;
  };
}

/** Four times what the largest chart takes. */
const MEMORY = { maxOldGenerationSizeMb: 64 };
/** An idle thread keeps 40 MB; starting a new one takes half a second. */
const IDLE_MS = 20_000;

/** One worker thread, started with the first chart, stopped when idle and replaced after a failure. */
function inThread(timeoutMs: number): Draw {
  let thread: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let next = 0;
  const waiting = new Map<number, PromiseWithResolvers<Uint8Array>>();

  function settle(answer: Drawn): void {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('png' in answer) asked?.resolve(answer.png);
    else asked?.reject(new Error(answer.reason));
    if (waiting.size === 0) rest();
  }

  function rest(): void {
    thread?.unref();
    clearTimeout(idle);
    idle = setTimeout(() => {
      const ended = thread;
      thread = undefined;
      void ended?.terminate();
    }, IDLE_MS).unref();
  }

  function fail(worker: Worker, why: string): void {
    if (thread !== worker) return;
    thread = undefined;
    for (const [id] of [...waiting]) settle({ id, reason: why });
    void worker.terminate();
  }

  function start(): Worker {
    const script = join(import.meta.dirname, 'draw-worker.ts');
    const worker = new Worker(script, isolatedThread(MEMORY));
    worker.on('message', settle);
    worker.on('error', (error) => fail(worker, `the drawing thread ended: ${String(error)}`));
    worker.on('exit', (code) => fail(worker, `the drawing thread ended with ${code}`));
    return worker;
  }

  return async (chart) => {
    clearTimeout(idle);
    thread ??= start();
    const worker = thread;
    const id = next++;
    const asked = Promise.withResolvers<Uint8Array>();
    waiting.set(id, asked);
    worker.ref();
    worker.postMessage({ id, chart } satisfies ToDraw);
    const late = setTimeout(() => fail(worker, `not drawn within ${timeoutMs} ms`), timeoutMs);
    return asked.promise.finally(() => clearTimeout(late));
  };
}

/** Sends the config as JSON to a QuickChart server, for Chart.js 4. */
async function fromServer(
  { config, height = HEIGHT }: Chart,
  server: string,
  timeoutMs: number,
): Promise<Uint8Array> {
  const module = await import('quickchart-js');
  // The package has CommonJS types but is an ES module: at run time the default export is the class.
  const QuickChart = module.default as unknown as typeof quickchart.default;
  const request = new QuickChart();
  request
    .setConfig(config)
    .setVersion('4')
    .setWidth(WIDTH)
    .setHeight(height)
    .setDevicePixelRatio(PIXEL_RATIO)
    .setBackgroundColor(COLOURS.background);
  const { origin, pathname } = new URL(server);
  const answer = await fetch(`${origin}${pathname.replace(/\/$/, '')}/chart`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request.getPostData()),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  const png = await bytesOf(answer);
  if (!answer.ok) throw new Error(`the chart server answered ${answer.status}`);
  if (!PNG.every((byte, index) => png[index] === byte)) {
    throw new Error('the chart server answered with something that is no PNG');
  }
  return png;
}

/** The whole body. Rejects when it is larger than any chart. */
async function bytesOf({ body }: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`the chart server answered with over ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
