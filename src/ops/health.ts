/** Combines the health server with its three answers and the dead man's switch. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Log } from '#core/ports.ts';
import { openAttempts } from '#core/views/orders.ts';
import {
  createHealthPort,
  type HealthAnswer,
  json,
  plain,
  startHealthServer,
} from './health-server.ts';
import { liveness } from './liveness.ts';
import type { Build, Metrics, ProcessFigures } from './metrics.ts';
import { createDeadMansSwitch, type DeadMansSwitch, getOnce } from './notify.ts';
import { type HealthInputs, isHealthy, readiness } from './readiness.ts';

/** Dependencies of startHealth. */
export interface HealthParts {
  readonly config: {
    /** Undefined: no server. */
    readonly port: number | undefined;
    readonly host: string;
    readonly heartbeatUrl: string | undefined;
  };
  /** Called when the replica reports that it is complete. */
  readonly onReplica: () => void;
  readonly build: Build;
  readonly inputs: () => HealthInputs;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Removes every secret from a text. */
  readonly scrub: (text: string) => string;
  readonly log: Log;
}

/** The running health services. */
export interface Health {
  readonly deadMansSwitch: DeadMansSwitch;
  /** Retries a port that was taken, at growing intervals. */
  retryListen(): Promise<void>;
  close(): Promise<void>;
}

const LOOP_RESOLUTION_MS = 20;
const NS_PER_MS = 1e6;

/** A port that is taken is reported once and retried: trading matters more than monitoring. */
export async function startHealth(parts: HealthParts): Promise<Health> {
  const { config, inputs, log, scrub } = parts;
  const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  loop.enable();
  const deadMansSwitch = createDeadMansSwitch({
    url: config.heartbeatUrl,
    isHealthy: () => isHealthy(inputs()),
    get: getOnce,
    report: log.warn,
  });
  // Loaded on demand: most installations are never asked for metrics.
  let metrics: Promise<Metrics> | undefined;
  const answers = {
    '/healthz': () => aliveAnswer(inputs()),
    '/replica': () => {
      parts.onReplica();
      return plain(200, 'heard');
    },
    '/readyz': () => readyAnswer(inputs(), parts.build),
    '/metrics': async () => {
      metrics ??= import('./metrics.ts').then(({ createMetrics }) => createMetrics(parts.build));
      const { contentType, text } = await metrics;
      const figures = { ...processFigures(loop), heartbeats: deadMansSwitch.sent() };
      return { status: 200, type: contentType, body: await text(inputs(), figures) };
    },
  };
  const { host, port } = config;
  const listener = createHealthPort({
    host,
    port,
    listen: (wanted) => startHealthServer({ host, port: wanted, answers, scrub }),
    now: parts.now,
    log,
  });
  await listener.retryListen();
  return {
    deadMansSwitch,
    retryListen: listener.retryListen,
    async close() {
      loop.disable();
      await listener.close();
    },
  };
}

function aliveAnswer({ activity }: HealthInputs): HealthAnswer {
  const { alive, detail } = liveness(activity);
  return plain(alive ? 200 : 503, `${alive ? 'alive' : 'stuck'}: ${detail}`);
}

function readyAnswer(inputs: HealthInputs, { version, commit }: Build): HealthAnswer {
  const { ready, reasons } = readiness(inputs);
  const { mode } = inputs.seen;
  const openOrders = openAttempts(inputs.book).length;
  return json(ready ? 200 : 503, { ready, reasons, mode, version, commit, openOrders });
}

function processFigures(
  loop: ReturnType<typeof monitorEventLoopDelay>,
): Omit<ProcessFigures, 'heartbeats'> {
  const { rss, heapUsed, external } = process.memoryUsage();
  const [p50, p99, max] = [loop.percentile(50), loop.percentile(99), loop.max].map((ns) =>
    Math.max(0, ns / NS_PER_MS - LOOP_RESOLUTION_MS),
  ) as [number, number, number];
  loop.reset();
  return { memoryBytes: { rss, heapUsed, external }, loopDelayMs: { p50, p99, max } };
}
